internal import Reasons

/// This database has less of its own origin than a peer has: it was restored from an older backup, or a standby took
/// over that lacked the last batches.
///
/// What it published now would be other batches under numbers that its peers have: they would never ask for them. So
/// it begins a new life. Where it has done so a short time ago for the same reason, the peer is wrong, and nothing is
/// published or applied until somebody has looked: `Deploy/guide/lives.md`.
public struct OlderCopy: Error, Sendable, Equatable, CustomStringConvertible {
    /// Our own origin.
    public let origin: String
    /// Who has more of it.
    public let peer: String
    /// Its highest batch there, in that peer's words.
    public let theirs: String
    /// Its highest batch here.
    public let ours: Int64

    private struct Found: Decodable {
        let peer: String
        let theirs: String
        let ours: Int64
    }

    /// From what `engine_poll` has found.
    init(_ json: String, origin: String) throws {
        let found = try JSONText.decode(Found.self, json)
        self.origin = origin
        peer = found.peer
        theirs = found.theirs
        ours = found.ours
    }

    public var description: String {
        Reason(
            DaemonReason.older_copy, ["peer": peer, "theirs": theirs, "origin": origin, "ours": "\(ours)"]
        ).text
    }
}
