public import Postgres
public import Reasons
public import Replication

/// Why nothing, or not everything, was received from a peer. What PostgreSQL itself reports is `PostgresError`.
public enum ReceiveError: Error, Sendable, CustomStringConvertible {
    /// The bytes of a batch are not what the format asks. The batch stays incomplete with this reason; its bytes are
    /// kept until it is received again.
    case malformedBatch(peer: String, origin: OriginID, number: Int64, part: Int32, FormatError)
    /// Nobody who is trusted here vouches for a batch that must be signed. It stays incomplete with this reason; what
    /// it looked like is kept in `bashu.evidence`.
    case notVouchedFor(peer: String, origin: OriginID, number: Int64, String)
    /// The peer has batches of this database's own origin that are not here: this database is a restored copy, and
    /// publishing under that origin would fork its history.
    case ownOriginAhead(peer: String, origin: OriginID, theirs: Int64, ours: Int64)
    /// The peer has batches of an origin beyond the end that was declared for it. Nothing of them is received.
    case beyondClosing(peer: String, origin: OriginID, theirs: Int64, closedAt: Int64)
    /// The peer is this very database, or a copy of its files.
    case sameDatabase(peer: String)
    /// The peer offers no version of the feed functions that this program speaks.
    case unsupportedProtocol(peer: String, offered: String)
    /// The peer answered in a form that this version does not know.
    case unexpectedAnswer(peer: String, String)

    /// Whether another key may help.
    public var isAboutSignatures: Bool {
        if case .notVouchedFor = self { true } else { false }
    }

    /// What is wrong, without where it is.
    var what: String {
        switch self {
        case .malformedBatch(_, _, _, let part, let error): "part \(part), \(error)"
        case .notVouchedFor(_, _, _, let reason): reason
        default: description
        }
    }

    /// The error as a sentence for people.
    public var reason: Reason {
        switch self {
        case .malformedBatch(let peer, let origin, let number, let part, let error):
            Reason(
                PeerReason.batch_malformed,
                [
                    "number": "\(number)", "origin": "\(origin)", "peer": peer, "part": "\(part)",
                    "message": "\(error)",
                ])
        case .notVouchedFor(let peer, let origin, let number, let what):
            Reason(
                SignatureReason.batch_not_vouched,
                ["number": "\(number)", "origin": "\(origin)", "peer": peer, "message": what])
        case .ownOriginAhead(let peer, let origin, let theirs, let ours):
            Reason(
                PeerReason.own_origin_ahead,
                ["peer": peer, "theirs": "\(theirs)", "origin": "\(origin)", "ours": "\(ours)"])
        case .beyondClosing(let peer, let origin, let theirs, let closedAt):
            Reason(
                LifeReason.beyond_closing,
                ["origin": "\(origin)", "number": "\(closedAt)", "peer": peer, "theirs": "\(theirs)"])
        case .sameDatabase(let peer): Reason(PeerReason.same_database, ["peer": peer])
        case .unsupportedProtocol(let peer, let offered):
            Reason(PeerReason.other_protocol, ["peer": peer, "offered": offered, "spoken": "1"])
        case .unexpectedAnswer(let peer, let what):
            Reason(PeerReason.unexpected_answer, ["peer": peer, "message": what])
        }
    }

    public var description: String { reason.text }
}

/// What a peer's server reported, as distinct from our own.
public struct PeerFailure: Error, Sendable, CustomStringConvertible {
    /// The peer's name in this database.
    public let peer: String
    /// Its words.
    public let error: PostgresError

    public var description: String { "peer \(peer): \(error)" }
}
