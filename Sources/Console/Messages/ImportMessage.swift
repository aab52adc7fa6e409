/// What `import` and `export` say of what they do.
public enum ImportMessage: MessageCatalogue {
    case reading, readingPercent, checking, writing, exporting, exported
    case done, dryRun, nothing, records, new, changed, unchanged, stale, repeated, rejected, added
    case line, why, columns, moreRejects, moreWarnings, moreChanges, rejectsAt, unknownNames, staleHint
    case rejectsTitle, warningsTitle, changesTitle, warningUnread, warningUnfit, warningOtherwise

    public var bilingual: Bilingual {
        switch self {
        case .reading: Bilingual("reading: {count} records", "正在读取：{count} 条记录")
        case .readingPercent: Bilingual("reading: {count} records, {percent} %", "正在读取：{count} 条记录，{percent}%")
        case .checking: Bilingual("checking: {count} of {total} records", "正在检查：{count}/{total} 条记录")
        case .writing: Bilingual("comparing and writing: {count} of {total} records", "正在比较和写入：{count}/{total} 条记录")
        case .exporting: Bilingual("{count} rows", "{count} 行")
        case .exported: Bilingual("{count} rows of {table} are in {path}.", "{table} 的 {count} 行已写入 {path}。")
        case .done: Bilingual("Imported into {table}.", "已导入 {table}。")
        case .dryRun:
            Bilingual(
                "Dry run: nothing is stored. This is what an import into {table} would do.",
                "试运行：未存储任何内容。导入 {table} 的结果将如下。")
        case .nothing: Bilingual("Nothing to change in {table}.", "{table} 无需更改。")
        case .records: Bilingual("Records", "记录")
        case .new: Bilingual("New", "新增")
        case .changed: Bilingual("Changed", "更改")
        case .unchanged: Bilingual("Unchanged", "未变")
        case .stale: Bilingual("Older", "较旧")
        case .repeated: Bilingual("Repeated", "重复")
        case .rejected: Bilingual("Rejected", "拒收")
        case .added: Bilingual("Added to", "另增")
        case .line: Bilingual("LINE", "行号")
        case .why: Bilingual("REASON", "原因")
        case .columns: Bilingual("COLUMNS", "列")
        case .moreRejects:
            Bilingual("… and {count} more; --rejects FILE writes them all.", "…另有 {count} 条；--rejects FILE 可全部写出。")
        case .moreWarnings:
            Bilingual("… and {count} more; -o json lists up to 1000.", "…另有 {count} 条；-o json 最多列出 1000 条。")
        case .moreChanges: Bilingual("… and {count} more.", "…另有 {count} 行。")
        case .rejectsAt:
            Bilingual(
                "The rejected records are in {path}; mend them there and import that file.",
                "拒收的记录在 {path}；在其中改正后导入该文件即可。")
        case .unknownNames: Bilingual("Not understood, and left out: {names}", "无法识别而略去：{names}")
        case .staleHint:
            Bilingual(
                "Older: the row here is of a later state of its source, and stays. Is the input newer? Say: --as-of",
                "较旧：此处的行来自更新的数据时点，予以保留。若输入更新，请用 --as-of 说明其时点")
        default: titles
        }
    }

    private var titles: Bilingual {
        switch self {
        case .rejectsTitle: Bilingual("Rejected records:", "拒收的记录：")
        case .warningsTitle: Bilingual("To look at:", "请查看：")
        case .changesTitle: Bilingual("Changed rows:", "更改的行：")
        case .warningUnread: Bilingual("could not be read, kept in remarks: {text}", "无法读取，已按原文存入备注：{text}")
        case .warningUnfit: Bilingual("a number of no known form, kept as it is: {text}", "标准号不符合任何已知格式，按原样保留：{text}")
        default: Bilingual("says otherwise than an earlier record: {text}", "与前面的记录不一致：{text}")
        }
    }
}
