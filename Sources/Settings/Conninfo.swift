/// What can be told of a libpq connection string without connecting.
public enum Conninfo {
    /// Whether a connection string or URI carries a password (`password`, `sslpassword`, or `user:secret@`).
    ///
    /// Errs on the safe side: text that libpq would refuse is searched all the same.
    public static func containsPassword(_ text: String) -> Bool {
        let secrets: Set<String> = ["password", "sslpassword"]
        if let rest = uriRest(text) {
            let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            if let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":"),
                authority.index(after: colon) != at
            {
                return true
            }
            // A slash in a password ends the authority early; an at sign after it shows that.
            if let at = rest.firstIndex(of: "@"), rest[..<at].contains(":"), !authority.contains("@"),
                !rest[..<at].contains("?")
            {
                return true
            }
            guard let question = rest.firstIndex(of: "?") else { return false }
            return rest[rest.index(after: question)...].split(separator: "&").contains { pair in
                secrets.contains(decoded(pair.prefix { $0 != "=" }).lowercased())
            }
        }
        return keywords(text).contains { secrets.contains($0.lowercased()) }
    }

    /// What follows `postgresql://` or `postgres://`; nil when the text is not a URI.
    private static func uriRest(_ text: String) -> Substring? {
        for scheme in ["postgresql://", "postgres://"] where text.hasPrefix(scheme) {
            return text.dropFirst(scheme.count)
        }
        return nil
    }

    /// The keywords of a `keyword = 'value'` string, quoted values skipped.
    private static func keywords(_ text: String) -> [String] {
        var found: [String] = []
        var rest = Substring(text)
        while true {
            rest = rest.drop { $0.isWhitespace }
            guard !rest.isEmpty else { return found }
            let word = rest.prefix { $0 != "=" && !$0.isWhitespace }
            rest = rest[word.endIndex...].drop { $0.isWhitespace }
            guard rest.first == "=" else { continue }
            found.append(String(word))
            rest = rest.dropFirst().drop { $0.isWhitespace }
            skipValue(&rest)
        }
    }

    private static func skipValue(_ rest: inout Substring) {
        let quoted = rest.first == "'"
        if quoted { rest = rest.dropFirst() }
        while let character = rest.first {
            rest = rest.dropFirst()
            if character == "\\" {
                rest = rest.dropFirst()
            } else if quoted ? character == "'" : character.isWhitespace {
                return
            }
        }
    }

    /// Text with `%41` escapes resolved; bytes above ASCII stay as they are, no keyword has any.
    private static func decoded(_ text: Substring) -> String {
        var result = ""
        var rest = text
        while let character = rest.first {
            if character == "%", rest.count >= 3, let code = UInt8(rest.dropFirst().prefix(2), radix: 16) {
                result.unicodeScalars.append(Unicode.Scalar(code))
                rest = rest.dropFirst(3)
            } else {
                result.append(character)
                rest = rest.dropFirst()
            }
        }
        return result
    }
}
