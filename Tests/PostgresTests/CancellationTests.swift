import Dispatch
import Postgres
import TestCluster
import Testing

@Suite struct CancellationTests {
    @Test func aCancelledTaskEndsItsStatementWithinASecond() async throws {
        let (connection, cluster) = try await freshConnection()
        let backend = try await connection.run { $0.backendProcessID }
        let end = EndTime()
        let task = Task {
            try await connection.run { session in try end.measuring { try session.execute("SELECT pg_sleep(30)") } }
        }
        try await statementRuns(cluster, backend: backend, containing: "pg_sleep")
        let cancelled = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try #require(end.value) - cancelled < .seconds(1))
        #expect(try await connection.run { try $0.queryOne("SELECT 1")?.int(0) } == 1)
    }

    @Test func aCancelledTaskEndsAWaitForNotifications() async throws {
        let (connection, _) = try await freshConnection()
        let task = Task {
            try await connection.run { session in
                while true { _ = try session.waitForNotification(timeoutMilliseconds: 60_000) }
            }
        }
        let cancelled = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - cancelled < .seconds(5))
    }

    @Test func aCancelledTransactionIsRolledBack() async throws {
        let (connection, cluster) = try await freshConnection()
        let database = try await cluster.createDatabase()
        let worker = try await cluster.connection(database: database)
        let backend = try await worker.run { session in
            try session.execute("CREATE TABLE t (a int)")
            return session.backendProcessID
        }
        let task = Task {
            try await worker.run { session in
                try session.transaction {
                    try session.execute("INSERT INTO t VALUES (1)")
                    // Even work that swallows the error gets no further.
                    _ = try? session.execute("SELECT pg_sleep(30)")
                    _ = try? session.execute("INSERT INTO t VALUES (2)")
                }
            }
        }
        try await statementRuns(cluster, backend: backend, containing: "pg_sleep")
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let state = try await worker.run { session in
            (session.transactionStatus, try session.queryOne("SELECT count(*) FROM t")?.int(0))
        }
        #expect(state == (.idle, 0))
        await connection.close()
    }

    @Test func aCancelledTaskStartsNothing() async throws {
        let (connection, _) = try await freshConnection()
        let task = Task {
            try await eventually("the cancel") { Task.isCancelled }
        }
        task.cancel()
        _ = await task.result
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await connection.run { try $0.execute("SELECT 1") }
        }
        await #expect(throws: CancellationError.self) { try await late.value }
    }

    @Test func cancelsNeverHitTheNextStatement() async throws {
        let (connection, _) = try await freshConnection()
        for round in 0..<60 {
            let task = Task { try await connection.run { try $0.execute("SELECT pg_sleep(0.004)") } }
            // Cancels that come before, during and after the statement.
            for _ in 0..<(round * 20) { await Task.yield() }
            task.cancel()
            _ = await task.result
            #expect(try await connection.run { try $0.queryOne("SELECT pg_sleep(0.002)::text, 1")?.int(1) } == 1)
        }
    }

    @Test func theCancellerOfASessionEndsItsStatement() async throws {
        let (connection, cluster) = try await freshConnection()
        let (backend, canceller) = try await connection.run { ($0.backendProcessID, $0.canceller) }
        let task = Task { try await connection.run { try $0.execute("SELECT pg_sleep(30)") } }
        try await statementRuns(cluster, backend: backend, containing: "pg_sleep")
        #expect(canceller.cancel())
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.kind == .cancelled && error?.sqlState == .queryCanceled)
    }

    @Test func blockedConnectionsLeaveTimersOnTime() async throws {
        let cluster = try await TestCluster.shared()
        var connections: [Connection] = []
        for _ in 0..<6 { connections.append(try await cluster.connection()) }
        // Other tests of this process may hold its few threads as well: one good round of five is proof, since with
        // blocked connections on the cooperative pool there is none.
        var lateness = Duration.seconds(60)
        for _ in 0..<5 where lateness > .milliseconds(500) {
            lateness = try await latestTimer(while: connections)
        }
        #expect(lateness <= .milliseconds(500))
    }

    /// How late the latest of many timers was while all `connections` were blocked for a second.
    private func latestTimer(while connections: [Connection]) async throws -> Duration {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for connection in connections {
                group.addTask { _ = try await connection.run { try $0.execute("SELECT pg_sleep(1)") } }
            }
            var latest = Duration.zero
            for _ in 0..<20 {
                let due = ContinuousClock.now + .milliseconds(50)
                try await Task.sleep(until: due)
                latest = max(latest, ContinuousClock.now - due)
            }
            try await group.waitForAll()
            return latest
        }
    }
}
