/// What the `peer` commands say.
public enum PeerMessage: MessageCatalogue {
    case added, addedDaemonDown, linkState, linkReason, testWaiting, removed, paused, resumed, noPeers
    case needsOne, selfName, unprotected, loginOrFile

    public var bilingual: Bilingual {
        switch self {
        case .added: Bilingual("Peer {name} added.", "已添加对端 {name}。")
        case .addedDaemonDown:
            Bilingual(
                "bashud is not running here; it will connect to {name} once it is started.",
                "此处的 bashud 没有运行；启动后会连接 {name}。")
        case .linkState: Bilingual("Link to {name}: {state}", "到 {name} 的链路：{state}")
        case .linkReason: Bilingual("Link to {name}: {state}: {reason}", "到 {name} 的链路：{state}：{reason}")
        case .testWaiting: Bilingual("connecting to {name}", "正在连接 {name}")
        case .removed:
            Bilingual(
                "Peer {name} removed. What it wrote stays; the log keeps nothing for it any more. "
                    + "After the retention it can only come back by joining again.",
                "已删除对端 {name}。其写入的内容保留；日志不再为其保留任何内容。超过保留期后，它只能重新加入。")
        case .paused:
            Bilingual(
                "Pulling from {name} is paused. Its log keeps what is lacking here until it is resumed.",
                "已暂停从 {name} 拉取。恢复之前，对端日志保留本库尚缺的内容。")
        case .resumed: Bilingual("Pulling from {name} is resumed.", "已恢复从 {name} 拉取。")
        case .noPeers: Bilingual("No peers yet. Add one with: bashuctl peer add", "还没有对端。请用以下命令添加：bashuctl peer add")
        case .needsOne:
            Bilingual(
                "give --conninfo (to pull from the peer), --login (to let it pull from here), or both; or --by-file",
                "请给出 --conninfo（从对端拉取）、--login（允许对端从此处拉取），或两者都给出；或给出 --by-file")
        case .loginOrFile:
            Bilingual("a peer has a login or takes files: not both", "对端要么有登录角色，要么用文件：不能两者兼有")
        case .unprotected:
            Bilingual(
                "sslmode={mode} lets others read and forge what the peer sends. Use sslmode=verify-full with "
                    + "sslrootcert=FILE, or leave sslmode out, which means the same",
                "sslmode={mode} 使他人能够窃听或冒充对端。请使用 sslmode=verify-full 并给出 sslrootcert=FILE，"
                    + "或不写 sslmode（效果相同）")
        case .selfName:
            Bilingual(
                "{name} is this region itself; name the peer after the other region", "{name} 就是本地区；请用另一地区命名对端")
        }
    }
}
