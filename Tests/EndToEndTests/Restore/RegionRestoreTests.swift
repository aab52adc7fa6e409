import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// A region's database that is made anew, or moved with all it has.
    @Suite struct RegionRestoreTests {
        /// A new database under the same region gets everything from a peer.
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
