import ArgumentParser
import Console
import Glibc
import RegionStore
import Replication

struct AuditRecord: ControlCommand {
    static let configuration = page(
        "audit record", "TABLE KEY… [--to FILE] [-o json]", .auditRecord, ProofPage.recordMore)

    @Argument(help: help(.historyTable))
    var table: String

    @Argument(help: help(.historyKey))
    var key: [String]

    @Option(help: help(proof: .output, value: "file"))
    var to = "-"

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        // Standard output takes the proof or its description, not both.
        if format.output == .json, to == "-" { throw ValidationError(speech(ProofMessage.jsonNeedsFile)) }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        let (table, key) = (table, key)
        let proof = try await context.installed { try RecordProver.prove($0, table: table, key: key) }
        guard let proof else {
            throw Failure(
                .failed, speech(CaseMessage.noHistory, ["table": table, "key": key.joined(separator: " ")]))
        }
        let bytes = try proof.bytes
        try Self.write(bytes, to: to)
        switch format.output {
        case .json: Output.print(ProofJSON.made(proof, bytes, path: to).text)
        case .table: if to != "-" { context.print(made(proof).printable) }
        }
        return .done
    }

    private func made(_ proof: RecordProof) -> String {
        speech(
            ProofMessage.made,
            [
                "count": "\(proof.entries.count)", "path": to,
                "table": "\(proof.table.schemaName).\(proof.table.tableName)", "key": proof.key,
            ])
    }

    /// Never over a file that is there: it may be the proof of somebody else.
    private static func write(_ bytes: [UInt8], to path: String) throws {
        let file = path == "-" ? fdopen(dup(STDOUT_FILENO), "w") : fopen(path, "wxe")
        guard let file else {
            throw errno == EEXIST ? Failure(.failed, speech(ProofMessage.exists, ["path": path])) : unwritable(path)
        }
        let isWritten = fwrite(bytes, 1, bytes.count, file) == bytes.count && fflush(file) == 0
        let cause = unwritable(path)
        guard fclose(file) == 0, isWritten else { throw cause }
    }

    private static func unwritable(_ path: String) -> Failure {
        let reason = String(cString: strerror(errno))
        return Failure(.failed, speech(ProofMessage.unwritable, ["path": path, "reason": reason]))
    }
}
