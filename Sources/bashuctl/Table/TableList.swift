import ArgumentParser
import Console
import RegionStore

struct TableList: ControlCommand {
    static let configuration = page("table list", "[-o json]", .tableList)

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let tables = try await context.installed { try SharedTables.list($0) }
        switch format.output {
        case .json: Output.print(Self.json(tables).text)
        case .table where tables.isEmpty: context.print(speech(TableMessage.noTables))
        case .table: context.print { Self.table(tables).lines(width: $0, style: $1) }
        }
        return .done
    }

    private static func table(_ tables: [SharedTable]) -> Table {
        var table = Table([
            .init(speech(WordMessage.table)), .init(speech(WordMessage.key), .left, .truncate),
            .init(speech(WordMessage.columns), .right), .init(speech(WordMessage.excluded), .left, .truncate),
            .init(speech(WordMessage.reason), .left, .wrap),
        ])
        for shared in tables {
            let fault = shared.fault ?? shared.degraded
            table.add([
                Cell("\(TableName(schema: shared.schema, table: shared.name))"),
                Cell(speech.list(shared.keyColumns)), Cell("\(shared.columns.count)"),
                Cell(shared.excluded.isEmpty ? "-" : speech.list(shared.excluded)),
                Cell(fault.map { speech(TableMessage.tableFault, ["reason": speech.reason($0)]) } ?? "", .warning),
            ])
        }
        return table
    }

    private static func json(_ tables: [SharedTable]) -> JSONValue {
        .envelope(
            "tables",
            [
                "tables": .array(
                    tables.map { shared in
                        [
                            "schema": .string(shared.schema), "table": .string(shared.name),
                            "partitioned": .bool(shared.isPartitioned), "key": .strings(shared.keyColumns),
                            "columns": .array(
                                zip(shared.columns, shared.types).map {
                                    ["column": .string($0), "type": .string($1)]
                                }),
                            "excluded": .strings(shared.excluded),
                            "allow_truncate": .bool(shared.allowsTruncate),
                            "fault": JSONValue(shared.fault ?? shared.degraded),
                            "reason_codes": .codes(shared.fault ?? shared.degraded),
                        ]
                    })
            ])
    }
}

extension JSONValue {
    /// Several strings.
    static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
}
