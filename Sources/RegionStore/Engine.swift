internal import Journal
public import Logging
public import Postgres
internal import Reasons
internal import Replication

/// What this database is.
public struct Node: Sendable, Equatable {
    /// `region` or `replica`.
    public let kind: String
    /// Code of the region that it is, or that it belongs to.
    public let region: String
    /// Name of our own origin; empty on a replica.
    public let origin: String

    public var isReplica: Bool { kind == "replica" }
}

/// What one pass of the engine did.
public struct EngineStep: Sendable, Equatable {
    /// Something was done: there may be more at once.
    public var didWork = false
    /// A batch of our own was cut or ruled.
    public var published = false
    /// Batches applied.
    public var applied = 0
}

/// What the engine has done since it was last asked, for who counts.
public struct EngineTally: Sendable, Equatable {
    /// One batch cut, or one group of batches applied.
    public struct Work: Sendable, Equatable {
        public var batches: Int64 = 1
        public var changes: Int64
        public var bytes: Int64
        public var took: Duration
    }

    public var cuts: [Work] = []
    public var applies: [Work] = []
    /// Attempts to apply that ended with a batch that has to wait.
    public var holds: Int64 = 0
}

/// The daemon's work on its own database: cut, apply, rulings, rechecks, requests, one at a time.
///
/// Every call blocks; use it on one `SessionExecutor` only. It holds the daemon's lock for as long as it lives.
public final class Engine {
    /// Token of the fence: whoever writes with an older one ends.
    public let token: Int64
    public internal(set) var node: Node
    /// To end what runs at present.
    public var cancellers: [Canceller] { sessions.map(\.canceller) }

    /// How own batches are written; see `use`.
    public internal(set) var history = OwnHistory()
    /// There may be batches of ours that the present key has not signed.
    var hasBacklog = false

    let control: Session
    let cutter: Cutter
    let applier: Applier
    let logger: Logger
    var catalogue = TableCatalogue()
    var retries = ApplyRetries()
    var timers = EngineTimers()
    var policies = PolicyBook()
    var tally = EngineTally()
    let lifeFile: LifeFile?
    /// Until when cuts wait for what peers have of our former lives; nil: they do not.
    var formerUntil: ContinuousClock.Instant?
    /// Hints that are pending here can only be those that a former life had: this one began on another timeline.
    var hasHintsOfFormer = false
    let retention: Retention
    var retentionWalk: RetentionWalk?
    var retentionDue = ContinuousClock.now
    var retentionProblem: String?

    private var sessions: [Session] { [control, cutter.session, cutter.scan, applier.session, applier.reader] }

    /// Opens the engine's sessions and takes the database over.
    ///
    /// - Parameter stateFolder: where the daemon keeps its state file; nil: nowhere.
    /// - Throws: `StoreError.daemonRunning` when another daemon holds the lock, `PostgresError`, `LifeFileError`, and
    ///   what `Installer.checkVersion` throws for another schema version.
    public init(
        target: ConnectionTarget, logger: Logger, version: String, retention: Retention = Retention(),
        stateFolder: String? = nil
    ) throws {
        self.logger = logger
        self.retention = retention
        let open = { (role: String) in
            try Session.connect(
                DaemonSession.target(target), applicationName: "bashud \(role)", logger: logger)
        }
        control = try open("control")
        // Poolers give clients process numbers of their own.
        guard try control.queryOne("SELECT pg_backend_pid()")?.int(0) == Int64(control.backendProcessID) else {
            throw StoreError.throughPooler
        }
        try Installer.checkVersion(control)
        guard try control.queryOne(SQLText.named("engine_lock"), [.int(Locks.daemon)])?.bool(0) == true else {
            let holder = try control.queryOne(SQLText.named("engine_lock_holder"), [.int(Locks.daemon)])
            throw StoreError.daemonRunning(holder: try holder?.text(0) ?? "unknown session")
        }
        guard let raised = try control.queryOne(SQLText.named("engine_raise_token")) else {
            throw StoreError.unexpectedResult("Bashu's tables lack their one row")
        }
        token = try raised.int(0)
        let former = try control.queryOne(SQLText.named("engine_node"))
        let life = try Lives.take(control, folder: stateFolder, fence: token)
        lifeFile = life.file
        guard let row = try control.queryOne(SQLText.named("engine_node")) else {
            throw StoreError.unexpectedResult("Bashu's tables lack their one row")
        }
        node = Node(kind: try row.text("kind"), region: try row.text("region"), origin: try row.text("origin"))
        cutter = try Cutter(session: open("cut"), scan: open("scan"), log: LogReader(), logger: logger)
        applier = try Applier(session: open("apply"), reader: open("read"), logger: logger)
        try catalogue.reload(control)
        try control.execute(
            SQLText.named("engine_started"),
            [.text(version), .int(Int64(ProcessInfo.identifier)), .text(ProcessInfo.host)])
        try control.execute(SQLText.named("retention_days"), [.int(retention.days)])
        try control.execute(SQLText.named("request_reset"))
        if let reason = life.began {
            formerUntil = .now + Self.formerPatience
            if case .otherTimeline = reason { hasHintsOfFormer = true }
            tellOfNewLife(reason, former: try former?.text("origin") ?? "")
        }
    }

