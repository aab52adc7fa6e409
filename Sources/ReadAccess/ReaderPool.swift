import Logging
import Postgres
import RegionStore

/// Sessions for readers: a bounded number, opened when they are needed, and a bounded queue for them.
actor ReaderPool {
    private let target: ConnectionTarget
    private let connectionsMax: Int
    private let logger: Logger
    private var idle: [Connection] = []
    private var open = 0
    private var waiters: [(id: Int, continuation: CheckedContinuation<Connection?, any Error>)] = []
    private var nextWaiter = 0
    private var isClosed = false

    init(_ settings: ReadSettings, logger: Logger) {
        target = ConnectionTarget(
            settings.conninfo,
            settings: [
                "default_transaction_read_only": "on", "search_path": "pg_catalog", "TimeZone": "UTC",
                "DateStyle": "ISO", "IntervalStyle": "iso_8601", "bytea_output": "hex", "jit": "off",
                "client_connection_check_interval": "1000",
            ], connectTimeoutSeconds: 3
        )
        .statementTimeout(milliseconds: settings.queryTimeoutMilliseconds)
        .lockTimeout(milliseconds: settings.queryTimeoutMilliseconds)
        .idleInTransactionTimeout(milliseconds: 2 * settings.queryTimeoutMilliseconds)
        connectionsMax = settings.connectionsMax
        self.logger = logger
    }

    /// Runs `body` in one read-only transaction with one snapshot.
    ///
    /// A session that turns out to be dead is replaced once: reading twice does no harm.
    ///
    /// - Throws: `ReadServerError`, `PostgresError` of a statement, and `CancellationError`.
    func read<T: Sendable>(_ body: @escaping @Sendable (Session) throws -> T) async throws -> T {
        do {
            return try await attempt(body)
        } catch let error as PostgresError where error.kind == .connectionLost {
            // Those of the same age have most likely ended with it.
            await closeIdle()
        }
        do {
            return try await attempt(body)
        } catch let error as PostgresError where error.kind == .connectionLost {
            throw ReadServerError.unavailable("\(error)")
        }
    }

    private func attempt<T: Sendable>(_ body: @escaping @Sendable (Session) throws -> T) async throws -> T {
        let connection = try await take()
        do {
            let value = try await connection.run { session in
                try session.transaction(.repeatableRead, readOnly: true) { try body(session) }
            }
            await giveBack(connection)
            return value
        } catch {
            await giveBack(connection)
            throw error
        }
    }

    /// Opens a session to see that one can be had.
    func probe() async throws {
        await giveBack(try await take())
    }

    /// Ends all sessions; those at work when they have finished.
    func close() async {
        isClosed = true
        for waiter in waiters { waiter.continuation.resume(throwing: CancellationError()) }
        waiters = []
        await closeIdle()
    }

    private func closeIdle() async {
        let old = idle
        idle = []
        open -= old.count
        for connection in old { await connection.close() }
    }

    // MARK: Sessions

    private func take() async throws -> Connection {
        guard !isClosed else { throw CancellationError() }
        if let connection = idle.popLast() { return connection }
        if open < connectionsMax {
            open += 1
        } else if let handed = try await wait() {
            return handed
        }
        return try await connect()
    }

    /// A connection, or nil: the right to open one.
    private func wait() async throws -> Connection? {
        guard waiters.count < connectionsMax * ReadLimits.waitersPerConnection else {
            throw ReadServerError.overloaded
        }
        nextWaiter += 1
        let id = nextWaiter
        let clock = Task { [weak self] in
            try await Task.sleep(for: ReadLimits.waitMax)
            await self?.giveUp(id, ReadServerError.overloaded)
        }
        defer { clock.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiters.append((id, $0)) }
        } onCancel: {
            Task { await self.giveUp(id, CancellationError()) }
        }
    }

    private func giveUp(_ id: Int, _ error: any Error) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).continuation.resume(throwing: error)
    }

    /// Opens one that has been counted.
    private func connect() async throws -> Connection {
        do {
            let connection = try await Connection.connect(target, applicationName: "bashud http", logger: logger)
            do {
                try await connection.run(Self.checkRole)
            } catch {
                await connection.close()
                throw error
            }
            return connection
        } catch {
            freed()
            if let error = error as? PostgresError { throw ReadServerError.unavailable("\(error)") }
            throw error
        }
    }

    private func giveBack(_ connection: Connection) async {
        let isGood = await connection.isOpen
        guard isGood, !isClosed else {
            await connection.close()
            return freed()
        }
        if waiters.isEmpty {
            idle.append(connection)
        } else {
            waiters.removeFirst().continuation.resume(returning: connection)
        }
    }

    /// One session less: who waits longest may open another in its place.
    private func freed() {
        if waiters.isEmpty {
            open -= 1
        } else {
            waiters.removeFirst().continuation.resume(returning: nil)
        }
    }

    /// Whoever can write is no reader, whatever the session's settings say: they can be changed in it.
    private static func checkRole(_ session: Session) throws {
        guard let row = try session.queryOne(SQLText.named("http_role")) else { return }
        throw ReadServerError.role(
            name: try row.text("role"), reason: try row.text("reason"), relation: row[text: 2])
    }
}
