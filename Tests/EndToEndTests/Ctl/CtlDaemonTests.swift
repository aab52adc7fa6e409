import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// bashuctl beside running daemons.
    @Suite struct CtlDaemonTests {
        @Test func waitVerifyAndStatusAgreeThatAllIsWell() async throws {
            let world = try await Federation.make()
            let (cq, sc) = (world["50"], world["51"])
            try await world.startDaemons()
            try await cq.run(
                "INSERT INTO standard (number, title) SELECT 'GB ' || n, '题' FROM generate_series(1, 500) n")
            let wait = try cq.ctl("wait", "--peer", "51", "--timeout", "60")
            #expect(wait.status == .exited(0), "\(wait.errors)\(sc.daemonLog)")
            #expect(try await sc.value("SELECT count(*) FROM standard") == "500")
            let verify = try sc.ctl("verify", "--against", "50")
            #expect(verify.status == .exited(0), "\(verify.output)\(verify.errors)")
            #expect(verify.output == "Equal to 50 (tables: 2, rows: 500).\n")
            try await world.converged()
            try await eventually("converged in its own words", timeout: .seconds(20)) {
                try cq.ctl("status", "--max-lag", "0").status == .exited(0)
            }
            try await world.stopDaemons()
        }

        @Test func aPeerThatIsAddedSaysHowTheFirstContactWent() async throws {
            let world = try await Federation.make(regions: ["50", "51"], links: [(from: "51", to: "50")])
            let (cq, sc) = (world["50"], world["51"])
            try await cq.startDaemon()
            try await sc.admit(cq)
            let dead = try cq.ctl("peer", "add", "52", "--conninfo", "host=/nonexistent dbname=a")
            #expect(dead.status == .exited(3))
            #expect(dead.output.hasPrefix("Peer 52 added.\nLink to 52: down: "), "\(dead.output)")
            let itself = try cq.ctl("peer", "add", "53", "--conninfo", cq.cluster.conninfo(
                database: cq.database, user: Party.daemonRole))
            #expect(itself.status == .exited(3), "\(itself.output)")
            let good = try cq.ctl("peer", "add", "51", "--login", sc.login, "--conninfo", cq.cluster.conninfo(
                database: sc.database, user: cq.login))
            #expect(good.status == .exited(1), "the harness has added it already")
            _ = try cq.ctl("peer", "remove", "51")
            let again = try cq.ctl("peer", "add", "51", "--login", sc.login, "--conninfo", cq.cluster.conninfo(
                database: sc.database, user: cq.login))
            #expect(again.status == .exited(0), "\(again.output)\(again.errors)")
            let against = try cq.ctl("verify", "--against", "52")
            #expect(against.status == .exited(2))
            try await cq.stopDaemon()
        }

        @Test func anInstitutionJoinsWhileItsPeerIsWrittenTo() async throws {
            let world = try await Federation.make(regions: ["50"], replicas: ["cqu": "50"])
            let (cq, replica) = (world["50"], world["cqu"])
            try await cq.run(
                "INSERT INTO standard (number, title) SELECT 'GB ' || n, '题' FROM generate_series(1, 3000) n")
            try await world.startDaemons()
            let join = try Ctl.start(["join", "--from", "50", "--timeout", "60"], replica.ctlEnvironment)
            while join.isRunning { try await cq.run("UPDATE standard SET pages = coalesce(pages, 0) + 1") }
            let run = Ctl.finish(join)
            #expect(run.status == .exited(0), "\(run.errors)\(replica.daemonLog)")
            #expect(run.lines[1].hasPrefix("Joined: "), "\(run.output)")
            try await world.converged()
            #expect(try await world.differences() == [])
            try await world.stopDaemons()
        }
    }
}
