import ArgumentParser
import Console
import RegionStore

struct TableRemove: ControlCommand {
    static let configuration = page("table remove", "TABLE", .tableRemove)

    @Argument(help: help(.tableName))
    var table: String

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let table = table
        try await context.installed(as: .owner) { try SharedTables.remove($0, table) }
        context.print(speech(TableMessage.tableRemoved, ["table": table]))
        return .done
    }
}
