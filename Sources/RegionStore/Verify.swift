internal import Postgres
internal import Reasons
internal import Replication

/// A row that is not what the log says.
public struct RowDifference: Codable, Sendable, Equatable {
    public let table: String
    /// Text of the key array.
    public let key: String
    /// `missing`: the log has the row, the table does not; `extra`: the other way round; `differs`: values.
    public let kind: String
    /// Columns whose values differ.
    public let columns: [String]
    /// Both sides of every column that differs, or of all where the row is on one side only; nil of a comparison with
    /// a peer, which exchanges digests.
    public let values: [Values]?

    public init(table: String, key: String, kind: String, columns: [String], values: [Values]? = nil) {
        self.table = table
        self.key = key
        self.kind = kind
        self.columns = columns
        self.values = values
    }

    /// One column: what the log says, and what the table has. Long values are cut short.
    public struct Values: Codable, Sendable, Equatable {
        public let column: String
        /// Nil for NULL, and where the log has no row.
        public let log: String?
        /// Nil for NULL, and where there is no row here.
        public let here: String?

        /// Characters that are kept.
        static let charactersMax = 200

        init(_ column: String, log: String?, here: String?) {
            let short = { (text: String) in
                text.count > Self.charactersMax ? text.prefix(Self.charactersMax) + "…" : text
            }
            self.column = column
            self.log = log.map { String(short($0)) }
            self.here = here.map { String(short($0)) }
        }
    }
}

/// What a comparison of tables found.
public struct VerifyReport: Codable, Sendable, Equatable {
    /// Rows compared, by table.
    public var rows: [String: Int] = [:]
    /// How many differ, by table; tables without a difference are missing.
    public var different: [String: Int] = [:]
    /// The first of them.
    public var examples: [RowDifference] = []
    /// What was not compared, and why.
    public var skipped: [String] = []

    /// How many rows are named; the rest are only counted.
    public static let examplesMax = 200
    /// Rows repaired by one request; the next one repairs the rest.
    public static let repairMax = 10_000

    public init() {}

    mutating func add(_ difference: RowDifference) {
        different[difference.table, default: 0] += 1
        if examples.count < Self.examplesMax { examples.append(difference) }
    }
}

extension Cutter {
    /// From how many rows on, by the planner's estimate, two sessions compare a half of a table each.
    static let halvesMin = 20_000

    /// Compares tables with what is known of them, in one snapshot, and changes nothing. Keys that are pending are
    /// in flight and are left out.
    ///
    /// - Returns: what differs, and its keys, up to `VerifyReport.repairMax`.
    func verify(_ tables: [TableInfo], ownOrigin: Int) throws -> (report: VerifyReport, keys: [RecheckKey]) {
        guard !tables.isEmpty else { return (VerifyReport(), []) }
        let begin = """
            BEGIN ISOLATION LEVEL REPEATABLE READ;
            SET LOCAL lock_timeout = \(Self.lockTimeoutMilliseconds);
            SET LOCAL work_mem = '32MB';
            LOCK TABLE \(tables.map(\.qualified).joined(separator: ", ")) IN ACCESS SHARE MODE;
            """
        // Nothing is to be kept, whatever happens.
        defer { for one in [session, scan] { one.rollBack() } }
        try session.script(begin)
        guard let snapshot = try session.queryOne(SQLText.named("cut_snapshot")) else {
            throw StoreError.unexpectedResult("no name for a snapshot")
        }
        try scan.script("\(begin)\nSET TRANSACTION SNAPSHOT \(Session.quoteLiteral(try snapshot.text(0)));")
        var large: Set<Int> = []
        for table in tables {
            let rows = try session.queryOne(SQLText.named("verify_estimate"), [.int(table.id)])?.int(0) ?? 0
            if rows >= Self.halvesMin { large.insert(table.id) }
        }
        let mine = Comparison(session: session, log: log, ownOrigin: ownOrigin)
        let other = Comparison(session: scan, log: scanLog, ownOrigin: ownOrigin)
        let canceller = scan.canceller
        return try ReadAhead.both(
            { try mine.run(tables) { large.contains($0.id) ? .lower : .all } },
            { try other.run(tables.filter { large.contains($0.id) }) { _ in .upper } },
            cancelSecond: { canceller.cancel() }
        ) { Self.joined($0, $1) }
    }

    private static func joined(
        _ one: (report: VerifyReport, keys: [RecheckKey]), _ other: (report: VerifyReport, keys: [RecheckKey])
    ) -> (report: VerifyReport, keys: [RecheckKey]) {
        var report = one.report
        report.rows.merge(other.report.rows, uniquingKeysWith: +)
        report.different.merge(other.report.different, uniquingKeysWith: +)
        report.examples = Array((report.examples + other.report.examples).prefix(VerifyReport.examplesMax))
        return (report, Array((one.keys + other.keys).prefix(VerifyReport.repairMax)))
    }
}

