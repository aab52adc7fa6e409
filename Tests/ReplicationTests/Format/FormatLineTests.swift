import Testing

@testable import Replication

@Suite("Lines of a batch")
struct FormatLineTests {
    @Test("A shape comes back from its line", arguments: [FormatFixture.standard, FormatFixture.term])
    func shape(shape: Shape) throws {
        let line = shape.line
        #expect(!line.contains(0x0a))
        #expect(try line.withUnsafeBytes { try Shape(parsing: $0, number: 2) } == shape)
    }

    @Test(
        "A malformed shape is refused",
        arguments: [
            ("shape\ta\tb\t1\tid\t1\tid\tint", nil),
            ("shape\ta\tb\t1\tid\t1\tid", .fieldCount),
            ("shape\ta\tb\t1\tid\t1\tid\tint\tmore", .fieldCount),
            ("shape\ta\tb\t0\t1\tid\tint", .badField),
            ("shape\ta\tb\t1\tno\t1\tid\tint", .badField),
            ("shape\ta\tb\t2\tid\tid\t1\tid\tint", .badField),
            ("shape\ta\tb\t1\tid\t2\tid\tint\tid\tint", .badField),
            ("shape\ta\tb\t01\tid\t1\tid\tint", .badField),
            ("shape\ta\tb\t-1\tid\t1\tid\tint", .badField),
            ("shape\ta\tb\t99999\tid\t1\tid\tint", .badField),
            ("shape\t\tb\t1\tid\t1\tid\tint", .badField),
            ("shape\ta\t\\N\t1\tid\t1\tid\tint", .badField),
            ("shape\ta\tb\\x\t1\tid\t1\tid\tint", .badEscape),
        ] as [(String, FormatError.Reason?)])
    func malformedShape(line: String, reason: FormatError.Reason?) {
        expect(reason) { try Array(line.utf8).withUnsafeBytes { _ = try Shape(parsing: $0, number: 4) } }
    }

    @Test("A header comes back from its line", arguments: [1, 2, Int64.max] as [Int64])
    func header(number: Int64) throws {
        let header = FormatFixture.header(number: number)
        #expect(try header.line.withUnsafeBytes { try BatchHeader(parsing: $0) } == header)
        #expect(header.context[FormatFixture.origin] == number - 1)
    }

    static let digest = String(repeating: "ab", count: 32)

    @Test(
        "A malformed header is refused",
        arguments: [
            ("bashu\t1\tsha256\t50\t50-a\t2\tDIGEST\t9\t50-a=1 51-b=3", nil),
            ("bashu\t1\tsha256\t50\t50-a\t1\t\t9\t", nil),
            ("bashu\t2\tsha256\t50\t50-a\t1\t\t9\t", .unsupported),
            ("bashu\t1\tsm3\t50\t50-a\t1\t\t9\t", nil),
            ("bashu\t1\tmd5\t50\t50-a\t1\t\t9\t", .unsupported),
            ("Bashu\t1\tsha256\t50\t50-a\t1\t\t9\t", .unexpectedLine),
            ("bashu\t1\tsha256\t50\t51-a\t1\t\t9\t", .badField),
            ("bashu\t1\tsha256\t50\t50-\t1\t\t9\t", .badField),
            ("bashu\t1\tsha256\t50\t50-a b\t1\t\t9\t", .badField),
            ("bashu\t1\tsha256\t50\t50-a\t0\t\t9\t", .badField),
            ("bashu\t1\tsha256\t50\t50-a\t1\tDIGEST\t9\t", .badField),
            ("bashu\t1\tsha256\t50\t50-a\t2\tABCD\t9\t50-a=1", .badField),
            ("bashu\t1\tsha256\t50\t50-a\t2\tDIGEST\t9\t", .badField),
            ("bashu\t1\tsha256\t50\t50-a\t2\tDIGEST\t9\t50-a=2", .badField),
            ("bashu\t1\tsha256\t50\t50-a\t2\tDIGEST\t9\t51-b=3 50-a=1", .badField),
            ("bashu\t1\tsha256\t50\t50-a\t2\tDIGEST\t9\t50-a=1 51-b=0", .badField),
            ("bashu\t1\tsha256\t50\t50-a\t2\tDIGEST\t9\t50-a=1  51-b=1", .badField),
            ("bashu\t1\tsha256\t50\t50-a\t2\tDIGEST\t9\t50-a=1 51-b=+1", .badField),
            ("bashu\t1\tsha256\t50\t50-a\t99999999999999999999\tDIGEST\t9\t50-a=1", .badField),
            ("bashu\t1\tsha256\t50\t50-a\t1\t\t9\t\tmore", .fieldCount),
            ("bashu\t1\tsha256\t50\t50-a\t1\t\t9", .fieldCount),
            ("", .unexpectedLine),
        ] as [(String, FormatError.Reason?)])
    func malformedHeader(line: String, reason: FormatError.Reason?) {
        let text = line.replacing("DIGEST", with: Self.digest)
        expect(reason) { try Array(text.utf8).withUnsafeBytes { _ = try BatchHeader(parsing: $0) } }
    }

