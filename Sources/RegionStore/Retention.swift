internal import Integrity
internal import Journal
internal import Logging
internal import Postgres
internal import Reasons
internal import Replication

/// Of an origin, what a log has forgotten.
struct Forgotten: Codable, Sendable, Equatable {
    let origin: String
    /// Up to this batch changes may be missing.
    let number: Int64
    /// What was applied where they were forgotten: a later batch must have seen `number`.
    let seen: Int64
}

/// How long the log keeps what it may forget. The last writer of everything that is alive is kept for ever.
public struct Retention: Sendable, Equatable {
    /// Days since a change was written; at least `daysMin`.
    public var days: Int
    /// The network security law's six months.
    public static let daysMin = 180
    public static let daysDefault = 400

    /// - Parameter days: at least `daysMin`; less is taken for that.
    public init(days: Int = Retention.daysDefault) { self.days = max(days, Self.daysMin) }

    /// Seconds after which a region that has nothing to say says so: others forget nothing that it may not have seen.
    static let heartbeatSeconds = 86_400
    /// How often it is looked for something to forget when there was nothing.
    static let pauseSeconds = 60
    /// Changes of one step, unless a batch has more.
    static let changesMax: Int64 = 5_000
    /// Batches of each origin that a step looks at.
    static let batchesMax: Int64 = 200

    /// What was written before this time is of age, µs since 1970 UTC.
    func cutoff(now: Int64) -> Int64 { now - Int64(days) * 86_400_000_000 }
}

/// What the log here has forgotten, by origin.
struct ForgottenHere {
    var number = Vector()
    var seen = Vector()

    /// Why a batch cannot be merged any more; nil when it can. What had seen all that was forgotten can: it overwrites
    /// what has overwritten the rest. So can what was published before, since everybody here had seen it.
    func refusal(of batch: ReceivedBatch) -> Reason? {
        guard batch.number > seen[batch.origin] else { return nil }
        for origin in number.origins where origin != batch.origin && batch.context[origin] < number[origin] {
            return Reason(
                HoldReason.forgotten_here,
                ["origin": "\(origin)", "seen": "\(batch.context[origin])", "number": "\(number[origin])"])
        }
        return nil
    }
}

/// The step of forgetting that is under way.
struct RetentionWalk {
    /// The last batch of each origin, once its keys are done.
    var limits: [Int: Int64]
    /// Keys are taken by the first byte of their digest: this range is next.
    var firstByte = 0
    let byteWidth: Int
}

extension Engine {
    /// Forgets a little of what is of age, if there is something.
    ///
    /// - Parameter cutoff: what was written before this time is of age, µs since 1970 UTC.
    /// - Returns: whether there may be more at once.
    func forget(before cutoff: Int64) throws -> Bool {
        guard let walk = try retentionWalk ?? nextWalk(cutoff) else { return false }
        retentionWalk = walk
        let session = applier.session
        let origins = walk.limits.keys.sorted()
        let numbers = origins.map { walk.limits[$0, default: 0] }
        let last = min(walk.firstByte + walk.byteWidth - 1, 255)
        var forgotten: [Int64: Int64] = [:]
        try session.transaction {
            guard try session.queryOne(SQLText.named("apply_begin"))?.int(0) == token else {
                throw StoreError.fenceLost
            }
            let bound: [Parameter] = [.intArray(origins.map(Int64.init)), .intArray(numbers)]
            try session.script(SQLText.named("retention_temp"))
            try session.execute(SQLText.named("retention_limits"), bound)
            try session.execute(Self.keysStatement, [.int(walk.firstByte), .int(last)])
            try session.execute(SQLText.named("retention_log"))
            try session.script(SQLText.named("retention_ready"))
            for rule in ["overwritten", "undone", "dead", "spare"] {
                try session.execute(SQLText.named("retention_\(rule)"))
            }
            forgotten = try GoneLines.takeOut("retention_forget", session)
            if !forgotten.isEmpty {
                try session.execute(
                    SQLText.named("retention_note"),
                    [.intArray(Array(forgotten.keys)), .intArray(Array(forgotten.values))])
            }
            if last == 255 { try session.execute(SQLText.named("retention_walk"), bound) }
            try Checkpoint.forgetWritten.reached()
        }
        try Checkpoint.forgetCommitted.reached()
        retentionWalk?.firstByte = last + 1
        if last == 255 { retentionWalk = nil }
        let count = forgotten.values.reduce(0, +)
        if count > 0 { logger.debug("forgotten", metadata: ["changes": "\(count)"]) }
        return true
    }

