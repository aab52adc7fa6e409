import Glibc
import Testing

/// The root of the fault suite: one test at a time, because each is given the whole machine.
@Suite(.serialized) enum Faults {
    /// BASHU_SEED repeats a run, BASHU_LONG makes it long.
    static let isLong = getenv("BASHU_LONG") != nil
    static let seed =
        getenv("BASHU_SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64.random(in: 0..<1_000_000_000)
}

/// A small generator that anybody can repeat.
struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound` less 1.
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// One of these; nil of none.
    mutating func pick<T>(_ choices: [T]) -> T? { choices.randomElement(using: &self) }
}
