import Testing

@testable import Integrity

@Suite("Merkle tree of RFC 6962")
struct MerkleTreeTests {
    /// The leaves and roots that implementations of Certificate Transparency test with.
    static let leaves: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], Array(0x40...0x43), Array(0x50...0x57), Array(0x60...0x6f),
    ]
    static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test("Published roots")
    func publishedRoots() {
        var tree = MerkleTree()
        #expect(tree.root.description == Self.roots[0])
        for (index, leaf) in Self.leaves.enumerated() {
            tree.append(leaf)
            #expect(tree.root.description == Self.roots[index + 1])
            #expect(tree.count == UInt64(index + 1))
        }
    }

    @Test("A growing tree has the root of the recursive definition, whatever its size")
    func recursiveDefinition() {
        var tree = MerkleTree()
        var leaves: [[UInt8]] = []
        for size in 0...130 {
            #expect(tree.root.bytes == Self.definition(leaves[...]), "\(size) leaves")
            let leaf = randomBytes(Int.random(in: 0...200))
            leaves.append(leaf)
            tree.append(leaf)
        }
        for size in [255, 256, 257, 1_000] {
            let leaves = (0..<size).map { _ in randomBytes(20) }
            var tree = MerkleTree()
            for leaf in leaves { tree.append(leaf) }
            #expect(tree.root.bytes == Self.definition(leaves[...]), "\(size) leaves")
        }
    }

    @Test("Asking for the root changes nothing, and a copy goes its own way")
    func copies() {
        var tree = MerkleTree()
        for leaf in Self.leaves.prefix(5) { tree.append(leaf) }
        let copy = tree
        #expect(copy.root == tree.root)
        tree.append(Self.leaves[5])
        #expect(copy.root.description == Self.roots[5])
        #expect(tree.root.description == Self.roots[6])
    }

    /// Two leaves that concatenate to the same bytes, and a leaf that looks like a node, have other roots.
    @Test("Leaves and nodes cannot be taken for each other")
    func domains() {
        var pair = MerkleTree()
        pair.append([1, 2])
        pair.append([3])
        var other = MerkleTree()
        other.append([1])
        other.append([2, 3])
        #expect(pair.root != other.root)
        var left = MerkleTree()
        left.append([1, 2])
        var right = MerkleTree()
        right.append([3])
        var forged = MerkleTree()
        forged.append(left.root.bytes + right.root.bytes)
        #expect(forged.root != pair.root)
    }

    /// MTH of RFC 6962: split at the largest power of two below the size.
    static func definition(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        guard let first = leaves.first else { return HashFunction.digest([]) }
        guard leaves.count > 1 else { return HashFunction.digest([0] + first) }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let middle = leaves.startIndex + split
        return HashFunction.digest([1] + definition(leaves[..<middle]) + definition(leaves[middle...]))
    }
}
