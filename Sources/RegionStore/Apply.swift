internal import Logging
internal import Postgres
internal import Reasons
internal import Replication

/// Apply: adds received batches to what is applied, and projects again the keys that they touch, in sets.
///
/// One transaction on one session, steps 1 to 6 of the design: load, lock, judge, write, look for writers who were
/// faster, and only then Bashu's own tables. See design notes, "Apply".
final class Applier {
    struct Outcome: Sendable {
        var batches = 0
        var changes = 0
        var merged = 0
        var forcedCuts = 0
    }

    /// How often one attempt is judged again after a forced cut before it starts over.
    static let redoMax = 20

    let session: Session
    let reader: Session
    let log: LogReader
    let logger: Logger
    let staging: StagingTables
    /// How own batches are written.
    var history = OwnHistory()

    init(session: Session, reader: Session, logger: Logger) throws {
        self.session = session
        self.reader = reader
        self.logger = logger
        log = LogReader()
        staging = try StagingTables(session: session)
    }

    /// What one attempt works with.
    struct Attempt {
        let group: ApplyGroup
        let recheck: [RecheckKey]
        let catalogue: TableCatalogue
        /// Fingerprints of the tables at the last committed cut.
        let fingerprints: [Int: String]
        let token: Int64
        let patience: LockPatience
        let policy: (TableInfo) -> TablePolicy
        /// Every case of the keys is derived anew, the closed ones too.
        var readsWholeHistory = false
        /// What else belongs into the same transaction.
        var beforeCommit: (Session) throws -> Void = { _ in }
    }

    /// Applies the group, or projects the keys of `recheck` again.
    ///
    /// - Parameter cut: Cuts what is pending, on another session, while this transaction holds its row locks; throws
    ///   `ApplyInterrupt.cutFirst` when that would take too long.
    /// - Throws: `ApplyInterrupt`, `StoreError.held`, `StoreError.fenceLost`, `PostgresError`. Nothing is changed then.
    func apply(_ attempt: Attempt, cut: () throws -> Void) throws -> Outcome {
        // What a crash takes back is applied again; our own next batch flushes everything before it.
        try session.script(
            """
            BEGIN; SET LOCAL synchronous_commit = off;
            SET LOCAL lock_timeout = \(attempt.patience.timeoutMilliseconds)
            """)
        do {
            let outcome = try inTransaction(attempt, cut: cut)
            try Checkpoint.applyRecorded.reached()
            try session.script("COMMIT")
            staging.committed()
            try Checkpoint.applyCommitted.reached()
            return outcome
        } catch {
            session.rollBack()
            staging.rolledBack()
            log.forget()
            throw error
        }
    }

    /// Takes one batch into the log whose effect the tables have already: it was cut, in a former life of this
    /// database, from hints that are pending here still. They go; what else was written since stays pending.
    ///
    /// - Parameter pending: the hints: timelines, first and last of their ranges, as parameters.
    /// - Throws: as `apply`.
    func takeOver(_ attempt: Attempt, pending: [Parameter]) throws {
        do {
            try session.transaction {
                try session.script("SET LOCAL synchronous_commit = off")
                guard try session.queryOne(SQLText.named("apply_begin"))?.int(0) == attempt.token else {
                    throw StoreError.fenceLost
                }
                let load = try load(attempt, isDirect: false)
                try refuseHeld()
                try session.execute(SQLText.named("life_consume"), pending)
                try run(attempt, load.tables, hasRepeats: load.hasRepeats, staged: load.staged).writeTakenOver()
            }
            staging.committed()
        } catch {
            staging.rolledBack()
            log.forget()
            throw error
        }
    }

    private func inTransaction(_ attempt: Attempt, cut: () throws -> Void) throws -> Outcome {
        guard try session.queryOne(SQLText.named("apply_begin"))?.int(0) == attempt.token else {
            throw StoreError.fenceLost
        }
        if try mayBeDirect(attempt), let outcome = try direct(attempt) { return outcome }
        let load = try load(attempt, isDirect: false)
        var tables = load.tables
        if !attempt.recheck.isEmpty { tables.formUnion(try stageRecheck(attempt)) }
        try refuseHeld()
        try Checkpoint.applyLoaded.reached()
        var run = run(attempt, tables, hasRepeats: load.hasRepeats, staged: load.staged)
        if Mutation.locksDroppedAtRedo.isOn { try setJudged() }
        try run.lockRows()
        try Checkpoint.applyLocked.reached()
        if !Mutation.locksDroppedAtRedo.isOn { try setJudged() }
        try session.script("SET CONSTRAINTS ALL IMMEDIATE")
        var redone = 0
        while try run.judgeAndWrite() == false {
            guard redone < Self.redoMax else { throw ApplyInterrupt.cutFirst }
            redone += 1
            try returnToJudged()
            try Checkpoint.applyRedo.reached()
            try cut()
        }
        try Checkpoint.applyJudged.reached()
        try run.writeOwnTables()
        #if DEBUG
            try checkInvariant(attempt)
        #endif
        try attempt.beforeCommit(session)
        return Outcome(
            batches: attempt.group.batches.count, changes: load.changes, merged: run.merged, forcedCuts: redone)
    }

