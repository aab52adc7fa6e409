/// Single words: column titles, labels, states.
public enum WordMessage: MessageCatalogue {
    case tableLabel, keyLabel
    case kept, keptUntil
    case peer, region, state, lag, waiting, lastContact, reason, lastReport, origin, applied, received
    case through, table, key, columns, groups, type, winner, since, handle, who, when, value, column, side
    case from, login, rows, database, daemon, pending, log, cases, verdict, node, rule, closedBy, version
    case base, existence, absent, alive, never, unknown, null, wins, excluded, file
    case field, before, chosen, now, keeps, byFile

    public var bilingual: Bilingual {
        switch self {
        case .peer: Bilingual("PEER", "对端")
        case .region: Bilingual("REGION", "地区")
        case .state: Bilingual("STATE", "状态")
        case .lag: Bilingual("LAG", "延迟")
        case .waiting: Bilingual("WAITING", "待应用")
        case .lastContact: Bilingual("CONTACT", "上次联系")
        case .reason: Bilingual("REASON", "原因")
        case .lastReport: Bilingual("REPORT", "上次报告")
        case .kept: Bilingual("KEPT", "为其保留")
        case .keptUntil: Bilingual("BACK BY", "最晚恢复")
        case .origin: Bilingual("ORIGIN", "来源")
        case .applied: Bilingual("APPLIED", "已应用")
        case .received: Bilingual("RECEIVED", "已接收")
        case .through: Bilingual("COMPLETE THROUGH", "完整至")
        case .table: Bilingual("TABLE", "表")
        case .key: Bilingual("KEY", "键")
        case .tableLabel: Bilingual("Table", "表")
        case .keyLabel: Bilingual("Key", "键")
        case .columns: Bilingual("COLUMNS", "列数")
        case .groups: Bilingual("GROUPS", "列组")
        case .type: Bilingual("TYPE", "类型")
        case .winner: Bilingual("WINS", "胜方")
        case .since: Bilingual("AGE", "历时")
        case .handle: Bilingual("HANDLE", "句柄")
        case .who: Bilingual("WHO", "何人")
        case .when: Bilingual("WHEN", "何时")
        case .value: Bilingual("VALUE", "值")
        case .column: Bilingual("COLUMN", "列")
        case .side: Bilingual("FOUND", "差异")
        case .from: Bilingual("PULLED FROM", "拉取自")
        case .login: Bilingual("LOGIN", "登录角色")
        case .byFile: Bilingual("by files", "文件")
        case .rows: Bilingual("ROWS", "行数")
        case .database: Bilingual("Database", "数据库")
        case .daemon: Bilingual("Daemon", "守护进程")
        case .pending: Bilingual("Pending", "待发布")
        case .log: Bilingual("Log", "日志")
        case .cases: Bilingual("Cases", "冲突")
        case .verdict: Bilingual("Verdict", "结论")
        case .node: Bilingual("Node", "节点")
        case .rule: Bilingual("Rule", "规则")
        case .closedBy: Bilingual("Closed by", "了结于")
        case .version: Bilingual("Version", "版本")
        case .base: Bilingual("before", "原值")
        case .existence: Bilingual("existence", "存在")
        case .absent: Bilingual("(deleted)", "（已删除）")
        case .alive: Bilingual("(kept)", "（保留）")
        case .never: Bilingual("never", "从未")
        case .unknown: Bilingual("unknown", "未知")
        case .null: Bilingual("(null)", "（空值）")
        case .wins: Bilingual("wins", "胜出")
        case .excluded: Bilingual("NOT SHARED", "不共享的列")
        default: more
        }
    }

    private var more: Bilingual {
        switch self {
        case .field: Bilingual("FIELD", "字段")
        case .before: Bilingual("BEFORE", "原值")
        case .chosen: Bilingual("WILL BE", "将为")
        case .now: Bilingual("NOW", "现为")
        case .keeps: Bilingual("WILL KEEP", "将保留")
        default: Bilingual("FILE", "文件")
        }
    }
}
