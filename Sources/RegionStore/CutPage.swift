internal import Postgres
internal import Replication

/// What a comparison of one key found.
enum CutDifference: Equatable {
    case none
    case insert
    case delete
    /// Ordinals of the columns that differ, and their old values as COPY text.
    case update(columns: [Int], old: [UInt8])
}

/// One key of a page: the row in the table, and what is known of it.
struct CutRow {
    let ord: Int64
    let key: String
    let digest: Digest16
    let at: Int64?
    let sessionUser: String?
    let actor: String?
    /// Found by a comparison of the whole table, not by a hint.
    let isCompared: Bool
    let isHeld: Bool
    let pointer: LinePointer?
    let pointerShapeID: Int?
    let isInKnown: Bool
    /// Known to be absent although the log has the row alive.
    let isParked: Bool
    let isPresent: Bool
    /// The change at `pointer` deleted the row.
    let isKnownDeleted: Bool
    let isKnownRuling: Bool
    let storedKnown: StoredKnown?
    /// The whole COPY line without its line end.
    let line: [UInt8]
    let imageStart: Int
    /// The known image, nil when the row is known to be absent.
    var known: KnownImage?

    struct KnownImage {
        let shape: Shape
        let bytes: [UInt8]
    }

    var image: ArraySlice<UInt8> { line[imageStart...] }

    /// Two values are equal when their texts are.
    func difference(_ shape: Shape) throws -> CutDifference {
        guard isPresent else { return known == nil ? .none : .delete }
        guard let known else { return .insert }
        return try image.withUnsafeBytes { now in
            try known.bytes.withUnsafeBytes { before in
                try Self.difference(shape, now, known.shape, before, isSameShape: known.shape == shape)
            }
        }
    }

    private static func difference(
        _ shape: Shape, _ now: UnsafeRawBufferPointer, _ knownShape: Shape, _ before: UnsafeRawBufferPointer,
        isSameShape: Bool
    ) throws -> CutDifference {
        if isSameShape, ByteScan.equal(now, before) { return .none }
        let (fields, knownFields) = (CopyText.fields(now), CopyText.fields(before))
        guard fields.count == shape.columns.count, knownFields.count == knownShape.columns.count else {
            throw StoreError.logDamaged("an image has another number of columns than its shape")
        }
        var columns: [Int] = []
        var old: [UInt8] = []
        for ordinal in fields.indices {
            let place = isSameShape ? ordinal : knownShape.columns.firstIndex(of: shape.columns[ordinal])
            let field = UnsafeRawBufferPointer(rebasing: now[fields[ordinal]])
            // A column that the known image lacks holds nothing that anybody knows: NULL.
            guard let place else {
                if CopyText.isNull(field) { continue }
                if !columns.isEmpty { old.append(CopyText.tab) }
                old.append(contentsOf: CopyLine.null)
                columns.append(ordinal)
                continue
            }
            let value = UnsafeRawBufferPointer(rebasing: before[knownFields[place]])
            guard !ByteScan.equal(field, value) else { continue }
            if !columns.isEmpty { old.append(CopyText.tab) }
            old.append(contentsOf: value)
            columns.append(ordinal)
        }
        return columns.isEmpty ? .none : .update(columns: columns, old: old)
    }
}

/// Reads a table's keys in pages, each with the row that is there and the image that is known.
struct CutPage {
    let table: TableInfo
    let originID: Int
    let lookUps: TableStatements.LookUps
    /// Keys of the next page: falls when rows are large, so that a page stays under its bytes.
    private var keys = Cutter.pageKeysMax

    /// Bytes of rows that a page holds.
    private let bytesMax: Int

    init(
        table: TableInfo, originID: Int, lookUps: TableStatements.LookUps, bytesMax: Int = Cutter.pageBytesMax
    ) {
        self.bytesMax = bytesMax
        self.table = table
        self.originID = originID
        self.lookUps = lookUps
    }

    mutating func run(
        _ session: Session, _ log: LogReader, first: Int64, last: Int64, _ body: ([CutRow]) throws -> Void
    ) throws {
        var next = first
        while next <= last {
            let end = min(last, next + Int64(keys) - 1)
            var rows = try read(session, first: next, last: end)
            guard let reached = rows.last?.ord else { throw StoreError.unexpectedResult("a page without keys") }
            try fillKnown(&rows, session, log)
            try body(rows)
            next = reached + 1
        }
    }

    /// Rows of the page until its bytes are used up; the rest is read again with the next page.
    private mutating func read(_ session: Session, first: Int64, last: Int64) throws -> [CutRow] {
        var rows: [CutRow] = []
        var bytes = 0
        let sql = TableStatements(table: table).cutPage(
            first: first, last: last, ownOrigin: Int64(originID), lookUps)
        try session.copyOut(sql) { line in
            guard rows.isEmpty || bytes < bytesMax else { return }
            rows.append(try CutRow(line))
            bytes += line.count
        }
        let full = rows.count < Int(last - first + 1)
        if full {
            keys = max(1, rows.count)
        } else if bytes < bytesMax / 3 {
            keys = min(Cutter.pageKeysMax, keys * 2)
        }
        return rows
    }

