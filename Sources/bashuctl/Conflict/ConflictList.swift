import ArgumentParser
import Console
import Postgres
import RegionStore
import Replication

struct ConflictList: ControlCommand {
    static let configuration = page(
        "conflict list", "[--table TABLE] [--state STATE] [-o json]", .conflictList, CasePage.conflictListMore)

    @Option(help: help(.caseTable, value: "table"))
    var table: String?

    @Option(help: help(.caseState, value: "state"))
    var state: [StateOption] = []

    @Flag(help: help(.caseAll))
    var all = false

    @Option(help: help(.limit, value: "rows"))
    var limit = 100

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    enum StateOption: String, ExpressibleByArgument {
        /// The help text names them, in the user's language.
        static let allValueStrings: [String] = []

        case open, decided, superseded, ruled

        var state: CaseList.State {
            switch self {
            case .open: .open
            case .decided: .decided
            case .superseded: .superseded
            case .ruled: .ruled
            }
        }
    }

    private struct Found: Sendable {
        let rows: [CaseList.RowCases]
        let total: Int64
        let names: HandleNames
        let now: Int64
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        let (table, limit) = (table, limit)
        let states = all ? CaseList.State.allCases : state.isEmpty ? [.open, .decided] : state.map(\.state)
        let found = try await context.installed { session in
            let name = try table.map { try TableName.shared(session, $0) }
            let filter = CaseList.Filter(table: name, states: states, limit: max(0, limit))
            let (rows, total) = try CaseList.list(session, filter)
            let status = try Status.readNode(session)
            return Found(
                rows: rows, total: total, names: HandleNames(try CaseList.origins(session)), now: status.now)
        }
        switch format.output {
        case .json: Output.print(json(found).text)
        case .table where found.rows.isEmpty: context.print(speech(CaseMessage.noCases))
        case .table:
            context.print { lines(found).lines(width: $0, style: $1) }
            if Int64(found.rows.count) < found.total {
                context.print(
                    speech(
                        CaseMessage.shownOf, ["shown": "\(found.rows.count)", "total": "\(found.total)"]))
            }
        }
        return found.rows.contains { $0.cases.contains(where: \.needsPerson) } ? .openCases : .done
    }

    private func lines(_ found: Found) -> Table {
        var table = Table([
            .init(speech(WordMessage.handle)), .init(speech(WordMessage.table), .left, .truncate),
            .init(speech(WordMessage.key), .left, .truncate), .init(speech(WordMessage.groups), .left, .truncate),
            .init(speech(WordMessage.type), .left, .truncate), .init(speech(WordMessage.state)),
            .init(speech(WordMessage.winner)), .init(speech(WordMessage.since), .right),
        ])
        for row in found.rows {
            guard let first = row.cases.first(where: { $0.state == row.state }) else { continue }
            // Of a closed case the winner has been overwritten.
            let winners = unique(row.cases.filter(\.state.isCurrent).map(\.winner.origin.region))
            table.add([
                Cell(found.names.short(first.winner)), Cell("\(row.table)"), Cell("\(row.key)"),
                Cell(speech.list(unique(row.cases.map { Words.group($0.group) }))),
                Cell(speech.list(unique(row.cases.map(\.type)))),
                state(of: row),
                Cell(winners.isEmpty ? "-" : speech.list(winners)), Cell(TimeText.duration(found.now - row.since)),
            ])
        }
        return table
    }

    private func state(of row: CaseList.RowCases) -> Cell {
        let word = Words.caseState(row.state.rawValue)
        let isAlarm = row.cases.contains(where: \.hasClockAlarm)
        return Cell(
            isAlarm ? speech(CaseMessage.clockAlarm, ["state": word]) : word,
            row.cases.contains(where: \.needsPerson) ? .warning : .normal)
    }

    private func json(_ found: Found) -> JSONValue {
        .envelope(
            "conflicts",
            [
                "total": .integer(found.total),
                "rows": .array(
                    found.rows.map { row in
                        [
                            "schema": .string(row.table.schema), "table": .string(row.table.table),
                            "key": .key(row.key), "state": .string(row.state.rawValue),
                            "since": .time(row.since), "cases": .array(row.cases.map(\.json)),
                        ]
                    }),
            ])
    }
}

/// The words without repetitions, in the order of their first appearance.
func unique(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
}

extension CaseList.Summary {
    /// One case, for programs.
    var json: JSONValue {
        [
            "group": .string(group), "type": .string(type), "state": .string(state.rawValue),
            "rule": .string(rule), "winner": .string(winner.description),
            "winner_region": .string(winner.origin.region), "closed_by": JSONValue(closedBy?.description),
            "first_seen": .time(firstSeen), "clock_alarm": .bool(hasClockAlarm),
        ]
    }
}
