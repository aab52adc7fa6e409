import Foundation
import Testing

/// Rules of this code base that no compiler checks.
@Suite struct TidyTests {
    static let linesPerFileMax = 400
    static let linesPerFunctionMax = 60
    static let charactersPerLineMax = 120

    @Test func filesAreShort() throws {
        for file in try Repository.swiftFiles() + Repository.files("Schemas", ["sql", "c", "h"]) {
            #expect(file.lines.count - 1 <= Self.linesPerFileMax, "\(file): \(file.lines.count - 1) lines")
        }
    }

    @Test func linesAreShort() throws {
        let files = try Repository.swiftFiles() + Repository.files("Schemas", ["sql", "c", "h"])
        for file in files {
            // A command of psql can not be broken.
            for (index, line) in file.lines.enumerated()
            where line.count > Self.charactersPerLineMax && !line.hasPrefix("\\") {
                Issue.record("\(file):\(index + 1): \(line.count) characters")
            }
        }
    }

    @Test func linesEndCleanly() throws {
        for file in try Repository.swiftFiles() + Repository.files("Schemas", ["sql", "c", "h"]) {
            for (index, line) in file.lines.enumerated() where line.last == " " || line.contains("\t") {
                Issue.record("\(file):\(index + 1): a tab, or space at the end")
            }
            #expect(file.text.isEmpty || file.text.hasSuffix("\n"), "\(file): no line end at its end")
        }
    }

    @Test func functionsAreShort() throws {
        for file in try Repository.swiftFiles() {
            for function in SwiftText(file.text).functions() where function.lineCount > Self.linesPerFunctionMax {
                Issue.record("\(file):\(function.line): a function of \(function.lineCount) lines")
            }
        }
    }

    /// Unfinished work, and ways to stop or block the program that no daemon should have.
    @Test func sourcesAreFreeOfBannedWords() throws {
        for file in try Repository.files("Sources", ["swift", "h"]) + Repository.files("Schemas", ["sql", "c", "h"]) {
            for word in ["TO" + "DO", "FIX" + "ME", "XX" + "X"] {
                #expect(!file.text.contains(word), "\(file): \(word)")
            }
        }
        for file in try Repository.files("Sources", ["swift"]) {
            let code = String(SwiftText(file.text).code)
            for pattern in [#"\btry!"#, #"\bas!"#, #"\bfatalError\b"#, #"\bTask\.detached\b"#, #"(?<!\.)\bu?sleep\("#] {
                let found = code.range(of: pattern, options: .regularExpression)
                #expect(found == nil, "\(file): \(found.map { code[$0] } ?? "")")
            }
        }
    }

    /// A test waits for what it expects (`eventually`), not for a time.
    @Test func testsDoNotSleep() throws {
        for file in try Repository.files("Tests", ["swift"]) where !file.path.hasPrefix("Tests/TestCluster/") {
            let code = String(SwiftText(file.text).code)
            let found = code.range(of: #"\b(u?sleep\(|sleep\(for:|sleep\(nanoseconds:)"#, options: .regularExpression)
            let isDeadline = found.map { code[$0.lowerBound...].hasPrefix("sleep(until:") } ?? true
            #expect(isDeadline, "\(file)")
        }
    }

    @Test func everySchemaFileIsInTheBinary() throws {
        let list = try String(contentsOf: Repository.root.appendingPathComponent("Schemas/CSchemas.c"), encoding: .utf8)
        // Deeper folders hold samples and the like, which only people run.
        let files = try Repository.files("Schemas", ["sql"]).filter { $0.path.split(separator: "/").count == 3 }
        #expect(!files.isEmpty)
        for file in files {
            let name = file.path.dropFirst("Schemas/".count)
            if !list.contains("#embed \"\(name)\"") { Issue.record("\(file) is not embedded") }
            if !list.contains("{\"\(name)\",") { Issue.record("\(file) is not in the list") }
        }
    }

    @Test func theTopLevelIsFixed() throws {
        guard let names = try Repository.trackedTopLevel() else { return }
        let visible = names.filter { !$0.hasPrefix(".") }
        #expect(visible == ["Package.swift", "Sources", "Tests", "Deploy", "Schemas", "README.md"])
    }
}
