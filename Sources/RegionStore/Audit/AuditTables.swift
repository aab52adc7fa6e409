internal import Postgres
internal import Reasons
internal import Replication

/// Compares the rows of the shared tables with what the history says that they must be.
///
/// A record of one origin, on which nobody has ruled, is what its last change says. Any other is merged again from all
/// of its changes. Rows that are in the table though the merge has them dead, or out of it though it has them alive,
/// have to be so by the unique or the foreign-key rule: see `AuditRules`.
struct AuditTables {
    private struct Skipped { let id: Int64, name: String, reason: AuditReason }

    let session: Session
    private var tables: [TableInfo] = []
    private var skipped: [Skipped] = []
    private let log = LogReader()
    private var policies = PolicyBook()

    static let pageKeys = 500
    private static let lockTimeout = "10s"

    /// Looks what can be compared, and makes the temporary tables: a transaction that only reads can make none.
    init(_ session: Session) throws {
        self.session = session
        var ids: [Int] = []
        var isFirst = true
        for row in try session.query(SQLText.named("audit_rights")) {
            let name = try TableName(row: row).description
            let reason: AuditReason? =
                if try !row.bool("there") {
                    .shared_table_missing
                } else if try !row.bool("temporary") {
                    .no_temporary
                } else if try !row.bool("readable") { .table_unreadable } else { nil }
            if let reason {
                skipped.append(Skipped(id: try row.int("id"), name: name, reason: reason))
                continue
            }
            if isFirst {
                for script in ["cut_temp", "constraint_temp", "audit_temp"] {
                    try session.script(SQLText.named(script))
                }
                isFirst = false
            }
            ids.append(Int(try row.int("id")))
        }
        let known = try TableCatalogue.read(session, ids: ids)
        tables = ids.compactMap { known[$0] }
        for table in tables { try session.script(TableStatements(table: table).createStage) }
    }

    /// Before the snapshot: a table that is rewritten afterwards would look empty.
    func lock() throws {
        guard !tables.isEmpty else { return }
        try session.script("SET LOCAL lock_timeout = '\(Self.lockTimeout)'; SET LOCAL work_mem = '32MB'")
        try session.script("LOCK TABLE \(tables.map(\.qualified).joined(separator: ", ")) IN ACCESS SHARE MODE")
    }

