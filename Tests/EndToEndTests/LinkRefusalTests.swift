import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Peers that nothing can be received from: each leaves a state with a reason and a code, harms no other link and
    /// ends by itself when its cause does.
    @Suite struct LinkRefusalTests {
        /// Two regions, of which 50 has a daemon that pulls from `conninfo` under the name of 51.
        private func pair(_ conninfo: String? = nil, environment: [String: String?] = [:]) async throws -> Federation {
            let world = try await Federation.make(regions: ["50", "51"], links: [])
            try await world["50"].pull(from: world["51"], conninfo: conninfo)
            try await world["50"].startDaemon(environment)
            return world
        }

        /// Nothing was lost: with the right way there everything arrives.
        private func heals(_ world: Federation) async throws {
            try await world["51"].run("INSERT INTO standard (number, title) VALUES ('GB 9', '恢复')")
            try await world["51"].startDaemon()
            try await eventually("the row has arrived", timeout: .seconds(60)) {
                try await world["50"].value("SELECT count(*) FROM standard WHERE number = 'GB 9'") == "1"
            }
            try await world["50"].awaitLink("51") { ["waiting", "streaming"].contains($0.state) && $0.reason.isEmpty }
            #expect(world["50"].daemon?.isRunning == true)
        }

        @Test func unreachable() async throws {
            let world = try await pair("host=/nowhere dbname=x")
            let link = try await world["50"].awaitLink("51") { $0.state == "down" && $0.attempts >= 2 }
            #expect(link.reason.contains("cannot be reached"))
            // One line for one state, however often it is tried.
            #expect(world["50"].daemonLog.split(separator: "\n").count { $0.contains("cannot be reached") } == 1)
            try await world.connect("50", to: "51")
            try await heals(world)
        }

        @Test func wrongPassword() async throws {
            let guarded = try await TestCluster.shared(.init(password: "geheim"))
            try await guarded.createRole("peer_guarded_\(guarded.port)", password: "richtig")
            let world = try await pair(
                guarded.conninfo(user: "peer_guarded_\(guarded.port)"), environment: ["PGPASSWORD": "falsch"])
            let link = try await world["50"].awaitLink("51") { $0.state == "down" }
            #expect(link.sqlState == "28P01")
            #expect(link.reason.contains("refuses the login"))
            #expect(!world["50"].daemonLog.contains("falsch"))
        }

        @Test func noSuchDatabase() async throws {
            let cluster = try await TestCluster.shared()
            let world = try await pair(cluster.conninfo(database: "没有这个库"))
            let link = try await world["50"].awaitLink("51") { $0.state == "down" }
            #expect(link.sqlState == "3D000")
        }

        @Test func peerWithoutBashu() async throws {
            let cluster = try await TestCluster.shared()
            let world = try await pair(cluster.conninfo(database: try await cluster.createDatabase()))
            let link = try await world["50"].awaitLink("51") { $0.state == "held" }
            #expect(link.sqlState == "3F000")
            #expect(link.reason.contains("bashuctl init"))
        }

        @Test func peerOfAnotherVersion() async throws {
            let world = try await pair()
            try await world["51"].admit(world["50"])
            try await world["51"].run(
                "ALTER FUNCTION bashu.feed_hello_v1() RENAME TO feed_hello_v9", as: .superuser)
            let link = try await world["50"].awaitLink("51") { $0.sqlState == "42883" }
            #expect(link.state == "held")
            #expect(link.reason.contains("another version"))
            try await world["51"].run(
                "ALTER FUNCTION bashu.feed_hello_v9() RENAME TO feed_hello_v1", as: .superuser)
            try await heals(world)
        }

        @Test func loginWithoutGrants() async throws {
            let world = try await pair()
            let link = try await world["50"].awaitLink("51") { $0.state == "held" }
            #expect(link.sqlState == "42501")
            #expect(link.reason.contains("may not call the peer's feed"))
            try await world["51"].admit(world["50"])
            try await heals(world)
        }

        @Test func unregisteredLogin() async throws {
            let world = try await pair()
            try await world["51"].admit(world["50"])
            try await world["51"].run("DELETE FROM bashu.peer", as: .owner)
            let link = try await world["50"].awaitLink("51") { $0.reason.contains("not registered") }
            #expect(link.state == "held")
            #expect(link.sqlState == "42501")
            #expect(link.reason.contains("bashuctl peer add"))
            try await world["51"].admit(world["50"])
            try await heals(world)
        }

        @Test func thisVeryDatabase() async throws {
            let world = try await Federation.make(regions: ["50"])
            try await world["50"].admit(world["50"])
            try await world["50"].pull(from: world["50"])
            try await world["50"].startDaemon()
            try await world["50"].run("INSERT INTO standard (number, title) VALUES ('GB 1', '一')")
            let link = try await world["50"].awaitLink("50") { $0.state == "held" }
            #expect(link.reason.contains("this very database"))
            try await world.converged()
            #expect(try await world["50"].value("SELECT count(*) FROM bashu.batch") == "1")
        }

        /// A clock is reported, and stops nothing.
        @Test func clockThatIsOff() async throws {
            let world = try await Federation.make(regions: ["50", "51"], links: [(from: "50", to: "51")])
            let definition = try await world["51"].value(
                "SELECT pg_get_functiondef('bashu.feed_hello_v1()'::regprocedure)")
            let text = try #require(definition)
            let late = text.split(separator: "clock_timestamp()", maxSplits: 1).joined(
                separator: "clock_timestamp() + interval '90 s'")
            try await world["51"].run(late, as: .superuser)
            try await world["50"].startDaemon()
            let link = try await world["50"].awaitLink("51") { $0.reason.contains("clock") }
            #expect(["waiting", "streaming"].contains(link.state))
            #expect(link.reason.contains("ahead of ours"))
            #expect(try await world["50"].value("SELECT clock_off FROM bashu.link WHERE peer = '51'") == "t")
            let offset = try await world["50"].value("SELECT clock_offset_ms FROM bashu.link WHERE peer = '51'")
            let milliseconds = try #require(offset.flatMap { Int($0) })
            #expect((88_000...92_000).contains(milliseconds))
        }
    }
}
