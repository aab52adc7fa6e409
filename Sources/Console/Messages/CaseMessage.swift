/// What the `conflict` and `history` commands say.
public enum CaseMessage: MessageCatalogue {
    case noCases, shownOf, caseTitle, closed, needsReason, badSet, rulingWaiting, rulingStored
    case rulingDaemonDown, rulingTaken, rulingStale, rulingFailed, noHistory, unpublished, historyTitle, actor
    case hadSeen, concurrentWith, lost, won, overRuled, reason, unknownUser, resolveHint
    case clockAlarm

    public var bilingual: Bilingual {
        switch self {
        case .clockAlarm: Bilingual("{state}, wrong clock", "{state}，时钟有误")
        case .noCases: Bilingual("No conflicts.", "没有冲突。")
        case .shownOf:
            Bilingual("{shown} of {total} rows shown; more with --limit.", "共 {total} 行，显示 {shown} 行；用 --limit 显示更多。")
        case .caseTitle: Bilingual("{group}: {type}, {state} by rule {rule}", "{group}：{type}，{state}，规则 {rule}")
        case .closed: Bilingual("closed by {change}", "由 {change} 了结")
        case .needsReason: Bilingual("give the --reason; it becomes part of the history", "请给出 --reason；它会成为历史的一部分")
        case .badSet: Bilingual("--set takes COLUMN=VALUE, not \"{text}\"", "--set 的形式是 列=值，而不是“{text}”")
        case .rulingWaiting: Bilingual("waiting for bashud to take the ruling", "等待 bashud 执行裁定")
        case .rulingStored: Bilingual("Ruling {id} is stored; bashud will take it.", "裁定 {id} 已保存，将由 bashud 执行。")
        case .rulingDaemonDown:
            Bilingual(
                "Ruling {id} is stored; bashud is not running here and will take it once it is started.",
                "裁定 {id} 已保存；此处的 bashud 没有运行，启动后会执行。")
        case .rulingTaken:
            Bilingual(
                "Ruling {id} is in the log, and travels to every region.",
                "裁定 {id} 已写入日志，并将传到各地区。")
        case .rulingStale:
            Bilingual(
                "ruling {id} was not taken: the row has changed since: "
                    + "{outcome}; look again with: bashuctl conflict list",
                "裁定 {id} 未执行：该行此后又有变化：{outcome}；请重新查看：bashuctl conflict list")
        case .rulingFailed: Bilingual("ruling {id} failed: {outcome}", "裁定 {id} 失败：{outcome}")
        case .noHistory: Bilingual("The log has nothing about {table} ({key}).", "日志中没有 {table}（{key}）的记录。")
        case .unpublished:
            Bilingual("A local write to this row is not published yet.", "该行有一次本地写入尚未发布。")
        case .historyTitle: Bilingual("{table} ({key})", "{table}（{key}）")
        case .actor: Bilingual("{user} as {actor}", "{user}（代表 {actor}）")
        case .hadSeen: Bilingual("had seen {changes}", "写入时已见 {changes}")
        case .concurrentWith: Bilingual("concurrent with {changes}", "与 {changes} 并发")
        case .lost: Bilingual("{group} lost to {winner} (rule {rule})", "{group} 不敌 {winner}（规则 {rule}）")
        case .won: Bilingual("{group} won against {others} (rule {rule})", "{group} 胜过 {others}（规则 {rule}）")
        case .overRuled: Bilingual("rules on the case of {changes}", "裁定了 {changes} 的冲突")
        case .reason: Bilingual("reason: {text}", "理由：{text}")
        case .unknownUser: Bilingual("(unknown)", "（未知）")
        case .resolveHint:
            Bilingual(
                "To rule: bashuctl conflict resolve {handle} --candidate N --reason '…'",
                "裁定：bashuctl conflict resolve {handle} --candidate N --reason '…'")
        }
    }
}