    @Test("A trailer comes back from its line")
    func trailer() throws {
        let consumed = [
            BatchTrailer.Consumed(timeline: "00000001", sequence: 1...1),
            BatchTrailer.Consumed(timeline: "0000000A", sequence: 5...Int64.max),
        ]
        for trailer in [
            BatchTrailer(changeCount: 0, hlc: nil, consumed: []),
            BatchTrailer(changeCount: 3, hlc: 1...9, consumed: consumed),
        ] {
            #expect(try trailer.line.withUnsafeBytes { try BatchTrailer(parsing: $0, number: 9) } == trailer)
        }
    }

    @Test(
        "A malformed trailer is refused",
        arguments: [
            ("end\t0\t\\N\t\\N\t", nil), ("end\t1\t3\t2\t", .hlcRange), ("end\t0\t1\t1\t", .hlcRange),
            ("end\t1\t\\N\t\\N\t", .hlcRange), ("end\t1\t1\t1\t00000001:2-1", .badField),
            ("end\t1\t1\t1\t1:1-2", .badField), ("end\t1\t1\t1\t00000001:1-2-3", .badField),
            ("end\t1\t1\t1\t00000001", .badField), ("end\t1\t1\t1", .fieldCount),
        ] as [(String, FormatError.Reason?)])
    func malformedTrailer(line: String, reason: FormatError.Reason?) {
        expect(reason) { try Array(line.utf8).withUnsafeBytes { _ = try BatchTrailer(parsing: $0, number: 9) } }
    }

    static let shapeHex = String(repeating: "1f", count: 16)
    static let nonceHex = String(repeating: "77", count: 16)

