/// Makes proofs for some leaves of a tree whose leaves come one after the other.
///
/// Keeps no leaves: memory grows with the logarithm of their number and with the proofs.
public struct MerkleProver {
    /// A complete subtree on the right edge, and the leaves to be proven that are below it.
    private struct Subtree {
        var root: Digest32
        var wanted: [Int]
    }

    private let hash: HashFunction
    private var edge: [Subtree] = []
    private var places: [UInt64] = []
    private var paths: [[Digest32]] = []

    /// Leaves so far.
    public private(set) var count: UInt64 = 0

    /// A tree without leaves.
    public init(_ algorithm: HashFunction.Algorithm) {
        hash = HashFunction(algorithm)
    }

    /// Adds the next leaf by its digest; one that `isWanted` gets a proof, in the order of the leaves.
    public mutating func append(digest: Digest32, isWanted: Bool = false) {
        var node = Subtree(root: digest, wanted: [])
        if isWanted {
            node.wanted = [paths.count]
            places.append(count)
            paths.append([])
        }
        var bits = count
        while bits & 1 == 1 {
            node = join(edge.removeLast(), node)
            bits >>= 1
        }
        edge.append(node)
        count += 1
    }

    /// Adds the next leaf; one that `isWanted` gets a proof.
    public mutating func append(_ leaf: UnsafeRawBufferPointer, isWanted: Bool = false) {
        append(digest: MerkleTree.leafDigest(leaf, with: hash), isWanted: isWanted)
    }

    /// The root over all leaves, and the proofs of those that were wanted; nil without leaves.
    public mutating func finish() -> (root: Digest32, proofs: [MerkleProof])? {
        guard var node = edge.popLast() else { return nil }
        while let left = edge.popLast() { node = join(left, node) }
        edge = [node]
        return (node.root, zip(places, paths).map { MerkleProof(index: $0, count: count, path: $1) })
    }

    private mutating func join(_ left: Subtree, _ right: Subtree) -> Subtree {
        for proof in left.wanted { paths[proof].append(right.root) }
        for proof in right.wanted { paths[proof].append(left.root) }
        return Subtree(root: MerkleTree.parent(left.root, right.root, hash), wanted: left.wanted + right.wanted)
    }
}
