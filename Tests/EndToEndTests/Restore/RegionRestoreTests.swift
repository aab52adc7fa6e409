import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// A region's database out of a backup: the same history goes on, or nothing is published.
    @Suite struct RegionRestoreTests {
        private static let foreignText = "older copy of itself"

        private func problem(_ party: Party) async throws -> String {
            try await party.value("SELECT coalesce(problem, '') FROM bashu.daemon") ?? ""
        }

        /// A dump is older than what the peer has: local writes come before the daemon does, and pending rows lie in
        /// it. Whatever is cut would be another batch under a number that the peer has.
        @Test func regionFromAnOlderDumpPublishesNothing() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            try await world.startDaemons()
            try await world["50"].write("GB/T 1", "备份之前")
            try await world.converged()
            let dump = try await world.cluster.dump(world["50"].database)
            try await world["50"].write("GB/T 2", "备份之后")
            try await world.converged()
            let before = try await world["50"].ownBatches()
            try await world["50"].stopDaemon()

            let cluster = try await TestCluster.start()
            let copy = try await world["50"].restored(dump, on: cluster)
            let copied = try await copy.ownBatches()
            #expect(copied == Array(before.dropLast()))
            try await copy.write("GB/T 3", "恢复之后写的")
            try await world["51"].pull(from: copy)
            try await copy.startDaemon()
            try await eventually("the copy says what it is", timeout: .seconds(20)) {
                try await problem(copy).contains(Self.foreignText)
            }
            let link = try await copy.awaitLink("51") { $0.state == "held" }
            #expect(link.reason.contains("older than what it has published"), "\(link.reason)")
            #expect(copy.daemonLog.contains("BSH-E011"))
            #expect(try copy.ctl("status").status == .exited(3))
            // It goes on refusing, for a new daemon too, whose peer is away.
            try await copy.stopDaemon()
            try await copy.pull(from: world["51"], conninfo: "host=/nowhere dbname=x")
            try await copy.startDaemon()
            try await copy.awaitLink("51") { $0.state == "down" && $0.attempts >= 2 }
            try await eventually("the copy says it again", timeout: .seconds(20)) {
                try await problem(copy).contains(Self.foreignText)
            }
            #expect(try await copy.ownBatches() == copied)
            #expect(try await copy.value("SELECT count(*) FROM standard WHERE number = 'GB/T 3'") == "1")
            // What an operator saves before the database is made anew.
            #expect(try await copy.value("SELECT unnest(keys) FROM bashu.pending") == #"{"GB/T 3"}"#)
            #expect(try await world["51"].value("SELECT count(*) FROM standard WHERE number = 'GB/T 3'") == "0")
            try await copy.stopDaemon()
        }

        /// Nobody can be asked, but an institution that pulls from here says by itself what it has.
        @Test func institutionsWordIsEnough() async throws {
            let world = try await Federation.make(regions: ["50"], replicas: ["cqu": "50"])
            try await world.startDaemons()
            try await world["50"].write("GB/T 1", "备份之前")
            try await world.converged()
            let dump = try await world.cluster.dump(world["50"].database)
            try await world["50"].write("GB/T 2", "备份之后")
            try await world.converged()
            try await world["50"].stopDaemon()
            try await world["cqu"].stopDaemon()

            let cluster = try await TestCluster.start()
            let copy = try await world["50"].restored(dump, on: cluster)
            try await world["cqu"].pull(from: copy)
            // Its link reports before there is a daemon here.
            try await world["cqu"].startDaemon()
            try await eventually("cqu has reported", timeout: .seconds(20)) {
                try await copy.value("SELECT max(applied::text) FROM bashu.peer_position") == copy.value(
                    """
                    SELECT jsonb_build_object(name, (SELECT max(number) + 1 FROM bashu.batch))::text
                      FROM bashu.origin WHERE own
                    """)
            }
            let copied = try await copy.ownBatches()
            try await copy.write("GB/T 3", "恢复之后写的")
            try await copy.startDaemon()
            try await eventually("the copy says what it is", timeout: .seconds(20)) {
                try await problem(copy).contains("peer cqu has batch")
            }
            #expect(try await copy.ownBatches() == copied)

            // The word of an operator is above a peer's.
            #expect(try copy.ctl("peer", "remove", "cqu").status == .exited(0))
            try await eventually("the copy publishes", timeout: .seconds(20)) {
                try await copy.ownBatches().count == copied.count + 1
            }
            try await copy.stopDaemon()
        }

        /// The way out of today: a new database under the same region, which gets everything from a peer.
        @Test func regionMadeAnewJoins() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            try await world.startDaemons()
            try await world["50"].write("GB/T 1", "老库写的")
            try await world["51"].write("DB51/T 1", "四川写的")
            try await world.converged()
            let region = world["50"]
            try await region.stopDaemon()
            #expect(try region.ctl("uninstall", "--yes").status == .exited(0))
            try await region.run(#"TRUNCATE standard, "条目 ""甲""""#, as: .owner)
            let initialized = try region.ctl("init", "--region", "50", "--daemon-role", Party.daemonRole)
            #expect(initialized.status == .exited(0), "\(initialized.errors)")
            try await region.admit(world["51"])
            try await region.pull(from: world["51"])
            for table in region.tables.names {
                let added = try region.ctl("table", "add", table)
                #expect(added.status == .exited(0), "\(added.errors)")
            }
            #expect(try region.ctl("join", "--from", "51").status == .exited(0))
            try await region.startDaemon()
            try await eventually("50 has joined", timeout: .seconds(30)) {
                try await region.value("SELECT state FROM bashu.node") == "ready"
            }
            try await region.write("GB/T 2", "新库写的")
            try await world.converged()
            #expect(try await world.differences() == [])
            #expect(try await region.value("SELECT count(*) FROM standard") == "3")
            #expect(try await region.value("SELECT count(*) FROM bashu.origin WHERE region = '50'") == "2")
        }

        /// A copy of the server's files up to the last commit is the same database, on another machine.
        @Test func regionFromABaseBackupOfTheSameMomentGoesOn() async throws {
            let cluster = try await TestCluster.start()
            let world = try await Federation.make(regions: ["50", "51"], cluster: cluster)
            try await world.startDaemons()
            try await world["50"].write("GB/T 1", "备份之前")
            try await world.converged()
            try await world["50"].stopDaemon()
            // Written while no daemon ran: nobody but this database has it.
            try await world["50"].write("GB/T 2", "尚未发布")
            let server = try TestCluster.copy(of: cluster)
            try await server.start()
            let copy = world["50"].moved(to: server)
            try await world["51"].pull(from: copy)
            try await copy.startDaemon()
            try await copy.write("GB/T 3", "搬家之后")
            try await converged([copy, world["51"]])
            #expect(try await differences(copy, world["51"]) == [])
            #expect(try await world["51"].value("SELECT count(*) FROM standard") == "3")
            #expect(try await copy.link("51")?.state != "held")
            try await copy.stopDaemon()
        }
    }
}
