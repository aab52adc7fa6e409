internal import Integrity
internal import Reasons
public import Replication

/// Reads a file from its beginning: the header, then batch after batch, a part at a time, then the end.
///
/// Needs no more memory than the header, the longest line of a batch and some buffers. Everything that the file itself
/// can show is checked on the way; what the batches are worth is not.
public final class TransferReader {
    public let path: String
    public let header: TransferHeader
    /// What the file's digest is made with.
    public let algorithm: DigestAlgorithm
    /// Nil until the end was read.
    public private(set) var end: TransferEnd?
    /// The digest of everything, once the end was read and it is that of the lines.
    public private(set) var digest: [UInt8] = []
    /// The signature over the digest, which nobody has checked.
    public private(set) var signature: TransferSignature?

    private var window: TransferWindow
    private var place = TransferPlace.head
    private var batch: TransferBatch?
    private var hasLate: Bool
    private var late: TransferLate?
    /// A line that was read and is not a late signature.
    private var ahead: [UInt8]?
    private var left: Int64 = 0
    private var counted = TransferEnd()
    private let limits: BatchLimits

    /// Opens a file and reads its header.
    ///
    /// - Throws: `TransferError`.
    public init(path: String, limits: BatchLimits = BatchLimits()) throws {
        self.path = path
        self.limits = limits
        window = TransferWindow(try GzipReader(path: path), path)
        let first: [UInt8]
        do {
            first = try window.line(.head, max: 256)
        } catch is TransferError where !window.hasBytes {
            throw TransferError(.not_a_transfer, ["file": path])
        }
        let words = String(decoding: first, as: UTF8.self).split(separator: "\t", omittingEmptySubsequences: false)
        guard words.first.map(String.init) == TransferFormat.magic, words.count >= 2 else {
            throw TransferError(.not_a_transfer, ["file": path])
        }
        let spoken = TransferFormat.versions
        guard spoken.contains(String(words[1])) else {
            throw TransferError(
                .other_format,
                ["file": path, "version": String(words[1]), "spoken": spoken.joined(separator: ", ")])
        }
        hasLate = words[1] == TransferFormat.version(hasLate: true)
        guard words.count == 4, let expected = Hex.bytes(String(words[3])) else {
            throw TransferPlace.head.damaged(path, "the first line")
        }
        guard let algorithm = DigestAlgorithm(rawValue: String(words[2])), algorithm.hash.isAvailable else {
            throw TransferError(.no_hash_function, ["file": path, "name": String(words[2])])
        }
        self.algorithm = algorithm
        window.begin(HashFunction(algorithm.hash), first + [CopyText.newline])
        let line = try window.line(.head, max: TransferFormat.lineMax)
        guard HashFunction.digest(line + [CopyText.newline], algorithm.hash) == expected else {
            throw TransferPlace.head.damaged(path, "its digest is another one")
        }
        guard let header = TransferFormat.decode(TransferHeader.self, line) else {
            throw TransferPlace.head.damaged(path, "it is of another form")
        }
        self.header = header
        if let misplaced = Self.fault(header) { throw TransferPlace.head.damaged(path, misplaced) }
    }

    /// Of the file.
    public var fileBytes: Int64 { window.size }
    /// How much of the file has been read, in hundredths.
    public var percent: Int { window.percent }

    /// The next late signatures; nil when there are no more, and once a batch was asked for.
    public func nextLate() throws -> TransferLate? {
        guard hasLate else { return nil }
        let line = try window.line(place, max: TransferFormat.lineMax)
        guard line.starts(with: Array(TransferFormat.lateWord.utf8)) else {
            hasLate = false
            ahead = line
            return nil
        }
        guard let found = TransferFormat.late(line), found.number <= header.from[found.origin] ?? 0,
            late.map({ $0.origin < found.origin || $0.origin == found.origin && $0.number < found.number }) ?? true
        else { throw place.damaged(path, "a late signature of another form") }
        counted.late = (counted.late ?? 0) + 1
        late = found
        return found
    }

    /// The next batch; nil at the end. What is left of the present one, and of late signatures, is passed over.
    public func next() throws -> TransferBatch? {
        guard end == nil else { return nil }
        while try nextLate() != nil {}
        while try part() {}
        let before = place
        place = .end
        let line = try ahead ?? window.line(place, max: TransferFormat.lineMax)
        ahead = nil
        if line.starts(with: Array("end\t".utf8)) {
            try readEnd(line)
            return nil
        }
        guard let found = TransferFormat.batch(line) else {
            throw before.damaged(path, "the line after it is of another form")
        }
        place = .batch(origin: found.origin, number: found.number)
        try checkOrder(found)
        counted.batches += 1
        counted.bytes += found.bytes
        counted.through[found.origin] = found.number
        batch = found
        left = found.bytes
        return found
    }

    /// Hands over the next part of the present batch: the same parts as everywhere.
    ///
    /// - Returns: false when there is none.
    @discardableResult
    public func part(_ body: (UnsafeRawBufferPointer) throws -> Void = { _ in }) throws -> Bool {
        guard left > 0 else { return false }
        try window.part(place, left: &left, limits.lineBytesMax, body)
        return true
    }

    private func checkOrder(_ found: TransferBatch) throws {
        let last = counted.through[found.origin] ?? header.from[found.origin] ?? 0
        guard found.number - 1 == last, batch.map({ $0.origin == found.origin || counted.through[found.origin] == nil })
            ?? true
        else { throw place.damaged(path, "it does not follow the one before it") }
        guard found.bytes > 0, found.bytes <= limits.batchBytesMax else {
            throw place.damaged(path, "its size is not that of a batch")
        }
    }

    private func readEnd(_ line: [UInt8]) throws {
        let word = Array("end\t".utf8)
        guard line.starts(with: word), let found = TransferFormat.decode(TransferEnd.self, Array(line[word.count...]))
        else { throw place.damaged(path, "a line of another form") }
        guard found == counted else { throw place.damaged(path, "it counts other batches than there are") }
        let digest = window.digest()
        let text = String(decoding: try window.line(place, max: 256), as: UTF8.self)
        guard text == "digest\t\(Hex.text(digest))" else {
            throw TransferError(.transfer_altered, ["file": path])
        }
        if let key = header.signedBy {
            let words = String(decoding: try window.line(place, max: 1_024), as: UTF8.self).split(separator: "\t")
            guard words.count == 2, words[0] == "signature", let signature = TransferFormat.signature(words[1]),
                Hex.text(signature.fingerprint) == key
            else { throw place.damaged(path, "its signature is of another form") }
            self.signature = signature
        }
        try window.expectEnd(place)
        self.digest = digest
        end = found
    }

    /// What stands in a header that nobody would have written; nil: nothing.
    private static func fault(_ header: TransferHeader) -> String? {
        let vectors = [header.from, header.available, header.applied, header.received]
        for (name, number) in vectors.flatMap({ $0 }) {
            let origin = OriginID(name)
            guard BatchHeader.isOrigin(origin, of: origin.region), number > 0 else { return "a malformed vector" }
        }
        let unsigned = header.unsigned ?? []
        let isSound = unsigned.allSatisfy { range in
            let origin = OriginID(range.origin)
            return BatchHeader.isOrigin(origin, of: origin.region) && range.first > 0 && range.last >= range.first
        }
        guard isSound, unsigned.count <= TransferHeader.unsignedMax else { return "a malformed range" }
        guard header.serial > 0, header.madeAt > 0 else { return "a number that is none" }
        return nil
    }
}
