import Testing

@testable import Console

@Suite("Tables and blocks")
struct LayoutTests {
    private func peers() -> Table {
        var table = Table([
            .init("PEER"), .init("LAG", .right), .init("NAME", .left, .truncate), .init("REASON", .left, .wrap),
        ])
        table.add(["51", "0 s", "四川省标准化研究院", Cell("column \"标准号\" is missing here; add it", .bad)])
        table.add(["cq-institution", "12 min 3 s", "a\nb"])
        return table
    }

    @Test("columns line up whatever the script")
    func wide() {
        #expect(
            peers().lines(width: 100) == [
                "PEER                   LAG  NAME                REASON",
                "--------------  ----------  ------------------  ---------------------------------------",
                "51                     0 s  四川省标准化研究院  column \"标准号\" is missing here; add it",
                "cq-institution  12 min 3 s  a\\nb",
            ])
    }

    @Test("the widest column gives way first, rigid ones never")
    func narrow() {
        let lines = peers().lines(width: 60)
        #expect(lines.allSatisfy { $0.displayWidth <= 60 })
        #expect(
            lines == [
                "PEER                   LAG  NAME             REASON",
                "--------------  ----------  ---------------  ---------------",
                "51                     0 s  四川省标准化研…  column \"标准号\"",
                "                                             is missing",
                "                                             here; add it",
                "cq-institution  12 min 3 s  a\\nb",
            ])
    }

    @Test("colour adds nothing but escapes")
    func coloured() {
        let plain = peers().lines(width: 80)
        let coloured = peers().lines(width: 80, style: .coloured)
        #expect(coloured != plain)
        let stripped = coloured.map { line in
            line.replacing(/\u{1b}\[[0-9]+m/, with: "")
        }
        #expect(
            stripped.map { $0.trimmingSpaces } == plain.map { $0.trimmingSpaces })
    }

    @Test("labels and values are aligned by columns")
    func keyValues() {
        var block = KeyValues()
        block.add("数据库", "standards")
        block.add("Daemon", "alive since 2026-08-28 and it goes on for longer than a line")
        #expect(
            block.lines(width: 40, indent: 2) == [
                "  数据库:  standards",
                "  Daemon:  alive since 2026-08-28 and it",
                "           goes on for longer than a",
                "           line",
            ])
    }

    @Test("JSON keeps its order and escapes what it must")
    func json() {
        let value = JSONValue.envelope(
            "status", ["z": "标\"\\\n\u{1}", "a": [1, nil, true], "e": [], "o": ["k": -5]])
        #expect(
            value.line
                == #"{"version":1,"kind":"status","z":"标\"\\\n\u0001","a":[1,null,true],"e":[],"o":{"k":-5}}"#)
        #expect(
            value.text == """
                {
                  "version": 1,
                  "kind": "status",
                  "z": "标\\"\\\\\\n\\u0001",
                  "a": [
                    1,
                    null,
                    true
                  ],
                  "e": [],
                  "o": {
                    "k": -5
                  }
                }
                """)
    }

    @Test("the status that hides the others wins")
    func statuses() {
        #expect(ExitStatus.combined([]) == .done)
        #expect(ExitStatus.combined([.openCases, .lagging]) == .lagging)
        #expect(ExitStatus.combined([.lagging, .different, .openCases]) == .different)
        #expect(ExitStatus.combined([.different, .failed]) == .failed)
        #expect(ExitStatus.combined([.failed, .unreachable, .done]) == .unreachable)
        #expect(ExitStatus.combined(ExitStatus.allCases) == .usage)
    }

    @Test("colour and width follow what the user asked for")
    func terminal() {
        let pipe = Terminal.current(environment: ["COLUMNS": "132"])
        if !pipe.outputIsTerminal {
            #expect(pipe.width == 132)
            #expect(pipe.style == .plain)
            #expect(Terminal.current(environment: [:]).width == 80)
            #expect(Terminal.current(environment: ["COLUMNS": "3"]).width == 40)
        }
        #expect(Terminal.current(environment: ["NO_COLOR": "1"]).style == .plain)
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
