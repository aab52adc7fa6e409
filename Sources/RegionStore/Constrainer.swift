internal import Postgres
internal import Reasons
internal import Replication

/// A row of a shared table, by its key's digest.
struct KeyID: Hashable, Comparable {
    let tableID: Int
    /// Hexadecimal.
    let digest: String

    static func < (left: KeyID, right: KeyID) -> Bool {
        (left.tableID, left.digest) < (right.tableID, right.digest)
    }
}

/// What the merge says of a key, as far as the unique and foreign-key rule asks.
struct MergedRow {
    let key: String
    let isAlive: Bool
    let existence: ChangeStamp
    let winners: [ChangeStamp]
    /// Only of a dead row.
    let lastImage: RowImage?
    /// The write that says whether the row is there, and its author.
    let kind: ChangeKind
    let author: CaseAuthor?

    init(_ key: String, _ outcome: MergeOutcome, _ log: [LoggedChange], _ authors: [ChangeID: CaseAuthor]) {
        self.key = key
        isAlive = outcome.image != nil
        existence = outcome.existence
        winners = outcome.winners
        lastImage = outcome.lastImage
        kind = log.first { $0.id == outcome.existence.id }?.kind ?? .update
        author = authors[outcome.existence.id]
    }

    /// The highest stamp among the writes that gave an index's columns their values.
    func stamp(of index: TableInfo.UniqueIndex, _ table: TableInfo, _ policy: TablePolicy) -> ChangeStamp {
        index.columns.compactMap { column -> ChangeStamp? in
            guard let ordinal = table.shape.columns.firstIndex(of: column),
                let group = policy.groups.firstIndex(where: { $0.columns.contains(ordinal) })
            else { return nil }
            return winners[group]
        }.max() ?? existence
    }
}

/// Applies the unique and foreign-key rule to the set of an apply: draws into it every row that its rows meet by a
/// value or a reference, to the fixpoint, merges those too, and marks who is in the tables. See `constrain`.
struct Constrainer {
    let applier: Applier
    let attempt: Applier.Attempt
    let origins: [Int: OriginID]
    let unstored: UnstoredBatch?
    /// Tables with rows in the set; grows.
    private(set) var tables: Set<Int>
    private(set) var merged = 0
    private var rows: [KeyID: MergedRow] = [:]

    /// Rounds that each draw rows into the set. Every round adds at least one; real ones need two or three.
    private static let roundsMax = 200

    init(
        applier: Applier, attempt: Applier.Attempt, origins: [Int: OriginID], unstored: UnstoredBatch?, tables: [Int]
    ) {
        self.applier = applier
        self.attempt = attempt
        self.origins = origins
        self.unstored = unstored
        self.tables = Set(tables)
    }

    private var session: Session { applier.session }
    private var infos: [TableInfo] { tables.sorted().compactMap { attempt.catalogue.table(id: $0) } }

    mutating func run() throws {
        for _ in 0..<Self.roundsMax {
            try merge()
            if try drawByValuesAndParents() { continue }
            let verdict = try judge()
            try mark(verdict)
            if try drawChildren() { continue }
            try refuseDrift()
            return try ConstraintRecord(applier: applier, attempt: attempt, rows: rows, verdict: verdict).write()
        }
        throw StoreError.held(Hold(Reason(HoldReason.too_many_dependents)))
    }

    // MARK: The set

    private mutating func merge() throws {
        for row in try session.query(SQLText.named("constraint_joined")) {
            guard let table = attempt.catalogue.table(id: Int(try row.int("table_id"))) else { continue }
            tables.insert(table.id)
            try applier.staging.prepare(table)
            _ = try session.query(
                ConstraintStatements(table: table).lockJoined, [.text(try row.text("keys"))])
        }
        for table in infos { try session.execute(TableStatements(table: table).unstage) }
        var merge = ApplyMerge(
            applier: applier, attempt: attempt, origins: origins, unstored: unstored, verdicts: rows)
        try merge.run()
        rows = merge.verdicts ?? [:]
        merged += merge.merged
    }

