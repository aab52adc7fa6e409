import ArgumentParser
import Console
import RegionStore
import Replication

struct PolicyRehearse: ControlCommand {
    static let configuration = page(
        "policy rehearse", "FILE [-o json]", .policyRehearse, PolicyPage.policyRehearseMore)

    @Argument(help: help(.policyFile))
    var file: String

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let source = try PolicySource(path: file)
        let (result, names, warnings) = try await context.installed { session in
            let (policies, warnings) = try source.checked(session)
            return (
                try PolicyRehearsal.run(session, policies), HandleNames(try CaseList.origins(session)), warnings
            )
        }
        warnings.forEach(Output.say)
        switch format.output {
        case .json: Output.print(Self.json(result).text)
        case .table where result.differences.isEmpty: context.print(speech(PolicyMessage.nothing))
        case .table:
            context.print { Self.table(result, names).lines(width: $0, style: $1) }
            context.print(
                speech(
                    PolicyMessage.rehearsed,
                    ["count": "\(result.differences.count)", "rows": "\(result.rows)"]))
        }
        return .done
    }

    private static func table(_ result: PolicyRehearsal.Result, _ names: HandleNames) -> Table {
        var table = Table([
            .init(speech(WordMessage.table), .left, .truncate), .init(speech(WordMessage.key), .left, .truncate),
            .init(speech(WordMessage.groups)), .init(speech(WordMessage.base)), .init(speech(WordMessage.winner)),
            .init(speech(WordMessage.state)),
        ])
        for one in result.differences {
            let state = one.new.isOpen ? StateMessage.open : .decided
            table.add([
                Cell("\(one.table)"), Cell("\(one.key)"), Cell(Words.group(one.group)),
                Cell(text(one.old, names)), Cell(text(one.new, names)),
                Cell(speech(state), one.new.isOpen ? .warning : .normal),
            ])
        }
        return table
    }

    private static func text(_ outcome: PolicyRehearsal.Outcome, _ names: HandleNames) -> String {
        outcome.winners.isEmpty ? "-" : speech.list(outcome.winners.map(names.short))
    }

    private static func json(_ result: PolicyRehearsal.Result) -> JSONValue {
        .envelope(
            "policy_rehearsal",
            [
                "rows": .integer(Int64(result.rows)),
                "differences": .array(
                    result.differences.map { one in
                        [
                            "schema": .string(one.table.schema), "table": .string(one.table.table),
                            "key": .key(one.key), "group": .string(one.group), "old": json(one.old),
                            "new": json(one.new),
                        ]
                    }),
            ])
    }

    private static func json(_ outcome: PolicyRehearsal.Outcome) -> JSONValue {
        [
            "winners": .strings(outcome.winners.map(\.description)), "rules": .strings(outcome.rules),
            "open": .bool(outcome.isOpen),
            "values": outcome.values.map { values in
                .array(values.map { ["column": .string($0.column), "value": JSONValue($0.value)] })
            } ?? .null,
        ]
    }
}
