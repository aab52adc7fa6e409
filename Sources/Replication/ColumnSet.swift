/// A set of columns, by their ordinals in a list of columns (from 0).
///
/// The first 64 columns need no memory of their own.
public struct ColumnSet: Hashable, Sendable, Sequence {
    private var low: UInt64
    /// Columns from 64, 64 to a word; never ends in a word of zeros, so that equal sets are equal values.
    private var high: [UInt64]

    /// No columns.
    public init() {
        low = 0
        high = []
    }

    /// These ordinals, in any order; none is negative.
    public init(_ ordinals: some Sequence<Int>) {
        self.init()
        for ordinal in ordinals { insert(ordinal) }
    }

    /// The ordinals from 0 up to `count`.
    public init(first count: Int) {
        self.init(0..<count)
    }

    public var isEmpty: Bool { low == 0 && high.isEmpty }

    /// How many columns the set has.
    public var count: Int { high.reduce(low.nonzeroBitCount) { $0 + $1.nonzeroBitCount } }

    /// Adds a column; ordinals are not negative.
    public mutating func insert(_ ordinal: Int) {
        precondition(ordinal >= 0, "ordinals of columns start at 0")
        guard ordinal >= 64 else { return low |= 1 << UInt64(ordinal) }
        let word = ordinal / 64 - 1
        while high.count <= word { high.append(0) }
        high[word] |= 1 << UInt64(ordinal % 64)
    }

    public func contains(_ ordinal: Int) -> Bool {
        if ordinal < 64 { return ordinal >= 0 && low & (1 << UInt64(ordinal)) != 0 }
        let word = ordinal / 64 - 1
        return word < high.count && high[word] & (1 << UInt64(ordinal % 64)) != 0
    }

    /// Whether every column of `other` is in this set.
    public func isSuperset(of other: ColumnSet) -> Bool {
        guard other.low & ~low == 0, other.high.count <= high.count else { return false }
        return zip(other.high, high).allSatisfy { $0 & ~$1 == 0 }
    }

    /// Whether the sets have no column in common.
    public func isDisjoint(with other: ColumnSet) -> Bool {
        guard low & other.low == 0 else { return false }
        return zip(high, other.high).allSatisfy { $0 & $1 == 0 }
    }

    /// Goes through the ordinals in ascending order.
    public struct Iterator: IteratorProtocol {
        fileprivate var word: UInt64
        fileprivate let rest: [UInt64]
        fileprivate var base = 0

        public mutating func next() -> Int? {
            while word == 0 {
                guard base / 64 < rest.count else { return nil }
                word = rest[base / 64]
                base += 64
            }
            let bit = word.trailingZeroBitCount
            word &= word - 1
            return base + bit
        }
    }

    public func makeIterator() -> Iterator {
        Iterator(word: low, rest: high)
    }
}
