internal import Journal
internal import Logging
internal import Postgres
internal import Reasons
internal import Replication

/// The policies as the engine last read them.
struct PolicyBook {
    /// Highest version of all; -1: not read yet.
    let version: Int64
    /// Tables whose contested rows do not follow their policy yet.
    var unevaluated: [Int] = []
    /// When they are tried again.
    var retryAt = ContinuousClock.now
    private var policies: [Int: NamedPolicy] = [:]

    /// Before the first look.
    init() { version = -1 }

    init(_ session: Session) throws {
        let stored = try PolicyStore.list(session)
        version = stored.map(\.version).max() ?? 0
        unevaluated = stored.filter { !$0.isEvaluated }.map(\.tableID)
        for one in stored where !one.policy.isDefault { policies[one.tableID] = one.policy }
    }

    func policy(for table: TableInfo) -> TablePolicy {
        policies[table.id]?.tablePolicy(for: table) ?? TablePolicy.columns(names: table.shape.columns)
    }
}

extension Engine {
    /// Reads the policies again when somebody has applied others, and projects every contested key by them.
    ///
    /// - Parameter version: the highest in the database.
    func followPolicy(_ version: Int64, _ step: inout EngineStep) throws {
        if version != policies.version { policies = try PolicyBook(control) }
        guard !policies.unevaluated.isEmpty, policies.retryAt <= .now else { return }
        let tables = Parameter.intArray(policies.unevaluated.map(Int64.init))
        let version = Parameter.int(policies.version)
        let keys = try control.query(contestedStatement, [tables]).map {
            RecheckKey(
                tableID: Int(try $0.int("table_id")), digest: try $0.text("digest"), key: try $0.text("key"),
                reason: "policy")
        }
        guard !keys.isEmpty else {
            try control.execute(SQLText.named("policy_evaluated"), [tables, version])
            policies.unevaluated = []
            return
        }
        try publishBefore(keys, &step)
        do {
            var attempt = attempt(ApplyGroup(), recheck: keys, patience: retries.otherPatience)
            attempt.readsWholeHistory = true
            attempt.beforeCommit = { session in
                try session.execute(SQLText.named("policy_cases_close"))
                try session.execute(SQLText.named("policy_evaluated"), [tables, version])
            }
            _ = try applier.apply(attempt) { [self] in try forcedCut() }
            logger.notice(
                .policyFollowed, "contested rows follow the new policy", metadata: ["rows": "\(keys.count)"])
            policies.unevaluated = []
            step.didWork = true
            try notifyPeers()
        } catch let interrupt as ApplyInterrupt {
            if case .rowLocked = interrupt { retries.otherLockFailures += 1 }
            policies.retryAt = .now + .milliseconds(200)
        } catch let error as PostgresError where Self.transient.contains(error.sqlState) {
            retries.otherLockFailures += 1
            policies.retryAt = .now + .milliseconds(200)
        } catch StoreError.held(let reason) {
            postpone(reason.reason.text)
        } catch let error as PostgresError where error.kind == .statementFailed {
            postpone("\(error)")
        }
    }

    private var contestedStatement: String {
        let statement = SQLText.named("policy_contested")
        guard Mutation.policyOnKnownOnly.isOn, let end = statement.lastIndex(of: ";") else { return statement }
        let inner = statement[..<end]
        return "SELECT * FROM (\(inner)) s WHERE decode(s.digest, 'hex') IN (SELECT n.digest FROM bashu.known n)"
    }

    private func postpone(_ reason: String) {
        policies.retryAt = .now + .seconds(5)
        logger.warning(
            .policyNotFollowed, "contested rows cannot follow the new policy yet", metadata: ["reason": "\(reason)"])
    }
}