    /// Ends the sessions; what was not committed is rolled back by the server.
    public func close() {
        for session in sessions { session.close() }
    }

    /// One pass over everything there is to do.
    ///
    /// - Throws: `StoreError.fenceLost` when another daemon has taken over; `PostgresError` and `StoreError` for what
    ///   the caller should back off from. Nothing is half done then.
    public func step() throws -> EngineStep {
        var step = EngineStep()
        try lifeFile?.settle()
        guard let row = try cutter.session.queryOne(SQLText.named("engine_poll"), cutter.bound) else {
            throw StoreError.unexpectedResult("no row from a look at what there is to do")
        }
        if let closed = row[text: "closed"] { throw try JSONText.decode(OriginClosed.self, closed) }
        if let ahead = row[text: "ahead"] {
            try beginNewLife(behind: OlderCopy(ahead, origin: node.origin))
            step.didWork = true
            return step
        }
        if try isCatchingUp(&step) {
            if !step.didWork, try row.bool("received") { try applyReceived(&step) }
            try timers.ifDue(\.heartbeat, everySeconds: 2) {
                try heartbeat("waiting for what its former life has published")
            }
            return step
        }
        let pending = Set(try row.text("tables").split(separator: ",").compactMap { Int($0) })
            .subtracting(cutter.missing)
        if !node.isReplica {
            try cutIfNeeded(pending, isLarge: row.bool("many"), through: row.int("through"), &step)
        }
        try timers.ifDue(\.shapes, everySeconds: 5) { try compareShapes(&step) }
        try followPolicy(row.int("policy"), &step)
        if try row.bool("received") { try applyReceived(&step) }
        if try row.bool("ruling") { try takeRulings(&step) }
        if try row.bool("recheck") { try recheck(&step) }
        if try row.bool("request") { try answerRequests(&step) }
        try signBacklog(&step)
        try timers.ifDue(\.closings, everySeconds: 2) { try signClosings() }
        try keepRetention(&step)
        try timers.ifDue(\.heartbeat, everySeconds: 2) {
            try heartbeat(step.didWork ? "working" : "idle", problem: retentionProblem)
        }
        return step
    }

    /// What has been done since the last call, of passes that failed too.
    public func takeTally() -> EngineTally {
        defer { tally = EngineTally() }
        return tally
    }

    /// Says that the daemon lives, and what it last could not do.
    public func heartbeat(_ activity: String, problem: String? = nil) throws {
        try control.execute(SQLText.named("engine_heartbeat"), [.text(activity), .text(problem)])
    }

    // MARK: Cut

