/// For every origin the highest batch number applied (or seen): the unit of "what has been seen".
public struct Vector: Hashable, Sendable {
    private var numbers: [OriginID: Int64]

    /// A vector that has seen nothing.
    public init() {
        numbers = [:]
    }

    /// A vector with these numbers; zero and absent mean the same.
    public init(_ numbers: [OriginID: Int64]) {
        self.numbers = numbers.filter { $0.value > 0 }
    }

    /// The highest batch number seen of `origin`; 0 for none.
    public subscript(origin: OriginID) -> Int64 {
        get { numbers[origin] ?? 0 }
        set { numbers[origin] = newValue > 0 ? newValue : nil }
    }

    /// Origins with at least one batch seen, in bytewise order.
    public var origins: [OriginID] { numbers.keys.sorted() }

    /// Whether everything in `other` is in this vector too.
    public func covers(_ other: Vector) -> Bool {
        other.numbers.allSatisfy { self[$0.key] >= $0.value }
    }

    /// Whether batch `number` of `origin` is in this vector.
    public func covers(_ origin: OriginID, _ number: Int64) -> Bool {
        self[origin] >= number
    }

    /// The least vector that covers both.
    public func union(_ other: Vector) -> Vector {
        Vector(numbers.merging(other.numbers, uniquingKeysWith: max))
    }
}
