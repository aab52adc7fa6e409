internal import Dispatch
internal import Synchronization

/// Produces elements on a thread of its own while the caller's thread consumes the ones before.
enum ReadAhead {
    /// The consumer has failed: nobody takes what is produced.
    private struct Abandoned: Error {}

    /// Runs both to their ends and returns then, whatever fails.
    ///
    /// - Parameters:
    ///   - depth: Elements that may wait for the consumer; the producer waits when there are as many.
    ///   - produce: Hands over elements by calling its parameter. What it uses is its own until `run` returns.
    ///   - cancel: Ends what the producer waits for, when the consumer has failed.
    /// - Throws: the first error of either.
    static func run<Element>(
        depth: Int, produce: (@escaping (Element) throws -> Void) throws -> Void, cancel: () -> Void,
        consume: (Element) throws -> Void
    ) throws {
        let exchange = Slots<Element>(depth: depth)
        // Both closures end before this function does; each is run by one thread.
        try withoutActuallyEscaping(produce) { produce in
            nonisolated(unsafe) let produce = produce
            let ended = DispatchGroup()
            DispatchQueue(label: "bashu.read-ahead").async(group: ended) {
                exchange.close(Result { try produce { try exchange.put($0) } })
            }
            defer { ended.wait() }
            do {
                while let element = try exchange.take() { try consume(element) }
            } catch {
                exchange.abandon()
                cancel()
                throw error
            }
        }
    }

    /// Runs two pieces of work at the same time, the second on a thread of its own, and joins what they give.
    ///
    /// - Parameter cancelSecond: Ends what the second waits for, when the first has failed.
    /// - Throws: the first error of either.
    static func both<First, Second, Joined>(
        _ first: () throws -> First, _ second: () throws -> Second, cancelSecond: () -> Void,
        join: (First, Second) -> Joined
    ) throws -> Joined {
        // The closure ends before this function does.
        try withoutActuallyEscaping(second) { second in
            nonisolated(unsafe) let second = second
            nonisolated(unsafe) var outcome: Result<Second, any Error>?
            let ended = DispatchGroup()
            DispatchQueue(label: "bashu.side-by-side").async(group: ended) { outcome = Result { try second() } }
            let mine = Result { try first() }
            if case .failure = mine { cancelSecond() }
            ended.wait()
            let own = try mine.get()
            guard let other = try outcome?.get() else { throw Abandoned() }
            return join(own, other)
        }
    }

    /// A bounded queue between two threads.
    private final class Slots<Element>: @unchecked Sendable {
        // From 0 on: one that ends below its first value stops the program.
        private let free = DispatchSemaphore(value: 0)
        private let filled = DispatchSemaphore(value: 0)
        private let state = Mutex(State())

        private struct State {
            nonisolated(unsafe) var elements: [Element] = []
            var outcome: Result<Void, any Error>?
            var isAbandoned = false
        }

        init(depth: Int) {
            for _ in 0..<depth { free.signal() }
        }

        func put(_ element: Element) throws {
            free.wait()
            nonisolated(unsafe) let element = element
            let isAbandoned = state.withLock { state in
                if !state.isAbandoned { state.elements.append(element) }
                return state.isAbandoned
            }
            if isAbandoned { throw Abandoned() }
            filled.signal()
        }

        func close(_ outcome: Result<Void, any Error>) {
            state.withLock { $0.outcome = outcome }
            filled.signal()
        }

        /// The next element; nil at the end.
        func take() throws -> Element? {
            filled.wait()
            let element: Element? = state.withLock { state in
                nonisolated(unsafe) let first = state.elements.isEmpty ? nil : state.elements.removeFirst()
                return first
            }
            guard let element else {
                try state.withLock { $0.outcome }?.get()
                return nil
            }
            free.signal()
            return element
        }

        func abandon() {
            state.withLock {
                $0.isAbandoned = true
                $0.elements = []
            }
            free.signal()
        }
    }
}
