import Dispatch
public import Logging
import Synchronization

/// One session on an executor of its own, for code that may not block.
///
/// A piece of work is one synchronous closure, so nothing can come between the statements of a transaction.
public actor Connection {
    private let executor: SessionExecutor
    private var session: Session?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private init(label: String) {
        executor = SessionExecutor(label: label)
    }

    /// Connects. A task cancelled meanwhile gets `CancellationError`, at latest after the connect timeout.
    public static func connect(
        _ target: ConnectionTarget, applicationName: String, logger: Logger
    ) async throws -> Connection {
        let connection = Connection(label: applicationName)
        try await connection.open(target, applicationName: applicationName, logger: logger)
        return connection
    }

    private func open(_ target: ConnectionTarget, applicationName: String, logger: Logger) throws {
        executor.preconditionIsolated()
        do {
            session = try Session.connect(target, applicationName: applicationName, logger: logger)
        } catch let error as PostgresError where error.kind == .cancelled {
            throw CancellationError()
        }
    }

    /// Runs `body` with the session, blocking no thread but the session's own.
    ///
    /// When the calling task is cancelled, the running statement is cancelled at the server, no new one starts, and
    /// `CancellationError` is thrown. Other errors are `body`'s.
    public func run<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
        try Task.checkCancellation()
        guard let session else { throw PostgresError(.misuse, "the connection is closed") }
        let flight = Flight(canceller: session.canceller)
        do {
            return try await withTaskCancellationHandler {
                // The closure must call an isolated method: one that does not touch `self` is run on the cooperative
                // pool, where six blocked sessions stall every timer of the process.
                try self.perform(body, flight)
            } onCancel: {
                flight.cancel()
            }
        } catch let error as PostgresError where error.kind == .cancelled && Task.isCancelled {
            throw CancellationError()
        }
    }

    private func perform<T>(_ body: (Session) throws -> T, _ flight: Flight) throws -> T {
        executor.preconditionIsolated()
        guard let session else { throw PostgresError(.misuse, "the connection is closed") }
        defer { flight.end() }
        return try body(session)
    }

    /// Whether the session can still be used, as far as is known without asking the server.
    public var isOpen: Bool { session?.isOpen ?? false }

    /// Ends the session. May be called twice.
    public func close() {
        session?.close()
        session = nil
    }
}

/// One piece of work under way, which may be cancelled, but never after its end: the cancel would hit the next one.
private final class Flight: Sendable {
    private static let queue = DispatchQueue(label: "postgres.cancel", attributes: .concurrent)
    private let canceller: Canceller
    private let running = Mutex(true)

    init(canceller: Canceller) {
        self.canceller = canceller
    }

    /// Waits for a cancel request on its way.
    func end() {
        running.withLock { $0 = false }
    }

    /// Asks until the work has ended, because a request that overtakes its statement is lost.
    func cancel() {
        Self.queue.async { self.request() }
    }

    private func request() {
        let again = running.withLock { running in
            if running { canceller.cancel() }
            return running
        }
        guard again else { return }
        Self.queue.asyncAfter(deadline: .now() + .milliseconds(100)) { self.request() }
    }
}
