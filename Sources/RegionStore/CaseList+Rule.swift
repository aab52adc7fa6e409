public import Postgres
public import Replication

extension CaseList {
    /// What a person decides.
    public enum Choice: Sendable, Equatable {
        /// The values, and the existence, that this candidate wrote.
        case candidate(ChangeID)
        /// These values; the row stays.
        case values([ColumnValue])
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
    ///   - reason: why, for everyone who reads the history.
    /// - Throws: `ControlError` when the case is closed or the choice does not fit it, or `PostgresError`.
    public static func rule(_ session: Session, _ shown: Shown, handle: String, choice: Choice, reason: String)
        throws -> Int64
    {
        let current = shown.cases.filter { $0.summary.state.isCurrent }
        guard !current.isEmpty else {
            let last = shown.cases[0].summary
            throw ControlError.caseClosed(
                handle: handle, closedBy: last.closedBy?.description ?? "", state: last.state.rawValue)
        }
        let (groups, values) = try resolved(choice, current)
        var frontier: [String: [String]] = [:]
        for one in current where groups.contains(one.summary.group) {
            frontier[one.summary.group] = one.candidates.map(\.id.description)
        }
        let row = try session.queryOne(
            SQLText.named("ctl_ruling"),
            [
                .int(shown.tableID), .text(shown.digest), .text(shown.key.text), .textArray(groups),
                .text(try JSONText.encode(frontier)),
                .text(try JSONText.encode(values)), .text(reason),
            ])
        guard let row else { throw StoreError.unexpectedResult("a ruling without a number") }
        return try row.int("id")
    }

    /// The groups that a choice rules, and the choice as `bashu.ruling` has it: column to text or null; an
    /// entry for the empty name says that the row is to be absent.
    static func resolved(_ choice: Choice, _ cases: [Case]) throws -> ([String], [String: String?]) {
        let groups = cases.map(\.summary.group)
        switch choice {
        case .delete:
            return (groups, ["": "delete"])
        case .values(let values):
            let columns = values.map(\.column)
            for column in columns where !groups.contains(column) {
                throw ControlError.notInCase(column: column, groups: groups)
            }
            // A row to which a value is given is meant to exist.
            let ruled = groups.filter { columns.contains($0) || $0 == existenceGroup }
            var chosen: [String: String?] = [:]
            for value in values { chosen.updateValue(value.value, forKey: value.column) }
            return (ruled, chosen)
        case .candidate(let id):
            let ruled = cases.filter { $0.candidates.contains { $0.id == id } }
            guard !ruled.isEmpty else { throw ControlError.notACandidate(id.description) }
            var chosen: [String: String?] = [:]
            for one in ruled {
                guard let candidate = one.candidates.first(where: { $0.id == id }) else { continue }
                if candidate.kind == "delete" { chosen.updateValue("delete", forKey: "") }
                // Of existence a candidate carries the whole row, of which nothing else is in conflict.
                guard one.summary.group != existenceGroup else { continue }
                for value in candidate.values { chosen.updateValue(value.value, forKey: value.column) }
            }
            return (ruled.map(\.summary.group), chosen)
        }
    }

    /// The group of a row's existence.
    public static let existenceGroup = "existence"

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
