internal import Postgres
internal import Reasons
internal import Replication

/// The part of an apply between the loading of its changes and its commit.
struct ApplyRun {
    let applier: Applier
    let attempt: Applier.Attempt
    /// Tables with changes, parents before children.
    private(set) var tables: [Int]
    let hasRepeats: Bool
    /// Plain changes in the staging tables of which `apply_change` knows nothing.
    let staged: StagedCounts
    /// A batch of our own that this transaction builds, if it does.
    let own: UnstoredBatch?
    private(set) var merged = 0
    private var ownNumber: Int64 = 0
    private var counts = StagedCounts()
    /// The unique and foreign-key rule decides what is written.
    private var isConstrained = false
    private var hasJudged = false
    private var names: [Int: OriginID] = [:]
    /// Rows that the statements of this attempt did not find as they should be, by table.
    private var unexpected: Set<Int> = []

    /// What is staged, by table and operation.
    struct StagedCounts {
        var rows: [Key: Int] = [:]
        struct Key: Hashable { let table: Int, op: String, plain: Bool }

        func has(_ op: String, _ table: Int) -> Bool {
            rows.contains { $0.key.table == table && $0.key.op == op && $0.value > 0 }
        }
        func plain(_ op: String, _ table: Int) -> Int { rows[Key(table: table, op: op, plain: true), default: 0] }
        /// Changes of rows that may be there.
        func lockable(_ table: Int) -> Int {
            rows.reduce(0) { $0 + ($1.key.table == table && $1.key.op != "i" ? $1.value : 0) }
        }
        var needsMerge: Bool { rows.contains { !$0.key.plain && $0.value > 0 } }
    }

    init(
        applier: Applier, attempt: Applier.Attempt, tables: [Int], hasRepeats: Bool,
        staged: StagedCounts = StagedCounts(), own: UnstoredBatch? = nil
    ) {
        self.staged = staged
        self.applier = applier
        self.attempt = attempt
        self.tables = tables
        self.hasRepeats = hasRepeats
        self.own = own
    }

    var session: Session { applier.session }
    private var infos: [TableInfo] { tables.compactMap { attempt.catalogue.table(id: $0) } }

    // MARK: Step 2, locks

    /// Locks the rows that exist, table by table, in key order.
    mutating func lockRows() throws {
        counts = try readCounts()
        // All waits together, not each: a deadlock is to end with us giving way, before the application is chosen.
        if !attempt.patience.skips {
            try session.script("SET LOCAL statement_timeout = \(attempt.patience.timeoutMilliseconds)")
        }
        for table in infos.sorted(by: { $0.id < $1.id }) {
            guard counts.has("u", table.id) || counts.has("d", table.id) || counts.has("m", table.id) else { continue }
            let statements = TableStatements(table: table)
            let deletes = counts.has("d", table.id)
            let wait: TableStatements.LockWait = attempt.patience.skips ? .skip : .wait
            if staged.has("u", table.id), try count(statements.lockStaged(wait)) < staged.plain("u", table.id) {
                throw NotDirect()
            }
            let expected = counts.lockable(table.id) - staged.lockable(table.id)
            guard expected > 0 else { continue }
            let locked = try count(statements.lockRows(wait, deletes: deletes))
            guard wait == .skip, locked < expected, try count(statements.countRows) > locked else { continue }
            guard let key = try session.queryOne(statements.lockedByOthers(deletes: deletes))?.text(0) else { continue }
            throw ApplyInterrupt.rowLocked(tableID: table.id, key: key, deletes: deletes)
        }
        if !attempt.patience.skips { try session.script("SET LOCAL statement_timeout = 0") }
    }

    private func count(_ sql: String) throws -> Int {
        guard let row = try session.queryOne(sql) else { throw StoreError.unexpectedResult("no count") }
        return Int(try row.int(0))
    }

    private func readCounts() throws -> StagedCounts {
        var counts = staged
        for row in try session.query(SQLText.named("apply_counts")) {
            let key = StagedCounts.Key(
                table: Int(try row.int("table_id")), op: try row.text("op"), plain: try row.bool("plain"))
            counts.rows[key, default: 0] += Int(try row.int("changes"))
        }
        return counts
    }

