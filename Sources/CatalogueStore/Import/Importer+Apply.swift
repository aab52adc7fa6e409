internal import Integrity
internal import Postgres
internal import RegionStore

extension Importer {
    /// Reads the records of a list as what they mean.
    func readList(_ count: Int) throws {
        for name in ["reading", "live", "waiting"] {
            try session.script(SQLText.named("import_list_\(name)_table"))
        }
        try session.execute(SQLText.named("import_list_roles"))
        try session.execute(SQLText.named("import_list_orgs"))
        try session.execute(SQLText.named("import_list_announcements_read"))
        let reading = ImportPlan.listReading
        try inBlocks(count) { try attempt(reading, $0, $1, take: nameStandards) }
        refused = []
        try session.execute(SQLText.named("import_list_name"))
        for name in ["import_list_no_number", "import_list_read"] { try session.script(SQLText.named(name)) }
        try session.execute(SQLText.named("import_list_merge"), [.text(asOf), .text(options.source)])
        try session.execute(SQLText.named("import_list_warnings"))
    }

    /// Derives the identifiers of standards that are not known here.
    private func nameStandards(_ rows: [Row]) throws {
        var lines: [UInt8] = []
        for row in rows {
            guard let name = row[text: 2] else { continue }
            let id = NameUUID.text(namespace: NameUUID.catalogue, name: name)
            lines += "\(try row.int(0))\t\(try row.int(1))\t\(id)\n".utf8
        }
        guard !lines.isEmpty else { return }
        _ = try session.copyIn("COPY pg_temp.import_name (record, extra, std_id) FROM STDIN") { try $0.write(lines) }
    }

    /// Writes, one transaction for each batch.
    func apply(_ plan: ImportPlan) throws {
        let batches = try session.query(SQLText.named("import_batch_list"))
        let total = report.records
        var done = 0
        for row in batches {
            let batch = Batch(
                number: Int(try row.int("batch")), first: Int(try row.int("first")), last: Int(try row.int("last")),
                hasNew: try row.int("new") > 0, hasChanged: try row.int("changed") > 0)
            let counted = try transaction { try write(batch, plan, done: done, total: total) }
            report.new += counted.new
            report.changed += counted.changed
            for (table, count) in counted.added { report.added[table, default: 0] += count }
            report.transactions += 1
            done += Int(try row.int("records"))
            // A dry run took them back with everything else.
            if options.dryRun { try noteRefused() }
            refused = []
        }
        guard batches.isEmpty || options.perAnnouncement || options.dryRun else { return }
        try count()
        do {
            try writeRejects()
        } catch ImportError.file(let path, let reason) where !options.dryRun && report.transactions > 0 {
            throw ImportError.rejectsLost(path: path, reason: reason)
        }
    }

    private struct Batch {
        let number: Int
        let first: Int
        let last: Int
        let hasNew: Bool
        let hasChanged: Bool
    }

    private struct Counted {
        var new = 0
        var changed = 0
        var added: [String: Int] = [:]
    }

    private struct TakenBack: Error {}

    private func transaction(_ body: () throws -> Counted) throws -> Counted {
        var counted = Counted()
        do {
            try session.transaction {
                try session.script("SET CONSTRAINTS ALL IMMEDIATE")
                if let actor = options.actor {
                    try session.execute("SELECT set_config('bashu.actor', $1, true)", [.text(actor)])
                }
                counted = try body()
                try noteRefused()
                if options.dryRun { throw TakenBack() }
                if !options.perAnnouncement {
                    // Before the commit: rejected records that are lost would be lost silently.
                    report.new = counted.new
                    report.changed = counted.changed
                    try count()
                    try writeRejects()
                    report.new = 0
                    report.changed = 0
                }
            }
        } catch is TakenBack {
            return counted
        }
        return counted
    }

