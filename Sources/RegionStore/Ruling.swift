internal import Postgres
internal import Reasons
internal import Replication

/// A person's decision as `bashu.ruling` holds it.
struct Ruling {
    let id: Int64
    let tableID: Int
    let digest: String
    let key: String
    /// Groups that are ruled; `existence` among them rules whether the row is there.
    let groups: [String]
    /// For every group the handles of the candidates that the person was shown.
    let frontier: [String: [String]]
    /// Chosen values by column; an entry for "" rules that the row is absent: "delete" or "erase".
    let choice: [String: String?]
    let reason: String
    let person: String

    var deletes: Bool { choice.keys.contains("") }
    /// The row is to go from the log too.
    var erases: Bool { choice[""] == "erase" }

    init(_ row: Row) throws {
        id = try row.int("id")
        tableID = Int(try row.int("table_id"))
        digest = try row.text("digest")
        key = try row.text("key")
        groups = try ArrayText.parse(row.text("column_groups"))
        frontier = try JSONText.decode([String: [String]].self, row.text("frontier"))
        choice = try JSONText.decode([String: String?].self, row.text("choice"))
        reason = try row.text("reason")
        person = try row.text("person")
    }
}

/// What became of a ruling.
enum RulingOutcome {
    case taken(batch: Int64)
    /// The row or its conflict is no longer what the person was shown.
    case stale(String)
    case failed(String)

    var state: String {
        switch self {
        case .taken: "taken"
        case .stale: "stale"
        case .failed: "failed"
        }
    }

    var text: String {
        switch self {
        case .taken(let batch): "published in batch \(batch)"
        case .stale(let reason), .failed(let reason): reason
        }
    }
}

extension Engine {
    /// Takes waiting rulings, one transaction each.
    func takeRulings(_ step: inout EngineStep) throws {
        while let row = try control.queryOne(SQLText.named("ruling_take")) {
            let ruling = try Ruling(row)
            if node.isReplica {
                try finish(ruling, .failed(Reason(RulingReason.ruled_on_replica).text), &step)
                continue
            }
            var ignored = EngineStep()
            try cutEverything(&ignored)
            if try isRechecked(ruling) { try recheck(&ignored) }
            guard let outcome = try take(ruling) else { return }
            try finish(ruling, outcome, &step)
        }
    }

    private func finish(_ ruling: Ruling, _ outcome: RulingOutcome, _ step: inout EngineStep) throws {
        if case .taken = outcome {
            step.published = true
            try notifyPeers()
        } else {
            try control.execute(
                SQLText.named("ruling_done"), [.int(ruling.id), .text(outcome.state), .text(outcome.text)])
        }
        step.didWork = true
    }

    private func isRechecked(_ ruling: Ruling) throws -> Bool {
        try control.queryOne(SQLText.named("ruling_rechecked"), [.int(ruling.tableID), .text(ruling.digest)])?.bool(0)
            == true
    }

    /// One attempt; nil when somebody holds the row: the ruling stays waiting.
    private func take(_ ruling: Ruling) throws -> RulingOutcome? {
        guard let table = catalogue.table(id: ruling.tableID) else {
            return .failed(Reason(RulingReason.not_shared_any_more).text)
        }
        do {
            let attempt = attempt(ApplyGroup(), patience: retries.otherPatience)
            let number = try applier.rule(ruling, attempt, table)
            retries.otherLockFailures = 0
            return .taken(batch: number)
        } catch let stale as StaleRuling {
            return .stale(stale.reason.text)
        } catch is ApplyInterrupt {
            retries.otherLockFailures += 1
            return nil
        } catch StoreError.held(let hold) {
            return .failed(hold.reason.text)
        } catch let error as PostgresError where error.kind == .statementFailed {
            if error.sqlState == .lockNotAvailable {
                retries.otherLockFailures += 1
                return nil
            }
            return .failed(Reason(RulingReason.ruling_refused, ["message": "\(error)"]).text)
        }
    }
}

/// The case is not the one that the person was shown.
struct StaleRuling: Error {
    let reason: Reason

    init(_ sentence: RulingReason, _ values: KeyValuePairs<String, String> = [:]) {
        reason = Reason(sentence, values)
    }
}

