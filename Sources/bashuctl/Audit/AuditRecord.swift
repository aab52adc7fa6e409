import ArgumentParser
import Console
import Glibc
import RegionStore
import Replication

struct AuditRecord: ControlCommand {
    static let configuration = page(
        "audit record", "TABLE KEY… [--to FILE]", .auditRecord, ProofPage.recordMore)

    @Argument(help: help(.historyTable))
    var table: String

    @Argument(help: help(.historyKey))
    var key: [String]

    @Option(help: help(proof: .output, value: "file"))
    var to = "-"

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let (table, key) = (table, key)
        let proof = try await context.installed { try RecordProver.prove($0, table: table, key: key) }
        guard let proof else {
            throw Failure(
                .failed, speech(CaseMessage.noHistory, ["table": table, "key": key.joined(separator: " ")]))
        }
        try Self.write(try proof.bytes, to: to)
        if to != "-" {
            context.print(
                speech(
                    ProofMessage.made,
                    [
                        "count": "\(proof.entries.count)", "path": to,
                        "table": "\(proof.table.schemaName).\(proof.table.tableName)", "key": proof.key,
                    ]
                ).printable)
        }
        return .done
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
