internal import Reasons

/// Our own origin was closed by an operator, here or in another region: the others take nothing more from it.
/// Decoded from what `engine_poll` has found.
public struct OriginClosed: Error, Sendable, Equatable, Decodable, CustomStringConvertible {
    public let origin: String
    /// Its last batch that counts.
    public let number: Int64
    /// The region where that was declared, and who did, and why.
    public let by: String
    public let person: String
    public let reason: String

    public var description: String {
        Reason(
            LifeReason.origin_closed,
            ["origin": origin, "number": "\(number)", "person": person, "region": by, "message": reason]
        ).text
    }
}
