import Postgres
import TestCluster
import Testing

@testable import TestFederation

/// `-o json` is described where programs' authors look, and a terminal is left as it was found.
@Suite struct CtlContractTests {
    private func keys(_ text: String) -> Set<String> {
        Set(text.matches(of: /"([a-z_]+)":/).map { String($0.1) })
    }

    @Test func everyFieldIsDescribed() async throws {
        let world = try await Federation.make()
        let (cq, sc) = (try Hand(world["50"]), try Hand(world["51"]))
        let party = world["50"]
        try await party.run("INSERT INTO standard (number, title) VALUES ('GB 1', '一')")
        try await world["51"].run("INSERT INTO standard (number, title) VALUES ('GB 1', '壹')")
        for hand in [cq, sc] { try hand.settle() }
        try cq.pull(from: sc.party)
        try await party.run(
            """
            INSERT INTO bashu.hold (origin_id, number, reason) SELECT id, 9, 'r' FROM bashu.origin WHERE NOT own;
            INSERT INTO bashu.held (table_id, digest, key, reason)
            SELECT id, '\\x00', '{a}', 'mass_delete' FROM bashu.shared_table;
            INSERT INTO bashu.recheck (table_id, digest, key, attempts, reason)
            SELECT id, '\\x00', '{a}', 9, 'r' FROM bashu.shared_table;
            INSERT INTO bashu.link (peer, peer_vector) VALUES ('51', '{"51-0": 1}')
            """, as: .superuser)
        let documents = [
            try party.ctl("status", "-o", "json"), try party.ctl("peer", "list", "-o", "json"),
            try party.ctl("table", "list", "-o", "json"), try party.ctl("conflict", "list", "-o", "json"),
            try party.ctl("conflict", "show", "51:1:0", "-o", "json"),
            try party.ctl("history", "standard", "GB 1", "-o", "json"),
            try party.ctl(
                "conflict", "resolve", "--type", "update_deleted", "--table", "standard", "--keep", "winner",
                "--dry-run", "-o", "json"),
            try cq.serve("verify", "-o", "json"),
        ].map(\.output)
        let path = #filePath.replacing("Tests/EndToEndTests/Ctl/CtlContractTests.swift", with: "Deploy/guide/json.md")
        let description = try ChildProcess.run("cat", [path]).output
        for document in documents {
            #expect(document.hasPrefix("{\n  \"version\": 1,\n  \"kind\": \""))
            for key in keys(document) where key != "kind" {
                #expect(description.contains("`\(key)`") || description.contains("`\(key)[]`"), "\(key)")
            }
            // The server is the judge of what is JSON.
            let session = try party.session(as: .superuser)
            #expect(try session.queryOne("SELECT $1::json ->> 'version'", [.text(document)])?[text: 0] == "1")
        }
    }

    @Test func watchingOnATerminalGivesTheScreenBack() async throws {
        let party = try await Federation.make(regions: ["50"])["50"]
        let program = try ChildProcess.builtProduct("bashuctl")
        // `script` makes a terminal; the key waits in it until bashuctl reads it.
        let command = "stty cols 100 rows 40 -isig -icanon; \(program) status --watch; echo status $?"
        let child = try ChildProcess.spawn(
            "script", ["-qec", command, "/dev/null"],
            environment: Ctl.environment.merging(party.ctlEnvironment) { $1 }
                .merging(["TERM": "xterm", "SHELL": "/bin/sh"]) { $1 },
            standardInput: "q")
        try await child.ended(within: .seconds(30))
        let output = child.standardOutput
        #expect(output.split(separator: "\u{1b}[?1049h").count == 2, "\(output.debugDescription)")
        #expect(output.contains("\u{1b}[?25h\u{1b}[?1049lstatus 3\r\n"), "\(output.debugDescription)")
        #expect(output.contains("\u{1b}[31m"), "colour on a terminal")
    }

    @Test func colourCanBeRefused() async throws {
        let party = try await Federation.make(regions: ["50"])["50"]
        let program = try ChildProcess.builtProduct("bashuctl")
        for (variables, coloured) in [(["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": "1"], false)] {
            let environment = Ctl.environment.merging(party.ctlEnvironment) { $1 }.merging(variables) { $1 }
            let run = try ChildProcess.run(
                "script", ["-qec", "\(program) status", "/dev/null"],
                environment: environment.merging(["SHELL": "/bin/sh"]) { $1 })
            #expect(run.output.contains("\u{1b}[") == coloured, "\(run.output.debugDescription)")
            #expect(run.output.contains("has never run on this database"))
        }
    }

    @Test func aMassDeleteIsAgreedToOrPutBack() async throws {
        let party = try await Federation.make(regions: ["50"])["50"]
        let hand = try Hand(party)
        try await party.run(
            "INSERT INTO standard (number, title) SELECT 'GB ' || n, '题' FROM generate_series(1, 300) n")
        try hand.settle()
        // As after a restore of the table from a backup: rows are gone, and no trigger has seen it.
        let drift = try party.cluster.session(database: party.database, user: Party.daemonRole)
        let vanish = "DELETE FROM standard"
        let compare = "INSERT INTO bashu.pending (table_id) SELECT id FROM bashu.shared_table"
        try drift.script(vanish)
        try await party.run(compare, as: .owner)
        try hand.settle()
        let status = try party.ctl("status")
        #expect(status.status == .exited(3))
        #expect(status.output.contains("- standard: 300 rows deleted at once"), "\(status.output)")
        let restored = try party.ctl("table", "restore", "standard")
        #expect(restored.status == .exited(0), "\(restored.errors)")
        #expect(restored.output == "300 rows of standard will be put back.\n")
        try hand.settle()
        #expect(try await party.value("SELECT count(*) FROM standard") == "300")
        try drift.script(vanish)
        try await party.run(compare, as: .owner)
        try hand.settle()
        let accepted = try party.ctl("table", "accept", "standard")
        #expect(accepted.output == "300 held changes of standard will be published.\n")
        try hand.settle()
        #expect(try await party.value("SELECT count(*) FROM standard") == "0")
        #expect(try party.ctl("history", "standard", "GB 7").output.contains("  delete  50:"))
        #expect(try !party.ctl("status").output.contains("Held mass changes"))
    }
}
