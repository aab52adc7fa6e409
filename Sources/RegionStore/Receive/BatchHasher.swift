import Integrity
public import Replication

/// Hashes batches: hands libcrypto to the core, which imports nothing.
///
/// Lines of a large batch are hashed on a thread of their own, so that whoever writes or reads the batch does not wait
/// for it. A hasher that has got leaves must not be copied.
public struct BatchHasher: LineHasher {
    private var tree = MerkleTree()
    private let sha256 = HashFunction(.sha256)
    private var waiting = Leaves()
    private var lane: HashLane?

    /// A SHA-256 tree without leaves.
    public init() {}

    public mutating func begin(_ algorithm: DigestAlgorithm) -> Bool {
        guard algorithm.function.isAvailable else { return false }
        tree = MerkleTree(algorithm.function)
        waiting = Leaves()
        lane = nil
        return true
    }

    public mutating func leaf(_ line: UnsafeRawBufferPointer) {
        // A build that bashu-bench compares with, to say what the chain costs: its roots say nothing.
        #if !UNCHAINED
            waiting.append(line)
            if waiting.isFull { handOver() }
        #endif
    }

    public mutating func leaf(digest: [UInt8]) {
        waiting.append(digest: digest)
        if waiting.isFull { handOver() }
    }

    public mutating func root() -> [UInt8] {
        if lane != nil { handOver() }
        if let lane {
            tree = lane.finish()
            self.lane = nil
        }
        waiting.add(to: &tree)
        waiting = Leaves()
        return tree.root.bytes
    }

    public mutating func digest16(_ bytes: UnsafeRawBufferPointer) -> Digest16 {
        let words = sha256.digest(bytes).first16
        return Digest16(high: words.high, low: words.low)
    }

    private mutating func handOver() {
        let lane = lane ?? HashLane(tree)
        self.lane = lane
        lane.add(waiting)
        waiting = Leaves()
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
