import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// An institution's database out of a backup: it goes on where the backup was.
    @Suite struct ReplicaRestoreTests {
        /// A dump has other object numbers, another system identifier, and no roles.
        @Test func replicaFromAnOlderDumpGoesOn() async throws {
            let world = try await Federation.make(regions: ["50"], replicas: ["cqu": "50"])
            try await world.startDaemons()
            try await world["50"].write("GB/T 1", "备份之前")
            try await world.converged()
            let dump = try await world.cluster.dump(world["cqu"].database)
            try await world["50"].write("GB/T 2", "备份之后")
            try await world["50"].run("UPDATE standard SET title = '改过' WHERE number = 'GB/T 1'")
            try await world.converged()
            try await world["cqu"].stopDaemon()

            let cluster = try await TestCluster.start()
            let copy = try await world["cqu"].restored(dump, on: cluster)
            #expect(try await copy.value("SELECT count(*) FROM standard") == "1")
            try await copy.startDaemon()
            try await converged([world["50"], copy])
            #expect(try await differences(world["50"], copy) == [])
            try await world["50"].write("GB/T 3", "恢复之后")
            try await converged([world["50"], copy])
            #expect(try await differences(world["50"], copy) == [])
            #expect(try await copy.value("SELECT count(*) FROM standard") == "3")

            let verified = try copy.ctl("verify")
            #expect(verified.status == .exited(0), "\(verified.output)\(verified.errors)")
            let against = try copy.ctl("verify", "--against", "50")
            #expect(against.status == .exited(0), "\(against.output)\(against.errors)")
            // It is still nobody's to write but the daemon's.
            await #expect(throws: PostgresError.self) {
                try await copy.run(
                    "INSERT INTO standard (number, title) VALUES ('GB/T 9', '不许')", as: .owner)
            }
            try await copy.stopDaemon()
        }

        /// What a lost institution can always do: begin anew.
        @Test func replicaMadeAnewJoins() async throws {
            let world = try await Federation.make(regions: ["50"], replicas: ["cqu": "50"])
            try await world.startDaemons()
            for number in 1...3 { try await world["50"].write("GB/T \(number)", "标准\(number)") }
            try await world.converged()
            let replica = world["cqu"]
            try await replica.stopDaemon()
            #expect(try replica.ctl("uninstall", "--yes").status == .exited(0))
            try await replica.run(#"TRUNCATE standard, "条目 ""甲""""#, as: .owner)
            let initialized = try replica.ctl(
                "init", "--kind", "replica", "--region", "cqu", "--daemon-role", Party.daemonRole)
            #expect(initialized.status == .exited(0), "\(initialized.errors)")
            for table in replica.tables.names {
                let added = try replica.ctl("table", "add", table)
                #expect(added.status == .exited(0), "\(added.errors)")
            }
            try await replica.pull(from: world["50"])
            try await replica.startDaemon()
            let joined = try replica.ctl("join", "--from", "50", "--timeout", "30")
            #expect(joined.status == .exited(0), "\(joined.output)\(joined.errors)")
            try await world.converged()
            #expect(try await world.differences() == [])
        }
    }
}
