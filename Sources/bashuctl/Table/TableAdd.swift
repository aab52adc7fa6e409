import ArgumentParser
import Console
import Postgres
import RegionStore

struct TableAdd: ControlCommand {
    static let configuration = page(
        "table add", "TABLE [--without COLUMN,…] [OPTIONS]", .tableAdd, SetupPage.tableAddMore)

    @Argument(help: help(.tableName))
    var table: String

    @Option(help: help(.without, value: "columns"))
    var without: String?

    @Flag(name: .customLong("allow-truncate"), help: help(.allowTruncate))
    var allowTruncate = false

    @Flag(name: .customLong("keys-may-collide"), help: help(.keysMayCollide))
    var keysMayCollide = false

    @Flag(name: .customLong("guard-triggers"), help: help(.guardTriggers))
    var guardTriggers = false

    @Flag(name: .customLong("allow-triggers"), help: help(.allowTriggers))
    var allowTriggers = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !(guardTriggers && allowTriggers) else {
            throw ValidationError(speech(TableMessage.tableTriggers))
        }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        let (table, options) = (table, options)
        let shared = try await context.installed(as: .owner) { session in
            let id = try SharedTables.add(session, table, options: options)
            return try SharedTables.list(session).first { $0.id == id }
        }
        guard let shared else { return .failed }
        context.print(
            speech(
                TableMessage.tableAdded,
                [
                    "table": "\(TableName(schema: shared.schema, table: shared.name))",
                    "columns": "\(shared.columns.count)", "key": speech.list(shared.keyColumns),
                ]))
        return .done
    }

    private var options: SharingOptions {
        var options = SharingOptions()
        options.excluded = without.map { $0.split(separator: ",").map(String.init) } ?? []
        options.allowTruncate = allowTruncate
        options.keysMayCollide = keysMayCollide
        options.triggers = guardTriggers ? .guardThem : allowTriggers ? .allow : .refuse
        return options
    }
}
