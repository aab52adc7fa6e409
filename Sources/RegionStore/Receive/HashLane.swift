internal import Dispatch
internal import Integrity

/// Leaves of a tree, in order, that are to be hashed.
struct Leaves: Sendable {
    private static let bytesMax = 256 << 10

    private var bytes: [UInt8] = []
    /// Where each ends. Of one that is given by its digest, less one and negative.
    private var ends: [Int] = []

    /// Enough for a thread to be worth it.
    var isFull: Bool { bytes.count >= Self.bytesMax }

    mutating func append(_ line: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: line)
        ends.append(bytes.count)
    }

    mutating func append(digest: [UInt8]) {
        bytes.append(contentsOf: digest)
        ends.append(-bytes.count - 1)
    }

    /// Hashes them.
    func add(to tree: inout MerkleTree) {
        bytes.withUnsafeBytes { bytes in
            var start = 0
            for end in ends {
                let stop = end < 0 ? -end - 1 : end
                let leaf = UnsafeRawBufferPointer(rebasing: bytes[start..<stop])
                if end >= 0 {
                    tree.append(leaf)
                } else if let digest = Digest32(Array(leaf)) {
                    tree.append(digest: digest)
                }
                start = stop
            }
        }
    }
}

/// A thread that hashes the leaves of one tree while others are being read or written.
final class HashLane: @unchecked Sendable {
    /// So many portions may wait; whoever brings another one waits too.
    private static let depth = 24

    /// Belongs to the queue until `finish` has waited for it.
    private var tree: MerkleTree
    private let queue = DispatchQueue(label: "bashu.hash")
    private let work = DispatchGroup()
    // From 0 on: one that ends below its first value stops the program.
    private let free = DispatchSemaphore(value: 0)

    init(_ tree: MerkleTree) {
        self.tree = tree
        for _ in 0..<Self.depth { free.signal() }
    }

    /// Takes the next leaves.
    func add(_ leaves: Leaves) {
        free.wait()
        queue.async(group: work) { [self] in
            leaves.add(to: &tree)
            free.signal()
        }
    }

    /// The tree over everything that was added. The lane is of no more use.
    func finish() -> MerkleTree {
        work.wait()
        return tree
    }
}
