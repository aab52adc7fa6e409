/// One change line, validated: where its fields are. Holds no bytes, so that reading a line allocates nothing.
///
/// Every accessor takes the line that was parsed, without its line end.
public struct ChangeLine: Sendable {
    /// What the change does.
    public let kind: ChangeKind
    /// Names the shape of the image.
    public let shape: Digest16
    /// Hybrid time, microseconds since 1970 UTC; 0 to `BatchLimits.hlcMax`.
    public let hlc: Int64
    /// Sixteen random bytes.
    public let nonce: Digest16
    /// The fields that name the columns, the user, the claimed actor and the key.
    public let writtenRange, sessionUserRange, actorRange, keyRange: Range<Int>
    /// Reason and ruled case; empty at 0 unless the change is a ruling.
    public let reasonRange, ruledCaseRange: Range<Int>
    /// How many columns `writtenRange` lists; all of the shape's for an insert, none for a delete.
    public let writtenCount: Int
    /// Whether a ruling rules existence; false for every other kind.
    public let rulesExistence: Bool
    /// The after-image: the shape's columns as COPY text, tabs between them; nil for an absent row.
    public let imageRange: Range<Int>?
    /// Old values of the written columns in their order, tabs between them; nil unless the change is an update.
    public let oldRange: Range<Int>?

    /// Reads a change line.
    ///
    /// - Parameters:
    ///   - line: The line without its line end. UTF-8 is checked here unless `isUTF8` says that it has been.
    ///   - number: The line's number in its batch, for errors.
    ///   - columnCount: Number of columns of a shape; nil when the origin has not spelled it out.
    public init(
        parsing line: UnsafeRawBufferPointer, number: Int = 0, isUTF8: Bool = false,
        columnCount: (Digest16) -> Int?
    ) throws(FormatError) {
        var cursor = FieldCursor(line, line: number)
        guard isUTF8 || ByteScan.isUTF8(line) else { throw cursor.fault(.notUTF8, "the line is not UTF-8") }
        kind = try ChangeLine.kind(&cursor)
        guard let shape = Digest16(hex: cursor.slice(try cursor.next())) else {
            throw cursor.fault(.badField, "the shape's digest is malformed")
        }
        guard let columns = columnCount(shape) else {
            throw cursor.fault(.unknownShape, "shape \(shape) has not been spelled out")
        }
        self.shape = shape
        writtenRange = try cursor.next()
        hlc = try cursor.number("hlc", max: BatchLimits.hlcMax)
        sessionUserRange = try cursor.next()
        actorRange = try cursor.next()
        guard let nonce = Digest16(hex: cursor.slice(try cursor.next())) else {
            throw cursor.fault(.badField, "the nonce is malformed")
        }
        self.nonce = nonce
        keyRange = try cursor.next()
        guard keyRange.count > 2, line[keyRange.lowerBound] == 0x7b, line[keyRange.upperBound - 1] == 0x7d else {
            throw cursor.fault(.badField, "the key is not an array")
        }
        let ruled = kind.isOrdered
        reasonRange = ruled ? try cursor.next() : 0..<0
        ruledCaseRange = ruled ? try cursor.next() : 0..<0
        let written = try WrittenList(cursor.slice(writtenRange), kind: kind, columns: columns, cursor)
        rulesExistence = written.rulesExistence
        writtenCount = written.count
        imageRange = try ChangeLine.image(&cursor, kind: kind, columns: columns, written: written)
        oldRange = kind == .update ? try cursor.skip(written.count) : nil
        try cursor.finish()
    }

    private static func kind(_ cursor: inout FieldCursor) throws(FormatError) -> ChangeKind {
        let field = cursor.slice(try cursor.next())
        // The frequent ones first.
        let kinds = [ChangeKind.update, .insert, .delete, .ruling, .blind, .erasure]
        for kind in kinds where field.elementsEqual(kind.word.utf8) { return kind }
        throw cursor.fault(.unexpectedLine, "not a line of a batch")
    }

    /// Takes the image. A ruling without one rules that the row is absent.
    private static func image(
        _ cursor: inout FieldCursor, kind: ChangeKind, columns: Int, written: WrittenList
    ) throws(FormatError) -> Range<Int>? {
        switch kind {
        case .delete, .erasure: return nil
        case .insert, .blind, .update: return try cursor.skip(columns)
        case .ruling:
            guard cursor.isAtEnd else { return try cursor.skip(columns) }
            guard written.rulesExistence, written.count == 0 else {
                throw cursor.fault(.fieldCount, "a ruling without an image rules existence and nothing else")
            }
            return nil
        }
    }
}

extension ChangeLine {
    /// Columns written, as the line lists them: `*`, ordinals, `x` for existence.
    public func written(in line: UnsafeRawBufferPointer) -> String { text(writtenRange, line) ?? "" }

