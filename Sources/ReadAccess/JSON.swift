internal import FoundationEssentials

/// A value of an answer, taken apart for the page. Members of objects are in the order of their names.
indirect enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    /// Reads JSON as PostgreSQL writes it.
    init(_ text: String) throws {
        self = try JSONDecoder().decode(Decoded.self, from: Data(text.utf8)).value
    }

    /// A member of an object; nil for every other value, and for null.
    subscript(_ name: String) -> JSON? {
        guard case .object(let members) = self, let value = members[name], value != .null else { return nil }
        return value
    }

    /// What people read: the text, or the digits.
    var string: String? {
        switch self {
        case .text(let text): text
        case .number(let digits): digits
        case .bool(let bool): bool ? "true" : "false"
        case .null, .list, .object: nil
        }
    }

    var list: [JSON] {
        if case .list(let items) = self { return items }
        return []
    }

    var isTrue: Bool { self == .bool(true) }

    /// The value as JSON without spaces.
    var compact: String {
        switch self {
        case .null: "null"
        case .bool(let bool): bool ? "true" : "false"
        case .number(let digits): digits
        case .text(let text): Self.quoted(text)
        case .list(let items): "[" + items.map(\.compact).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.sorted { $0.key < $1.key }.map { Self.quoted($0.key) + ":" + $0.value.compact }
                .joined(separator: ",") + "}"
        }
    }

    /// A string literal of JSON.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private struct Decoded: Decodable {
        let value: JSON

        init(from decoder: any Decoder) throws {
            let one = try decoder.singleValueContainer()
            if one.decodeNil() {
                value = .null
            } else if let bool = try? one.decode(Bool.self) {
                value = .bool(bool)
            } else if let text = try? one.decode(String.self) {
                value = .text(text)
            } else if let whole = try? one.decode(Int64.self) {
                value = .number("\(whole)")
            } else if let real = try? one.decode(Double.self) {
                value = .number("\(real)")
            } else if let list = try? one.decode([Decoded].self) {
                value = .list(list.map(\.value))
            } else {
                value = .object(try one.decode([String: Decoded].self).mapValues(\.value))
            }
        }
    }
}
