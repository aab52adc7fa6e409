internal import Integrity
internal import Postgres
internal import Reasons
internal import Replication

/// What the index of changes calls tables and shapes.
struct AuditNames {
    fileprivate let shapes: [Digest16: (id: Int64, table: Int64)]
    fileprivate let tables: [Int64: String]

    init(_ session: Session) throws {
        var tables: [Int64: String] = [:]
        for row in try session.query(SQLText.named("audit_tables")) {
            tables[try row.int("id")] = try TableName(row: row).description
        }
        var shapes: [Digest16: (Int64, Int64)] = [:]
        for row in try session.query(SQLText.named("audit_shapes")) {
            guard let digest = Digest16(try row.bytes("digest")) else { continue }
            shapes[digest] = (try row.int("id"), try row.int("table_id"))
        }
        self.shapes = shapes
        self.tables = tables
    }
}

/// Changes of one part, as the index must have them.
struct PlacedChanges {
    fileprivate struct Place {
        let place: ChangePlace
        let digest: Digest16
        let key: String
        let kind: ChangeKind
        let shape: Digest16
        let hlc: Int64
        let written: String
    }

    fileprivate private(set) var places: [Place] = []
    private let hash = HashFunction(.sha256)

    mutating func add(_ place: ChangePlace, _ change: ChangeLine, _ line: UnsafeRawBufferPointer) {
        let words = change.withKeyBytes(in: line) { hash.digest($0).first16 }
        places.append(
            Place(
                place: place, digest: Digest16(high: words.high, low: words.low), key: change.key(in: line),
                kind: change.kind, shape: change.shape, hlc: change.hlc, written: change.written(in: line)))
    }

    mutating func removeAll() { places.removeAll(keepingCapacity: true) }
}

/// The index of one origin's changes, side by side with the lines of its batches: both in the order of the log, both
/// read as they are needed.
struct AuditIndex {
    private struct Entry {
        let number: Int64
        let position: Int64
        let table: Int64
        let digest: Digest16
        let place: (part: Int64, start: Int64, length: Int64)
        let kind: String
        let shape: Int64
        let written: String
        let hlc: Int64
    }

    private let session: Session
    private let origin: String
    private let names: AuditNames
    private var entries: ArraySlice<Entry> = []
    private var isAtEnd = false

    private static let entriesAtOnce = 5_000

    init(_ session: Session, originID: Int64, origin: String, _ names: AuditNames) throws {
        self.session = session
        self.origin = origin
        self.names = names
        try session.execute(
            "DECLARE audit_index NO SCROLL CURSOR FOR \(SQLText.named("audit_index"))", [.int(originID)])
    }

    /// The next entry, which stays the next.
    private mutating func next() throws -> Entry? {
        guard entries.isEmpty, !isAtEnd else { return entries.first }
        entries = try session.query("FETCH \(Self.entriesAtOnce) FROM audit_index", binary: true).map { row in
            guard let digest = Digest16(try row.bytes(3)) else {
                throw StoreError.unexpectedResult("a digest of the index has not 16 bytes")
            }
            return Entry(
                number: try row.int(0), position: try row.int(1), table: try row.int(2), digest: digest,
                place: (try row.int(4), try row.int(5), try row.int(6)), kind: try row.text(7),
                shape: try row.int(8), written: try row.text(9), hlc: try row.int(10))
        }[...]
        isAtEnd = entries.isEmpty
        return entries.first
    }

    /// Changes of one batch, in their order.
    mutating func compare(_ changes: PlacedChanges, number: Int64, _ faults: inout Audit.Faults) throws {
        for change in changes.places {
            let position = Int64(change.place.position)
            while let entry = try next(), (entry.number, entry.position) < (number, position) {
                try noteExtra(entry, &faults)
                entries.removeFirst()
            }
            guard let entry = try next(), (entry.number, entry.position) == (number, position) else {
                faults.note(
                    .index_missing,
                    [
                        "change": name(number, position), "table": table(of: change.shape), "key": change.key,
                    ])
                continue
            }
            entries.removeFirst()
            compare(entry, change, &faults)
        }
    }

    private func compare(_ entry: Entry, _ change: PlacedChanges.Place, _ faults: inout Audit.Faults) {
        let shape = names.shapes[change.shape]
        let place = (Int64(change.place.part), Int64(change.place.start), Int64(change.place.length))
        let wrong: [(String, Bool)] = [
            ("table_id", entry.table != shape?.table), ("digest", entry.digest != change.digest),
            ("part, start, length", entry.place != place),
            ("kind", Array(entry.kind.utf8) != [change.kind.code]), ("shape_id", entry.shape != shape?.id),
            ("written", entry.written != change.written), ("hlc", entry.hlc != change.hlc),
        ]
        let columns = wrong.filter(\.1).map(\.0)
        guard !columns.isEmpty else { return }
        faults.note(
            .index_differs,
            [
                "change": name(entry.number, entry.position), "table": table(of: change.shape),
                "key": change.key, "columns": columns.joined(separator: ", "),
            ])
    }

    /// What the index has of a batch beyond its last change is too much; of one that cannot be read nothing is said.
    mutating func end(of number: Int64, isRefused: Bool, _ faults: inout Audit.Faults) throws {
        while let entry = try next(), entry.number <= number {
            if !isRefused || entry.number < number { try noteExtra(entry, &faults) }
            entries.removeFirst()
        }
    }

    /// What the index has beyond the last batch is too much.
    mutating func finish(_ faults: inout Audit.Faults) throws {
        while let entry = try next() {
            try noteExtra(entry, &faults)
            entries.removeFirst()
        }
        try session.script("CLOSE audit_index")
    }

    private func noteExtra(_ entry: Entry, _ faults: inout Audit.Faults) throws {
        // The index has the key's digest only; people know the key.
        let key = faults.named.count < Audit.faultsMax
            ? try session.queryOne(
                SQLText.named("audit_key_text"), [.int(entry.table), .text(entry.digest.hex)])?.text(0) : nil
        faults.note(
            .index_extra,
            [
                "change": name(entry.number, entry.position), "table": names.tables[entry.table] ?? "\(entry.table)",
                "key": key ?? entry.digest.hex,
            ])
    }

    private func name(_ number: Int64, _ position: Int64) -> String { "\(origin):\(number):\(position)" }

    private func table(of shape: Digest16) -> String { names.shapes[shape].flatMap { names.tables[$0.table] } ?? "?" }
}
