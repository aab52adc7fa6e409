import Glibc
import Logging
import Postgres
import TestCluster
import Testing

@Suite struct StatementTests {
    @Test func executeCountsRows() async throws {
        let session = try await freshSession()
        #expect(try session.execute("CREATE TABLE t (a int)") == 0)
        #expect(try session.execute("INSERT INTO t SELECT generate_series(1, $1)", [7]) == 7)
        #expect(try session.execute("UPDATE t SET a = a WHERE a > 4") == 3)
    }

    @Test func scriptRunsSeveralStatementsOrNone() async throws {
        let session = try await freshSession()
        try session.script("CREATE TABLE t (a int); INSERT INTO t VALUES (1); SELECT * FROM t;")
        let error = try postgresError { try session.script("INSERT INTO t VALUES (2); SELECT 1/0; SELECT 1") }
        #expect(error.sqlState == SQLState(rawValue: "22012"))
        #expect(try session.queryOne("SELECT count(*) FROM t")?.int(0) == 1)
        #expect(try postgresError { try session.execute("SELECT 1; SELECT 2") }.sqlState == .syntaxError)
    }

    @Test func streamHandsOverRowsInBoundedMemory() async throws {
        let session = try await freshSession()
        try resetPeak()
        let before = try peakKilobytes()
        var rows = 0
        var bytes = 0
        try session.stream("SELECT i, repeat('x', 1000) FROM generate_series(1, $1) AS i", [200_000]) { row in
            rows += 1
            bytes += row.withBytes(1) { $0.count } ?? 0
        }
        #expect(rows == 200_000 && bytes == 200_000_000)
        #expect(try peakKilobytes() - before < 64 * 1024)
    }

    @Test func aStreamGivenUpLeavesTheSessionUsable() async throws {
        let session = try await freshSession()
        var rows = 0
        #expect(throws: Stop()) {
            try session.stream("SELECT generate_series(1, 1000000000)") { _ in
                rows += 1
                if rows == 3 { throw Stop() }
            }
        }
        #expect(rows == 3)
        #expect(try session.queryOne("SELECT 1")?.int(0) == 1)
    }

    @Test func anErrorAmidAStreamIsThrown() async throws {
        let session = try await freshSession()
        var rows = 0
        let error = try postgresError {
            try session.stream("SELECT 1 / (3 - i) FROM generate_series(1, 5) AS i") { _ in rows += 1 }
        }
        #expect(error.sqlState == SQLState(rawValue: "22012") && rows == 2)
        #expect(try session.queryOne("SELECT 1")?.int(0) == 1)
    }

    @Test func aSessionRunsOneStatementAtATime() async throws {
        let session = try await freshSession()
        let error = try postgresError { try session.stream("SELECT 1") { _ in try session.execute("SELECT 2") } }
        #expect(error.kind == .misuse)
        #expect(try session.queryOne("SELECT 1")?.int(0) == 1)
    }

    @Test func closingAmidAStreamEndsIt() async throws {
        let session = try await freshSession()
        let error = try postgresError {
            try session.stream("SELECT repeat('x', 1000) FROM generate_series(1, 1000000)") { _ in session.close() }
        }
        #expect(error.kind == .connectionLost)
        session.close()
        #expect(!session.isOpen && session.serverVersion == 0 && session.transactionStatus == .unknown)
        #expect(try postgresError { try session.execute("SELECT 1") }.kind == .misuse)
    }

    private func resetPeak() throws {
        let descriptor = open("/proc/self/clear_refs", O_WRONLY)
        defer { close(descriptor) }
        try #require(write(descriptor, "5", 1) == 1)
    }

    /// The process's highest resident size since `resetPeak`.
    private func peakKilobytes() throws -> Int {
        let descriptor = open("/proc/self/status", O_RDONLY)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = read(descriptor, &bytes, bytes.count)
        let status = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) })
    }
}

