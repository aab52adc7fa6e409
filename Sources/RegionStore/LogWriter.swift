internal import Postgres
internal import Replication

/// One row of the index `bashu.change`.
struct ChangeIndexRow {
    let originID: Int
    let number: Int64
    let place: ChangePlace
    let tableID: Int
    let digest: Digest16
    let kind: ChangeKind
    let shapeID: Int
    let written: String
    let hlc: Int64
}

/// Index rows on their way to the database.
struct ChangeIndexBuffer {
    private var binary = BinaryCopyWriter(columns: Self.columnCount)
    private var isEmpty = true

    private static let columnCount = 12

    /// Bytes that wait to be written.
    var byteCount: Int { binary.bytes.count }

    mutating func append(_ row: ChangeIndexRow) {
        isEmpty = false
        binary.beginRow()
        binary.int4(Int32(row.originID))
        binary.int8(row.number)
        binary.int4(row.place.position)
        binary.int4(Int32(row.tableID))
        binary.raw(row.digest.bytes)
        binary.int4(row.place.part)
        binary.int4(row.place.start)
        binary.int4(row.place.length)
        binary.raw(CollectionOfOne(row.kind.code))
        binary.int4(Int32(row.shapeID))
        binary.text(row.written)
        binary.int8(row.hlc)
    }

    mutating func flush(_ session: Session) throws {
        guard !isEmpty else { return }
        var full = binary
        binary = BinaryCopyWriter(columns: Self.columnCount)
        isEmpty = true
        let columns = """
            origin_id, number, position, table_id, digest, part, start, length, kind, shape_id, written, hlc
            """
        try session.copyIn("COPY bashu.change (\(columns)) FROM STDIN (FORMAT binary)") { try full.finish(into: $0) }
    }
}

/// Chunks on their way to the database.
enum LogWriter {
    static func write(_ parts: [BatchPart], originID: Int, number: Int64, _ session: Session) throws {
        guard !parts.isEmpty else { return }
        try session.copyIn("COPY bashu.chunk (origin_id, number, part, bytes) FROM STDIN (FORMAT binary)") { copy in
            var binary = BinaryCopyWriter(columns: 4)
            for part in parts {
                binary.beginRow()
                binary.int4(Int32(originID))
                binary.int8(number)
                binary.int4(part.number)
                binary.raw(part.bytes)
                try binary.flush(into: copy)
            }
            try binary.finish(into: copy)
        }
    }
}
