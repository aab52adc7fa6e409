/// Where a change stands in its batch.
public struct ChangePlace: Hashable, Sendable {
    /// Position among the changes of the batch, from 0.
    public let position: Int32
    /// The part that holds the line, from 0.
    public let part: Int32
    /// First byte of the line in its part.
    public let start: Int32
    /// Bytes of the line, without its line end.
    public let length: Int32

    /// A place in a batch.
    public init(position: Int32, part: Int32, start: Int32, length: Int32) {
        self.position = position
        self.part = part
        self.start = start
        self.length = length
    }
}

/// Checks the lines of a batch in their order. Reader and writer share it, so that nobody can publish what nobody
/// can read.
struct BatchGrammar {
    enum Line {
        case header(BatchHeader)
        case shape(Shape, Digest16)
        case change(ChangeLine)
        case gone(GoneLine)
        case trailer(BatchTrailer)
        case root([UInt8])
    }

    private enum Stage { case start, body, ended, complete }

    private let limits: BatchLimits
    private let knownShape: (Digest16) -> Shape?
    private let digest16: (UnsafeRawBufferPointer) -> Digest16
    private var stage = Stage.start
    private var shapes: [Digest16: Shape] = [:]
    private var spelledOut: Set<Digest16> = []
    private var current: (digest: Digest16, shape: Shape)?
    private var lastKey: [UInt8] = []
    /// Some changes are gone: what the trailer says of all of them cannot be told from the rest.
    private var hasGone = false
    private var hlcMin = Int64.max
    private var hlcMax = Int64.min

    /// Lines taken so far.
    private(set) var lineNumber = 0
    /// Changes taken so far.
    private(set) var changeCount: Int64 = 0

    init(
        limits: BatchLimits, knownShape: @escaping (Digest16) -> Shape?,
        digest16: @escaping (UnsafeRawBufferPointer) -> Digest16
    ) {
        self.limits = limits
        self.knownShape = knownShape
        self.digest16 = digest16
    }

    /// The hlc range of the changes so far; nil when there are none.
    var hlc: ClosedRange<Int64>? { hlcMin <= hlcMax ? hlcMin...hlcMax : nil }

    /// Whether the root has been taken.
    var isComplete: Bool { stage == .complete }

    /// Takes the next line, without its line end.
    mutating func take(_ line: UnsafeRawBufferPointer) throws(FormatError) -> Line {
        lineNumber += 1
        guard line.count <= limits.lineBytesMax else { throw fault(.tooLarge, "the line is too long") }
        guard ByteScan.isUTF8(line) else { throw fault(.notUTF8, "the line is not UTF-8") }
        switch stage {
        case .start:
            guard line.count <= limits.headerBytesMax else { throw fault(.tooLarge, "the header is too long") }
            let header = try BatchHeader(parsing: line)
            stage = .body
            return .header(header)
        case .body:
            if begins(line, with: "shape") { return try takeShape(line) }
            if begins(line, with: "end") { return try takeTrailer(line) }
            if GoneLine.begins(line) { return .gone(try takeGone(line)) }
            return .change(try takeChange(line))
        case .ended:
            stage = .complete
            return .root(try takeRoot(line))
        case .complete:
            throw fault(.unexpectedLine, "a line after the root")
        }
    }

    private func begins(_ line: UnsafeRawBufferPointer, with word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard line.count > count, line[count] == CopyText.tab else { return false }
        return word.withUTF8Buffer { $0.elementsEqual(UnsafeRawBufferPointer(rebasing: line[..<count])) }
    }

    private mutating func takeShape(_ line: UnsafeRawBufferPointer) throws(FormatError) -> Line {
        let shape = try Shape(parsing: line, number: lineNumber, limits: limits)
        let digest = digest16(line)
        guard spelledOut.insert(digest).inserted else {
            throw fault(.unknownShape, "shape \(digest) is spelled out twice")
        }
        shapes[digest] = shape
        return .shape(shape, digest)
    }

    private mutating func takeChange(_ line: UnsafeRawBufferPointer) throws(FormatError) -> ChangeLine {
        guard changeCount < limits.changesMax else { throw fault(.tooLarge, "too many changes") }
        let previous = current
        let change = try ChangeLine(parsing: line, number: lineNumber, isUTF8: true) { digest in
            shape(digest)?.columns.count
        }
        let key = UnsafeRawBufferPointer(rebasing: line[change.keyRange])
        if let previous, let now = current {
            try checkOrder(previous.shape, now.shape, key)
        }
        lastKey.removeAll(keepingCapacity: true)
        lastKey.append(contentsOf: key)
        hlcMin = min(hlcMin, change.hlc)
        hlcMax = max(hlcMax, change.hlc)
        changeCount += 1
        return change
    }

    private mutating func takeGone(_ line: UnsafeRawBufferPointer) throws(FormatError) -> GoneLine {
        guard changeCount < limits.changesMax else { throw fault(.tooLarge, "too many changes") }
        let gone = try GoneLine(parsing: line, number: lineNumber)
        hasGone = true
        changeCount += 1
        return gone
    }

    /// The shape with this digest, which becomes the current one.
    private mutating func shape(_ digest: Digest16) -> Shape? {
        if let current, current.digest == digest { return current.shape }
        guard let shape = shapes[digest] ?? knownShape(digest) else { return nil }
        shapes[digest] = shape
        current = (digest, shape)
        return shape
    }

    /// Changes stand in bytewise order of (schema, table, key), a key at most once.
    private func checkOrder(_ last: Shape, _ now: Shape, _ key: UnsafeRawBufferPointer) throws(FormatError) {
        if last.isSameTable(as: now) {
            let order = lastKey.withUnsafeBytes { CopyText.compare($0, key) }
            guard order < 0 else {
                throw fault(.order, order == 0 ? "a key stands twice" : "the keys are not in order")
            }
        } else {
            guard Shape.tablePrecedes(last, now) else { throw fault(.order, "the tables are not in order") }
        }
    }

    private mutating func takeTrailer(_ line: UnsafeRawBufferPointer) throws(FormatError) -> Line {
        let trailer = try BatchTrailer(parsing: line, number: lineNumber)
        guard trailer.changeCount == changeCount else {
            throw fault(.count, "the trailer counts \(trailer.changeCount) changes, there are \(changeCount)")
        }
        guard agrees(trailer) else { throw fault(.hlcRange, "the trailer's hlc range is not that of the changes") }
        stage = .ended
        return .trailer(trailer)
    }

    private func agrees(_ trailer: BatchTrailer) -> Bool {
        guard hasGone else { return trailer.hlc == hlc }
        guard let all = trailer.hlc else { return false }
        return hlc.map { all.contains($0.lowerBound) && all.contains($0.upperBound) } ?? true
    }

    private func takeRoot(_ line: UnsafeRawBufferPointer) throws(FormatError) -> [UInt8] {
        var cursor = FieldCursor(line, line: lineNumber)
        guard try cursor.text("line kind") == "root" else { throw fault(.unexpectedLine, "not a root") }
        guard let root = Hex.bytes(cursor.slice(try cursor.next())), root.count == BatchHeader.digestBytes else {
            throw fault(.badField, "the root is malformed")
        }
        try cursor.finish()
        return root
    }

    func fault(_ reason: FormatError.Reason, _ detail: String) -> FormatError {
        FormatError(line: lineNumber, reason: reason, detail: detail)
    }
}
