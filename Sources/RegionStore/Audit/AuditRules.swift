internal import Postgres
internal import Reasons
internal import Replication

/// Looks whether rows that are not where their own history has them are so by the unique and the foreign-key rule.
///
/// It takes those rows, the rows whose unique values they claim, and their parents, and asks the pure rule. What
/// `bashu.claim` says is not believed.
struct AuditRules {
    private struct Record {
        let row: MergedRow
        let isThere: Bool
    }

    private struct Holder {
        let row: MergedRow
        var claims: [(rule: String, value: String)] = []
    }

    private let session: Session
    private let tables: [TableInfo]
    private let policies: PolicyBook
    private let reader = KeyLogReader()
    private var records: [KeyID: Record] = [:]
    /// Rows on their way to the staging table of the table at hand.
    private var staged: [UInt8] = []
    private var holders: [KeyID: Holder] = [:]
    private var values: [KeyID: [(rule: String, value: String)]] = [:]

    init(_ session: Session, _ tables: [TableInfo], _ policies: PolicyBook) {
        self.session = session
        self.tables = tables
        self.policies = policies
    }

    // MARK: The records

    /// Takes note of a record that is in the table and dead, or out of it and alive.
    mutating func add(
        _ digest: String, _ record: KeyRecord, _ outcome: MergeOutcome, _ table: TableInfo, isThere: Bool
    ) {
        let id = KeyID(tableID: table.id, digest: digest)
        let row = MergedRow(record.key, outcome, record.changes, [:])
        records[id] = Record(row: row, isThere: isThere)
        guard let image = outcome.image ?? outcome.lastImage else { return }
        staged += #"\\x\#(digest)"#.utf8
        staged += "\t0\t0\t0\tm\t\t".utf8
        staged += image.bytes
        staged.append(CopyText.newline)
    }

    mutating func flush(_ table: TableInfo) throws {
        guard !staged.isEmpty else { return }
        let rows = staged
        staged = []
        let sql = TableStatements(table: table).copyStage(columns: table.shape.columns)
        try session.copyIn(sql) { try $0.write(rows) }
    }

    private func table(_ id: Int) -> TableInfo? { tables.first { $0.id == id } }

    private var concerned: [TableInfo] {
        let ids = Set(records.keys.map(\.tableID))
        return tables.filter { ids.contains($0.id) }
    }

    private static func id(_ table: Int, _ key: String) -> KeyID {
        KeyID(tableID: table, digest: BatchHasher.digest16(key: key).hex)
    }

    private func rule(_ table: TableInfo, _ key: TableInfo.ForeignKey) -> ForeignKeyRule {
        let ordinals = key.columns.compactMap { table.shape.columns.firstIndex(of: $0) }
        return policies.policy(for: table).foreignKeyRules[ordinals.sorted()] ?? .keepParent
    }

    // MARK: Judging

    mutating func judge(_ reports: inout [Int: Audit.Table]) throws {
        try noteDangling(&reports)
        guard !records.isEmpty else { return }
        var present: Set<KeyID> = []
        while try drawParents(&present) {}
        try findHolders()
        let verdicts = constrain(try input(present))
        var wrong: [KeyID] = []
        for (id, record) in records {
            let isRight: Bool
            switch verdicts[id] {
            case .present, .kept: isRight = record.isThere
            case .absent, .parked, nil: isRight = !record.isThere
            }
            if !isRight {
                wrong.append(id)
            } else if record.row.isAlive {
                reports[id.tableID]?.parked += 1
            } else if record.isThere {
                reports[id.tableID]?.kept += 1
            }
        }
        let excused = try inFlight(wrong)
        for id in wrong.sorted() {
            guard let record = records[id], let table = table(id.tableID) else { continue }
            guard !excused.contains(id) else {
                reports[id.tableID]?.leftOut += 1
                continue
            }
            reports[id.tableID]?.faults.note(
                record.isThere ? .row_extra : .row_missing, ["table": table.name, "key": record.row.key])
        }
    }

    /// Parents of the records that are neither among them nor in their tables join them; true: somebody did.
    private mutating func drawParents(_ present: inout Set<KeyID>) throws -> Bool {
        try readValues()
        var wanted: [Int: Set<String>] = [:]
        for (id, claims) in values {
            guard let child = table(id.tableID) else { continue }
            for (name, value) in claims {
                guard let key = child.foreignKeys.first(where: { $0.rule == name }) else { continue }
                let parent = Self.id(key.parent, value)
                if records[parent] == nil, !present.contains(parent) { wanted[key.parent, default: []].insert(value) }
            }
        }
        var isDrawn = false
        for (id, keys) in wanted {
            guard let parent = table(id) else { continue }
            var missing = keys
            for row in try session.query(ConstraintStatements(table: parent).present, [.textArray(Array(keys))]) {
                let key = try row.text(0)
                present.insert(Self.id(id, key))
                missing.remove(key)
            }
            let digests = missing.map { Self.id(id, $0).digest }
            for (digest, record) in try reader.records(session, parent, digests: digests) {
                let outcome = merge(record.changes, policy: policies.policy(for: parent))
                add(digest, record, outcome, parent, isThere: false)
                isDrawn = true
            }
            try flush(parent)
        }
        return isDrawn
    }