    private static var keysStatement: String {
        let sql = SQLText.named("retention_keys")
        guard Mutation.forgetsContested.isOn else { return sql }
        return sql.replacing(/AND NOT EXISTS \(SELECT FROM bashu\.(known|conflict_case).*/, with: "")
    }

    private static var nextStatement: String {
        let sql = SQLText.named("retention_next")
        return Mutation.forgetsUnseen.isOn ? sql.replacing("b.number <= s.number", with: "b.number <= s.applied") : sql
    }

    /// The batches of the next step: each after everything that it had seen, so that a delete is never looked at
    /// before what it deleted.
    private func nextWalk(_ cutoff: Int64) throws -> RetentionWalk? {
        var names: [Int: OriginID] = [:]
        var walked = Vector()
        for row in try control.query(SQLText.named("retention_walked")) {
            let origin = OriginID(try row.text("name"))
            names[Int(try row.int("id"))] = origin
            walked[origin] = try row.int("walked")
        }
        var changes: [Int: Int64] = [:]
        let rows = try control.query(Self.nextStatement, [.int(cutoff), .int(Retention.batchesMax)])
        let batches = try rows.compactMap { row -> ReceivedBatch? in
            let batch = try ReceivedBatch(row, names: names)
            changes[batch.originID, default: 0] += batch.changes
            let isFirst = walked[batch.origin] + 1 == batch.number
            return isFirst || changes[batch.originID, default: 0] <= Retention.changesMax ? batch : nil
        }
        let group = ApplyGroup(waiting: batches, applied: walked, held: [])
        guard !group.isEmpty else { return nil }
        let total = group.batches.map(\.changes).reduce(0, +)
        let parts = min(max(Int(total / Retention.changesMax), 1), 256)
        let limits = Dictionary(group.batches.map { ($0.originID, $0.number) }) { max($0, $1) }
        return RetentionWalk(limits: limits, byteWidth: (256 + parts - 1) / parts)
    }

    /// Publishes an empty batch when ours is old and others have published since: they forget nothing that this
    /// region may not have seen.
    func heartbeatBatch(olderThanSeconds seconds: Int, _ step: inout EngineStep) throws {
        guard !node.isReplica,
            try control.queryOne(SQLText.named("retention_heartbeat_due"), [.int(seconds)])?.bool(0) == true
        else { return }
        try cutter.session.transaction(.repeatableRead) {
            let position = try OwnPosition.read(cutter.session, token: token)
            _ = try OwnBatchBuilder(
                session: cutter.session, log: cutter.log, position: position, history: cutter.history
            )
            .finish(consumed: [])
        }
        step.didWork = true
        step.published = true
        try notifyPeers()
    }

    /// Once a minute, and at once while there is more. A failure is said and tried again; everything else goes on.
    func keepRetention(_ step: inout EngineStep) throws {
        guard retentionDue <= .now else { return }
        retentionDue = .now + .seconds(Retention.pauseSeconds)
        do {
            try heartbeatBatch(olderThanSeconds: Retention.heartbeatSeconds, &step)
            let now = try control.queryOne(SQLText.named("link_clock"))?.int(0) ?? 0
            if try forget(before: retention.cutoff(now: now)) { retentionDue = .now + .milliseconds(200) }
            retentionProblem = nil
        } catch let error as PostgresError where error.kind == .statementFailed {
            retentionWalk = nil
            let problem = Reason(DaemonReason.nothing_forgotten, ["message": "\(error)"]).text
            if problem != retentionProblem { logger.warning(.nothingForgotten, "\(problem)") }
            retentionProblem = problem
        }
    }
}
