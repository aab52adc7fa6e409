/// That one leaf is in a tree with a certain root, shown without the other leaves (RFC 6962, section 2.1.1).
public struct MerkleProof: Hashable, Sendable {
    /// Which leaf, from 0.
    public let index: UInt64
    /// Leaves of the tree.
    public let count: UInt64
    /// Roots of the subtrees beside the leaf's way up, from below.
    public let path: [Digest32]

    /// A proof that has come from somewhere; `root` says whether it is one.
    public init(index: UInt64, count: UInt64, path: [Digest32]) {
        self.index = index
        self.count = count
        self.path = path
    }

    /// The root of the tree that has a leaf of this digest in this place; nil when the path does not fit the place.
    /// The leaf is proven when this is the root that one trusts.
    public func root(leaf: Digest32, _ algorithm: HashFunction.Algorithm = .sha256) -> Digest32? {
        guard index < count else { return nil }
        let hash = HashFunction(algorithm)
        var (place, last) = (index, count - 1)
        var node = leaf
        for sibling in path {
            guard last > 0 else { return nil }
            if place & 1 == 1 || place == last {
                node = MerkleTree.parent(sibling, node, hash)
                // The right edge: levels at which it has nobody to its left.
                while place & 1 == 0, place > 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                node = MerkleTree.parent(node, sibling, hash)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 ? node : nil
    }
}