/// The comparison of keys on one session.
private struct Comparison {
    let session: Session
    let log: LogReader
    let ownOrigin: Int

    /// Which of a table's keys, by their digests.
    enum Share {
        case all, lower, upper

        var bounds: [Parameter] {
            switch self {
            case .all: [.text("00"), .text("")]
            case .lower: [.text("00"), .text("80")]
            case .upper: [.text("80"), .text("")]
            }
        }
    }

    func run(
        _ tables: [TableInfo], _ share: (TableInfo) -> Share
    ) throws -> (report: VerifyReport, keys: [RecheckKey]) {
        var report = VerifyReport()
        var keys: [RecheckKey] = []
        for table in tables {
            let bounds = share(table).bounds
            try session.script("DELETE FROM pg_temp.cut_key")
            try session.execute(TableStatements(table: table).verifyKeys, bounds)
            try addVanished(table, bounds)
            try session.execute(SQLText.named("verify_unhint"))
            guard let range = try session.queryOne(SQLText.named("cut_ranges")) else { continue }
            let lookUps = try CutComparison.lookUps(session, table).0
            // Two sessions may be at it: half a page each.
            var page = CutPage(
                table: table, originID: ownOrigin, lookUps: lookUps, bytesMax: Cutter.pageBytesMax / 2)
            try page.run(session, log, first: range.int("first"), last: range.int("last")) { rows in
                for row in try withGoneImages(rows, report) where try Self.compare(row, table, &report) {
                    guard keys.count < VerifyReport.repairMax else { continue }
                    keys.append(
                        RecheckKey(tableID: table.id, digest: row.digest.hex, key: row.key, reason: "restore"))
                }
            }
        }
        return (report, keys)
    }

    /// A page leaves out what rows that are gone had been; of those that will be named it is read.
    private func withGoneImages(_ rows: [CutRow], _ report: VerifyReport) throws -> [CutRow] {
        let room = VerifyReport.examplesMax - report.examples.count
        let gone = rows.indices.filter { !rows[$0].isPresent && rows[$0].known != nil && rows[$0].pointer != nil }
            .prefix(max(0, room))
        guard !gone.isEmpty else { return rows }
        var lines = [[UInt8]](repeating: [], count: gone.count)
        try log.lines(session, gone.compactMap { rows[$0].pointer }) { place, line in lines[place] = Array(line) }
        var rows = rows
        for (index, line) in zip(gone, lines) {
            let change = try log.parse(session, line[...])
            rows[index].known = change.image.map { .init(shape: change.shape, bytes: $0) } ?? rows[index].known
        }
        return rows
    }

    /// Keys that are known but have no row, after those that have.
    private func addVanished(_ table: TableInfo, _ bounds: [Parameter]) throws {
        // Without statistics the planner compares every key with every other.
        try session.script("ANALYZE pg_temp.cut_key")
        try session.execute(
            "DECLARE vanished CURSOR FOR \(SQLText.named("verify_vanished"))", [.int(table.id)] + bounds)
        while true {
            let rows = try session.query("FETCH \(Cutter.pageKeysMax) FROM vanished")
            guard !rows.isEmpty else { break }
            var keys = try rows.compactMap { try $0.isNull("key") ? nil : $0.text("key") }
            let pointers = try rows.filter { $0.isNull("key") }.map { try LinePointer($0) }
            // Parsed after the stream: a session that streams can look no shape up.
            var lines: [[UInt8]] = []
            try log.lines(session, pointers) { _, line in lines.append(Array(line)) }
            for line in lines { keys.append(try log.parse(session, line[...]).keyText) }
            try session.execute(SQLText.named("verify_vanished_keys"), [.int(table.id), .textArray(keys)])
        }
        try session.script("CLOSE vanished")
    }

