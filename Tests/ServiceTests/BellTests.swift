import Testing

@testable import Service

@Suite(.timeLimit(.minutes(1))) struct BellTests {
    /// Longer than any test may take: a pause that is not ended fails the test by its time limit.
    static let forever = Duration.seconds(600)

    @Test func ringEndsThePresentPauseOrTheNext() async {
        let bell = Bell()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await bell.pause(atMost: Self.forever) }
            bell.ring()
        }
    }

    @Test func severalRingsAreOne() async {
        let bell = Bell()
        bell.ring()
        bell.ring()
        await bell.pause(atMost: Self.forever)
        let began = ContinuousClock.now
        await bell.pause(atMost: .milliseconds(50))
        #expect(ContinuousClock.now - began >= .milliseconds(50))
    }

    @Test func ringDoesNotEndARest() async {
        let bell = Bell()
        bell.ring()
        let began = ContinuousClock.now
        await bell.rest(for: .milliseconds(50))
        #expect(ContinuousClock.now - began >= .milliseconds(50))
    }

    @Test func stopEndsEverythingForGood() async {
        let bell = Bell()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await bell.pause(atMost: Self.forever) }
            group.addTask { await bell.rest(for: Self.forever) }
            group.addTask { await bell.untilStopped() }
            bell.stop()
        }
        await bell.pause(atMost: Self.forever)
        #expect(bell.isStopped)
    }

    @Test func waitEndsWithTheTask() async {
        let bell = Bell()
        let task = Task { await bell.untilStopped() }
        task.cancel()
        await task.value
        #expect(!bell.isStopped)
    }

    @Test func finishingHandsOnWhatTheWorkThrows() async {
        struct Failure: Error {}
        let bell = Bell()
        await #expect(throws: Failure.self) {
            try await bell.finishing(within: .zero) { throw Failure() }
        }
    }

    @Test func finishingStopsTheBellWithTheTask() async throws {
        let bell = Bell()
        let task = Task {
            try await bell.finishing(within: Self.forever) { await bell.rest(for: Self.forever) }
        }
        task.cancel()
        try await task.value
        #expect(bell.isStopped)
    }
}
