import Logging
import Postgres
import RegionStore

/// Reads the database for monitoring, on a session of its own: one reading at a time, however many ask, and none
/// waits longer than `patience`. The session ends with it, unless it waits for a server that hangs: nobody waits for
/// that.
actor DatabaseReader {
    /// What a reading found.
    struct Reading: Sendable {
        /// A metric of one series.
        struct Value: Sendable {
            let metric: String
            let value: String
            let labels: Labels
        }

        /// Whether the database answered.
        var isUp = false
        var values: [Value] = []
        /// Statements that failed, or that there was no time for.
        var problems: [String] = []
        var took = Duration.zero
    }

    /// Bounds of a reading. Prometheus itself gives up after ten seconds.
    private static let connectSeconds = 3
    private static let statementMilliseconds = 2_000
    private static let statementsMax = Duration.seconds(4)
    static let patience = Duration.seconds(6)

    private static let statements = [
        "metrics_node", "metrics_daemon", "metrics_origins", "metrics_holds", "metrics_link_states", "metrics_links",
        "metrics_certificates", "metrics_peers", "metrics_pending", "metrics_held", "metrics_parked",
        "metrics_recheck", "metrics_log", "metrics_forgotten",
    ]

    private let target: ConnectionTarget
    private let logger: Logger
    private var connection: Connection?
    private var running: Set<Question> = []
    private var waiters: [Waiter] = []
    private var nextWaiter = 0
    private var oldest: (xid: String, since: ContinuousClock.Instant)?

    init(conninfo: String, logger: Logger) {
        target = DaemonSession.target(
            ConnectionTarget(conninfo, connectTimeoutSeconds: Self.connectSeconds)
                .setting("default_transaction_read_only", "on")
                .setting("client_connection_check_interval", "1000")
                .statementTimeout(milliseconds: Self.statementMilliseconds)
                .lockTimeout(milliseconds: Self.statementMilliseconds / 2))
        self.logger = logger
    }

    private enum Question: Sendable {
        case metrics, schema
    }

    private struct Waiter {
        let id: Int
        let question: Question
        let continuation: CheckedContinuation<Reading, Never>
    }

    /// What the database says now; of several that ask while one reading is under way all get that one.
    func read() async -> Reading { await ask(.metrics) }

    /// Nil when the database is there and has this program's schema; otherwise why not.
    func unreadiness() async -> String? { await ask(.schema).problems.first }

    private func ask(_ question: Question) async -> Reading {
        nextWaiter += 1
        let id = nextWaiter
        let clock = Task {
            try await Task.sleep(for: Self.patience)
            var late = Reading()
            late.problems = ["the database has not answered within \(Self.patience)"]
            answer(late, to: id)
        }
        defer { clock.cancel() }
        return await withCheckedContinuation { continuation in
            waiters.append(Waiter(id: id, question: question, continuation: continuation))
            guard running.insert(question).inserted else { return }
            Task { await work(question) }
        }
    }

    private func close() async {
        await connection?.close()
        connection = nil
    }

    private func answer(_ reading: Reading, to id: Int) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).continuation.resume(returning: reading)
    }

    private func work(_ question: Question) async {
        let began = ContinuousClock.now
        var reading = question == .metrics ? await attempt(began) : await checkSchema()
        reading.took = .now - began
        running.remove(question)
        let answered = waiters.filter { $0.question == question }
        waiters.removeAll { $0.question == question }
        for waiter in answered { waiter.continuation.resume(returning: reading) }
    }

    // MARK: The database

    private func open() async throws -> Connection {
        if let known = connection, await known.isOpen { return known }
        let fresh = try await Connection.connect(target, applicationName: "bashud metrics", logger: logger)
        connection = fresh
        return fresh
    }

    private func closeIfLost() async {
        guard let known = connection, await !known.isOpen else { return }
        connection = nil
    }

    private func checkSchema() async -> Reading {
        var reading = Reading()
        do {
            try await open().run { try Installer.checkVersion($0) }
        } catch let error as PostgresError {
            await closeIfLost()
            reading.problems = ["the database cannot be read: \(error)"]
        } catch {
            reading.problems = ["\(error)"]
        }
        return reading
    }

    private func attempt(_ began: ContinuousClock.Instant) async -> Reading {
        // A session that has died since the last reading is replaced once.
        for isLast in [connection == nil, true] {
            do {
                let (reading, xid) = try await open().run { try Self.readAll($0, began) }
                return noting(xid, reading)
            } catch {
                await close()
                guard isLast else { continue }
                var failed = Reading()
                failed.problems = ["\(error)"]
                return failed
            }
        }
        return Reading()
    }

    /// - Throws: `PostgresError` when the session is lost.
    private static func readAll(_ session: Session, _ began: ContinuousClock.Instant) throws -> (Reading, String?) {
        var reading = Reading()
        var xid: String?
        func step(_ name: String, _ body: () throws -> Void) throws {
            guard ContinuousClock.now - began < statementsMax else {
                return reading.problems.append("\(name): no time left")
            }
            do {
                try body()
            } catch let error as PostgresError where session.isOpen {
                reading.problems.append("\(name): \(error)")
            }
        }
        for name in statements {
            try step(name) { reading.values += try values(session, name, []) }
        }
        try step("metrics_cases") {
            let share = try session.queryOne(SQLText.named("metrics_case_share"))?.text(0)
            reading.values += try values(session, "metrics_cases", [.text(share ?? "100")])
        }
        try step("metrics_transaction") {
            xid = try session.queryOne(SQLText.named("metrics_transaction"))?[text: 0]
        }
        reading.isUp = true
        return (reading, xid)
    }

    private static func values(
        _ session: Session, _ name: String, _ parameters: [Parameter]
    ) throws -> [Reading.Value] {
        try session.query(SQLText.named(name), parameters).flatMap { row in
            var labels: Labels = []
            var found: [(String, String)] = []
            for column in 0..<row.columnCount {
                guard let text = row[text: column] else { continue }
                let name = row.columnName(column)
                if name.hasPrefix("bashu_") { found.append((name, text)) } else { labels.append((name, text)) }
            }
            return found.map { Reading.Value(metric: $0.0, value: $0.1, labels: labels) }
        }
    }

    /// Adds how long the oldest transaction has been seen.
    private func noting(_ xid: String?, _ reading: Reading) -> Reading {
        let now = ContinuousClock.now
        if oldest?.xid != xid { oldest = xid.map { ($0, now) } }
        var reading = reading
        let age = oldest.map { (now - $0.since) / .seconds(1) } ?? 0
        reading.values.append(
            .init(metric: "bashu_oldest_transaction_age_seconds", value: Exposition.number(age), labels: []))
        return reading
    }
}
