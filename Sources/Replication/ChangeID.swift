/// Identity of one change: where it stands in the history of its origin.
public struct ChangeID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let origin: OriginID
    /// Number of the batch, from 1.
    public let number: Int64
    /// Position of the change in its batch, from 0.
    public let position: Int32

    public init(origin: OriginID, number: Int64, position: Int32) {
        self.origin = origin
        self.number = number
        self.position = position
    }

    /// `ORIGIN:NUMBER:POSITION`, the handle that people type.
    public var description: String { "\(origin.name):\(number):\(position)" }

    /// Reads what `description` writes; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty,
            let number = Int64(parts[1]), number > 0,
            let position = Int32(parts[2]), position >= 0
        else { return nil }
        self.init(origin: OriginID(String(parts[0])), number: number, position: position)
    }

    public static func < (left: ChangeID, right: ChangeID) -> Bool {
        if left.origin != right.origin { return left.origin < right.origin }
        if left.number != right.number { return left.number < right.number }
        return left.position < right.position
    }
}

/// When and where a change was made: what "newest" compares.
public struct ChangeStamp: Hashable, Sendable, Comparable {
    /// Hybrid time, microseconds since 1970 UTC.
    public let hlc: Int64
    public let id: ChangeID

    public init(hlc: Int64, id: ChangeID) {
        self.hlc = hlc
        self.id = id
    }

    public static func < (left: ChangeStamp, right: ChangeStamp) -> Bool {
        left.hlc != right.hlc ? left.hlc < right.hlc : left.id < right.id
    }
}