    private static func compare(_ row: CutRow, _ table: TableInfo, _ report: inout VerifyReport) throws -> Bool {
        report.rows[table.name, default: 0] += 1
        let names = table.shape.columns
        let texts = { (bytes: ArraySlice<UInt8>) in bytes.withUnsafeBytes { CopyText.values($0) } }
        let difference: RowDifference
        switch try row.difference(table.shape) {
        case .none: return false
        case .insert:
            let values = zip(names, texts(row.image)).map { RowDifference.Values($0, log: nil, here: $1) }
            difference = RowDifference(table: table.name, key: row.key, kind: "extra", columns: [], values: values)
        case .delete:
            let known = row.known.map { zip($0.shape.columns, texts($0.bytes[...])) }.map(Array.init) ?? []
            let values = known.map { RowDifference.Values($0, log: $1, here: nil) }
            difference = RowDifference(table: table.name, key: row.key, kind: "missing", columns: [], values: values)
        case .update(let ordinals, let old):
            let (now, before) = (texts(row.image), texts(old[...]))
            let values = ordinals.enumerated().map { place, ordinal in
                RowDifference.Values(names[ordinal], log: before[place], here: now[ordinal])
            }
            difference = RowDifference(
                table: table.name, key: row.key, kind: "differs", columns: ordinals.map { names[$0] }, values: values)
        }
        report.add(difference)
        return true
    }
}

extension Engine {
    /// Answers what bashuctl asked for.
    func answerRequests(_ step: inout EngineStep) throws {
        while let row = try control.queryOne(SQLText.named("request_take")) {
            let id = try row.int("id")
            do {
                let result = try answer(try row.text("kind"), try row.text("argument"), &step)
                try control.execute(SQLText.named("request_done"), [.int(id), "done", .text(result)])
            } catch StoreError.fenceLost {
                throw StoreError.fenceLost
            } catch let error as PostgresError where error.kind != .statementFailed {
                throw error
            } catch {
                // Of whatever kind: nobody takes the request up again, and whoever asked waits for an answer.
                try fail(id, "\(error)")
            }
            step.didWork = true
        }
    }

    private func fail(_ id: Int64, _ reason: String) throws {
        try control.execute(
            SQLText.named("request_done"), [.int(id), "failed", .text(try JSONText.encode(["error": reason]))])
    }

    private struct VerifyArgument: Decodable {
        var tables: [String]?
        var repair: Repair?
    }

    /// What to make of rows that differ from what the log says.
    private enum Repair: String, Decodable {
        /// Publish them: the table is right.
        case publish
        /// Put back what the log says.
        case restore
    }

    private struct CutResult: Encodable { let origin: String, number: Int64 }

    private func answer(_ kind: String, _ argument: String, _ step: inout EngineStep) throws -> String {
        try cutEverything(&step)
        if kind == "cut" {
            guard let row = try control.queryOne(SQLText.named("own_number")) else {
                return try JSONText.encode(CutResult(origin: "", number: 0))
            }
            return try JSONText.encode(CutResult(origin: try row.text("origin"), number: try row.int("number")))
        }
        return try JSONText.encode(verify(JSONText.decode(VerifyArgument.self, argument), &step))
    }

    private func verify(_ argument: VerifyArgument, _ step: inout EngineStep) throws -> VerifyReport {
        try catalogue.reload(control)
        let wanted = argument.tables
        let tables = catalogue.tables.values.filter { wanted?.contains($0.name) ?? true }
        let own = try control.queryOne("SELECT id FROM bashu.origin WHERE own")?.int(0) ?? 0
        var (report, found) = try cutter.verify(tables.sorted { $0.id < $1.id }, ownOrigin: Int(own))
        for row in try control.query("SELECT id, schema_name, table_name FROM bashu.shared_table ORDER BY id")
        where catalogue.table(id: Int(try row.int(0))) == nil {
            let name = "\(try row.text(1)).\(try row.text(2))"
            if wanted?.contains(name) ?? true {
                report.skipped.append(Reason(VerifyReason.table_missing, ["table": name]).text)
            }
        }
        for name in wanted ?? []
        where !tables.contains(where: { $0.name == name })
            && !report.skipped.contains(where: { $0.hasPrefix("\(name):") })
        {
            report.skipped.append(Reason(VerifyReason.unknown_table, ["table": name]).text)
        }
        if let repair = argument.repair { try self.repair(found, repair, &step) }
        return report
    }

    private func repair(_ keys: [RecheckKey], _ repair: Repair, _ step: inout EngineStep) throws {
        let byTable = Dictionary(grouping: keys, by: \.tableID)
        for (table, keys) in byTable {
            switch repair {
            case .publish where !node.isReplica:
                try control.execute(
                    SQLText.named("apply_hint"), [.int(table), .textArray(keys.map(\.key))])
            case .publish, .restore:
                try control.execute(
                    SQLText.named("recheck_restore"),
                    [.int(table), .textArray(keys.map(\.digest)), .textArray(keys.map(\.key))])
            }
        }
        try cutEverything(&step)
        try recheck(&step)
    }

    /// Cuts whatever is pending, unless this is a replica.
    func cutEverything(_ step: inout EngineStep) throws {
        guard !node.isReplica else { return }
        let tables = try cutter.poll().tables
        if !tables.isEmpty { try publish(tables: tables, &step) }
    }
}
