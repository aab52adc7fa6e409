public import Postgres
internal import RegionStore

/// Brings records of a file into a table as an ordinary writer: what changes is captured, what is equal is not touched.
///
/// One import uses one session, whose temporary tables it fills; the session is not good for a second one.
public final class Importer {
    let session: Session
    let options: ImportOptions
    let table: ImportTable
    let source: ByteSource
    let reader: any RecordReader
    var mapper: ImportMapper
    let asOf: String?
    let progress: (ImportProgress) -> Void
    let rejects: RejectsFile?
    var report = ImportReport()
    /// Rows that the database did not take in the transaction under way.
    var refused: [(record: Int, detail: String)] = []

    static let blockRecords = 10_000

    /// Opens everything and refuses what cannot come to a good end, before anything is read.
    ///
    /// - Parameters:
    ///   - table: `TABLE` or `SCHEMA.TABLE`.
    ///   - path: the file; `-` is standard input.
    public init(
        _ session: Session, into table: String, from path: String, _ options: ImportOptions,
        progress: @escaping (ImportProgress) -> Void = { _ in }
    ) throws {
        self.session = session
        self.options = options
        self.progress = progress
        source = try ByteSource(path: path)
        try session.script(SQLText.named("import_settings"))
        self.table = try ImportTable.find(session, table)
        try self.table.refuseObstacles(session)
        asOf = try options.asOf.map { try Self.time(session, $0) }
        let format = try source.format(asked: options.format)
        let header: [String]?
        if format == .csv {
            let csv = try CSVReader(source)
            header = csv.header
            reader = csv
        } else {
            header = nil
            reader = JSONReader(source, format)
        }
        let shape = try Self.shape(self.table, header, source, options.shape)
        mapper = try shape == .list ? ImportMapper(list: header) : ImportMapper(rows: self.table, header: header)
        if shape == .list, let header, !mapper.seen.contains(0) { throw ImportError.noNumberColumn(found: header) }
        rejects = try options.rejectsPath.map { try RejectsFile(path: $0, input: path) }
        report.table = self.table.shown
        report.format = format
        report.shape = shape
        report.dryRun = options.dryRun
    }

    private static func time(_ session: Session, _ text: String) throws -> String {
        let sql = """
            SELECT (CASE WHEN $1::text ~ ':.*(Z|[+-][0-9]{2}(:?[0-9]{2})?)$' THEN $1::text::timestamptz
                ELSE $1::text::timestamp AT TIME ZONE 'Asia/Shanghai' END)::text
            """
        do {
            guard let row = try session.queryOne(sql, [.text(text)]) else { throw ImportError.badTime(text) }
            return try row.text(0)
        } catch let error as PostgresError where error.sqlState?.errorClass == "22" {
            throw ImportError.badTime(text)
        }
    }

    private static func shape(
        _ table: ImportTable, _ header: [String]?, _ source: ByteSource, _ asked: ImportShape?
    ) throws -> ImportShape {
        if asked == .list, !table.isStandard { throw ImportError.listElsewhere(table: table.shown) }
        if let asked { return asked }
        guard table.isStandard else { return .rows }
        if let header { return header.contains("std_id") ? .rows : .list }
        while source.bytes.count < 65_536, try source.fill() {}
        let start = String(decoding: source.bytes.prefix(65_536), as: UTF8.self)
        return start.contains("\"std_id\"") ? .rows : .list
    }

    /// Does it.
    public func run() throws -> ImportReport {
        try session.script(ImportPlan.staging(table, mapper))
        let count = try stage()
        guard count > 0 else { throw ImportError.empty(path: source.path) }
        report.records = count
        report.unknownNames = mapper.unknown
        try session.script(SQLText.named("import_staged"))
        try session.execute(SQLText.named("import_broken"))
        let plan = try ImportPlan(
            table: table, mapper: mapper, isJSON: report.format != .csv, asOf: asOf)
        if options.perAnnouncement {
            let isThere = report.shape == .list ? mapper.seen.contains(announcementPlace) : plan.hasAnnouncement
            guard isThere else { throw ImportError.noAnnouncement }
        }
        if report.shape == .list {
            try readList(count)
        } else {
            try inBlocks(count) { try attempt(plan.statement("import_convert"), $0, $1) }
            try session.execute(plan.statement("import_keys"))
        }
        try session.execute(plan.statement("import_compare"))
        if options.perAnnouncement { try session.execute(plan.statement("import_batches")) }
        try session.script(SQLText.named("import_ready"))
        report.changes = try examples(plan)
        try apply(plan)
        return report
    }

    private var announcementPlace: Int { ListField.allCases.firstIndex(of: .announcement) ?? -1 }

