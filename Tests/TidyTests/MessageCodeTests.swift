import Foundation
import Testing

/// Every line of `bashud` that an operator should see has a code, and the guide explains every code.
@Suite struct MessageCodeTests {
    private static let enumeration = "Sources/Journal/MessageCode.swift"

    /// Codes by the name of their case.
    private static func codes() throws -> [String: String] {
        let file = try #require(try Repository.files("Sources/Journal", ["swift"]).first { $0.path == enumeration })
        var codes: [String: String] = [:]
        for match in file.text.matches(of: /case (\w+) = "(BSH-[A-Z]\d{3})"/) {
            codes[String(match.1)] = String(match.2)
        }
        return codes
    }

    @Test func theGuideExplainsEveryCodeAndNoOther() throws {
        let guides = try Repository.files("Deploy/guide", ["md"])
        let guide = try #require(guides.first { $0.path == "Deploy/guide/messages.md" })
        var explained: [String] = []
        for line in guide.lines {
            guard let match = line.firstMatch(of: /^\| `(BSH-[A-Z]\d{3})` \|(.*)\|$/) else { continue }
            explained.append(String(match.1))
            let cells = match.2.split(separator: "|", omittingEmptySubsequences: false)
            let isWhole = cells.count == 3 && !cells.contains { $0.allSatisfy(\.isWhitespace) }
            #expect(isWhole, "\(match.1) lacks a column")
        }
        let codes = try Self.codes()
        #expect(!codes.isEmpty)
        #expect(Set(codes.values).count == codes.count)
        #expect(explained.sorted() == codes.values.sorted())
    }

    @Test func everyCodeIsUsed() throws {
        let sources = try Repository.files("Sources", ["swift"]).filter { $0.path != Self.enumeration }
        let text = sources.map(\.text).joined(separator: "\n")
        let words = Set(text.matches(of: /\.(\w+)/).map { String($0.1) })
        for (name, code) in try Self.codes() {
            let isUsed = words.contains(name)
            #expect(isUsed, "\(code) is used nowhere")
        }
    }

    @Test func noLineForOperatorsIsWithoutACode() throws {
        let call = /(?:logger|log)\.(?:notice|warning|error|critical)\(\s*"/
        let levelled = /(?:logger|log)\.(?:log|state)\(\s*(?:level: )?\.(?:notice|warning|error|critical),\s*"/
        for file in try Repository.files("Sources", ["swift"]) where !file.path.hasPrefix("Sources/Journal/") {
            #expect(file.text.firstMatch(of: call) == nil && file.text.firstMatch(of: levelled) == nil, "\(file)")
        }
    }
}
