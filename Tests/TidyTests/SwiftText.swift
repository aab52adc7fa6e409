/// Swift source with comments and the contents of literals blanked out, line for line.
struct SwiftText {
    private(set) var code: [Character] = []
    private let source: [Character]
    private var position = 0

    init(_ text: String) {
        source = Array(text)
        scanCode(untilParenthesis: false)
    }

    /// Code, up to the end or (in an interpolation) the closing parenthesis.
    private mutating func scanCode(untilParenthesis: Bool) {
        var depth = 0
        while position < source.count {
            let character = source[position]
            if at("//") {
                blank { !$0.at("\n") }
            } else if at("/*") {
                scanBlockComment()
            } else if character == "\"" || (character == "#" && startsRawString()) {
                scanString()
            } else {
                if character == "(" { depth += 1 }
                if character == ")" {
                    if untilParenthesis && depth == 0 { return }
                    depth -= 1
                }
                code.append(character)
                position += 1
            }
        }
    }

    private mutating func scanBlockComment() {
        var depth = 0
        repeat {
            if at("/*") { depth += 1 }
            if at("*/") { depth -= 1 }
            if depth == 0 { skip(2) } else { skip(at("/*") || at("*/") ? 2 : 1) }
        } while depth > 0 && position < source.count
    }

    private mutating func scanString() {
        var hashes = 0
        while at("#") {
            hashes += 1
            skip(1)
        }
        let quotes = at("\"\"\"") ? "\"\"\"" : "\""
        let end = quotes + String(repeating: "#", count: hashes)
        let escape = "\\" + String(repeating: "#", count: hashes)
        skip(quotes.count)
        while position < source.count, !at(end) {
            if at(escape + "(") {
                skip(escape.count + 1)
                scanCode(untilParenthesis: true)
                skip(1)
            } else if at(escape) {
                skip(escape.count + 1)
            } else {
                skip(1)
            }
        }
        skip(end.count)
    }

    private func startsRawString() -> Bool {
        var next = position
        while next < source.count, source[next] == "#" { next += 1 }
        return next < source.count && source[next] == "\""
    }

    private func at(_ text: String) -> Bool {
        position + text.count <= source.count && text.elementsEqual(source[position..<position + text.count])
    }

    private mutating func blank(while condition: (SwiftText) -> Bool) {
        while position < source.count, condition(self) { skip(1) }
    }

    /// Passes over characters, keeping the line structure.
    private mutating func skip(_ count: Int) {
        for _ in 0..<count where position < source.count {
            code.append(source[position] == "\n" ? "\n" : " ")
            position += 1
        }
    }
}

extension SwiftText {
    /// A function, initialiser, subscript or computed property.
    struct Function: Equatable {
        /// The line of its opening brace, from 1.
        let line: Int
        /// From its opening to its closing brace.
        let lineCount: Int
    }

    /// Every function with a body, by its braces: what stands before the opening brace says what it is.
    func functions() -> [Function] {
        var found: [Function] = []
        var open: [(line: Int, isFunction: Bool)] = []
        var header = ""
        var line = 1
        for character in code {
            switch character {
            case "{":
                open.append((line, Self.isFunction(header)))
                header = ""
            case "}":
                if let start = open.popLast(), start.isFunction {
                    found.append(Function(line: start.line, lineCount: line - start.line + 1))
                }
                header = ""
            case "\n":
                line += 1
                header.append(" ")
            default:
                header.append(character)
            }
        }
        return found
    }

    private static func isFunction(_ header: String) -> Bool {
        let words = header.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        return words.contains { ["func", "init", "deinit", "subscript", "var", "get", "set"].contains($0) }
    }
}