    /// Ordinals of the written columns in the shape, ascending. Empty for a delete; for an insert the caller
    /// knows them: all.
    public func ordinals(in line: UnsafeRawBufferPointer) -> [Int] {
        guard !kind.isInsert else { return Array(0..<writtenCount) }
        var result: [Int] = []
        result.reserveCapacity(writtenCount)
        for part in written(in: line).utf8.split(separator: 0x2c) {
            if let ordinal = Int(String(part) ?? "") { result.append(ordinal) }
        }
        return result
    }

    /// The session user of the last writer; nil when unknown.
    public func sessionUser(in line: UnsafeRawBufferPointer) -> String? { text(sessionUserRange, line) }

    /// Who the writer claimed to be; nil when nobody.
    public func actor(in line: UnsafeRawBufferPointer) -> String? { text(actorRange, line) }

    /// The key: the text of an array.
    public func key(in line: UnsafeRawBufferPointer) -> String { text(keyRange, line) ?? "" }

    /// The UTF-8 bytes of the key, which its digest is taken over.
    public func keyBytes(in line: UnsafeRawBufferPointer) -> [UInt8] {
        CopyText.unescape(slice(keyRange, line)) ?? []
    }

    /// Calls `body` with the UTF-8 bytes of the key, copying them only when the line escapes them.
    public func withKeyBytes<R>(in line: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> R)
        rethrows -> R
    {
        let raw = slice(keyRange, line)
        guard ByteScan.first(CopyText.backslash, in: raw, from: 0) != nil else { return try body(raw) }
        return try keyBytes(in: line).withUnsafeBytes(body)
    }

    /// Why a person ruled or erased; nil for other kinds and when no reason was given.
    public func reason(in line: UnsafeRawBufferPointer) -> String? {
        kind.isOrdered ? text(reasonRange, line) : nil
    }

    /// The case that a person ruled on, text for people.
    public func ruledCase(in line: UnsafeRawBufferPointer) -> String? {
        kind == .ruling ? text(ruledCaseRange, line) : nil
    }

    /// The image as COPY text, as it goes into a table; nil for an absent row.
    public func image(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        imageRange.map { slice($0, line) }
    }

    /// The old values as COPY text in the order of the written columns; nil unless the change is an update.
    public func old(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        oldRange.map { slice($0, line) }
    }

    /// The part of `line` that a range of this change covers.
    public func slice(_ range: Range<Int>, _ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: line[range])
    }

    private func text(_ range: Range<Int>, _ line: UnsafeRawBufferPointer) -> String? {
        CopyText.string(slice(range, line))
    }
}

/// The list of written columns, checked.
struct WrittenList {
    let count: Int
    let rulesExistence: Bool

    init(
        _ field: UnsafeRawBufferPointer, kind: ChangeKind, columns: Int, _ cursor: FieldCursor
    ) throws(FormatError) {
        switch kind {
        case .insert, .blind:
            guard field.count == 1, field[0] == 0x2a else {
                throw cursor.fault(.badField, "an insert writes all columns")
            }
            count = columns
            rulesExistence = false
        case .delete:
            guard field.isEmpty else { throw cursor.fault(.badField, "a delete writes no columns") }
            count = 0
            rulesExistence = false
        case .erasure:
            guard field.count == 1, field[0] == 0x78 else {
                throw cursor.fault(.badField, "an erasure writes existence")
            }
            count = 0
            rulesExistence = true
        case .update, .ruling:
            var start = 0
            rulesExistence = kind == .ruling && field.first == 0x78
            if rulesExistence {
                guard field.count == 1 || (field.count > 2 && field[1] == 0x2c) else {
                    throw cursor.fault(.badField, "the list of written columns is malformed")
                }
                start = 2
            }
            count = try WrittenList.ordinals(field, from: start, columns: columns, cursor)
            guard count > 0 || rulesExistence else { throw cursor.fault(.badField, "no column is written") }
        }
    }

    /// Counts ascending ordinals below `columns`, separated by commas.
    private static func ordinals(
        _ field: UnsafeRawBufferPointer, from: Int, columns: Int, _ cursor: FieldCursor
    ) throws(FormatError) -> Int {
        var start = from
        var count = 0
        var last: Int64 = -1
        while start < field.count {
            let stop = ByteScan.first(0x2c, in: field, from: start) ?? field.count
            guard let ordinal = FieldCursor.number(UnsafeRawBufferPointer(rebasing: field[start..<stop])),
                ordinal > last, ordinal < columns, stop + 1 != field.count
            else { throw cursor.fault(.badField, "the list of written columns is malformed") }
            last = ordinal
            count += 1
            start = stop + 1
        }
        return count
    }
}
