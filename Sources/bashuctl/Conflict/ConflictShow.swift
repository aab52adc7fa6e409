import ArgumentParser
import Console
import Postgres
import RegionStore
import Replication

struct ConflictShow: ControlCommand {
    static let configuration = page("conflict show", "HANDLE [-o json]", .conflictShow)

    @Argument(help: help(.handle))
    var handle: String

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let handle = handle
        let (shown, names) = try await context.installed { session in
            (try CaseList.show(session, handle: handle), HandleNames(try CaseList.origins(session)))
        }
        switch format.output {
        case .json: Output.print(Self.json(shown).text)
        case .table:
            context.print { width, style in Self.lines(shown, names, width: width, style: style) }
        }
        return shown.cases.contains { $0.summary.needsPerson } ? .openCases : .done
    }

    private static func lines(
        _ shown: CaseList.Shown, _ names: HandleNames, width: Int, style: Style
    ) -> [String] {
        var head = KeyValues()
        head.add(speech(WordMessage.tableLabel), Cell("\(shown.table)"))
        head.add(speech(WordMessage.keyLabel), Cell("\(shown.key)"))
        var lines = head.lines(width: width, style: style)
        for one in shown.cases {
            let title = speech(
                CaseMessage.caseTitle,
                [
                    "group": Words.group(one.summary.group), "type": one.summary.type,
                    "state": Words.caseState(one.summary.state.rawValue), "rule": one.summary.rule,
                ])
            lines += ["", style.paint(title.printable, .strong)]
            if let change = one.summary.closedBy {
                lines.append(speech(CaseMessage.closed, ["change": names.short(change)]))
            }
            lines += candidates(one, shown, names).lines(width: width, style: style)
        }
        if shown.cases.contains(where: { $0.summary.state.isCurrent }) {
            let handle = names.short(shown.cases[0].summary.winner)
            lines += [""] + speech(CaseMessage.resolveHint, ["handle": handle]).wrapped(to: width)
        }
        return lines
    }

    private static func candidates(
        _ one: CaseList.Case, _ shown: CaseList.Shown, _ names: HandleNames
    ) -> Table {
        var table = Table([
            .init("#", .right), .init(""), .init(speech(WordMessage.handle)), .init(speech(WordMessage.region)),
            .init(speech(WordMessage.who), .left, .truncate), .init(speech(WordMessage.when)),
            .init(speech(WordMessage.value), .left, .wrap),
        ])
        for (index, candidate) in one.candidates.enumerated() {
            let wins = index == one.winner
            table.add([
                Cell(shown.number(of: candidate).map { "\($0)" } ?? ""),
                Cell(wins ? speech(WordMessage.wins) : "", .good), Cell(names.short(candidate.id)),
                Cell(candidate.id.origin.region),
                Cell(Words.author(user: candidate.user, actor: candidate.actor)),
                Cell(TimeText.local(candidate.hlc)), Cell(CandidateText.text(candidate, one), wins ? .good : .normal),
            ])
            guard !candidate.base.isEmpty, one.summary.group != CaseList.existenceGroup else { continue }
            table.add([
                "", "", "", "", "", Cell(speech(WordMessage.base), .faint),
                Cell(CandidateText.text(candidate.base, one.summary.group), .faint),
            ])
        }
        return table
    }

    private static func json(_ shown: CaseList.Shown) -> JSONValue {
        .envelope(
            "conflict",
            [
                "schema": .string(shown.table.schema), "table": .string(shown.table.table),
                "key": .key(shown.key),
                "cases": .array(
                    shown.cases.map { one in
                        [
                            "case": one.summary.json,
                            "candidates": .array(
                                one.candidates.enumerated().map { index, candidate in
                                    candidate.json(wins: index == one.winner, number: shown.number(of: candidate))
                                }),
                        ]
                    }),
            ])
    }
}

extension CaseList.Candidate {
    /// One candidate, for programs.
    ///
    /// - Parameter number: by which `conflict resolve` knows it.
    func json(wins: Bool, number: Int?) -> JSONValue {
        [
            "number": number.map { .integer(Int64($0)) } ?? .null,
            "change": .string(id.description), "region": .string(id.origin.region),
            "wins": .bool(wins), "deletes": .bool(deletes),
            "time": .time(hlc), "user": JSONValue(user), "actor": JSONValue(actor), "kind": .string(kind),
            "values": .array(values.map(\.json)), "base": .array(base.map(\.json)),
        ]
    }
}

extension CaseList.ColumnValue {
    /// A column and its value as text, for programs.
    var json: JSONValue { ["column": .string(column), "value": JSONValue(value)] }
}