    @Test(
        "A change line is taken or refused, with its reason",
        arguments: [
            ("insert\tS\t*\t5\tu\t\\N\tN\t{1}\ta\tb\tc", nil),
            ("insert\tS\t*\t5\t\\N\t\\N\tN\t{1}\t\\N\t\t\\\\", nil),
            ("update\tS\t0,2\t5\tu\ta\tN\t{1}\ta\tb\tc\td\te", nil),
            ("delete\tS\t\t5\tu\ta\tN\t{1}", nil),
            ("ruling\tS\tx\t5\tu\ta\tN\t{1}\twhy\tcase", nil),
            ("ruling\tS\tx,1\t5\tu\ta\tN\t{1}\t\\N\t\\N\ta\tb\tc", nil),
            ("ruling\tS\t1\t5\tu\ta\tN\t{1}\twhy\tcase\ta\tb\tc", nil),
            ("ruling\tS\t1\t5\tu\ta\tN\t{1}\twhy\tcase", .fieldCount),
            ("ruling\tS\tx,1\t5\tu\ta\tN\t{1}\twhy\tcase", .fieldCount),
            ("ruling\tS\t\t5\tu\ta\tN\t{1}\twhy\tcase\ta\tb\tc", .badField),
            ("ruling\tS\tx1\t5\tu\ta\tN\t{1}\twhy\tcase\ta\tb\tc", .badField),
            ("ruling\tS\tx,\t5\tu\ta\tN\t{1}\twhy\tcase\ta\tb\tc", .badField),
            ("ruling\tS\tx\t5\tu\ta\tN\t{1}\twhy", .fieldCount),
            ("insert\tS\t*\t5\tu\ta\tN\t{1}\ta\tb", .fieldCount),
            ("insert\tS\t*\t5\tu\ta\tN\t{1}\ta\tb\tc\td", .fieldCount),
            ("insert\tS\t\t5\tu\ta\tN\t{1}\ta\tb\tc", .badField),
            ("insert\tS\t0,1,2\t5\tu\ta\tN\t{1}\ta\tb\tc", .badField),
            ("update\tS\t0,2\t5\tu\ta\tN\t{1}\ta\tb\tc\td", .fieldCount),
            ("update\tS\t2,0\t5\tu\ta\tN\t{1}\ta\tb\tc\td\te", .badField),
            ("update\tS\t0,0\t5\tu\ta\tN\t{1}\ta\tb\tc\td\te", .badField),
            ("update\tS\t0,3\t5\tu\ta\tN\t{1}\ta\tb\tc\td\te", .badField),
            ("update\tS\t0,\t5\tu\ta\tN\t{1}\ta\tb\tc\td", .badField),
            ("update\tS\t,0\t5\tu\ta\tN\t{1}\ta\tb\tc\td", .badField),
            ("update\tS\t00\t5\tu\ta\tN\t{1}\ta\tb\tc\td", .badField),
            ("update\tS\tx\t5\tu\ta\tN\t{1}\ta\tb\tc", .badField),
            ("update\tS\t*\t5\tu\ta\tN\t{1}\ta\tb\tc\td\te\tf", .badField),
            ("update\tS\t\t5\tu\ta\tN\t{1}\ta\tb\tc", .badField),
            ("delete\tS\t0\t5\tu\ta\tN\t{1}", .badField),
            ("delete\tS\t\t5\tu\ta\tN\t{1}\t", .fieldCount),
            ("delete\tN\t\t5\tu\ta\tN\t{1}", .unknownShape),
            ("delete\tabc\t\t5\tu\ta\tN\t{1}", .badField),
            ("delete\tS\t\t05\tu\ta\tN\t{1}", .badField),
            ("delete\tS\t\t-5\tu\ta\tN\t{1}", .badField),
            ("delete\tS\t\t9223372036854775807\tu\ta\tN\t{1}", .badField),
            ("delete\tS\t\t5\tu\ta\tS1\t{1}", .badField),
            ("delete\tS\t\t5\tu\ta\tN\t1", .badField),
            ("delete\tS\t\t5\tu\ta\tN\t\\N", .badField),
            ("delete\tS\t\t5\tu\ta\tN\t{}", .badField),
            ("delete\tS\t\t5\tu\ta\tN", .fieldCount),
            ("DELETE\tS\t\t5\tu\ta\tN\t{1}", .unexpectedLine),
            ("insert\tS\t*\t5\tu\ta\tN\t{1}\ta\tb\tc\\", .badEscape),
            ("insert\tS\t*\t5\tu\ta\tN\t{1}\ta\\\tb\tc", .badEscape),
            ("insert\tS\t*\t5\tu\ta\tN\t{1}\ta\\N\tb\tc", .badEscape),
            ("insert\tS\t*\t5\tu\ta\tN\t{1}\t\\Na\tb\tc", .badEscape),
            ("insert\tS\t*\t5\tu\ta\tN\t{1}\t\\.\tb\tc", .badEscape),
            ("insert\tS\t*\t5\tu\ta\tN\t{1}\ta\rb\tb\tc", .badEscape),
            ("insert\tS\t*\t5\tu\ta\tN\t{1}\ta\0b\tb\tc", .badEscape),
            ("insert\tS\t*\t5\tu\ta\tN\t{1}\ta\u{1}\u{7f}\tb\tc", nil),
        ] as [(String, FormatError.Reason?)])
    func change(line: String, reason: FormatError.Reason?) {
        let text = line.replacing("\tS\t", with: "\t\(Self.shapeHex)\t")
            .replacing("\tN\t", with: "\t\(Self.nonceHex)\t")
            .replacing(/\tN$/, with: "\t\(Self.nonceHex)")
        expect(reason) {
            try Array(text.utf8).withUnsafeBytes { bytes in
                let line = try ChangeLine(parsing: bytes, number: 4) { $0.hex == Self.shapeHex ? 3 : nil }
                #expect(line.kind.word == CopyText.values(bytes).first)
            }
        }
    }

    @Test(
        "Bytes that are not UTF-8 are refused",
        arguments: [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        let line = Array("delete\t\(Self.shapeHex)\t\t5\tu\ta\t\(Self.nonceHex)\t{".utf8) + bytes + [0x7d]
        expect(.notUTF8) {
            try line.withUnsafeBytes { _ = try ChangeLine(parsing: $0, number: 4) { _ in 3 } }
        }
    }

    private func expect(_ reason: FormatError.Reason?, _ body: () throws -> Void) {
        do {
            try body()
            #expect(reason == nil)
        } catch let error as FormatError {
            #expect(error.reason == reason)
            #expect(!error.description.isEmpty)
        } catch {
            Issue.record("not typed: \(error)")
        }
    }
}