    /// From here on a transaction can be judged and written again.
    func setJudged() throws {
        try session.script("SAVEPOINT judged")
        staging.savepoint()
    }

    /// Takes back what was judged and written, and no lock that was taken before.
    func returnToJudged() throws {
        try session.script("ROLLBACK TO SAVEPOINT judged; SET CONSTRAINTS ALL IMMEDIATE")
        try staging.rolledBackToSavepoint()
    }

    private func load(_ attempt: Attempt, isDirect: Bool) throws -> ApplyLoad {
        var load = ApplyLoad(
            session: session, reader: reader, log: log, catalogue: attempt.catalogue, staging: staging,
            isDirect: isDirect)
        try load.run(attempt.group)
        return load
    }

    // MARK: Direct

    /// From how many changes on the shorter way is worth what it costs when it turns out to be none.
    static let directMin: Int64 = 1_000

    /// Whether the group has seen everything that is applied here.
    private func mayBeDirect(_ attempt: Attempt) throws -> Bool {
        let changes = attempt.group.batches.reduce(0) { $0 + $1.changes }
        guard attempt.recheck.isEmpty, changes >= Self.directMin else { return false }
        for row in try session.query(SQLText.named("apply_vector")) {
            let number = try row.int("number")
            if number > attempt.group.seen(of: OriginID(try row.text("name"))) { return false }
        }
        return true
    }

    /// The same steps for a large group that is expected to be fast-forward as a whole: rows and index go where they
    /// belong without a detour over the staging tables. Nil: it was not, and nothing is done yet.
    ///
    /// The index is written early here. No cut can wait for it: a cut writes changes of our own origin, and this way
    /// ends where a forced cut would be needed.
    private func direct(_ attempt: Attempt) throws -> Outcome? {
        try session.script("SAVEPOINT direct; SET CONSTRAINTS ALL IMMEDIATE")
        do {
            let load = try load(attempt, isDirect: true)
            var run = run(attempt, load.tables, hasRepeats: false, staged: load.staged)
            try run.lockRows()
            guard try run.writeDirect() else { throw NotDirect() }
            try Checkpoint.applyJudged.reached()
            try run.writeOwnTables()
            return Outcome(batches: attempt.group.batches.count, changes: load.changes)
        } catch is NotDirect {
            logger.debug("a large group needs the long way")
        } catch let error as PostgresError where Self.mayBeOvercome(error) {
            logger.debug("a large group needs the long way", metadata: ["reason": "\(error)"])
        }
        try session.script("ROLLBACK TO SAVEPOINT direct")
        staging.rolledBack()
        log.forget()
        return nil
    }

    private static func mayBeOvercome(_ error: PostgresError) -> Bool {
        error.kind == .statementFailed && !Engine.transient.contains(error.sqlState)
    }

    private func run(
        _ attempt: Attempt, _ tables: Set<Int>, hasRepeats: Bool, staged: ApplyRun.StagedCounts
    ) -> ApplyRun {
        ApplyRun(
            applier: self, attempt: attempt, tables: attempt.catalogue.writeOrder.filter(tables.contains),
            hasRepeats: hasRepeats, staged: staged)
    }

    private func stageRecheck(_ attempt: Attempt) throws -> Set<Int> {
        let known = attempt.recheck.filter { attempt.catalogue.table(id: $0.tableID) != nil }
        try session.execute(
            SQLText.named("recheck_put"),
            [
                .intArray(known.map { Int64($0.tableID) }), .textArray(known.map(\.digest)),
                .textArray(known.map(\.key)),
            ])
        let tables = Set(known.map(\.tableID))
        for table in tables.compactMap({ attempt.catalogue.table(id: $0) }) { try staging.prepare(table) }
        return tables
    }

    /// A batch that touches a key which a cut holds back waits for the operator.
    private func refuseHeld() throws {
        guard try session.queryOne(SQLText.named("apply_any_held"))?.bool(0) == true,
            let row = try session.queryOne(SQLText.named("apply_held"))
        else { return }
        let table = try "\(row.text("schema_name")).\(row.text("table_name"))"
        let why: HoldReason = try row.text("reason") == "mass_delete" ? .held_mass_delete : .held_too_large
        throw StoreError.held(Hold(Reason(why, ["key": try row.text("key"), "table": table])))
    }
}
