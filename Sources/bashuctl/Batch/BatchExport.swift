import ArgumentParser
import Console
import Integrity
import RegionStore
import Transfer

struct BatchExport: ControlCommand {
    static let configuration = BatchWords.page(
        "export", "--for PEER -o FILE [OPTIONS]", .export, .exportMore)

    @Option(name: .customLong("for"), help: help(batch: .peer, value: "peer"))
    var peer: String

    @Option(name: .shortAndLong, help: help(batch: .path, value: "file"))
    var output: String

    @Flag(name: .customLong("continue"), help: help(batch: .continuing))
    var continues = false

    @Option(help: help(batch: .maxSize, value: "size"))
    var maxSize: String?

    @Flag(name: .customLong("signatures"), help: help(batch: .signatures))
    var allSignatures = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard maxSize == nil || Self.bytes(maxSize) != nil else {
            throw ValidationError(speech(BatchMessage.badSize))
        }
    }

    /// A size with a unit; nil for anything else, and for less than a megabyte.
    private static func bytes(_ text: String?) -> Int64? {
        let units: [Character: Int64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        guard let text, let unit = text.uppercased().last.flatMap({ units[$0] }),
            let count = Int64(text.dropLast()), count > 0, count < 1 << 20, count * unit >= 1 << 20
        else { return nil }
        return count * unit
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        let history = try context.ownHistory()
        var request = TransferExport.Request(peer: peer, path: output, version: BatchWords.version)
        request.continues = continues
        request.allSignatures = allSignatures
        if let bytes = Self.bytes(maxSize) { request.maxBytes = bytes }
        let progress = BatchProgress(context.terminal)
        let report = try await context.asDaemon { [request] session in
            defer { progress.clear() }
            return try TransferExport.run(session, request, history) { done, total in
                progress.show(.exporting, ["done": "\(done)", "total": "\(total)"])
            }
        }
        context.print(
            speech(
                report.end.batches == 0 ? BatchMessage.exportedReceipt : .exported,
                [
                    "path": output, "serial": "\(report.header.serial)", "peer": peer,
                    "batches": "\(report.end.batches)", "size": Words.bytes(report.fileBytes),
                ]))
        if report.end.batches > 0 {
            let from = report.header.from
            context.print(
                from.isEmpty
                    ? speech(BatchMessage.beginsAtFirst)
                    : speech(BatchMessage.goesOnFrom, ["vector": BatchWords.vector(from)]))
        }
        if let late = report.end.late { context.print(speech(BatchMessage.exportedLate, ["count": "\(late)"])) }
        if let key = history.key {
            context.print(speech(BatchMessage.signedBy, ["key": key.publicKey.fingerprintText]))
        } else {
            context.print(speech(BatchMessage.unsigned))
        }
        if report.left > 0 { context.print(speech(BatchMessage.left, ["count": "\(report.left)"])) }
        return .done
    }
}
