import Testing

@testable import Console

@Suite("A screen that is redrawn")
struct ScreenTests {
    @Test("only lines that differ are written, each in its place")
    func difference() {
        #expect(Screen.difference(["a", "标准", ""], ["a", "标准", ""], width: 10).isEmpty)
        #expect(
            Screen.difference(["a", "标准", "x"], ["a", "导则", ""], width: 10)
                == "\u{1b}[2;1H导则\u{1b}[K\u{1b}[3;1H\u{1b}[K")
        #expect(Screen.difference(nil, ["a", ""], width: 10) == "\u{1b}[2J\u{1b}[1;1Ha\u{1b}[K")
    }

    @Test("a full line is not erased behind its end")
    func full() {
        #expect(Screen.difference(["1234"], ["标准"], width: 4) == "\u{1b}[1;1H标准")
        #expect(Screen.difference(["1234"], ["\u{1b}[31m标1\u{1b}[0m"], width: 4).hasSuffix("标1\u{1b}[0m\u{1b}[K"))
    }

    @Test("cutting keeps colours and halves no character")
    func clipped() {
        #expect("标准 1.1".clipped(to: 8) == "标准 1.1")
        #expect("标准 1.1".clipped(to: 3) == "标")
        #expect("\u{1b}[31m标准化\u{1b}[0m x".clipped(to: 4) == "\u{1b}[31m标准\u{1b}[0m")
        #expect("\u{1b}[1;31mab\u{1b}[0m".withoutEscapes == "ab")
    }

    @Test("the locale says whether there is more than ASCII")
    func unicode() {
        #expect(Terminal.isUnicode(environment: ["LANG": "zh_CN.UTF-8"]))
        #expect(Terminal.isUnicode(environment: ["LC_ALL": "", "LC_CTYPE": "C.utf8", "LANG": "C"]))
        #expect(!Terminal.isUnicode(environment: ["LC_ALL": "C", "LANG": "zh_CN.UTF-8"]))
        #expect(!Terminal.isUnicode(environment: ["LANG": "zh_CN.GB18030"]))
        #expect(!Terminal.isUnicode(environment: [:]))
    }
}
