public import Postgres
public import Replication
internal import Integrity

/// What would become of the recorded conflicts under another policy. Changes nothing.
public enum PolicyRehearsal {
    /// What one policy makes of a column group.
    public struct Outcome: Sendable, Equatable {
        /// What won each of the cases at hand; empty where nothing was in conflict.
        public let winners: [ChangeID]
        public let rules: [String]
        /// Whether a person is needed.
        public let isOpen: Bool
        /// What the row has in the group's columns; nil: the row is absent.
        public let values: [CaseList.ColumnValue]?

        init(_ outcome: GroupOutcome, _ columns: [String]) {
            winners = outcome.winners
            rules = outcome.rules
            isOpen = outcome.isOpen
            values = outcome.values.map { zip(columns, $0).map { CaseList.ColumnValue(column: $0, value: $1) } }
        }
    }

    /// An outcome that would be another one.
    public struct Difference: Sendable, Equatable {
        public let table: TableName
        public let key: RowKey
        /// A group of the new policy, or `existence`.
        public let group: String
        public let old: Outcome
        public let new: Outcome

        init(table: TableName, key: RowKey, _ found: RehearsedGroup, columns: [String]) {
            self.table = table
            self.key = key
            group = found.group
            old = Outcome(found.old, found.columns.map { columns[$0] })
            new = Outcome(found.new, found.columns.map { columns[$0] })
        }
    }

    /// What was found.
    public struct Result: Sendable, Equatable {
        /// Rows that were merged.
        public internal(set) var rows = 0
        public internal(set) var differences: [Difference] = []
    }

    private static let pageKeys = 500

    /// Merges every contested row under the policies that hold and under others.
    ///
    /// - Parameter policies: by the numbers of their tables; a table without one gets the default.
    public static func run(_ session: Session, _ policies: [Int: NamedPolicy]) throws -> Result {
        try session.transaction(.repeatableRead, readOnly: true) {
            let stored = try PolicyStore.list(session)
            let ids = stored.map(\.tableID)
            let tables = try TableCatalogue.read(session, ids: ids)
            let keys = try session.query(
                SQLText.named("policy_contested"), [.intArray(ids.map(Int64.init))]
            ).map { (table: Int(try $0.int("table_id")), digest: try $0.text("digest"), key: try $0.text("key")) }
            var result = Result()
            let reader = KeyLogReader()
            for one in stored {
                guard let table = tables[one.tableID] else { continue }
                let new = policies[one.tableID] ?? NamedPolicy()
                let mine = keys.filter { $0.table == one.tableID }
                result.rows += mine.count
                guard new.fingerprint != one.policy.fingerprint else { continue }
                var start = 0
                while start < mine.count {
                    let page = mine[start..<min(start + pageKeys, mine.count)]
                    start += page.count
                    let logs = try reader.logs(session, table, digests: page.map(\.digest))
                    for key in page {
                        guard let log = logs[key.digest] else { continue }
                        let rowKey = try RowKey(key.key)
                        result.differences += rehearse(
                            log, old: one.policy.tablePolicy(for: table), new: new.tablePolicy(for: table)
                        ).map { Difference(table: one.table, key: rowKey, $0, columns: table.shape.columns) }
                    }
                }
            }
            return result
        }
    }
}
