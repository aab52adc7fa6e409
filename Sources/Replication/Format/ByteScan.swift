/// Finds bytes eight at a time. Lines of a batch are long and many; everything that reads them goes through here.
public enum ByteScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The index of the first `byte` at or after `start`; nil when there is none.
    public static func first(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let pattern = ones &* UInt64(byte)
        var index = start
        while index &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ pattern
            let hits = (word &- ones) & ~word & highs
            if hits != 0 { return index &+ hits.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < bytes.count {
            if bytes[index] == byte { return index }
            index &+= 1
        }
        return nil
    }

    /// Whether two runs of bytes are the same.
    public static func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        var index = 0
        while index &+ 8 <= left.count {
            let (a, b) = (
                left.loadUnaligned(fromByteOffset: index, as: UInt64.self),
                right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            )
            if a != b { return false }
            index &+= 8
        }
        while index < left.count {
            if left[index] != right[index] { return false }
            index &+= 1
        }
        return true
    }

    /// The index of the first control character (below 0x20) or backslash at or after `start`; `bytes.count` when
    /// there is none. The lowest hit of the word tests is exact: borrows only travel upwards.
    static func firstSpecial(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let backslashes = ones &* 0x5c
        let limits = ones &* 0x20
        var index = start
        while index &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let slash = word ^ backslashes
            let hits = ((word &- limits) & ~word | (slash &- ones) & ~slash) & highs
            if hits != 0 { return index &+ hits.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x20 || byte == 0x5c { return index }
            index &+= 1
        }
        return bytes.count
    }

    /// Whether the bytes are UTF-8.
    public static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.withMemoryRebound(to: UInt8.self) { buffer in
            (try? UTF8Span(validating: buffer.span)) != nil
        }
    }
}
