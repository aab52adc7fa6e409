public import Postgres
public import Replication

extension CaseList {
    /// One case with everything its candidates say.
    public struct Case: Sendable {
        public let summary: Summary
        /// In canonical order.
        public let candidates: [Candidate]
        /// Index of the provisional or final winner.
        public let winner: Int
    }

    /// One of the writes that had not seen each other.
    public struct Candidate: Sendable {
        public let id: ChangeID
        /// Hybrid time, microseconds since 1970 UTC.
        public let hlc: Int64
        public let user: String?
        /// Who the writer claimed to be.
        public let actor: String?
        /// insert, update, delete or ruling.
        public let kind: String
        /// The written values of the group's columns; empty when the row was deleted.
        public let values: [ColumnValue]
        /// What the writer had replaced.
        public let base: [ColumnValue]
        /// It makes the row absent.
        public let deletes: Bool
    }

    /// A value as text; nil is NULL.
    public struct ColumnValue: Sendable, Equatable {
        public let column: String
        public let value: String?

        public init(column: String, value: String?) {
            self.column = column
            self.value = value
        }
    }

    /// A row and cases of it, as a person is shown them.
    public struct Shown: Sendable {
        public let table: TableName
        public let key: RowKey
        public let cases: [Case]
        let tableID: Int64
        let digest: String
        /// Nil when the table is not shared any more.
        let row: RowLog?

        /// The table's shared columns in its own order; empty when it is not shared any more.
        public var columns: [String] { row?.table.shape.columns ?? [] }

        /// The changes that are candidates, each once, oldest first: what people number from 1. Of the cases that can
        /// be ruled, where there are any.
        public var candidates: [Candidate] {
            let current = cases.filter { $0.summary.state.isCurrent }
            var seen: Set<String> = []
            return (current.isEmpty ? cases : current).flatMap(\.candidates)
                .sorted { ChangeStamp(hlc: $0.hlc, id: $0.id) < ChangeStamp(hlc: $1.hlc, id: $1.id) }
                .filter { seen.insert("\($0.id) \($0.deletes)").inserted }
        }

        /// The number by which people name a candidate, from 1; nil when it has none.
        public func number(of candidate: Candidate) -> Int? {
            candidates.firstIndex { $0.id == candidate.id && $0.deletes == candidate.deletes }.map { $0 + 1 }
        }

        /// The candidate with that number.
        public func candidate(number: Int) throws -> Candidate {
            guard candidates.indices.contains(number - 1) else {
                throw ControlError.noCandidateNumber(number, count: candidates.count)
            }
            return candidates[number - 1]
        }
    }

    /// The change that a handle means: `ORIGIN:NUMBER:POSITION`, or `REGION:NUMBER:POSITION` where the region has
    /// had one life.
    ///
    /// - Throws: `ControlError` when it is none or means several, or `PostgresError`.
    public static func change(_ session: Session, handle: String) throws -> ChangeID {
        guard let id = ChangeID(handle) else { throw ControlError.badHandle(handle) }
        let names = try session.query(SQLText.named("ctl_origins_of_region"), [.text(id.origin.name)])
            .map { try $0.text("name") }
        guard let name = names.first(where: { $0 == id.origin.name }) ?? names.first else {
            throw ControlError.noSuchChange(handle)
        }
        guard names.count == 1 || name == id.origin.name else {
            throw ControlError.ambiguousHandle(handle, candidates: names)
        }
        return ChangeID(origin: OriginID(name), number: id.number, position: id.position)
    }

