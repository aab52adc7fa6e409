public import Postgres
internal import Reasons

/// How a table is to be shared.
public struct SharingOptions: Sendable, Hashable {
    /// Columns that stay local.
    public var excluded: [String] = []
    /// Whether TRUNCATE is allowed; the whole table is then compared.
    public var allowTruncate = false
    /// Whether serial keys that step by one are accepted: records of several regions may then meet under one key.
    public var keysMayCollide = false
    /// What becomes of the users' triggers that would act on the daemon's writes.
    public var triggers = TriggerDecision.refuse

    /// Everything shared, nothing risky accepted.
    public init() {}
}

/// What becomes of triggers that would act a second time on rows that arrive from another region.
public enum TriggerDecision: Sendable, Hashable {
    /// The table is refused and they are named.
    case refuse
    /// They are created anew, so that they leave the daemon's writes alone.
    case guardThem
    /// They stay and act.
    case allow
}

/// Why a table can not be shared.
public struct TableRefused: Error, Sendable, Hashable, CustomStringConvertible {
    /// One reason, and what would remove it.
    public struct Reason: Sendable, Hashable {
        /// A stable word: "no_key", "key_type", "serial_key", "owner", …
        public let code: String
        /// The reason as a sentence, without a full stop.
        public let text: String
        /// What to do; nil when nothing helps.
        public let hint: String?
    }

    /// The table as it was named.
    public let table: String
    /// At least one.
    public let reasons: [Reason]

    public var description: String {
        "table \(table) cannot be shared: " + reasons.map(\.text).joined(separator: "; ")
    }
}

/// A table was named that is not there, or not shared.
public struct UnknownTable: Error, Sendable, Hashable, CustomStringConvertible {
    /// The table as it was named.
    public let table: String
    /// Whether a table of that name exists but is not shared.
    public let exists: Bool

    public var description: String { exists ? "table \(table) is not shared" : "there is no table \(table)" }
}

/// A shared table, as it is now.
public struct SharedTable: Sendable, Hashable {
    /// The number by which the log knows it.
    public let id: Int32
    /// Its schema.
    public let schema: String
    /// Its name.
    public let name: String
    /// Whether it is partitioned.
    public let isPartitioned: Bool
    /// Primary key columns in key order.
    public let keyColumns: [String]
    /// Columns that travel, in the table's order.
    public let columns: [String]
    /// Their types.
    public let types: [String]
    /// Columns that stay local.
    public let excluded: [String]
    /// Whether TRUNCATE is allowed.
    public let allowsTruncate: Bool
    /// Why capture may miss writes at this moment; nil when it misses none.
    public let fault: String?
    /// Why the daemon compares it as a whole at every cut; nil when it does not.
    public let degraded: String?
}

/// Which tables of a database are shared. All of it needs a session of the owner.
public enum SharedTables {
    /// How long adding or removing waits for writers in flight, unless the session says otherwise: those that come
    /// later queue behind it.
    public static let lockTimeoutSeconds = 10

    /// Shares a table: from now on its changes are captured, and its rows are published by the next cut.
    ///
    /// - Parameter table: the name as people write it, with or without schema, as SQL or as it is.
    /// - Returns: the number by which the log knows it.
    /// - Throws: `UnknownTable`; `TableRefused` with every reason; `PostgresError` with 55P03 while writers do not
    ///   end, see `lockTimeoutSeconds`.
    @discardableResult
    public static func add(
        _ session: Session, _ table: String, options: SharingOptions = SharingOptions()
    ) throws -> Int32 {
        try session.transaction {
            try boundWaiting(session)
            guard let relation = try find(session, table) else { throw UnknownTable(table: table, exists: false) }
            let reasons = try refusals(session, relation, options)
            guard reasons.isEmpty else { throw TableRefused(table: table, reasons: reasons) }
            let row = try session.queryOne(
                "SELECT bashu.table_add($1::oid::regclass, $2::text[], $3, $4, $5, $6)",
                [
                    .int(relation), .textArray(options.excluded), .bool(options.allowTruncate),
                    .bool(options.keysMayCollide), .bool(options.triggers == .guardThem),
                    .bool(options.triggers == .allow),
                ])
            return Int32(truncatingIfNeeded: try row?.int(0) ?? 0)
        }
    }

