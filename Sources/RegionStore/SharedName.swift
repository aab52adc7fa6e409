public import Postgres

/// A shared table that a person named.
struct SharedName {
    let id: Int64
    let name: TableName
    let keyColumns: [String]
    let keyTypes: [String]

    /// The shared table that `text` means: `TABLE`, or `SCHEMA.TABLE`. A name that holds a dot is taken as a whole
    /// first.
    static func find(_ session: Session, _ text: String) throws -> SharedName {
        var found = try named(session, schema: nil, table: text)
        if found.isEmpty, let dot = text.firstIndex(of: ".") {
            found = try named(
                session, schema: String(text[..<dot]), table: String(text[text.index(after: dot)...]))
        }
        guard let first = found.first else { throw ControlError.noSuchTable(text) }
        guard found.count == 1 else {
            throw ControlError.ambiguousTable(text, candidates: found.map { "\($0.name.schema).\($0.name.table)" })
        }
        return first
    }

    private static func named(_ session: Session, schema: String?, table: String) throws -> [SharedName] {
        try session.query(SQLText.named("ctl_tables_named"), [.text(schema), .text(table)]).map { row in
            SharedName(
                id: try row.int("id"), name: try TableName(row: row),
                keyColumns: try ArrayText.parse(row.text("key_columns")),
                keyTypes: try ArrayText.parse(row.text("key_types")))
        }
    }

    /// The canonical text of a key and its digest (hex), from values in any spelling that the types accept.
    func key(_ session: Session, _ values: [String]) throws -> (text: String, digest: String) {
        guard values.count == keyColumns.count else {
            throw ControlError.keyColumns(table: name.description, columns: keyColumns, given: values.count)
        }
        // The types come from the catalogue (format_type), so they are SQL as they stand.
        let elements = keyTypes.indices.map { index in
            keyTypes[index].isEmpty ? "$\(index + 1)::text" : "$\(index + 1)::\(keyTypes[index])::text"
        }
        let sql = """
            SELECT k.key, encode(substring(sha256(convert_to(k.key, 'UTF8')) FOR 16), 'hex') AS digest
              FROM (SELECT ARRAY[\(elements.joined(separator: ", "))]::text AS key) k
            """
        do {
            guard let row = try session.queryOne(sql, values.map { .text($0) }) else {
                throw StoreError.unexpectedResult("no key")
            }
            return (try row.text("key"), try row.text("digest"))
        } catch let error as PostgresError where error.sqlState?.errorClass == "22" {
            throw ControlError.badKeyValue(error.message)
        }
    }
}

extension TableName {
    /// The shared table that a person named.
    ///
    /// - Throws: `ControlError` when there is none or several.
    public static func shared(_ session: Session, _ text: String) throws -> TableName {
        try SharedName.find(session, text).name
    }
}
