import Postgres
import TestCluster
import Testing

@testable import RegionStore
@testable import Replication

@Suite("Interrupted receiving")
struct ReceiveInterruptionTests {
    private let origin = OriginID("50-7f3a0c91d2e4")

    /// A database with one small batch, one of some megabytes and one small one.
    private func source(_ database: ReceiveDatabase) throws {
        try ReceiveFixture.own(origin, in: database.session)
        var history = ReceiveFixture.History(origin)
        try ReceiveFixture.publish(&history, in: database.session, changes: 3)
        try ReceiveFixture.publish(&history, in: database.session, changes: 500, titleBytes: 10_000)
        try ReceiveFixture.publish(&history, in: database.session, changes: 3)
    }

    private func bytes(_ session: Session) throws -> Int64 {
        try session.queryOne("SELECT coalesce(sum(octet_length(bytes)), 0) FROM bashu.chunk")?.int(0) ?? 0
    }

    @Test("After a crash of the peer the batch goes on at its part", arguments: [true, false])
    func peerKilled(receiverSurvives: Bool) async throws {
        let cluster = try await TestCluster.start()
        let first = try await ReceiveFixture.database("50", in: cluster)
        let second = try await ReceiveFixture.database("51")
        try source(first)
        let total = try bytes(first.session)
        let expected = try ReceiveFixture.log(first.session)
        var receiver = ReceiveFixture.receiver()
        let peer = try first.peer()
        #expect(try receiver.receive(into: second.daemon, from: peer, maxBytes: 1).hasMore)
        let stored = try bytes(second.session)
        #expect(stored > 0 && stored < total)
        #expect(try ReceiveFixture.fault(second.session)?.complete == false)

        try await cluster.restart(.kill)
        #expect(throws: PeerFailure.self) { try receiver.receive(into: second.daemon, from: peer) }
        #expect(try bytes(second.session) == stored)
        if !receiverSurvives { receiver = ReceiveFixture.receiver() }
        let report = try receiver.receive(into: second.daemon, from: try first.peer())
        #expect(report.bytes == total - stored)
        #expect(report.advanced == [origin: 3])
        #expect(try ReceiveFixture.log(second.session) == expected)
    }

    @Test("What arrived before the peer failed is kept")
    func failureInTheMiddle() async throws {
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51")
        try source(first)
        let definition = try first.session.queryOne(
            "SELECT pg_get_functiondef('bashu.feed_stream_v1(text,bigint,integer,bigint)'::regprocedure)")
        let original = try #require(try definition?.text(0))
        // Gives four parts, then fails.
        try first.session.script(
            original.replacing(
                "RETURN NEXT;", with: "IF number = 2 AND part = 3 THEN bytes := NULL; END IF; RETURN NEXT;"))
        let receiver = ReceiveFixture.receiver()
        #expect(throws: ReceiveError.self) { try receiver.receive(into: second.daemon, from: try first.peer()) }
        #expect(try second.session.query("SELECT FROM bashu.batch WHERE complete").count == 1)
        #expect(try ReceiveFixture.storedParts(origin, 2, in: second.session).count == 3)
        try first.session.script(original)
        #expect(try receiver.receive(into: second.daemon, from: try first.peer()).advanced == [origin: 3])
        #expect(try ReceiveFixture.log(second.session) == ReceiveFixture.log(first.session))
    }

