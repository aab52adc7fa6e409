public import Postgres
internal import Reasons
internal import Replication

/// Compares the shared tables of this database and of a peer by digests, until every difference is either gone or
/// proven: a row in flight is no difference.
///
/// Digests of 4,096 buckets of keys find the rows; a row that differs is looked at again after each side has applied
/// what the other had when it was first seen. What then still differs, unchanged on both sides, is different.
public struct PeerComparison: Sendable {
    private struct Candidate: Sendable, Hashable {
        let key: String
        /// Digest of the row here and there; nil: no row.
        let here: String?
        let there: String?
    }

    private struct Table: Sendable {
        let name: String
        let schema: String
        let table: String
        let columns: [String]
        var candidates: [Candidate] = []
    }

    private var tables: [Table] = []
    private var report = VerifyReport()
    private var seenHere = Vector()
    private var seenThere = Vector()
    private var rounds = 0
    private let deadline: ContinuousClock.Instant

    /// More differing rows than this of one table are counted by their buckets, not followed one by one.
    private static let candidatesMax = 5_000
    /// Rounds after which rows that change all the time are given up on.
    private static let roundsMax = 10

    /// Begins: finds the rows that differ at this moment.
    ///
    /// - Parameters:
    ///   - names: `SCHEMA.TABLE`; nil: every shared table.
    ///   - seconds: How long it may take until the sides have caught up with each other.
    /// - Throws: `PostgresError` of either side.
    public init(_ names: [String]?, here: Session, there: Session, seconds: Int = 60) throws {
        deadline = .now + .seconds(seconds)
        for table in try Self.shared(here) where names?.contains(table.name) ?? true {
            try find(table, here, there)
        }
        for name in names ?? [] where try !Self.shared(here).contains(where: { $0.name == name }) {
            report.skipped.append(Reason(VerifyReason.unknown_table, ["table": name]).text)
        }
    }

    private static func shared(_ session: Session) throws -> [Table] {
        try session.query(
            """
            SELECT schema_name, table_name, columns::text AS columns
              FROM bashu.table_shapes() WHERE relation IS NOT NULL
            """
        ).map { row in
            let (schema, table) = (try row.text(0), try row.text(1))
            return Table(
                name: "\(schema).\(table)", schema: schema, table: table, columns: try ArrayText.parse(row.text(2)))
        }
    }

    private mutating func find(_ table: Table, _ here: Session, _ there: Session) throws {
        var table = table
        do {
            let ours = try Digests(table.schema, table.table, table.columns, here)
            let theirs = try Digests(table.schema, table.table, table.columns, there)
            meet(ours, theirs)
            report.rows[table.name] = ours.total
            let buckets = Set(ours.buckets.keys).union(theirs.buckets.keys)
                .filter { ours.buckets[$0] != theirs.buckets[$0] }.sorted()
            guard !buckets.isEmpty else { return }
            try collect(&table, buckets, here, there)
            tables.append(table)
        } catch let error as PostgresError where error.sqlState?.rawValue == "42704" {
            report.skipped.append("\(table.name): \(error.message)")
        }
    }

    private mutating func meet(_ ours: Digests, _ theirs: Digests) {
        seenHere = seenHere.union(ours.vector)
        seenThere = seenThere.union(theirs.vector)
    }

    /// The keys of differing buckets, some buckets at a time, until there are enough of them.
    private mutating func collect(_ table: inout Table, _ buckets: [Int64], _ here: Session, _ there: Session) throws {
        for start in stride(from: 0, to: buckets.count, by: 64) {
            let some = Array(buckets[start..<min(start + 64, buckets.count)])
            let ours = try Digests(table.schema, table.table, table.columns, here, buckets: some)
            let theirs = try Digests(table.schema, table.table, table.columns, there, buckets: some)
            meet(ours, theirs)
            table.candidates += Self.differing(ours, theirs, Set(ours.keys.keys).union(theirs.keys.keys))
            if table.candidates.count >= Self.candidatesMax {
                report.skipped.append(
                    Reason(
                        VerifyReason.too_many_rows, ["table": table.name, "count": "\(Self.candidatesMax)"]
                    ).text)
                return
            }
        }
    }

    private static func differing(_ ours: Digests, _ theirs: Digests, _ keys: Set<String>) -> [Candidate] {
        keys.sorted().compactMap { key in
            let (here, there) = (ours.keys[key], theirs.keys[key])
            return here == there ? nil : Candidate(key: key, here: here, there: there)
        }
    }

    /// Looks again; the report when there is nothing left to wait for, nil when it is to be called again later.
    ///
    /// - Throws: `PostgresError` of either side.
    public mutating func step(here: Session, there: Session) throws -> VerifyReport? {
        guard tables.contains(where: { !$0.candidates.isEmpty }) else { return report }
        let (nowHere, nowThere) = (try Self.applied(here), try Self.applied(there))
        guard nowHere.covers(seenThere), nowThere.covers(seenHere) else {
            guard ContinuousClock.now > deadline else { return nil }
            report.skipped.append(Reason(VerifyReason.not_caught_up).text)
            return settled()
        }
        rounds += 1
        for index in tables.indices where !tables[index].candidates.isEmpty {
            var table = tables[index]
            try recheck(&table, here, there)
            tables[index] = table
        }
        if rounds >= Self.roundsMax || ContinuousClock.now > deadline {
            for table in tables where !table.candidates.isEmpty {
                let values: KeyValuePairs = ["table": table.name, "count": "\(table.candidates.count)"]
                report.skipped.append(Reason(VerifyReason.written_all_the_time, values).text)
            }
            return report
        }
        return tables.contains { !$0.candidates.isEmpty } ? nil : report
    }