extension Applier {
    /// Publishes a ruling as the next batch of our own origin and applies it, in one transaction committed
    /// synchronously.
    ///
    /// - Throws: `StaleRuling` when the row is being written or the frontier is another one; what `apply` throws.
    func rule(_ ruling: Ruling, _ attempt: Attempt, _ table: TableInfo) throws -> Int64 {
        try session.script(
            """
            BEGIN; SET LOCAL synchronous_commit = \(Mutation.asynchronousRuling.isOn ? "off" : "on");
            SET LOCAL lock_timeout = \(attempt.patience.timeoutMilliseconds)
            """)
        do {
            let number = try ruleInTransaction(ruling, attempt, table)
            try Checkpoint.rulingWritten.reached()
            try session.script("COMMIT")
            staging.committed()
            try Checkpoint.rulingCommitted.reached()
            return number
        } catch {
            session.rollBack()
            staging.rolledBack()
            log.forget()
            throw error
        }
    }

    private func ruleInTransaction(_ ruling: Ruling, _ attempt: Attempt, _ table: TableInfo) throws -> Int64 {
        let position = try OwnPosition.read(session, token: attempt.token)
        if ruling.erases {
            try requireHistory(ruling)
        } else {
            try requireShownFrontier(ruling, table, attempt.policy(table))
        }
        try staging.prepare(table)
        let builder = OwnBatchBuilder(session: session, log: log, position: position, history: history)
        let own = try stage(ruling, builder, attempt, table)
        var run = ApplyRun(
            applier: self, attempt: attempt, tables: [table.id], hasRepeats: false,
            own: own)
        try run.lockRows()
        try setJudged()
        try session.script("SET CONSTRAINTS ALL IMMEDIATE")
        guard try run.judgeAndWrite() else {
            throw StaleRuling(.written_meanwhile)
        }
        try run.writeOwnTables()
        let number = try builder.finish(consumed: [])
        try session.execute(
            SQLText.named("ruling_done"),
            [.int(ruling.id), "taken", .text(RulingOutcome.taken(batch: number).text)])
        return number
    }

    /// Every ruled group must still have the frontier that the person was shown, and a case of the unique or
    /// foreign-key rule its candidates.
    private func requireShownFrontier(_ ruling: Ruling, _ table: TableInfo, _ policy: TablePolicy) throws {
        let row = try RowLogReader(session).read(table, policy: policy, digest: ruling.digest)
        for (group, shown) in ruling.frontier.sorted(by: { $0.key < $1.key }) {
            let now = CaseList.isConstraint(group)
                ? try candidates(ruling, of: group) : row.frontier(of: group)?.map(\.description)
            guard let now else { throw StaleRuling(.case_over, ["group": group]) }
            guard now.sorted() == shown.sorted() else {
                throw StaleRuling(.group_written, ["group": group])
            }
        }
    }

    /// What is not in the log has not left this database: there is nothing to erase elsewhere.
    private func requireHistory(_ ruling: Ruling) throws {
        let row = try session.queryOne(
            SQLText.named("ruling_history"), [.int(ruling.tableID), .text(ruling.digest)])
        guard try row?.bool(0) == true else { throw StaleRuling(.no_history) }
    }

    private func candidates(_ ruling: Ruling, of group: String) throws -> [String]? {
        let row = try session.queryOne(
            SQLText.named("ruling_case"), [.int(ruling.tableID), .text(ruling.digest), .text(group)])
        return try row.map { try JSONText.decode([StoredCandidate].self, $0.text("candidates")).map(\.handle) }
    }

