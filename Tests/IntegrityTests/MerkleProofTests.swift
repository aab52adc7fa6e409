import Testing

@testable import Integrity

@Suite("Proofs that a leaf is in a tree")
struct MerkleProofTests {
    private static func digest(_ leaf: [UInt8], _ algorithm: HashFunction.Algorithm = .sha256) -> Digest32 {
        leaf.withUnsafeBytes { MerkleTree.leafDigest($0, with: HashFunction(algorithm)) }
    }

    /// Paths that implementations of Certificate Transparency test with: index, leaves, path.
    @Test(
        "Published paths",
        arguments: [
            (0, 1, []),
            (
                0, 8,
                [
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ]
            ),
            (
                5, 8,
                [
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ]
            ),
            (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
            (
                1, 5,
                [
                    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ]
            ),
        ] as [(Int, Int, [String])])
    func published(index: Int, count: Int, path: [String]) throws {
        let leaves = MerkleTreeTests.leaves.prefix(count).map { Self.digest($0) }
        let proof = try #require(MerkleProof(of: index, in: leaves))
        #expect(proof.path.map(\.description) == path)
        #expect(proof.root(leaf: leaves[index])?.description == MerkleTreeTests.roots[count])
    }

    @Test(
        "Every leaf of every tree is proven, in its place and in no other",
        arguments: HashFunction.Algorithm.allCases)
    func everyPlace(algorithm: HashFunction.Algorithm) throws {
        for count in 1...33 {
            let leaves = (0..<count).map { Self.digest([UInt8($0)], algorithm) }
            var tree = MerkleTree(algorithm)
            for leaf in leaves { tree.append(digest: leaf) }
            for index in leaves.indices {
                let proof = try #require(MerkleProof(of: index, in: leaves, algorithm))
                #expect(proof.root(leaf: leaves[index], algorithm) == tree.root, "\(index) of \(count)")
                let other = Self.digest([UInt8(index), 0], algorithm)
                #expect(proof.root(leaf: other, algorithm) != tree.root, "\(index) of \(count)")
                for place in leaves.indices where place != index {
                    let moved = MerkleProof(index: UInt64(place), count: proof.count, path: proof.path)
                    #expect(moved.root(leaf: leaves[index], algorithm) != tree.root, "\(index) at \(place) of \(count)")
                }
                let longer = MerkleProof(index: proof.index, count: proof.count, path: proof.path + [other])
                #expect(longer.root(leaf: leaves[index], algorithm) == nil)
                let shorter = MerkleProof(index: proof.index, count: proof.count, path: proof.path.dropLast())
                #expect(count == 1 || shorter.root(leaf: leaves[index], algorithm) == nil)
            }
            #expect(MerkleProof(of: count, in: leaves, algorithm) == nil)
            #expect(MerkleProof(index: UInt64(count), count: UInt64(count), path: []).root(leaf: leaves[0]) == nil)
        }
    }
}

@Suite("Proofs made while the leaves come")
struct MerkleProverTests {
    @Test(
        "They are those that are made from all leaves", arguments: HashFunction.Algorithm.allCases)
    func sameAsFromAllLeaves(algorithm: HashFunction.Algorithm) throws {
        for count in 1...40 {
            let lines = (0..<count).map { Array("变更 \($0)".utf8) }
            let leaves = lines.map { line in
                line.withUnsafeBytes { MerkleTree.leafDigest($0, with: HashFunction(algorithm)) }
            }
            for index in leaves.indices {
                var prover = MerkleProver(algorithm)
                // A leaf that is gone is known by its digest only.
                for (place, line) in lines.enumerated() {
                    if place % 3 == 2, place != index {
                        prover.append(digest: leaves[place])
                    } else {
                        line.withUnsafeBytes { prover.append($0, isWanted: place == 0 || place == index) }
                    }
                }
                let finished = prover.finish()
                let (root, proofs) = try #require(finished)
                #expect(proofs.first == MerkleProof(of: 0, in: leaves, algorithm))
                #expect(proofs.last == MerkleProof(of: index, in: leaves, algorithm))
                #expect(proofs.last?.root(leaf: leaves[index], algorithm) == root)
            }
        }
        var empty = MerkleProver(algorithm)
        #expect(empty.finish() == nil)
    }
}

/// The definition, with all leaves at hand: what proofs made without them are compared with.
extension MerkleProof {
    fileprivate init?(
        of index: Int, in leaves: [Digest32], _ algorithm: HashFunction.Algorithm = .sha256
    ) {
        guard leaves.indices.contains(index) else { return nil }
        var path: [Digest32] = []
        var rest = leaves[...]
        while rest.count > 1 {
            var half = 1
            while half * 2 < rest.count { half *= 2 }
            let (left, right) = (rest.prefix(half), rest.dropFirst(half))
            let isLeft = left.indices.contains(index)
            var beside = MerkleTree(algorithm)
            for leaf in isLeft ? right : left { beside.append(digest: leaf) }
            path.append(beside.root)
            rest = isLeft ? left : right
        }
        self.init(index: UInt64(index), count: UInt64(leaves.count), path: path.reversed())
    }
}
