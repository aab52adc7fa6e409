@testable import Replication

/// Not a secure hash: the core's tests have no libcrypto. Every bit of every line changes the root.
struct ToyHasher: LineHasher {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func begin(_ algorithm: DigestAlgorithm) -> Bool {
        state = 0xcbf2_9ce4_8422_2325
        return true
    }

    mutating func leaf(_ line: UnsafeRawBufferPointer) {
        state = ToyHasher.hash(line, from: state) ^ UInt64(line.count)
        state = state &* 0x0000_0100_0000_01b3
    }

    mutating func leaf(digest: [UInt8]) {
        digest.withUnsafeBytes { leaf($0) }
    }

    mutating func root() -> [UInt8] {
        let half = Digest16(high: state, low: ~state).bytes
        return half + half
    }

    mutating func digest16(_ bytes: UnsafeRawBufferPointer) -> Digest16 {
        let word = ToyHasher.hash(bytes, from: 0x9e37_79b9_7f4a_7c15)
        return Digest16(high: word, low: word ^ UInt64(bytes.count))
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer, from seed: UInt64) -> UInt64 {
        bytes.reduce(seed) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}

/// A small batch with every kind of line.
enum FormatFixture {
    static let origin = OriginID("50-7f3a0c91d2e4")
    static let other = OriginID("51-00aa11bb22cc")

    static let standard = Shape(
        schemaName: "catalogue", tableName: "standard \"标准\"", keyColumns: ["number", "year"],
        columns: ["number", "year", "title", "status"],
        types: ["text", "integer", "character varying(200)", "character(2)"])
    static let term = Shape(
        schemaName: "catalogue", tableName: "term", keyColumns: ["id"], columns: ["id", "text\tor 𬭎"],
        types: ["bigint", "text"])

    static func header(number: Int64 = 7) -> BatchHeader {
        BatchHeader(
            region: "50", origin: origin, number: number,
            previous: number == 1 ? [] : Array(repeating: 0xab, count: 32), cutAt: 1_700_000_000_123_456,
            context: Vector([origin: number - 1, other: 41]))
    }

    static func nonce(_ seed: UInt64) -> Digest16 { Digest16(high: seed &* 0x9e37_79b9_7f4a_7c15, low: seed) }

    static func image(_ values: [String?]) -> [UInt8] {
        Array(values.map { CopyText.escape($0) }.joined(separator: [0x09]))
    }

    static func draft(
        _ kind: ChangeKind, _ shape: Digest16, written: String, key: String, hlc: Int64 = 1_700_000_000_000_000,
        reason: String? = nil
    ) -> ChangeDraft {
        ChangeDraft(
            kind: kind, shape: shape, written: written, hlc: hlc, sessionUser: "王工\\小\t组", actor: nil,
            nonce: nonce(UInt64(hlc)), key: key, reason: reason, ruledCase: kind == .ruling ? "status=50-a:1:0" : nil)
    }

    /// Writes the batch: four changes of one table, one of another, in order.
    static func batch(number: Int64 = 7) throws -> (parts: [BatchPart], places: [ChangePlace], root: [UInt8]) {
        var writer = try BatchWriter(header: header(number: number), hasher: ToyHasher()) { _ in nil }
        let standard = try writer.addShape(standard)
        var places: [ChangePlace] = []
        places.append(
            try writer.addChange(
                draft(.insert, standard, written: "*", key: "{\"GB/T \\\"1\\\"\",2016}"),
                image: image(["GB/T \"1\"", "2016", "质量\\管理\n体系 𬭎", nil])))
        places.append(
            try writer.addChange(draft(.delete, standard, written: "", key: "{GB/T 2,2016}", hlc: 5)))
        places.append(
            try writer.addChange(
                draft(.update, standard, written: "2,3", key: "{GB/T 3,2016}", hlc: 1_700_000_000_000_009),
                image: image(["GB/T 3", "2016", "", "现行"]), old: image([nil, "\\N"])))
        let term = try writer.addShape(term)
        places.append(
            try writer.addChange(
                draft(.ruling, term, written: "x,1", key: "{1}", reason: "核对公告\t2024年第1号"),
                image: image(["1", "术语"])))
        places.append(
            try writer.addChange(draft(.ruling, term, written: "x", key: "{2}")))
        let (_, root) = try writer.finish(consumed: [
            BatchTrailer.Consumed(timeline: "00000001", sequence: 5...9),
            BatchTrailer.Consumed(timeline: "00000002", sequence: 10...10),
        ])
        return (writer.takeParts(), places, root)
    }

    static func bytes(_ parts: [BatchPart]) -> [UInt8] { Array(parts.map(\.bytes).joined()) }

    /// Cuts bytes into parts as the format asks.
    static func parts(_ bytes: [UInt8]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var part: [UInt8] = []
        for byte in bytes {
            part.append(byte)
            if byte == 0x0a && part.count >= BatchLimits.partBytes {
                result.append(part)
                part = []
            }
        }
        if !part.isEmpty { result.append(part) }
        return result
    }

    /// What a reader says of these bytes: nil when it accepts them.
    static func fault(
        _ bytes: [UInt8], expecting: BatchExpectation? = nil, limits: BatchLimits = BatchLimits(),
        verifiesRoot: Bool = true
    ) throws -> FormatError? {
        var reader = BatchReader(
            expecting: expecting, hasher: ToyHasher(), verifiesRoot: verifiesRoot, limits: limits
        ) { _ in nil }
        do {
            for part in parts(bytes) { try part.withUnsafeBytes { try reader.read(part: $0) { _ in } } }
            try reader.finish()
            return nil
        } catch let error as FormatError {
            return error
        }
    }

    /// The batch's lines, without line ends.
    static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        bytes.split(separator: 0x0a, omittingEmptySubsequences: false).dropLast().map(Array.init)
    }

    /// Joins lines and gives them the right root, so that only the fault in question is left.
    static func resealed(_ lines: [[UInt8]]) -> [UInt8] {
        var hasher = ToyHasher()
        for line in lines.dropLast() { line.withUnsafeBytes { hasher.leaf($0) } }
        let all = lines.dropLast() + [Array("root\t".utf8) + Array(Hex.text(hasher.root()).utf8)]
        return Array(all.map { $0 + [0x0a] }.joined())
    }
}
