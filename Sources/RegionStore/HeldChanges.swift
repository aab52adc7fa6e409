public import Postgres

/// Mass changes that wait for an operator's word.
public enum HeldChanges {
    /// Agrees: the next cut publishes what is held of the table. Returns how many keys that are; 0 for none.
    ///
    /// - Throws: `ControlError` for an unknown table, or `PostgresError`.
    @discardableResult
    public static func accept(_ session: Session, _ table: String) throws -> Int64 {
        try settle(session, table, by: "held_accept")
    }

    /// Has the rows put back as the log has them. Returns how many keys that are; 0 for none.
    ///
    /// - Throws: `ControlError` for an unknown table, or `PostgresError`.
    @discardableResult
    public static func restore(_ session: Session, _ table: String) throws -> Int64 {
        try settle(session, table, by: "held_restore")
    }

    private static func settle(_ session: Session, _ table: String, by function: String) throws -> Int64 {
        try session.transaction {
            let shared = try SharedName.find(session, table)
            let count = try session.queryOne(SQLText.named("ctl_held_count"), [.int(shared.id)])?.int("keys") ?? 0
            guard count > 0 else { return 0 }
            _ = try session.queryOne("SELECT bashu.\(function)($1::integer)", [.int(shared.id)])
            return count
        }
    }
}
