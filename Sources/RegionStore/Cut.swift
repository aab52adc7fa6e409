internal import Integrity
internal import Logging
internal import Postgres
internal import Replication

/// The cut: the transaction that turns what local writers changed into the next batch of our own origin.
///
/// Everything happens in one REPEATABLE READ transaction on one session: the pending rows it sees are whole
/// transactions by MVCC, the tables are compared with what is known in the same snapshot, and batch, index and
/// consumed pending rows commit together. See design notes, "Cut".
final class Cutter {
    /// What a committed cut did.
    struct Outcome: Sendable, Equatable {
        /// Number of the batch, nil when nothing differed from what was known.
        var number: Int64?
        var changes: Int64 = 0
        /// Of the batch.
        var bytes: Int64 = 0
        /// Keys held back for an operator.
        var held: Int = 0
    }

    /// What a look at `pending` showed.
    struct Poll: Sendable {
        /// Everything committed before this time (µs) is in pending or was cut.
        let through: Int64
        let tables: Set<Int>
        /// Rows of pending, each with up to some hundreds of keys.
        let hints: Int64
    }

    /// Upper bounds of one page of keys: rows and bytes held in memory.
    static let pageKeysMax = 10_000
    static let pageBytesMax = 4 << 20
    /// A row whose text is larger is held, the others go on.
    static let rowBytesMax = 256 << 20
    /// How long a cut waits for a table that DDL holds before it gives way.
    static let lockTimeoutMilliseconds = 2_000

    let session: Session
    /// Compares, in large cuts, in the same snapshot while `session` writes.
    let scan: Session
    let log: LogReader
    /// What `scan` has read: used by another thread than `log`.
    let scanLog = LogReader()
    let logger: Logger
    /// How own batches are written.
    var history = OwnHistory()
    private var takenXmax = "0"
    private var takenXip = "{}"
    /// Fingerprints at the last committed cut, per table.
    private(set) var fingerprints: [Int: String] = [:]
    /// Tables that were not there under their names when a cut last looked: what is pending for them waits.
    private(set) var missing: Set<Int> = []

    init(session: Session, scan: Session, log: LogReader, logger: Logger) throws {
        self.session = session
        self.scan = scan
        self.log = log
        self.logger = logger
        for session in [session, scan] { try session.script(SQLText.named("cut_temp")) }
        try reloadFingerprints()
    }

    /// These tables are there.
    func found(_ tables: some Sequence<Int>) { missing.subtract(tables) }

    func reloadFingerprints() throws {
        fingerprints = [:]
        for row in try session.query("SELECT id, fingerprint FROM bashu.shared_table") {
            fingerprints[Int(try row.int(0))] = try row.text(1)
        }
    }

    var bound: [Parameter] { [.text(takenXmax), .text(takenXip)] }

    /// Whether anything is pending, and for which tables.
    func poll() throws -> Poll {
        guard let row = try session.queryOne(SQLText.named("cut_poll"), bound) else {
            throw StoreError.unexpectedResult("no row from a look at pending")
        }
        let ids = try row.text("tables").split(separator: ",").compactMap { Int($0) }
        return Poll(through: try row.int("through"), tables: Set(ids).subtracting(missing), hints: try row.int("hints"))
    }

    /// Cuts what is pending, and compares `whole` tables as a whole. `isLarge`: there is enough to compare for two
    /// sessions.
    ///
    /// - Throws: `StoreError.fenceLost`, `PostgresError` (55P03 when DDL holds a table).
    ///   Nothing is changed then.
    func cut(
        _ catalogue: inout TableCatalogue, tables: Set<Int>, whole: Set<Int> = [], isLarge: Bool = false,
        token: Int64, lockMilliseconds: Int = Cutter.lockTimeoutMilliseconds
    ) throws -> Outcome {
        var concerned = tables.union(whole)
        while true {
            let scope = Scope(concerned: concerned, whole: whole, scan: isLarge || !whole.isEmpty ? scan : session)
            switch try attempt(&catalogue, scope, token: token, lockMilliseconds: lockMilliseconds) {
            case .done(let outcome): return outcome
            case .alsoConcerns(let more): concerned.formUnion(more)
            }
        }
    }

    private enum Attempt {
        case done(Outcome)
        case alsoConcerns(Set<Int>)
    }

    /// What one attempt looks at.
    private struct Scope {
        let concerned: Set<Int>
        let whole: Set<Int>
        /// The session that compares.
        let scan: Session
    }

    private func attempt(
        _ catalogue: inout TableCatalogue, _ scope: Scope, token: Int64, lockMilliseconds: Int
    ) throws -> Attempt {
        if scope.concerned.contains(where: { catalogue.table(id: $0) == nil }) { try catalogue.reload(session) }
        let names = scope.concerned.compactMap { catalogue.table(id: $0)?.qualified }.sorted()
        do {
            try begin(scope.scan, names, lockMilliseconds)
            let result = try inTransaction(&catalogue, scope, token: token)
            guard case .done(let run) = result else {
                session.rollBack()
                endScan(scope)
                if case .more(let tables) = result { return .alsoConcerns(tables) }
                throw StoreError.unexpectedResult("a cut that is neither done nor repeated")
            }
            try Checkpoint.cutWritten.reached()
            try session.script("COMMIT")
            committed(run)
            try Checkpoint.cutCommitted.reached()
            endScan(scope)
            return .done(run.outcome)
        } catch {
            session.rollBack()
            endScan(scope)
            log.forget()
            scanLog.forget()
            throw error
        }
    }

    /// What the second session did is of no use after the cut: it only read.
    private func endScan(_ scope: Scope) {
        if scope.scan !== session { scope.scan.rollBack() }
    }

