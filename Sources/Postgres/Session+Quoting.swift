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
        return "E'" + doubled(doubled(text, "\\"), "'") + "'"
    }

    private static func quoted(_ text: String, by quote: Unicode.Scalar) -> String {
        "\(quote)\(doubled(text, quote))\(quote)"
    }

    /// By scalars, not characters: a quote followed by a combining mark is another Character, but still a quote.
    private static func doubled(_ text: String, _ special: Unicode.Scalar) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == special { scalars.append(special) }
            scalars.append(scalar)
        }
        return String(scalars)
    }
}
