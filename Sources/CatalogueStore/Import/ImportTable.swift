internal import Postgres
internal import RegionStore

/// A table as an import and an export see it: read from pg_catalog, whichever schema it is in.
struct ImportTable {
    struct Column {
        let name: String
        /// The type without its length, to which a text is cast; the length is then obeyed, not cut to.
        let castType: String
        let type: String
        /// The place in the primary key, nil outside it.
        let keyPlace: Int?
        let isGenerated: Bool
        /// An identity column that takes no value of ours but with OVERRIDING.
        let isIdentity: Bool
        let defaultValue: String?
        /// JSON has numbers and booleans for it.
        let isPlain: Bool

        var quoted: String { Session.quoteIdentifier(name) }
    }

    let id: String
    let schema: String
    let name: String
    /// All of them, in order.
    let all: [Column]
    /// Whether the catalogue remembers here which rows a later state of their source has confirmed.
    let canConfirm: Bool

    /// What can be written.
    var columns: [Column] { all.filter { !$0.isGenerated } }
    /// Of the primary key, in its order.
    var key: [Column] {
        all.filter { $0.keyPlace != nil }.sorted { ($0.keyPlace ?? 0) < ($1.keyPlace ?? 0) }
    }
    var qualified: String { Session.qualified(schema, name) }
    var shown: String { TableName(schema: schema, table: name).description }
    var isStandard: Bool { schema == "catalogue" && name == "standard" }

    /// The table that a person named: `TABLE` or `SCHEMA.TABLE`; a name that holds a dot is taken as a whole first.
    static func find(_ session: Session, _ text: String) throws -> ImportTable {
        let sql = SQLText.named("import_tables_named")
        var found = try session.query(sql, [.null, .text(text)])
        if found.isEmpty, let dot = text.firstIndex(of: ".") {
            found = try session.query(
                sql, [.text(String(text[..<dot])), .text(String(text[text.index(after: dot)...]))])
        }
        guard let row = found.first else { throw ImportError.noTable(text) }
        guard found.count == 1 else {
            throw ImportError.severalTables(
                text, candidates: try found.map { "\(try $0.text("schema_name")).\(try $0.text("table_name"))" })
        }
        let id = try row.text("oid")
        let columns = try session.query(SQLText.named("import_columns"), [.text(id)]).map { row in
            let place = Int(try row.int("key_place"))
            return Column(
                name: try row.text("name"), castType: try row.text("cast_type"), type: try row.text("type"),
                keyPlace: place < 0 ? nil : place, isGenerated: try row.bool("is_generated"),
                isIdentity: try row.bool("is_identity"), defaultValue: row[text: "default_value"],
                isPlain: try row.bool("is_plain"))
        }
        let table = ImportTable(
            id: id, schema: try row.text("schema_name"), name: try row.text("table_name"), all: columns,
            canConfirm: try columns.contains { $0.name == "source_asof" } && row.bool("has_confirmed"))
        guard !table.key.isEmpty else { throw ImportError.noKey(table: table.shown) }
        return table
    }

    /// Refuses before anything is read what the database would refuse at the end.
    func refuseObstacles(_ session: Session) throws {
        guard let row = try session.queryOne(SQLText.named("import_obstacles"), [.text(id)]) else { return }
        if try row.bool("is_replica") { throw ImportError.replica(table: shown) }
        if try row.bool("is_daemon") { throw ImportError.daemonRole(try row.text("role")) }
        if canConfirm, try !row.bool("may_confirm") {
            throw ImportError.noRight(
                table: "catalogue.confirmed", rights: ["SELECT", "INSERT", "UPDATE"], role: try row.text("role"))
        }
        let missing = try row.text("missing").split(separator: ",").map(String.init)
        guard missing.isEmpty else {
            throw ImportError.noRight(table: shown, rights: missing, role: try row.text("role"))
        }
    }
}

/// A statement with its `{NAME}` parts filled in.
func filled(_ name: String, _ parts: [String: String]) -> String {
    var text = ""
    var rest = SQLText.named(name)[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
        let part = String(rest[rest.index(after: open)..<close])
        text += rest[..<open]
        if let value = parts[part] {
            text += value
            rest = rest[rest.index(after: close)...]
        } else {
            text += "{"
            rest = rest[rest.index(after: open)...]
        }
    }
    return text + rest
}