    // MARK: Steps 3 to 5

    /// Judges every key and writes what the log says. False: somebody wrote before us; roll back, cut, again.
    mutating func judgeAndWrite() throws -> Bool {
        if !isConstrained { isConstrained = try concernsClaims() }
        do {
            if !(Mutation.notJudgedAgain.isOn && hasJudged) { try judge() }
            hasJudged = true
            if isConstrained { try writeInWaves() } else { try write() }
        } catch let error as PostgresError where Self.refusals.contains(error.sqlState) {
            // The one who holds the value may have committed it a moment ago: then the cut comes first.
            if try mayBePending(after: error) { return false }
            guard !isConstrained else {
                throw StoreError.held(Hold(Self.refusal(error), sqlState: error.sqlState?.rawValue))
            }
            isConstrained = true
            return try judgeAndWrite()
        } catch is WouldCascade {
            try applier.returnToJudged()
            isConstrained = true
            return try judgeAndWrite()
        }
        if !isConstrained, try anyRevived() {
            try applier.returnToJudged()
            isConstrained = true
            return try judgeAndWrite()
        }
        return try nobodyWasFaster()
    }

    /// Whether a row that is parked or kept may be concerned.
    private func concernsClaims() throws -> Bool {
        let children = attempt.catalogue.tables.values.filter { child in
            child.foreignKeys.contains { tables.contains($0.parent) }
        }
        let related = Set(tables).union(children.map(\.id))
        let row = try session.queryOne(
            SQLText.named("constraint_any_claim"),
            [.intArray(tables.map(Int64.init)), .intArray(related.map(Int64.init))])
        return try row?.bool(0) == true
    }

    private func anyRevived() throws -> Bool {
        try infos.contains { table in
            guard unexpected.contains(table.id) else { return false }
            return try session.queryOne(ConstraintStatements(table: table).anyRevived)?.bool(0) == true
        }
    }

    /// As `judgeAndWrite`, for a group that is fast-forward as a whole; insertions may be in their tables already.
    /// False: it is not, or somebody wrote before us.
    mutating func writeDirect() throws -> Bool {
        let ids = Parameter.intArray(tables.map(Int64.init))
        guard try !concernsClaims(),
            try session.queryOne(SQLText.named("apply_any_contested"), [ids])?.bool(0) == false
        else { return false }
        counts = try readCounts()
        try write()
        guard unexpected.isEmpty,
            try session.queryOne(
                SQLText.named("apply_pending_logged"), [ids])?.bool(0) == false
        else { return false }
        return try nobodyWasFaster()
    }

    private static let refusals: [SQLState?] = [
        .uniqueViolation, .foreignKeyViolation, SQLState(rawValue: "23514"), SQLState(rawValue: "23502"),
    ]

    private static func refusal(_ error: PostgresError) -> Reason {
        let table = [error.schema, error.table].compactMap { $0 }.joined(separator: ".")
        guard let constraint = error.constraint else {
            return Reason(HoldReason.row_refused, ["table": table, "message": error.message])
        }
        return Reason(
            HoldReason.row_refused_by, ["table": table, "constraint": constraint, "message": error.message])
    }

    /// The transaction is aborted by the refusal: look at pending from its savepoint.
    private func mayBePending(after error: PostgresError) throws -> Bool {
        try applier.returnToJudged()
        return try session.queryOne(
            SQLText.named("apply_any_pending"), [.intArray(attempt.catalogue.writeOrder.map(Int64.init))]
        )?.bool(0) == true
    }

