import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Institutions behind institutions, and what a link costs in connections.
    @Suite struct CascadeTests {
        private func connections(_ party: Party, as login: String) async throws -> Int {
            let count = try await party.value(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND usename = $2",
                [.text(party.database), .text(login)])
            return count.flatMap { Int($0) } ?? -1
        }

        private func through(_ party: Party) async throws -> String {
            try await party.value("SELECT coalesce(through::text, '') FROM bashu.freshness WHERE region = '50'") ?? ""
        }

        @Test func institutionBehindAnInstitution() async throws {
            let world = try await Federation.make(regions: ["50"], replicas: ["cqu": "50", "library": "cqu"])
            try await world.startDaemons()
            try await world["50"].write("GB/T 1", "经图书馆转发")
            try await world.converged()
            #expect(try await world.differences() == [])

            // Freshness is relayed, and ages at the end of the chain when the region's daemon is silent.
            let before = try await through(world["library"])
            try await eventually("freshness grows at the end of the chain") {
                try await through(world["library"]) > before
            }
            let status = try world["library"].ctl("status")
            #expect(status.status == .exited(0), "\(status.output)\(status.errors)")
            #expect(status.output.contains("cqu"), "\(status.output)")

            // Each party costs its source one connection; its own daemon takes six, and one for each link.
            #expect(try await connections(world["50"], as: world["cqu"].login) == 1)
            #expect(try await connections(world["cqu"], as: world["library"].login) == 1)
            #expect(try await connections(world["50"], as: world["library"].login) == 0)
            // What the test itself has looked with may be about to end.
            try await eventually("the daemon has its seven connections") {
                try await connections(world["library"], as: Party.daemonRole) == 7
            }

            // The one in the middle is away: what was written meanwhile comes later.
            try await world["cqu"].stopDaemon()
            try await world["50"].write("GB/T 2", "中间停了")
            try await world["cqu"].startDaemon()
            try await world.converged()
            #expect(try await world.differences() == [])
            let against = try world["library"].ctl("verify", "--against", "cqu")
            #expect(against.status == .exited(0), "\(against.output)\(against.errors)")

            try await world["50"].stopDaemon()
            let last = try await through(world["50"])
            try await eventually("the end of the chain is as fresh as its beginning") {
                try await through(world["library"]) == last
            }
        }
    }
}
