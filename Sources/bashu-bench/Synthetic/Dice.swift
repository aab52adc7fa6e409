/// SplitMix64 (Steele, Lea, Flood 2014): the same draws for the same seed.
struct Dice {
    private var state: UInt64

    /// Dice of one record: those of another index are independent.
    init(seed: UInt64, index: Int) {
        state = seed &+ UInt64(truncatingIfNeeded: index) &* 0xd134_2543_de82_ef95
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    /// From 0 to below `bound`.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// In the closed range.
    mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    mutating func one<T>(of elements: [T]) -> T { elements[below(elements.count)] }
}

/// Words with how often they occur.
struct WeightedWords {
    private let words: [String]
    private let ends: [Int]

    init(_ counts: KeyValuePairs<String, Int>) {
        words = counts.map(\.key)
        var sum = 0
        ends = counts.map { pair in
            sum += pair.value
            return sum
        }
    }

    var all: [String] { words }

    func draw(_ dice: inout Dice) -> String {
        let place = dice.below(ends.last ?? 1)
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if place < ends[middle] { high = middle } else { low = middle + 1 }
        }
        return words[low]
    }
}
