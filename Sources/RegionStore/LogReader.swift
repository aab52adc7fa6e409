internal import Postgres
internal import Replication

/// Where the line of a change stands in the log.
struct LinePointer: Hashable, Sendable {
    let originID: Int
    let number: Int64
    let part: Int
    let start: Int
    let length: Int

    struct Chunk: Hashable { let originID: Int, number: Int64, part: Int }
    var chunk: Chunk { Chunk(originID: originID, number: number, part: part) }
}

/// Reads changes out of the log by their pointers, and shapes and contexts by their names.
///
/// Shapes and contexts are immutable, so they are remembered; contexts up to a bound.
final class LogReader {
    private var shapesByID: [Int: Shape] = [:]
    private var shapeIDs: [[UInt8]: Int] = [:]
    private var contexts: [BatchKey: Vector] = [:]

    struct BatchKey: Hashable { let originID: Int, number: Int64 }

    /// How many contexts are kept: each is a vector of a few origins.
    private static let contextsMax = 10_000
    /// From how many changes of one chunk on it is fetched whole: one `substring` decompresses all of it anyway.
    private static let changesPerChunkMin = 4

    /// The lines of the changes, in the order asked for, handed to `body` one at a time with their index.
    func lines(
        _ session: Session, _ pointers: [LinePointer], _ body: (Int, ArraySlice<UInt8>) throws -> Void
    ) throws {
        guard !pointers.isEmpty else { return }
        var byChunk: [LinePointer.Chunk: [Int]] = [:]
        for (index, pointer) in pointers.enumerated() { byChunk[pointer.chunk, default: []].append(index) }
        if byChunk.count * Self.changesPerChunkMin <= pointers.count {
            try wholeChunks(session, pointers, byChunk, body)
        } else {
            try singleLines(session, pointers, body)
        }
    }

    private func singleLines(
        _ session: Session, _ pointers: [LinePointer], _ body: (Int, ArraySlice<UInt8>) throws -> Void
    ) throws {
        var found = 0
        try session.stream(
            SQLText.named("log_lines"),
            [
                .intArray(pointers.map { Int64($0.originID) }), .intArray(pointers.map(\.number)),
                .intArray(pointers.map { Int64($0.part) }), .intArray(pointers.map { Int64($0.start) }),
                .intArray(pointers.map { Int64($0.length) }),
            ], binary: true
        ) { row in
            let index = Int(try row.int(0)) - 1
            let bytes = try row.bytes(1)
            guard pointers.indices.contains(index), bytes.count == pointers[index].length else {
                throw StoreError.logDamaged("a chunk is shorter than its index says")
            }
            found += 1
            try body(index, bytes[...])
        }
        guard found == pointers.count else {
            throw StoreError.logDamaged("\(pointers.count - found) changes have no chunk")
        }
    }

    private func wholeChunks(
        _ session: Session, _ pointers: [LinePointer], _ byChunk: [LinePointer.Chunk: [Int]],
        _ body: (Int, ArraySlice<UInt8>) throws -> Void
    ) throws {
        let chunks = Array(byChunk.keys)
        var found = 0
        try session.stream(
            SQLText.named("log_chunks"),
            [
                .intArray(chunks.map { Int64($0.originID) }), .intArray(chunks.map(\.number)),
                .intArray(chunks.map { Int64($0.part) }),
            ], binary: true
        ) { row in
            let chunk = chunks[Int(try row.int(0)) - 1]
            let bytes = try row.bytes(1)
            for index in byChunk[chunk, default: []] {
                let pointer = pointers[index]
                guard pointer.start >= 0, pointer.start + pointer.length <= bytes.count else {
                    throw StoreError.logDamaged("a chunk is shorter than its index says")
                }
                found += 1
                try body(index, bytes[pointer.start..<pointer.start + pointer.length])
            }
        }
        guard found == pointers.count else {
            throw StoreError.logDamaged("\(pointers.count - found) changes have no chunk")
        }
    }

    // MARK: Shapes

    func shape(_ session: Session, id: Int) throws -> Shape {
        if let shape = shapesByID[id] { return shape }
        try loadShapes(session, ids: [id], digests: [])
        guard let shape = shapesByID[id] else { throw StoreError.logDamaged("shape \(id) is missing") }
        return shape
    }

    /// Without a session only what is remembered is found.
    func shape(_ session: Session?, digest: [UInt8]) throws -> (id: Int, shape: Shape) {
        if shapeIDs[digest] == nil, let session { try loadShapes(session, ids: [], digests: [digest]) }
        guard let id = shapeIDs[digest], let shape = shapesByID[id] else {
            throw StoreError.logDamaged("shape \(Hex.text(digest)) is missing")
        }
        return (id, shape)
    }

    /// Reads every shape that these origins have used: the changes of their batches then need no session.
    func loadShapes(_ session: Session, usedBy origins: Set<Int>) throws {
        try loadShapes(session, ids: [], digests: [], origins: origins)
    }