    mutating func run(_ progress: (Audit.Progress) -> Void) throws -> [Audit.Table] {
        try DaemonSession.pin(session)
        policies = try PolicyBook(session)
        let now = try TableCatalogue.read(session, ids: tables.map(\.id))
        var reports: [Audit.Table] = skipped.map { one in
            var report = Audit.Table(name: one.name)
            report.faults.note(one.reason, ["table": one.name])
            return report
        }
        var rules = AuditRules(session, tables, policies)
        var compared: [Int: Audit.Table] = [:]
        for table in tables {
            var report = Audit.Table(name: table.name)
            if now[table.id]?.shape == table.shape {
                try comparing(table, &report, &rules, progress)
            } else {
                report.faults.note(.table_changed, ["table": table.name])
            }
            compared[table.id] = report
        }
        try rules.judge(&compared)
        reports += compared.values
        return reports.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Where the index leads nowhere a table cannot be compared; the others can.
    private func comparing(
        _ table: TableInfo, _ report: inout Audit.Table, _ rules: inout AuditRules,
        _ progress: (Audit.Progress) -> Void
    ) throws {
        let (before, untouched) = (report, rules)
        try session.script("SAVEPOINT audit_table")
        do {
            return try compare(table, &report, &rules, progress)
        } catch let error as StoreError {
            (report, rules) = (before, untouched)
            report.faults.note(.table_not_compared, ["table": table.name, "message": "\(error)"])
        } catch let error as FormatError {
            (report, rules) = (before, untouched)
            report.faults.note(.table_not_compared, ["table": table.name, "message": "\(error)"])
        }
        try session.script("ROLLBACK TO SAVEPOINT audit_table")
    }

    private func compare(
        _ table: TableInfo, _ report: inout Audit.Table, _ rules: inout AuditRules,
        _ progress: (Audit.Progress) -> Void
    ) throws {
        let id = Parameter.int(table.id)
        if try session.queryOne(SQLText.named("audit_marked"), [id])?.bool(0) == true {
            let rows = try session.queryOne("SELECT count(*) FROM \(table.source)")
            report.leftOut = try rows?.int(0) ?? 0
            return
        }
        try session.script("DELETE FROM pg_temp.audit_key; DELETE FROM pg_temp.cut_key")
        try session.execute(SQLText.named("audit_left_out"), [id])
        // A policy that was changed a moment ago is not followed by the rows yet.
        let state = policies.unevaluated.contains(table.id) ? "o" : "m"
        try session.execute(SQLText.named("audit_merged"), [id, .text(state)])
        try session.execute(SQLText.named("audit_contested"), [id, .text(state)])
        try session.script("ANALYZE pg_temp.audit_key")
        try session.execute(TableStatements(table: table).auditKeys)
        try session.script("ANALYZE pg_temp.cut_key")
        try session.execute(SQLText.named("audit_vanished"), [id])
        try comparePlain(table, &report, progress)
        try compareMerged(table, &report, &rules, progress)
        let counts = try session.queryOne(SQLText.named("audit_counts"))
        report.leftOut = try counts?.int("left_out") ?? 0
    }

    // MARK: Of one origin

    private func comparePlain(
        _ table: TableInfo, _ report: inout Audit.Table, _ progress: (Audit.Progress) -> Void
    ) throws {
        guard let range = try session.queryOne(SQLText.named("cut_ranges")) else { return }
        let lookUps = TableStatements.LookUps(change: true, known: false, held: false)
        var page = CutPage(table: table, originID: 0, lookUps: lookUps)
        try page.run(session, log, first: range.int("first"), last: range.int("last")) { rows in
            var others: [String] = []
            for row in rows {
                switch try row.difference(table.shape) {
                case .none: break
                case .update(let ordinals, _):
                    let names = ordinals.map { table.shape.columns[$0] }
                    noteAltered(names, row.key, table, &report)
                // The history has it dead, or has nothing of it.
                case .insert where row.pointer != nil, .delete:
                    others.append(row.digest.hex)
                    continue
                case .insert: report.faults.note(.row_extra, ["table": table.name, "key": row.key])
                }
                report.records += 1
            }
            if !others.isEmpty { try session.execute(SQLText.named("audit_add"), [.textArray(others)]) }
            progress(.records(report.records, table: table.name))
        }
    }

    private func noteAltered(_ columns: [String], _ key: String, _ table: TableInfo, _ report: inout Audit.Table) {
        report.faults.note(
            .row_altered, ["table": table.name, "key": key, "columns": columns.joined(separator: ", ")])
    }

    // MARK: Merged

    private func compareMerged(
        _ table: TableInfo, _ report: inout Audit.Table, _ rules: inout AuditRules,
        _ progress: (Audit.Progress) -> Void
    ) throws {
        let policy = policies.policy(for: table)
        let reader = KeyLogReader()
        var after = ""
        while true {
            let digests = try session.query(
                SQLText.named("audit_page"), [.text(after), .int(Self.pageKeys)]
            ).map { try $0.text(0) }
            guard let last = digests.last else { return }
            after = last
            let records = try reader.records(session, table, digests: digests)
            let images = try images(table, records.values.map(\.key))
            var cases = AuditCases(table: table, policy: policy, digests: digests)
            for digest in digests {
                guard let record = records[digest] else { continue }
                report.records += 1
                report.merged += 1
                let outcome = merge(record.changes, policy: policy)
                try cases.add(digest, record, outcome)
                let image = images[record.key]
                switch (outcome.image, image) {
                case (nil, nil): break
                case (let made?, let shown?):
                    let columns = try different(made, shown, outcome.present, record, table)
                    if !columns.isEmpty { noteAltered(columns, record.key, table, &report) }
                default:
                    if let shown = image {
                        try compareKept(outcome, shown, record, table, &report)
                    }
                    rules.add(digest, record, outcome, table, isThere: image != nil)
                }
            }
            try rules.flush(table)
            try cases.compare(session, &report.faults)
            progress(.records(report.records, table: table.name))
        }
    }

    /// A row that is there although it is dead is what it was before.
    private func compareKept(
        _ outcome: MergeOutcome, _ shown: RowImage, _ record: KeyRecord, _ table: TableInfo,
        _ report: inout Audit.Table
    ) throws {
        guard let made = outcome.lastImage else { return }
        let all = ColumnSet(first: table.shape.columns.count)
        let columns = try different(made, shown, all, record, table)
        if !columns.isEmpty { noteAltered(columns, record.key, table, &report) }
    }

    /// The rows of these keys, as far as they are in the table.
    private func images(_ table: TableInfo, _ keys: [String]) throws -> [String: RowImage] {
        try session.script("DELETE FROM pg_temp.cut_key")
        try session.execute(SQLText.named("verify_vanished_keys"), [.int(table.id), .textArray(keys)])
        guard let range = try session.queryOne(SQLText.named("cut_ranges")) else { return [:] }
        let lookUps = TableStatements.LookUps(change: false, known: false, held: false)
        var page = CutPage(table: table, originID: 0, lookUps: lookUps)
        var images: [String: RowImage] = [:]
        try page.run(session, log, first: range.int("first"), last: range.int("last")) { rows in
            for row in rows where row.isPresent { images[row.key] = RowImage(Array(row.image)) }
        }
        return images
    }

    /// The columns in which two images of a record differ.
    private func different(
        _ made: RowImage, _ shown: RowImage, _ present: ColumnSet, _ record: KeyRecord, _ table: TableInfo
    ) throws -> [String] {
        try table.shape.columns.indices.filter { ordinal in
            guard present.contains(ordinal), made[ordinal] != shown[ordinal] else { return false }
            return try !isCast(made[ordinal], shown[ordinal], ordinal, record, table)
        }.map { table.shape.columns[$0] }
    }

    /// Whether the column had another type when the value was written, and what PostgreSQL's cast makes of the value
    /// is what is there.
    private func isCast(
        _ made: ArraySlice<UInt8>, _ shown: ArraySlice<UInt8>, _ ordinal: Int, _ record: KeyRecord, _ table: TableInfo
    ) throws -> Bool {
        let (name, type) = (table.shape.columns[ordinal], table.shape.types[ordinal])
        let types = Set(
            record.shapes.compactMap { shape in
                shape.columns.firstIndex(of: name).map { shape.types[$0] }
            }
        ).subtracting([type])
        for earlier in types {
            try session.script("SAVEPOINT audit_cast")
            do {
                let row = try session.queryOne(
                    "SELECT $1::text::\(earlier)::\(type)", [.text(CopyText.string(made))])
                try session.script("RELEASE SAVEPOINT audit_cast")
                if let row, CopyText.escape(row[text: 0])[...] == shown { return true }
            } catch let error as PostgresError where error.kind == .statementFailed {
                try session.script("ROLLBACK TO SAVEPOINT audit_cast; RELEASE SAVEPOINT audit_cast")
            }
        }
        return false
    }
}
