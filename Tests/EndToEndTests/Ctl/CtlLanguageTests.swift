import Console
import Reasons
import TestCluster
import Testing

@testable import TestFederation

/// What every command prints of a database with something to say, in 80 columns and either language.
@Suite struct CtlLanguageTests {
    /// Three regions: two have written the same row without knowing, and one peer has never been heard of.
    private func stage() async throws -> (world: Federation, hand: Hand) {
        let world = try await Federation.make(regions: ["50", "51", "54"])
        let (cq, sc) = (try Hand(world["50"]), try Hand(world["51"]))
        defer { sc.close() }
        try await world["50"].run("INSERT INTO standard (number, title) VALUES ('DB50/T 1', '标准化工作导则')")
        try await world["51"].run("INSERT INTO standard (number, title) VALUES ('DB50/T 1', '起草规则')")
        try cq.settle()
        try sc.settle()
        try cq.pull(from: world["51"])
        try await world["50"].run(
            """
            UPDATE bashu.daemon SET heartbeat_at = clock_timestamp() + interval '1 h',
                   problem = 'nothing is forgotten at present: 磁盘已满 (SQLSTATE 53100)';
            UPDATE bashu.link SET state = 'held', reason = \(Self.links), attempts = 3 WHERE peer = '51';
            INSERT INTO bashu.hold (origin_id, number, reason, next_try_at, attempts)
            SELECT o.id, 2, \(Self.hold), clock_timestamp(), 4 FROM bashu.origin o WHERE NOT o.own;
            UPDATE bashu.shared_table SET degraded = 'trigger zzzz_bashu_insert on public.standard is disabled';
            INSERT INTO bashu.recheck (table_id, digest, key, reason, attempts)
            SELECT t.id, decode(repeat('ab', 16), 'hex'), '{"DB50/T 9"}', \(Self.hold), 3
              FROM bashu.shared_table t LIMIT 1;
            """, as: .superuser)
        try await world["50"].run(
            """
            CREATE TABLE "草 稿" (id serial, f float8, PRIMARY KEY (id, f));
            CREATE UNLOGGED TABLE rough (id integer);
            """, as: .owner)
        return (world, cq)
    }

    /// Sentences as the daemon writes them.
    private static let links = sql([
        Reason(PeerReason.clock_behind, ["seconds": "75"]),
        Reason(ProtectionReason.certificate_ends, ["day": "2026-12-24", "days": "24"]),
        Reason(DifferenceReason.column_only_there, ["column": "备注", "table": "public.standard"]),
    ])

    private static let hold = sql([
        Reason(HoldReason.column_missing, ["table": "public.standard", "column": "备注", "type": "text"])
    ])

    private static func sql(_ reasons: [Reason]) -> String {
        "'" + reasons.map(\.text).joined(separator: ReasonBook.separator).replacing("'", with: "''") + "'"
    }

    /// What is refused, or only noted: as long as English is tested elsewhere.
    private static let notes = [
        ["table", "add", "草 稿"], ["table", "add", "rough"], ["table", "add", "nowhere"], ["table", "add", "standard"],
        ["table", "remove", "nowhere"], ["table", "restore", "standard"], ["peer", "pause", "51"],
        ["peer", "resume", "51"], ["peer", "add", "51", "--login", "nobody"], ["peer", "add", "x", "--login", "nobody"],
        ["join", "--from", "51"], ["verify", "--timeout", "1"], ["init", "--region", "52", "--daemon-role", "bashud"],
        ["conflict", "undo", "51:1:0", "--reason", "更正", "--no-wait"],
        ["erase", "standard", "DB50/T 1", "--reason", "依申请"],
        ["conflict", "resolve", "51:1:0", "--candidate", "9", "--reason", "更正"], ["peer", "pause"], ["nonsense"],
        ["import", "standard", "/nowhere.csv"], ["policy", "apply", "/nowhere.toml"], ["export", "nothing"],
    ]

    private static let commands = [
        ["status"], ["doctor"], ["peer", "list"], ["table", "list"], ["policy", "show"],
        ["conflict", "list", "--all"], ["conflict", "show", "51:1:0"], ["history", "standard", "DB50/T 1"],
        ["wait", "--peer", "51", "--timeout", "1"], ["peer", "pause", "99"], ["table", "accept", "standard"],
        ["conflict", "show", "51:99:0"], ["uninstall"], ["history", "nothing", "x"],
    ]

    @Test func everyTableFitsAndNothingEnglishIsLeftInChinese() async throws {
        let (world, hand) = try await stage()
        defer { hand.close() }
        let party = world["50"]
        // Titles of columns, which are words of their own.
        let titles = Set(
            WordMessage.allCases.map(\.bilingual.english).filter { $0.count > 2 && $0 == $0.uppercased() })
        #expect(titles.count > 20)
        for (command, languages) in Self.commands.map({ ($0, ["C.UTF-8", "zh_CN.UTF-8"]) })
            + Self.notes.map({ ($0, ["zh_CN.UTF-8"]) })
        {
            for language in languages {
                let run = try Ctl.finish(
                    Ctl.start(command, party.ctlEnvironment.merging(["LC_ALL": language]) { $1 }))
                let lines = run.lines
                #expect(lines.contains { !$0.isEmpty } || !run.errors.isEmpty, "\(command)")
                let wide = lines.filter { $0.displayWidth > 80 && !$0.contains("host=") }
                #expect(wide.isEmpty, "\(command) \(language): \(wide)")
                guard language.hasPrefix("zh") else { continue }
                let all = lines + run.errors.split(separator: "\n").map(String.init)
                for line in all {
                    let words = Set(line.split(separator: " ").map(String.init))
                    // Statements to run stay as they are.
                    let isStatement = line.contains(/(CREATE|ALTER|SET) [A-Z]/)
                    #expect(isStatement || words.isDisjoint(with: titles), "\(command): \(line)")
                    let prose = line.replacing(/bashuctl [a-z ]+/, with: "")
                    #expect(!prose.contains(/[a-z]{2,} [a-z]{2,} [a-z]{2,}/), "\(command): \(line)")
                }
                #expect(all.joined().unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }, "\(command)")
            }
        }
    }
}