    private mutating func recheck(_ table: inout Table, _ here: Session, _ there: Session) throws {
        let keys = table.candidates.map(\.key)
        let ours = try Digests(table.schema, table.table, table.columns, here, keys: keys)
        let theirs = try Digests(table.schema, table.table, table.columns, there, keys: keys)
        let before = Set(table.candidates)
        let now = Self.differing(ours, theirs, Set(keys))
        let proven = now.filter(before.contains)
        var columns: [String: [String]] = [:]
        let both = proven.filter { $0.here != nil && $0.there != nil }.prefix(VerifyReport.examplesMax)
        try narrow(both.map(\.key), table.columns, table, here, there, &columns)
        for candidate in proven { add(candidate, table, columns[candidate.key] ?? []) }
        table.candidates = now.filter { !before.contains($0) }
        meet(ours, theirs)
    }

    /// Finds the columns in which rows differ, by halves: mostly it is one of many.
    private func narrow(
        _ keys: [String], _ columns: [String], _ table: Table, _ here: Session, _ there: Session,
        _ found: inout [String: [String]]
    ) throws {
        guard !keys.isEmpty else { return }
        let ours = try Digests(table.schema, table.table, columns, here, keys: keys)
        let theirs = try Digests(table.schema, table.table, columns, there, keys: keys)
        let differing = keys.filter { ours.keys[$0] != theirs.keys[$0] }
        guard columns.count > 1 else {
            for key in differing { found[key, default: []] += columns }
            return
        }
        let half = columns.count / 2
        try narrow(differing, Array(columns[..<half]), table, here, there, &found)
        try narrow(differing, Array(columns[half...]), table, here, there, &found)
    }

    /// What is left counts as different: nobody could be waited for.
    private mutating func settled() -> VerifyReport {
        for table in tables { for candidate in table.candidates { add(candidate, table, []) } }
        return report
    }

    private mutating func add(_ candidate: Candidate, _ table: Table, _ columns: [String]) {
        let kind =
            switch (candidate.here, candidate.there) {
            case (nil, _): "missing"
            case (_, nil): "extra"
            default: "differs"
            }
        report.add(RowDifference(table: table.name, key: candidate.key, kind: kind, columns: columns))
    }

    private static func applied(_ session: Session) throws -> Vector {
        guard let row = try session.queryOne("SELECT applied::text FROM bashu.feed_hello_v1()") else {
            throw StoreError.unexpectedResult("no answer to hello")
        }
        return try JSONText.vector(row.text(0))
    }
}

/// What `bashu.feed_digests_v1` answers.
private struct Digests {
    var vector = Vector()
    /// Count and digest of every bucket.
    var buckets: [Int64: String] = [:]
    /// Digest of every row, by key.
    var keys: [String: String] = [:]
    var total = 0

    init(
        _ schema: String, _ table: String, _ columns: [String], _ session: Session, buckets: [Int64]? = nil,
        keys: [String]? = nil
    ) throws {
        let parameters: [Parameter] = [
            .text(schema), .text(table), .textArray(columns), buckets.map { .intArray($0) } ?? .null,
            keys.map { .textArray($0) } ?? .null,
        ]
        let rows = try session.query(
            """
            SELECT bucket, key, rows, digest
              FROM bashu.feed_digests_v1($1, $2, $3::text[], $4::integer[], $5::text[])
            """, parameters)
        for row in rows {
            let bucket = try row.int(0)
            if bucket < 0 {
                vector = try JSONText.vector(row.text(3))
            } else if let key = row[text: 1] {
                self.keys[key] = try row.text(3)
            } else {
                total += Int(try row.int(2))
                self.buckets[bucket] = "\(try row.int(2)) \(try row.text(3))"
            }
        }
    }
}

/// Requests to compare with a peer: its link answers them.
public enum ComparisonRequest {
    private struct Argument: Decodable { var tables: [String]? }

    /// The oldest waiting request to compare with `peer`, now running.
    public static func take(_ session: Session, peer: String) throws -> (id: Int64, tables: [String]?)? {
        guard let row = try session.queryOne(SQLText.named("comparison_take"), [.text(peer)]) else { return nil }
        return (try row.int("id"), try JSONText.decode(Argument.self, row.text("argument")).tables)
    }

    /// Answers a request.
    public static func answer(_ session: Session, _ id: Int64, _ report: VerifyReport) throws {
        try session.execute(
            SQLText.named("request_done"), [.int(id), "done", .text(try JSONText.encode(report))])
    }

    /// Gives a request up.
    public static func fail(_ session: Session, _ id: Int64, _ reason: String) throws {
        try session.execute(
            SQLText.named("request_done"),
            [.int(id), "failed", .text(try JSONText.encode(["error": reason]))])
    }
}
