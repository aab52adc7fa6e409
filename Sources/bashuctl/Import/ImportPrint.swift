import CatalogueStore
import Console

/// The report of an import, for people.
struct ImportPrint {
    let report: ImportReport
    let rejectsPath: String?

    /// Lines of each kind that are shown.
    private static let shownMax = 20

    func show(_ context: Context) {
        changes(context)
        warnings(context)
        rejects(context)
        let written = report.new + report.changed + report.added.values.reduce(0, +)
        let head: ImportMessage = report.dryRun ? .dryRun : written == 0 ? .nothing : .done
        context.print(speech(head, ["table": report.table]))
        context.print { counts.lines(width: $0, style: $1, indent: 2) }
        if !report.unknownNames.isEmpty {
            context.print(speech(ImportMessage.unknownNames, ["names": speech.list(report.unknownNames)]).printable)
        }
        if report.stale > 0 { context.print(speech(ImportMessage.staleHint)) }
        if report.rejected > 0, let rejectsPath {
            context.print(speech(ImportMessage.rejectsAt, ["path": rejectsPath]))
        }
    }

    private var counts: KeyValues {
        var counts = KeyValues()
        counts.add(speech(ImportMessage.records), Cell("\(report.records)"))
        counts.add(speech(ImportMessage.new), Cell("\(report.new)", report.new > 0 ? .good : .normal))
        counts.add(speech(ImportMessage.changed), Cell("\(report.changed)", report.changed > 0 ? .good : .normal))
        counts.add(speech(ImportMessage.unchanged), Cell("\(report.unchanged)"))
        if report.stale > 0 { counts.add(speech(ImportMessage.stale), Cell("\(report.stale)", .warning)) }
        if report.repeated > 0 { counts.add(speech(ImportMessage.repeated), Cell("\(report.repeated)")) }
        counts.add(speech(ImportMessage.rejected), Cell("\(report.rejected)", report.rejected > 0 ? .bad : .normal))
        for (table, rows) in report.added.sorted(by: { $0.key < $1.key }) {
            counts.add("\(speech(ImportMessage.added)) \(table)", Cell("\(rows)"))
        }
        return counts
    }

    private func changes(_ context: Context) {
        guard report.dryRun, !report.changes.isEmpty else { return }
        var table = Table([
            .init(speech(ImportMessage.line), .right), .init(speech(WordMessage.key), .left, .truncate),
            .init(speech(ImportMessage.columns), .left, .wrap),
        ])
        for change in report.changes.prefix(Self.shownMax) {
            table.add([Cell("\(change.line)"), Cell(change.key), Cell(speech.list(change.columns))])
        }
        block(context, .changesTitle, table, more: .moreChanges, total: report.changed, shown: report.changes.count)
    }

    private func warnings(_ context: Context) {
        guard !report.warnings.isEmpty else { return }
        var table = listing()
        for warning in report.warnings.prefix(Self.shownMax) {
            table.add([Cell("\(warning.line)"), Cell(text(warning), .warning)])
        }
        block(
            context, .warningsTitle, table, more: .moreWarnings, total: report.warningCount,
            shown: min(Self.shownMax, report.warnings.count))
    }

    private func rejects(_ context: Context) {
        guard !report.rejects.isEmpty else { return }
        var table = listing()
        for reject in report.rejects.prefix(Self.shownMax) {
            table.add([Cell("\(reject.line)"), Cell(reject.text, .bad)])
        }
        block(
            context, .rejectsTitle, table, more: .moreRejects, total: report.rejected,
            shown: min(Self.shownMax, report.rejects.count))
    }

    private func listing() -> Table {
        Table([.init(speech(ImportMessage.line), .right), .init(speech(ImportMessage.why), .left, .wrap)])
    }

