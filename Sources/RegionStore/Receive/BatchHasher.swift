import Integrity
public import Replication

/// SHA-256 for batches: hands libcrypto to the core, which imports nothing.
public struct BatchHasher: LineHasher {
    private var tree = MerkleTree()
    private let sha256 = SHA256()

    /// A tree without leaves.
    public init() {}

    public mutating func leaf(_ line: UnsafeRawBufferPointer) {
        tree.append(line)
    }

    public mutating func leaf(digest: [UInt8]) {
        if let digest = Digest32(digest) { tree.append(digest: digest) }
    }

    public mutating func root() -> [UInt8] {
        tree.root.bytes
    }

    public mutating func digest16(_ bytes: UnsafeRawBufferPointer) -> Digest16 {
        let words = sha256.digest(bytes).first16
        return Digest16(high: words.high, low: words.low)
    }
}
