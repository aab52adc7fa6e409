import Foundation
import Reasons
import Testing

@testable import Integrity
@testable import Replication
@testable import Transfer

/// Files as such: what was written is what is read, and what was cut, flipped or rewritten is told.
@Suite struct TransferFileTests {
    private static let origin = "50-7f3a0c91d2e4"
    private static let other = "51-00aa11bb22cc"

    private static let header = TransferHeader(
        file: "6b0f3a52-8f5a-4d0e-9b55-0d4b8a6f2c11", serial: 4, madeAt: 1_700_000_000_000_000,
        maker: .init(
            kind: "region", region: "50", origin: origin, database: "d", system: "7", schema: 10, program: "0.1"),
        recipient: .init(peer: "51", region: "51", database: nil), from: [origin: 2], available: [origin: 9],
        applied: [origin: 9], received: [origin: 9], node: #"{"kind":"region","名":"重庆"}"#, freshness: "{}",
        tables: "[]")

    /// Lines of some length: what a batch looks like to somebody who only carries it.
    private static func bytes(_ number: Int, lines: Int) -> [UInt8] {
        var text = ""
        for line in 0..<lines {
            text += "bashu\t\(number)\t行 \(line) " + String(repeating: "标准", count: line % 40) + "\n"
        }
        return Array(text.utf8)
    }

    private static let batches: [(TransferBatch, [UInt8])] = {
        let mark = TransferSignature(
            fingerprint: [UInt8](repeating: 7, count: 32), algorithm: "sm2", bytes: [1, 2, 3])
        let plan = [(origin, 3, 20, [mark]), (origin, 4, 9_000, []), (other, 1, 1, [mark, mark])]
        return plan.map { origin, number, lines, signatures in
            let body = bytes(number, lines: lines)
            return (
                TransferBatch(
                    origin: origin, number: Int64(number), bytes: Int64(body.count), signatures: signatures), body
            )
        }
    }()

    private static func folder() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("bashu 文件 \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    private static func write(
        _ path: String, header: TransferHeader = header, algorithm: DigestAlgorithm = .sm3,
        batches: [(TransferBatch, [UInt8])] = batches
    ) throws {
        let writer = try TransferWriter(OutputFile(path: path), header, algorithm)
        for (batch, body) in batches {
            try writer.begin(batch)
            try body.withUnsafeBytes { _ = try writer.append($0) }
        }
        _ = try writer.finish { message in
            TransferSignature(
                fingerprint: [UInt8](repeating: 9, count: 32), algorithm: "ed25519",
                bytes: HashFunction.digest(message))
        }
    }

    /// Everything in a file, as one text; throws what reading throws.
    private static func contents(_ path: String) throws -> String {
        let reader = try TransferReader(path: path)
        var text = "\(reader.header)\n"
        while let batch = try reader.next() {
            text += "\(batch)\n"
            while try reader.part({ part in
                text += "part \(part.count) \(Hex.text(HashFunction().digest(part).bytes))\n"
            }) {}
        }
        text += "\(String(describing: reader.end)) \(Hex.text(reader.digest)) "
        return text + "\(String(describing: reader.signature))"
    }