    private func loadShapes(
        _ session: Session, ids: [Int], digests: [[UInt8]], origins: Set<Int> = []
    ) throws {
        let rows = try session.query(
            SQLText.named("log_shapes"),
            [
                .intArray(ids.map(Int64.init)), .textArray(digests.map { Hex.text($0) }),
                .intArray(origins.map(Int64.init)),
            ])
        for row in rows {
            let (id, digest) = (Int(try row.int("id")), Hex.bytes(try row.text("digest")) ?? [])
            let columns: [String] = try ArrayText.parse(row.text("columns"))
            let types: [String] = try ArrayText.parse(row.text("types"))
            guard columns.count == types.count else { throw StoreError.logDamaged("shape \(id) was altered") }
            let shape = Shape(
                schemaName: try row.text("schema_name"), tableName: try row.text("table_name"),
                keyColumns: try ArrayText.parse(row.text("key_columns")), columns: columns, types: types)
            guard BatchHasher.digest16(shape.line) == Digest16(digest) else {
                throw StoreError.logDamaged("shape \(id) was altered")
            }
            shapesByID[id] = shape
            shapeIDs[digest] = id
        }
    }

    /// Forgets shapes: a transaction that was rolled back may have given some of them their ids.
    func forget() {
        shapesByID = [:]
        shapeIDs = [:]
    }

    // MARK: Contexts

    /// Contexts of these batches, from the log where they are not remembered.
    func contexts(_ session: Session, of batches: Set<BatchKey>) throws -> [BatchKey: Vector] {
        var result: [BatchKey: Vector] = [:]
        var missing: [BatchKey] = []
        for batch in batches {
            if let context = contexts[batch] { result[batch] = context } else { missing.append(batch) }
        }
        guard !missing.isEmpty else { return result }
        let rows = try session.query(
            SQLText.named("log_contexts"),
            [.intArray(missing.map { Int64($0.originID) }), .intArray(missing.map(\.number))])
        if contexts.count + rows.count > Self.contextsMax { contexts.removeAll(keepingCapacity: true) }
        for row in rows {
            let batch = BatchKey(originID: Int(try row.int("origin_id")), number: try row.int("number"))
            let context = try JSONText.vector(row.text("context"))
            contexts[batch] = context
            result[batch] = context
        }
        guard result.count == batches.count else { throw StoreError.logDamaged("a batch of the index is missing") }
        return result
    }
}

/// A change read from the log, with its bytes.
struct ParsedChange {
    let kind: ChangeKind
    let shape: Shape
    let shapeID: Int
    let keyText: String
    let hlc: Int64
    /// Ordinals in the shape; for an insert all.
    let written: [Int]
    let writesExistence: Bool
    let sessionUser: String?
    let actor: String?
    let reason: String?
    /// COPY text of the shape's columns; nil when the row is absent afterwards.
    let image: [UInt8]?
    /// COPY text of the old values of the written columns; only of an update.
    let old: [UInt8]?

    init(_ change: ChangeLine, _ line: UnsafeRawBufferPointer, _ shape: Shape, shapeID: Int) {
        kind = change.kind
        self.shape = shape
        self.shapeID = shapeID
        keyText = change.key(in: line)
        hlc = change.hlc
        written = change.kind.isInsert ? Array(shape.columns.indices) : change.ordinals(in: line)
        writesExistence = change.kind != .ruling || change.rulesExistence
        sessionUser = change.sessionUser(in: line)
        actor = change.actor(in: line)
        reason = change.reason(in: line)
        image = change.image(in: line).map { Array($0) }
        old = change.old(in: line).map { Array($0) }
    }
}

extension LogReader {
    /// Only the image of a change whose shape is known; nil when the row is absent afterwards.
    static func image(_ line: ArraySlice<UInt8>, _ shape: Shape) throws -> [UInt8]? {
        try line.withUnsafeBytes { bytes in
            let change = try ChangeLine(parsing: bytes, isUTF8: true) { _ in shape.columns.count }
            return change.image(in: bytes).map { Array($0) }
        }
    }

    /// Reads a line of the log, which was verified when it was received.
    func parse(_ session: Session, _ line: ArraySlice<UInt8>) throws -> ParsedChange {
        try line.withUnsafeBytes { bytes in
            guard let named = ChangeKind.shape(of: bytes) else {
                throw StoreError.logDamaged("a change without a shape")
            }
            let (shapeID, shape) = try self.shape(session, digest: named.bytes)
            let change = try ChangeLine(parsing: bytes, isUTF8: true) { _ in shape.columns.count }
            return ParsedChange(change, bytes, shape, shapeID: shapeID)
        }
    }
}

extension LinePointer {
    /// From a result with the columns of the index.
    init(_ row: Row) throws {
        self.init(
            originID: Int(try row.int("origin_id")), number: try row.int("number"), part: Int(try row.int("part")),
            start: Int(try row.int("start")), length: Int(try row.int("length")))
    }
}
