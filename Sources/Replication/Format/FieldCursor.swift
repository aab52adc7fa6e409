/// Walks over the fields of one line and checks that they are written as COPY writes them.
struct FieldCursor {
    let bytes: UnsafeRawBufferPointer
    /// The line's number, for errors.
    let line: Int
    /// Where the next field starts; beyond the end once the last field was taken.
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer, line: Int) {
        self.bytes = bytes
        self.line = line
    }

    /// Whether every field has been taken.
    var isAtEnd: Bool { position > bytes.count }

    /// The next field, still escaped.
    mutating func next() throws(FormatError) -> Range<Int> {
        guard position <= bytes.count else { throw fault(.fieldCount, "too few fields") }
        let start = position
        var index = start
        while true {
            index = ByteScan.firstSpecial(in: bytes, from: index)
            if index == bytes.count {
                position = index + 1
                return start..<index
            }
            let byte = bytes[index]
            if byte == CopyText.tab {
                position = index + 1
                return start..<index
            }
            try checkSpecial(byte, at: index, fieldStart: start)
            index += byte == CopyText.backslash ? 2 : 1
        }
    }

    /// COPY escapes these seven characters, always; no other sequence is ever written by it. A backslash before a
    /// tab or a line end would join two fields or two lines on the way into a table.
    private func checkSpecial(_ byte: UInt8, at index: Int, fieldStart: Int) throws(FormatError) {
        if byte == CopyText.backslash {
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            switch next {
            case 0x5c, 0x62, 0x66, 0x6e, 0x72, 0x74, 0x76:
                return
            case 0x4e where index == fieldStart:
                let after = index + 2
                if after == bytes.count || bytes[after] == CopyText.tab { return }
                throw fault(.badEscape, "NULL inside a value")
            default:
                throw fault(.badEscape, "a backslash sequence that COPY does not write")
            }
        }
        if byte == 0 || CopyText.letter(for: byte) != nil {
            throw fault(.badEscape, "an unescaped control character")
        }
    }

    /// Takes `count` fields and gives the range from the first to the last, tabs between them included.
    mutating func skip(_ count: Int) throws(FormatError) -> Range<Int> {
        let start = position
        var end = start
        for _ in 0..<count { end = try next().upperBound }
        return start..<end
    }

    /// Fails unless every field has been taken.
    func finish() throws(FormatError) {
        guard isAtEnd else { throw fault(.fieldCount, "too many fields") }
    }

    /// The next field as text, not NULL.
    mutating func text(_ name: String) throws(FormatError) -> String {
        let field = slice(try next())
        guard let text = CopyText.string(field) else { throw fault(.badField, "\(name) is NULL") }
        return text
    }

    /// The next field as a number from 0, written without sign and leading zeros.
    mutating func number(_ name: String, max: Int64 = .max) throws(FormatError) -> Int64 {
        let field = slice(try next())
        guard let number = FieldCursor.number(field), number <= max else {
            throw fault(.badField, "\(name) is not a number in range")
        }
        return number
    }

    /// The bytes of a range of the line.
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    func fault(_ reason: FormatError.Reason, _ detail: String) -> FormatError {
        FormatError(line: line, reason: reason, detail: detail)
    }

    /// The number that digits stand for; nil for a sign, a leading zero, an empty text or too many digits.
    static func number(_ digits: UnsafeRawBufferPointer) -> Int64? {
        guard !digits.isEmpty, digits.count <= 19, digits.count == 1 || digits[0] != 0x30 else { return nil }
        var result: Int64 = 0
        for byte in digits {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            let (sum, overflowSum) = product.addingReportingOverflow(Int64(byte - 0x30))
            if overflow || overflowSum { return nil }
            result = sum
        }
        return result
    }
}