    /// The cases in which the change of `handle` is a candidate, current ones first; if one of them can be ruled, every
    /// other of the row that can be.
    ///
    /// - Throws: `ControlError` when there is no such change or it is in no case, or `PostgresError`.
    public static func show(_ session: Session, handle: String) throws -> Shown {
        let id = try change(session, handle: handle)
        let parameters: [Parameter] = [.text(id.origin.name), .int(id.number), .int(Int64(id.position))]
        guard let row = try session.queryOne(SQLText.named("ctl_case_row"), parameters) else {
            throw ControlError.noSuchChange(handle)
        }
        let own = (table: try row.int("table_id"), digest: try row.text("digest"))
        let reader = RowLogReader(session)
        if let shown = try shown(reader, session, own, with: id) { return shown }
        // Of the unique and foreign-key rule a candidate may be another row's change.
        guard let other = try session.queryOne(SQLText.named("ctl_case_of_other"), parameters),
            let shown = try shown(reader, session, (try other.int("table_id"), try other.text("digest")), with: id)
        else { throw ControlError.noCase(handle) }
        return shown
    }

    private static func shown(
        _ reader: RowLogReader, _ session: Session, _ row: (table: Int64, digest: String), with id: ChangeID
    ) throws -> Shown? {
        guard let (table, key, all) = try cases(session, tableID: row.table, digest: row.digest) else { return nil }
        let mine = { (one: Case) in one.candidates.contains { $0.id == id } }
        guard all.contains(where: mine) else { return nil }
        let isCurrent = all.contains { mine($0) && $0.summary.state.isCurrent }
        return Shown(
            table: table, key: key, cases: all.filter { mine($0) || isCurrent && $0.summary.state.isCurrent },
            tableID: row.table, digest: row.digest, row: try reader.read(tableID: row.table, digest: row.digest))
    }

    /// Every origin that is known here.
    public static func origins(_ session: Session) throws -> [OriginID] {
        try session.query(SQLText.named("ctl_origin_names")).map { OriginID(try $0.text("name")) }
    }

    /// Every case of one row; nil when there is none.
    static func cases(
        _ session: Session, tableID: Int64, digest: String
    ) throws -> (table: TableName, key: RowKey, cases: [Case])? {
        let rows = try session.query(SQLText.named("ctl_cases_of_row"), [.int(tableID), .text(digest)])
        guard let first = rows.first else { return nil }
        return (try TableName(row: first), try RowKey(first.text("key")), try rows.map(Case.init(row:)))
    }
}

extension CaseList.Case {
    fileprivate init(row: Row) throws {
        let stored = try JSONText.decode([CandidateRecord].self, row.text("candidates"))
        winner = Int(try row.int("winner"))
        guard stored.indices.contains(winner) else { throw StoreError.unexpectedResult("a case without a winner") }
        candidates = stored.map(CaseList.Candidate.init(stored:))
        summary = CaseList.Summary(
            group: try row.text("column_group"), type: try row.text("type"),
            state: try CaseList.state(row.text("state")), winner: candidates[winner].id,
            rule: try row.text("rule"), closedBy: ChangeID(try row.text("closed_by")),
            firstSeen: try row.int("first_seen"), hasClockAlarm: try row.bool("clock_alarm"))
    }
}

/// A candidate as `bashu.conflict_case` has it.
private struct CandidateRecord: Decodable {
    let origin: String
    let number: Int64
    let position: Int32
    let hlc: Int64
    let user: String?
    let actor: String?
    let kind: String
    let values: [String: String?]?
    let base: [String: String?]?
}

extension CaseList.Candidate {
    fileprivate init(stored: CandidateRecord) {
        id = ChangeID(origin: OriginID(stored.origin), number: stored.number, position: stored.position)
        hlc = stored.hlc
        user = stored.user
        actor = stored.actor
        kind = stored.kind
        values = Self.sorted(stored.values)
        base = Self.sorted(stored.base)
        deletes = stored.values == nil
    }

    private static func sorted(_ values: [String: String?]?) -> [CaseList.ColumnValue] {
        (values ?? [:]).map { CaseList.ColumnValue(column: $0.key, value: $0.value) }
            .sorted { $0.column.utf8.lexicographicallyPrecedes($1.column.utf8) }
    }
}
