import ArgumentParser
import CatalogueStore
import Console
import Postgres
import RegionStore

struct CatalogueInstall: ControlCommand {
    static let configuration = page(
        "catalogue install", "[--share]", .catalogueInstall, CataloguePage.catalogueInstallMore)

    @Flag(help: help(.share))
    var share = false

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let share = share
        do {
            let (outcome, shared) = try await context.connected(as: .owner) { connection in
                try await connection.run { session in
                    if share { _ = try Status.readNode(session) }
                    return (
                        try CatalogueInstaller.install(session), share ? try CatalogueInstaller.share(session) : nil
                    )
                }
            }
            context.print(
                outcome.ran.isEmpty
                    ? speech(CatalogueMessage.catalogueCurrent)
                    : speech(CatalogueMessage.catalogueInstalled, ["count": "\(outcome.ran.count)"]))
            context.print(
                speech(outcome.hasReader ? CatalogueMessage.readerInstalled : CatalogueMessage.readerWaits))
            if let shared { context.print(speech(CatalogueMessage.tablesShared, ["count": "\(shared.count)"])) }
        } catch is CatalogueInstaller.UnknownState {
            throw Failure(.failed, speech(CatalogueMessage.byHand))
        }
        return .done
    }
}