@Suite struct TransactionTests {
    @Test func commitsWhatReturnsAndRollsBackWhatThrows() async throws {
        let session = try await freshSession()
        try session.execute("CREATE TABLE t (a int)")
        let value = try session.transaction {
            #expect(session.inTransaction && session.transactionStatus == .inTransaction)
            return try session.execute("INSERT INTO t VALUES (1)")
        }
        #expect(value == 1 && session.transactionStatus == .idle)
        #expect(throws: Stop()) {
            try session.transaction {
                try session.execute("INSERT INTO t VALUES (2)")
                throw Stop()
            }
        }
        let error = try postgresError {
            try session.transaction {
                try session.execute("INSERT INTO t VALUES (3)")
                try session.execute("INSERT INTO missing VALUES (3)")
            }
        }
        #expect(error.sqlState == .undefinedTable && session.transactionStatus == .idle)
        #expect(try session.query("SELECT a FROM t").map { try $0.int(0) } == [1])
    }

    @Test func aSwallowedErrorDoesNotPassForACommit() async throws {
        let session = try await freshSession()
        try session.execute("CREATE TABLE t (a int)")
        let error = try postgresError {
            try session.transaction {
                try session.execute("INSERT INTO t VALUES (1)")
                _ = try? session.execute("SELECT 1/0")
                #expect(session.transactionStatus == .failed && session.inTransaction)
            }
        }
        #expect(error.kind == .statementFailed && error.sqlState == .inFailedTransaction)
        #expect(try session.queryOne("SELECT count(*) FROM t")?.int(0) == 0)
    }

    @Test func aDeferredConstraintFailsTheCommit() async throws {
        let session = try await freshSession()
        try session.script("CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        let error = try postgresError {
            try session.transaction { try session.execute("INSERT INTO t VALUES (1), (1)") }
        }
        #expect(error.sqlState == .uniqueViolation && session.transactionStatus == .idle)
    }

    @Test func takingBackSaysNothingWhereNothingIsOpen() async throws {
        let cluster = try await TestCluster.shared()
        let log = RecordingLog()
        let session = try Session.connect(
            ConnectionTarget(cluster.conninfo(database: try await cluster.createDatabase())),
            applicationName: "rollback", logger: log.logger())
        try session.script("CREATE TABLE \"表\" (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        try session.script("BEGIN; INSERT INTO \"表\" VALUES (1), (1)")
        #expect(try postgresError { try session.script("COMMIT") }.sqlState == .uniqueViolation)
        session.rollBack()
        #expect(session.isOpen && session.transactionStatus == .idle)
        for more in ["", "; SELECT 1/0"] {
            _ = try? session.script("BEGIN; INSERT INTO \"表\" VALUES (2)\(more)")
            session.rollBack()
            #expect(session.transactionStatus == .idle)
        }
        #expect(try session.queryOne("SELECT count(*) FROM \"表\"")?.int(0) == 0)
        #expect(log.entries.filter { $0.level >= .warning } == [])
        session.close()
        session.rollBack()
    }

    @Test(arguments: [
        (IsolationLevel.readCommitted, "read committed"), (.repeatableRead, "repeatable read"),
        (.serializable, "serializable"),
    ])
    func isolationIsAsAsked(level: IsolationLevel, name: String) async throws {
        let session = try await freshSession(settings: ["default_transaction_read_only": "on"])
        let shown = try session.transaction(level, readOnly: false) {
            try session.queryOne("SELECT current_setting('transaction_isolation')")?.text(0)
        }
        #expect(shown == name)
        try session.transaction(level) { try session.execute("CREATE TABLE t (a int)") }
        let error = try postgresError {
            try session.transaction(level, readOnly: true) { try session.execute("CREATE TABLE u (a int)") }
        }
        #expect(error.sqlState == .readOnlyTransaction)
    }

    @Test func transactionsDoNotNest() async throws {
        let session = try await freshSession()
        try session.transaction {
            let error = try postgresError { try session.transaction {} }
            #expect(error.kind == .misuse && session.transactionStatus == .inTransaction)
            try session.execute("SAVEPOINT inner_one")
            _ = try? session.execute("SELECT 1/0")
            try session.execute("ROLLBACK TO inner_one")
        }
    }
}
