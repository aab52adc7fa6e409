/// The 32 bytes of a digest, without an allocation.
public struct Digest32: Hashable, Sendable, CustomStringConvertible {
    /// Bytes of a digest.
    public static let byteCount = 32

    /// The bytes as they lie in memory.
    var words = SIMD4<UInt64>(repeating: 0)

    init() {}

    /// These 32 bytes; nil for any other count.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Digest32.byteCount else { return nil }
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    }

    /// The bytes in their order.
    public var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }

    /// The first sixteen bytes as two big-endian words.
    public var first16: (high: UInt64, low: UInt64) { (UInt64(bigEndian: words[0]), UInt64(bigEndian: words[1])) }

    /// 64 lower-case hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
