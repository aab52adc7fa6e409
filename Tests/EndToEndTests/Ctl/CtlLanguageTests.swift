import Console
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
            UPDATE bashu.daemon SET heartbeat_at = clock_timestamp() + interval '1 h';
            UPDATE bashu.link SET state = 'held', reason = '此处的表缺少一列，请添加该列，随后会自动继续', attempts = 3
             WHERE peer = '51'
            """, as: .superuser)
        return (world, cq)
    }

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
        for command in Self.commands {
            for language in ["C.UTF-8", "zh_CN.UTF-8"] {
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
                    #expect(words.isDisjoint(with: titles), "\(command): \(line)")
                    let prose = line.replacing(/bashuctl [a-z ]+/, with: "")
                    #expect(!prose.contains(/[a-z]{2,} [a-z]{2,} [a-z]{2,}/), "\(command): \(line)")
                }
                #expect(all.joined().unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }, "\(command)")
            }
        }
    }
}
