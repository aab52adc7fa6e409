/// The text format of COPY: fields separated by tabs, special characters escaped by a backslash, NULL as `\N`.
public enum CopyText {
    public static let tab: UInt8 = 0x09
    public static let newline: UInt8 = 0x0a
    static let backslash: UInt8 = 0x5c

    /// Appends a field as COPY TO writes it; nil is NULL.
    public static func append(_ value: String?, to output: inout [UInt8]) {
        guard var text = value else {
            output.append(backslash)
            output.append(0x4e)
            return
        }
        text.withUTF8 { append(UnsafeRawBufferPointer($0), to: &output) }
    }

    /// Appends a field, given as its UTF-8 bytes, as COPY TO writes it.
    public static func append(_ value: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        var start = 0
        while start < value.count {
            let stop = ByteScan.firstSpecial(in: value, from: start)
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: value[start..<stop]))
            guard stop < value.count else { return }
            let byte = value[stop]
            if let letter = letter(for: byte) {
                output.append(backslash)
                output.append(letter)
            } else {
                output.append(byte)
            }
            start = stop + 1
        }
    }

    /// A field as COPY TO writes it; nil is NULL.
    public static func escape(_ value: String?) -> [UInt8] {
        var output: [UInt8] = []
        append(value, to: &output)
        return output
    }

    /// The bytes that a field stands for; nil for NULL. Sequences that COPY never writes stand for the character
    /// after the backslash, as COPY FROM takes them.
    public static func unescape(_ field: UnsafeRawBufferPointer) -> [UInt8]? {
        if isNull(field) { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(field.count)
        var start = 0
        while start < field.count {
            let stop = ByteScan.first(backslash, in: field, from: start) ?? field.count
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: field[start..<stop]))
            guard stop < field.count else { break }
            guard stop + 1 < field.count else {
                output.append(backslash)
                break
            }
            output.append(character(for: field[stop + 1]))
            start = stop + 2
        }
        return output
    }

    /// The text that a field stands for; nil for NULL. Bytes that are not UTF-8 are replaced, so validate first.
    public static func string(_ field: UnsafeRawBufferPointer) -> String? {
        if isNull(field) { return nil }
        guard ByteScan.first(backslash, in: field, from: 0) != nil else {
            return String(decoding: field, as: UTF8.self)
        }
        return unescape(field).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The text that a field stands for; nil for NULL. Bytes that are not UTF-8 are replaced, so validate first.
    public static func string(_ field: some Collection<UInt8>) -> String? {
        let bytes = Array(field)
        return bytes.withUnsafeBytes { string($0) }
    }

    /// Whether the field is NULL.
    public static func isNull(_ field: UnsafeRawBufferPointer) -> Bool {
        field.count == 2 && field[0] == backslash && field[1] == 0x4e
    }

    /// The fields of a line without its line end, as ranges of `line`. An empty line has one empty field.
    public static func fields(_ line: UnsafeRawBufferPointer) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = 0
        while let stop = ByteScan.first(tab, in: line, from: start) {
            result.append(start..<stop)
            start = stop + 1
        }
        result.append(start..<line.count)
        return result
    }

    /// The fields of a line without its line end, unescaped.
    public static func values(_ line: UnsafeRawBufferPointer) -> [String?] {
        fields(line).map { string(UnsafeRawBufferPointer(rebasing: line[$0])) }
    }

    /// The letter after the backslash for characters that COPY escapes.
    static func letter(for byte: UInt8) -> UInt8? {
        switch byte {
        case 0x08: 0x62  // b
        case 0x09: 0x74  // t
        case 0x0a: 0x6e  // n
        case 0x0b: 0x76  // v
        case 0x0c: 0x66  // f
        case 0x0d: 0x72  // r
        case 0x5c: 0x5c
        default: nil
        }
    }

    /// The character that the letter after a backslash stands for.
    static func character(for letter: UInt8) -> UInt8 {
        switch letter {
        case 0x62: 0x08
        case 0x74: 0x09
        case 0x6e: 0x0a
        case 0x76: 0x0b
        case 0x66: 0x0c
        case 0x72: 0x0d
        default: letter
        }
    }

    /// Orders two fields by the bytes that they stand for, without unescaping them into memory.
    static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        var leftIndex = 0
        var rightIndex = 0
        while leftIndex < left.count && rightIndex < right.count {
            let leftByte = next(left, &leftIndex)
            let rightByte = next(right, &rightIndex)
            if leftByte != rightByte { return leftByte < rightByte ? -1 : 1 }
        }
        if leftIndex < left.count { return 1 }
        return rightIndex < right.count ? -1 : 0
    }

    private static func next(_ field: UnsafeRawBufferPointer, _ index: inout Int) -> UInt8 {
        let byte = field[index]
        index &+= 1
        guard byte == backslash, index < field.count else { return byte }
        index &+= 1
        return character(for: field[index &- 1])
    }
}
