internal import Postgres
internal import Reasons
internal import Replication

/// The conflicts that the history of some records has, against those that are recorded. Those of the unique and the
/// foreign-key rule are left out.
struct AuditCases {
    private struct Wanted {
        let digest: String
        let key: String
        let record: CaseRecord
        /// Written in the table's present columns; of others only which cases there are is compared.
        let isExact: Bool
    }

    private let table: TableInfo
    private let groups: [String: [String]]
    private let digests: [String]
    private var wanted: [Wanted] = []

    /// - Parameter digests: of the records, hexadecimal.
    init(table: TableInfo, policy: TablePolicy, digests: [String]) {
        self.table = table
        self.digests = digests
        groups = Dictionary(
            uniqueKeysWithValues: policy.groups.map { ($0.name, $0.columns.map { table.shape.columns[$0] }) })
    }

    mutating func add(_ digest: String, _ record: KeyRecord, _ outcome: MergeOutcome) throws {
        let isExact = record.shapes == [table.shape]
        wanted += outcome.cases.map { found in
            Wanted(
                digest: digest, key: record.key,
                record: CaseRecord(found, table: table, groups: groups, authors: record.authors), isExact: isExact)
        }
    }

    func compare(_ session: Session, _ faults: inout Audit.Faults) throws {
        let records = wanted.map(\.record)
        let rows = try session.query(
            SQLText.named("audit_cases"),
            [
                .int(table.id), .textArray(digests), .textArray(wanted.map(\.digest)), .textArray(wanted.map(\.key)),
                .textArray(records.map(\.group)), .textArray(records.map(\.closedBy)), .textArray(records.map(\.type)),
                .textArray(records.map(\.state)), .textArray(try records.map { try JSONText.encode($0.candidates) }),
                .intArray(records.map { Int64($0.winner) }), .textArray(records.map(\.rule)),
                .boolArray(wanted.map(\.isExact)),
            ])
        for row in rows {
            let reason: AuditReason =
                if try row.bool("missing") { .case_missing } else if try row.bool("extra") { .case_extra } else {
                    .case_differs
                }
            faults.note(
                reason, ["table": table.name, "key": try row.text("key"), "group": try row.text("column_group")])
        }
    }
}