    /// Copies every record to the server as text. Returns how many there are.
    private func stage() throws -> Int {
        var count = 0
        let keepsRaw = rejects != nil
        try session.copyIn("COPY pg_temp.import_row FROM STDIN") { writer in
            var line: [UInt8] = []
            while let record = try reader.next() {
                count += 1
                let mapped = mapper.map(record.content)
                line.removeAll(keepingCapacity: true)
                CopyText.append("\(count)\t\(record.line)", to: &line)
                CopyText.field(mapped.fault.map { Array($0.0.rawValue.utf8) }, to: &line)
                CopyText.field(mapped.fault.map { Array($0.1.utf8) }, to: &line)
                CopyText.field(keepsRaw ? Array(record.raw) : nil, to: &line)
                let missing = mapped.missing.map(String.init).joined(separator: ",")
                CopyText.field(missing.isEmpty ? nil : Array("{\(missing)}".utf8), to: &line)
                for value in mapped.values { CopyText.field(value, to: &line) }
                line.append(0x0A)
                try writer.write(line)
                if count.isMultiple(of: 2_000) {
                    let total = source.totalBytes ?? 0
                    let percent = total > 0 ? min(100, source.droppedBytes * 100 / total) : nil
                    progress(.reading(records: count, percent: percent))
                }
            }
        }
        return count
    }

    /// Runs `body` for every block of records.
    func inBlocks(_ count: Int, _ body: (_ first: Int, _ last: Int) throws -> Int) throws {
        for first in stride(from: 1, through: count, by: Self.blockRecords) {
            progress(.checking(records: first - 1, of: count))
            _ = try body(first, min(first + Self.blockRecords - 1, count))
        }
        try noteRefused()
    }

    /// Rejects what the database has refused.
    func noteRefused() throws {
        guard !refused.isEmpty else { return }
        try session.execute(
            """
            INSERT INTO pg_temp.import_reject
            SELECT record, 'refused', detail FROM unnest($1::bigint[], $2::text[]) x (record, detail)
            ON CONFLICT DO NOTHING
            """,
            [.intArray(refused.map { Int64($0.record) }), .textArray(refused.map(\.detail))])
    }

    /// Runs a statement over records; where it fails because of them, halves them until the culprit is found.
    ///
    /// - Parameter take: gets what the statement returns; nil: it returns nothing.
    /// - Returns: how many rows it touched.
    func attempt(
        _ sql: String, _ first: Int, _ last: Int, _ more: [Parameter] = [], take: (([Row]) throws -> Void)? = nil
    ) throws -> Int {
        let isInside = session.inTransaction
        do {
            if isInside { try session.execute("SAVEPOINT import_block") }
            let parameters: [Parameter] = [.int(first), .int(last)] + more
            let count: Int
            if let take {
                let rows = try session.query(sql, parameters)
                try take(rows)
                count = rows.count
            } else {
                count = try session.execute(sql, parameters)
            }
            if isInside { try session.execute("RELEASE SAVEPOINT import_block") }
            return count
        } catch let error as PostgresError where Self.isAboutData(error) {
            if isInside { try session.execute("ROLLBACK TO SAVEPOINT import_block") }
            guard first < last else {
                refused.append((first, [error.message, error.detail].compactMap { $0 }.joined(separator: "; ")))
                return 0
            }
            let middle = (first + last) / 2
            return try attempt(sql, first, middle, more, take: take)
                + attempt(sql, middle + 1, last, more, take: take)
        }
    }

    /// Values and rows that the database refuses: data exceptions, constraints, limits, and what triggers raise.
    private static func isAboutData(_ error: PostgresError) -> Bool {
        guard error.kind == .statementFailed, let state = error.sqlState else { return false }
        return ["22", "23", "54", "P0"].contains(state.errorClass)
    }

    private func examples(_ plan: ImportPlan) throws -> [ImportReport.Change] {
        guard plan.canUpdate else { return [] }
        return try session.query(plan.statement("import_examples"), [.int(20)]).map { row in
            ImportReport.Change(
                line: Int(try row.int(0)), key: try row.text(1),
                columns: try row.text(2).split(separator: ",").map(String.init))
        }
    }
}

/// The text form of COPY.
enum CopyText {
    static func append(_ text: String, to line: inout [UInt8]) {
        line.append(contentsOf: text.utf8)
    }

    /// A tab and a value.
    static func field(_ value: [UInt8]?, to line: inout [UInt8]) {
        line.append(0x09)
        guard let value else {
            line.append(0x5C)
            line.append(0x4E)
            return
        }
        for byte in value {
            switch byte {
            case 0x5C:
                line.append(0x5C)
                line.append(0x5C)
            case 0x0A: append("\\n", to: &line)
            case 0x0D: append("\\r", to: &line)
            case 0x09: append("\\t", to: &line)
            default: line.append(byte)
            }
        }
    }
}