    @Test("Sessions that are ended at any moment cost nothing but time")
    func sessionsEnded() async throws {
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51")
        try source(first)
        let expected = try ReceiveFixture.log(first.session)
        let (cluster, source, target) = (first.fixture.cluster, first.name, second.name)
        let killer = try await cluster.connection()
        let stop = Flag()
        async let kills = killer.run { session in
            var count = 0
            while !stop.isSet, count < 40 {
                // The server waits; nobody's thread sleeps longer than a statement.
                count += try session.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity, pg_sleep(0.02 + random() * 0.05)
                    WHERE datname IN ($1, $2) AND usename IN ($3, $4)
                    """, [.text(source), .text(target), .text(PeerRole.name), .text(InstallFixture.daemon)]
                ).count
            }
            return count
        }
        let runner = try await cluster.connection()
        let attempts = try await runner.run { _ in
            var attempts = 0
            let receiver = ReceiveFixture.receiver()
            while true {
                attempts += 1
                do {
                    let daemon = try cluster.session(database: target, user: InstallFixture.daemon)
                    let peer = try cluster.session(database: source, user: PeerRole.name)
                    while try receiver.receive(into: daemon, from: peer, maxBytes: 1).hasMore {}
                    if try ReceiveStore(session: daemon).local().received[origin] == 3 { return attempts }
                } catch let failure as PeerFailure where failure.error.kind == .connectionLost {
                    continue
                } catch let error as PostgresError where error.kind == .connectionLost {
                    continue
                } catch let error as PostgresError where error.kind == .connectionFailed {
                    continue
                }
            }
        }
        stop.set()
        #expect(try await kills >= attempts - 1)
        #expect(try ReceiveFixture.log(second.session) == expected)
    }

    @Test("A crash of the receiving server takes back whole steps only")
    func receiverKilled() async throws {
        let cluster = try await TestCluster.start()
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51", in: cluster)
        try source(first)
        let receiver = ReceiveFixture.receiver()
        #expect(try receiver.receive(into: second.daemon, from: try first.peer(), maxBytes: 1).hasMore)
        try await cluster.restart(.kill)
        #expect(throws: PostgresError.self) { try receiver.receive(into: second.daemon, from: try first.peer()) }
        let daemon = try second.fixture.daemon()
        #expect(try receiver.receive(into: daemon, from: try first.peer()).advanced == [origin: 3])
        let superuser = try second.fixture.superuser()
        #expect(try ReceiveFixture.log(superuser) == ReceiveFixture.log(first.session))
    }

    @Test("A cancelled round stops at once, and the next goes on")
    func cancelled() async throws {
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51")
        try source(first)
        let (cluster, source, target) = (first.fixture.cluster, first.name, second.name)
        let receiving = try await cluster.connection(database: target, user: InstallFixture.daemon)
        // Held up by a lock that somebody else has on the table of chunks.
        let holder = try second.fixture.superuser()
        try holder.execute("BEGIN")
        try holder.execute("LOCK TABLE bashu.chunk IN EXCLUSIVE MODE")
        let task = Task {
            try await receiving.run { session in
                let peer = try cluster.session(database: source, user: PeerRole.name)
                return try ReceiveFixture.receiver().receive(into: session, from: peer).batches
            }
        }
        let watcher = try second.fixture.superuser()
        try await eventually("the receiver waits for the lock") {
            try !watcher.query(
                "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).isEmpty
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try holder.execute("ROLLBACK")
        #expect(try ReceiveFixture.log(second.session).isEmpty)
        #expect(
            try ReceiveFixture.receiver().receive(into: second.daemon, from: try first.peer()).advanced == [origin: 3])
        #expect(try ReceiveFixture.log(second.session) == ReceiveFixture.log(first.session))
    }

    @Test("Stored parts that are not sound any more are received again")
    func storedPartsDamaged() async throws {
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51")
        try source(first)
        for damage in [
            "UPDATE bashu.chunk SET bytes = set_byte(bytes, 1000, 10) WHERE number = 2 AND part = 1",
            "DELETE FROM bashu.chunk WHERE number = 2 AND part = 1",
            "DELETE FROM bashu.chunk WHERE number = 2 AND part > 1",
            "UPDATE bashu.batch SET parts = parts + 1 WHERE number = 2",
        ] {
            #expect(
                try ReceiveFixture.receiver().receive(into: second.daemon, from: try first.peer(), maxBytes: 1).hasMore)
            #expect(try second.session.execute(damage) > 0)
            #expect(
                try ReceiveFixture.receiver().receive(into: second.daemon, from: try first.peer()).advanced
                    == [origin: 3])
            #expect(try ReceiveFixture.log(second.session) == ReceiveFixture.log(first.session))
            for table in ["chunk", "shape_use", "batch"] { try second.session.execute("DELETE FROM bashu.\(table)") }
        }
    }
}
