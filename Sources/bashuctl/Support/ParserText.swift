import ArgumentParser
import Console
import Reasons

/// What the parser of command lines prints, in the user's language. The parser itself speaks English only.
struct ParserText {
    let language: Language

    /// Where the parser puts the second column.
    private static let margin = 26

    /// A page of help, or an error with its hint. Anything else, such as a script for a shell, stays as it is.
    func callAsFunction(_ text: String) -> String {
        guard language != .english, text.hasPrefix("Error: ") || text.contains("USAGE: ") else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }
            .joined(separator: "\n")
    }

    private func line(_ line: String) -> String {
        let indent = String(line.prefix { $0 == " " })
        let text = String(line.dropFirst(indent.count))
        // A label and what it means; examples in the prose have no second column.
        if indent == "  ", let row = text.wholeMatch(of: /(\S+(?: \S+)*?)  +(\S.*)/) {
            let label = indent + named(String(row.1))
            let gap = max(2, Self.margin - label.displayWidth)
            return label + String(repeating: " ", count: gap) + meaning(String(row.2))
        }
        if indent == "  ", text.hasPrefix("-") || text.hasPrefix("<") { return indent + named(text) }
        return indent + sentence(meaning(text))
    }

    private func meaning(_ text: String) -> String {
        guard let found = text.firstMatch(of: /^(.*?) ?\(default: (.*)\)$/) else { return sentence(text) }
        let (words, value) = (sentence(String(found.1)), String(found.2))
        return words.contains(value + "）") ? words : words + "（默认：\(value)）"
    }

    private func sentence(_ text: String) -> String {
        guard let found = ReasonBook.reason(text, among: ParserMessage.allCases),
            let message = ParserMessage.allCases.first(where: { $0.code == found.code })
        else { return text }
        return message.bilingual.text(language) { name in
            found.values[name].map { value in
                switch name {
                case "rest": message == .overview || message == .error_line ? sentence(value) : named(value)
                case "name", "names", "command", "suggestion": named(value)
                default: value
                }
            }
        }
    }

    /// Placeholders such as `<name>` and `NAME` in the user's language.
    private func named(_ text: String) -> String {
        text.replacing(/<([a-z-]+)>|\b[A-Z]{3,}\b/) { match in
            let word = match.1.map(String.init) ?? String(match.0)
            guard let chinese = ParserMessage.placeholders[word.uppercased()] else { return String(match.0) }
            return match.1 == nil ? chinese : "<\(chinese)>"
        }
    }
}
