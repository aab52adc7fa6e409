public import Reasons

extension VerifyReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .unknown_table: "{table}：不是共享的表"
        case .table_missing:
            "{table}：该表已不存在或已改名，对它的写入正在等待；请恢复其名称，或用 bashuctl table remove 取消共享"
        case .not_shared_there: "{table}：对端没有共享表 {name}"
        case .columns_not_shared: "{table}：对端的表 {name} 没有共享全部列（{columns}）"
        case .too_many_rows: "{table}：超过 {count} 行不同；其余未列出"
        case .written_all_the_time: "{table}：{count} 行一直在被写入"
        case .not_caught_up: "两个数据库未能及时相互追平"
        }
    }
}
