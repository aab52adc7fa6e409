import ArgumentParser
import Console
import Reasons
import RegionStore

struct AuditCommand: ControlCommand {
    static let configuration = page(
        "audit", "[-o json]", .audit, AuditPage.auditMore, [AuditRecord.self, AuditVerify.self])

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let progress = AuditProgress(context.terminal)
        let origins = try await context.installed { session in
            defer { progress.clear() }
            return try Audit.history(session) { progress.show($0, of: $1) }
        }
        let faults = origins.reduce(0) { $0 + $1.faultCount }
        switch format.output {
        case .json: Output.print(Self.json(origins).text)
        case .table:
            context.print { Self.table(origins).lines(width: $0, style: $1) }
            for origin in origins {
                for fault in origin.faults { context.print(speech.reason(fault.text).printable) }
            }
            context.print(
                faults == 0
                    ? speech(AuditMessage.clean) : speech(AuditMessage.faulty, ["count": "\(faults)"]))
        }
        return faults == 0 ? .done : .failed
    }

    private static func table(_ origins: [Audit.Origin]) -> Table {
        var table = Table([
            .init(speech(OriginMessage.origin)), .init(speech(AuditMessage.batches), .right),
            .init(speech(AuditMessage.changes), .right), .init(speech(AuditMessage.gone), .right),
            .init(speech(AuditMessage.vouchedFor), .right), .init(speech(AuditMessage.unsigned), .right),
            .init(speech(AuditMessage.faults), .right),
        ])
        for origin in origins {
            table.add([
                Cell(origin.name), Cell("\(origin.batches)"), Cell("\(origin.changes)"), Cell("\(origin.gone)"),
                Cell("\(origin.vouchedFor)"), Cell("\(origin.unsigned)"),
                Cell("\(origin.faultCount)", origin.faultCount > 0 ? .bad : .good),
            ])
        }
        return table
    }

    private static func json(_ origins: [Audit.Origin]) -> JSONValue {
        .envelope(
            "audit",
            [
                "clean": .bool(origins.allSatisfy { $0.faultCount == 0 }),
                "origins": .array(
                    origins.map { origin in
                        [
                            "origin": .string(origin.name), "region": .string(origin.region),
                            "own": .bool(origin.isOwn), "batches": .integer(origin.batches),
                            "changes": .integer(origin.changes), "bytes": .integer(origin.bytes),
                            "gone": .integer(origin.gone), "vouched_for": .integer(origin.vouchedFor),
                            "unsigned": .integer(origin.unsigned), "faults": .integer(origin.faultCount),
                            "reasons": .strings(origin.faults.map(\.text)),
                            "reason_codes": .strings(origin.faults.flatMap { ReasonBook.codes($0.text) }),
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

    func show(_ done: Int64, of total: Int64) {
        guard done % 100 == 0 || done == total else { return }
        line.show(speech(AuditMessage.progress, ["done": "\(done)", "total": "\(total)"]))
    }

    func clear() { line.clear() }
}
