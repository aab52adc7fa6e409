import ArgumentParser
import Console
import Postgres
import RegionStore
import Replication

struct HistoryCommand: ControlCommand {
    static let configuration = page("history", "TABLE KEY… [-o json]", .history, GeneralPage.historyMore)

    @Argument(help: help(.historyTable))
    var table: String

    @Argument(help: help(.historyKey))
    var key: [String]

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let (table, key) = (table, key)
        let (history, names) = try await context.installed { session in
            (
                try HistoryReader.read(session, table: table, key: key),
                HandleNames(try CaseList.origins(session))
            )
        }
        switch format.output {
        case .json: Output.print(Self.json(history).text)
        case .table:
            context.print { width, style in Self.lines(history, names, width: width, style: style) }
        }
        return .done
    }

    private static func lines(
        _ history: HistoryReader.History, _ names: HandleNames, width: Int, style: Style
    ) -> [String] {
        let subject: KeyValuePairs = ["table": "\(history.table)", "key": "\(history.key)"]
        var lines: [String] = []
        if history.entries.isEmpty {
            lines += speech(CaseMessage.noHistory, subject).printable.wrapped(to: width)
        } else {
            lines.append(style.paint(speech(CaseMessage.historyTitle, subject).printable, .strong))
        }
        if !history.entries.isEmpty { lines += graph(history, names, width: width, style: style) }
        if history.hasUnpublished { lines += [""] + speech(CaseMessage.unpublished).wrapped(to: width) }
        return lines
    }

    /// The changes, oldest first, with a rail for each branch that had not seen the others.
    private static func graph(
        _ history: HistoryReader.History, _ names: HandleNames, width: Int, style: Style
    ) -> [String] {
        var rails = Rails()
        let places = Dictionary(
            history.entries.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
        let placed = history.entries.enumerated().map { index, entry in
            rails.place(index, parents: entry.seen.compactMap { places[$0] })
        }
        // The texts stand in one column.
        let margin = (placed.map(\.node.count).max() ?? 0) + 2
        let room = max(20, width - margin - 2)
        var lines: [String] = [""]
        for (entry, rail) in zip(history.entries, placed) {
            lines += rail.before
            let node = rail.node.padded(to: margin)
            lines.append(node + style.paint(title(entry, names).printable.truncated(to: width - margin), .strong))
            for line in details(entry, history, names) {
                lines += line.printable.wrapped(to: room).map { rail.rail.padded(to: margin + 2) + $0 }
            }
        }
        return lines
    }

    private static func title(_ entry: HistoryReader.Entry, _ names: HandleNames) -> String {
        [
            TimeText.local(entry.hlc), entry.id.origin.region, Words.kind(entry.kind), names.short(entry.id),
            Words.author(user: entry.user, actor: entry.actor),
        ].joined(separator: "  ")
    }

    private static func details(
        _ entry: HistoryReader.Entry, _ history: HistoryReader.History, _ names: HandleNames
    ) -> [String] {
        // Of an insert most columns say nothing.
        let writes = entry.writes.filter { $0.new != nil || !entry.kind.isInsert }
        var lines = writes.map { write in
            switch write.old {
            case .unknown: "\(write.column): \(Words.value(write.new))"
            case .value(let old): "\(write.column): \(Words.value(old)) → \(Words.value(write.new))"
            }
        }
        if let reason = entry.reason { lines.append(speech(CaseMessage.reason, ["text": reason])) }
        if !entry.seen.isEmpty {
            lines.append(speech(CaseMessage.hadSeen, ["changes": speech.list(entry.seen.map(names.short))]))
        }
        if !entry.concurrent.isEmpty {
            let others = speech.list(entry.concurrent.map(names.short))
            lines.append(speech(CaseMessage.concurrentWith, ["changes": others]))
        }
        return unique(lines + caseLines(entry, history, names))
    }

    private static func caseLines(
        _ entry: HistoryReader.Entry, _ history: HistoryReader.History, _ names: HandleNames
    ) -> [String] {
        var lines: [String] = []
        for one in history.cases {
            if one.summary.closedBy == entry.id, one.summary.state == .ruled {
                let ruled = speech.list(one.candidates.map { names.short($0.id) })
                lines.append(speech(CaseMessage.overRuled, ["changes": ruled]))
            }
            guard let place = one.candidates.firstIndex(where: { $0.id == entry.id }) else { continue }
            let group = Words.group(one.summary.group)
            let others = one.candidates.indices.filter { $0 != place }.map { names.short(one.candidates[$0].id) }
            lines.append(
                place == one.winner
                    ? speech(
                        CaseMessage.won,
                        ["group": group, "others": speech.list(others), "rule": one.summary.rule])
                    : speech(
                        CaseMessage.lost,
                        ["group": group, "winner": names.short(one.summary.winner), "rule": one.summary.rule]))
        }
        return lines
    }

    private static func json(_ history: HistoryReader.History) -> JSONValue {
        .envelope(
            "history",
            [
                "schema": .string(history.table.schema), "table": .string(history.table.table),
                "key": .key(history.key), "unpublished": .bool(history.hasUnpublished),
                "changes": .array(history.entries.map { json($0, history) }),
            ])
    }

    private static func json(_ entry: HistoryReader.Entry, _ history: HistoryReader.History) -> JSONValue {
        let cases = history.cases.filter { one in one.candidates.contains { $0.id == entry.id } }
        return [
            "change": .string(entry.id.description), "region": .string(entry.id.origin.region),
            "time": .time(entry.hlc), "kind": .string(entry.kind.word), "user": JSONValue(entry.user),
            "actor": JSONValue(entry.actor), "writes": .array(entry.writes.map(\.json)),
            "reason": JSONValue(entry.reason),
            "seen": .array(entry.seen.map { .string($0.description) }),
            "concurrent_with": .array(entry.concurrent.map { .string($0.description) }),
            "cases": .array(cases.map(\.summary.json)),
        ]
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}

extension HistoryReader.Write {
    /// A column with what it was and what it became; `old` is missing where it is not known.
    fileprivate var json: JSONValue {
        switch old {
        case .unknown: ["column": .string(column), "new": JSONValue(new)]
        case .value(let old): ["column": .string(column), "old": JSONValue(old), "new": JSONValue(new)]
        }
    }
}
