internal import Reasons

/// Our own origin was closed by an operator, here or in another region: the others take nothing more from it.
public struct OriginClosed: Error, Sendable, Equatable, CustomStringConvertible {
    public let origin: String
    /// Its last batch that counts.
    public let number: Int64
    /// The region where that was declared, and who did, and why.
    public let by: String
    public let person: String
    public let reason: String

    private struct Found: Decodable {
        let number: Int64
        let by: String
        let person: String
        let reason: String
    }

    /// From what `engine_poll` has found.
    init(_ json: String, origin: String) throws {
        let found = try JSONText.decode(Found.self, json)
        self.origin = origin
        number = found.number
        by = found.by
        person = found.person
        reason = found.reason
    }

    public var description: String {
        Reason(
            LifeReason.origin_closed,
            ["origin": origin, "number": "\(number)", "person": person, "region": by, "message": reason]
        ).text
    }
}
