import ArgumentParser
import Console
import Reasons
import RegionStore

struct AuditCommand: ControlCommand {
    static let configuration = page(
        "audit", "[--history-only] [-o json]", .audit, AuditPage.auditMore, [AuditRecord.self, AuditVerify.self])

    @Flag(help: help(audit: .historyOnly))
    var historyOnly = false

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let progress = AuditProgress(context.terminal)
        let (historyOnly, requirement) = (historyOnly, context.signatureRequirement)
        let report = try await context.installed { session in
            defer { progress.clear() }
            return try Audit.run(session, historyOnly: historyOnly, requirement: requirement) { progress.show($0) }
        }
        switch format.output {
        case .json: Output.print(Self.json(report, historyOnly: historyOnly).text)
        case .table: show(report, context)
        }
        return report.faultCount == 0 ? .done : .failed
    }

    private func show(_ report: Audit.Report, _ context: Context) {
        context.print { Self.origins(report).lines(width: $0, style: $1) }
        if !report.tables.isEmpty {
            Output.print("")
            context.print { Self.tables(report).lines(width: $0, style: $1) }
        }
        for faults in report.origins.map(\.faults) + report.tables.map(\.faults) {
            for fault in faults.named { context.print(speech.reason(fault.text).printable) }
        }
        let untrusted = report.origins.reduce(0) { $0 + $1.batches - $1.vouchedFor - $1.unsigned }
        if untrusted > 0 { context.print(speech(AuditMessage.untrusted, ["count": "\(untrusted)"])) }
        guard report.faultCount == 0 else {
            return context.print(speech(AuditMessage.faulty, ["count": "\(report.faultCount)"]))
        }
        context.print(speech(historyOnly ? AuditMessage.historyClean : AuditMessage.clean))
    }

    private static func cell(_ faults: Audit.Faults) -> Cell {
        Cell("\(faults.count)", faults.count > 0 ? .bad : .good)
    }

    private static func origins(_ report: Audit.Report) -> Table {
        var table = Table([
            .init(speech(OriginMessage.origin)), .init(speech(AuditMessage.batches), .right),
            .init(speech(AuditMessage.changes), .right), .init(speech(AuditMessage.gone), .right),
            .init(speech(AuditMessage.vouchedFor), .right), .init(speech(AuditMessage.unsigned), .right),
            .init(speech(AuditMessage.faults), .right),
        ])
        for origin in report.origins {
            table.add([
                Cell(origin.name), Cell("\(origin.batches)"), Cell("\(origin.changes)"), Cell("\(origin.gone)"),
                Cell("\(origin.vouchedFor)"), Cell("\(origin.unsigned)"), cell(origin.faults),
            ])
        }
        return table
    }

    private static func tables(_ report: Audit.Report) -> Table {
        var table = Table([
            .init(speech(AuditMessage.table), .left, .truncate), .init(speech(AuditMessage.records), .right),
            .init(speech(AuditMessage.merged), .right), .init(speech(AuditMessage.parked), .right),
            .init(speech(AuditMessage.kept), .right), .init(speech(AuditMessage.leftOut), .right),
            .init(speech(AuditMessage.faults), .right),
        ])
        for one in report.tables {
            table.add([
                Cell(one.name), Cell("\(one.records)"), Cell("\(one.merged)"), Cell("\(one.parked)"),
                Cell("\(one.kept)"), Cell("\(one.leftOut)"), cell(one.faults),
            ])
        }
        return table
    }

    private static func json(_ report: Audit.Report, historyOnly: Bool) -> JSONValue {
        .envelope(
            "audit",
            [
                "clean": .bool(report.faultCount == 0),
                "history_only": .bool(historyOnly),
                "origins": .array(
                    report.origins.map { origin in
                        [
                            "origin": .string(origin.name), "region": .string(origin.region),
                            "own": .bool(origin.isOwn), "batches": .integer(origin.batches),
                            "changes": .integer(origin.changes), "bytes": .integer(origin.bytes),
                            "gone": .integer(origin.gone), "vouched_for": .integer(origin.vouchedFor),
                            "unsigned": .integer(origin.unsigned), "faults": .integer(origin.faults.count),
                            "reasons": .strings(origin.faults.named.map(\.text)),
                            "reason_codes": .strings(origin.faults.named.map(\.code)),
                        ]
                    }),
                "tables": .array(
                    report.tables.map { table in
                        [
                            "table": .string(table.name), "records": .integer(table.records),
                            "merged": .integer(table.merged), "parked": .integer(table.parked),
                            "kept": .integer(table.kept), "left_out": .integer(table.leftOut),
                            "faults": .integer(table.faults.count),
                            "reasons": .strings(table.faults.named.map(\.text)),
                            "reason_codes": .strings(table.faults.named.map(\.code)),
                        ]
                    }),
            ])
    }
}

/// The progress of an audit on the terminal. Used by one thread, the session's.
private final class AuditProgress: @unchecked Sendable {
    private let line: ProgressLine

    init(_ terminal: Terminal) {
        line = ProgressLine(terminal)
    }

    func show(_ progress: Audit.Progress) {
        switch progress {
        case .batches(let done, let total):
            guard done % 100 == 0 || done == total else { return }
            line.show(speech(AuditMessage.progress, ["done": "\(done)", "total": "\(total)"]))
        case .records(let count, let table):
            line.show(speech(AuditMessage.tableProgress, ["count": "\(count)", "table": table]))
        }
    }

    func clear() { line.clear() }
}
