import Logging
import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// PgBouncer between a source and who pulls from it, where it is installed.
    @Suite(.enabled(if: Pooler.isInstalled)) struct PoolerTests {
        private func world(_ mode: Pooler.Mode) async throws -> (world: Federation, pooler: Pooler) {
            let world = try await Federation.make(regions: ["50"], replicas: ["cqu": "50"])
            let (source, replica) = (world["50"], world["cqu"])
            let pooler = try Pooler(before: world.cluster, mode: mode, users: [replica.login, Party.daemonRole])
            let conninfo = pooler.conninfo(database: source.database, user: replica.login)
            try await eventually("the pooler listens") {
                (try? Session.connect(
                    ConnectionTarget(conninfo), applicationName: "test", logger: .init(label: "test")))?.isOpen == true
            }
            try await replica.pull(from: source, conninfo: conninfo)
            return (world, pooler)
        }

        /// Either way nothing is lost and nothing is wrong; only the news come by asking where LISTEN is lost.
        @Test(arguments: [Pooler.Mode.session, .transaction])
        func peersMayComeThroughIt(mode: Pooler.Mode) async throws {
            let (world, pooler) = try await world(mode)
            try await world.startDaemons()
            for number in 1...5 { try await world["50"].write("GB/T \(number)", "经连接池𬭎") }
            try await world["50"].run(#"INSERT INTO "条目 ""甲""" VALUES ('GB/T 1', 1, '引用''与\反斜线')"#)
            try await world.converged()
            #expect(try await world.differences() == [])
            let against = try world["cqu"].ctl("verify", "--against", "50")
            #expect(against.status == .exited(0), "\(against.output)\(against.errors)")
            try await world["cqu"].awaitLink("50") { $0.state == "waiting" && $0.reason.isEmpty }
            #expect(pooler.isRunning, "\(pooler.log)")
        }

        @Test(arguments: [Pooler.Mode.session, .transaction])
        func theDaemonItselfDoesNot(mode: Pooler.Mode) async throws {
            let (world, pooler) = try await world(mode)
            let source = world["50"]
            let daemon = try source.spawnDaemon([
                "BASHU_DATABASE": pooler.conninfo(database: source.database, user: Party.daemonRole)
            ])
            try await eventually("it says why") { daemon.standardError.contains("leads to a connection pooler") }
            #expect(try await source.value("SELECT pid FROM bashu.daemon") == nil)
            // With the right way it works.
            source.killDaemon()
            try await source.startDaemon()
        }
    }
}
