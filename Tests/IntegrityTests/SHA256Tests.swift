import Foundation
import Testing

@testable import Integrity

@Suite("SHA-256")
struct SHA256Tests {
    /// FIPS 180-4 examples and the long one of the NIST test programme.
    @Test(
        "Published vectors",
        arguments: [
            ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ])
    func publishedVectors(text: String, times: Int, expected: String) {
        let sha256 = HashFunction(.sha256)
        for _ in 0..<times { Array(text.utf8).withUnsafeBytes { sha256.update($0) } }
        #expect(sha256.finish().description == expected)
    }

    @Test("A context starts afresh after every digest")
    func reuse() {
        let sha256 = HashFunction(.sha256)
        var generator = SystemRandomNumberGenerator()
        for length in [0, 1, 55, 56, 63, 64, 65, 600, 70_000] {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let first = bytes.withUnsafeBytes { sha256.digest($0) }
            #expect(first.bytes == HashFunction.digest(bytes))
            #expect(first.bytes.count == 32)
            #expect(Digest32(first.bytes) == first)
        }
    }

    @Test("The same digest as the system's sha256sum", arguments: [0, 1, 63, 64, 65, 4_097, 1 << 20])
    func sameAsSystemTool(length: Int) throws {
        let bytes = randomBytes(length)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("bashu-sha-\(randomToken())")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
        process.arguments = [file.path]
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let expected = String(decoding: output.prefix(64), as: UTF8.self)
        #expect(bytes.withUnsafeBytes { HashFunction(.sha256).digest($0).description } == expected)
    }

    @Test("The short digest is the beginning of the long one")
    func short() throws {
        let key = "{\"GB/T 19001—2016\",𬭎}"
        let long = HashFunction.digest(Array(key.utf8))
        #expect(digest16(key) == Array(long.prefix(16)))
        let words = try #require(Digest32(long)).first16
        let text = String(words.high, radix: 16) + "/" + String(words.low, radix: 16)
        let hex = long.prefix(16).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        #expect(UInt64(hex.prefix(16), radix: 16) == words.high, "\(text)")
        #expect(UInt64(hex.suffix(16), radix: 16) == words.low, "\(text)")
    }

    @Test("Tokens are twelve digits and differ")
    func tokens() {
        let tokens = (0..<1_000).map { _ in randomToken() }
        #expect(Set(tokens).count == 1_000)
        #expect(tokens.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{12}/) != nil })
        #expect(randomBytes(0).isEmpty)
        #expect(Set(randomBytes(4_096)).count > 200)
    }
}
