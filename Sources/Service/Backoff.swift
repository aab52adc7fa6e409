/// How long to wait after the first, second, third … failure in a row.
///
/// Doubles from `first` up to `cap`. Every wait is scattered by `jitter`, so that parties which lost the same server
/// do not come back in step.
public struct Backoff: Sendable, Equatable {
    /// The wait after the first failure.
    public let first: Duration
    /// The longest wait, before the jitter.
    public let cap: Duration
    /// A wait is multiplied by a random factor from this range.
    public let jitter: ClosedRange<Double>
    /// Failures in a row.
    public private(set) var attempts = 0

    /// A policy without failures so far.
    public init(first: Duration, cap: Duration, jitter: ClosedRange<Double> = 0.75...1.25) {
        precondition(first > .zero && cap >= first, "a wait grows from something to something longer")
        precondition(jitter.lowerBound > 0, "a wait is not negative")
        self.first = first
        self.cap = cap
        self.jitter = jitter
    }

    /// Counts a failure and says how long to wait now.
    public mutating func failed(using generator: inout some RandomNumberGenerator) -> Duration {
        // 2^30 times any first wait is beyond every cap, and the shift stays far from overflowing.
        let doubled = first * (1 << min(attempts, 30))
        attempts += 1
        return min(doubled, cap) * Double.random(in: jitter, using: &generator)
    }

    /// Counts a failure and says how long to wait now.
    public mutating func failed() -> Duration {
        var generator = SystemRandomNumberGenerator()
        return failed(using: &generator)
    }

    /// Forgets the failures: something has worked.
    public mutating func succeeded() {
        attempts = 0
    }
}

extension Backoff {
    /// For a link whose peer cannot be reached, or does not let us in.
    static let link = Backoff(first: .milliseconds(200), cap: .seconds(30))
    /// For our own database: a restart takes a few seconds, and everything waits for it.
    static let database = Backoff(first: .milliseconds(200), cap: .seconds(10))
    /// For what needs a person to change something: soon enough that nobody has to restart us.
    static let refused = Backoff(first: .seconds(2), cap: .seconds(30))
    /// Between two looks at what there is to do, up to `longest`.
    static func idle(longest: Duration) -> Backoff {
        Backoff(first: min(.milliseconds(2), longest), cap: longest, jitter: 1...1)
    }
}
