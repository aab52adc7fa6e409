public import Reasons

extension DaemonReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .cut_waits: "有待发布变更的表被锁定：{message}"
        case .nothing_forgotten: "目前无法清除过期变更：{message}"
        case .older_copy:
            "对端 {peer} 有本数据库自身的源 {origin} 的第 {theirs} 批，而本数据库只有第 {ours} 批；不久前已因同样的原因开始了"
                + "新的源。在该源满一小时或删除该对端之前，此处不发布和应用任何内容；本地变更仍在各表中。"
                + "处理方法见 Deploy/guide/lives.md"
        case .fence_lost: "另一个 bashud 已接管该数据库；本进程已停止，此后未作任何更改"
        case .daemon_running: "该数据库上已有另一个 bashud 在运行（{holder}）；请先停止它"
        case .through_pooler:
            "该连接串指向连接池；守护进程须在整个会话期间持有锁，因此 database.conninfo 必须直接指向服务器"
        case .unexpected_result: "数据库的应答不符合预期：{message}"
        case .log_damaged: "日志已损坏：{message}"
        }
    }
}

extension RulingReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .written_meanwhile: "裁定期间该行又被写入；请重新查看该冲突"
        case .case_over: "{group} 上的冲突已经了结"
        case .group_written: "{group} 此后又被写入；请重新查看"
        case .no_history: "日志中已没有该行的任何记录"
        case .row_gone: "该行已不存在；请选用保有该行的候选的值"
        case .no_such_column: "表 {table} 没有列 {column}"
        case .value_too_long: "{value} 超出 {type} 的长度"
        case .ruled_on_replica: "副本不能裁定；请在地区库中裁定"
        case .not_shared_any_more: "裁定所涉及的表已不再共享"
        case .ruling_refused: "数据库拒绝该裁定：{message}"
        }
    }
}
