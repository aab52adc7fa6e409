import ArgumentParser
import Console

struct TableCommand: ParsableCommand {
    static let configuration = page(
        "table", "COMMAND", .table, nil,
        [TableAdd.self, TableRemove.self, TableList.self, TableAccept.self, TableRestore.self])
}
