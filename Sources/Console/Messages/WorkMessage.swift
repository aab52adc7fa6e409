/// What `join`, `verify` and `wait` say.
public enum WorkMessage: MessageCatalogue {
    case daemonDown, waitingForDaemon, requestFailed, requestGone, timedOutDaemon, cutting, nothingPublished
    case waitingForPeer, peerHas, waitTimedOut, waitPeerState, waitReplica, verifying, verifyEqualLog
    case verifyEqualPeer, verifyDiffer, verifyMore, verifySkipped
    case verifyEither, verifyPublished, verifyRestored, verifyAgain, joinStarted, joinLater, joinConnecting
    case joinReceiving, joinDone, joinTrouble, badSeconds, sideBoth, sideHereOnly, sideThereOnly

    public var bilingual: Bilingual {
        switch self {
        case .daemonDown:
            Bilingual(
                "bashud is not running here (last sign of life: {time}); this waits until it does",
                "此处的 bashud 没有运行（上次活动：{time}）；将等待它启动")
        case .waitingForDaemon: Bilingual("waiting for bashud", "等待 bashud")
        case .requestFailed: Bilingual("bashud could not do it: {reason}", "bashud 未能完成：{reason}")
        case .requestGone: Bilingual("the request was withdrawn", "请求已被撤回")
        case .timedOutDaemon:
            Bilingual("bashud has not answered within {seconds} s", "bashud 在 {seconds} 秒内没有应答")
        case .cutting: Bilingual("publishing what is committed here", "正在发布此处已提交的内容")
        case .nothingPublished: Bilingual("Nothing has ever been published here.", "此处从未发布过内容。")
        case .waitingForPeer:
            Bilingual(
                "{peer} has batch {has} of {origin}, waiting for {number}",
                "{peer} 已有 {origin} 的第 {has} 批，等待第 {number} 批")
        case .peerHas:
            Bilingual(
                "{peer} has applied everything committed here before the call (batch {number}).",
                "{peer} 已应用调用之前在此处提交的全部内容（第 {number} 批）。")
        case .waitTimedOut:
            Bilingual(
                "{peer} has not applied batch {number} within {seconds} s; it has {has}",
                "{peer} 在 {seconds} 秒内未应用第 {number} 批；现有第 {has} 批")
        case .waitPeerState: Bilingual("link to {peer}: {state}: {reason}", "到 {peer} 的链路：{state}：{reason}")
        case .waitReplica:
            Bilingual("a replica publishes nothing, so there is nothing to wait for", "只读副本不发布内容，无可等待")
        case .verifying: Bilingual("comparing", "正在比对")
        case .verifyEqualLog:
            Bilingual("Equal to the log (tables: {tables}, rows: {rows}).", "与日志一致（{tables} 个表，{rows} 行）。")
        case .verifyEqualPeer:
            Bilingual("Equal to {peer} (tables: {tables}, rows: {rows}).", "与 {peer} 一致（{tables} 个表，{rows} 行）。")
        case .verifyDiffer: Bilingual("{count} rows differ.", "{count} 行不同。")
        case .verifyMore: Bilingual("{shown} of them are shown.", "以上显示其中 {shown} 行。")
        case .verifySkipped: Bilingual("not compared: {reason}", "未比对：{reason}")
        case .verifyEither:
            Bilingual("--repair goes by the log, so not together with --against", "--repair 以日志为准，不能与 --against 同用")
        case .verifyPublished: Bilingual("They are published now.", "已将其发布。")
        case .verifyRestored: Bilingual("They are put back now.", "已将其恢复。")
        case .verifyAgain: Bilingual("{count} at a time; run it again.", "每次处理 {count} 行；请再次运行。")
        case .joinStarted: Bilingual("Joining from {peer}.", "开始从 {peer} 加入。")
        case .joinLater:
            Bilingual(
                "bashud is not running here; it will receive everything once it is started.",
                "此处的 bashud 没有运行；启动后会接收全部内容。")
        case .joinConnecting: Bilingual("waiting for {peer}", "等待 {peer}")
        case .joinReceiving:
            Bilingual("{received} rows received, {projected} in the tables", "已接收 {received} 行，已写入 {projected} 行")
        case .joinDone: Bilingual("Joined: {projected} changes received and applied.", "加入完成：已接收并应用 {projected} 项变更。")
        case .joinTrouble: Bilingual("link to {peer} is {state}: {reason}", "到 {peer} 的链路{state}：{reason}")
        case .badSeconds: Bilingual("--timeout takes seconds from 0", "--timeout 以秒为单位，从 0 起")
        case .sideBoth: Bilingual("values differ", "值不同")
        case .sideHereOnly: Bilingual("only here", "仅此处有")
        case .sideThereOnly: Bilingual("missing here", "此处缺少")
        }
    }
}