    /// What the records claim, their parents included.
    private mutating func readValues() throws {
        try session.execute(SQLText.named("constraint_clear"))
        for table in concerned {
            for sql in ConstraintStatements(table: table).fillValues { try session.execute(sql) }
        }
        values = [:]
        for row in try session.query(SQLText.named("audit_values")) {
            let id = KeyID(tableID: Int(try row.int("table_id")), digest: try row.text("digest"))
            values[id, default: []].append((try row.text("rule"), try row.text("value")))
        }
    }

    /// Rows of the tables that have a value which one of the records claims.
    private mutating func findHolders() throws {
        for table in concerned {
            for index in table.uniqueIndexes {
                var found: [(id: KeyID, value: String)] = []
                for row in try session.query(ConstraintStatements(table: table).holders(index)) {
                    found.append((Self.id(table.id, try row.text("key")), try row.text("value")))
                }
                let new = Set(found.map(\.id)).filter { records[$0] == nil && holders[$0] == nil }
                for (digest, record) in try reader.records(session, table, digests: new.map(\.digest)) {
                    let outcome = merge(record.changes, policy: policies.policy(for: table))
                    holders[KeyID(tableID: table.id, digest: digest)] = Holder(
                        row: MergedRow(record.key, outcome, record.changes, [:]))
                }
                for (id, value) in found { holders[id]?.claims.append((index.rule, value)) }
            }
        }
    }

    private func input(_ present: Set<KeyID>) throws -> [ConstraintRow<KeyID>] {
        var input: [ConstraintRow<KeyID>] = []
        for (id, record) in records {
            input.append(constraintRow(id, record.row, values[id] ?? [], present))
        }
        for (id, holder) in holders {
            // It is in its table, so are its parents.
            let claims = constraintRow(id, holder.row, holder.claims, present).claims
            input.append(ConstraintRow(id: id, isAlive: true, canBeKept: false, claims: claims, parents: []))
        }
        let dead = Set(records.filter { $0.value.isThere }.map(\.key.tableID))
        for child in tables {
            for key in child.foreignKeys where dead.contains(key.parent) && rule(child, key) == .keepParent {
                guard let parent = table(key.parent) else { continue }
                for row in try session.query(ConstraintStatements(table: child).anchors(key, parent)) {
                    let id = KeyID(tableID: key.parent, digest: try row.text(0))
                    let anchor = KeyID(tableID: child.id, digest: "\(key.name)/\(id.digest)")
                    input.append(
                        ConstraintRow(
                            id: anchor, isAlive: true, canBeKept: false, claims: [],
                            parents: [.init(foreignKey: key.rule, id: id, rule: .keepParent)]))
                }
            }
        }
        return input
    }

    private func constraintRow(
        _ id: KeyID, _ row: MergedRow, _ values: [(rule: String, value: String)], _ present: Set<KeyID>
    ) -> ConstraintRow<KeyID> {
        guard let table = table(id.tableID) else {
            return ConstraintRow(id: id, isAlive: row.isAlive, canBeKept: false, claims: [], parents: [])
        }
        let policy = policies.policy(for: table)
        let claims = values.compactMap { name, value -> ConstraintRow<KeyID>.Claim? in
            guard let index = table.uniqueIndexes.first(where: { $0.rule == name }) else { return nil }
            return .init(
                index: "\(table.id) \(name)", value: value, stamp: row.stamp(of: index, table, policy))
        }
        let parents = values.compactMap { name, value -> ConstraintRow<KeyID>.Parent? in
            guard let key = table.foreignKeys.first(where: { $0.rule == name }) else { return nil }
            let parent = Self.id(key.parent, value)
            return present.contains(parent) ? nil : .init(foreignKey: name, id: parent, rule: rule(table, key))
        }
        return ConstraintRow(
            id: id, isAlive: row.isAlive, canBeKept: row.lastImage != nil, claims: claims, parents: parents)
    }

    /// Rows that refer to one which is not there: only whoever switched PostgreSQL's own triggers off can have done it.
    private mutating func noteDangling(_ reports: inout [Int: Audit.Table]) throws {
        for child in tables {
            for key in child.foreignKeys where rule(child, key) == .keepParent {
                guard let parent = table(key.parent) else { continue }
                let keys = try session.query(ConstraintStatements(table: child).dangling(key, parent))
                    .map { try $0.text(0) }
                let new = keys.filter { records[Self.id(parent.id, $0)] == nil }
                let logs = try reader.records(session, parent, digests: new.map { Self.id(parent.id, $0).digest })
                for record in logs.values.sorted(by: { $0.key < $1.key }) {
                    reports[parent.id]?.faults.note(.row_missing, ["table": parent.name, "key": record.key])
                }
            }
        }
    }

    /// Of these those whose place depends on a row that is in flight.
    private func inFlight(_ ids: [KeyID]) throws -> Set<KeyID> {
        guard !ids.isEmpty else { return [] }
        return Set(
            try session.query(
                SQLText.named("audit_in_flight"),
                [.intArray(ids.map { Int64($0.tableID) }), .textArray(ids.map(\.digest))]
            ).map { KeyID(tableID: Int(try $0.int(0)), digest: try $0.text(1)) })
    }
}
