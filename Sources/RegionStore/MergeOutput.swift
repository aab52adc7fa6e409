internal import Postgres
internal import Replication

/// Verdicts of a page of merged keys, on their way to the staging tables.
struct MergeOutput {
    private let table: TableInfo
    /// The last images of absent rows are staged too: the foreign-key rule may keep them.
    private let stagesDead: Bool
    private var rows: [UInt8] = []
    private var known: [UInt8] = []
    private var cases: [UInt8] = []
    private var digests: [String] = []
    private var ops: [String] = []

    /// Names of the columns of every group.
    private let groups: [String: [String]]

    init(table: TableInfo, policy: TablePolicy, stagesDead: Bool) {
        self.table = table
        self.stagesDead = stagesDead
        groups = Dictionary(
            uniqueKeysWithValues: policy.groups.map { ($0.name, $0.columns.map { table.shape.columns[$0] }) })
    }

    mutating func addAbsent(digest: String) {
        digests.append(digest)
        ops.append("d")
    }

    mutating func add(
        key: String, digest: String, outcome: MergeOutcome, shapeID: Int,
        authors: [ChangeID: CaseAuthor]
    ) throws {
        digests.append(digest)
        ops.append(outcome.image == nil ? "d" : "m")
        if let image = outcome.image {
            let missing = table.shape.columns.indices.filter { !outcome.present.contains($0) }
                .map(String.init).joined(separator: ",")
            rows += Array(#"\\x\#(digest)"#.utf8)
            rows += Array("\t0\t0\t0\tm\t\(missing)\t".utf8)
            rows += image.bytes
            rows.append(CopyText.newline)
        } else if stagesDead, let image = outcome.lastImage {
            rows += Array(#"\\x\#(digest)"#.utf8)
            rows += Array("\t0\t0\t0\tx\t\t".utf8)
            rows += image.bytes
            rows.append(CopyText.newline)
        }
        if !outcome.isPlain {
            line(&known, [String(table.id), "\\x" + digest, key, String(shapeID)])
            known.append(CopyText.tab)
            if let image = outcome.image {
                image.bytes.withUnsafeBytes { CopyText.append($0, to: &known) }
            } else {
                CopyText.append(nil as String?, to: &known)
            }
            known.append(CopyText.newline)
        }
        for found in outcome.cases {
            let record = CaseRecord(found, table: table, groups: groups, authors: authors)
            line(
                &cases,
                [
                    String(table.id), "\\x" + digest, key, record.group, record.closedBy, record.type, record.state,
                    try JSONText.encode(record.candidates), String(record.winner), record.rule,
                ])
            cases.append(CopyText.newline)
        }
    }

    private func line(_ output: inout [UInt8], _ fields: [String]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { output.append(CopyText.tab) }
            CopyText.append(field, to: &output)
        }
    }

    func write(_ session: Session) throws {
        if !rows.isEmpty {
            let sql = TableStatements(table: table).copyStage(columns: table.shape.columns)
            try session.copyIn(sql) { try $0.write(rows) }
        }
        if !known.isEmpty {
            try session.copyIn(
                "COPY pg_temp.apply_known (table_id, digest, key, shape_id, image) FROM STDIN"
            ) { try $0.write(known) }
        }
        if !cases.isEmpty {
            try session.copyIn(
                """
                COPY pg_temp.apply_case (table_id, digest, key, column_group, closed_by, type, state, candidates,
                winner, rule) FROM STDIN
                """
            ) { try $0.write(cases) }
        }
        try session.execute(
            SQLText.named("apply_ops"), [.int(table.id), .textArray(digests), .textArray(ops)])
    }
}

/// A case as `bashu.conflict_case` stores it: the same text in every region.
struct CaseRecord {
    let group: String
    let closedBy: String
    let type: String
    let state: String
    let candidates: [Candidate]
    let winner: Int
    let rule: String

    struct Candidate: Encodable {
        let origin: String
        let number: Int64
        let position: Int32
        let hlc: Int64
        let kind: String
        let user: String?
        let actor: String?
        /// Values of the group's columns, by name; nil: the row is deleted.
        let values: [String: String?]?
        /// What the writer overwrote, where that is known.
        let base: [String: String?]?
    }

    /// A case of the unique or foreign-key rule: it lasts as long as the row is where it is.
    init(group: String, type: String, rule: String, candidates: [Candidate], winner: Int) {
        self.group = group
        self.type = type
        self.rule = rule
        self.candidates = candidates
        self.winner = winner
        closedBy = ""
        state = ConflictState.decided.rawValue
    }

    init(
        _ found: ConflictCase, table: TableInfo, groups: [String: [String]], authors: [ChangeID: CaseAuthor]
    ) {
        group = found.group
        closedBy = found.closedBy?.description ?? ""
        type = found.type
        state = found.state.rawValue
        winner = found.winner
        rule = found.rule
        // Existence is about the whole row; other groups list their own columns.
        let columns = found.group == ColumnGroup.existence ? table.shape.columns : groups[found.group] ?? []
        let named = { (fields: [ArraySlice<UInt8>]?) -> [String: String?]? in
            fields.map { Dictionary(uniqueKeysWithValues: zip(columns, $0.map { CopyText.string($0) })) }
        }
        candidates = found.candidates.map { candidate in
            Candidate(
                origin: candidate.id.origin.name, number: candidate.id.number, position: candidate.id.position,
                hlc: candidate.hlc, kind: candidate.kind.word, user: authors[candidate.id]?.user,
                actor: authors[candidate.id]?.actor, values: named(candidate.values), base: named(candidate.base))
        }
    }
}
