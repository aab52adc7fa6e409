internal import Integrity
internal import Postgres
internal import Reasons
internal import Replication

/// Loads the changes of a group of batches into the staging tables, streaming: memory holds one chunk and the rows on
/// their way to each table.
struct ApplyLoad {
    let session: Session
    let reader: Session
    let log: LogReader
    let catalogue: TableCatalogue
    let staging: StagingTables
    /// Everything is expected to be fast-forward: what can be goes where it belongs at once. See `Applier.direct`.
    let isDirect: Bool

    private(set) var tables: Set<Int> = []
    private(set) var changes = 0
    /// A key is changed more than once in the group.
    private(set) var hasRepeats = false
    /// Plain changes that are staged without a row in `apply_change`.
    private(set) var staged = ApplyRun.StagedCounts()
    private var shapes: [Digest16: StagedShape] = [:]
    /// Images on their way to the staging table of a shape. Apart from the shapes: a copy of one of those must not
    /// keep this buffer, or every row would copy it.
    private var rows: [Digest16: [UInt8]] = [:]
    /// Insertions on their way to their table.
    private var inserts: [Digest16: [UInt8]] = [:]
    private var logIndex = ChangeIndexBuffer()
    private var index = BinaryCopyWriter(columns: 16)
    private var indexRows = 0
    private var seen: Set<SeenKey> = []
    private var hash = BatchHasher()
    /// Runs what writes: at once, or on the session's own thread while this one reads on.
    private var perform: (@escaping () throws -> Void) throws -> Void = { try $0() }
    private var isReadingAhead = false

    private struct SeenKey: Hashable { let table: Int, digest: Digest16 }

    /// A shape of the group's batches, matched with the local table.
    private struct StagedShape {
        let id: Int
        let digest: Digest16
        let shape: Shape
        let table: TableInfo
        /// The image can be written as it is: it has every column of the local table.
        let isWhole: Bool
    }

    private static let flushBytes = 1 << 20
    /// From how many changes on the planner has to know about the temporary tables: what it assumes of unknown ones
    /// makes it compare every row with every other.
    static let analyzeMin = 1_000
    /// From how many bytes on a thread of its own reads the batches.
    private static let aheadBytesMin: Int64 = 4 << 20
    /// Buffers that may wait to be written.
    private static let buffersAhead = 4

    init(
        session: Session, reader: Session, log: LogReader, catalogue: TableCatalogue, staging: StagingTables,
        isDirect: Bool
    ) {
        self.isDirect = isDirect
        self.session = session
        self.reader = reader
        self.log = log
        self.catalogue = catalogue
        self.staging = staging
    }

    mutating func run(_ group: ApplyGroup) throws {
        if group.batches.reduce(0, { $0 + $1.bytes }) < Self.aheadBytesMin {
            try fill(group)
        } else {
            // The reading thread must not use the session that writes.
            try log.loadShapes(session, usedBy: Set(group.runs.map(\.originID)))
            let canceller = reader.canceller
            try ReadAhead.run(
                depth: Self.buffersAhead,
                produce: { write in
                    perform = write
                    isReadingAhead = true
                    try fill(group)
                }, cancel: { canceller.cancel() }, consume: { write in try write() })
            perform = { try $0() }
        }
        if changes > Self.analyzeMin { try analyze() }
    }

    private mutating func fill(_ group: ApplyGroup) throws {
        let several = group.batches.count > 1
        for run in group.runs {
            var number: Int64 = 0
            var position: Int32 = 0
            try reader.stream(
                SQLText.named("apply_chunks"),
                [.int(Int64(run.originID)), .int(run.first), .int(run.last)], binary: true
            ) { row in
                let batch = try row.int(0)
                if batch != number { (number, position) = (batch, 0) }
                let bytes = try row.bytes(2)
                try chunk(
                    bytes, Place(originID: run.originID, number: number, part: Int32(try row.int(1))), &position,
                    several: several)
            }
        }
        for digest in Array(shapes.keys) {
            try flushRows(digest)
            try flushInserts(digest)
        }
        try flushIndex()
        try flushLogIndex()
    }

    private struct Place { let originID: Int, number: Int64, part: Int32 }

