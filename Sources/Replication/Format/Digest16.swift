/// Sixteen bytes: a shortened digest (of a shape, of a key) or a nonce. Compared and ordered bytewise.
public struct Digest16: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Bytes 0 to 7, big-endian.
    public let high: UInt64
    /// Bytes 8 to 15, big-endian.
    public let low: UInt64

    /// The sixteen bytes of two big-endian words.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The first sixteen of these bytes; nil when there are fewer.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count >= 16 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in bytes.prefix(16).enumerated() {
            if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
        }
        self.init(high: high, low: low)
    }

    /// The sixteen bytes named by 32 lower-case hexadecimal digits; nil for anything else.
    public init?(hex: UnsafeRawBufferPointer) {
        guard hex.count == 32, let high = Hex.word(hex, at: 0), let low = Hex.word(hex, at: 16) else { return nil }
        self.init(high: high, low: low)
    }

    /// The sixteen bytes named by 32 lower-case hexadecimal digits; nil for anything else.
    public init?(hex: String) {
        var text = hex
        guard let digest = text.withUTF8({ Digest16(hex: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = digest
    }

    /// The sixteen bytes.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(16)
        for shift in stride(from: 56, through: 0, by: -8) { result.append(UInt8(truncatingIfNeeded: high >> shift)) }
        for shift in stride(from: 56, through: 0, by: -8) { result.append(UInt8(truncatingIfNeeded: low >> shift)) }
        return result
    }

    /// 32 lower-case hexadecimal digits.
    public var hex: String { Hex.text(bytes) }

    public var description: String { hex }

    public static func < (left: Digest16, right: Digest16) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}
