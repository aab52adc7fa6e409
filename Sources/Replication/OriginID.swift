/// The name of one life of a region's database: the region's code, a hyphen and a random token ("50-7f3a0c91d2e4").
///
/// A failover, a restore or a move starts a new life. Names are compared bytewise, so that every region
/// breaks ties in the same way.
public struct OriginID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The whole name, as it travels.
    public let name: String

    public init(_ name: String) {
        self.name = name
    }

    /// The region that this is a life of: what stands before the last hyphen.
    public var region: String {
        guard let hyphen = name.lastIndex(of: "-") else { return name }
        return String(name[..<hyphen])
    }

    public var description: String { name }

    public static func < (left: OriginID, right: OriginID) -> Bool {
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}
