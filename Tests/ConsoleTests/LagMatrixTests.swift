import Testing

@testable import Console

@Suite("Who has how much of whose changes")
struct LagMatrixTests {
    private func matrix(_ origins: [String]) -> LagMatrix {
        LagMatrix(
            origins: origins,
            rows: [
                LagMatrix.Row(
                    name: "50 (own)", asOf: "0 ms", cells: origins.map { _ in LagMatrix.Lack(batches: 0, age: 0) }),
                LagMatrix.Row(
                    name: "重庆大学", asOf: "2 h",
                    cells: origins.indices.map {
                        LagMatrix.Lack(batches: Int64($0 * 1_200), age: $0 == 1 ? 125_000_000 : nil)
                    }),
            ])
    }

    @Test("what is lacking stands in words, and unknown ages as a question mark")
    func words() {
        #expect(
            matrix(["50", "51", "54"]).lines(width: 80, Speech(.english)) == [
                "DATABASE  AS OF  50            51        54",
                "--------  -----  --  ------------  --------",
                "50 (own)   0 ms   0             0         0",
                "重庆大学    2 h   0  1200 (2 min)  2400 (?)",
            ])
        #expect(
            matrix(["50", "51", "54"]).lines(width: 80, Speech(.chinese)) == [
                "数据库    截至  50             51         54",
                "--------  ----  --  -------------  ---------",
                "50 (own)  0 ms   0              0          0",
                "重庆大学   2 h   0  1200（2 min）  2400（?）",
            ])
    }

    @Test("columns without room continue below, each line within the width", arguments: [40, 60, 80, 120])
    func blocks(width: Int) throws {
        let origins = (1...9).map { "5\($0)-7f3a0c91d2e4" }
        for language in Language.allCases {
            let lines = matrix(origins).lines(width: width, Speech(language))
            #expect(lines.allSatisfy { $0.displayWidth <= width }, "\(lines)")
            let titles = Set(lines.flatMap { $0.split(separator: " ").map(String.init) })
            #expect(titles.isSuperset(of: origins))
            #expect(lines.filter { $0.hasPrefix("重庆大学") }.count == lines.filter { $0.isEmpty }.count + 1)
        }
    }

    @Test("colour adds nothing that is not there without it")
    func colour() {
        let plain = matrix(["50", "51"]).lines(width: 80, Speech(.english))
        let coloured = matrix(["50", "51"]).lines(width: 80, style: .coloured, Speech(.english))
        #expect(coloured != plain)
        #expect(coloured.map { $0.replacing(/\u{1b}\[[0-9]+m/, with: "") } == plain)
    }

    @Test("a brief duration is its largest unit")
    func brief() {
        #expect(TimeText.brief(340_000) == "340 ms")
        #expect(TimeText.brief(125_000_000) == "2 min")
        #expect(TimeText.brief(60_000_000) == "1 min")
        #expect(TimeText.brief(-5) == "0 ms")
        #expect(TimeText.brief(90_000_000_000 * 10) == "10 d")
    }
}
