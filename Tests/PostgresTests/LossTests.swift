import Glibc
@testable import Postgres
import TestCluster
import Testing

/// The server goes away in the middle. Each test kills a cluster of its own.
@Suite struct LossTests {
    @Test func aCopyInIsLostPromptlyWithTheServer() async throws {
        let cluster = try await TestCluster.start()
        let connection = try await cluster.connection()
        let backend = try await connection.run { session in
            try session.execute("CREATE TABLE t (a text)")
            return session.backendProcessID
        }
        let end = EndTime()
        let copying = Task {
            try await connection.run { session in
                try end.measuring {
                    try session.copyIn("COPY t FROM STDIN") { writer in
                        let line = Array((String(repeating: "x", count: 1000) + "\n").utf8)
                        while true { try writer.write(line) }
                    }
                }
            }
        }
        let observer = try cluster.session()
        try await eventually("the COPY is under way") {
            let row = try observer.queryOne(
                "SELECT tuples_processed > 1000 FROM pg_stat_progress_copy WHERE pid = $1", [.int(Int(backend))])
            return try row?[bool: 0] == true
        }
        let stopped = ContinuousClock.now
        await cluster.stop(.immediate)
        let error = await #expect(throws: PostgresError.self) { try await copying.value }
        #expect(error?.kind == .connectionLost)
        #expect(try #require(end.value) - stopped < .seconds(8))
    }

    @Test func aCopyOutIsLostPromptlyWithTheServer() async throws {
        let error = try await lostWithTheServer(.immediate) { session in
            try session.copyOut("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000000)) TO STDOUT") { _ in }
        }
        #expect(error?.kind == .connectionLost)
    }

    @Test func aStreamIsLostPromptlyWithTheServer() async throws {
        let error = try await lostWithTheServer(.fast) { session in
            try session.stream("SELECT repeat('x', 1000) FROM generate_series(1, 100000000)") { _ in }
            return 0
        }
        #expect(error?.kind == .connectionLost)
    }

    @Test func aWaitForNotificationsIsLostPromptlyWithTheServer() async throws {
        let error = try await lostWithTheServer(.fast, busy: false) { session in
            try session.listen("c")
            for _ in 0..<2 { _ = try session.waitForNotification(timeoutMilliseconds: 60_000) }
            return 0
        }
        #expect(error?.kind == .connectionLost && error?.sqlState == .adminShutdown)
    }

    @Test func aServerThatHangsIsGivenUpAfterACancel() async throws {
        let cluster = try await TestCluster.shared()
        let connection = try await cluster.connection()
        let backend = try await connection.run { session in
            session.cancelGraceSeconds = 1
            return session.backendProcessID
        }
        let working = Task { try await connection.run { try $0.execute("SELECT pg_sleep(60)") } }
        try await statementRuns(cluster, backend: backend, containing: "pg_sleep")
        kill(backend, SIGSTOP)
        defer { kill(backend, SIGCONT) }
        working.cancel()
        let error = await #expect(throws: PostgresError.self) { try await working.value }
        #expect(error?.kind == .connectionLost)
    }

    @Test func aServerThatSendsNothingIsGivenUp() async throws {
        let cluster = try await TestCluster.shared()
        let session = try cluster.session()
        session.silenceSeconds = 1
        // As long as something comes, an answer may take longer than that.
        var rows = 0
        try session.stream("SELECT repeat('字', 100000), pg_sleep(0.3) FROM generate_series(1, 6)") { _ in rows += 1 }
        #expect(rows == 6)
        let backend = session.backendProcessID
        kill(backend, SIGSTOP)
        defer { kill(backend, SIGCONT) }
        let error = #expect(throws: PostgresError.self) { try session.execute("SELECT 1") }
        #expect(error?.kind == .connectionLost && error?.message.contains("nothing for 1 s") == true)
        #expect(!session.isOpen)
        let further = #expect(throws: PostgresError.self) { try session.execute("SELECT 1") }
        #expect(further?.kind == .connectionLost)
    }

    /// The error of `work` when the server is stopped while it runs.
    private func lostWithTheServer(
        _ mode: TestCluster.StopMode, busy: Bool = true, _ work: @escaping @Sendable (Session) throws -> Int
    ) async throws -> PostgresError? {
        let cluster = try await TestCluster.start()
        let connection = try await cluster.connection()
        let backend = try await connection.run { $0.backendProcessID }
        let end = EndTime()
        let working = Task { try await connection.run { session in try end.measuring { try work(session) } } }
        if busy {
            try await statementRuns(cluster, backend: backend, containing: "repeat")
        } else {
            let observer = try cluster.session()
            try await eventually("it listens") {
                let row = try observer.queryOne(
                    "SELECT query LIKE 'LISTEN%' AND state = 'idle' FROM pg_stat_activity WHERE pid = $1",
                    [.int(Int(backend))])
                return try row?[bool: 0] == true
            }
        }
        let stopped = ContinuousClock.now
        await cluster.stop(mode)
        let error = await #expect(throws: PostgresError.self) { try await working.value }
        #expect(try #require(end.value) - stopped < .seconds(8))
        return error
    }

    @Test(arguments: [TestCluster.StopMode.fast, .immediate, .kill])
    func aClusterComesBackWithItsData(mode: TestCluster.StopMode) async throws {
        let cluster = try await TestCluster.start()
        try cluster.session().script("CREATE TABLE t (a int); INSERT INTO t VALUES (1); CHECKPOINT")
        try await cluster.restart(mode)
        #expect(try cluster.session().queryOne("SELECT a FROM t")?.int(0) == 1)
    }
}
