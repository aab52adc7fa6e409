import Console

/// A finished run.
struct Report {
    let plan: Plan
    let results: Results
    let setting: Setting
    let machine: Machine
    let loadAfter: Double

    /// The order of rows in a section.
    static func methods(_ section: Section) -> [Method] {
        switch section {
        case .source: SourceBench.methods
        case .drain: DrainBench.shown
        case .latency: LatencyBench.methods
        case .memory: MemoryBench.methods
        case .conflict: ConflictBench.methods
        case .verify: VerifyBench.methods
        case .history: HistoryBench.methods
        }
    }

    /// What to mind about the figures, in sentences.
    private var warnings: [String] {
        var found: [String] = []
        if plan.isSmoke { found.append("A smoke run: the figures mean nothing.") }
        if !setting.isOptimised { found.append("A debug build: build with -c release for figures that count.") }
        if max(machine.load, loadAfter) > Double(machine.cores) * 1.5 {
            found.append("The machine was busy: read the ratios, not the times.")
        }
        return found
    }

    /// For people.
    func lines(width: Int, style: Style) -> [String] {
        var lines = head(width, style)
        for section in plan.sections {
            lines += ["", style.paint(section.title, .strong)] + table(section, width, style)
        }
        lines += [""] + closing(width, style)
        return lines
    }

    private func head(_ width: Int, _ style: Style) -> [String] {
        var pairs = KeyValues()
        pairs.add("Time", Cell(TimeText.iso(machine.time)))
        pairs.add(
            "Machine",
            Cell(
                "\(machine.cores) cores, \(machine.processor), \(machine.memoryBytes >> 30) GiB, "
                    + "Linux \(machine.kernel), load \(decimal(machine.load, 1)) before, "
                    + "\(decimal(loadAfter, 1)) after"))
        pairs.add("Versions", Cell("\(setting.bashu), PostgreSQL \(setting.postgres)"))
        pairs.add("Servers", Cell(setting.server.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")))
        pairs.add(
            "Work",
            Cell(
                "\(plan.rows) rows of \(SampleTable.columnCount) columns, \(setting.bytesPerRow) bytes each; "
                    + "rounds: \(plan.rounds), medians; one-row transactions: \(plan.writers) writers, "
                    + "\(plan.writeSeconds) s; latency: \(plan.latencyRate) tx/s, \(plan.latencySeconds) s; "
                    + "memory and verify: \(plan.memoryRows) rows"))
        for warning in warnings { pairs.add("Mind", Cell(warning, .warning)) }
        return pairs.lines(width: width, style: style)
    }

    private func table(_ section: Section, _ width: Int, _ style: Style) -> [String] {
        var table = Table([
            Table.Column("WORK"), Table.Column("WITH"), Table.Column("MEDIAN", .right),
            Table.Column("LEAST", .right), Table.Column("MOST", .right), Table.Column("COST", .right),
        ])
        for group in results.grouped(section, Self.methods(section)) {
            for (index, measure) in group.enumerated() {
                let cost = results.base(of: measure).flatMap { measure.cost(beside: $0) }
                table.add([
                    Cell(index == 0 ? measure.work : ""), Cell(measure.method.title),
                    Cell(measure.unit.text(measure.median)), Cell(measure.unit.text(measure.least)),
                    Cell(measure.unit.text(measure.most)), Cell(cost.map { "\(decimal($0, 2))x" } ?? ""),
                ])
            }
        }
        return table.lines(width: width, style: style)
    }

    private func closing(_ width: Int, _ style: Style) -> [String] {
        let meaning = """
            COST: how many times dearer than nothing (source), than core (drain, latency), than without conflicts, or \
            than without chain (history): the median over the rounds, each compared within itself. Below 1 is \
            cheaper.
            """
        let lines = meaning.wrapped(to: width)
        let targets = Target.all(results, plan)
        guard !plan.isSmoke, !targets.isEmpty else { return lines }
        var table = Table([
            Table.Column("TARGET"), Table.Column("LIMIT", .right), Table.Column("MEASURED", .right), Table.Column(""),
        ])
        for target in targets {
            table.add([
                Cell(target.name), Cell(target.limit), Cell(target.measured),
                target.isMet ? Cell("met", .good) : Cell("missed", .bad),
            ])
        }
        return lines + [""] + table.lines(width: width, style: style)
    }
}

extension Report {
    /// For programs.
    var json: JSONValue {
        .envelope(
            "bench",
            [
                "time": .string(TimeText.iso(machine.time)),
                "smoke": .bool(plan.isSmoke),
                "machine": [
                    "processor": .string(machine.processor), "cores": .integer(Int64(machine.cores)),
                    "memory_bytes": .integer(machine.memoryBytes), "kernel": .string(machine.kernel),
                    "load_before": Self.number(machine.load), "load_after": Self.number(loadAfter),
                ],
                "bashu": ["version": .string(setting.bashu), "optimised": .bool(setting.isOptimised)],
                "postgres": [
                    "version": .string(setting.postgres),
                    "settings": .array(
                        setting.server.map { ["name": .string($0.name), "value": .string($0.value)] }),
                ],
                "plan": planJSON,
                "measures": .array(plan.sections.flatMap { section in
                    results.grouped(section, Self.methods(section)).flatMap { $0 }.map(measureJSON)
                }),
                "targets": .array(plan.isSmoke ? [] : Target.all(results, plan).map { target in
                    [
                        "name": .string(target.name), "limit": .string(target.limit),
                        "measured": .string(target.measured), "met": .bool(target.isMet),
                    ]
                }),
            ])
    }

    private var planJSON: JSONValue {
        [
            "rows": .integer(Int64(plan.rows)), "columns": .integer(Int64(SampleTable.columnCount)),
            "bytes_per_row": .integer(setting.bytesPerRow), "rounds": .integer(Int64(plan.rounds)),
            "writers": .integer(Int64(plan.writers)), "write_seconds": .integer(Int64(plan.writeSeconds)),
            "latency_seconds": .integer(Int64(plan.latencySeconds)),
            "latency_rate": .integer(Int64(plan.latencyRate)), "memory_rows": .integer(Int64(plan.memoryRows)),
            "batches": .integer(Int64(plan.batches)),
        ]
    }

    private func measureJSON(_ measure: Measure) -> JSONValue {
        let base = results.base(of: measure)
        return [
            "section": .string(measure.section.rawValue), "work": .string(measure.work),
            "with": .string(measure.method.rawValue), "unit": .string(measure.unit.rawValue),
            "median": Self.number(measure.median), "least": Self.number(measure.least),
            "most": Self.number(measure.most), "samples": .array(measure.samples.map(Self.number)),
            "cost": base.flatMap { measure.cost(beside: $0) }.map(Self.number) ?? .null,
            "beside": JSONValue(base?.method.rawValue),
        ]
    }

    private static func number(_ value: Double) -> JSONValue {
        value.isFinite && abs(value) < 1e15 ? .thousandths(Int64((value * 1_000).rounded())) : .null
    }
}
