/// Finds the line of a key in a file that is known to be valid TOML, for messages: the parser does not tell.
///
/// It understands `[section]` headers, `key = …` and `section.key = …`; a key written in any other way is
/// reported without a line.
struct TOMLLines {
    private var lines: [String: Int] = [:]

    init(_ text: String) {
        var section = ""
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let bare = line.drop { $0 == " " || $0 == "\t" }
            if bare.first == "[" {
                section = String(bare.dropFirst().prefix { $0 != "]" }).filter { $0 != " " && $0 != "\"" }
                note(section, index + 1)
            } else if let equals = bare.firstIndex(of: "="), bare.first != "#" {
                let key = bare[..<equals].filter { $0 != " " && $0 != "\t" && $0 != "\"" }
                note(section.isEmpty ? String(key) : "\(section).\(key)", index + 1)
                if section.isEmpty, let first = key.split(separator: ".").first { note(String(first), index + 1) }
            }
        }
    }

    private mutating func note(_ key: String, _ line: Int) {
        if lines[key] == nil { lines[key] = line }
    }

    func line(of key: String, in section: String?) -> Int? {
        lines[section.map { "\($0).\(key)" } ?? key]
    }
}