    /// Fast-forward where the group has seen everything, merge elsewhere.
    private mutating func judge() throws {
        if hasRepeats {
            try session.execute(SQLText.named("apply_fold"))
            for table in infos { try session.execute(TableStatements(table: table).foldStage) }
        }
        var unseen: (origins: [Int64], above: [Int64]) = ([], [])
        for row in try session.query(SQLText.named("apply_vector")) {
            let origin = OriginID(try row.text("name"))
            let number = try row.int("number")
            names[Int(try row.int("id"))] = origin
            if try row.bool("own") { ownNumber = own?.batch.number ?? number }
            let seen = attempt.group.seen(of: origin)
            if number > seen {
                unseen.origins.append(try row.int("id"))
                unseen.above.append(seen)
            }
        }
        if !unseen.origins.isEmpty {
            try session.execute(
                SQLText.named("apply_unseen"), [.intArray(unseen.origins), .intArray(unseen.above)])
        }
        if !Mutation.fastForwardIgnoresKnown.isOn,
            try session.queryOne(SQLText.named("apply_any_known"))?.bool(0) == true
        {
            try session.execute(SQLText.named("apply_contested"))
        }
        if hasRepeats { try session.execute(SQLText.named("apply_spread")) }
        counts = try readCounts()
        if hasRepeats || counts.needsMerge {
            for table in infos { try session.execute(TableStatements(table: table).unstage) }
        }
        if isConstrained {
            try constrain()
        } else if counts.needsMerge {
            var merge = ApplyMerge(applier: applier, attempt: attempt, origins: names, unstored: own)
            try merge.run()
            merged = merge.merged
        }
        counts = try readCounts()
    }

    private mutating func constrain() throws {
        var constrainer = Constrainer(applier: applier, attempt: attempt, origins: names, unstored: own, tables: tables)
        try constrainer.run()
        merged = constrainer.merged
        tables = attempt.catalogue.writeOrder.filter(constrainer.tables.contains)
    }

    private mutating func writeInWaves() throws {
        let waves = ConstrainedWriter(applier: applier, attempt: attempt, tables: infos)
        try waves.write(counts) { try masks($0) }
        try deleteRows()
        unexpected = Set(try waves.unwritten())
        // What is there although nobody wrote it is published first; anything else is in the way for good.
        guard !unexpected.isEmpty else { return }
        try throwDrift()
        throw StoreError.held(
            Hold(
                Reason(
                    HoldReason.values_in_the_way,
                    ["table": infos.filter { unexpected.contains($0.id) }.map(\.name).joined(separator: ", ")]),
                sqlState: SQLState.uniqueViolation.rawValue))
    }

    /// One statement per table and operation.
    private mutating func write() throws {
        unexpected = []
        for table in infos { try insertRows(table) }
        for table in infos { try updateRows(table) }
        try deleteRows()
    }

    /// The columns of the staged rows, by which are missing; only a merge leaves any out.
    private func masks(_ table: TableInfo) throws -> [(text: String, columns: [String])] {
        guard counts.needsMerge else { return [("", table.shape.columns)] }
        return try session.query(TableStatements(table: table).missingMasks).map { row in
            let text = try row.text(0)
            let missing = Set(text.split(separator: ",").compactMap { Int($0) })
            let columns = table.shape.columns.enumerated().filter { !missing.contains($0.offset) }.map(\.element)
            return (text, columns)
        }
    }

    private mutating func insertRows(_ table: TableInfo) throws {
        guard counts.has("i", table.id) || counts.has("m", table.id) else { return }
        let statements = TableStatements(table: table)
        // Merged rows that are not there go in with the plain ones, in one statement: they may refer to each other.
        let isMixed = counts.has("i", table.id) && counts.has("m", table.id)
        var inserted = isMixed ? try -count(statements.mergedAbsent) : 0
        for mask in try masks(table) {
            if isMixed {
                inserted += try session.execute(statements.insertMixed(columns: mask.columns, missing: mask.text))
            } else {
                let plain = counts.has("i", table.id)
                let rows = try session.execute(
                    statements.insert(plain: plain, columns: mask.columns, missing: mask.text))
                if plain { inserted += rows }
            }
        }
        if inserted != counts.plain("i", table.id) { unexpected.insert(table.id) }
    }

    private mutating func updateRows(_ table: TableInfo) throws {
        guard counts.has("u", table.id) || counts.has("m", table.id) else { return }
        let statements = TableStatements(table: table)
        var updated = 0
        for mask in try masks(table) {
            for plain in [true, false] where counts.has(plain ? "u" : "m", table.id) {
                guard let sql = statements.update(plain: plain, columns: mask.columns, missing: mask.text) else {
                    continue
                }
                let rows = try session.execute(sql)
                if plain { updated += rows }
            }
        }
        let hasValues = statements.update(plain: true, columns: table.shape.columns, missing: "") != nil
        if hasValues, updated != counts.plain("u", table.id) { unexpected.insert(table.id) }
    }

