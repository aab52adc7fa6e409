public import Postgres

/// The policies of the shared tables, in the database.
public enum PolicyStore {
    /// A shared table and its policy.
    public struct Stored: Sendable, Equatable {
        public let tableID: Int
        public let table: TableName
        /// The default where there is no row.
        public let policy: NamedPolicy
        /// Whether the contested rows follow it already.
        public let isEvaluated: Bool
        /// 0: none was ever applied.
        public let version: Int64
        /// Microseconds since 1970 UTC; nil where none was applied.
        public let appliedAt: Int64?
        public let appliedBy: String?
    }

    /// Every shared table, by name.
    public static func list(_ session: Session) throws -> [Stored] {
        try session.query(SQLText.named("policy_rows")).map { row in
            Stored(
                tableID: Int(try row.int("id")), table: try TableName(row: row),
                policy: try row[text: "policy"].map { try JSONText.decode(NamedPolicy.self, $0) } ?? NamedPolicy(),
                isEvaluated: try row.bool("evaluated"), version: try row.int("version"),
                appliedAt: try row[int: "applied_at"], appliedBy: row[text: "applied_by"])
        }
    }

    /// The policies by the numbers of their tables; a table without one has the default.
    static func load(_ session: Session) throws -> [Int: NamedPolicy] {
        Dictionary(uniqueKeysWithValues: try list(session).filter { $0.version > 0 }.map { ($0.tableID, $0.policy) })
    }

    /// Makes these the policies; tables that are not named return to the default.
    ///
    /// - Parameter person: who applies them; nil: the session's login.
    /// - Returns: the tables whose policy is another one now.
    @discardableResult
    public static func apply(
        _ session: Session, _ policies: [Int: NamedPolicy], by person: String? = nil
    ) throws -> [TableName] {
        try session.transaction {
            try session.execute(SQLText.named("policy_lock"))
            let stored = try list(session)
            let changed = stored.filter {
                $0.policy.fingerprint != (policies[$0.tableID] ?? NamedPolicy()).fingerprint
            }
            guard !changed.isEmpty else { return [] }
            let version = (stored.map(\.version).max() ?? 0) + 1
            for one in stored {
                let policy = (policies[one.tableID] ?? NamedPolicy()).normalised
                try session.execute(
                    SQLText.named("policy_store"),
                    [
                        .int(one.tableID), .text(try JSONText.encode(policy)), .text(policy.fingerprint),
                        .text(try JSONText.encode(policy.groupFingerprints)), .int(version), .text(person),
                        .text(NamedPolicy().fingerprint),
                    ])
            }
            return changed.map(\.table)
        }
    }
}
