internal import Logging
internal import Postgres
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
            try session.script("COMMIT")
            staging.committed()
            return outcome
        } catch {
            if session.isOpen { try? session.script("ROLLBACK") }
            staging.rolledBack()
            log.forget()
            throw error
        }
    }

    private func inTransaction(_ attempt: Attempt, cut: () throws -> Void) throws -> Outcome {
        guard try session.queryOne(SQLText.named("apply_begin"))?.int(0) == attempt.token else {
            throw StoreError.fenceLost
        }
        var load = ApplyLoad(
            session: session, reader: reader, log: log, catalogue: attempt.catalogue, staging: staging)
        try load.run(attempt.group)
        var tables = load.tables
        if !attempt.recheck.isEmpty { tables.formUnion(try stageRecheck(attempt)) }
        try refuseHeld()
        var run = ApplyRun(
            applier: self, attempt: attempt, tables: attempt.catalogue.writeOrder.filter(tables.contains),
            hasRepeats: load.hasRepeats)
        try run.lockRows()
        try session.script("SAVEPOINT judged; SET CONSTRAINTS ALL IMMEDIATE")
        var redone = 0
        while try run.judgeAndWrite() == false {
            guard redone < Self.redoMax else { throw ApplyInterrupt.cutFirst }
            redone += 1
            try session.script("ROLLBACK TO SAVEPOINT judged; SET CONSTRAINTS ALL IMMEDIATE")
            try cut()
        }
        try run.writeOwnTables()
        return Outcome(
            batches: attempt.group.batches.count, changes: load.changes, merged: run.merged, forcedCuts: redone)
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
        throw StoreError.held(
            Hold(
                reason: """
                    key \(try row.text("key")) of table \(table) is held back here (\(try row.text("reason"))); \
                    decide with: bashuctl table accept \(table), or bashuctl table restore \(table)
                    """))
    }
}
