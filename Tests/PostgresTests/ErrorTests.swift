import Logging
import Postgres
import TestCluster
import Testing

@Suite struct ErrorTests {
    @Test func fieldsOfAViolationArrive() async throws {
        let session = try await freshSession()
        try session.script(
            """
            CREATE SCHEMA "标 准";
            CREATE TABLE "标 准"."T""1" (code text, year int, CONSTRAINT "唯一 code" PRIMARY KEY (code, year));
            INSERT INTO "标 准"."T""1" VALUES ('GB 秘密', 2024);
            """)
        let error = try postgresError {
            try session.execute("INSERT INTO \"标 准\".\"T\"\"1\" VALUES ($1, $2)", ["GB 秘密", 2024])
        }
        #expect(error.kind == .statementFailed)
        #expect(error.sqlState == .uniqueViolation && error.sqlState?.errorClass == "23")
        #expect(error.schema == "标 准" && error.table == "T\"1" && error.constraint == "唯一 code")
        #expect(error.detail?.contains("GB 秘密") == true)
        #expect(!error.description.contains("秘密") && error.description.contains("23505"))
        #expect(error.debugDescription.contains("秘密") && error.debugDescription.contains("唯一 code"))
    }

    @Test func columnHintAndContextArrive() async throws {
        let session = try await freshSession()
        try session.execute("CREATE TABLE t (\"名 a\" int NOT NULL)")
        let notNull = try postgresError { try session.execute("INSERT INTO t VALUES (NULL)") }
        #expect(notNull.sqlState == .notNullViolation && notNull.column == "名 a")
        let raised = try postgresError {
            try session.execute("DO $$ BEGIN RAISE 'no' USING HINT = 'do', ERRCODE = 'BA001'; END $$")
        }
        #expect(raised.message == "no" && raised.hint == "do" && raised.sqlState == SQLState(rawValue: "BA001"))
        #expect(raised.context?.contains("RAISE") == true)
    }

    @Test func aLockNotToBeHadHasItsState() async throws {
        let cluster = try await TestCluster.shared()
        let database = try await cluster.createDatabase()
        let holder = try cluster.session(database: database)
        let waiter = try cluster.session(database: database, settings: ["lock_timeout": "50"])
        try holder.execute("CREATE TABLE t (a int)")
        try holder.script("BEGIN; LOCK TABLE t")
        let error = try postgresError { try waiter.query("SELECT * FROM t") }
        #expect(error.kind == .statementFailed && error.sqlState == .lockNotAvailable)
    }

    @Test func aStatementTimeoutIsToldApartFromACancel() async throws {
        let session = try await freshSession(settings: ["statement_timeout": "100"])
        let started = ContinuousClock.now
        let error = try postgresError { try session.execute("SELECT pg_sleep(20)") }
        #expect(error.kind == .timedOut && error.sqlState == .queryCanceled)
        #expect(ContinuousClock.now - started < .seconds(5))
        #expect(try session.queryOne("SELECT 1")?.int(0) == 1)
    }

    @Test func aSessionEndedByAnAdministratorIsLost() async throws {
        let cluster = try await TestCluster.shared()
        let session = try cluster.session()
        let error = try postgresError { try session.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
        #expect(error.kind == .connectionLost && error.sqlState == .adminShutdown)
        #expect(!session.isOpen)
        #expect(try postgresError { try session.execute("SELECT 1") }.kind == .connectionLost)
        #expect(try postgresError { try session.transaction {} }.kind == .connectionLost)
    }

    @Test func aSessionEndedWhileIdleIsLostWithTheReason() async throws {
        let cluster = try await TestCluster.shared()
        let session = try cluster.session()
        try cluster.session().execute("SELECT pg_terminate_backend($1)", [.int(Int(session.backendProcessID))])
        let error = try postgresError {
            for _ in 0..<3 { _ = try session.waitForNotification(timeoutMilliseconds: 5000) }
        }
        #expect(error.kind == .connectionLost && error.sqlState == .adminShutdown)
    }

    @Test func noticesReachTheLog() async throws {
        let cluster = try await TestCluster.shared()
        let log = RecordingLog()
        let session = try Session.connect(
            ConnectionTarget(cluster.conninfo()).setting("client_min_messages", "debug1"), applicationName: "notices",
            logger: log.logger())
        try session.execute("DO $$ BEGIN RAISE WARNING '注意'; RAISE NOTICE 'n'; RAISE INFO 'i'; RAISE DEBUG 'd'; END $$")
        let expected: [RecordingLog.Entry] = [
            .init(level: .warning, message: "注意"), .init(level: .debug, message: "n"),
            .init(level: .info, message: "i"), .init(level: .trace, message: "d"),
        ]
        #expect(log.entries.filter { expected.contains($0) } == expected)
    }

    @Test func onlyFiveCharactersAreAState() {
        #expect(SQLState(rawValue: "42P01") == .undefinedTable)
        for text in ["", "4210", "421000", "42p01", "42-01", "４２Ｐ０１"] { #expect(SQLState(rawValue: text) == nil) }
    }
}
