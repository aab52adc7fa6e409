/// Lower-case hexadecimal, the only spelling that a batch uses: one value has one text.
public enum Hex {
    /// Two digits for every byte.
    public static func text(_ bytes: some Sequence<UInt8>) -> String {
        var digits: [UInt8] = []
        append(bytes, to: &digits)
        return String(decoding: digits, as: UTF8.self)
    }

    /// Appends two digits for every byte.
    public static func append(_ bytes: some Sequence<UInt8>, to output: inout [UInt8]) {
        for byte in bytes {
            output.append(digit(byte >> 4))
            output.append(digit(byte & 0x0f))
        }
    }

    /// The bytes that lower-case digits stand for; nil for an odd count or any other character.
    public static func bytes(_ digits: UnsafeRawBufferPointer) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let first = value(digits[index]), let second = value(digits[index + 1]) else { return nil }
            result.append(first << 4 | second)
        }
        return result
    }

    /// The bytes that lower-case digits stand for; nil for an odd count or any other character.
    public static func bytes(_ digits: String) -> [UInt8]? {
        var text = digits
        return text.withUTF8 { bytes(UnsafeRawBufferPointer($0)) }
    }

    /// The 64-bit number that 16 digits starting at `start` stand for.
    static func word(_ digits: UnsafeRawBufferPointer, at start: Int) -> UInt64? {
        var result: UInt64 = 0
        var all: UInt8 = 0
        for index in start..<start + 16 {
            let digit = values[Int(digits[index])]
            all |= digit
            result = result << 4 | UInt64(digit & 0x0f)
        }
        return all & 0xf0 == 0 ? result : nil
    }

    /// The value of every character; 255 for one that is no digit. A line has sixty-four of them.
    private static let values: [UInt8] = (0...255).map { value($0) ?? 255 }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x61 + value - 10
    }
}