    private mutating func chunk(_ bytes: [UInt8], _ place: Place, _ position: inout Int32, several: Bool) throws {
        try bytes.withUnsafeBytes { buffer in
            var start = 0
            while start < buffer.count {
                let end = ByteScan.first(CopyText.newline, in: buffer, from: start) ?? buffer.count
                let line = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
                if ChangeKind.begins(line) {
                    let change = ChangePlace(
                        position: position, part: place.part, start: Int32(start), length: Int32(line.count))
                    try add(line, change, place, several: several)
                    position += 1
                } else if GoneLine.begins(line) {
                    position += 1
                }
                start = end + 1
            }
        }
    }

    private mutating func add(
        _ line: UnsafeRawBufferPointer, _ at: ChangePlace, _ place: Place, several: Bool
    ) throws {
        guard let digest = ChangeKind.shape(of: line) else { throw StoreError.logDamaged("a change without a shape") }
        let staged = try shape(digest)
        let change = try ChangeLine(parsing: line, isUTF8: true) { _ in staged.shape.columns.count }
        let key = change.withKeyBytes(in: line) { hash.digest16($0) }
        let op: UInt8
        let image = change.image(in: line)
        switch change.kind {
        case .insert, .blind: op = UInt8(ascii: "i")
        case .update: op = UInt8(ascii: "u")
        case .delete, .erasure: op = UInt8(ascii: "d")
        case .ruling: op = image == nil ? UInt8(ascii: "d") : UInt8(ascii: "m")
        }
        if isDirect, change.kind == .blind || change.kind == .erasure { throw NotDirect() }
        if several, !seen.insert(SeenKey(table: staged.table.id, digest: key)).inserted {
            hasRepeats = true
            if isDirect { throw NotDirect() }
        }
        if isDirect, staged.isWhole, let image, change.kind == .insert || change.kind == .update {
            try addDirect(line, change, at, place, staged, key: key, image: image)
        } else {
            appendIndex(line, change, at, place, staged, key: key, op: op)
            guard let image, staged.isWhole, change.kind != .blind else { return try note(staged, digest) }
            appendRow(digest, image, at, place, key: key, op: op)
        }
        try note(staged, digest)
    }

    private mutating func note(_ staged: StagedShape, _ digest: Digest16) throws {
        tables.insert(staged.table.id)
        changes += 1
        if index.bytes.count > Self.flushBytes { try flushIndex() }
        if rows[digest, default: []].count > Self.flushBytes { try flushRows(digest) }
    }

    private mutating func addDirect(
        _ line: UnsafeRawBufferPointer, _ change: ChangeLine, _ at: ChangePlace, _ place: Place,
        _ shape: StagedShape, key: Digest16, image: UnsafeRawBufferPointer
    ) throws {
        logIndex.append(
            ChangeIndexRow(
                originID: place.originID, number: place.number, place: at, tableID: shape.table.id, digest: key,
                kind: change.kind, shapeID: shape.id, written: change.written(in: line), hlc: change.hlc))
        if logIndex.byteCount > Self.flushBytes { try flushLogIndex() }
        if change.kind == .insert, !shape.table.refers {
            inserts[shape.digest, default: []] += image
            inserts[shape.digest, default: []].append(CopyText.newline)
            if inserts[shape.digest, default: []].count > Self.flushBytes { try flushInserts(shape.digest) }
        } else {
            let op = change.kind == .insert ? "i" : "u"
            staged.rows[.init(table: shape.table.id, op: op, plain: true), default: 0] += 1
            rows[shape.digest, default: []] += Array("\\\\x\t0\t0\t0\t\(op)\t\t".utf8)
            rows[shape.digest, default: []] += image
            rows[shape.digest, default: []].append(CopyText.newline)
        }
    }

    private mutating func appendIndex(
        _ line: UnsafeRawBufferPointer, _ change: ChangeLine, _ at: ChangePlace, _ place: Place,
        _ staged: StagedShape, key: Digest16, op: UInt8
    ) {
        index.beginRow()
        index.int4(Int32(staged.table.id))
        index.raw(key.bytes)
        index.raw(change.keyBytes(in: line))
        index.int4(Int32(place.originID))
        index.int8(place.number)
        index.int4(at.position)
        index.int4(at.part)
        index.int4(at.start)
        index.int4(at.length)
        index.raw([change.kind.code])
        index.int4(Int32(staged.id))
        index.text(change.written(in: line))
        index.int8(change.hlc)
        index.raw([op])
        index.bool(true)
        index.bool(change.kind != .blind && (staged.isWhole || op == UInt8(ascii: "d")))
        indexRows += 1
    }