    /// Draws in whom the staged rows meet by a unique value, and parents that are not there; true: somebody.
    private func drawByValuesAndParents() throws -> Bool {
        try session.execute(SQLText.named("constraint_clear"))
        try session.execute(SQLText.named("constraint_clear_touched"))
        for table in infos {
            for sql in ConstraintStatements(table: table).fillValues { try session.execute(sql) }
        }
        try analyze()
        try session.execute(SQLText.named("constraint_touch_same"))
        try session.execute(SQLText.named("constraint_touch_claims"))
        for table in infos {
            let statements = ConstraintStatements(table: table)
            try session.execute(statements.touchRevived)
            for index in table.uniqueIndexes { try session.execute(statements.touchHolders(index)) }
            for key in table.foreignKeys {
                guard let parent = attempt.catalogue.table(id: key.parent) else { continue }
                try session.execute(
                    SQLText.named("constraint_touch_parents"), [.int(table.id), .text(key.rule), .int(parent.id)])
                try session.execute(statements.touchMissingParents(key, parent))
            }
        }
        return try drawTouched()
    }

    /// See `ApplyLoad.analyzeMin`.
    private func analyze() throws {
        guard let row = try session.queryOne(SQLText.named("constraint_set_size")) else { return }
        guard try row.int(0) > Int64(ApplyLoad.analyzeMin) else { return }
        let stages = infos.map { "pg_temp.\(TableStatements(table: $0).stageName)" }
        try session.script(
            "ANALYZE \((["pg_temp.apply_value", "pg_temp.apply_change"] + stages).joined(separator: ", "))")
    }

    /// Draws in rows that refer to rows which leave their tables; true: somebody.
    private func drawChildren() throws -> Bool {
        try session.execute(SQLText.named("constraint_clear_touched"))
        let cannotKeep = Set(rows.filter { !$0.value.isAlive && $0.value.lastImage == nil }.map(\.key.tableID))
        for (child, key) in references() {
            // Whose parent is erased has nothing left to keep it by.
            let parks = foreignKeyRule(child, key) == .parkChild || cannotKeep.contains(key.parent)
            try session.execute(
                SQLText.named("constraint_touch_children"), [.int(child.id), .text(key.rule), .int(key.parent)])
            try session.execute(ConstraintStatements(table: child).touchOrphans(key, parks: parks))
        }
        return try drawTouched()
    }

    private func drawTouched() throws -> Bool {
        guard let row = try session.queryOne(SQLText.named("constraint_mark")) else { return false }
        return try row.int("marked") + row.int("joined") > 0
    }

    /// Foreign keys to tables of the set.
    private func references() -> [(TableInfo, TableInfo.ForeignKey)] {
        attempt.catalogue.tables.values.sorted { $0.id < $1.id }.flatMap { child in
            child.foreignKeys.filter { tables.contains($0.parent) }.map { (child, $0) }
        }
    }

    private func foreignKeyRule(_ child: TableInfo, _ key: TableInfo.ForeignKey) -> ForeignKeyRule {
        let ordinals = key.columns.compactMap { child.shape.columns.firstIndex(of: $0) }
        return attempt.policy(child).foreignKeyRules[ordinals.sorted()] ?? .keepParent
    }

    /// A row that joined the set is as the log has it, or somebody wrote it without a hint.
    private func refuseDrift() throws {
        var drift: [Int: [String]] = [:]
        for table in infos {
            let keys = try session.query(ConstraintStatements(table: table).drifted).map { try $0.text(0) }
            if !keys.isEmpty { drift[table.id] = keys }
        }
        if !drift.isEmpty { throw ApplyInterrupt.drift(drift) }
    }

    // MARK: Verdicts

    /// What is claimed, and the verdict on every merged row of the set.
    struct Verdict {
        var values: [KeyID: [(rule: String, value: String)]] = [:]
        var anchors: [KeyID: KeyID] = [:]
        var rows: [KeyID: ConstraintVerdict<KeyID>] = [:]
        /// Of kept rows a row that refers to them.
        var children: [KeyID: KeyID] = [:]
    }

