import Synchronization
import Testing

@testable import RegionStore

/// Producer and consumer on two threads: everything arrives once and in order, and whoever fails ends both.
@Suite(.timeLimit(.minutes(1))) struct ReadAheadTests {
    private struct Broken: Error, Equatable { let who: String }

    @Test(arguments: [1, 2, 7]) func everythingArrivesInOrder(_ depth: Int) throws {
        var taken: [Int] = []
        try ReadAhead.run(
            depth: depth, produce: { put in for number in 0..<5_000 { try put(number) } }, cancel: {},
            consume: { taken.append($0) })
        #expect(taken == Array(0..<5_000))
    }

    @Test func nothingProducedIsNothingConsumed() throws {
        try ReadAhead.run(depth: 2, produce: { (_: (Int) throws -> Void) in }, cancel: {}, consume: { _ in
            Issue.record("there was nothing")
        })
    }

    @Test func whatWasProducedBeforeAFailureIsConsumed() {
        var taken: [Int] = []
        let error = #expect(throws: Broken.self) {
            try ReadAhead.run(
                depth: 3,
                produce: { put in
                    for number in 0..<10 { try put(number) }
                    throw Broken(who: "producer")
                }, cancel: {}, consume: { taken.append($0) })
        }
        #expect(error == Broken(who: "producer"))
        #expect(taken == Array(0..<10))
    }

    /// The producer, which would go on for ever, waits for a free place or is about to.
    @Test(arguments: [0, 1, 100]) func aConsumerThatFailsEndsTheProducer(_ after: Int) {
        var (isCancelled, hasEnded, count) = (false, false, 0)
        let error = #expect(throws: Broken.self) {
            try ReadAhead.run(
                depth: 2,
                produce: { put in
                    defer { hasEnded = true }
                    while true { try put(0) }
                }, cancel: { isCancelled = true },
                consume: { _ in
                    if count == after { throw Broken(who: "consumer") }
                    count += 1
                })
        }
        #expect(error == Broken(who: "consumer"))
        #expect(isCancelled && hasEnded && count == after)
    }

    /// No more than `depth` elements wait, whatever the consumer does.
    @Test func theProducerIsBounded() throws {
        let produced = Atomic(0)
        var (most, taken) = (0, 0)
        try ReadAhead.run(
            depth: 2,
            produce: { put in
                for number in 0..<200 {
                    try put(number)
                    produced.add(1, ordering: .relaxed)
                }
            }, cancel: {},
            consume: { number in
                taken += 1
                // One is here, two wait, one is in the producer's hand.
                most = max(most, produced.load(ordering: .relaxed) - taken)
            })
        #expect(produced.load(ordering: .relaxed) == 200 && most <= 2)
    }
}