    private func write(_ batch: Batch, _ plan: ImportPlan, done: Int, total: Int) throws -> Counted {
        var counted = Counted()
        let isList = report.shape == .list
        let number = Parameter.int(batch.number)
        let isFirstFill = batch.hasNew && !options.perAnnouncement && !options.dryRun && total >= FirstFill.leastRecords
        let indexes = isFirstFill ? try FirstFill(session, plan, table: table) : nil
        if isList { try parents(number, &counted) }
        for first in stride(from: batch.first, through: batch.last, by: Self.blockRecords) {
            let last = min(first + Self.blockRecords - 1, batch.last)
            progress(.writing(records: min(total, options.perAnnouncement ? done : first - 1), of: total))
            if batch.hasNew {
                let inserted = try attempt(plan.statement("import_insert"), first, last, [number])
                counted.new += inserted
                // Somebody may have been quicker: those rows are judged again.
                if inserted < last - first + 1 {
                    try session.execute(plan.statement("import_recompare"), [.int(first), .int(last), number])
                }
            }
            if plan.canUpdate {
                counted.changed += try attempt(plan.statement("import_update"), first, last, [number])
            }
            if plan.confirms {
                try session.execute(plan.statement("import_confirm"), [.int(first), .int(last), number])
            }
        }
        if isList { try sets(number, &counted) }
        try indexes?.finish(session)
        return counted
    }

    /// What a standard refers to.
    private func parents(_ batch: Parameter, _ counted: inout Counted) throws {
        try add("import_list_organizations", "organization", batch, &counted)
        try add("import_list_announcements", "announcement", batch, &counted)
    }

    /// What refers to a standard.
    private func sets(_ batch: Parameter, _ counted: inout Counted) throws {
        try session.execute(SQLText.named("import_list_live"))
        try session.execute(SQLText.named("import_list_live_fill"), [batch])
        for (name, table) in [
            ("mentioned", "standard"), ("ics", "standard_ics"), ("ccs", "standard_ccs"), ("issuers", "issuing_org"),
            ("drafting", "drafting_org"), ("replacements", "replacement"),
        ] {
            try add("import_list_\(name)", table, nil, &counted)
        }
        try session.execute(SQLText.named("import_list_waiting"))
    }

    private func add(_ name: String, _ table: String, _ batch: Parameter?, _ counted: inout Counted) throws {
        let count = try session.execute(SQLText.named(name), batch.map { [$0] } ?? [])
        if count > 0 { counted.added["catalogue.\(table)", default: 0] += count }
    }

    /// Completes the report.
    private func count() throws {
        guard let row = try session.queryOne(SQLText.named("import_counts")) else { return }
        report.rejected = Int(try row.int("rejected"))
        report.stale = Int(try row.int("stale"))
        let judged = Int(try row.int("judged"))
        report.unchanged = max(0, judged - report.new - report.changed - report.stale)
        report.repeated = report.records - report.rejected - judged
        report.warningCount = Int(try row.int("warnings"))
        report.rejects = try session.query(SQLText.named("import_rejects"), [.int(ImportReport.listedMax)]).map {
            ImportReport.Reject(
                line: Int(try $0.int(0)), fault: ImportFault(rawValue: try $0.text(1)) ?? .refused,
                detail: try $0.text(2))
        }
        report.warnings = try session.query(SQLText.named("import_warnings"), [.int(ImportReport.listedMax)]).map {
            ImportReport.Warning(about: try $0.text(1), line: Int(try $0.int(0)), text: try $0.text(2))
        }
    }

    private func writeRejects() throws {
        guard let rejects else { return }
        if report.rejected > 0, let csv = reader as? CSVReader { try rejects.header(csv.headerBytes) }
        try session.stream(SQLText.named("import_rejects"), [.null]) { row in
            let line = Int(try row.int(0))
            let reason = [try row.text(1), try row.text(2)].filter { !$0.isEmpty }.joined(separator: ": ")
            let raw = row[text: 3] ?? ""
            if report.format == .csv {
                try rejects.csv(line: line, reason: reason, raw: raw)
            } else {
                try rejects.json(line: line, reason: reason, raw: raw)
            }
        }
        try rejects.finish()
    }
}
