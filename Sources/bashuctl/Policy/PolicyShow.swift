import ArgumentParser
import Console
import RegionStore
import Replication

struct PolicyShow: ControlCommand {
    static let configuration = page("policy show", "[-o json]", .policyShow)

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let stored = try await context.installed { try PolicyStore.list($0) }
        switch format.output {
        case .json: Output.print(Self.json(stored).text)
        case .table where stored.isEmpty: context.print(speech(PolicyMessage.noPolicies))
        case .table: context.print { Self.table(stored).lines(width: $0, style: $1) }
        }
        return .done
    }

    private static func table(_ stored: [PolicyStore.Stored]) -> Table {
        var table = Table([
            .init(speech(WordMessage.table)), .init(speech(WordMessage.groups)), .init(speech(WordMessage.rule)),
            .init(speech(WordMessage.column), .left, .wrap), .init(speech(WordMessage.reason), .left, .wrap),
        ])
        for one in stored {
            let name = Cell("\(one.table)")
            let state =
                one.isEvaluated ? Cell("") : Cell(speech(PolicyMessage.evaluating), .warning)
            let home = Cell(one.policy.home.map { "home = \($0)" } ?? "")
            table.add([name, Cell("*"), Cell(one.policy.defaultRule.rawValue), home, state])
            table.add([name, Cell(speech(WordMessage.existence)), Cell(one.policy.delete.rawValue), Cell(""), Cell("")])
            for group in one.policy.groups {
                table.add([
                    name, Cell(group.name), Cell(group.ruleText), Cell(speech.list(group.columns)), Cell(""),
                ])
            }
            for key in one.policy.foreignKeys {
                table.add([
                    name, Cell("foreign key"), Cell(key.rule.rawValue), Cell(speech.list(key.columns)), Cell(""),
                ])
            }
        }
        return table
    }

    private static func json(_ stored: [PolicyStore.Stored]) -> JSONValue {
        .envelope("policy", ["tables": .array(stored.map(\.json))])
    }
}

extension PolicyStore.Stored {
    fileprivate var json: JSONValue {
        [
            "schema": .string(table.schema), "table": .string(table.table),
            "fingerprint": .string(policy.fingerprint), "evaluated": .bool(isEvaluated),
            "policy_version": .integer(version), "applied_at": .time(appliedAt),
            "applied_by": JSONValue(appliedBy), "home": JSONValue(policy.home), "as_of": JSONValue(policy.asOf),
            "delete": .string(policy.delete.rawValue), "default": .string(policy.defaultRule.rawValue),
            "groups": .array(
                policy.groups.map { group in
                    [
                        "group": .string(group.name), "rule": .string(group.rule.rawValue),
                        "columns": .strings(group.columns), "column": JSONValue(group.column),
                        "regions": group.regions.map(JSONValue.strings) ?? .null,
                    ]
                }),
            "foreign_keys": .array(
                policy.foreignKeys.map {
                    ["columns": .strings($0.columns), "rule": .string($0.rule.rawValue)]
                }),
        ]
    }
}
