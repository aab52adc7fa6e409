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
    }

    /// An outcome that would be another one.
    public struct Difference: Sendable, Equatable {
        public let table: TableName
        public let key: RowKey
        /// A group of the new policy, or `existence`.
        public let group: String
        public let old: Outcome
        public let new: Outcome
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
                        let pair = MergedTwice(log, table, old: one.policy, new: new)
                        let rowKey = try RowKey(key.key)
                        result.differences += pair.differences(one.table, rowKey)
                    }
                }
            }
            return result
        }
    }
}

/// One row under two policies.
private struct MergedTwice {
    private struct Side {
        let outcome: MergeOutcome
        let policy: TablePolicy
        let values: [String?]?

        init(_ log: [LoggedChange], _ policy: TablePolicy) {
            self.policy = policy
            outcome = merge(log, policy: policy)
            values = outcome.image.map { image in image.bytes.withUnsafeBytes { CopyText.values($0) } }
        }

        var cases: [ConflictCase] { outcome.cases.filter { $0.closedBy == nil || $0.state == .open } }

        func columns(_ group: String) -> [Int] {
            policy.groups.first { $0.name == group }?.columns ?? []
        }
    }

    private let old: Side
    private let new: Side
    private let names: [String]

    init(_ log: [LoggedChange], _ table: TableInfo, old: NamedPolicy, new: NamedPolicy) {
        self.old = Side(log, old.tablePolicy(for: table))
        self.new = Side(log, new.tablePolicy(for: table))
        names = table.shape.columns
    }

    func differences(_ table: TableName, _ key: RowKey) -> [PolicyRehearsal.Difference] {
        var found: [PolicyRehearsal.Difference] = []
        func compare(_ group: String, _ columns: [Int], _ mine: [ConflictCase], _ theirs: [ConflictCase]) {
            guard !mine.isEmpty || !theirs.isEmpty else { return }
            let (before, after) = (outcome(old, columns, mine), outcome(new, columns, theirs))
            let isSame = columns.isEmpty
                ? (before.values == nil) == (after.values == nil) : before.values == after.values
            guard !isSame || before.isOpen != after.isOpen else { return }
            found.append(
                PolicyRehearsal.Difference(table: table, key: key, group: group, old: before, new: after))
        }
        let isExistence = { (one: ConflictCase) in one.group == ColumnGroup.existence }
        compare(ColumnGroup.existence, [], old.cases.filter(isExistence), new.cases.filter(isExistence))
        for group in new.policy.groups {
            let columns = Set(group.columns)
            let mine = old.cases.filter { !isExistence($0) && !columns.isDisjoint(with: old.columns($0.group)) }
            compare(group.name, group.columns, mine, new.cases.filter { $0.group == group.name })
        }
        return found
    }

    private func outcome(_ side: Side, _ columns: [Int], _ cases: [ConflictCase]) -> PolicyRehearsal.Outcome {
        var winners: [ChangeID] = []
        for one in cases where !winners.contains(one.candidates[one.winner].id) {
            winners.append(one.candidates[one.winner].id)
        }
        return PolicyRehearsal.Outcome(
            winners: winners, rules: Set(cases.map(\.rule)).sorted(),
            isOpen: cases.contains { $0.state == .open },
            values: side.values.map { values in
                columns.map { CaseList.ColumnValue(column: names[$0], value: values[$0]) }
            })
    }
}