    private mutating func appendRow(
        _ shape: Digest16, _ image: UnsafeRawBufferPointer, _ at: ChangePlace, _ place: Place,
        key: Digest16, op: UInt8
    ) {
        var prefix = Array(#"\\x"#.utf8)
        Hex.append(key.bytes, to: &prefix)
        prefix += Array("\t\(place.number)\t\(at.position)\t\(place.originID)\t".utf8)
        prefix += [op, CopyText.tab, CopyText.tab]
        rows[shape, default: []] += prefix
        rows[shape, default: []] += image
        rows[shape, default: []].append(CopyText.newline)
    }

    // MARK: Shapes

    /// Matches a shape of the batch with the table here.
    ///
    /// - Throws: `StoreError.held` naming table and column when this database lacks one.
    private mutating func shape(_ digest: Digest16) throws -> StagedShape {
        if let known = shapes[digest] { return known }
        let (id, shape) = try log.shape(isReadingAhead ? nil : session, digest: digest.bytes)
        guard let table = catalogue.table(schema: shape.schemaName, name: shape.tableName) else {
            let name = "\(shape.schemaName).\(shape.tableName)"
            throw StoreError.held(Hold(Reason(HoldReason.table_not_shared, ["table": name])))
        }
        try Self.match(shape, table)
        let staged = StagedShape(
            id: id, digest: digest, shape: shape, table: table,
            isWhole: Set(table.shape.columns).isSubset(of: shape.columns))
        shapes[digest] = staged
        let staging = staging
        try perform { try staging.prepare(table) }
        return staged
    }

    private static func match(_ shape: Shape, _ table: TableInfo) throws {
        guard shape.keyColumns == table.shape.keyColumns else {
            throw StoreError.held(
                Hold(
                    Reason(
                        HoldReason.key_differs,
                        [
                            "table": table.name, "ours": table.shape.keyColumns.joined(separator: ", "),
                            "theirs": shape.keyColumns.joined(separator: ", "),
                        ])))
        }
        for (name, type) in zip(shape.columns, shape.types) {
            guard let local = table.shape.columns.firstIndex(of: name) else {
                throw StoreError.held(
                    Hold(
                        Reason(HoldReason.column_missing, ["table": table.name, "column": name, "type": type])))
            }
            guard table.shape.types[local] == type else {
                throw StoreError.held(
                    Hold(
                        Reason(
                            HoldReason.type_differs,
                            [
                                "column": name, "table": table.name, "ours": table.shape.types[local],
                                "theirs": type,
                            ])))
            }
        }
    }

    // MARK: Flushing

    private mutating func flushIndex() throws {
        guard indexRows > 0 else { return }
        let (session, full) = (session, index)
        index = BinaryCopyWriter(columns: 16)
        indexRows = 0
        try perform {
            var binary = full
            try session.copyIn(
                """
                COPY pg_temp.apply_change (table_id, digest, key, origin_id, number, position, part, start, length,
                kind, shape_id, written, hlc, op, last, plain) FROM STDIN (FORMAT binary)
                """
            ) { try binary.finish(into: $0) }
        }
    }

    private mutating func flushLogIndex() throws {
        let (session, full) = (session, logIndex)
        logIndex = ChangeIndexBuffer()
        try perform {
            var buffer = full
            try buffer.flush(session)
        }
    }

    private mutating func flushRows(_ digest: Digest16) throws {
        guard let staged = shapes[digest], let full = rows[digest], !full.isEmpty else { return }
        let sql = TableStatements(table: staged.table).copyStage(columns: staged.shape.columns)
        try copy(sql, full)
        rows[digest] = nil
    }

    private mutating func flushInserts(_ digest: Digest16) throws {
        guard let shape = shapes[digest], let full = inserts[digest], !full.isEmpty else { return }
        let sql = TableStatements(table: shape.table).copyRows(columns: shape.shape.columns)
        try copy(sql, full)
        inserts[digest] = nil
    }

    private func copy(_ sql: String, _ bytes: [UInt8]) throws {
        let session = session
        try perform { try session.copyIn(sql) { try $0.write(bytes) } }
    }

    private func analyze() throws {
        if !isDirect { try session.script("ANALYZE pg_temp.apply_change (table_id, digest, key)") }
        for table in tables.compactMap({ catalogue.table(id: $0) }) {
            try session.script(TableStatements(table: table).analyzeStage)
        }
    }
}
