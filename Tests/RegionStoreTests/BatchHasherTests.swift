import Integrity
import Replication
import Testing

@testable import RegionStore

/// A batch's root does not depend on how its lines were handed to the thread that hashes them.
@Suite struct BatchHasherTests {
    @Test(arguments: DigestAlgorithm.allCases, [0, 1, 3, 5_000])
    func rootIsThatOfTheTree(algorithm: DigestAlgorithm, count: Int) throws {
        var random = SystemRandomNumberGenerator()
        let seed = UInt8.random(in: 0...255, using: &random)
        var hasher = BatchHasher()
        let isReady = hasher.begin(algorithm)
        try #require(isReady)
        var tree = MerkleTree(algorithm.function)
        for index in 0..<count {
            // Some are empty, one is larger than a portion, every 97th is only a digest.
            let length = index == 1 ? 700_000 : index % 5 * 101
            let line = [UInt8](repeating: seed &+ UInt8(truncatingIfNeeded: index), count: length)
            if index % 97 == 96 {
                let digest = HashFunction.digest(line, algorithm.function)
                hasher.leaf(digest: digest)
                tree.append(digest: try #require(Digest32(digest)))
            } else {
                line.withUnsafeBytes { hasher.leaf($0) }
                tree.append(line)
            }
        }
        #expect(hasher.root() == tree.root.bytes, "seed \(seed)")
        // Asked twice, and after more.
        #expect(hasher.root() == tree.root.bytes, "seed \(seed)")
        let more = Array("末行".utf8)
        more.withUnsafeBytes { hasher.leaf($0) }
        tree.append(more)
        #expect(hasher.root() == tree.root.bytes, "seed \(seed)")
    }
}
