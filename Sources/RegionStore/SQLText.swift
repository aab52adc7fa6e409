/// Named statements of the embedded `statements_*.sql` files below `Schemas/`.
///
/// A statement begins after a line `-- name: NAME` and ends at the next such line. DBAs read and try the same
/// files with psql; the program only looks them up.
package enum SQLText {
    /// The statement of that name. A name that does not exist is a mistake in this program.
    package static func named(_ name: String) -> String {
        guard let text = statements[name] else {
            preconditionFailure("no statement named \(name) in Schemas/*/statements_*.sql")
        }
        return text
    }

    private static let statements: [String: String] = {
        var found: [String: String] = [:]
        for file in SchemaFiles.all where file.isStatements {
            for (name, text) in split(file.text) {
                precondition(found[name] == nil, "two statements are named \(name)")
                found[name] = text
            }
        }
        return found
    }()

    private static func split(_ text: String) -> [(String, String)] {
        let mark = "-- name: "
        var result: [(String, String)] = []
        var name: String?
        var lines: [Substring] = []
        func close() {
            if let name { result.append((name, lines.joined(separator: "\n"))) }
            lines = []
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(mark) {
                close()
                name = String(line.dropFirst(mark.count))
            } else {
                lines.append(line)
            }
        }
        close()
        return result
    }
}