    /// On a replica nothing is cut: a changed shape only has to be taken note of.
    func acknowledgeShapes(_ catalogue: TableCatalogue) throws {
        for table in catalogue.tables.values where fingerprints[table.id] != table.fingerprint {
            try session.execute(
                SQLText.named("cut_fingerprint"),
                [.int(table.id), .text(table.fingerprint), .text(table.captureFault)])
            fingerprints[table.id] = table.fingerprint
        }
    }

    /// Begins the transaction, of both sessions in one snapshot if there are two.
    ///
    /// The locks come before any snapshot: a table rewrite between snapshot and read shows an empty table. The session
    /// that compares has them; the other touches no shared table.
    private func begin(_ scan: Session, _ names: [String], _ lockMilliseconds: Int) throws {
        let begin = """
            BEGIN ISOLATION LEVEL \(Mutation.cutInTwoSnapshots.isOn ? "READ COMMITTED" : "REPEATABLE READ");
            SET LOCAL synchronous_commit = on;
            SET LOCAL lock_timeout = \(lockMilliseconds);
            """
        let isUnlocked = names.isEmpty || Mutation.noTableLock.isOn
        let locks = isUnlocked ? "" : "\nLOCK TABLE \(names.joined(separator: ", ")) IN ACCESS SHARE MODE;"
        try scan.script(begin + locks)
        guard scan !== session else { return }
        guard let snapshot = try scan.queryOne(SQLText.named("cut_snapshot")) else {
            throw StoreError.unexpectedResult("no name for a snapshot")
        }
        // A literal has to do: SET takes no parameter. The name is the server's own.
        try session.script("\(begin)\nSET TRANSACTION SNAPSHOT \(Session.quoteLiteral(try snapshot.text(0)));")
    }

    private enum Step {
        case done(CutRun)
        case more(Set<Int>)
    }

    private func inTransaction(
        _ catalogue: inout TableCatalogue, _ scope: Scope, token: Int64
    ) throws -> Step {
        let position = try OwnPosition.read(session, token: token)
        let run = CutRun(cutter: self, scan: scope.scan, position: position)
        var marked = scope.whole
        var unlocked: Set<Int> = []
        for row in try session.query(SQLText.named("cut_tables"), bound) {
            let id = Int(try row.int("table_id"))
            if !scope.concerned.contains(id), !missing.contains(id) { unlocked.insert(id) }
            if try row.bool("marked") { marked.insert(id) }
        }
        if !unlocked.isEmpty { return .more(unlocked) }
        run.leftOut = missing.subtracting(scope.concerned)
        marked.formUnion(try compareShapes(&catalogue, concerned: scope.concerned, run: run))
        try run.collectKeys(catalogue, marked: marked.intersection(catalogue.tables.keys))
        try Checkpoint.cutHasKeys.reached()
        try run.publish()
        #if DEBUG
            try run.checkInvariant(catalogue, scope.concerned)
        #endif
        return .done(run)
    }

    /// Tables whose shape differs from the last cut's: to be compared as a whole.
    private func compareShapes(_ catalogue: inout TableCatalogue, concerned: Set<Int>, run: CutRun) throws -> Set<Int> {
        let current = try TableCatalogue.fingerprints(session, ids: Array(concerned))
        var changed: Set<Int> = []
        for id in concerned {
            guard let fingerprint = current[id] else {
                run.leftOut.insert(id)
                try session.execute(
                    SQLText.named("cut_missing"),
                    [.int(id), .text(TableInfo.missing)])
                continue
            }
            if catalogue.table(id: id)?.fingerprint != fingerprint { try catalogue.reload(session) }
            guard fingerprints[id] != fingerprint else { continue }
            changed.insert(id)
            run.fingerprints[id] = fingerprint
            try session.execute(
                SQLText.named("cut_fingerprint"),
                [.int(id), .text(fingerprint), .text(catalogue.table(id: id)?.captureFault)])
        }
        return changed
    }

    /// Adds keys that are known but have no row; how many there are.
    func hintVanished(_ table: TableInfo, _ session: Session) throws -> Int {
        let log = session === scan ? scanLog : log
        // Without statistics the planner compares every key with every other.
        try session.script("ANALYZE pg_temp.cut_hint")
        try session.execute("DECLARE vanished CURSOR FOR \(SQLText.named("cut_vanished"))", [.int(Int64(table.id))])
        var count = 0
        while true {
            let rows = try session.query("FETCH \(Self.pageKeysMax) FROM vanished")
            if rows.isEmpty { break }
            count += rows.count
            var keys = try rows.compactMap { try $0.isNull("key") ? nil : $0.text("key") }
            let pointers = try rows.filter { $0.isNull("key") }.map { try LinePointer($0) }
            // Parsed after the stream: a session that streams can look no shape up.
            var lines: [[UInt8]] = []
            try log.lines(session, pointers) { _, line in lines.append(Array(line)) }
            for line in lines { keys.append(try log.parse(session, line[...]).keyText) }
            try session.execute(SQLText.named("cut_hint_keys"), [.int(Int64(table.id)), .textArray(keys)])
        }
        try session.script("CLOSE vanished")
        return count
    }

    private func committed(_ run: CutRun) {
        // What was left out lies below every bound: look at all of it again.
        (takenXmax, takenXip) = run.leftOut.isEmpty ? (run.position.xmax, run.position.xip) : ("0", "{}")
        fingerprints.merge(run.fingerprints) { $1 }
        missing = run.leftOut
        // One that comes back is compared as a whole.
        for id in missing { fingerprints[id] = nil }
    }
}
