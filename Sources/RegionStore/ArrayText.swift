/// The text form of one-dimensional PostgreSQL arrays of text.
enum ArrayText {
    /// The elements of `{a,"b c",NULL}`; NULL elements become empty strings, which no caller's array holds.
    static func parse(_ text: String) throws -> [String] {
        var bytes = Array(text.utf8)[...]
        guard bytes.popFirst() == UInt8(ascii: "{"), bytes.popLast() == UInt8(ascii: "}") else {
            throw StoreError.unexpectedResult("an array was expected, not: \(text)")
        }
        var elements: [String] = []
        while !bytes.isEmpty {
            elements.append(element(&bytes))
            if bytes.first == UInt8(ascii: ",") { bytes.removeFirst() }
        }
        return elements
    }

    private static func element(_ bytes: inout ArraySlice<UInt8>) -> String {
        var value: [UInt8] = []
        guard bytes.first == UInt8(ascii: "\"") else {
            while let byte = bytes.first, byte != UInt8(ascii: ",") {
                value.append(byte)
                bytes.removeFirst()
            }
            let text = String(decoding: value, as: UTF8.self)
            return text == "NULL" ? "" : text
        }
        bytes.removeFirst()
        while let byte = bytes.popFirst(), byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\"), let escaped = bytes.popFirst() {
                value.append(escaped)
            } else {
                value.append(byte)
            }
        }
        return String(decoding: value, as: UTF8.self)
    }
}
