import ArgumentParser
import Console
import RegionStore

struct TableRestore: ControlCommand {
    static let configuration = page("table restore", "TABLE", .tableRestore, SetupPage.tableRestoreMore)

    @Argument(help: help(.tableName))
    var table: String

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let table = table
        let count = try await context.installed(as: .owner) { try HeldChanges.restore($0, table) }
        context.print(
            count == 0
                ? speech(TableMessage.nothingHeld, ["table": table])
                : speech(TableMessage.tableRestored, ["table": table, "count": "\(count)"]))
        return .done
    }
}
