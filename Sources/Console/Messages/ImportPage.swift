/// Help of `import` and `export`.
public enum ImportPage: MessageCatalogue {
    case importAbstract, exportAbstract, importMore, exportMore
    case arguments, format, shape, asOf, source, transaction, dryImport, rejects, actor
    case exportTable, exportFormat, target

    public var bilingual: Bilingual {
        switch self {
        case .importAbstract: Bilingual("Bring records of a file into a table.", "将文件中的记录导入表。")
        case .exportAbstract: Bilingual("Write a table as CSV or JSON lines.", "将表写为 CSV 或 JSON 行。")
        case .arguments:
            Bilingual(
                "The table (default: catalogue.standard) and the file; - reads standard input.",
                "表（默认：catalogue.standard）和文件；- 表示标准输入。")
        case .format: Bilingual("csv, jsonl or json (default: by the file).", "csv、jsonl 或 json（默认：依文件判断）。")
        case .shape:
            Bilingual(
                "rows: exact columns; list: a published list (default: list without std_id).",
                "rows 逐列；list 发布的列表（默认：无 std_id 时）。")
        case .asOf: Bilingual("Of when the records are: a day or a time.", "记录的数据时点：日期或时间。")
        case .source: Bilingual("Where they are from, if they do not say so.", "记录未注明时的来源。")
        case .transaction:
            Bilingual("Commit once (file), or after each announcement.", "整体提交（file）或按公告提交。")
        case .dryImport: Bilingual("Report what would be done, and store nothing.", "只报告将做什么，不存储。")
        case .rejects: Bilingual("Write rejected records here, to mend and import.", "拒收的记录写入此文件，改正后可再导入。")
        case .actor: Bilingual("On whose behalf; it is recorded beside the login.", "代表何人；与登录角色一同记录。")
        case .exportTable: Bilingual("The table, with its schema if need be.", "表名，必要时带模式名。")
        case .exportFormat: Bilingual("csv or jsonl.", "csv 或 jsonl。")
        case .target: Bilingual("The file (default: standard output).", "文件（默认：标准输出）。")
        default: more
        }
    }

    private var more: Bilingual {
        switch self {
        case .importMore:
            Bilingual(
                """
                Takes what `bashuctl export` writes, published lists with English or Chinese headings, and the JSON \
                of the national platforms. Rows that are equal are not touched; an older state of a source never \
                overwrites a newer one. Writes as your own login: owner_conninfo, or --database.
                Interrupted, run it again.
                Exit status 1 when records were rejected; everything else is stored then.

                Example:
                  bashuctl import standards.csv --as-of 2026-08-01 --dry-run
                  bashuctl import catalogue.standard_ics codes.csv --rejects bad.csv
                """,
                """
                可导入 `bashuctl export` 的输出、带中英文表头的发布列表，以及国家平台的 JSON。相同的行不会被触动；\
                较旧的数据时点不会覆盖较新的。以自己的登录角色写入：owner_conninfo 或 --database。中断后再次运行即可。
                有记录被拒收时退出状态为 1，其余记录均已存储。

                示例：
                  bashuctl import standards.csv --as-of 2026-08-01 --dry-run
                  bashuctl import catalogue.standard_ics codes.csv --rejects bad.csv
                """)
        default:
            Bilingual(
                """
                Ordered by the key; importing it again finds no difference.

                Example:
                  bashuctl export catalogue.standard --output standard.csv
                """,
                """
                按键排序；再次导入不会有差异。

                示例：
                  bashuctl export catalogue.standard --output standard.csv
                """)
        }
    }
}
