import Postgres

/// PostgreSQL's text form of a one-dimensional array: `{a,"b c",NULL}`.
enum TextArray {
    /// The elements, NULL as nil; nil when `text` is no such array.
    static func parse(_ text: String) -> [String?]? {
        var reader = Reader(bytes: Array(text.utf8))
        return reader.array()
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func array() -> [String?]? {
            guard take("{") else { return nil }
            if take("}") { return position == bytes.count ? [] : nil }
            var elements: [String?] = []
            repeat {
                guard let element = element() else { return nil }
                elements.append(element)
            } while take(",")
            return take("}") && position == bytes.count ? elements : nil
        }

        /// Outer nil: not an element.
        private mutating func element() -> String?? {
            let isQuoted = take("\"")
            var content: [UInt8] = []
            while position < bytes.count {
                let byte = bytes[position]
                switch byte {
                case UInt8(ascii: "\\"):
                    guard position + 1 < bytes.count else { return nil }
                    content.append(bytes[position + 1])
                    position += 2
                    continue
                case UInt8(ascii: "\"") where isQuoted:
                    position += 1
                    return .some(String(decoding: content, as: UTF8.self))
                case UInt8(ascii: ",") where !isQuoted, UInt8(ascii: "}") where !isQuoted:
                    guard !content.isEmpty else { return nil }
                    let word = String(decoding: content, as: UTF8.self)
                    return .some(word == "NULL" ? nil : word)
                case UInt8(ascii: "{") where !isQuoted, UInt8(ascii: "\"") where !isQuoted:
                    return nil
                default:
                    content.append(byte)
                }
                position += 1
            }
            return nil
        }

        private mutating func take(_ character: Character) -> Bool {
            guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
            position += 1
            return true
        }
    }
}

extension Row {
    /// The texts in a `text[]`. Throws `protocolViolation` for NULL, for NULL elements and for no array.
    func texts(_ name: String) throws -> [String] {
        guard let elements = TextArray.parse(try text(name)) else { throw notTexts(name) }
        return try elements.map { element in
            guard let element else { throw notTexts(name) }
            return element
        }
    }

    private func notTexts(_ name: String) -> PostgresError {
        PostgresError(.protocolViolation, "column \"\(name)\" does not hold an array of texts")
    }
}
