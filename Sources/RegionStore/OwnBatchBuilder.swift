internal import Postgres
internal import Replication

/// Where our own origin stands in the snapshot of a transaction that may publish.
struct OwnPosition {
    let token: Int64
    let origin: OriginID
    let region: String
    let originID: Int
    /// Number of the batch to come.
    let number: Int64
    /// Root of the batch before it.
    let previous: [UInt8]
    let context: Vector
    let contextText: String
    /// When the transaction looked, µs since 1970 UTC.
    let cutAt: Int64
    /// The highest hybrid time cut or applied before.
    let highest: Int64
    /// What every party that pulls from here has said it reads, SHA-256 besides.
    let readByAll: Set<DigestAlgorithm>
    /// The snapshot, for the next cut's bound on `pending`.
    let xmax: String
    let xip: String

    /// Reads it; the fence's token is locked FOR SHARE until the transaction ends.
    static func read(_ session: Session, token: Int64) throws -> OwnPosition {
        guard let row = try session.queryOne(SQLText.named("cut_begin")) else {
            throw StoreError.unexpectedResult("this database has no origin of its own")
        }
        guard try row.int("token") == token else { throw StoreError.fenceLost }
        guard let digest = Hex.bytes(try row.text("digest")) else {
            throw StoreError.unexpectedResult("the digest of our last batch is not hexadecimal")
        }
        let context = try row.text("context")
        let readSM3 = try row.bool("read_sm3")
        return OwnPosition(
            token: token, origin: OriginID(try row.text("origin")), region: try row.text("region"),
            originID: Int(try row.int("origin_id")), number: try row.int("number") + 1, previous: digest,
            context: try JSONText.vector(context), contextText: context, cutAt: try row.int("cut_at"),
            highest: try row.int("hlc"),
            readByAll: Set(DigestAlgorithm.allCases.filter { $0 != .sm3 || readSM3 }),
            xmax: try row.text("xmax"), xip: try row.text("xip"))
    }
}

/// Builds the next batch of our own origin inside a transaction: of a cut, or of a ruling.
final class OwnBatchBuilder {
    let position: OwnPosition
    private let session: Session
    private let log: LogReader
    private let history: OwnHistory
    private var writer: BatchWriter<BatchHasher>?
    private var index = ChangeIndexBuffer()
    private var nonces = NonceSource()
    /// By table: the shape of a table does not change within a transaction that reads it.
    private var shapes: [Int: (id: Int, digest: Digest16)] = [:]

    init(session: Session, log: LogReader, position: OwnPosition, history: OwnHistory) {
        self.history = history
        self.session = session
        self.log = log
        self.position = position
    }

    /// A change that has been added, and where it stands.
    struct Added {
        let place: ChangePlace
        let shapeID: Int
        let line: [UInt8]
    }

    /// Bytes of the batch so far.
    var byteCount: Int64 { writer?.byteCount ?? 0 }

    /// Sixteen random bytes for the next change.
    func nonce() -> Digest16 { nonces.next() }

    /// Adds a change of `table`; `indexed` also adds its row of the index.
    @discardableResult
    func add(
        _ draft: (Digest16) -> ChangeDraft, image: [UInt8]?, old: [UInt8]? = nil, table: TableInfo, digest: Digest16,
        indexed: Bool = true
    ) throws -> Added {
        if writer == nil { try begin() }
        let shape = try shape(of: table)
        let draft = draft(shape.digest)
        var line: [UInt8] = []
        draft.encode(into: &line, image: image, old: old)
        guard let place = try writer?.addChange(line) else {
            throw StoreError.unexpectedResult("a change without a batch")
        }
        if indexed {
            index.append(
                ChangeIndexRow(
                    originID: position.originID, number: position.number, place: place, tableID: table.id,
                    digest: digest, kind: draft.kind, shapeID: shape.id, written: draft.written, hlc: draft.hlc))
        }
        return Added(place: place, shapeID: shape.id, line: line)
    }

    private func begin() throws {
        let header = BatchHeader(
            region: position.region, origin: position.origin, number: position.number, previous: position.previous,
            cutAt: position.cutAt, algorithm: history.algorithm(readByAll: position.readByAll),
            context: position.context)
        let (log, session) = (log, session)
        // A shape of an earlier batch is in the log; one that is not is refused by the writer.
        writer = try BatchWriter(header: header, hasher: BatchHasher()) { digest in
            (try? log.shape(session, digest: digest.bytes))?.shape
        }
    }

    /// The shape's id here; spelled out in this batch if our origin has not done so before.
    private func shape(of table: TableInfo) throws -> (id: Int, digest: Digest16) {
        if let found = shapes[table.id] { return found }
        let digest = BatchHasher.digest16(table.shape.line)
        let id = try ShapeStore.id(table.shape, digest: digest, session)
        let origin = Int64(position.originID)
        let used = try session.queryOne(SQLText.named("shape_used"), [.int(origin), .int(id)])
        if try used?.bool(0) != true {
            _ = try writer?.addShape(table.shape)
            try session.execute(SQLText.named("shape_use"), [.int(origin), .int(id), .int(position.number)])
        }
        shapes[table.id] = (id, digest)
        return (id, digest)
    }

    /// Writes what is complete: memory holds one page at a time.
    func flush() throws {
        try LogWriter.write(
            writer?.takeParts() ?? [], originID: position.originID, number: position.number, session)
        try index.flush(session)
    }

    /// Ends the batch and records it; its number. Without changes it says how far this region is, and no more.
    func finish(consumed: [BatchTrailer.Consumed]) throws -> Int64 {
        if writer == nil { try begin() }
        guard let (trailer, root) = try writer?.finish(consumed: consumed) else {
            throw StoreError.unexpectedResult("a batch without a writer")
        }
        try flush()
        let digest = Hex.text(root)
        let originID = Parameter.int(position.originID)
        try session.execute(
            SQLText.named("own_batch"),
            [
                originID, .int(position.number), .text(Hex.text(position.previous)), .text(digest),
                .text(position.contextText), .int(Int64(writer?.partCount ?? 0)), .int(trailer.changeCount),
                .int(byteCount), .int(trailer.hlc?.lowerBound), .int(trailer.hlc?.upperBound),
                .int(position.cutAt),
            ])
        try history.sign(root: root, originID: position.originID, number: position.number, session)
        try session.execute(
            SQLText.named("own_applied"),
            [originID, .int(position.number), .text(digest), .int(position.cutAt)])
        if let hlc = trailer.hlc { try session.execute(SQLText.named("clock_raise"), [.int(hlc.upperBound)]) }
        return position.number
    }
}

/// Shapes in `bashu.shape`.
enum ShapeStore {
    /// The id of a shape here, which is added if it is new.
    static func id(_ shape: Shape, digest: Digest16, _ session: Session) throws -> Int {
        guard
            let row = try session.queryOne(
                SQLText.named("shape_insert"),
                [
                    .text(digest.hex), .text(shape.schemaName), .text(shape.tableName),
                    .textArray(shape.keyColumns), .textArray(shape.columns), .textArray(shape.types),
                ])
        else { throw StoreError.unexpectedResult("no id for a shape") }
        return Int(try row.int(0))
    }
}
