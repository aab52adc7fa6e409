/// Why an import or export did not begin or was given up, and why a record was rejected.
public enum ImportRefusal: MessageCatalogue {
    case file, folder, empty, binary, encoding, tooLarge, noTable, severalTables, noKey, unknownColumns
    case repeatedColumn, keyMissing, noNumberColumn, listElsewhere, noAnnouncement, badTime, replica
    case daemonRole, noRight, rejectsLost, badHeader
    case quote, fieldCount, json, unknownColumn, recordKey, noNumber, sameKey, refused

    public var bilingual: Bilingual {
        switch self {
        case .file: Bilingual("{path}: {reason}", "{path}：{reason}")
        case .folder: Bilingual("{path} is a folder; name a file in it", "{path} 是文件夹；请指明其中的文件")
        case .empty: Bilingual("{path} has no records", "{path} 中没有记录")
        case .binary:
            Bilingual(
                "{path}, line {line}: this is no text; save a workbook as \"CSV UTF-8\" first",
                "{path} 第 {line} 行：不是文本；电子表格请先另存为“CSV UTF-8”")
        case .encoding:
            Bilingual(
                "{path}, line {line}: not UTF-8; convert it first, for example: iconv -f GB18030 -t UTF-8 {path}",
                "{path} 第 {line} 行：不是 UTF-8；请先转换，例如：iconv -f GB18030 -t UTF-8 {path}")
        case .tooLarge:
            Bilingual("line {line}: a record of more than 4 MB", "第 {line} 行：记录超过 4 MB")
        case .noTable: Bilingual("there is no table {table}", "没有表 {table}")
        case .severalTables:
            Bilingual("several tables are called {table}: {candidates}", "有多个名为 {table} 的表：{candidates}")
        case .noKey: Bilingual("table {table} has no primary key", "表 {table} 没有主键")
        case .unknownColumns:
            Bilingual(
                "table {table} has no column {names}; its columns are: {columns}",
                "表 {table} 没有列 {names}；其列为：{columns}")
        case .badHeader: Bilingual("the header cannot be read: {names}", "无法读取表头：{names}")
        case .repeatedColumn: Bilingual("the header has {name} twice", "表头中 {name} 出现两次")
        case .keyMissing:
            Bilingual(
                "the input lacks {names} of the key of {table}", "输入缺少 {table} 的键列 {names}")
        case .noNumberColumn:
            Bilingual(
                "no column holds the numbers of standards (number_raw, or its Chinese name); the header has: {names}",
                "没有标准号列（标准号、number_raw）；表头为：{names}")
        case .listElsewhere:
            Bilingual("a list goes into catalogue.standard, not {table}", "列表只能导入 catalogue.standard，而不是 {table}")
        case .noAnnouncement:
            Bilingual("the input has no announcements to divide it by", "输入中没有公告号，无法按公告分批")
        case .badTime:
            Bilingual(
                "--as-of {text}: no time; for example 2021-10-02 or '2021-10-02 08:00+08'",
                "--as-of {text}：不是时间；例如 2021-10-02 或 '2021-10-02 08:00+08'")
        default: more
        }
    }

    private var more: Bilingual {
        switch self {
        case .replica:
            Bilingual(
                "this database is a replica: import into {table} in the database of a region, and it arrives here",
                "本数据库是只读副本：请在地区数据库中导入 {table}，数据会自动到达此处")
        case .daemonRole:
            Bilingual(
                "{role} is the login of bashud, whose writes are not published; use another one with --database",
                "{role} 是 bashud 的登录角色，其写入不会发布；请用 --database 换用其他角色")
        case .noRight:
            Bilingual(
                "{role} lacks {rights} on {table}; its owner can: GRANT {rights} ON {table} TO {role}",
                "{role} 在 {table} 上缺少 {rights} 权限；可由其所有者执行：GRANT {rights} ON {table} TO {role}")
        case .rejectsLost:
            Bilingual(
                "all is stored, but rejected records could not be written to {path}: {reason}; run it again elsewhere",
                "数据已存储，但拒收的记录无法写入 {path}：{reason}；请换一处再次运行")
        case .quote: Bilingual("a quoted field is not closed, or goes on behind its quote", "引号未闭合，或引号之后还有内容")
        case .fieldCount: Bilingual("another number of fields than the header: {detail}", "字段数与表头不同：{detail}")
        case .json: Bilingual("not valid JSON: {detail}", "不是有效的 JSON：{detail}")
        case .unknownColumn: Bilingual("the table has no column {detail}", "表中没有列 {detail}")
        case .recordKey: Bilingual("no value for the key", "键没有值")
        case .noNumber: Bilingual("no standard number", "没有标准号")
        case .sameKey: Bilingual("the key of line {detail} again", "与第 {detail} 行的键相同")
        default: Bilingual("the database refuses it: {detail}", "数据库不接受：{detail}")
        }
    }
}
