internal import Postgres
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

    public init(table: String, key: String, kind: String, columns: [String]) {
        self.table = table
        self.key = key
        self.kind = kind
        self.columns = columns
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
    /// Compares tables with what is known of them, in one snapshot, and changes nothing. Keys that are pending are
    /// in flight and are left out.
    func verify(
        _ tables: [TableInfo], ownOrigin: Int, found: (TableInfo, CutRow) -> Void = { _, _ in }
    ) throws -> VerifyReport {
        let names = tables.map(\.qualified)
        var report = VerifyReport()
        guard !names.isEmpty else { return report }
        try session.script(
            """
            BEGIN ISOLATION LEVEL REPEATABLE READ;
            SET LOCAL lock_timeout = \(Self.lockTimeoutMilliseconds);
            LOCK TABLE \(names.joined(separator: ", ")) IN ACCESS SHARE MODE
            """)
        // Nothing is to be kept, whatever happens; a lost connection has rolled back by itself.
        defer { if session.isOpen { try? session.script("ROLLBACK") } }
        for table in tables {
            try session.execute(TableStatements(table: table).hintAllKeys)
            _ = try hintVanished(table, session)
        }
        try session.execute(SQLText.named("cut_keys_from_hints"))
        try session.execute(SQLText.named("verify_unhint"))
        for row in try session.query(SQLText.named("cut_ranges")) {
            let id = Int(try row.int("table_id"))
            guard let table = tables.first(where: { $0.id == id }) else { continue }
            var page = CutPage(table: table, originID: ownOrigin, lookUps: .all)
            try page.run(session, log, first: try row.int("first"), last: try row.int("last")) { rows in
                for row in rows where try Self.compare(row, table, &report) { found(table, row) }
            }
        }
        return report
    }

    private static func compare(_ row: CutRow, _ table: TableInfo, _ report: inout VerifyReport) throws -> Bool {
        report.rows[table.name, default: 0] += 1
        let (kind, columns): (String, [String])
        switch try row.difference(table.shape) {
        case .none: return false
        case .insert: (kind, columns) = ("extra", [])
        case .delete: (kind, columns) = ("missing", [])
        case .update(let ordinals, _): (kind, columns) = ("differs", ordinals.map { table.shape.columns[$0] })
        }
        report.add(RowDifference(table: table.name, key: row.key, kind: kind, columns: columns))
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
            } catch let error as StoreError where error != .fenceLost {
                try fail(id, "\(error)")
            } catch let error as PostgresError where error.kind == .statementFailed {
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
        let wanted = argument.tables
        let tables = catalogue.tables.values.filter { wanted?.contains($0.name) ?? true }
        let own = try control.queryOne("SELECT id FROM bashu.origin WHERE own")?.int(0) ?? 0
        var found: [RecheckKey] = []
        var report = try cutter.verify(tables.sorted { $0.id < $1.id }, ownOrigin: Int(own)) { table, row in
            guard argument.repair != nil, found.count < VerifyReport.repairMax else { return }
            found.append(RecheckKey(tableID: table.id, digest: row.digest.hex, key: row.key, reason: "restore"))
        }
        for name in wanted ?? [] where !tables.contains(where: { $0.name == name }) {
            report.skipped.append("\(name): not a shared table")
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
