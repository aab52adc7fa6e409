import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

/// A person with the administrator's grants and nothing else does an administrator's work.
@Suite struct CtlAdministratorTests {
    @Test func theGrantsAreEnoughToLookToRuleAndToAsk() async throws {
        let federation = try await Federation.make()
        let (cq, sc) = (try Hand(federation["50"]), try Hand(federation["51"]))
        let party = cq.party
        let person = "王 'admin' \(party.database)"
        try await party.cluster.createRole(person)
        let owner = try party.session(as: .owner)
        for grant in try Installer.grants(owner, kind: "administrator", role: person) { try owner.script(grant) }
        let login: [String: String?] = [
            "BASHU_DATABASE": party.cluster.conninfo(database: party.database, user: person),
            "BASHU_OWNER_DATABASE": nil,
        ]
        // A comparison that nobody makes is taken back by the one who asked.
        let unanswered = try party.ctl("verify", "--timeout", "0", changes: login)
        #expect(unanswered.status == .exited(3), "\(unanswered.errors)")
        #expect(try await party.value("SELECT count(*) FROM bashu.request") == "0")

        func exchange() throws {
            for hand in [cq, sc] { try hand.settle() }
            try sc.pull(from: cq.party)
            try cq.pull(from: sc.party)
        }
        try await party.run("INSERT INTO standard (number, title) VALUES ('GB 1', '原')")
        try exchange()
        try await party.run("UPDATE standard SET title = '甲'")
        try cq.settle()
        try await sc.party.run("UPDATE standard SET title = '乙'")
        try exchange()
        for command in [["conflict", "list"], ["conflict", "show", "50:2:0"], ["history", "standard", "GB 1"]] {
            let run = try Ctl.finish(Ctl.start(command, party.ctlEnvironment.merging(login) { $1 }))
            #expect(run.status == .exited(0), "\(command): \(run.errors)")
            #expect(run.output.contains("甲") || command[1] == "list", "\(run.output)")
        }
        let run = try cq.serve(
            "conflict", "resolve", "50:2:0", "--candidate", "1", "--reason", "按公告", changes: login)
        #expect(run.status == .exited(0), "\(run.output)\(run.errors)")
        try exchange()
        #expect(try await sc.party.value("SELECT title FROM standard") == "甲")
        #expect(try await party.value("SELECT person || ' ' || state FROM bashu.ruling") == "\(person) taken")
        #expect(try sc.party.ctl("history", "standard", "GB 1").output.contains(person))
        // What is held back is for the operator to let go.
        try await party.run(
            """
            INSERT INTO bashu.held (table_id, digest, key, reason)
            SELECT id, '\\x01', '{GB 9}', 'mass_delete' FROM bashu.shared_table WHERE table_name = 'standard'
            """, as: .superuser)
        let refused = try party.ctl("table", "accept", "standard", changes: login)
        #expect(refused.status == .exited(1), "\(refused.output)")
        #expect(try await party.value("SELECT count(*) FROM bashu.held") == "1")
    }
}
