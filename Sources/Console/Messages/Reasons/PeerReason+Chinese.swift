public import Reasons

extension PeerReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .peer_unreachable: "无法连接对端：{message}"
        case .login_refused: "对端拒绝登录：{message}"
        case .no_database: "对端没有供本方使用的该数据库：{message}"
        case .connection_lost: "与对端的连接已中断：{message}"
        case .not_installed_there: "对端数据库中未安装 Bashu：请在对端执行 bashuctl init"
        case .functions_missing: "对端的 Bashu 版本不同，缺少本程序所调用的函数"
        case .not_registered:
            "对端：登录角色 \"{login}\" 未登记为该数据库的对端。请在对端登记：bashuctl peer add 名称 --login 登录角色"
        case .peer_refuses: "对端：{message}"
        case .not_granted: "本方登录角色无权调用对端的发布接口：请在对端执行 bashuctl init 所列的对端授权语句（{message}）"
        case .peer_failed: "对端出错：{message}"
        case .taken_over: "另一个守护进程正在接管该数据库"
        case .not_stored: "本数据库无法存储收到的内容：{message}"
        case .no_connection_here: "无法连接本数据库：{message}"
        case .link_failed: "链路在本方出错：{message}"
        case .freshness_malformed: "对端报告的时效格式有误"
        case .batch_malformed: "已拒收对端 {peer} 发来的 {origin} 批次 {number}：第 {part} 段，{message}"
        case .own_origin_ahead:
            "对端 {peer} 已有 {origin} 的批次 {theirs}，该来源即本数据库自身，而此处只有到 {ours}：本数据库比它已发布的内容旧"
        case .same_database: "对端 {peer} 就是本数据库，或是它的副本"
        case .other_protocol: "对端 {peer} 使用的协议版本为 {offered}；本程序使用 {spoken}"
        case .unexpected_answer: "对端 {peer} 的应答不符合预期：{message}"
        case .forgotten_there:
            "本数据库只有来源 {origin} 到批次 {applied} 为止的内容，而 {peer} 在保留期后已清除到批次 {number} 为止的变更。"
                + "不再从该对端拉取；本数据库须重新加入：清空表后执行 bashuctl join --from {peer}"
        case .clock_ahead: "对端时钟比本方快 {seconds} 秒"
        case .clock_behind: "对端时钟比本方慢 {seconds} 秒"
        case .other_schema: "对端的 Bashu 模式版本为 {theirs}，本数据库为 {ours}"
        case .no_such_peer: "没有可供拉取的对端 {peer}"
        case .unnamed_peer: "未指明对端名称，无法拉取"
        case .more_reasons: "另有 {count} 项"
        }
    }
}
