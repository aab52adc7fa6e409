import TestCluster
import Testing

@testable import TestFederation

/// `bashuctl erase` as an administrator uses it.
@Suite(.serialized) struct CtlErasureTests {
    @Test func showsFirstAndErasesWhenTold() async throws {
        let federation = try await Federation.make()
        let (cq, sc) = (try Hand(federation["50"]), try Hand(federation["51"]))
        try await cq.party.run("INSERT INTO standard (number, title, pages) VALUES ('人', '个人信息𬭎', 1)")
        try cq.settle()
        try sc.pull(from: cq.party)
        let preview = try cq.party.ctl("erase", "standard", "人", "--reason", "申请")
        #expect(preview.status == .exited(0), "\(preview.errors)")
        #expect(preview.output.contains("Nothing has been erased yet. With --yes"))
        #expect(preview.lines.allSatisfy { $0.count <= 80 })
        #expect(try await traces(sc.party) > 0)

        let run = try cq.serve("erase", "standard", "人", "--reason", "申请", "--yes")
        #expect(run.status == .exited(0), "\(run.errors)")
        #expect(run.output.contains("Erased here: 1 rows."))
        try cq.settle()
        try sc.pull(from: cq.party)
        for party in [cq.party, sc.party] {
            #expect(try await traces(party) == 0)
            let history = try party.ctl("history", "standard", "人")
            #expect(history.output.contains("erasure") && history.output.contains("申请"), "\(history.output)")
        }
        let again = try cq.party.ctl("erase", "standard", "人", "--reason", "申请", "--yes")
        #expect(again.status == .exited(1))
        #expect(again.errors == "bashuctl: the log has nothing of this row of standard\n")
    }

    @Test func badInputChangesNothing() async throws {
        let federation = try await Federation.make()
        let cq = try Hand(federation["50"])
        for arguments in [["erase", "standard", "x"], ["erase", "standard", "x", "--reason", " "]] {
            let run = try Ctl.finish(Ctl.start(arguments, cq.party.ctlEnvironment))
            #expect(run.status == .exited(64), "\(arguments): \(run.errors)")
        }
        let table = try cq.party.ctl("erase", "nothing", "x", "--reason", "r", "--yes")
        #expect(table.status == .exited(1), "\(table.errors)")
        let waiting = try await cq.party.rows("SELECT count(*) FROM bashu.ruling")
        #expect(waiting == [["0"]])
    }

    private func traces(_ party: Party) async throws -> Int {
        let rows = try await party.rows(
            "SELECT count(*) FROM bashu.chunk WHERE position(convert_to('个人信息', 'UTF8') IN bytes) > 0")
        return Int(rows[0][0] ?? "") ?? -1
    }
}
