public import Reasons

extension HoldReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .table_not_shared: "表 {table} 在此处未共享；请先建表，再执行：bashuctl table add {table}"
        case .key_differs: "表 {table} 的主键在此处为（{ours}），发送方为（{theirs}）；请改为一致"
        case .column_missing: "表 {table} 缺少列 {column}（{type}）；在此处添加后将自动继续"
        case .type_differs: "表 {table} 的列 {column} 在此处为 {ours}，发送方为 {theirs}；请将类型改为一致"
        case .row_refused: "表 {table} 拒绝本批次中的一行：{message}；请修改此处造成妨碍的行，之后将自动继续"
        case .row_refused_by:
            "表 {table} 的约束 {constraint} 拒绝本批次中的一行：{message}；请修改此处造成妨碍的行，之后将自动继续"
        case .values_in_the_way:
            "表 {table} 的若干行互相妨碍：唯一值在这些行之间移动，过程中既不能暂为 NULL，也不能先删除再插入"
        case .still_referred: "本批次删除表 {table} 的行 {key}，但此处 {child} 仍有行引用它"
        case .held_mass_delete:
            "表 {table} 的键 {key} 因大批量删除在此处待审；请决定：bashuctl table accept {table}，"
                + "或 bashuctl table restore {table}"
        case .held_too_large:
            "表 {table} 的键 {key} 因单行过大在此处待审；请决定：bashuctl table accept {table}，"
                + "或 bashuctl table restore {table}"
        case .too_many_dependents: "因唯一值和引用关系而依赖本批次的行超出预期数量"
        case .forgotten_here:
            "其写入方只看到来源 {origin} 的批次 {seen} 为止，而此处在保留期后已清除到批次 {number} 为止的内容。"
                + "该批次来自离线过久的数据库或旧副本：该数据库须重新加入（见手册 retention）"
        case .other_transaction: "被另一事务阻挡：{message}"
        case .batch_refused: "数据库拒绝本批次：{message}"
        case .always_written: "本批次涉及的表一直在被写入或更改"
        case .rows_differ: "本批次的若干行与此处的已知内容不同，但没有待发布的变更"
        case .row_locked: "表 {table} 的行 {key} 已被锁定；可能的持有者：{holders}"
        case .holder: "进程 {pid}（{user}，{program}，已持续 {age}）"
        case .holder_prepared: "预备事务 {name}（{user}，已持续 {age}）"
        case .holder_gone: "一个刚结束的事务"
        }
    }
}
