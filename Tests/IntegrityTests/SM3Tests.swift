import Foundation
import Testing

@testable import Integrity

@Suite("SM3")
struct SM3Tests {
    /// GB/T 32905-2016, appendix A.
    @Test(
        "The standard's examples",
        arguments: [
            ("abc", 1, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
            ("abcd", 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
        ])
    func examples(text: String, times: Int, expected: String) {
        let sm3 = HashFunction(.sm3)
        for _ in 0..<times { Array(text.utf8).withUnsafeBytes { sm3.update($0) } }
        #expect(sm3.finish().description == expected)
        // Afresh, and in one piece.
        let bytes = Array(String(repeating: text, count: times).utf8)
        #expect(bytes.withUnsafeBytes { sm3.digest($0).description } == expected)
        #expect(HashFunction.digest(bytes, .sm3) == Digest32(HashFunction.digest(bytes, .sm3))?.bytes)
    }

    @Test("The same digest as the system's openssl", arguments: [0, 1, 55, 56, 63, 64, 65, 4_097])
    func sameAsSystemTool(length: Int) throws {
        let bytes = randomBytes(length)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("bashu-sm3-\(randomToken())")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let result = file.appendingPathExtension("sm3")
        defer { try? FileManager.default.removeItem(at: result) }
        #expect(try OpenSSLCommand.run(["dgst", "-sm3", "-r", "-out", result.path, file.path]) == 0)
        let output = try Data(contentsOf: result)
        let expected = String(decoding: output.prefix(64), as: UTF8.self)
        #expect(bytes.withUnsafeBytes { HashFunction(.sm3).digest($0).description } == expected)
    }

    @Test("A tree of SM3 follows the definition of RFC 6962 with that function")
    func tree() {
        let leaves: [[UInt8]] = [Array("甲".utf8), [], Array("丙\t".utf8)]
        let sm3 = { (bytes: [UInt8]) in HashFunction.digest(bytes, .sm3) }
        var tree = MerkleTree(.sm3)
        for leaf in leaves { tree.append(leaf) }
        let left = sm3([1] + sm3([0] + leaves[0]) + sm3([0]))
        #expect(tree.root.bytes == sm3([1] + left + sm3([0] + leaves[2])))
        var other = MerkleTree(.sha256)
        for leaf in leaves { other.append(leaf) }
        #expect(tree.root != other.root)
    }
}
