/// Why a database is not converged, or that it is.
public enum VerdictMessage: MessageCatalogue {
    case converged, daemonNotRunning, daemonProblem, joiningFrom, linkPaused, linkNotStreaming, linkBehind
    case consumerNever, consumerBehind, pendingOld, originHeld, massHeld, troubleVerdict, openCases, lagUnknown
    case noFileBack, fileOld

    public var bilingual: Bilingual {
        switch self {
        case .converged: Bilingual("converged", "已一致")
        case .daemonNotRunning: Bilingual("bashud is not running", "bashud 没有运行")
        case .daemonProblem: Bilingual("bashud reports: {problem}", "bashud 报告：{problem}")
        case .joiningFrom: Bilingual("joining from {peer}", "正在从 {peer} 加入")
        case .linkPaused: Bilingual("link to {peer} is paused", "到 {peer} 的链路已暂停")
        case .linkNotStreaming: Bilingual("link to {peer} is {state}", "到 {peer} 的链路{state}")
        case .linkBehind: Bilingual("{lag} behind {peer}", "落后于 {peer} {lag}")
        case .consumerNever: Bilingual("{peer} has never pulled from here", "{peer} 从未从此处拉取")
        case .noFileBack: Bilingual("no file has come back from {peer} yet", "尚未收到 {peer} 带回的文件")
        case .fileOld: Bilingual("the last file of {peer} is {age} old", "{peer} 的上一个文件已是 {age} 前的")
        case .consumerBehind: Bilingual("{peer} is {lag} behind", "{peer} 落后 {lag}")
        case .pendingOld: Bilingual("local writes of {age} ago are not published", "{age} 前的本地写入尚未发布")
        case .originHeld: Bilingual("a batch of {origin} is held", "{origin} 的一个批次被搁置")
        case .massHeld: Bilingual("a mass change of {table} is held", "{table} 的大批量变更被搁置")
        case .troubleVerdict: Bilingual("{table} needs attention", "{table} 需要处理")
        case .openCases: Bilingual("cases that need a person: {count}", "{count} 个冲突需要人工裁定")
        case .lagUnknown: Bilingual("an unknown time", "未知时长")
        }
    }
}
