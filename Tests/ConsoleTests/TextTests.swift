import Testing

@testable import Console

@Suite("Width of text")
struct TextTests {
    @Test(
        "columns on a terminal",
        arguments: [
            ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("标准", 4), ("𬭎", 2), ("𠀀𰻝", 4), ("（）", 4), ("×±°", 3),
            ("한글", 4), ("👍", 2), ("👩‍👩‍👧", 2), ("☺\u{fe0f}", 2), ("a\u{200b}b", 2), ("。、", 4), ("ｱ", 1), ("Ａ", 2),
            ("…", 1), ("—", 1),
        ])
    func width(text: String, columns: Int) {
        #expect(text.displayWidth == columns)
    }

    @Test(
        "cut by columns, the ellipsis included",
        arguments: [
            ("standard", 8, "standard"), ("standard", 7, "standa…"), ("标准编号", 8, "标准编号"), ("标准编号", 7, "标准编…"),
            ("标准编号", 6, "标准…"), ("a标", 2, "a…"), ("标", 1, "…"), ("abc", 0, ""),
        ])
    func truncated(text: String, width: Int, expected: String) {
        #expect(text.truncated(to: width) == expected)
        #expect(expected.displayWidth <= max(width, 0))
    }

    @Test("what a terminal would act upon is shown as an escape")
    func printable() {
        #expect("a\u{1b}[31mb\r\nc\t\u{7f}".printable == "a\\u{1b}[31mb\\r\\nc\\t\\u{7f}")
        #expect("x\u{202e}y\u{9b}".printable == "x\\u{202e}y\\u{9b}")
        #expect("重庆\"𬭎'\\ é".printable == "重庆\"𬭎'\\ é")
    }

    @Test("lines break at spaces, between Chinese characters, and never before closing punctuation")
    func wrapped() {
        #expect("the quick brown fox".wrapped(to: 10) == ["the quick", "brown fox"])
        #expect("标准编号长".wrapped(to: 4) == ["标准", "编号", "长"])
        #expect("标准，编号".wrapped(to: 5) == ["标", "准，", "编号"])
        #expect("（标准）号".wrapped(to: 7) == ["（标", "准）号"])
        #expect("abcdefghij".wrapped(to: 4) == ["abcd", "efgh", "ij"])
        #expect("one\ntwo".wrapped(to: 20) == ["one", "two"])
        #expect("".wrapped(to: 5) == [""])
        for width in 2...30 {
            let text = "GB/T 1.1-2020 标准化工作导则，第1部分：标准化文件的结构（𬭎）and rules"
            let lines = text.wrapped(to: width)
            #expect(lines.allSatisfy { $0.displayWidth <= width })
            #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
        }
    }

    @Test("times and durations")
    func times() {
        #expect(TimeText.iso(0) == "1970-01-01T00:00:00.000000Z")
        #expect(TimeText.iso(1_787_879_643_000_123) == "2026-08-28T01:14:03.000123Z")
        #expect(TimeText.iso(-1) == "1969-12-31T23:59:59.999999Z")
        let expected: [(Int64, String)] = [
            (-5, "0 ms"), (340_999, "340 ms"), (12_000_000, "12 s"), (200_000_000, "3 min 20 s"),
            (120_000_000, "2 min"), (7_500_000_000, "2 h 5 min"), (792_000_000_000, "9 d 4 h"),
        ]
        for (micros, text) in expected { #expect(TimeText.duration(micros) == text) }
    }
}
