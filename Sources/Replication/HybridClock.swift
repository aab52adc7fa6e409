/// A hybrid logical clock: microseconds since 1970 UTC that never fall behind what has been seen.
public struct HybridClock: Hashable, Sendable {
    /// The highest hybrid time applied or cut so far; 0 at first.
    public private(set) var highest: Int64

    /// A clock that has seen hybrid times up to `highest`.
    public init(highest: Int64 = 0) {
        self.highest = highest
    }

    /// The hybrid time of a change made at `now`: after everything seen, whatever the clocks say.
    ///
    /// Changes of one cut may share it, so it does not move the clock: let the clock observe what was published.
    public func next(now: Int64) -> Int64 {
        max(now, highest + 1)
    }

    /// Takes note of a hybrid time that was applied or cut here.
    public mutating func observe(_ hlc: Int64) {
        highest = max(highest, hlc)
    }
}
