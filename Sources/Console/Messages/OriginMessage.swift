/// What the `origin` commands say.
public enum OriginMessage: MessageCatalogue {
    case none, origin, own, former, open, closed, applied, received, elsewhere, end, closedAt, nowClosed
    case renewAsk, renewed
    case unknown, isOwn, lacking, tooEarly, daemonRuns, onReplica, closeOnReplica, reasonTooLong

    public var bilingual: Bilingual {
        switch self {
        case .none: Bilingual("No origin is known here yet.", "此处还没有已知的源。")
        case .origin: Bilingual("ORIGIN", "源")
        case .own: Bilingual("own", "本库")
        case .former: Bilingual("former", "本库前身")
        case .open: Bilingual("open", "开放")
        case .closed: Bilingual("closed", "已关闭")
        case .applied: Bilingual("APPLIED", "已应用")
        case .received: Bilingual("RECEIVED", "已接收")
        case .elsewhere: Bilingual("AT PEERS", "对端有")
        case .end: Bilingual("END", "终点")
        case .closedAt:
            Bilingual("batch {number}, by {person} in {region}: {reason}", "第 {number} 批，{region} 的 {person}：{reason}")
        case .nowClosed:
            Bilingual(
                "Origin {origin} is closed at batch {number}. All regions refuse later batches of it; "
                    + "what it has published stays.",
                "源 {origin} 已关闭于第 {number} 批。各地区不再接收其后的批次；已发布的内容保留。")
        case .renewAsk:
            Bilingual(
                "a new origin cannot be taken back; with bashud stopped, say --yes",
                "新建源后不能撤回；请先停止 bashud，再加上 --yes")
        case .renewed:
            Bilingual(
                "This database publishes under {new} from now on; {former} is its former origin. Start bashud.",
                "本库今后以 {new} 发布；{former} 成为其前身。请启动 bashud。")
        default: refusal
        }
    }

    private var refusal: Bilingual {
        switch self {
        case .unknown:
            Bilingual(
                "there is no origin {origin} here; see: bashuctl origin list",
                "此处没有源 {origin}；请查看：bashuctl origin list")
        case .isOwn:
            Bilingual(
                "{origin} is what this database publishes under. Close it in another region, or begin a new one here: "
                    + "bashuctl origin renew",
                "{origin} 是本库当前的源。请在其他地区关闭它，或在此新建源：bashuctl origin renew")
        case .lacking:
            Bilingual(
                "a peer has batch {elsewhere} of {origin}, and only {here} is here: wait until it has arrived, "
                    + "then close it",
                "对端已有 {origin} 的第 {elsewhere} 批，此处只到第 {here} 批：请等其到达后再关闭")
        case .tooEarly:
            Bilingual(
                "batch {known} of {origin} is known: it cannot end before that, at {at}",
                "{origin} 已知到第 {known} 批：不能在此之前（第 {at} 批）结束")
        case .daemonRuns:
            Bilingual("bashud works on this database; stop it first", "bashud 正在处理本库；请先停止它")
        case .closeOnReplica:
            Bilingual(
                "an institution closes no origin: close it in a region, and it is known here within half a minute",
                "机构不能关闭源：请在某个地区关闭，此处半分钟内即可知晓")
        case .reasonTooLong: Bilingual("the --reason has at most 2000 characters", "--reason 最多 2000 个字符")
        default:
            Bilingual("a replica has no origin of its own", "副本没有自己的源")
        }
    }
}

/// One-line help of the options of origins.
public enum OriginOption: MessageCatalogue {
    case name, reason, at, yes

    public var bilingual: Bilingual {
        switch self {
        case .name: Bilingual("The origin, as in bashuctl origin list.", "源，见 bashuctl origin list。")
        case .reason: Bilingual("Why; everybody can read it.", "原因；各地区均可看到。")
        case .at: Bilingual("The last batch (default: the last one known).", "最后一批（默认：已知的最后一批）。")
        case .yes: Bilingual("Yes, begin a new origin.", "确定，开始新的源。")
        }
    }
}

/// Pages of help about origins.
public enum OriginPage: MessageCatalogue {
    case originMore, closeMore, renewMore

    public var bilingual: Bilingual {
        switch self {
        case .originMore:
            Bilingual(
                """
                An origin is one life of a region's database. A failover, a restore or a copy begins a new one by \
                itself, before anything is published; the former one stays open until an operator closes it.
                """,
                """
                源是一个地区数据库的一次“生命”。故障切换、恢复或复制后，会在发布任何内容之前自动开始新的源；旧的源保持开放，\
                直到操作员将其关闭。
                """)
        case .closeMore:
            Bilingual(
                """
                Declares the last batch of an origin that will publish no more: of a region that is given up, or of a \
                former life. Every region refuses what comes after it, and forgetting does not wait for it any more. \
                It cannot be taken back, only be moved to a later batch.

                Example:
                  bashuctl origin close 51-0a1b2c3d4e5f --reason 'old server taken down'
                """,
                """
                声明一个不再发布的源的最后一批：用于退出的地区，或本库的前身。各地区拒绝其后的内容，日志清理不再等待它。\
                此声明不能撤回，只能移到更后的批次。

                示例：
                  bashuctl origin close 51-0a1b2c3d4e5f --reason '机房迁移，旧库停用'
                """)
        case .renewMore:
            Bilingual(
                """
                Begins a new origin for this database, for example after its own was closed elsewhere. Stop bashud \
                first. Rows stay as they are; what is not yet published goes out under the new origin.
                """,
                """
                为本库开始新的源，例如其原有的源已在别处关闭。请先停止 bashud。各行保持不变；尚未发布的内容以新的源发布。
                """)
        }
    }
}
