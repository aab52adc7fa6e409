internal import Integrity
internal import Replication

extension BatchHasher {
    /// The name of a shape, by its line.
    static func digest16(_ line: [UInt8]) -> Digest16 {
        var hasher = BatchHasher()
        return line.withUnsafeBytes { hasher.digest16($0) }
    }

    /// The digest of a key text.
    static func digest16(key: String) -> Digest16 {
        digest16(Array(key.utf8))
    }
}

/// Sixteen random bytes for each change, fetched some hundreds at a time.
struct NonceSource {
    private var bytes: [UInt8] = []
    private var used = 0

    private static let poolBytes = 8_192

    mutating func next() -> Digest16 {
        if used + 16 > bytes.count {
            bytes = randomBytes(Self.poolBytes)
            used = 0
        }
        defer { used += 16 }
        return bytes.withUnsafeBytes {
            Digest16(
                high: $0.loadUnaligned(fromByteOffset: used, as: UInt64.self),
                low: $0.loadUnaligned(fromByteOffset: used + 8, as: UInt64.self))
        }
    }
}
