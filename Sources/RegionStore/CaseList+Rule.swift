public import Postgres
public import Replication

extension CaseList {
    /// What a person decides.
    public enum Choice: Sendable, Equatable {
        /// The values, and the existence, that this candidate wrote; of some columns these values instead.
        case candidate(ChangeID, with: [ColumnValue] = [])
        /// These values; the row stays.
        case values([ColumnValue])
        /// For every one of these groups what this candidate wrote, and these values.
        case groups([String: ChangeID], with: [ColumnValue] = [])
        /// The row is to be absent.
        case delete
    }

    /// How far a ruling is.
    public enum RulingState: Sendable, Equatable {
        case waiting
        /// It is in the log, and travels.
        case taken
        /// The row had changed since the person looked.
        case stale(outcome: String)
        case failed(outcome: String)
    }

    /// Stores a decision for the daemon to take and returns its number.
    ///
    /// - Parameters:
    ///   - shown: what the person was shown; the daemon compares it with what it finds.
    ///   - closed: rules on cases that are over too: what lost comes back.
    ///   - reason: why, for everyone who reads the history.
    /// - Throws: `ControlError` when the case is closed or the choice does not fit it, or `PostgresError`.
    public static func rule(
        _ session: Session, _ shown: Shown, handle: String, choice: Choice, reason: String, closed: Bool = false
    ) throws -> Int64 {
        let ruled = closed ? shown.cases : shown.cases.filter { $0.summary.state.isCurrent }
        guard !ruled.isEmpty else {
            let last = shown.cases[0].summary
            throw ControlError.caseClosed(
                handle: handle, closedBy: last.closedBy?.description ?? "", state: last.state.rawValue)
        }
        guard let row = shown.row else { throw ControlError.noSuchTable(shown.table.description) }
        var decision = Decision(shown, ruled, row)
        try decision.make(choice)
        let stored = try session.queryOne(
            SQLText.named("ctl_ruling"),
            [
                .int(shown.tableID), .text(shown.digest), .text(shown.key.text), .textArray(decision.groups.sorted()),
                .text(try JSONText.encode(decision.frontier)),
                .text(try JSONText.encode(decision.choice)), .text(reason),
            ])
        guard let stored else { throw StoreError.unexpectedResult("a ruling without a number") }
        return try stored.int("id")
    }

    /// The group of a row's existence.
    public static let existenceGroup = "existence"

    /// The group of a row that is deleted and yet in its table, because another refers to it.
    static let keptGroup = "kept"

    /// Whether a case's group names a unique index, a foreign key, or a row kept for one.
    static func isConstraint(_ group: String) -> Bool {
        group == keptGroup || group.hasPrefix("unique:") || group.hasPrefix("foreign_key:")
    }

    /// What became of these rulings.
    public static func rulingStates(_ session: Session, _ ids: [Int64]) throws -> [RulingState] {
        try ids.map { try rulingState(session, $0) }
    }

    /// What became of a ruling.
    public static func rulingState(_ session: Session, _ id: Int64) throws -> RulingState {
        guard let row = try session.queryOne(SQLText.named("ctl_ruling_state"), [.int(id)]) else {
            return .failed(outcome: "")
        }
        let outcome = row[text: "outcome"] ?? ""
        switch try row.text("state") {
        case "waiting": return .waiting
        case "taken": return .taken
        case "stale": return .stale(outcome: outcome)
        default: return .failed(outcome: outcome)
        }
    }
}
