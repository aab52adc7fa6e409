/// A JSON document with its keys in the order in which they were given, so that output is stable.
public indirect enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number given in thousandths: 1500 is `1.500`.
    case thousandths(Int64)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A key and its value.
    public struct Member: Sendable, Equatable {
        let key: String
        let value: JSONValue
    }

    /// The version of everything that `-o json` prints; raised when a field changes its meaning or goes away.
    public static let outputVersion: Int64 = 1

    /// The document of a command: `{"version": 1, "kind": KIND, …}`.
    public static func envelope(_ kind: String, _ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        let head = [
            Member(key: "version", value: .integer(outputVersion)), Member(key: "kind", value: .string(kind)),
        ]
        return .object(head + members.map { Member(key: $0.key, value: $0.value) })
    }

    /// A string, or null.
    public init(_ text: String?) { self = text.map { .string($0) } ?? .null }
    /// A number, or null.
    public init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }

    /// The text: two spaces for each level, one member a line, as people read and `diff` compares it.
    public var text: String {
        var result = ""
        write(to: &result, indent: 0)
        return result
    }

    /// The text in one line.
    public var line: String {
        switch self {
        case .array(let values): "[" + values.map(\.line).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0.key) + ":" + $0.value.line }.joined(separator: ",") + "}"
        default: scalar
        }
    }

    private func write(to result: inout String, indent: Int) {
        let inner = String(repeating: " ", count: indent + 2)
        let outer = String(repeating: " ", count: indent)
        switch self {
        case .array(let values) where !values.isEmpty:
            result += "[\n"
            for (index, value) in values.enumerated() {
                result += inner
                value.write(to: &result, indent: indent + 2)
                result += index < values.count - 1 ? ",\n" : "\n"
            }
            result += outer + "]"
        case .object(let members) where !members.isEmpty:
            result += "{\n"
            for (index, member) in members.enumerated() {
                result += inner + Self.quoted(member.key) + ": "
                member.value.write(to: &result, indent: indent + 2)
                result += index < members.count - 1 ? ",\n" : "\n"
            }
            result += outer + "}"
        default: result += line
        }
    }

    private var scalar: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        case .thousandths(let value): Self.decimal(value)
        case .string(let value): Self.quoted(value)
        case .array, .object: line
        }
    }

    private static func decimal(_ thousandths: Int64) -> String {
        let sign = thousandths < 0 ? "-" : ""
        let fraction = "\(thousandths.magnitude % 1_000 + 1_000)".dropFirst()
        return "\(sign)\(thousandths.magnitude / 1_000).\(fraction)"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1f}", "\u{7f}", "\u{2028}", "\u{2029}":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(nilLiteral: ()) { self = .null }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member(key: $0.0, value: $0.1) })
    }
}