    private func deleteRows() throws {
        for table in infos.reversed() where counts.has("d", table.id) {
            let statements = TableStatements(table: table)
            // PostgreSQL's cascades would destroy rows that nobody deleted: look for them after the children went.
            for cascade in table.cascades {
                guard let row = try session.queryOne(statements.dependents(cascade)) else { continue }
                guard isConstrained else { throw WouldCascade() }
                let child = "\(cascade.schema).\(cascade.table)"
                throw StoreError.held(
                    Hold(
                        Reason(
                            HoldReason.still_referred, ["key": try row.text(0), "table": table.name, "child": child]),
                        sqlState: SQLState.foreignKeyViolation.rawValue))
            }
            try session.execute(statements.delete)
        }
    }

    /// In a fresh statement after the last write: a pending row for a key of the set, a marker, a changed shape?
    private func nobodyWasFaster() throws -> Bool {
        try Checkpoint.applyWritten.reached()
        guard !Mutation.noCheckAfterWrites.isOn else { return true }
        let ids = Parameter.intArray(tables.map(Int64.init))
        if try session.queryOne(SQLText.named("apply_any_pending"), [ids])?.bool(0) == true,
            let row = try session.queryOne(pendingStatement, [ids])
        {
            if try row.bool("marker"), !Mutation.markersIgnored.isOn { throw ApplyInterrupt.cutFirst }
            if try row.bool("touched") { return false }
        }
        let now = try TableCatalogue.fingerprints(session, ids: tables)
        for id in tables where now[id] != attempt.fingerprints[id] { throw ApplyInterrupt.cutFirst }
        try throwDrift()
        return true
    }

    private var pendingStatement: String {
        let statement = SQLText.named("apply_pending")
        guard Mutation.checkOfIncomingKeysOnly.isOn else { return statement }
        return statement.replacing("s.key = k.key", with: "s.key = k.key AND NOT s.joined")
    }

    private func throwDrift() throws {
        var drift: [Int: [String]] = [:]
        for table in infos where unexpected.contains(table.id) {
            let keys = try session.query(TableStatements(table: table).unexpected).map { try $0.text(0) }
            if !keys.isEmpty { drift[table.id] = keys }
        }
        if !drift.isEmpty { throw ApplyInterrupt.drift(drift) }
    }

    // MARK: Step 6

    /// Bashu's own tables, only now: before this a forced cut could have waited for us.
    func writeOwnTables() throws {
        for table in infos where try masks(table).contains(where: { !$0.text.isEmpty }) {
            try session.execute(TableStatements(table: table).defaulted)
        }
        try session.execute(SQLText.named("apply_index"))
        if counts.needsMerge {
            try session.execute(SQLText.named("apply_known_forget"))
            try session.execute(SQLText.named("apply_known_store"), [.int(ownNumber)])
            try session.execute(SQLText.named("constraint_store"))
            try session.execute(SQLText.named("constraint_store_claims"))
            try session.execute(SQLText.named("apply_cases_forget"))
            try session.execute(SQLText.named("apply_cases_store"))
            try session.execute(SQLText.named("apply_cases_alarm"))
            try session.execute(SQLText.named("apply_recheck_done"))
        }
        try takeOutErased()
        try writePosition()
    }

    /// How far it is now.
    func writePosition() throws {
        var last: [Int: ReceivedBatch] = [:]
        for batch in attempt.group.batches { last[batch.originID] = batch }
        for batch in last.values {
            try session.execute(
                SQLText.named("apply_applied"),
                [.int(Int64(batch.originID)), .int(batch.number), .text(batch.digest)])
            try session.execute(SQLText.named("apply_unhold"), [.int(Int64(batch.originID))])
        }
        if let highest = attempt.group.batches.map(\.hlcMax).max() {
            try session.execute(SQLText.named("clock_raise"), [.int(highest)])
        }
    }
}

/// PostgreSQL would delete or change rows by itself: the foreign-key rule has to decide first.
private struct WouldCascade: Error {}
