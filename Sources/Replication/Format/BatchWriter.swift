/// A finished part of a batch.
public struct BatchPart: Hashable, Sendable {
    /// Number in the batch, from 0.
    public let number: Int32
    /// Whole lines, each with its line end.
    public let bytes: [UInt8]

    /// A part of a batch.
    public init(number: Int32, bytes: [UInt8]) {
        self.number = number
        self.bytes = bytes
    }
}

/// Writes one batch, part by part.
///
/// Changes are added in bytewise order of (schema, table, key text): what SQL calls
/// `ORDER BY schema COLLATE "C", table COLLATE "C", key COLLATE "C"`. Every line is read back by the grammar of the
/// reader, so a batch that is written can be read.
public struct BatchWriter<Hasher: LineHasher> {
    private var hasher: Hasher
    private var grammar: BatchGrammar
    private let limits: BatchLimits
    private var part: [UInt8] = []
    private var line: [UInt8] = []
    private var finished: [BatchPart] = []

    /// Number of the part being filled, from 0; after `finish` the number of parts.
    public private(set) var partCount: Int32 = 0
    /// Bytes written so far, line ends included.
    public private(set) var byteCount: Int64 = 0

    /// Begins a batch and writes its header.
    ///
    /// - Parameters:
    ///   - hasher: Begins with the header's algorithm.
    ///   - knownShape: Shapes that this origin has spelled out in earlier batches.
    public init(
        header: BatchHeader, hasher: Hasher, limits: BatchLimits = BatchLimits(),
        knownShape: @escaping (Digest16) -> Shape?
    ) throws(FormatError) {
        self.hasher = hasher
        self.limits = limits
        var digester = hasher
        grammar = BatchGrammar(limits: limits, knownShape: knownShape) { digester.digest16($0) }
        guard self.hasher.begin(header.algorithm) else {
            throw grammar.fault(.unsupported, "this machine's libcrypto lacks \(header.algorithm.rawValue)")
        }
        _ = try add(header.line)
    }

    /// Changes added so far.
    public var changeCount: Int64 { grammar.changeCount }

    /// The hlc range of the changes added so far; nil when there are none.
    public var hlc: ClosedRange<Int64>? { grammar.hlc }

    /// Spells out a shape, before the first change that uses it, and gives the digest that names it.
    public mutating func addShape(_ shape: Shape) throws(FormatError) -> Digest16 {
        guard case .shape(_, let digest) = try add(shape.line).line else {
            throw grammar.fault(.unexpectedLine, "not a shape")
        }
        return digest
    }

    /// Adds a change. See `ChangeDraft.encode`.
    public mutating func addChange(
        _ draft: ChangeDraft, image: UnsafeRawBufferPointer?, old: UnsafeRawBufferPointer? = nil
    ) throws(FormatError) -> ChangePlace {
        line.removeAll(keepingCapacity: true)
        draft.encode(into: &line, image: image, old: old)
        return try addChange(line)
    }

    /// Adds a change; leave the image out for an absent row. See `ChangeDraft.encode`.
    public mutating func addChange(
        _ draft: ChangeDraft, image: [UInt8]? = nil, old: [UInt8]? = nil
    ) throws(FormatError) -> ChangePlace {
        line.removeAll(keepingCapacity: true)
        draft.encode(into: &line, image: image, old: old)
        return try addChange(line)
    }

    /// Adds a change line, encoded already, without its line end.
    public mutating func addChange(_ line: [UInt8]) throws(FormatError) -> ChangePlace {
        let added = try add(line)
        guard case .change = added.line else { throw grammar.fault(.unexpectedLine, "not a change") }
        return ChangePlace(
            position: Int32(truncatingIfNeeded: grammar.changeCount - 1), part: added.part,
            start: Int32(truncatingIfNeeded: added.start), length: Int32(truncatingIfNeeded: line.count))
    }

    /// Parts that are complete and have not been taken yet, in order.
    public mutating func takeParts() -> [BatchPart] {
        defer { finished = [] }
        return finished
    }

    /// Ends the batch: writes trailer and root. The last parts are then in `takeParts()`.
    ///
    /// - Returns: The trailer and the root, 32 bytes: the digest of the batch.
    public mutating func finish(
        consumed: [BatchTrailer.Consumed]
    ) throws(FormatError) -> (trailer: BatchTrailer, root: [UInt8]) {
        let trailer = BatchTrailer(changeCount: grammar.changeCount, hlc: grammar.hlc, consumed: consumed)
        _ = try add(trailer.line)
        let root = hasher.root()
        _ = try add(Array("root\t".utf8) + Array(Hex.text(root).utf8))
        if !part.isEmpty { closePart() }
        return (trailer, root)
    }

    /// Adds a line and gives where it starts.
    private mutating func add(
        _ line: [UInt8]
    ) throws(FormatError) -> (line: BatchGrammar.Line, part: Int32, start: Int) {
        let parsed = try line.withUnsafeBufferPointer { bytes throws(FormatError) in
            try grammar.take(UnsafeRawBufferPointer(bytes))
        }
        if case .root = parsed {} else { line.withUnsafeBytes { hasher.leaf($0) } }
        let place = (partCount, part.count)
        guard byteCount + Int64(line.count) < limits.batchBytesMax else {
            throw grammar.fault(.tooLarge, "the batch is too large")
        }
        part.append(contentsOf: line)
        part.append(CopyText.newline)
        byteCount += Int64(line.count) + 1
        if part.count >= BatchLimits.partBytes { closePart() }
        return (parsed, place.0, place.1)
    }

    private mutating func closePart() {
        finished.append(BatchPart(number: partCount, bytes: part))
        part = []
        part.reserveCapacity(BatchLimits.partBytes + 4_096)
        partCount += 1
    }
}