    /// Fetches the known images that are in the log, and casts those of another shape to this one.
    private func fillKnown(_ rows: inout [CutRow], _ session: Session, _ log: LogReader) throws {
        var wanted: [Int] = []
        for (index, row) in rows.enumerated() where row.pointer != nil && !row.isKnownDeleted {
            // The image of a row that is gone is not needed: its deletion says all. Of a ruling only the line says
            // whether it has one.
            if row.isPresent || row.isKnownRuling {
                wanted.append(index)
            } else {
                rows[index].known = .init(shape: table.shape, bytes: [])
            }
        }
        // Shapes first: a session that streams can answer nothing else.
        var shapes: [Int: Shape] = [:]
        for index in wanted {
            guard let id = rows[index].pointerShapeID, shapes[id] == nil else { continue }
            shapes[id] = try log.shape(session, id: id)
        }
        try log.lines(session, wanted.compactMap { rows[$0].pointer }) { place, line in
            let index = wanted[place]
            guard let shape = rows[index].pointerShapeID.flatMap({ shapes[$0] }) else { return }
            rows[index].known = try LogReader.image(line, shape).map { .init(shape: shape, bytes: $0) }
        }
        for index in rows.indices {
            guard let stored = rows[index].storedKnown else { continue }
            rows[index].known = .init(shape: try log.shape(session, id: stored.shapeID), bytes: stored.image)
        }
        try KnownCast(table: table).apply(to: &rows, session)
    }
}

extension CutRow {
    /// A row of `known`, which is the known state unless a later own change overrides it.
    struct StoredKnown {
        let shapeID: Int
        let image: [UInt8]
    }

    /// Fields of the page's lines before the image; see `TableStatements.cutPage`.
    private static let fieldsBeforeImage = 20

    init(_ line: UnsafeRawBufferPointer) throws {
        var line = line
        if line.last == CopyText.newline { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
        var fields: [UnsafeRawBufferPointer] = []
        fields.reserveCapacity(Self.fieldsBeforeImage)
        var start = 0
        while fields.count < Self.fieldsBeforeImage, let end = ByteScan.first(CopyText.tab, in: line, from: start) {
            fields.append(UnsafeRawBufferPointer(rebasing: line[start..<end]))
            start = end + 1
        }
        guard fields.count == Self.fieldsBeforeImage,
            let ord = Self.int(fields[0]), let key = CopyText.string(fields[1]), let digest = Digest16(hex: fields[2])
        else { throw StoreError.unexpectedResult("a line of a page has another form") }
        self.ord = ord
        self.key = key
        self.digest = digest
        at = Self.int(fields[3])
        sessionUser = CopyText.string(fields[4])
        actor = CopyText.string(fields[5])
        isCompared = Self.bool(fields[6])
        isHeld = Self.bool(fields[7])
        isInKnown = Self.bool(fields[15])
        isPresent = Self.bool(fields[19])
        pointer = try Self.pointer(fields)
        pointerShapeID = Self.int(fields[14]).map(Int.init)
        isParked = pointer == nil && Self.bool(fields[18])
        storedKnown = pointer == nil ? try Self.stored(fields) : nil
        isKnownDeleted = fields[13].elementsEqual("d".utf8) || fields[13].elementsEqual("e".utf8)
        isKnownRuling = fields[13].elementsEqual("r".utf8)
        self.line = Array(line)
        imageStart = start
    }

    private static func int(_ field: UnsafeRawBufferPointer) -> Int64? {
        CopyText.string(field).flatMap { Int64($0) }
    }

    private static func bool(_ field: UnsafeRawBufferPointer) -> Bool { field.elementsEqual("t".utf8) }

    private static func pointer(_ fields: [UnsafeRawBufferPointer]) throws -> LinePointer? {
        guard !CopyText.isNull(fields[8]) else { return nil }
        let numbers = (8...12).compactMap { int(fields[$0]) }
        guard numbers.count == 5 else { throw StoreError.unexpectedResult("a pointer of a page has another form") }
        return LinePointer(
            originID: Int(numbers[0]), number: numbers[1], part: Int(numbers[2]), start: Int(numbers[3]),
            length: Int(numbers[4]))
    }

    private static func stored(_ fields: [UnsafeRawBufferPointer]) throws -> StoredKnown? {
        guard bool(fields[15]), let image = CopyText.unescape(fields[17]) else { return nil }
        guard let shapeID = int(fields[16]) else { throw StoreError.unexpectedResult("a known row without a shape") }
        return StoredKnown(shapeID: Int(shapeID), image: image)
    }
}
