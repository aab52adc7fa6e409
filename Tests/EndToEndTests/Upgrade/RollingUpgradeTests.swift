import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Two regions are upgraded one after the other, and people write all the time.
    @Suite struct RollingUpgradeTests {
        /// What a peer sees of a database that is one version older: an earlier schema, and no function that is newer.
        private func makeLookOlder(_ party: Party) async throws {
            let definition = try await party.value("SELECT pg_get_functiondef('bashu.feed_hello_v1()'::regprocedure)")
            let older = try #require(definition).replacing("max(m.version)", with: "max(m.version) - 1")
            try await party.run("\(older); DROP FUNCTION bashu.feed_forgotten_v1()", as: .owner)
        }

        private func write(_ round: Int, in world: Federation) async throws {
            try await world["50"].write("GB/T \(round)", "重庆第\(round)次")
            try await world["51"].write("DB51/T \(round)", "四川第\(round)次")
            if round > 1 {
                try await world["51"].run("UPDATE standard SET pages = \(round) WHERE number = 'GB/T \(round - 1)'")
            }
        }

        @Test func oneRegionAfterTheOther() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            for region in world.parties { try await makeLookOlder(region) }
            try await world.startDaemons()
            try await write(1, in: world)
            try await world.converged()

            var round = 1
            for (name, other) in [("51", "50"), ("50", "51")] {
                try await upgrade(world[name], beside: world[other], round: &round, world)
            }
            #expect(try await world.differences() == [])
            for name in ["50", "51"] {
                let verified = try world[name].ctl("verify", "--against", name == "50" ? "51" : "50")
                #expect(verified.status == .exited(0), "\(verified.output)\(verified.errors)")
                #expect(try world[name].ctl("status").status == .exited(0))
            }
        }

        private func upgrade(
            _ region: Party, beside other: Party, round: inout Int, _ world: Federation
        ) async throws {
            // The programs are there, and the daemon still runs.
            let early = try region.ctl("init")
            #expect(early.status == .exited(1) && early.errors.contains("daemon is running"), "\(early.errors)")

            try await region.stopDaemon()
            try await region.run(
                EarlierSchema.script(present: Installer.version, downTo: Installer.version - 1), as: .owner)
            // A daemon of the new version does not touch it, and people go on.
            let refused = try region.spawnDaemon()
            #expect(try await refused.ended(within: .seconds(20)) == .exited(1))
            #expect(refused.standardError.contains("run bashuctl init"), "\(refused.standardError)")
            round += 1
            try await write(round, in: world)

            let upgraded = try region.ctl("init")
            #expect(upgraded.status == .exited(0), "\(upgraded.errors)")
            // A function that is new here can be called by the peer, without anybody granting it.
            let granted = try await region.value(
                "SELECT has_function_privilege('\(other.login)', 'bashu.feed_forgotten_v1()', 'EXECUTE')")
            #expect(granted == "t")
            try await region.startDaemon()
            round += 1
            try await write(round, in: world)
            try await world.converged()
            #expect(try await world.differences() == [])

            // The side that is still older is named, and its link works.
            let link = try await region.awaitLink(other.name) { ["waiting", "streaming"].contains($0.state) }
            let older = "the peer has Bashu's schema \(Installer.version - 1)"
            #expect(link.reason.contains(older) == (other.name == "50"), "\(link.reason)")
        }
    }
}
