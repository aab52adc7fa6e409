internal import Postgres
internal import Replication

/// What is recorded of rows that are parked or kept: what is known of them, what they claim, and a case for each
/// constraint.
struct ConstraintRecord {
    let applier: Applier
    let attempt: Applier.Attempt
    let rows: [KeyID: MergedRow]
    let verdict: Constrainer.Verdict

    private var session: Session { applier.session }

    func write() throws {
        let special = verdict.rows.filter { id, state in
            guard rows[id] != nil else { return false }
            if case .parked = state { return true }
            return state == .kept
        }.keys.sorted()
        guard !special.isEmpty else { return }
        try session.execute(
            SQLText.named("constraint_known_forget"),
            [.intArray(special.map { Int64($0.tableID) }), .textArray(special.map(\.digest))])
        let values = try rowValues(special)
        var output = Output()
        for id in special {
            guard let row = rows[id], let table = attempt.catalogue.table(id: id.tableID) else { continue }
            try add(id, row, table, values, &output)
        }
        try output.write(session)
    }

    // MARK: One row

    private func add(
        _ id: KeyID, _ row: MergedRow, _ table: TableInfo, _ values: [KeyID: [String: String?]], _ output: inout Output
    ) throws {
        let shapeID = try ShapeStore.id(table.shape, digest: BatchHasher.digest16(table.shape.line), session)
        let isKept = verdict.rows[id] == .kept
        output.known(id, row, shapeID: shapeID, image: isKept ? row.lastImage : nil, parked: !isKept)
        var blockers: [String: KeyID] = [:]
        if case .parked(let reasons) = verdict.rows[id] {
            for reason in reasons { blockers[Self.rule(reason.constraint)] = reason.blocker }
        }
        for (rule, value) in verdict.values[id] ?? [] {
            output.claim(id, row.key, rule: rule, kept: isKept, value: value, blocker: blockers[rule])
        }
        if !row.isAlive {
            output.claim(id, row.key, rule: "child:", kept: isKept, value: nil, blocker: verdict.children[id])
        }
        if isKept {
            try output.add(keptCase(id, row, values), id, row.key)
            return
        }
        // A dead row without a place is nobody's loss; its children's cases say why they are out.
        guard row.isAlive else { return }
        let held = blockers.keys.filter { $0.hasPrefix("unique:") }.sorted()
        for (rule, blocker) in blockers.sorted(by: { $0.key < $1.key }) {
            let type =
                rule.hasPrefix("foreign_key:")
                ? "parent_missing"
                : held.count > 1 ? "multiple_unique_conflicts" : row.kind.isInsert ? "insert_exists" : "update_exists"
            try output.add(parkedCase(id, row, rule, blocker, type: type, values), id, row.key)
        }
    }

    /// A claim's index carries the id of its table before its rule.
    private static func rule(_ constraint: String) -> String {
        guard let space = constraint.firstIndex(of: " "), constraint[..<space].allSatisfy(\.isNumber) else {
            return constraint
        }
        return String(constraint[constraint.index(after: space)...])
    }

    private func keptCase(_ id: KeyID, _ row: MergedRow, _ values: [KeyID: [String: String?]]) -> CaseRecord {
        CaseRecord(
            group: "kept", type: "delete_referenced", rule: ForeignKeyRule.keepParent.rawValue,
            candidates: [
                CaseRecord.Candidate(row, values: nil), CaseRecord.Candidate(row, values: values[id] ?? nil),
            ], winner: 1)
    }

    private func parkedCase(
        _ id: KeyID, _ row: MergedRow, _ rule: String, _ blocker: KeyID, type: String,
        _ values: [KeyID: [String: String?]]
    ) -> CaseRecord {
        var candidates = [CaseRecord.Candidate(row, values: values[id] ?? nil)]
        if let other = rows[blocker] {
            let isThere = verdict.rows[blocker] != .absent
            candidates.append(CaseRecord.Candidate(other, values: isThere ? values[blocker] ?? nil : nil))
        }
        return CaseRecord(
            group: rule, type: type, rule: rule.hasPrefix("unique:") ? "newest" : ForeignKeyRule.parkChild.rawValue,
            candidates: candidates, winner: candidates.count - 1)
    }

    /// The staged values of these rows and of those that are in their way.
    private func rowValues(_ special: [KeyID]) throws -> [KeyID: [String: String?]] {
        var wanted = Set(special)
        for id in special {
            if case .parked(let reasons) = verdict.rows[id] { wanted.formUnion(reasons.map(\.blocker)) }
        }
        var result: [KeyID: [String: String?]] = [:]
        for (tableID, ids) in Dictionary(grouping: wanted.filter { rows[$0] != nil }, by: \.tableID) {
            guard let table = attempt.catalogue.table(id: tableID) else { continue }
            for row in try session.query(
                ConstraintStatements(table: table).values, [.textArray(ids.map(\.digest).sorted())])
            {
                result[KeyID(tableID: tableID, digest: try row.text("digest"))] = try JSONText.decode(
                    [String: String?].self, row.text("row"))
            }
        }
        return result
    }
}

extension CaseRecord.Candidate {
    init(_ row: MergedRow, values: [String: String?]?) {
        self.init(
            origin: row.existence.id.origin.name, number: row.existence.id.number, position: row.existence.id.position,
            hlc: row.existence.hlc, kind: row.kind.word, user: row.author?.user, actor: row.author?.actor,
            values: values, base: nil)
    }
}

/// Rows on their way to the staging tables.
private struct Output {
    private var known: [UInt8] = []
    private var claims: [UInt8] = []
    private var cases: [UInt8] = []

    mutating func known(_ id: KeyID, _ row: MergedRow, shapeID: Int, image: RowImage?, parked: Bool) {
        line(
            &known,
            [
                String(id.tableID), "\\x" + id.digest, row.key, String(shapeID),
                image.map { String(decoding: $0.bytes, as: UTF8.self) }, parked ? "t" : "f",
            ])
    }

    mutating func claim(
        _ id: KeyID, _ key: String, rule: String, kept: Bool, value: String?, blocker: KeyID?
    ) {
        line(
            &claims,
            [
                String(id.tableID), "\\x" + id.digest, key, rule, kept ? "t" : "f", value,
                blocker.map { String($0.tableID) }, blocker.map { "\\x" + $0.digest },
            ])
    }

    mutating func add(_ record: CaseRecord, _ id: KeyID, _ key: String) throws {
        line(
            &cases,
            [
                String(id.tableID), "\\x" + id.digest, key, record.group, record.closedBy, record.type, record.state,
                try JSONText.encode(record.candidates), String(record.winner), record.rule,
            ])
    }

    private func line(_ output: inout [UInt8], _ fields: [String?]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { output.append(CopyText.tab) }
            CopyText.append(field, to: &output)
        }
        output.append(CopyText.newline)
    }

    func write(_ session: Session) throws {
        try copy(session, known, "apply_known (table_id, digest, key, shape_id, image, parked)")
        try copy(session, claims, "apply_claim (table_id, digest, key, rule, kept, value, blocker_table, blocker)")
        try copy(
            session, cases,
            """
            apply_case (table_id, digest, key, column_group, closed_by, type, state, candidates, winner, rule)
            """)
    }

    private func copy(_ session: Session, _ bytes: [UInt8], _ target: String) throws {
        guard !bytes.isEmpty else { return }
        try session.copyIn("COPY pg_temp.\(target) FROM STDIN") { try $0.write(bytes) }
    }
}
