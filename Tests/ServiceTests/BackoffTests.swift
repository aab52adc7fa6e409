import Testing

@testable import Service

@Suite struct BackoffTests {
    /// The same numbers at every run.
    struct Repeatable: RandomNumberGenerator {
        private var state: UInt64 = 2_260

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }

    @Test func doublesUpToTheCap() {
        var backoff = Backoff(first: .milliseconds(200), cap: .seconds(1), jitter: 1...1)
        let waits = (0..<5).map { _ in backoff.failed() }
        #expect(waits == [.milliseconds(200), .milliseconds(400), .milliseconds(800), .seconds(1), .seconds(1)])
        #expect(backoff.attempts == 5)
    }

    @Test func isScatteredWithinTheJitter() {
        var backoff = Backoff(first: .seconds(1), cap: .seconds(1), jitter: 0.75...1.25)
        var repeatable = Repeatable()
        let waits = (0..<200).map { _ in backoff.failed(using: &repeatable) }
        #expect(waits.allSatisfy { (.milliseconds(750)...(.milliseconds(1250))).contains($0) })
        #expect(Set(waits).count > 100)
    }

    @Test func beginsAnewAfterSuccess() {
        var backoff = Backoff(first: .milliseconds(200), cap: .seconds(30), jitter: 1...1)
        for _ in 0..<3 { _ = backoff.failed() }
        backoff.succeeded()
        #expect(backoff.attempts == 0)
        #expect(backoff.failed() == .milliseconds(200))
    }

    @Test func neverOverflows() {
        var backoff = Backoff(first: .seconds(3_600), cap: .seconds(86_400), jitter: 1...1)
        let last = (0..<10_000).map { _ in backoff.failed() }.last
        #expect(last == .seconds(86_400))
    }
}
