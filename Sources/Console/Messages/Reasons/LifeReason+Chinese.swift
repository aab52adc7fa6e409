public import Reasons

extension LifeReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .origin_closed:
            "本数据库的源 {origin} 已由 {region} 的 {person} 关闭于第 {number} 批：{message}。此处不再发布和应用任何内容；"
                + "本地变更仍在各表中。若本库要继续使用，请停止 bashud 并新建源：bashuctl origin renew"
        case .beyond_closing:
            "源 {origin} 已关闭于第 {number} 批，而对端 {peer} 有其第 {theirs} 批：终点之后的内容不予接收。"
                + "如应计入，请用 bashuctl origin close 在该批次重新关闭"
        case .closing_unproven:
            "{region} 声明的源 {origin} 于第 {number} 批的终点不被采信：对端 {peer} 转来时没有该地区受信任密钥的签名。"
                + "请向该地区核实，然后 bashuctl key trust {region}，或在此处用 bashuctl origin close 关闭"
        case .copy_connected:
            "本地区的另一个数据库（源 {origin}）自 {time} 起已连接到 {peer}：本库被视为其副本。"
                + "只能运行一个；如果本库才是正确的，请停止另一个的 bashud"
        case .copy_refused:
            "本数据库的一个副本（源 {origin}）曾于 {time} 试图连接对端并被拒绝：请查明由谁运行"
        case .state_file_unusable:
            "状态文件 {path} 无法使用：{message}。没有它就不发布任何内容；其目录是 STATE_DIRECTORY 中的第一个"
        case .state_file_in_use:
            "状态文件 {path} 正在使用：本机另一个 bashud 正在处理本数据库或其副本"
        }
    }
}
