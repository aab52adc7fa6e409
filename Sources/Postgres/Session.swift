import CLibPQ
import Glibc

/// One connection to a PostgreSQL server. Every call blocks until the server has answered.
///
/// Not Sendable: it belongs to one thread or executor at a time (`Connection` gives it one of its own). Only
/// `canceller` and `waker` may be handed to others. Once a call has thrown `connectionLost` all further ones do.
///
/// When the calling task is cancelled no new statement starts (`cancelled`), so that a long piece of work ends at its
/// next statement; the rollback of a transaction still runs.
public final class Session {
    private var handle: OpaquePointer?
    private var busy = false
    private let notices: NoticeSink
    /// How long the server may take to react to a cancel before the connection counts as lost. Seconds.
    public var cancelGraceSeconds = 30
    /// How long the server may send nothing while a statement waits for it, before the connection counts as lost.
    /// Seconds; nil: as long as it likes. For servers that are not ours: on a connection without TLS, one changed byte
    /// of a length makes both sides wait for ever.
    public var silenceSeconds: Int?

    /// How this session is protected on its way; nil when it is not encrypted.
    public let protection: SessionProtection?
    /// Ends the running statement, from any thread.
    public let canceller: Canceller
    /// Ends `waitForNotification`, from any thread.
    public let waker: Waker

    /// Takes over a connection, which reports to `notices`.
    init(adopting connection: OpaquePointer, notices: NoticeSink) throws {
        handle = connection
        self.notices = notices
        protection = SessionProtection(connection)
        do {
            canceller = try Canceller(connection: connection)
            waker = try Waker()
        } catch {
            PQfinish(connection)
            throw error
        }
    }

    deinit { close() }

    /// Ends the session; the server rolls back what is open. May be called twice, and in the middle of a statement
    /// (by the closure that takes its rows), which then ends with `connectionLost`.
    public func close() {
        guard let connection = handle else { return }
        guard !busy else { return hangUp(connection) }
        PQfinish(connection)
        handle = nil
    }

    /// Makes libpq see the end of the connection at its next look.
    private func hangUp(_ connection: OpaquePointer) {
        shutdown(PQsocket(connection), Int32(SHUT_RDWR))
    }

    /// Whether the session can still be used, as far as is known without asking the server.
    public var isOpen: Bool { handle.map { PQstatus($0) == CONNECTION_OK } ?? false }

    /// The server's version: 150018 is 15.18. 0 when closed.
    public var serverVersion: Int { handle.map { Int(PQserverVersion($0)) } ?? 0 }

    /// The process that serves this session, as in `pg_stat_activity.pid`. 0 when closed.
    public var backendProcessID: Int32 { handle.map { PQbackendPID($0) } ?? 0 }

    /// Whether the session runs over TLS.
    public var isEncrypted: Bool { handle.map { PQsslInUse($0) != 0 } ?? false }

    /// A setting that the server reports on its own ("TimeZone", "in_hot_standby", …), nil for others.
    public func parameterStatus(_ name: String) -> String? {
        handle.flatMap { PQparameterStatus($0, name) }.map { String(cString: $0) }
    }

    /// Where the session is between BEGIN and COMMIT.
    public var transactionStatus: TransactionStatus {
        guard let handle else { return .unknown }
        switch PQtransactionStatus(handle) {
        case PQTRANS_IDLE: return .idle
        case PQTRANS_ACTIVE: return .active
        case PQTRANS_INTRANS: return .inTransaction
        case PQTRANS_INERROR: return .failed
        default: return .unknown
        }
    }

    /// Whether a transaction is open, failed ones included.
    public var inTransaction: Bool { [.inTransaction, .failed].contains(transactionStatus) }
}

/// Where a session is between BEGIN and COMMIT.
public enum TransactionStatus: Sendable, Hashable {
    /// No transaction is open.
    case idle
    /// A statement is running.
    case active
    /// In a transaction, between statements.
    case inTransaction
    /// In a transaction that can only be rolled back.
    case failed
    /// The connection is gone.
    case unknown
}

// What the other files of this type are made of: one statement at a time, and every wait in one place.
extension Session {
    /// The live connection, for a call outside a statement.
    func live() throws -> OpaquePointer {
        guard let handle else { throw PostgresError(.misuse, "the session is closed") }
        guard PQstatus(handle) == CONNECTION_OK else { throw lost(handle) }
        return handle
    }

    /// Runs `body` as the only statement of the session.
    ///
    /// - Parameter evenIfCancelled: for statements that clean up, which have to run in a cancelled task too.
    func statement<T>(evenIfCancelled: Bool = false, _ body: (OpaquePointer) throws -> T) throws -> T {
        guard !busy else { throw PostgresError(.misuse, "the session is busy with another statement") }
        let connection = try live()
        guard evenIfCancelled || !Task.isCancelled else {
            throw PostgresError(.cancelled, "the task was cancelled")
        }
        busy = true
        defer { busy = false }
        Pulse.current?.beat()
        canceller.beginStatement()
        return try body(connection)
    }

    /// The next result of the running statement, nil after the last.
    func nextResult(_ connection: OpaquePointer) throws -> ServerResult? {
        while PQisBusy(connection) != 0 {
            try waitForInput(connection)
            // A failure here comes back as an error result below.
            if PQconsumeInput(connection) == 0 { break }
        }
        return PQgetResult(connection).map(ServerResult.init)
    }

    /// Blocks until the server has sent something, at most for `silenceSeconds`; after a cancel not longer than the
    /// grace time.
    func waitForInput(_ connection: OpaquePointer) throws {
        guard !canceller.requested else { return try waitAfterCancel(connection) }
        let ready = try Poll.wait(
            [PQsocket(connection), canceller.signal.descriptor], milliseconds: silenceSeconds.map { $0 * 1000 })
        if ready[1] { return try waitAfterCancel(connection) }
        guard !ready[0], let silenceSeconds else { return }
        hangUp(connection)
        PQconsumeInput(connection)
        throw PostgresError(.connectionLost, "the server was asked, and has sent nothing for \(silenceSeconds) s")
    }

    private func waitAfterCancel(_ connection: OpaquePointer) throws {
        let ready = try Poll.wait([PQsocket(connection)], milliseconds: cancelGraceSeconds * 1000)
        if !ready[0] { hangUp(connection) }
    }

    /// The error of a connection that failed outside a result.
    func lost(_ connection: OpaquePointer) -> PostgresError {
        if let fatal = notices.lastFatal { return fatal }
        let message = trimmed(String(cString: PQerrorMessage(connection)))
        return PostgresError(.connectionLost, message.isEmpty ? "the connection is lost" : message)
    }

    /// The error of a call that libpq refused.
    func refused(_ connection: OpaquePointer) -> PostgresError {
        guard PQstatus(connection) == CONNECTION_OK else { return lost(connection) }
        return PostgresError(.misuse, trimmed(String(cString: PQerrorMessage(connection))))
    }
}
