import ArgumentParser
import Console
import Integrity
import Postgres
import Reasons
import RegionStore
import Settings
import Transfer

struct BatchImport: ControlCommand {
    static let configuration = BatchWords.page("import", "FILE [OPTIONS]", .importing, .importMore)

    @Argument(help: help(batch: .file))
    var file: String

    @Option(help: help(batch: .from, value: "peer"))
    var from: String?

    @Option(help: help(batch: .receipt, value: "file"))
    var receipt: String?

    @Flag(help: help(batch: .noReceipt))
    var noReceipt = false

    @Option(help: help(batch: .timeout, value: "seconds"))
    var timeout = 60

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard timeout >= 0 else { throw ValidationError(speech(WorkMessage.badSeconds)) }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        // Before anything is stored: a receipt that cannot be signed would be missed too late.
        let history = try context.ownHistory()
        let connection = try await context.daemonConnection()
        do {
            let status = try await run(connection, context, history)
            await connection.close()
            return status
        } catch {
            await connection.close()
            throw error
        }
    }

    private func run(
        _ connection: Connection, _ context: Context, _ history: OwnHistory
    ) async throws -> ExitStatus {
        let request = TransferImport.Request(
            path: file, peer: from, requirement: context.signatureRequirement,
            clockBoundMilliseconds: context.settings.clockBoundMilliseconds)
        let progress = BatchProgress(context.terminal)
        let report = try await connection.run { session in
            _ = try Status.readNode(session)
            defer { progress.clear() }
            return try TransferImport.run(session, request) { percent, storing in
                progress.show(storing ? .storing : .checking, ["percent": "\(percent)"])
            }
        }
        tell(report, context)
        let behind = try await settle(report, connection, context)
        if let path = receiptPath(report) {
            var receipt = TransferExport.Request(peer: report.peer, path: path, version: BatchWords.version)
            receipt.isReceipt = true
            try await connection.run { [receipt] in _ = try TransferExport.run($0, receipt, history) }
            context.print(speech(BatchMessage.receiptFor, ["peer": report.peer, "path": path]))
        }
        if report.end.batches > 0 { try await tellCode(report, connection, context) }
        return behind || !report.notes.isEmpty ? .lagging : .done
    }

    /// A file that brings nothing asks for no receipt: two sides would send each other receipts for ever.
    private func receiptPath(_ report: TransferImport.Report) -> String? {
        if noReceipt { return nil }
        return receipt ?? (report.end.batches > 0 || report.end.late != nil ? file + ".receipt" : nil)
    }

    private func tell(_ report: TransferImport.Report, _ context: Context) {
        let header = report.header
        context.print(
            speech(
                report.end.batches == 0 ? BatchMessage.importedReceipt : .imported,
                [
                    "serial": "\(header.serial)", "peer": report.peer, "time": TimeText.local(header.madeAt),
                    "batches": "\(report.end.batches)", "new": "\(report.newBatches)",
                    "changes": "\(report.newChanges)",
                ]))
        if report.newSignatures > 0 {
            context.print(speech(BatchMessage.importedLate, ["count": "\(report.newSignatures)"]))
        }
        if let time = report.takenBefore {
            context.print(speech(BatchMessage.repeated, ["time": TimeText.local(time)]))
        } else if let newer = report.newer {
            context.print(speech(BatchMessage.older, ["newer": "\(newer)", "peer": report.peer]))
        }
        for note in report.clock + report.notes { context.print(speech.reason(note.text)) }
        if !report.differences.isEmpty {
            context.print(speech(BatchMessage.differences, ["text": speech.list(report.differences)]))
        }
    }

    /// What to say on the telephone where the receipt cannot be carried.
    private func tellCode(
        _ report: TransferImport.Report, _ connection: Connection, _ context: Context
    ) async throws {
        let code = try await connection.run { try TransferImport.code($0, report) }
        let message: BatchMessage = code == nil ? .noCode : .codeFor
        context.print(
            speech(
                message,
                ["serial": "\(report.header.serial)", "peer": report.peer, "code": code.map { "\($0)" } ?? ""]))
    }

    /// Waits until the daemon has applied it; true when it has not.
    private func settle(
        _ report: TransferImport.Report, _ connection: Connection, _ context: Context
    ) async throws -> Bool {
        guard report.end.batches > 0 else { return false }
        let lives = try await connection.run { try Status.readDaemon($0).isAlive }
        let patience = Patience(connection, context.terminal, seconds: lives ? timeout : 0)
        let applied: Bool? = try await patience.until { session in
            try TransferImport.settle(session, report).map { .notYet(Self.text($0)) } ?? .answer(true)
        }
        if applied == true {
            context.print(speech(BatchMessage.applied))
            return false
        }
        let behind = try await connection.run { try TransferImport.settle($0, report) }
        if let behind { context.print(Self.text(behind)) }
        if !lives { context.print(speech(BatchMessage.daemonDown)) }
        return behind != nil
    }

    private static func text(_ behind: TransferImport.Behind) -> String {
        guard let reason = behind.reason else {
            return speech(
                BatchMessage.notApplied,
                ["origin": behind.origin, "applied": "\(behind.applied)", "number": "\(behind.number)"])
        }
        return speech(
            BatchMessage.notAppliedReason,
            [
                "origin": behind.origin, "applied": "\(behind.applied)", "number": "\(behind.number)",
                "reason": speech.reason(reason),
            ])
    }
}
