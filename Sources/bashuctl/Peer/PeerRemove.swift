import ArgumentParser
import Console
import RegionStore

struct PeerRemove: ControlCommand {
    static let configuration = page("peer remove", "NAME", .peerRemove, PeerPage.peerRemoveMore)

    @Argument(help: help(.peerName))
    var name: String

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let name = name
        try await context.installed(as: .owner) { try Peers.remove($0, name: name) }
        context.print(speech(PeerMessage.removed, ["name": name]))
        return .done
    }
}
