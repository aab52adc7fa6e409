/// The hash functions that a batch needs. The core imports no cryptography: the program supplies it.
public protocol LineHasher {
    /// Begins a tree without leaves; false when this machine lacks the algorithm.
    mutating func begin(_ algorithm: DigestAlgorithm) -> Bool

    /// Adds one line (without its line end) as the next leaf of the tree.
    mutating func leaf(_ line: UnsafeRawBufferPointer)

    /// Adds the next leaf of the tree by its digest, 32 bytes: the line itself is gone.
    mutating func leaf(digest: [UInt8])

    /// The 32 bytes of the tree's root over the leaves so far.
    mutating func root() -> [UInt8]

    /// The first 16 bytes of the SHA-256 digest of `bytes`, whatever the tree is made with. Names shapes.
    mutating func digest16(_ bytes: UnsafeRawBufferPointer) -> Digest16
}
