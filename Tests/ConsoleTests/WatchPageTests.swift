import Testing

@testable import Console

@Suite("The page of status --watch")
struct WatchPageTests {
    private static let now: Int64 = 1_790_000_400_000_000

    private static func history() -> LagHistory {
        var history = LagHistory(interval: 2_000_000)
        for second in 0..<120 as Range<Int64> {
            let lag = second < 60 ? 0 : (second - 60) * 1_000_000
            history.add(.lag(lag), of: "from 51", at: now - (119 - second) * 1_000_000)
            history.add(second < 100 ? .lag(0) : .broken, of: "from 川", at: now - (119 - second) * 1_000_000)
        }
        return history
    }

    private static func page(_ speech: Speech, peers: Int = 0, notes: [String] = []) -> WatchPage {
        func link(_ peer: String, _ state: Cell, _ lag: String) -> WatchPage.Link {
            WatchPage.Link(peer: peer, state: state, lag: lag, waiting: "14", line: "from \(peer)")
        }
        let links = [
            link("51", Cell(speech(StateMessage.streaming), .good), "59 s"),
            link("川", Cell(speech(StateMessage.held), .bad), "?"),
        ] + (0..<peers).map { link("p\($0)", Cell("x"), "0 ms") }
        let verdict = speech(
            VerdictMessage.linkNotStreaming, ["peer": "川", "state": speech(StateMessage.held)])
        return WatchPage(
            title: "2026-08-28 09:14:03  region 50, database 标准目录", verdict: Cell(verdict, .bad),
            groups: [
                WatchPage.Group(
                    title: speech(StatusMessage.receivingFrom), state: speech(WordMessage.state), links: links),
                WatchPage.Group(
                    title: speech(StatusMessage.sendingTo), state: speech(WordMessage.lastReport), links: []),
            ],
            counts: [
                (speech(WordMessage.cases), Cell("2")),
                (speech(WordMessage.pending), Cell(speech(StatusMessage.pendingNone))),
            ],
            notes: notes, matrix: nil, now: now, keys: speech(StatusMessage.watchKeys, ["seconds": "2"]))
    }

    private func lines(
        _ language: Language, _ width: Int, _ height: Int, unicode: Bool = true, style: Style = .plain,
        peers: Int = 0, notes: [String] = []
    ) -> [String] {
        let speech = Speech(language)
        let paper = WatchPage.Paper(width: width, height: height, style: style, unicode: unicode)
        return Self.page(speech, peers: peers, notes: notes).lines(paper, Self.history(), speech)
    }

    private static let rule = "----  ----------  -----------  -------  " + String(repeating: "-", count: 40)
    private static let early = String(repeating: " ", count: 31)

    @Test("80 x 24 in English: bars of 15 s, the newest has just begun")
    func english() {
        let shown = lines(.english, 80, 24)
        #expect(
            Array(shown.prefix(11)) == [
                "2026-08-28 09:14:03  region 50, database 标准目录",
                "Verdict:  link to 川 is held",
                "",
                "Receiving from",
                "PEER  STATE               LAG  WAITING  LAST 10 min",
                Self.rule,
                "51    streaming          59 s       14  \(Self.early)▁▁▁▁▄▄▄▄▄",
                "川    held                  ?       14  \(Self.early)▁▁▁▁▁▁!!!",
                "",
                "Cases:    2",
                "Pending:  nothing",
            ])
        #expect(Set(shown[11..<23]) == [""])
        #expect(shown[23] == "every 2 s; p pauses, q ends")
    }

    @Test("80 x 24 in Chinese: the same columns")
    func chinese() {
        let shown = lines(.chinese, 80, 24)
        #expect(
            Array(shown.prefix(11)) == [
                "2026-08-28 09:14:03  region 50, database 标准目录",
                "结论:  到 川 的链路搁置",
                "",
                "接收自",
                "对端  状态               延迟   待应用  最近 10 min",
                Self.rule,
                "51    同步中             59 s       14  \(Self.early)▁▁▁▁▄▄▄▄▄",
                "川    搁置                  ?       14  \(Self.early)▁▁▁▁▁▁!!!",
                "",
                "冲突:    2",
                "待发布:  无",
            ])
        #expect(shown[23] == "每 2 秒刷新；按 p 暂停，按 q 结束")
    }

    @Test("every size is filled exactly, and nothing is wider", arguments: [(80, 24), (40, 10), (57, 12), (132, 50)])
    func sizes(width: Int, height: Int) {
        for language in Language.allCases {
            for peers in [0, 40] {
                let shown = lines(
                    language, width, height, peers: peers,
                    notes: ["表 “标准” 的列“标准号”在此处不存在；请添加该列，然后守护进程会继续", "standard: a column is missing"])
                #expect(shown.count == height)
                let wide = shown.filter { $0.displayWidth > width }
                #expect(wide.isEmpty, "\(wide)")
                #expect(shown.last == Speech(language)(StatusMessage.watchKeys, ["seconds": "2"]).truncated(to: width))
                #expect(shown[1].hasPrefix(Speech(language)(WordMessage.verdict)))
                // Counts are there however many links there are.
                #expect(shown.contains { $0.hasPrefix(Speech(language)(WordMessage.pending)) }, "\(shown)")
            }
        }
    }

    @Test("what does not fit is counted")
    func more() {
        let shown = lines(.english, 80, 24, peers: 40)
        #expect(shown.contains("... 28 more lines"), "\(shown)")
    }

    @Test("three regions with their matrix fit 80 x 24")
    func three() {
        let speech = Speech(.english)
        var page = Self.page(speech)
        let link = page.groups[0].links[0]
        page.groups[1] = WatchPage.Group(title: "Sending to", state: "REPORT", links: [link, link])
        let row = LagMatrix.Row(
            name: "50", asOf: "0 ms", cells: [LagMatrix.Lack(batches: 0, age: 0), LagMatrix.Lack(batches: 2, age: nil)])
        page.matrix = LagMatrix(origins: ["50", "51"], rows: [row, row, row])
        let shown = page.lines(
            WatchPage.Paper(width: 80, height: 24, style: .plain, unicode: true), Self.history(), speech)
        #expect(shown.filter { $0.hasSuffix(" 0  2 (?)") }.count == 3, "\(shown)")
        #expect(shown.contains("Pending:  nothing") && shown[23] == page.keys)
    }

    @Test("too small a screen is no crash", arguments: [1, 2, 3, 5, 7])
    func tiny(height: Int) {
        #expect(lines(.chinese, 40, height, peers: 3).count == height)
    }

    @Test("ASCII where the locale has no more, and colour says nothing alone")
    func ascii() {
        let plain = lines(.english, 80, 24, unicode: false)
        #expect(plain.contains { $0.hasPrefix("51 ") && $0.hasSuffix(" ____-----") })
        #expect(plain.joined().unicodeScalars.allSatisfy { $0.isASCII || "标准目录川".unicodeScalars.contains($0) })
        let coloured = lines(.english, 80, 24, style: .coloured)
        #expect(coloured.map(\.withoutEscapes) == lines(.english, 80, 24))
        #expect(coloured != lines(.english, 80, 24))
    }
}
