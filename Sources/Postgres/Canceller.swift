import CLibPQ
import Synchronization

/// Cancels what a session is doing, from any thread, also after the session is closed.
public final class Canceller: Sendable {
    // Safe to share: PQcancel only reads it, and it is freed with its last owner.
    private nonisolated(unsafe) let handle: OpaquePointer
    private let requestedFlag = Atomic(false)
    /// Readable from a cancel until the next statement begins.
    let signal: Waker

    init(connection: OpaquePointer) throws {
        guard let handle = PQgetCancel(connection) else {
            throw PostgresError(.connectionFailed, "the connection gives no way to cancel")
        }
        self.handle = handle
        signal = try Waker()
    }

    deinit { PQfreeCancel(handle) }

    /// Whether the statement that runs or ran last was asked to end.
    var requested: Bool { requestedFlag.load(ordering: .acquiring) }

    /// Asks the server to end the statement that runs now, and ends a wait for notifications; when nothing runs,
    /// nothing happens. Blocks until the server has taken the request; false when it could not be told.
    ///
    /// A request that overtakes its statement on the way is lost: ask again, or rely on `statement_timeout`.
    @discardableResult
    public func cancel() -> Bool {
        requestedFlag.store(true, ordering: .releasing)
        signal.wake()
        return send()
    }

    /// The request alone, for a session that ends its own statement.
    @discardableResult
    func send() -> Bool {
        var reason = [CChar](repeating: 0, count: 256)
        return PQcancel(handle, &reason, Int32(reason.count)) == 1
    }

    /// Forgets a request that came when nothing ran.
    func beginStatement() {
        guard requestedFlag.exchange(false, ordering: .acquiringAndReleasing) else { return }
        signal.drain()
    }
}
