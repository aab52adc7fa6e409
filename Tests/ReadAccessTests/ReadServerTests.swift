import Testing

@testable import ReadAccess

@Suite struct ReadServerTests {
    @Test func languageIsAskedForOrPreferred() {
        #expect(ReadLanguage(asked: nil, accepted: nil) == .zh)
        #expect(ReadLanguage(asked: nil, accepted: "en-GB,en;q=0.9,zh;q=0.5") == .en)
        #expect(ReadLanguage(asked: nil, accepted: "fr, zh-TW;q=0.8, en;q=0.3") == .zh)
        #expect(ReadLanguage(asked: nil, accepted: "de") == .zh)
        #expect(ReadLanguage(asked: "en", accepted: "zh") == .en)
        #expect(ReadLanguage(asked: "xx", accepted: "en") == .en)
    }

    @Test func whatIsInterpolatedIsEscaped() {
        let title = #"<script>alert("x")</script> & 'y'"#
        let html: HTML = "<td title=\"\(title)\">\(title)</td>"
        let safe = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;"
        #expect(html.text == "<td title=\"\(safe)\">\(safe)</td>")
        #expect(("<p>\(html)</p>" as HTML).text == "<p>\(html.text)</p>")
    }

    @Test func daysAreDays() {
        for day in ["2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] { #expect(CalendarDay(day)?.text == day) }
        for text in ["2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "0000-01-01", "today", ""] {
            #expect(CalendarDay(text) == nil, "\(text)")
        }
    }

    @Test func addressesAreDecodedOnce() {
        func decoded(_ text: String, isForm: Bool = false) -> String? {
            Asked.decoded(Substring(text).utf8, isForm: isForm)
        }
        #expect(decoded("GB%2FT%2022373") == "GB/T 22373")
        #expect(decoded("%252F") == "%2F")
        #expect(decoded("a+b") == "a+b")
        #expect(decoded("a+b", isForm: true) == "a b")
        for text in ["%", "%2", "%zz", "%+1", "%00", "%ff"] { #expect(decoded(text) == nil, "\(text)") }
        let name = "火锅 & 𬭎/?#"
        #expect(decoded(Asked.encoded(name)) == name)
    }
}