    private func judge() throws -> Verdict {
        var verdict = Verdict()
        for row in try session.query(SQLText.named("constraint_values")) {
            let id = KeyID(tableID: Int(try row.int("table_id")), digest: try row.text("digest"))
            verdict.values[id, default: []].append((try row.text("rule"), try row.text("value")))
        }
        let present = try presentParents(verdict)
        var input: [ConstraintRow<KeyID>] = []
        for (id, row) in rows {
            guard let table = attempt.catalogue.table(id: id.tableID) else { continue }
            input.append(constraintRow(id, row, table, verdict.values[id] ?? [], present))
        }
        for (child, key) in references() where foreignKeyRule(child, key) == .keepParent {
            for row in try session.query(ConstraintStatements(table: child).remainingChildren(key)) {
                let parent = KeyID(tableID: key.parent, digest: try row.text("digest"))
                let id = Self.id(child.id, try row.text("child"))
                verdict.anchors[parent] = id
                let anchor = KeyID(tableID: id.tableID, digest: "\(id.digest)/\(key.name)/\(parent.digest)")
                input.append(
                    ConstraintRow(
                        id: anchor, isAlive: true,
                        canBeKept: false, claims: [],
                        parents: [.init(foreignKey: key.rule, id: parent, rule: .keepParent)]))
            }
        }
        verdict.rows = constrain(input)
        for row in input where rows[row.id] != nil && verdict.rows[row.id] != .absent {
            for parent in row.parents where parent.rule == .keepParent {
                verdict.children[parent.id] = min(verdict.children[parent.id] ?? row.id, row.id)
            }
        }
        for (parent, child) in verdict.anchors { verdict.children[parent] = verdict.children[parent] ?? child }
        return verdict
    }

    private static func id(_ tableID: Int, _ key: String) -> KeyID {
        KeyID(tableID: tableID, digest: BatchHasher.digest16(key: key).hex)
    }

    /// Parents outside of the merged rows that are in their tables.
    private func presentParents(_ verdict: Verdict) throws -> Set<KeyID> {
        var wanted: [Int: Set<String>] = [:]
        for (id, values) in verdict.values {
            guard let table = attempt.catalogue.table(id: id.tableID) else { continue }
            for (rule, value) in values {
                guard let key = table.foreignKeys.first(where: { $0.rule == rule }) else { continue }
                if rows[Self.id(key.parent, value)] == nil { wanted[key.parent, default: []].insert(value) }
            }
        }
        var present: Set<KeyID> = []
        for (tableID, keys) in wanted {
            guard let table = attempt.catalogue.table(id: tableID) else { continue }
            for row in try session.query(ConstraintStatements(table: table).present, [.textArray(Array(keys))]) {
                present.insert(Self.id(tableID, try row.text(0)))
            }
            // A plain insertion of the same set is not in its table yet.
            for row in try session.query(
                SQLText.named("constraint_staged"), [.int(tableID), .textArray(Array(keys))])
            {
                present.insert(Self.id(tableID, try row.text(0)))
            }
        }
        return present
    }

    private func constraintRow(
        _ id: KeyID, _ row: MergedRow, _ table: TableInfo, _ values: [(rule: String, value: String)],
        _ present: Set<KeyID>
    ) -> ConstraintRow<KeyID> {
        let policy = attempt.policy(table)
        var claims: [ConstraintRow<KeyID>.Claim] = []
        var parents: [ConstraintRow<KeyID>.Parent] = []
        for (rule, value) in values {
            if let index = table.uniqueIndexes.first(where: { $0.rule == rule }) {
                let stamp = row.stamp(of: index, table, policy)
                claims.append(.init(index: "\(table.id) \(rule)", value: value, stamp: stamp))
            } else if let key = table.foreignKeys.first(where: { $0.rule == rule }) {
                let parent = Self.id(key.parent, value)
                guard !present.contains(parent) else { continue }
                parents.append(.init(foreignKey: rule, id: parent, rule: foreignKeyRule(table, key)))
            }
        }
        return ConstraintRow(
            id: id, isAlive: row.isAlive, canBeKept: row.lastImage != nil, claims: claims, parents: parents)
    }

    private func mark(_ verdict: Verdict) throws {
        var ids: [KeyID] = []
        var changes: [String] = []
        var stages: [Int: (digests: [String], ops: [String])] = [:]
        for id in rows.keys.sorted() {
            let (change, stage): (String, String) =
                switch verdict.rows[id] {
                case .present, .kept: ("m", "m")
                case .parked: ("p", "p")
                case .absent, nil: ("d", "x")
                }
            ids.append(id)
            changes.append(change)
            stages[id.tableID, default: ([], [])].digests.append(id.digest)
            stages[id.tableID, default: ([], [])].ops.append(stage)
        }
        try session.execute(
            SQLText.named("constraint_ops"),
            [.intArray(ids.map { Int64($0.tableID) }), .textArray(ids.map(\.digest)), .textArray(changes)])
        for (tableID, stage) in stages {
            guard let table = attempt.catalogue.table(id: tableID) else { continue }
            try session.execute(
                ConstraintStatements(table: table).verdicts, [.textArray(stage.digests), .textArray(stage.ops)])
        }
    }
}