    @Test(arguments: DigestAlgorithm.allCases)
    func whatWasWrittenIsRead(algorithm: DigestAlgorithm) throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("到 51.bashu").path
        var header = Self.header
        header.signedBy = String(repeating: "09", count: 32)
        try Self.write(path, header: header, algorithm: algorithm)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["到 51.bashu"])

        let reader = try TransferReader(path: path)
        #expect(reader.header == header)
        for (batch, body) in Self.batches {
            #expect(try reader.next() == batch)
            var read: [UInt8] = []
            var sizes: [Int] = []
            while try reader.part({
                read += $0
                sizes.append($0.count)
            }) {}
            #expect(read == body)
            // Parts as everywhere: closed by the first line that reaches the size.
            for size in sizes.dropLast() { #expect((65_536..<65_536 + 400).contains(size)) }
        }
        #expect(try reader.next() == nil)
        #expect(reader.end?.batches == 3)
        #expect(reader.end?.through == [Self.origin: 4, Self.other: 1])
        let message = SignedMessage.transfer(algorithm: algorithm.rawValue, digest: reader.digest)
        #expect(reader.signature?.bytes == HashFunction.digest(message))
    }

    /// Late signatures make the format another one; a file without any is one that every version reads.
    @Test func lateSignaturesStandBeforeTheBatches() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("迟到").path
        let mark = TransferSignature(fingerprint: [UInt8](repeating: 5, count: 32), algorithm: "sm2", bytes: [4, 5])
        let late = [1, 2].map { TransferLate(origin: Self.origin, number: $0, signatures: [mark]) }
        func write(_ late: [TransferLate]) throws {
            try? FileManager.default.removeItem(atPath: path)
            let writer = try TransferWriter(OutputFile(path: path), Self.header, .sm3, hasLate: true)
            for one in late { try writer.write(one) }
            for (batch, body) in Self.batches {
                try writer.begin(batch)
                try body.withUnsafeBytes { _ = try writer.append($0) }
            }
            _ = try writer.finish { _ in mark }
        }
        try write(late)
        let reader = try TransferReader(path: path)
        #expect(try [reader.nextLate(), reader.nextLate(), reader.nextLate()] == [late[0], late[1], nil])
        for (batch, _) in Self.batches { #expect(try reader.next() == batch) }
        #expect(try reader.next() == nil)
        #expect(reader.end?.late == 2)
        // Whoever asks for batches gets batches.
        let other = try TransferReader(path: path)
        #expect(try other.next() == Self.batches[0].0 && other.nextLate() == nil)

        var lines = try Self.gunzip(path).split(separator: 10, omittingEmptySubsequences: false).map { Array($0) }
        #expect(String(decoding: lines[0], as: UTF8.self).hasPrefix("bashu-transfer\t2\t"))
        lines.remove(at: 2)
        try Self.gzip(Data(lines.joined(separator: [10])), path)
        #expect(throws: TransferError.self) { try Self.contents(path) }
        // Twice the same, out of order, of a batch that is in the file.
        let beyond = TransferLate(origin: Self.origin, number: 3, signatures: [mark])
        for wrong in [[late[0], late[0]], [late[1], late[0]], [beyond]] {
            try write(wrong)
            #expect(throws: TransferPlace.head.damaged(path, "a late signature of another form")) {
                try Self.contents(path)
            }
        }
    }

    @Test func peopleReadItWithZcat() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("f").path
        try Self.write(path)
        let lines = try Self.gunzip(path).split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
        #expect(lines[0].hasPrefix("bashu-transfer\t1\tsm3\t"))
        #expect(lines[1].contains(#""serial":4"#) && lines[1].contains("重庆"))
        #expect(lines[2].hasPrefix("batch\t\(Self.origin)\t3\t"))
        #expect(lines.last?.hasPrefix("digest\t") == true)
    }

    @Test func aFileThatEndsTooEarlyIsToldAtEveryLength() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("f").path
        try Self.write(path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let cut = folder.appendingPathComponent("cut")
        var places: Set<String> = []
        for length in Array(0..<64) + Array(stride(from: 64, to: whole.count, by: 97)) + [whole.count - 1] {
            try whole.prefix(length).write(to: cut)
            let error = #expect(throws: TransferError.self) { try Self.contents(cut.path) }
            let code = try #require(error).reason.code
            #expect(code.hasPrefix("cut_") || length < 32 && code == "not_a_transfer", "\(length): \(code)")
            places.insert(code + (error?.reason.values["number"] ?? ""))
        }
        #expect(places.isSuperset(of: ["not_a_transfer", "cut_in_head", "cut_in_batch4", "cut_at_end"]), "\(places)")
    }

    @Test func aFlippedBitIsToldOrChangesNothing() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("f").path
        try Self.write(path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let expected = try Self.contents(path)
        let flipped = folder.appendingPathComponent("flipped")
        var random = SeededGenerator(seed: 20_261_130)
        var told: [String: Int] = [:]
        for _ in 0..<250 {
            var copy = whole
            copy[Int.random(in: 0..<copy.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try copy.write(to: flipped)
            do {
                // gzip's own header says when a file was made, and nothing that counts here.
                #expect(try Self.contents(flipped.path) == expected)
            } catch let error as TransferError {
                told[error.reason.code, default: 0] += 1
            }
        }
        #expect(told.values.reduce(0, +) > 230, "\(told)")
        #expect(told["damaged_batch", default: 0] > 40, "\(told)")
    }

    /// Whoever edits the text and compresses it again is told as well.
    @Test func anEditedLineIsTold() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("f").path
        try Self.write(path)
        let lines = try Self.gunzip(path).split(separator: 10, omittingEmptySubsequences: false).map { Array($0) }
        let edited = folder.appendingPathComponent("edited").path
        let end = lines.count - 2
        var found: [String] = []
        let edits: [(Int, (inout [UInt8]) -> Void)] = [
            (0, { $0[0] = 0x42 }), (0, { $0[15] = 0x33 }), (1, { $0[$0.count / 2] ^= 1 }),
            (2, { $0[$0.count - 20] = 0x7a }), (3, { $0[$0.count - 2] ^= 1 }), (end - 1, { $0[$0.count - 3] ^= 1 }),
            (end, { $0[10] ^= 1 }), (end, { $0.append(0x20) }),
        ]
        for (line, edit) in edits {
            var copy = lines
            edit(&copy[line])
            try Self.gzip(Data(copy.joined(separator: [10])), edited)
            let error = #expect(throws: TransferError.self) { try Self.contents(edited) }
            found.append(try #require(error).reason.code)
        }
        #expect(
            found == [
                "not_a_transfer", "other_format", "damaged_head", "damaged_head", "transfer_altered", "damaged_end",
                "transfer_altered", "transfer_altered",
            ])
        for (from, to) in [(2, 3), (0, 1)] {
            var copy = lines
            copy.swapAt(from, to)
            try Self.gzip(Data(copy.joined(separator: [10])), edited)
            #expect(throws: TransferError.self) { try Self.contents(edited) }
        }
        try Self.gzip(Data(lines.joined(separator: [10])) + Data("more\n".utf8), edited)
        #expect(throws: TransferPlace.end.damaged(edited, "something follows it")) { try Self.contents(edited) }
    }

    @Test func whatIsNoSuchFileIsTold() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("f").path
        func code() throws -> String {
            try #require(#expect(throws: TransferError.self) { try Self.contents(path) }).reason.code
        }
        #expect(try code() == "file_unusable")
        try Data("number,title\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try code() == "not_a_transfer")
        try Self.gzip(Data("number,title\n".utf8), path)
        #expect(try code() == "not_a_transfer")
        try Self.gzip(Data(), path)
        #expect(try code() == "not_a_transfer")
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(try code() == "not_a_file")
    }

    @Test func aFileHasItsNameWhenItIsWhole() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("f").path
        do {
            let writer = try TransferWriter(OutputFile(path: path), Self.header, .sha256)
            try writer.begin(Self.batches[0].0)
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(throws: TransferError(.file_busy, ["file": path + ".part"])) { try OutputFile(path: path) }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
        try Self.write(path)
        #expect(throws: TransferError(.file_exists, ["file": path])) { try OutputFile(path: path) }
    }

    // MARK: gzip itself

    private static func gunzip(_ path: String) throws -> Data { try run("/usr/bin/gzip", ["-dc", path]) }

    private static func gzip(_ data: Data, _ path: String) throws {
        let plain = path + ".plain"
        try data.write(to: URL(fileURLWithPath: plain))
        try run("/usr/bin/gzip", ["-c", plain]).write(to: URL(fileURLWithPath: path))
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return output
    }
}

/// SplitMix64: the same numbers every time.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
