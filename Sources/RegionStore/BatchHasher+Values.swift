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

    /// Sixteen random bytes for a change.
    static func nonce() -> Digest16 {
        randomBytes(16).withUnsafeBytes { bytes in
            Digest16(
                high: bytes.loadUnaligned(as: UInt64.self),
                low: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }
}
