import Integrity
public import Replication

/// Hashes batches: hands libcrypto to the core, which imports nothing.
public struct BatchHasher: LineHasher {
    private var tree = MerkleTree()
    private let sha256 = HashFunction(.sha256)

    /// A SHA-256 tree without leaves.
    public init() {}

    public mutating func begin(_ algorithm: DigestAlgorithm) -> Bool {
        guard algorithm.function.isAvailable else { return false }
        tree = MerkleTree(algorithm.function)
        return true
    }

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

extension DigestAlgorithm {
    /// The hash function of that name.
    var function: HashFunction.Algorithm {
        switch self {
        case .sha256: .sha256
        case .sm3: .sm3
        }
    }

    /// What this machine can read and write.
    static let available = allCases.filter(\.function.isAvailable)
}
