import ArgumentParser
import Console
import Postgres
import RegionStore

struct Uninstall: ControlCommand {
    static let configuration = page("uninstall", "--yes", .uninstall)

    @Flag(help: help(.yes))
    var yes = false

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let yes = yes
        let database = try await context.installed(as: .owner) { session in
            let database = try Status.readNode(session).database
            guard yes else {
                throw Failure(.usage, speech(InstallMessage.uninstallAsk, ["database": database]))
            }
            try Installer.uninstall(session)
            return database
        }
        context.print(speech(InstallMessage.uninstalled, ["database": database]))
        return .done
    }
}
