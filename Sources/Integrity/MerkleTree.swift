/// The tree hash of RFC 6962, section 2.1, over leaves that come one after the other.
///
/// Keeps one digest for every complete subtree on the right edge: memory grows with the logarithm of the leaves.
/// A copy continues on its own, but copies share a hash context: use all of them on one thread.
public struct MerkleTree {
    private let hash: HashFunction
    /// Roots of complete subtrees, largest first: one for every bit that is set in `count`.
    private var edge: [Digest32] = []

    /// Leaves so far.
    public private(set) var count: UInt64 = 0

    /// A tree without leaves.
    public init(_ algorithm: HashFunction.Algorithm = .sha256) {
        hash = HashFunction(algorithm)
    }

    /// A tree that shares a hash function, which nothing else uses meanwhile.
    init(_ hash: HashFunction) {
        self.hash = hash
    }

    /// Adds the next leaf.
    public mutating func append(_ leaf: UnsafeRawBufferPointer) {
        append(digest: Self.leafDigest(leaf, with: hash))
    }

    /// The digest of a leaf.
    public static func leafDigest(_ leaf: UnsafeRawBufferPointer, with hash: HashFunction) -> Digest32 {
        hash.update(0x00)
        hash.update(leaf)
        return hash.finish()
    }

    /// Adds the next leaf by its digest: the leaf itself is not there any more.
    public mutating func append(digest: Digest32) {
        var node = digest
        // As in adding one to a binary number: equal subtrees merge and carry.
        var bits = count
        while bits & 1 == 1 {
            node = Self.parent(edge.removeLast(), node, hash)
            bits >>= 1
        }
        edge.append(node)
        count += 1
    }

    /// Adds the next leaf.
    public mutating func append(_ leaf: [UInt8]) {
        leaf.withUnsafeBytes { append($0) }
    }

    /// The root over the leaves so far; that of no leaves is the digest of no bytes.
    public var root: Digest32 {
        guard var node = edge.last else { return hash.finish() }
        for left in edge.dropLast().reversed() { node = Self.parent(left, node, hash) }
        return node
    }

    /// The digest of a node.
    static func parent(_ left: Digest32, _ right: Digest32, _ hash: HashFunction) -> Digest32 {
        // In one piece: every call of libcrypto has a cost of its own.
        withUnsafeTemporaryAllocation(byteCount: 65, alignment: 8) { node in
            node[0] = 0x01
            node.storeBytes(of: left.words, toByteOffset: 1, as: SIMD4<UInt64>.self)
            node.storeBytes(of: right.words, toByteOffset: 33, as: SIMD4<UInt64>.self)
            hash.update(UnsafeRawBufferPointer(node))
        }
        return hash.finish()
    }
}
