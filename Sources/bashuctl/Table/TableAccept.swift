import ArgumentParser
import Console
import RegionStore

struct TableAccept: ControlCommand {
    static let configuration = page("table accept", "TABLE", .tableAccept, SetupPage.tableAcceptMore)

    @Argument(help: help(.tableName))
    var table: String

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let table = table
        let count = try await context.installed(as: .owner) { try HeldChanges.accept($0, table) }
        context.print(
            count == 0
                ? speech(TableMessage.nothingHeld, ["table": table])
                : speech(TableMessage.tableAccepted, ["table": table, "count": "\(count)"]))
        return .done
    }
}
