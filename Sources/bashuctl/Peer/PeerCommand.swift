import ArgumentParser
import Console

struct PeerCommand: ParsableCommand {
    static let configuration = page(
        "peer", "COMMAND", .peer, nil, [PeerAdd.self, PeerRemove.self, PeerList.self, PeerPause.self, PeerResume.self])
}
