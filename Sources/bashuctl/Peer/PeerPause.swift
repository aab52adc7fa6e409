import ArgumentParser
import Console
import RegionStore

struct PeerPause: ControlCommand {
    static let configuration = page("peer pause", "NAME", .peerPause, PeerPage.peerPauseMore)

    @Argument(help: help(.peerName))
    var name: String

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let name = name
        try await context.installed(as: .owner) { try Peers.setPaused($0, name: name, true) }
        context.print(speech(PeerMessage.paused, ["name": name]))
        return .done
    }
}