    /// Begins the ruling's batch and puts the ruling among the incoming changes; its line, which is not stored yet.
    private func stage(
        _ ruling: Ruling, _ builder: OwnBatchBuilder, _ attempt: Attempt, _ table: TableInfo
    ) throws -> UnstoredBatch {
        let merge = ApplyMerge(applier: self, attempt: attempt, origins: try origins())
        let before = try merge.image(of: ruling.digest, table)
        let image = try ruled(ruling, before, table)
        let ordinals = image == nil ? [] : ruledOrdinals(ruling, table)
        let existence = ruling.groups.contains(ColumnGroup.existence) || image == nil
        let written = ((existence ? ["x"] : []) + ordinals.map(String.init)).joined(separator: ",")
        let kind = ruling.erases ? ChangeKind.erasure : .ruling
        let hlc = max(builder.position.cutAt, builder.position.highest + 1)
        guard let digest = Digest16(hex: ruling.digest) else {
            throw StoreError.unexpectedResult("the digest of a key is malformed")
        }
        let added = try builder.add(
            { shape in
                ChangeDraft(
                    kind: kind, shape: shape, written: written, hlc: hlc, sessionUser: ruling.person,
                    actor: nil, nonce: builder.nonce(), key: ruling.key, reason: ruling.reason,
                    ruledCase: ruling.frontier.sorted { $0.key < $1.key }
                        .map { "\($0.key)=\($0.value.sorted().joined(separator: ","))" }.joined(separator: " "))
            }, image: image?.bytes, table: table, digest: digest, indexed: false)
        try session.execute(
            SQLText.named("ruling_put"),
            [
                .int(table.id), .text(ruling.digest), .text(ruling.key), .int(builder.position.originID),
                .int(builder.position.number), .int(Int64(added.place.position)), .int(Int64(added.place.part)),
                .int(Int64(added.place.start)), .int(Int64(added.place.length)), .int(added.shapeID), .text(written),
                .int(hlc), .text(String(UnicodeScalar(kind.code))),
            ])
        let pointer = LinePointer(
            originID: builder.position.originID, number: builder.position.number, part: Int(added.place.part),
            start: Int(added.place.start), length: Int(added.place.length))
        var context = builder.position.context
        context[builder.position.origin] = builder.position.number - 1
        return UnstoredBatch(
            batch: .init(originID: builder.position.originID, number: builder.position.number), context: context,
            lines: [pointer: added.line])
    }

    private func origins() throws -> [Int: OriginID] {
        var names: [Int: OriginID] = [:]
        for row in try session.query(SQLText.named("apply_vector")) {
            names[Int(try row.int("id"))] = OriginID(try row.text("name"))
        }
        return names
    }

    private func ruledOrdinals(_ ruling: Ruling, _ table: TableInfo) -> [Int] {
        table.shape.columns.indices.filter { ruling.choice.keys.contains(table.shape.columns[$0]) }
    }

    /// The row as the ruling wants it; nil: absent.
    private func ruled(_ ruling: Ruling, _ before: RowImage?, _ table: TableInfo) throws -> RowImage? {
        if ruling.deletes { return nil }
        let columns = table.shape.columns
        // A row that comes back needs a value for every column.
        let isWhole = ruling.groups.contains(ColumnGroup.existence) && columns.allSatisfy(ruling.choice.keys.contains)
        guard before != nil || isWhole else {
            throw StaleRuling(.row_gone)
        }
        var fields = columns.indices.map { ordinal in Array(before?[ordinal] ?? RowImage.null) }
        for (column, value) in ruling.choice {
            guard let ordinal = columns.firstIndex(of: column) else {
                throw StaleRuling(.no_such_column, ["table": table.name, "column": column])
            }
            fields[ordinal] = CopyText.escape(try written(value, as: table.shape.types[ordinal]))
        }
        return RowImage(fields: fields.map { $0[...] })
    }
}

extension Applier {
    /// A value that a person typed, as COPY writes it: the log compares texts.
    private func written(_ value: String?, as type: String) throws -> String? {
        // A cast to varchar(n) cuts in silence; such a text is what it is, and the table refuses it if it is too long.
        guard let value, !type.hasPrefix("character varying"), type != "text" else { return value }
        // The type comes from the catalogue (format_type), so it is SQL as it stands.
        let row = try session.queryOne("SELECT format('%s', $1::text::\(type)) AS value", [.text(value)])
        let result = try row?.text("value") ?? value
        guard type.hasPrefix("character("), result.count < value.count else { return result }
        throw StaleRuling(.value_too_long, ["value": value, "type": type])
    }
}

/// A candidate as `bashu.conflict_case` keeps it, as far as rulings need it.
struct StoredCandidate: Decodable {
    let origin: String
    let number: Int64
    let position: Int32

    var handle: String { "\(origin):\(number):\(position)" }
}
