internal import Journal
internal import Logging
internal import Postgres
internal import Reasons
internal import Replication

/// What the engine remembers between attempts to apply.
struct ApplyRetries {
    /// Attempts in a row that somebody else's locks ended.
    var lockFailures = 0
    /// The same of what is not an apply of batches: rechecks, rulings, a new policy. They must not make batches wait.
    var otherLockFailures = 0
    /// Rechecks are not tried again before this time.
    var recheckAt = ContinuousClock.now
    /// Attempts in a row that a marker, a changed shape or drift ended.
    var restarts = 0
    /// Origins whose next batch is not tried again before a time.
    var heldUntil: [Int: ContinuousClock.Instant] = [:]
    var holdAttempts: [Int: Int] = [:]
    /// A group was refused: one batch at a time until the one that is in the way is found.
    var oneByOne = false

    /// Bounds of the wait before a held batch is tried again.
    static let waitMin = Duration.milliseconds(500)
    static let waitMax = Duration.seconds(30)
    /// More restarts than this in a row: the batch is held with the reason.
    static let restartsMax = 20

    /// Patience of what is not an apply of batches: never more than the shortest wait.
    var otherPatience: LockPatience { LockPatience(failures: min(otherLockFailures, LockPatience.skippingMax)) }

    /// Somebody else's locks were in the way of a recheck.
    mutating func recheckFailed() {
        otherLockFailures += 1
        recheckAt = .now + min(.milliseconds(50) * (1 << min(otherLockFailures, 6)), .seconds(2))
    }

    /// Capped, doubling, with jitter so that regions that wait for each other do not move in step.
    func wait(_ attempts: Int) -> Duration {
        let doubled = Self.waitMin * (1 << min(attempts, 10))
        return min(doubled, Self.waitMax) * Double.random(in: 0.75...1.25)
    }
}

extension Engine {
    /// How many batches beyond what is applied are looked at, per origin.
    private static let lookAhead: Int64 = 2_000

    /// Applies what can be applied: one group.
    func applyReceived(_ step: inout EngineStep) throws {
        let now = ContinuousClock.now
        var held = Set(retries.heldUntil.filter { $0.value > now }.keys)
        let (applied, waiting, forgotten) = try readWaiting()
        for batch in waiting where batch.number == applied[batch.origin] + 1 && !held.contains(batch.originID) {
            guard let reason = forgotten.refusal(of: batch) else { continue }
            try hold(batch, Hold(reason))
            held.insert(batch.originID)
        }
        var group = ApplyGroup(waiting: waiting, applied: applied, held: held)
        if retries.oneByOne, let first = group.batches.first { group = ApplyGroup(single: first) }
        guard let first = group.batches.first else { return }
        let began = ContinuousClock.now
        do {
            let outcome = try applier.apply(attempt(group)) { [self] in try forcedCut() }
            succeeded(group)
            tally.applies.append(group.work(took: .now - began))
            step.didWork = true
            step.applied += outcome.batches
            logger.debug(
                "applied",
                metadata: [
                    "batches": "\(outcome.batches)", "changes": "\(outcome.changes)", "merged": "\(outcome.merged)",
                ])
            try notifyPeers()
        } catch {
            try failed(group, first, error, &step)
        }
    }

    private func readWaiting() throws -> (applied: Vector, waiting: [ReceivedBatch], forgotten: ForgottenHere) {
        var names: [Int: OriginID] = [:]
        var applied = Vector()
        var forgotten = ForgottenHere()
        for row in try applier.session.query(SQLText.named("apply_vector")) {
            let origin = OriginID(try row.text("name"))
            names[Int(try row.int("id"))] = origin
            applied[origin] = try row.int("number")
            forgotten.number[origin] = try row.int("forgotten")
            forgotten.seen[origin] = try row.int("seen")
        }
        let rows = try applier.session.query(SQLText.named("apply_next"), [.int(Self.lookAhead)])
        return (applied, try rows.map { try ReceivedBatch($0, names: names) }, forgotten)
    }

