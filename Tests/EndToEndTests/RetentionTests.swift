import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// The daemon forgets what is of age, and who comes back too late is told.
    @Suite struct RetentionTests {
        @Test func whoComesBackTooLateIsHeldAndWhoJoinsHasEverything() async throws {
            let world = try await Federation.make(regions: ["50"], replicas: ["cqu": "50", "lib": "50"])
            let (cq, late, library) = (world["50"], world["cqu"], world["lib"])
            // The library joins only later: until then nothing is kept for it.
            #expect(try cq.ctl("peer", "remove", "lib").status == .exited(0))
            try await cq.startDaemon()
            try await late.startDaemon()
            try await cq.run(
                "INSERT INTO standard (number, title) SELECT 'GB ' || n, '题𬭎' || n FROM generate_series(1, 50) n")
            try await eventually("the institution has it") {
                try await late.value("SELECT count(*) FROM standard") == "50"
            }
            let told = "SELECT p.applied = '{}' FROM bashu.peer_position p"
            try await eventually("it has said so") { try await cq.value(told) == "f" }
            try await late.stopDaemon()
            for title in ["改一", "改二"] {
                try await cq.run("UPDATE standard SET title = '\(title)' WHERE number = 'GB 1'")
                try await eventually("it is published") { try await !cq.hasWork() }
            }
            try await cq.run("DELETE FROM standard WHERE number = 'GB 2'")
            try await eventually("it is published") { try await !cq.hasWork() }
            let vector = try await late.vector()
            try await age(cq)
            // As long as the institution is registered, the log keeps everything for it.
            try await cq.stopDaemon()
            try await cq.startDaemon()
            try await eventually("it has looked") {
                try await cq.value("SELECT walked FROM bashu.forgotten") == "1"
            }
            #expect(try await cq.value("SELECT sum(changes) FROM bashu.forgotten") == "0")
            try expectKept(cq)
            let removed = try cq.ctl("peer", "remove", "cqu")
            #expect(removed.output.contains("keeps nothing for it any more"))
            try await cq.stopDaemon()
            try await cq.startDaemon()
            // The insert and the delete of one row, and the first of two updates of another.
            try await eventually("it has forgotten") {
                try await cq.value("SELECT sum(changes) FROM bashu.forgotten") == "3"
            }

            try await cq.admit(late)
            try await late.startDaemon()
            try await late.awaitLink("50") { $0.state == "held" }
            let reason = try await late.value("SELECT reason FROM bashu.link") ?? ""
            #expect(reason.contains("has forgotten changes") && reason.contains("bashuctl join --from 50"), "\(reason)")
            #expect(try await late.vector() == vector)
            #expect(late.daemonLog.contains("code=BSH-L027"))

            try await cq.admit(library)
            try await library.startDaemon()
            let join = try Ctl.start(["join", "--from", "50", "--timeout", "60"], library.ctlEnvironment)
            let run = Ctl.finish(join)
            #expect(run.status == .exited(0), "\(run.errors)\(library.daemonLog)")
            let rows = "SELECT string_agg(s::text, ';' ORDER BY number) FROM standard s"
            #expect(try await library.value(rows) == cq.value(rows))
            // It has no more than it was given, and tells whoever would be filled from it.
            #expect(try await library.value("SELECT max(number) > 0 FROM bashu.forgotten") == "t")
            for party in [cq, late, library] { try await party.stopDaemon() }
        }

        private func expectKept(_ party: Party) throws {
            #expect(try party.ctl("status").output.contains("BACK BY"))
            let doctor = try party.ctl("doctor")
            let text = doctor.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(text.contains("only because cqu has not seen them"), "\(doctor)")
        }

        /// What is in the log was written 500 days ago.
        private func age(_ party: Party) async throws {
            try await party.run(
                """
                \(HistoryGuard.off)
                UPDATE bashu.batch SET hlc_max = hlc_max - 500 * 86400000000, hlc_min = hlc_min - 500 * 86400000000,
                    cut_at = cut_at - interval '500 days'
                """, as: .superuser)
        }
    }
}
