/// A value for `$1`, `$2`, … of a statement.
///
/// Everything but `bytes` goes as text without a type, so that the server infers the type from the statement: write
/// `$1::bigint[]` where it can not. A text must not contain the character U+0000 (PostgreSQL has none).
public enum Parameter: Sendable, Hashable {
    /// NULL.
    case null
    /// Text of any type.
    case text(String)
    /// An integer of any width.
    case int(Int64)
    /// A boolean.
    case bool(Bool)
    /// A `bytea`, sent binary.
    case bytes([UInt8])

    /// Text, or NULL for nil.
    public static func text(_ value: String?) -> Parameter { value.map { .text($0) } ?? .null }
    /// An integer, or NULL for nil.
    public static func int(_ value: Int64?) -> Parameter { value.map { .int($0) } ?? .null }
    /// An integer.
    public static func int(_ value: Int) -> Parameter { .int(Int64(value)) }
    /// A boolean, or NULL for nil.
    public static func bool(_ value: Bool?) -> Parameter { value.map { .bool($0) } ?? .null }
    /// A `bytea`, or NULL for nil.
    public static func bytes(_ value: [UInt8]?) -> Parameter { value.map { .bytes($0) } ?? .null }
}

extension Parameter {
    /// An array of text, as an array literal.
    public static func textArray(_ values: [String]) -> Parameter {
        .text(ArrayLiteral.of(values.map { ArrayLiteral.quoted($0) }))
    }

    /// An array of text with NULLs, as an array literal.
    public static func textArray(_ values: [String?]) -> Parameter {
        .text(ArrayLiteral.of(values.map { $0.map(ArrayLiteral.quoted) ?? "NULL" }))
    }

    /// An array of integers, as an array literal.
    public static func intArray(_ values: [Int64]) -> Parameter {
        .text(ArrayLiteral.of(values.map { String($0) }))
    }

    /// An array of booleans, as an array literal.
    public static func boolArray(_ values: [Bool]) -> Parameter {
        .text(ArrayLiteral.of(values.map { $0 ? "t" : "f" }))
    }

    /// An array of `bytea`, as an array literal in hex: twice the size of the bytes.
    public static func byteaArray(_ values: [[UInt8]]) -> Parameter {
        .text(ArrayLiteral.of(values.map { "\"\\\\x\(Hex.encode($0))\"" }))
    }
}

extension Parameter: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
}

/// PostgreSQL's text form of arrays.
enum ArrayLiteral {
    static func of(_ elements: [String]) -> String {
        "{" + elements.joined(separator: ",") + "}"
    }

    /// Always quoted, so that an empty text, the word NULL, braces and commas need no thought.
    static func quoted(_ element: String) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        bytes.reserveCapacity(element.utf8.count + 2)
        for byte in element.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Bytes as hexadecimal digits.
enum Hex {
    static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes, or nil when `text` is not pairs of hexadecimal digits.
    static func decode(_ text: UnsafeRawBufferPointer.SubSequence) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var position = text.startIndex
        while position < text.endIndex {
            guard let high = value(text[position]), let low = value(text[position + 1]) else { return nil }
            bytes.append(high << 4 | low)
            position += 2
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