    private func block(
        _ context: Context, _ title: ImportMessage, _ table: Table, more: ImportMessage, total: Int, shown: Int
    ) {
        context.print(speech(title))
        context.print { table.lines(width: $0, style: $1) }
        if total > shown { context.print(speech(more, ["count": "\(total - shown)"])) }
        Output.print("")
    }

    private func text(_ warning: ImportReport.Warning) -> String {
        let message: ImportMessage =
            switch warning.about {
            case "unread": .warningUnread
            case "unfit": .warningUnfit
            default: .warningOtherwise
            }
        return speech(message, ["text": warning.text])
    }
}

extension ImportReport.Reject {
    /// The reason in the user's language.
    var text: String { speech(fault.message, ["detail": detail]) }
}

extension ImportFault {
    fileprivate var message: ImportRefusal {
        switch self {
        case .quote: .quote
        case .fieldCount: .fieldCount
        case .json: .json
        case .unknownColumn: .unknownColumn
        case .noKey: .recordKey
        case .noNumber: .noNumber
        case .sameKey: .sameKey
        case .refused: .refused
        }
    }
}

extension Failure {
    /// An import or export that could not begin or go on.
    init(_ error: ImportError) {
        self.init(error.isUsage ? .usage : .failed, error.text)
    }
}

extension ImportError {
    /// Wrong usage, as opposed to a wrong file.
    fileprivate var isUsage: Bool {
        switch self {
        case .badTime, .listElsewhere: true
        default: false
        }
    }

    /// The error in the user's language.
    fileprivate var text: String {
        switch self {
        case .file(let path, let reason): speech(ImportRefusal.file, ["path": path, "reason": speech.reason(reason)])
        case .folder(let path): speech(ImportRefusal.folder, ["path": path])
        case .empty(let path): speech(ImportRefusal.empty, ["path": path])
        case .binary(let path, let line): speech(ImportRefusal.binary, ["path": path, "line": "\(line)"])
        case .encoding(let path, let line): speech(ImportRefusal.encoding, ["path": path, "line": "\(line)"])
        case .tooLarge(let line): speech(ImportRefusal.tooLarge, ["line": "\(line)"])
        case .noTable(let table): speech(ImportRefusal.noTable, ["table": table])
        case .severalTables(let table, let candidates):
            speech(ImportRefusal.severalTables, ["table": table, "candidates": speech.list(candidates)])
        case .noKey(let table): speech(ImportRefusal.noKey, ["table": table])
        case .unknownColumns(let names, "", _): speech(ImportRefusal.badHeader, ["names": Self.brief(names)])
        case .unknownColumns(let names, let table, let columns):
            speech(
                ImportRefusal.unknownColumns,
                ["names": Self.brief(names), "table": table, "columns": speech.list(columns)])
        case .repeatedColumn(let name): speech(ImportRefusal.repeatedColumn, ["name": name.printable])
        case .keyMissing(let names, let table):
            speech(ImportRefusal.keyMissing, ["names": speech.list(names), "table": table])
        case .noNumberColumn(let found): speech(ImportRefusal.noNumberColumn, ["names": Self.brief(found)])
        case .listElsewhere(let table): speech(ImportRefusal.listElsewhere, ["table": table])
        case .noAnnouncement: speech(ImportRefusal.noAnnouncement)
        case .badTime(let text): speech(ImportRefusal.badTime, ["text": text])
        case .replica(let table): speech(ImportRefusal.replica, ["table": table])
        case .daemonRole(let role): speech(ImportRefusal.daemonRole, ["role": role])
        case .noRight(let table, let rights, let role):
            speech(
                ImportRefusal.noRight, ["table": table, "rights": rights.joined(separator: ", "), "role": role])
        case .rejectsLost(let path, let reason):
            speech(ImportRefusal.rejectsLost, ["path": path, "reason": speech.reason(reason)])
        }
    }

    /// Names from a file, which may be anything.
    private static func brief(_ names: [String]) -> String {
        speech.list(names.prefix(20).map { $0.printable.truncated(to: 40) })
    }
}