    func attempt(
        _ group: ApplyGroup, recheck: [RecheckKey] = [], patience: LockPatience? = nil
    ) -> Applier.Attempt {
        Applier.Attempt(
            group: group, recheck: recheck, catalogue: catalogue, fingerprints: cutter.fingerprints, token: token,
            patience: patience ?? LockPatience(failures: retries.lockFailures),
            policy: policies.policy)
    }

    /// Pending rows that a cut may have to read while apply holds its locks.
    private static let forcedHintsMax: Int64 = 200

    /// A cut while apply holds its row locks: it must not wait long for anybody.
    func forcedCut() throws {
        let pending = try cutter.poll()
        guard !pending.tables.isEmpty else { return }
        // More than fits into the time that others may wait for our locks: without them, then.
        guard pending.hints <= Self.forcedHintsMax else { throw ApplyInterrupt.cutFirst }
        let outcome = try cut(pending.tables, lockMilliseconds: 200)
        if outcome.number != nil { try notifyPeers() }
    }

    private func succeeded(_ group: ApplyGroup) {
        retries.lockFailures = 0
        retries.restarts = 0
        for batch in group.batches {
            retries.heldUntil[batch.originID] = nil
            retries.holdAttempts[batch.originID] = nil
        }
        if group.batches.count > 1 { retries.oneByOne = false }
    }

    /// What an attempt that was rolled back leads to.
    private func failed(
        _ group: ApplyGroup, _ first: ReceivedBatch, _ error: any Error, _ step: inout EngineStep
    ) throws {
        switch error {
        case let interrupt as ApplyInterrupt:
            try interrupted(interrupt, first, &step)
        case StoreError.held(let reason):
            if group.batches.count > 1 {
                retries.oneByOne = true
                step.didWork = true
            } else {
                retries.oneByOne = false
                try hold(first, reason)
            }
        case let error as PostgresError where error.kind == .statementFailed || error.kind == .timedOut:
            if Self.transient.contains(error.sqlState) {
                retries.lockFailures += 1
                let reason = Reason(HoldReason.other_transaction, ["message": error.message])
                try holdTransient(first, reason, sqlState: error.sqlState?.rawValue)
            } else if group.batches.count > 1 {
                retries.oneByOne = true
                step.didWork = true
            } else {
                retries.oneByOne = false
                let reason = Reason(HoldReason.batch_refused, ["message": "\(error)"])
                try hold(first, Hold(reason, sqlState: error.sqlState?.rawValue))
            }
        default:
            throw error
        }
    }

    static let transient: [SQLState?] = [
        .serializationFailure, .deadlockDetected, .lockNotAvailable, .queryCanceled,
    ]

    private func interrupted(_ interrupt: ApplyInterrupt, _ first: ReceivedBatch, _ step: inout EngineStep) throws {
        step.didWork = true
        switch interrupt {
        case .rowLocked(let tableID, let key, let deletes):
            retries.lockFailures += 1
            try waitForRow(tableID, key, deletes: deletes, first)
        case .cutFirst:
            try restart(first, .always_written) {
                try publishAll(&step)
            }
        case .drift(let keys):
            try restart(first, .rows_differ) {
                for (table, keys) in keys {
                    try control.execute(SQLText.named("apply_hint"), [.int(table), .textArray(keys)])
                }
                try publishAll(&step)
            }
        }
    }

    private func restart(_ first: ReceivedBatch, _ reason: HoldReason, _ body: () throws -> Void) throws {
        retries.restarts += 1
        guard retries.restarts <= ApplyRetries.restartsMax else {
            retries.restarts = 0
            return try hold(first, Hold(Reason(reason), isTransient: true))
        }
        try body()
    }

    /// Cuts whatever is pending, and compares tables whose shape has changed.
    private func publishAll(_ step: inout EngineStep) throws {
        let ids = Array(catalogue.tables.keys)
        let current = try TableCatalogue.fingerprints(control, ids: ids)
        let changed = Set(ids.filter { current[$0] != cutter.fingerprints[$0] })
        if node.isReplica {
            try catalogue.reload(control)
            try cutter.acknowledgeShapes(catalogue)
            return
        }
        let tables = try cutter.poll().tables.union(changed)
        guard !tables.isEmpty else { return }
        try publish(tables: tables, whole: changed, &step)
    }

