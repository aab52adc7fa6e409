public import Postgres

/// Erasing the data of a person: out of the tables, the log and the cases, everywhere.
public enum Erasure {
    /// A row that is to be erased.
    public struct Target: Sendable, Equatable {
        public let table: TableName
        public let key: RowKey
        /// How many changes of it the log has; 0: they are gone already.
        public let changes: Int
        let tableID: Int64
        let digest: String
    }

    /// The row with these key values and everything below it by the shared foreign keys, children first: rows of the
    /// tables, parked ones, and those that were deleted and are still in the log.
    ///
    /// - Parameters:
    ///   - table: `TABLE` or `SCHEMA.TABLE`, as the catalogue spells it.
    ///   - key: one value for each key column, in key order, in any spelling the type accepts.
    /// - Throws: `ControlError` for an unknown table or a key that does not fit, or `PostgresError`.
    public static func targets(_ session: Session, table name: String, key values: [String]) throws -> [Target] {
        let table = try SharedName.find(session, name)
        let key = try table.key(session, values)
        return try session.query(SQLText.named("erasure_set"), [.int(table.id), .text(key.text)]).map { row in
            Target(
                table: try TableName(row: row), key: try RowKey(row.text("key")),
                changes: Int(try row.int("changes")), tableID: try row.int("table_id"), digest: try row.text("digest"))
        }
    }

    /// Asks the daemon to erase these rows; it takes each as a change of its own, which travels like any other.
    ///
    /// - Parameter reason: why, for everyone who reads the history; it must not name the person.
    /// - Returns: The numbers of the rulings, in the order of the rows.
    public static func ask(_ session: Session, _ targets: [Target], reason: String) throws -> [Int64] {
        try session.transaction {
            try targets.map { target in
                let row = try session.queryOne(
                    SQLText.named("erasure_ask"),
                    [.int(target.tableID), .text(target.digest), .text(target.key.text), .text(reason)])
                guard let row else { throw StoreError.unexpectedResult("an erasure without a number") }
                return try row.int("id")
            }
        }
    }
}
