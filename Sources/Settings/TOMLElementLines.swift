/// Finds the lines of keys in a file with arrays of tables (`[[table]]`, `[[table.group]]`), for messages: the parser
/// does not tell them. The text is known to be valid TOML.
///
/// A place is named by its path: `table[0].group[2]`. A key written in any other way than `key = …` below its header
/// is reported with the line of the nearest thing around it.
struct TOMLElementLines {
    /// By path, then by key; `""` is the header's own line.
    private var found: [String: [String: Int]] = [:]

    init(_ text: String) {
        var counts: [String: Int] = [:]
        var path = ""
        var rest = RestOfValue()
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard rest.isEmpty else {
                rest.read(line)
                continue
            }
            let bare = line.drop { $0 == " " || $0 == "\t" }
            if bare.hasPrefix("[") {
                path = Self.header(bare, &counts)
                found[path, default: [:]][""] = index + 1
            } else if let equals = bare.firstIndex(of: "="), bare.first != "#" {
                let key = bare[..<equals].filter { $0 != " " && $0 != "\t" && $0 != "\"" }
                if found[path]?[String(key)] == nil { found[path, default: [:]][String(key)] = index + 1 }
                rest.read(bare[bare.index(after: equals)...])
            }
        }
    }

    /// The path that a header opens.
    private static func header(_ line: Substring, _ counts: inout [String: Int]) -> String {
        let isElement = line.hasPrefix("[[")
        let name = line.drop { $0 == "[" }.prefix { $0 != "]" }
        let parts = name.split(separator: ".").map { $0.filter { $0 != " " && $0 != "\"" } }
        var path = ""
        for (place, part) in parts.enumerated() {
            path += (path.isEmpty ? "" : ".") + part
            if place == parts.count - 1, isElement { counts[path, default: 0] += 1 }
            if let count = counts[path] { path += "[\(count - 1)]" }
        }
        return path
    }

    /// The lines of the keys below a header.
    func keys(of path: String) -> [String: Int] { found[path] ?? [:] }

    /// The line of a key; of what is around it where the key is not there.
    func line(of key: String, in path: String) -> Int? {
        if let line = found[path]?[key] ?? found[path.isEmpty ? "\(key)[0]" : "\(path).\(key)[0]"]?[""] {
            return line
        }
        if let line = found[path.isEmpty ? key : "\(path).\(key)"]?[""] ?? found[path]?[""] { return line }
        guard let dot = path.lastIndex(of: ".") else { return nil }
        return line(of: "", in: String(path[..<dot]))
    }
}

/// Whether a value goes on in the next line: an open bracket or a long string.
private struct RestOfValue {
    private var depth = 0
    private var quotes: String?

    var isEmpty: Bool { depth <= 0 && quotes == nil }

    mutating func read(_ line: Substring) {
        var rest = line
        while let character = rest.first {
            if let quotes {
                if rest.hasPrefix(quotes) {
                    rest = rest.dropFirst(quotes.count)
                    self.quotes = nil
                } else {
                    rest = rest.dropFirst(character == "\\" && quotes.first == "\"" ? 2 : 1)
                }
                continue
            }
            switch character {
            case "#": return
            case "[", "{": depth += 1
            case "]", "}": depth -= 1
            case "\"", "'":
                let long = String(repeating: character, count: 3)
                quotes = rest.hasPrefix(long) ? long : String(character)
                rest = rest.dropFirst((quotes?.count ?? 1) - 1)
            default: break
            }
            rest = rest.dropFirst()
        }
        // A short string ends with its line.
        if quotes?.count == 1 { quotes = nil }
    }
}
