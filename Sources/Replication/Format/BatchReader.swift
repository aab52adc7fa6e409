/// Which batch the reader is to get.
public struct BatchExpectation: Hashable, Sendable {
    /// Whose history it is from.
    public let origin: OriginID
    /// Number in the origin's history, from 1.
    public let number: Int64
    /// Root of batch `number - 1`, 32 bytes; empty for batch 1; nil when it is not to be compared.
    public let previous: [UInt8]?

    /// The batch after `previous`.
    public init(origin: OriginID, number: Int64, previous: [UInt8]?) {
        self.origin = origin
        self.number = number
        self.previous = previous
    }
}

/// What the reader found in a part.
public enum BatchEvent {
    /// The first line.
    case header(BatchHeader)
    /// A shape that the batch spells out, and the digest that names it.
    case shape(Shape, Digest16)
    /// A change and its line (without its line end), which is valid only during the call.
    case change(ChangePlace, ChangeLine, UnsafeRawBufferPointer)
    /// A change that was taken out.
    case gone(GoneLine)
    /// The line after the last change.
    case trailer(BatchTrailer)
    /// The batch is complete and, when a hasher was given, its root is that of its lines.
    case root([UInt8])
}

/// Reads one batch, fed with its parts in order; checks everything that can be checked without the database.
public struct BatchReader<Hasher: LineHasher> {
    private var hasher: Hasher
    private let verifiesRoot: Bool
    private var grammar: BatchGrammar
    private let limits: BatchLimits
    private let expectation: BatchExpectation?

    /// Number of the next part, from 0.
    public private(set) var nextPart: Int32 = 0
    /// Bytes read so far.
    public private(set) var byteCount: Int64 = 0

    /// A reader for one batch.
    ///
    /// - Parameters:
    ///   - expecting: The batch that was asked for; nil when any will do.
    ///   - hasher: Begins with the algorithm that the header names.
    ///   - verifiesRoot: False for a batch that was verified when it was received.
    ///   - knownShape: Shapes that the batch's origin has spelled out in earlier batches.
    public init(
        expecting expectation: BatchExpectation?, hasher: Hasher, verifiesRoot: Bool = true,
        limits: BatchLimits = BatchLimits(), knownShape: @escaping (Digest16) -> Shape?
    ) {
        self.expectation = expectation
        self.hasher = hasher
        self.verifiesRoot = verifiesRoot
        self.limits = limits
        var digester = hasher
        grammar = BatchGrammar(limits: limits, knownShape: knownShape) { digester.digest16($0) }
    }

    /// Whether the whole batch has been read and is sound.
    public var isComplete: Bool { grammar.isComplete }

    /// Lines read so far: the line at which an error was found.
    public var lineNumber: Int { grammar.lineNumber }

    /// Reads the next part and calls `visit` for everything in it, in order.
    ///
    /// - Throws: `FormatError`, or what `visit` throws. After an error the reader is of no more use.
    public mutating func read(
        part bytes: UnsafeRawBufferPointer, _ visit: (BatchEvent) throws -> Void
    ) throws {
        guard !grammar.isComplete else { throw grammar.fault(.unexpectedLine, "a part after the root") }
        byteCount += Int64(bytes.count)
        guard byteCount <= limits.batchBytesMax else { throw grammar.fault(.tooLarge, "the batch is too large") }
        guard nextPart < Int32.max else { throw grammar.fault(.tooLarge, "the batch has too many parts") }
        var start = 0
        while start < bytes.count {
            guard start < BatchLimits.partBytes else {
                throw grammar.fault(.partBoundary, "part \(nextPart) goes on after it should have ended")
            }
            guard let stop = ByteScan.first(CopyText.newline, in: bytes, from: start) else {
                throw grammar.fault(.truncated, "part \(nextPart) does not end with a line end")
            }
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<stop])
            try read(line, at: start, visit)
            start = stop + 1
        }
        guard grammar.isComplete || start >= BatchLimits.partBytes else {
            throw grammar.fault(.partBoundary, "part \(nextPart) ends too early")
        }
        nextPart += 1
    }

    /// Fails unless the batch is complete.
    public func finish() throws(FormatError) {
        guard grammar.isComplete else { throw grammar.fault(.truncated, "the batch has no root") }
    }

    private mutating func read(
        _ line: UnsafeRawBufferPointer, at start: Int, _ visit: (BatchEvent) throws -> Void
    ) throws {
        let parsed = try grammar.take(line)
        switch parsed {
        case .header(let header):
            guard hasher.begin(header.algorithm) else {
                throw grammar.fault(.unsupported, "this machine's libcrypto lacks \(header.algorithm.rawValue)")
            }
            hash(line)
            try check(header)
            try visit(.header(header))
        case .shape(let shape, let digest):
            hash(line)
            try visit(.shape(shape, digest))
        case .change(let change):
            hash(line)
            let place = ChangePlace(
                position: Int32(truncatingIfNeeded: grammar.changeCount - 1), part: nextPart,
                start: Int32(truncatingIfNeeded: start), length: Int32(truncatingIfNeeded: line.count))
            try visit(.change(place, change, line))
        case .gone(let gone):
            if verifiesRoot { hasher.leaf(digest: gone.leaf) }
            try visit(.gone(gone))
        case .trailer(let trailer):
            hash(line)
            try visit(.trailer(trailer))
        case .root(let root):
            guard !verifiesRoot || hasher.root() == root else {
                throw grammar.fault(.wrongRoot, "the root is not that of the lines")
            }
            try visit(.root(root))
        }
    }

    private mutating func hash(_ line: UnsafeRawBufferPointer) {
        if verifiesRoot { hasher.leaf(line) }
    }

    private func check(_ header: BatchHeader) throws(FormatError) {
        guard let expectation else { return }
        guard header.origin == expectation.origin else {
            throw grammar.fault(.wrongOrigin, "the batch is of origin \(header.origin)")
        }
        guard header.number == expectation.number else {
            throw grammar.fault(.wrongNumber, "the batch has number \(header.number)")
        }
        if let previous = expectation.previous, header.previous != previous {
            throw grammar.fault(.wrongPrevious, "the batch does not follow batch \(header.number - 1) that is here")
        }
    }
}
