extension Session {
    /// A name as an SQL identifier: always in double quotes.
    public static func quoteIdentifier(_ name: String) -> String { quoted(name, by: "\"") }

    /// A table of a schema as SQL.
    public static func qualified(_ schema: String, _ table: String) -> String {
        quoteIdentifier(schema) + "." + quoteIdentifier(table)
    }

    /// A text as an SQL literal, whatever `standard_conforming_strings` says. Prefer a parameter where one can be.
    public static func quoteLiteral(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return quoted(text, by: "'") }
        let doubled = text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
        return "E" + quoted(doubled, by: "'")
    }

    private static func quoted(_ text: String, by quote: Unicode.Scalar) -> String {
        // By scalars, not characters: a quote followed by a combining mark is another Character, but still a quote.
        var scalars = String.UnicodeScalarView()
        scalars.append(quote)
        for scalar in text.unicodeScalars {
            if scalar == quote { scalars.append(quote) }
            scalars.append(scalar)
        }
        scalars.append(quote)
        return String(scalars)
    }
}
