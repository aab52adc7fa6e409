import ArgumentParser
import CatalogueStore
import Console
import Postgres

struct ExportCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: speech(ImportPage.exportAbstract),
        usage: "bashuctl export TABLE [--format csv|jsonl] [--output FILE]",
        discussion: wrapped(ImportPage.exportMore))

    @Argument(help: help(ImportPage.exportTable))
    var table: String

    @Option(help: help(ImportPage.exportFormat, value: "csv|jsonl"))
    var format: Format?

    @Option(help: help(ImportPage.target, value: "file"))
    var output = "-"

    @OptionGroup var global: GlobalOptions

    enum Format: String, ExpressibleByArgument {
        static let allValueStrings: [String] = []

        case csv, jsonl
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        let isLines = output.hasSuffix(".jsonl") || output.hasSuffix(".ndjson")
        let (table, output) = (table, output)
        let format = (format ?? (isLines ? .jsonl : .csv)) == .jsonl ? ExportFormat.jsonl : .csv
        let line = ProgressText(context.terminal)
        let rows = try await context.connected(as: .owner) { connection in
            try await connection.run { session in
                defer { line.clear() }
                do {
                    return try Exporter.run(session, table: table, to: output, format) { line.show(rows: $0) }
                } catch let error as ImportError {
                    throw Failure(error)
                }
            }
        }
        if output != "-" {
            context.print(
                speech(ImportMessage.exported, ["count": "\(rows)", "table": table, "path": output]))
        }
        return .done
    }
}