    /// Waits for one row alone, holding nothing else: harms nobody.
    private func waitForRow(_ tableID: Int, _ key: String, deletes: Bool, _ first: ReceivedBatch) throws {
        guard let table = catalogue.table(id: tableID) else { return }
        do {
            try applier.session.transaction {
                try applier.session.script("SET LOCAL lock_timeout = 250")
                _ = try applier.session.query(TableStatements(table: table).lockOne(deletes: deletes), [.text(key)])
            }
        } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
            let holders = try control.queryOne(SQLText.named("engine_holders"), [.text(table.qualified)])
            let holder = try holders?.text(0) ?? Reason(HoldReason.holder_gone).text
            let reason = Reason(
                HoldReason.row_locked, ["key": key, "table": table.name, "holders": holder])
            try holdTransient(first, reason, sqlState: error.sqlState?.rawValue)
        }
    }

    /// Says why, and tries again soon: the reason goes away by itself.
    private func holdTransient(_ batch: ReceivedBatch, _ reason: Reason, sqlState: String?) throws {
        try recordHold(batch, reason, sqlState: sqlState, seconds: 0)
    }

    /// The batch waits, everything that does not depend on it goes on.
    private func hold(_ batch: ReceivedBatch, _ reason: Hold) throws {
        let attempts = retries.holdAttempts[batch.originID, default: 0]
        let wait = retries.wait(attempts)
        retries.holdAttempts[batch.originID] = attempts + 1
        retries.heldUntil[batch.originID] = .now + wait
        if attempts == 0 {
            logger.warning(
                .batchHeld, "a batch has to wait",
                metadata: ["origin": "\(batch.origin)", "batch": "\(batch.number)", "reason": "\(reason.reason.text)"])
        }
        try recordHold(batch, reason.reason, sqlState: reason.sqlState, seconds: wait / .seconds(1))
    }

    private func recordHold(_ batch: ReceivedBatch, _ reason: Reason, sqlState: String?, seconds: Double) throws {
        tally.holds += 1
        try control.execute(
            SQLText.named("engine_hold"),
            [.int(batch.originID), .int(batch.number), .text(reason.text), .text(sqlState), .text("\(seconds)")])
    }

    // MARK: Recheck

    /// What differs from what is known without a hint is published first, never overwritten unseen.
    func publishBefore(_ keys: [RecheckKey], _ step: inout EngineStep) throws {
        guard !node.isReplica else { return }
        let drifted = Dictionary(grouping: keys.filter { $0.reason != "restore" }, by: \.tableID)
        for (table, keys) in drifted {
            try control.execute(SQLText.named("apply_hint"), [.int(table), .textArray(keys.map(\.key))])
        }
        try publishAll(&step)
    }

    /// Projects keys again that an own change or a restore has touched, each on its own footing.
    func recheck(_ step: inout EngineStep) throws {
        guard retries.recheckAt <= .now else { return }
        let rows = try control.query(SQLText.named("recheck_take"), [.int(500), .bool(true)])
        let keys = try rows.map {
            RecheckKey(
                tableID: Int(try $0.int("table_id")), digest: try $0.text("digest"), key: try $0.text("key"),
                reason: try $0.text("reason"))
        }
        guard !keys.isEmpty else { return }
        try publishBefore(keys, &step)
        do {
            let attempt = attempt(ApplyGroup(), recheck: keys, patience: retries.otherPatience)
            _ = try applier.apply(attempt) { [self] in try forcedCut() }
            retries.otherLockFailures = 0
            step.didWork = true
        } catch let interrupt as ApplyInterrupt {
            if case .rowLocked = interrupt { retries.recheckFailed() }
        } catch let error as PostgresError where Self.transient.contains(error.sqlState) {
            retries.recheckFailed()
        } catch StoreError.held(let reason) {
            for key in keys {
                try control.execute(
                    SQLText.named("recheck_failed"), [.int(key.tableID), .text(key.digest), .text(reason.reason.text)])
            }
        }
    }
}
