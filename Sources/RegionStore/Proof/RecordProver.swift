internal import Integrity
public import Postgres
internal import Replication

/// Makes the proof of one record from the log that is here.
public enum RecordProver {
    /// Everything that the log still has of a record, each change with what shows that its batch has it.
    ///
    /// Reads in one snapshot and writes nothing. A batch is read from its beginning to its end for every change.
    ///
    /// - Parameters:
    ///   - table: `TABLE` or `SCHEMA.TABLE`, as the catalogue spells it.
    ///   - key: one value for each key column, in key order, in any spelling the type accepts.
    /// - Returns: nil when the log has nothing of the record.
    /// - Throws: `ControlError` for an unknown table or a key that does not fit, `StoreError` for a log that is not
    ///   what was published, or `PostgresError`.
    public static func prove(_ session: Session, table name: String, key values: [String]) throws -> RecordProof? {
        try session.transaction(.repeatableRead, readOnly: true) {
            try DaemonSession.pin(session)
            let named = try SharedName.find(session, name)
            let key = try named.key(session, values)
            let id = Int(named.id)
            guard let table = try TableCatalogue.read(session, ids: [id])[id] else {
                throw ControlError.noSuchTable(name)
            }
            let log = LogReader()
            var isErased = false
            var shapes: [[UInt8]] = []
            var entries: [RecordProof.Entry] = []
            for row in try session.query(SQLText.named("proof_changes"), [.int(id), .text(key.digest)]) {
                let entry = try entry(session, row)
                let change = try log.parse(session, entry.line[...])
                isErased = isErased || change.kind == .erasure
                if !shapes.contains(change.shape.line) { shapes.append(change.shape.line) }
                entries.append(entry)
            }
            guard !entries.isEmpty, let maker = try session.queryOne(SQLText.named("proof_maker")) else { return nil }
            let policy = try PolicyStore.list(session).first { $0.tableID == id }?.policy ?? NamedPolicy()
            return RecordProof(
                maker: .init(
                    region: try maker.text("region"), origin: maker[text: "origin"],
                    databaseID: try maker.text("database_id"), time: try maker.int("made_at")),
                table: table.shape, key: key.text, row: try row(session, table, key),
                policy: policy.normalised, policyFingerprint: policy.fingerprint,
                gaps: try gaps(session, digest: key.digest, isErased: isErased),
                keys: try keys(session, signing: entries), shapes: shapes, entries: entries)
        }
    }

    private static func row(
        _ session: Session, _ table: TableInfo, _ key: (text: String, digest: String)
    ) throws -> RecordProof.Row {
        let parameters: [Parameter] = [.int(table.id), .text(key.text)]
        if try session.queryOne(SQLText.named("ctl_unpublished"), parameters)?.bool("pending") ?? false {
            return .unpublished
        }
        let state = try session.queryOne(SQLText.named("proof_row"), [.int(table.id), .text(key.digest)])
        let rows = try session.query(TableStatements(table: table).rows, [.textArray([key.text])])
        guard let row = rows.first else { return try state?.bool("parked") ?? false ? .parked : .absent }
        let image = RowImage(fields: (1..<row.columnCount).map { CopyText.escape(row[text: $0])[...] })
        return try state?.bool("kept") ?? false ? .kept(image) : .present(image)
    }

    private static func gaps(_ session: Session, digest: String, isErased: Bool) throws -> [RecordProof.Gap] {
        try session.query(SQLText.named("proof_gaps"), [.text(digest), .bool(isErased)]).map { row in
            RecordProof.Gap(
                origin: try row.text("origin"), number: try row.int("number"), changes: try row.int("changes"))
        }
    }

    private static func keys(_ session: Session, signing entries: [RecordProof.Entry]) throws -> [RecordProof.Key] {
        let signers = Set(entries.flatMap(\.signatures).map(\.fingerprint))
        return try session.query(SQLText.named("signature_keys"), [.text(nil)]).compactMap { row in
            guard signers.contains(try row.bytes("fingerprint")) else { return nil }
            return RecordProof.Key(
                region: try row.text("region"), algorithm: try row.text("algorithm"), spki: try row.bytes("spki"))
        }
    }

    private static func entry(_ session: Session, _ row: Row) throws -> RecordProof.Entry {
        let pointer = try LinePointer(row)
        let batch = "batch \(pointer.number) of \(try row.text("origin"))"
        var walk = BatchWalk(pointer, batch)
        try session.stream(
            SQLText.named("proof_chunks"), [.int(pointer.originID), .int(pointer.number)], binary: true
        ) { chunk in
            let part = Int(try chunk.int(0))
            do {
                try chunk.withBytes(1) { try walk.read(part: part, $0) }
            } catch let error as FormatError {
                throw StoreError.logDamaged("\(batch): \(error)")
            }
        }
        guard let (root, proofs) = walk.prover?.finish(), proofs.count == 2, root.bytes == (try row.bytes("root"))
        else { throw StoreError.logDamaged("\(batch) is not what was published: run bashuctl audit") }
        let signatures = try session.query(
            SQLText.named("proof_signatures"), [.int(pointer.originID), .int(pointer.number)]
        ).prefix(RecordProof.signaturesMax).map { one in
            BatchSignature(
                fingerprint: try one.bytes("fingerprint"), algorithm: try one.text("algorithm"),
                signature: try one.bytes("signature"))
        }
        return RecordProof.Entry(
            header: walk.header, root: root.bytes, leaves: proofs[0].count, headerPath: proofs[0].path,
            position: Int32(truncatingIfNeeded: try row.int("position")), line: walk.line, leaf: proofs[1].index,
            path: proofs[1].path, signatures: Array(signatures))
    }
}

/// Goes through the lines of one batch, and keeps two of them: its header, and a change.
private struct BatchWalk {
    let pointer: LinePointer
    let batch: String
    var prover: MerkleProver?
    var header: [UInt8] = []
    var line: [UInt8] = []

    init(_ pointer: LinePointer, _ batch: String) {
        self.pointer = pointer
        self.batch = batch
    }

    mutating func read(part: Int, _ bytes: UnsafeRawBufferPointer) throws {
        var start = 0
        while start < bytes.count {
            let stop = ByteScan.first(CopyText.newline, in: bytes, from: start) ?? bytes.count
            let isWanted = part == pointer.part && start == pointer.start
            try take(UnsafeRawBufferPointer(rebasing: bytes[start..<stop]), isWanted: isWanted)
            start = stop + 1
        }
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer, isWanted: Bool) throws {
        guard prover != nil else {
            let algorithm = try BatchHeader(parsing: bytes).algorithm
            guard algorithm.function.isAvailable else {
                throw StoreError.logDamaged("\(batch) needs \(algorithm.rawValue), which this machine lacks")
            }
            header = Array(bytes)
            prover = MerkleProver(algorithm.function)
            prover?.append(bytes, isWanted: true)
            return
        }
        // The root is no leaf of its tree.
        if bytes.starts(with: Array("root\t".utf8)) { return }
        if GoneLine.begins(bytes) {
            guard let digest = Digest32(try GoneLine(parsing: bytes).leaf) else { return }
            prover?.append(digest: digest)
            return
        }
        if isWanted { line = Array(bytes) }
        prover?.append(bytes, isWanted: isWanted)
    }
}
