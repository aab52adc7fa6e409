public import Postgres
public import Replication

/// Recorded conflicts, for people.
public enum CaseList {
    /// States of a case, from the one that needs a person to the ones that are over.
    public enum State: String, Sendable, CaseIterable {
        /// Needs a person.
        case open
        /// A rule chose; may be reviewed and ruled.
        case decided
        /// Closed by a later edit that had seen every candidate.
        case superseded
        /// Closed by a person.
        case ruled

        /// Whether the case can still be ruled.
        public var isCurrent: Bool { self == .open || self == .decided }
    }

    /// What is in conflict in one row: one line of `bashuctl conflict list`.
    public struct RowCases: Sendable {
        public let table: TableName
        public let key: RowKey
        public internal(set) var cases: [Summary]

        /// The state that needs the most attention.
        public var state: State {
            State.allCases.first { state in cases.contains { $0.state == state } } ?? .superseded
        }
        /// The earliest time at which one of the cases was seen here, microseconds since 1970 UTC.
        public var since: Int64 { cases.map(\.firstSeen).min() ?? 0 }
    }

    /// One case without its values.
    public struct Summary: Sendable {
        /// The column group, or `existence`.
        public let group: String
        public let type: String
        public let state: State
        public let winner: ChangeID
        public let rule: String
        /// The change that closed it; nil while it is current.
        public let closedBy: ChangeID?
        /// When this database first saw it, microseconds since 1970 UTC.
        public let firstSeen: Int64
        /// Won as the newest by a region whose clock is off: a person should look, whatever the state.
        public let hasClockAlarm: Bool

        /// Whether somebody has to look at it.
        public var needsPerson: Bool { state == .open || hasClockAlarm }
    }

    /// What is listed.
    public struct Filter: Sendable {
        /// Nil: every table.
        public var table: TableName?
        public var states: [State]
        /// At most so many rows, the newest.
        public var limit: Int

        public init(table: TableName? = nil, states: [State] = [.open, .decided], limit: Int = 100) {
            self.table = table
            self.states = states
            self.limit = limit
        }
    }

    /// Rows with cases, the newest first, and how many there are beyond the limit too.
    public static func list(_ session: Session, _ filter: Filter) throws -> (rows: [RowCases], total: Int64) {
        let parameters: [Parameter] = [
            .text(filter.table?.schema), .text(filter.table?.table), .textArray(filter.states.map(\.rawValue)),
        ]
        var rows: [RowCases] = []
        for row in try session.query(SQLText.named("ctl_case_list"), parameters + [.int(filter.limit)]) {
            let table = try TableName(row: row)
            let key = try RowKey(row.text("key"))
            let summary = Summary(
                group: try row.text("column_group"), type: try row.text("type"),
                state: try state(row.text("state")),
                winner: ChangeID(
                    origin: OriginID(try row.text("origin")), number: try row.int("number"),
                    position: Int32(try row.int("position"))),
                rule: try row.text("rule"), closedBy: ChangeID(try row.text("closed_by")),
                firstSeen: try row.int("first_seen"), hasClockAlarm: try row.bool("clock_alarm"))
            if let last = rows.last, last.table == table, last.key == key {
                rows[rows.count - 1].cases.append(summary)
            } else {
                rows.append(RowCases(table: table, key: key, cases: [summary]))
            }
        }
        let total = try session.queryOne(SQLText.named("ctl_case_list_count"), parameters)?.int("rows") ?? 0
        return (rows, total)
    }

    static func state(_ text: String) throws -> State {
        guard let state = State(rawValue: text) else {
            throw StoreError.unexpectedResult("a case in state \(text)")
        }
        return state
    }
}
