import Postgres
import Replication

/// What receiving reads and writes in this database.
struct ReceiveStore {
    let session: Session

    /// This database in the words of the feed.
    struct Local {
        let databaseID: String
        let own: OriginID?
        let applied: Vector
        let received: Vector
        /// The last batch that an origin may have, of those whose end was declared.
        let closed: Vector
    }

    /// What is here of an origin.
    struct State: Equatable {
        /// The last complete batch; 0 for none.
        let number: Int64
        /// Its root; empty for none.
        let digest: [UInt8]
        /// Stored parts of the next batch, nil when there is nothing of it.
        let parts: Int64?
        /// Why the next batch was refused.
        let fault: String?
    }

    func local() throws -> Local {
        guard let row = try session.queryOne(SQLText.named("receive_local")) else {
            throw StoreError.unexpectedResult("bashu.node has no row")
        }
        return Local(
            databaseID: try row.text(0), own: row[text: 1].map(OriginID.init),
            applied: try JSONText.vector(row.text(2)), received: try JSONText.vector(row.text(3)),
            closed: try JSONText.vector(row.text(4)))
    }

    /// Registers an origin that is new here. Costs no transaction id when it is not.
    func register(_ origin: OriginID) throws {
        try session.execute(SQLText.named("receive_new_origin"), [.text(origin.name), .text(origin.region)])
    }

    /// The local number of an origin, locked against other links until the transaction ends; nil when one of them
    /// has it.
    func lock(_ origin: OriginID) throws -> Int64? {
        guard let row = try session.queryOne(SQLText.named("receive_lock_origin"), [.text(origin.name)]) else {
            throw StoreError.unexpectedResult("origin \(origin) has gone")
        }
        return try row.bool(1) ? try row.int(0) : nil
    }

    func state(_ id: Int64) throws -> State {
        guard let row = try session.queryOne(SQLText.named("receive_state"), [.int(id)]) else {
            throw StoreError.unexpectedResult("no state of origin \(id)")
        }
        return State(
            number: try row.int(0), digest: try row[bytes: 1] ?? [], parts: try row[int: 2], fault: row[text: 3])
    }

    func storedParts(_ id: Int64, _ number: Int64, _ body: (Int64, UnsafeRawBufferPointer) throws -> Void) throws {
        try session.stream(
            SQLText.named("receive_stored_parts"), [.int(id), .int(number)], binary: true
        ) { row in
            let part = try row.int(0)
            _ = try row.withBytes(1) { try body(part, $0) }
        }
    }

    /// Forgets what there is of an incomplete batch.
    func discard(_ id: Int64, _ number: Int64) throws {
        try session.execute(SQLText.named("receive_discard_chunks"), [.int(id), .int(number)])
        try session.execute(SQLText.named("receive_discard_batch"), [.int(id), .int(number)])
    }

    /// Forgets parts of all batches after this one.
    func discard(_ id: Int64, beyond number: Int64) throws {
        try session.execute(SQLText.named("receive_discard_beyond"), [.int(id), .int(number)])
    }

    /// Keeps the signatures of batches, by their numbers.
    func write(_ signatures: [(number: Int64, signatures: [BatchSignature])], origin id: Int64) throws {
        let all = signatures.flatMap { batch in batch.signatures.map { (number: batch.number, signature: $0) } }
        guard !all.isEmpty else { return }
        try session.execute(
            SQLText.named("signatures_insert"),
            [
                .int(id), .intArray(all.map(\.number)), .textArray(all.map { Hex.text($0.signature.fingerprint) }),
                .textArray(all.map(\.signature.algorithm)), .textArray(all.map { Hex.text($0.signature.signature) }),
            ])
    }

    /// Keeps what a refused batch looked like. `previous`: the root that is here of the batch before.
    func keepEvidence(
        of batch: BatchInProgress, origin id: Int64, from peer: String, reason: String, previous: [UInt8],
        _ signature: BatchSignature?
    ) throws {
        let header = try session.queryOne(SQLText.named("receive_header"), [.int(id), .int(batch.number)])
        try session.execute(
            SQLText.named("evidence"),
            [
                .text(batch.origin.name), .int(batch.number), .text(peer), .text(reason), .text(header?[text: 0]),
                .bytes(previous), .bytes(batch.root), .bytes(signature?.fingerprint), .bytes(signature?.signature),
            ])
        try session.execute(SQLText.named("evidence_bound"))
    }

    func knownShapes(_ id: Int64) throws -> [Digest16: Shape] {
        var shapes: [Digest16: Shape] = [:]
        for row in try session.query(SQLText.named("receive_known_shapes"), [.int(id)]) {
            let columns = try row.texts("columns")
            let types = try row.texts("types")
            guard let digest = Digest16(try row.bytes(0)), columns.count == types.count else {
                throw StoreError.unexpectedResult("a malformed row of bashu.shape")
            }
            shapes[digest] = Shape(
                schemaName: try row.text(1), tableName: try row.text(2),
                keyColumns: try row.texts("key_columns"), columns: columns, types: types)
        }
        return shapes
    }

    /// Fails unless this daemon still holds the database.
    func checkFence(_ token: Int64) throws {
        guard let row = try session.queryOne(SQLText.named("receive_fence")), try row.int(0) == token else {
            throw StoreError.fenceLost
        }
    }

    /// Writes the row of a batch, and its shapes when it is complete.
    func write(_ batch: BatchInProgress, origin id: Int64, from peer: String, fault: String?) throws {
        let header = batch.header
        let trailer = batch.trailer
        try session.execute(
            SQLText.named("receive_batch"),
            [
                .int(id), .int(batch.number), .bytes(header?.previous ?? []), .bytes(batch.root),
                .text(try JSONText.vector(header?.context ?? Vector())), .int(Int64(batch.storedParts)),
                .int(batch.changes), .int(batch.bytes), .int(trailer?.hlc?.lowerBound),
                .int(trailer?.hlc?.upperBound), .int(header?.cutAt ?? 0), .text(peer),
                .bool(batch.root != nil && fault == nil), .text(fault),
            ])
        guard batch.root != nil, fault == nil else { return }
        for (digest, shape) in batch.shapes {
            try session.execute(
                SQLText.named("receive_shape"),
                [
                    .bytes(digest.bytes), .text(shape.schemaName), .text(shape.tableName),
                    .textArray(shape.keyColumns), .textArray(shape.columns), .textArray(shape.types),
                ])
            try session.execute(
                SQLText.named("receive_shape_use"), [.int(id), .int(batch.number), .bytes(digest.bytes)])
        }
    }
}
