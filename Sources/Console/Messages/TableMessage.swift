/// What `table` says.
public enum TableMessage: MessageCatalogue {
    case tableAdded, tableRefused, tableRemoved, noTables, tableAccepted, tableRestored, nothingHeld
    case tableFault, tableUnknown, tableNotShared, tableTriggers

    public var bilingual: Bilingual {
        switch self {
        case .tableAdded:
            Bilingual(
                "Table {table} is shared: {columns} columns, key ({key}).",
                "表 {table} 已共享：{columns} 列，键为（{key}）。")
        case .tableRefused: Bilingual("table {table} cannot be shared:", "表 {table} 不能共享：")
        case .tableRemoved:
            Bilingual(
                "Table {table} is not shared any more; its rows and its history stay.",
                "表 {table} 不再共享；其数据和历史保留。")
        case .noTables:
            Bilingual("No shared tables yet. Share one with: bashuctl table add", "还没有共享表。请用以下命令共享：bashuctl table add")
        case .tableAccepted:
            Bilingual("{count} held changes of {table} will be published.", "{table} 的 {count} 项搁置变更将予发布。")
        case .tableRestored: Bilingual("{count} rows of {table} will be put back.", "{table} 的 {count} 行将被恢复。")
        case .nothingHeld: Bilingual("Nothing of {table} is held.", "{table} 没有搁置的变更。")
        case .tableFault: Bilingual("compared as a whole: {reason}", "整表比对：{reason}")
        case .tableUnknown: Bilingual("there is no table {table}", "没有表 {table}")
        case .tableNotShared:
            Bilingual(
                "table {table} is not shared; see: bashuctl table list",
                "表 {table} 没有共享；参见：bashuctl table list")
        case .tableTriggers:
            Bilingual(
                "Either --guard-triggers (they then leave rows from other regions alone) or --allow-triggers.",
                "请选择 --guard-triggers（触发器不再处理来自其他地区的行）或 --allow-triggers。")
        }
    }
}
