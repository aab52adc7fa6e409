import ArgumentParser
import CatalogueStore
import Console
import Postgres
import RegionStore

struct ImportCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: speech(ImportPage.importAbstract),
        usage: "bashuctl import [TABLE] FILE [OPTIONS]", discussion: wrapped(ImportPage.importMore))

    @Argument(help: help(ImportPage.arguments))
    var arguments: [String]

    @Option(help: help(ImportPage.format, value: "format"))
    var format: Format?

    @Option(name: .customLong("as"), help: help(ImportPage.shape, value: "rows|list"))
    var shape: Shape?

    @Option(name: .customLong("as-of"), help: help(ImportPage.asOf, value: "time"))
    var asOf: String?

    @Option(help: help(ImportPage.source, value: "text"))
    var source: String?

    @Option(help: help(ImportPage.transaction, value: "file|announcement"))
    var transaction = Division.file

    @Flag(help: help(ImportPage.dryImport))
    var dryRun = false

    @Option(help: help(ImportPage.rejects, value: "file"))
    var rejects: String?

    @Option(help: help(ImportPage.actor, value: "name"))
    var actor: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var global: GlobalOptions

    enum Format: String, ExpressibleByArgument {
        static let allValueStrings: [String] = []

        case csv, jsonl, json
    }

    enum Shape: String, ExpressibleByArgument {
        static let allValueStrings: [String] = []

        case rows, list
    }

    enum Division: String, ExpressibleByArgument {
        /// The help text names them, in the user's language.
        static let allValueStrings: [String] = []

        case file, announcement
    }

    func validate() throws {
        guard arguments.count <= 2 else { throw ValidationError(Self.configuration.usage ?? "") }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        let table = arguments.count == 2 ? arguments[0] : "catalogue.standard"
        let path = arguments.last ?? "-"
        let options = options
        let line = ProgressText(context.terminal)
        let report = try await context.connected(as: .owner) { connection in
            try await connection.run { session in
                defer { line.clear() }
                do {
                    return try Importer(session, into: table, from: path, options) { line.show($0) }.run()
                } catch let error as ImportError {
                    throw Failure(error)
                }
            }
        }
        switch output.output {
        case .json: Output.print(json(report).text)
        case .table: ImportPrint(report: report, rejectsPath: rejects).show(context)
        }
        return report.rejected > 0 ? .failed : .done
    }

    private var options: ImportOptions {
        var options = ImportOptions()
        options.format = format.flatMap { ImportFormat(rawValue: $0.rawValue) }
        options.shape = shape.flatMap { ImportShape(rawValue: $0.rawValue) }
        options.asOf = asOf
        options.source = source
        options.perAnnouncement = transaction == .announcement
        options.dryRun = dryRun
        options.actor = actor
        options.rejectsPath = rejects
        return options
    }

    private func json(_ report: ImportReport) -> JSONValue {
        func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
        return .envelope(
            "import",
            [
                "table": .string(report.table), "format": .string(report.format.rawValue),
                "shape": .string(report.shape.rawValue), "dry_run": .bool(report.dryRun),
                "transactions": number(report.transactions), "records": number(report.records),
                "new": number(report.new), "changed": number(report.changed),
                "unchanged": number(report.unchanged), "stale": number(report.stale),
                "repeated": number(report.repeated), "rejected": number(report.rejected),
                "added": .array(
                    report.added.sorted { $0.key < $1.key }.map {
                        ["table": .string($0.key), "rows": number($0.value)]
                    }),
                "rejects": .array(
                    report.rejects.map {
                        [
                            "line": number($0.line), "reason": .string($0.fault.rawValue),
                            "detail": .string($0.detail), "text": .string($0.text),
                        ]
                    }),
                "warning_count": number(report.warningCount),
                "warnings": .array(
                    report.warnings.map {
                        ["line": number($0.line), "about": .string($0.about), "text": .string($0.text)]
                    }),
                "changes": .array(
                    report.changes.map {
                        ["line": number($0.line), "key": .string($0.key), "columns": .strings($0.columns)]
                    }),
                "unknown_names": .strings(report.unknownNames),
            ])
    }
}

/// The help of an option of import and export.
func help(_ message: ImportPage, value: String? = nil) -> ArgumentHelp {
    var help = ArgumentHelp(stringLiteral: speech(message))
    help.valueName = value
    return help
}

/// The progress of an import on the terminal. Used by one thread, the session's.
final class ProgressText: @unchecked Sendable {
    private let line: ProgressLine

    init(_ terminal: Terminal) {
        line = ProgressLine(terminal)
    }

    func show(_ progress: ImportProgress) {
        switch progress {
        case .reading(let records, let percent?):
            line.show(speech(ImportMessage.readingPercent, ["count": "\(records)", "percent": "\(percent)"]))
        case .reading(let records, nil): line.show(speech(ImportMessage.reading, ["count": "\(records)"]))
        case .checking(let records, let total):
            line.show(speech(ImportMessage.checking, ["count": "\(records)", "total": "\(total)"]))
        case .writing(let records, let total):
            line.show(speech(ImportMessage.writing, ["count": "\(records)", "total": "\(total)"]))
        }
    }

    func show(rows: Int) {
        line.show(speech(ImportMessage.exporting, ["count": "\(rows)"]))
    }

    func clear() { line.clear() }
}
