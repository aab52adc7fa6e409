import Testing

@Suite struct SwiftTextTests {
    @Test func commentsAndLiteralsAreBlankedLineForLine() {
        let text = """
            let a = "try! { \\(b ? "}" : "{") fatalError" // as!
            /* { /* } */ */ let c = #"\\" " {"#
            let d = \"\"\"
                { "quoted" \\(e)
                \"\"\"
            """
        let code = String(SwiftText(text).code)
        #expect(code.count == text.count)
        for word in ["try!", "fatalError", "as!", "{", "}", "quoted"] { #expect(!code.contains(word)) }
        for word in ["let a =", "b ?", "let c =", "let d =", "e"] { #expect(code.contains(word)) }
    }

    @Test func functionsAreMeasuredFromBraceToBrace() {
        let text = """
            protocol P { func f() ; var x: Int { get } }
            struct S {
                func one() { call("{") }
                func two(
                    a: Int
                ) -> Int {
                    if a > 0 {
                        return 1
                    }
                    return 2
                }
            }
            """
        let functions = SwiftText(text).functions()
        #expect(functions.contains(.init(line: 3, lineCount: 1)))
        #expect(functions.contains(.init(line: 6, lineCount: 6)))
        #expect(functions.map(\.lineCount).max() == 6)
    }
}