    private func cutIfNeeded(
        _ pending: Set<Int>, isLarge: Bool, through: Int64, _ step: inout EngineStep
    ) throws {
        if pending.isEmpty {
            try timers.ifDue(\.freshness, everySeconds: 1) {
                try cutter.session.execute(SQLText.named("own_through"), [.int(through)])
            }
            return
        }
        do {
            try publish(tables: pending, isLarge: isLarge, &step)
        } catch let error as PostgresError
            where error.kind == .statementFailed && !Self.transient.contains(error.sqlState)
        {
            // A key column that has another name, say: what DDL has broken is repaired first.
            timers.shapes = .now
            try compareShapes(&step)
            throw error
        } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
            // DDL holds a table: what others have sent goes on meanwhile.
            try heartbeat("waiting to cut", problem: Reason(DaemonReason.cut_waits, ["message": error.message]).text)
        }
    }

    func publish(
        tables: Set<Int>, whole: Set<Int> = [], isLarge: Bool = false, _ step: inout EngineStep
    ) throws {
        let outcome = try cut(tables, whole: whole, isLarge: isLarge)
        step.didWork = true
        guard let number = outcome.number else { return }
        step.published = true
        logger.debug("cut", metadata: ["batch": "\(number)", "changes": "\(outcome.changes)"])
        try notifyPeers()
    }

    /// Cuts, and counts it.
    func cut(
        _ tables: Set<Int>, whole: Set<Int> = [], isLarge: Bool = false,
        lockMilliseconds: Int = Cutter.lockTimeoutMilliseconds
    ) throws -> Cutter.Outcome {
        let began = ContinuousClock.now
        let outcome = try cutter.cut(
            &catalogue, tables: tables, whole: whole, isLarge: isLarge, token: token,
            lockMilliseconds: lockMilliseconds)
        if outcome.number != nil {
            tally.cuts.append(.init(changes: outcome.changes, bytes: outcome.bytes, took: .now - began))
        }
        return outcome
    }

    /// Wakes whoever listens: peers, and other sessions of this daemon.
    func notifyPeers() throws {
        // Before anybody can have it: what the file does not know of could be taken back unnoticed.
        if let lifeFile, let own = try control.queryOne(SQLText.named("own_number")) {
            try lifeFile.published(own.int("number"))
        }
        try control.script("NOTIFY bashu_batch")
    }

    /// DDL leaves no hint: tables whose shape differs from the last cut's are repaired, then compared as a whole.
    private func compareShapes(_ step: inout EngineStep) throws {
        let ids = try control.query(SQLText.named("tables_all")).map { Int(try $0.int(0)) }
        let current = try TableCatalogue.read(control, ids: ids)
        for table in current.values where table.captureFault != nil {
            try repair(table)
        }
        guard !node.isReplica else {
            if current != catalogue.tables { try catalogue.reload(control) }
            return
        }
        cutter.found(current.keys)
        let changed = Set(ids.filter { current[$0]?.fingerprint != cutter.fingerprints[$0] })
            .union(current.values.filter { $0.captureFault != nil }.map(\.id))
        guard !changed.isEmpty else { return }
        try catalogue.reload(control)
        try publish(tables: changed, whole: changed, &step)
    }

    /// Repair needs the owner's rights and a lock that DDL may hold: failing is a state, not an error.
    private func repair(_ table: TableInfo) throws {
        do {
            try control.script("SET lock_timeout = 1000")
            defer { if control.isOpen { try? control.script("RESET lock_timeout") } }
            _ = try control.query(SQLText.named("table_repair"), [.int(table.id)])
            logger.notice(.captureRepaired, "capture repaired", metadata: ["table": "\(table.name)"])
        } catch let error as PostgresError where error.kind == .statementFailed {
            logger.warning(
                .captureBroken,
                "capture of a table is not whole and cannot be repaired; it is compared at every cut",
                metadata: ["table": "\(table.name)", "fault": "\(table.captureFault ?? "")", "error": "\(error)"])
        }
    }
}

/// When things that recur were last done.
struct EngineTimers {
    var shapes: ContinuousClock.Instant?
    var heartbeat: ContinuousClock.Instant?
    var freshness: ContinuousClock.Instant?
    var closings: ContinuousClock.Instant?

    mutating func ifDue(
        _ timer: WritableKeyPath<EngineTimers, ContinuousClock.Instant?>, everySeconds: Int, _ body: () throws -> Void
    ) rethrows {
        let now = ContinuousClock.now
        if let last = self[keyPath: timer], last.duration(to: now) < .seconds(everySeconds) { return }
        self[keyPath: timer] = now
        try body()
    }
}