    /// Ends the sharing of a table here. Its rows and its history stay.
    ///
    /// - Parameter table: the name as people write it; of a table that is gone as the log has it.
    /// - Throws: `UnknownTable`.
    public static func remove(_ session: Session, _ table: String) throws {
        try session.transaction {
            try boundWaiting(session)
            let row = try session.queryOne(
                """
                SELECT bashu.table_remove(s.id) FROM bashu.shared_table s
                WHERE bashu.table_relation(s.id) = bashu.find_table($1)
                    OR bashu.table_relation(s.id) IS NULL AND $1 IN (s.table_name, s.schema_name || '.' || s.table_name)
                ORDER BY s.id LIMIT 1
                """, [.text(table)])
            guard row != nil else { throw UnknownTable(table: table, exists: try find(session, table) != nil) }
        }
    }

    /// All shared tables, in the order in which they were added.
    public static func list(_ session: Session) throws -> [SharedTable] {
        try session.query(
            """
            SELECT s.id, s.schema_name, s.table_name, coalesce(t.partitioned, false) AS partitioned,
                coalesce(t.key_columns, s.key_columns) AS key_columns, coalesce(t.columns, '{}') AS columns,
                coalesce(t.types, '{}') AS types, s.excluded, s.allow_truncate, t.fault, s.degraded
            FROM bashu.shared_table s JOIN bashu.table_shapes() t ON t.id = s.id ORDER BY s.id
            """
        ).map(SharedTable.init)
    }
}

extension SharedTables {
    private static func boundWaiting(_ session: Session) throws {
        try session.execute(
            "SELECT set_config('lock_timeout', $1, true) WHERE current_setting('lock_timeout') = '0'",
            [.text("\(lockTimeoutSeconds)s")])
    }

    /// The number of the relation that people mean by a name.
    private static func find(_ session: Session, _ table: String) throws -> Int64? {
        try session.queryOne("SELECT bashu.find_table($1)", [.text(table)])?[int: 0]
    }

    /// Everything that stands between a table and sharing.
    private static func refusals(
        _ session: Session, _ relation: Int64, _ options: SharingOptions
    ) throws -> [TableRefused.Reason] {
        var reasons = try session.query(
            "SELECT code, reason, hint FROM bashu.table_refusals($1::oid::regclass, $2::text[], $3)",
            [.int(relation), .textArray(options.excluded), .bool(options.keysMayCollide)]
        ).map { TableRefused.Reason(code: try $0.text(0), text: try $0.text(1), hint: $0[text: 2]) }
        guard options.triggers == .refuse else { return reasons }
        reasons += try session.query(
            "SELECT quote_ident(name), node_name FROM bashu.table_user_triggers($1::oid)", [.int(relation)]
        ).map {
            let reason = Reason(TableReason.user_trigger, ["trigger": try $0.text(0), "table": try $0.text(1)])
            return TableRefused.Reason(code: "trigger", text: reason.text, hint: Reason(TableHint.guard_it).text)
        }
        return reasons
    }
}

extension SharedTable {
    init(_ row: Row) throws {
        id = Int32(truncatingIfNeeded: try row.int("id"))
        schema = try row.text("schema_name")
        name = try row.text("table_name")
        isPartitioned = try row.bool("partitioned")
        keyColumns = try row.texts("key_columns")
        columns = try row.texts("columns")
        types = try row.texts("types")
        excluded = try row.texts("excluded")
        allowsTruncate = try row.bool("allow_truncate")
        fault = row[text: "fault"]
        degraded = row[text: "degraded"]
    }
}
