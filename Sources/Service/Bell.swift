import Dispatch
import Postgres
import Synchronization

/// Ends the pauses of one part of the daemon, from any other part: for news, and for good.
///
/// A ring while nobody pauses ends the next pause at once; several rings are one. `stop` ends every pause from then
/// on, and lets a running statement come to its end; `cancelStatements` does not.
final class Bell: Sendable {
    private struct State {
        var rung = false
        var stopped = false
        var nextID = 0
        var waiters: [Int: Waiter] = [:]
        var wakers: [Waker] = []
        var cancellers: [Canceller] = []
    }

    private struct Waiter {
        let endsByRing: Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private let state = Mutex(State())
    private static let cancelling = DispatchQueue(label: "bashud.cancel", attributes: .concurrent)

    /// Whether the part is to end.
    var isStopped: Bool { state.withLock { $0.stopped } }

    /// Ends the present pause, or the next one.
    func ring() {
        let (waiters, wakers) = state.withLock { state in
            let woken = state.waiters.filter { $0.value.endsByRing }
            for id in woken.keys { state.waiters[id] = nil }
            state.rung = woken.isEmpty
            return (woken.values.map(\.continuation), state.wakers)
        }
        for waiter in waiters { waiter.resume() }
        for waker in wakers { waker.wake() }
    }

    /// Ends every pause from now on.
    func stop() {
        let (waiters, wakers) = state.withLock { state in
            let woken = state.waiters.values.map(\.continuation)
            state.waiters = [:]
            state.stopped = true
            return (woken, state.wakers)
        }
        for waiter in waiters { waiter.resume() }
        for waker in wakers { waker.wake() }
    }

    /// Pauses until the next ring, at most that long.
    func pause(atMost duration: Duration) async {
        await wait(endsByRing: true, atMost: duration)
    }

    /// Pauses that long whoever rings; only `stop` ends it early.
    func rest(for duration: Duration) async {
        await wait(endsByRing: false, atMost: duration)
    }

    /// Waits for `stop`, or for the end of the calling task.
    func untilStopped() async {
        await arrival(endsByRing: false)
    }

    private func wait(endsByRing: Bool, atMost duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.arrival(endsByRing: endsByRing) }
            group.addTask { try? await Task.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }

    private func arrival(endsByRing: Bool) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if state.stopped || Task.isCancelled { return true }
                    if endsByRing && state.rung {
                        state.rung = false
                        return true
                    }
                    state.waiters[id] = Waiter(endsByRing: endsByRing, continuation: continuation)
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume()
        }
    }
}

extension Bell {
    /// From now on `ring` and `stop` end waits for notifications, and `cancelStatements` ends statements, of these
    /// sessions in place of others.
    func attach(wakers: [Waker], cancellers: [Canceller]) {
        let stopped = state.withLock { state in
            state.wakers = wakers
            state.cancellers = cancellers
            return state.stopped
        }
        if stopped { wakers.forEach { $0.wake() } }
    }

    /// Forgets the sessions.
    func detach() {
        attach(wakers: [], cancellers: [])
    }

    /// Asks the servers to end what runs. Returns at once: the request is a connection of its own.
    func cancelStatements() {
        let cancellers = state.withLock { $0.cancellers }
        for canceller in cancellers {
            Self.cancelling.async { canceller.cancel() }
        }
    }

    /// Runs `work` to its end. Once the bell has been stopped it has `grace` for it; after that its statements are
    /// cancelled until it has ended. When the calling task is cancelled the bell is stopped.
    func finishing(within grace: Duration, _ work: @escaping @Sendable () async throws -> Void) async throws {
        try await withTaskCancellationHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await work() }
                group.addTask {
                    await self.untilStopped()
                    try? await Task.sleep(for: grace)
                    while !Task.isCancelled {
                        self.cancelStatements()
                        // Again: a request that overtakes its statement is lost.
                        try? await Task.sleep(for: .milliseconds(500))
                    }
                }
                while try await group.next() != nil { group.cancelAll() }
            }
        } onCancel: {
            self.stop()
        }
    }
}
