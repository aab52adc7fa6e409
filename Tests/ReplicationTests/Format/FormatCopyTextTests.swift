import Testing

@testable import Replication

@Suite("COPY text")
struct FormatCopyTextTests {
    static let values: [String?] = [
        nil, "", "plain", "\\", "\\N", "a\tb", "line\nfeed\rreturn", "\u{8}\u{b}\u{c}\u{1}\u{7f}", "质量 𬭎",
        "\\\\t",
        String(repeating: "标\\准\t", count: 500),
    ]

    @Test("Every value comes back", arguments: values)
    func roundTrip(value: String?) {
        let field = CopyText.escape(value)
        #expect(!field.contains(0x09) && !field.contains(0x0a) && !field.contains(0x0d))
        #expect(CopyText.string(field) == value)
    }

    @Test("Fields are separated by tabs, empty ones included")
    func fields() {
        let line = Array("a\t\t\\N\tb\\tc\t".utf8)
        let values = line.withUnsafeBytes { CopyText.values($0) }
        #expect(values == ["a", "", nil, "b\tc", ""])
        let none: [UInt8] = []
        #expect(none.withUnsafeBytes { CopyText.values($0) } == [""])
    }

    @Test("Order of escaped fields is the order of the bytes that they stand for")
    func order() {
        var generator = SeededGenerator(seed: 11)
        let alphabet: [UInt8] = [0x01, 0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x20, 0x41, 0x5c, 0x62, 0x74, 0x7b, 0xe6]
        for _ in 0..<5_000 {
            let pair = (0..<2).map { _ in
                (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                    alphabet.randomElement(using: &generator) ?? 0x41
                }
            }
            let escaped = pair.map { value in
                var output: [UInt8] = []
                value.withUnsafeBytes { CopyText.append($0, to: &output) }
                return output
            }
            let order = escaped[0].withUnsafeBytes { left in
                escaped[1].withUnsafeBytes { right in CopyText.compare(left, right) }
            }
            let expected =
                pair[0] == pair[1] ? 0 : pair[0].lexicographicallyPrecedes(pair[1]) ? -1 : 1
            #expect(order == expected, "\(pair)")
        }
    }

    @Test("Eight bytes at a time finds what one at a time finds")
    func scan() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? UInt8.random(in: 0...255, using: &generator) : UInt8.random(in: 0x1e...0x21, using: &generator)
            }
            let start = Int.random(in: 0...bytes.count, using: &generator)
            bytes.withUnsafeBytes { buffer in
                let special = bytes[start...].firstIndex { $0 < 0x20 || $0 == 0x5c } ?? bytes.count
                #expect(ByteScan.firstSpecial(in: buffer, from: start) == special)
                for byte in [UInt8(0x0a), 0x1f, 0x80, 0xff] {
                    #expect(ByteScan.first(byte, in: buffer, from: start) == bytes[start...].firstIndex(of: byte))
                }
            }
        }
    }

    @Test("Hexadecimal is lower-case and even")
    func hex() {
        #expect(Hex.text([0x00, 0x9f, 0xff]) == "009fff")
        #expect(Hex.bytes("009fff") == [0x00, 0x9f, 0xff])
        #expect(Hex.bytes("009FFF") == nil)
        #expect(Hex.bytes("009") == nil)
        let digest = FormatFixture.nonce(99)
        #expect(Digest16(hex: digest.hex) == digest)
        #expect(Digest16(digest.bytes) == digest)
        #expect(Digest16(hex: String(digest.hex.dropLast())) == nil)
        #expect(Digest16(digest.bytes.dropLast()) == nil)
    }
}

/// A small generator whose runs can be repeated by their seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &+ 0x9e37_79b9_7f4a_7c15 }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
