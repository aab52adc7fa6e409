import Glibc
import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// The life of the real daemon.
    @Suite struct DaemonTests {
        @Test func bringsRowsEverywhere() async throws {
            let world = try await Federation.make(regions: ["50", "51"], replicas: ["cqu": "50"])
            try await world.startDaemons()
            try await world["50"].run("INSERT INTO standard (number, title) VALUES ('GB/T 2260', '行政区划𬭎')")
            try await world["51"].run(#"INSERT INTO "条目 ""甲""" VALUES ('GB/T 2260', 1, '第一条')"#)
            try await world.converged()
            #expect(try await world.differences() == [])
            #expect(try await world["cqu"].contents().tables["standard"]?.count == 1)
            try await world.stopDaemons()
        }

        @Test(arguments: [SIGTERM, SIGINT]) func endsWellWhenAsked(signal: Int32) async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            try await world.startDaemons()
            try await world["50"].awaitLink("51") { $0.state == "waiting" }
            let daemon = try #require(world["50"].daemon)
            daemon.kill(signal)
            #expect(try await daemon.ended(within: .seconds(5)) == .exited(0))
            #expect(daemon.standardError.contains("ended"))
        }

        /// A server that does not answer any more must not keep the daemon from ending.
        @Test func endsWithinBoundsWhileItsServerHangs() async throws {
            let cluster = try await TestCluster.start()
            let world = try await Federation.make(regions: ["50", "51"], cluster: cluster)
            try await world["50"].startDaemon()
            let blocker = try world["50"].session(as: .superuser)
            // The next look at what there is to do waits for this lock, for as long as it is held.
            try blocker.script("BEGIN; LOCK TABLE bashu.pending IN ACCESS EXCLUSIVE MODE")
            try await eventually("the engine waits") {
                try await world["51"].value(
                    """
                    SELECT count(*) FROM pg_stat_activity
                     WHERE datname = $1 AND wait_event_type = 'Lock' AND application_name LIKE 'bashud%'
                    """, [.text(world["50"].database)]) != "0"
            }
            let daemon = try #require(world["50"].daemon)
            daemon.terminate()
            #expect(try await daemon.ended(within: .seconds(20)) == .exited(0))
            try blocker.script("ROLLBACK")
        }

        @Test func killedAtAnyMomentLosesNothing() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            for round in 1...4 {
                try await world.startDaemons()
                for party in world.parties {
                    try await party.run(
                        """
                        INSERT INTO standard (number, title)
                        SELECT format('DB%s/T %s-%s', '\(party.name)', \(round), n), '标准'
                          FROM generate_series(1, 300) n;
                        UPDATE standard SET pages = coalesce(pages, 0) + 1 WHERE number LIKE '%-7%';
                        """)
                }
                // Some rounds are killed in the middle of it, some before it has begun.
                if round > 1 {
                    try await eventually("something has arrived", every: .milliseconds(round)) {
                        let count = try await world["51"].value(
                            "SELECT count(*) FROM standard WHERE number LIKE 'DB50%'")
                        return count.flatMap { Int($0) } ?? 0 > 300 * (round - 2)
                    }
                }
                for party in world.parties { party.killDaemon() }
            }
            try await world.startDaemons()
            try await world.converged()
            #expect(try await world.differences() == [])
            #expect(try await world["50"].value("SELECT count(*) FROM standard") == "2400")
        }

        @Test func refusesToBeTheSecondOfADatabase() async throws {
            let world = try await Federation.make(regions: ["50"])
            try await world["50"].startDaemon()
            let first = try #require(world["50"].daemon)
            let second = try world["50"].spawnDaemon()
            #expect(try await second.ended(within: .seconds(20)) == .exited(1))
            #expect(second.standardError.contains("another bashud is running on this database"))
            #expect(second.standardError.contains("bashud control"))
            #expect(first.isRunning)
            #expect(try await world["50"].value("SELECT pid FROM bashu.daemon") == "\(first.processID)")
        }

        /// The lock of a daemon that is just dying is not another daemon's.
        @Test func waitsForTheLockOfADeadOne() async throws {
            let world = try await Federation.make(regions: ["50"])
            let holder = try world["50"].session(as: .superuser)
            let key = 0x0062_6173_6875_0001
            try holder.script("SELECT pg_advisory_lock(\(key))")
            let daemon = try world["50"].spawnDaemon()
            try await eventually("it has been refused once") { daemon.standardError.contains("another bashud") }
            holder.close()
            try await eventually("it has started") {
                try await world["50"].value("SELECT pid FROM bashu.daemon") == "\(daemon.processID)"
            }
        }

        @Test func livesThroughARestartOfItsServer() async throws {
            let cluster = try await TestCluster.start()
            let world = try await Federation.make(regions: ["50", "51"], cluster: cluster)
            try await world.startDaemons()
            try await world["50"].awaitLink("51") { $0.state == "waiting" }
            for mode in [TestCluster.StopMode.fast, .immediate] {
                await cluster.stop(mode)
                try await eventually("it says so") {
                    world.parties.allSatisfy { $0.daemonLog.contains("the database cannot be taken over") }
                }
                try await cluster.start()
                try await world["50"].run("INSERT INTO standard (number, title) VALUES ('\(mode)', '重启')")
                try await world.converged()
                #expect(try await world.differences() == [])
            }
            #expect(world.parties.allSatisfy { $0.daemon?.isRunning == true })
            try await world.stopDaemons()
        }

        @Test func waitsForAServerThatIsNotThereYet() async throws {
            let cluster = try await TestCluster.start()
            let world = try await Federation.make(regions: ["50"], cluster: cluster)
            await cluster.stop()
            let daemon = try world["50"].spawnDaemon()
            try await eventually("it says so") { daemon.standardError.contains("the database cannot be taken over") }
            #expect(daemon.isRunning)
            try await cluster.start()
            try await eventually("it has started", timeout: .seconds(20)) {
                try await world["50"].value("SELECT pid FROM bashu.daemon") == "\(daemon.processID)"
            }
            try await world.stopDaemons()
        }

        @Test func endsWhenAnotherHasTakenOver() async throws {
            let world = try await Federation.make(regions: ["50"])
            try await world["50"].startDaemon()
            let daemon = try #require(world["50"].daemon)
            try await world["50"].run("UPDATE bashu.fence SET token = token + 1", as: .superuser)
            try await world["50"].run("INSERT INTO standard (number, title) VALUES ('GB 1', '一')")
            #expect(try await daemon.ended(within: .seconds(10)) == .exited(1))
            #expect(daemon.standardError.contains("another bashud has taken over"))
            #expect(try await world["50"].hasWork())
        }
    }
}
