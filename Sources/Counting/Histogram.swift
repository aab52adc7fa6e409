/// How long things took.
package struct Histogram: Sendable, Equatable {
    /// Upper bounds in seconds: from a cut of one row to an apply of a million.
    package static let bounds: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

    /// Of each bound those that are not within the one before it.
    package private(set) var counts = [Int64](repeating: 0, count: bounds.count)
    package private(set) var count: Int64 = 0
    /// Seconds.
    package private(set) var sum = 0.0

    package init() {}

    package mutating func observe(_ seconds: Double) {
        count += 1
        sum += seconds
        if let index = Self.bounds.firstIndex(where: { seconds <= $0 }) { counts[index] += 1 }
    }
}
