import Postgres
import Testing

@testable import RegionStore

@Suite struct TextArrayTests {
    @Test(
        arguments: [
            ("{}", []), ("{a}", ["a"]), ("{a,\"b c\",NULL}", ["a", "b c", nil]), ("{\"NULL\"}", ["NULL"]),
            (#"{"a\"b","c\\d",""}"#, ["a\"b", #"c\d"#, ""]), ("{汉,\"𬭎,\"}", ["汉", "𬭎,"]),
            (#"{"{1,\"x\"}"}"#, [#"{1,"x"}"#]),
        ] as [(String, [String?])])
    func whatPostgresWritesIsRead(_ text: String, _ elements: [String?]) {
        #expect(TextArray.parse(text) == elements)
    }

    @Test(arguments: ["", "a", "{", "{a", "{a,}", "{,a}", "{\"a}", "{a}b", "{{a}}", "{a\"b\"}", "{\"a\"b}", "{a\\"])
    func otherTextsAreRefused(_ text: String) {
        #expect(TextArray.parse(text) == nil)
    }

    @Test func whatAParameterSaysComesBack() {
        let values: [String?] = ["", "NULL", nil, "a\"b\\c,d{e}", "𬭎\n"]
        guard case .text(let text) = Parameter.textArray(values) else {
            Issue.record("an array parameter is text")
            return
        }
        #expect(TextArray.parse(text) == values)
    }
}
