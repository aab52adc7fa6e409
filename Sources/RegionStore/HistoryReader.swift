public import Postgres
public import Replication

/// Who wrote what into one row, wherever it was.
public enum HistoryReader {
    /// One published change of the row.
    public struct Entry: Sendable {
        public let id: ChangeID
        /// Hybrid time, microseconds since 1970 UTC.
        public let hlc: Int64
        public let kind: ChangeKind
        public let user: String?
        /// Who the writer claimed to be.
        public let actor: String?
        /// The columns written, in the table's order.
        public let writes: [Write]
        /// Why a person ruled so.
        public let reason: String?
        /// The latest changes of the row that its writer had seen.
        public let seen: [ChangeID]
        /// Changes of the row that this one had not seen, nor they this one.
        public let concurrent: [ChangeID]
        let context: Vector
    }

    /// One column of a change.
    public struct Write: Sendable, Equatable {
        public let column: String
        /// What was replaced; `.unknown` where the change does not say (insert, ruling).
        public let old: Old
        public let new: String?

        public enum Old: Sendable, Equatable {
            case unknown
            case value(String?)
        }
    }

    /// The history of one row.
    public struct History: Sendable {
        public let table: TableName
        public let key: RowKey
        /// Oldest first.
        public let entries: [Entry]
        /// Every case of the row, closed ones too.
        public let cases: [CaseList.Case]
        /// Whether somebody has touched the row here and no cut has looked yet.
        public let hasUnpublished: Bool
    }

    /// Reads the history of the row with these key values.
    ///
    /// - Parameters:
    ///   - table: `TABLE` or `SCHEMA.TABLE`, as the catalogue spells it.
    ///   - key: one value for each key column, in key order, in any spelling the type accepts.
    /// - Throws: `ControlError` for an unknown table or a key that does not fit, `StoreError` for a damaged log, or
    ///   `PostgresError`.
    public static func read(_ session: Session, table name: String, key values: [String]) throws -> History {
        try session.transaction(.repeatableRead, readOnly: true) {
            let table = try SharedName.find(session, name)
            let key = try table.key(session, values)
            let parameters: [Parameter] = [.int(table.id), .text(key.digest)]
            var entries = try session.query(SQLText.named("ctl_history"), parameters).map { row in
                try Entry(row: row)
            }
            entries = entries.enumerated().map { index, entry in
                entry.with(
                    seen: latest(entries[..<index].filter { hasSeen(entry, $0) }),
                    concurrent: entries.filter { isConcurrent(entry, $0) }.map(\.id))
            }
            let cases = try CaseList.cases(session, tableID: table.id, digest: key.digest)?.cases ?? []
            let pending = try session.queryOne(
                SQLText.named("ctl_unpublished"), [.int(table.id), .text(key.text)])
            return History(
                table: table.name, key: try RowKey(key.text), entries: entries, cases: cases,
                hasUnpublished: try pending?.bool("pending") ?? false)
        }
    }

    private static func hasSeen(_ one: Entry, _ other: Entry) -> Bool {
        guard one.id.origin == other.id.origin else { return one.context.covers(other.id.origin, other.id.number) }
        return other.id < one.id
    }

    private static func isConcurrent(_ one: Entry, _ other: Entry) -> Bool {
        one.id != other.id && !hasSeen(one, other) && !hasSeen(other, one)
    }

    /// Those that none of the others has seen, oldest first.
    private static func latest(_ entries: [Entry]) -> [ChangeID] {
        var found: [Entry] = []
        for entry in entries.reversed() where !found.contains(where: { hasSeen($0, entry) }) { found.append(entry) }
        return found.reversed().map(\.id)
    }
}

extension HistoryReader.Entry {
    fileprivate init(row: Row) throws {
        id = ChangeID(
            origin: OriginID(try row.text("origin")), number: try row.int("number"),
            position: Int32(try row.int("position")))
        context = try JSONText.vector(row.text("context"))
        hlc = try row.int("hlc")
        (seen, concurrent) = ([], [])
        let columns = try ArrayText.parse(row.text("columns"))
        let line = try row.bytes("line")
        do {
            let parsed = try line.withUnsafeBytes { bytes in
                let change = try ChangeLine(parsing: bytes) { _ in columns.count }
                return (
                    kind: change.kind, user: change.sessionUser(in: bytes), actor: change.actor(in: bytes),
                    reason: change.reason(in: bytes), writes: change.writes(in: bytes, columns: columns)
                )
            }
            (kind, user, actor, reason, writes) =
                (parsed.kind, parsed.user, parsed.actor, parsed.reason, parsed.writes)
        } catch let error as FormatError {
            throw StoreError.logDamaged("change \(id): \(error)")
        }
    }

    fileprivate func with(seen: [ChangeID], concurrent: [ChangeID]) -> HistoryReader.Entry {
        HistoryReader.Entry(
            id: id, hlc: hlc, kind: kind, user: user, actor: actor, writes: writes, reason: reason, seen: seen,
            concurrent: concurrent, context: context)
    }
}

extension ChangeLine {
    fileprivate func writes(in line: UnsafeRawBufferPointer, columns: [String]) -> [HistoryReader.Write] {
        guard let image = image(in: line).map(CopyText.values) else { return [] }
        let olds = old(in: line).map(CopyText.values)
        return ordinals(in: line).enumerated().map { place, ordinal in
            HistoryReader.Write(
                column: columns[ordinal], old: olds.map { .value($0[place]) } ?? .unknown, new: image[ordinal])
        }
    }
}
