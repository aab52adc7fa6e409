import ArgumentParser
import Console
import RegionStore

struct PeerResume: ControlCommand {
    static let configuration = page("peer resume", "NAME", .peerResume, PeerPage.peerResumeMore)

    @Argument(help: help(.peerName))
    var name: String

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let name = name
        try await context.installed(as: .owner) { try Peers.setPaused($0, name: name, false) }
        context.print(speech(PeerMessage.resumed, ["name": name]))
        return .done
    }
}
