/// What rulings on one row and on whole classes say, and `undo`.
public enum RulingMessage: MessageCatalogue {
    case badTake, oneCandidate, classOrCase, jsonIsForClasses, classNeeds, needsTerminal, nothingToRule, wouldRule
    case ruledMany, someStale, someFailed, storedMany, manyDown, skippedRegion, skippedLosers, skippedValue, skipped
    case needsYes, deskTitle, undone, badKeep

    public var bilingual: Bilingual {
        switch self {
        case .badTake:
            Bilingual("--take takes COLUMN=CANDIDATE, not \"{text}\"", "--take 的形式是 列=候选，而不是“{text}”")
        case .oneCandidate:
            Bilingual("--delete goes with no other choice", "--delete 不能与其他选择同时使用")
        case .classOrCase:
            Bilingual(
                "name a case by its HANDLE, or a class of cases with --type, --table and --keep",
                "请用句柄指明一个冲突，或用 --type、--table 和 --keep 指明一类冲突")
        case .classNeeds:
            Bilingual("a class of cases needs --type, --table and --keep", "一类冲突需要 --type、--table 和 --keep")
        case .jsonIsForClasses:
            Bilingual("-o json goes with --type, --table and --keep", "-o json 用于 --type、--table 和 --keep 指明的一类冲突")
        case .badKeep:
            Bilingual(
                "--keep takes home, winner, loser, newest, or the code of a region, not \"{text}\"",
                "--keep 可以是 home、winner、loser、newest 或地区代码，而不是“{text}”")
        case .needsTerminal:
            Bilingual(
                "say what is to hold: --candidate N, --take COLUMN=N, --set COLUMN=VALUE, --null COLUMN, or --delete; "
                    + "on a terminal without them you are asked",
                "请说明以何为准：--candidate N、--take 列=N、--set 列=值、--null 列，或 --delete；在终端上不给出时将逐项询问")
        case .nothingToRule: Bilingual("No such cases wait for a ruling.", "没有此类冲突等待裁定。")
        case .wouldRule:
            Bilingual(
                "{count} rows would be ruled, {skipped} left alone. Nothing was changed.",
                "将裁定 {count} 行，跳过 {skipped} 行。未作任何更改。")
        case .needsYes:
            Bilingual(
                "{count} rows would be ruled: look at them with --dry-run, then give --yes",
                "将裁定 {count} 行：请先用 --dry-run 查看，再加 --yes")
        case .ruledMany:
            Bilingual(
                "{count} rulings are in the log, and travel to every region.",
                "{count} 项裁定已写入日志，并将传到各地区。")
        case .someStale:
            Bilingual(
                "{count} rulings were not taken, because the rows had changed since; look again with: bashuctl "
                    + "conflict list",
                "{count} 项裁定未执行，因为这些行此后又有变化；请重新查看：bashuctl conflict list")
        case .someFailed: Bilingual("{count} rulings failed; the first: {outcome}", "{count} 项裁定失败；第一项：{outcome}")
        case .storedMany:
            Bilingual("{count} rulings are stored; bashud will take them.", "{count} 项裁定已保存，将由 bashud 执行。")
        case .manyDown:
            Bilingual(
                "{count} rulings are stored; bashud is not running here and will take them once it is started.",
                "{count} 项裁定已保存；此处的 bashud 没有运行，启动后会执行。")
        case .skipped: Bilingual("left alone: {reason}", "跳过：{reason}")
        case .skippedRegion: Bilingual("no candidate of that region", "该地区没有候选")
        case .skippedLosers: Bilingual("several candidates lost", "有多个落败的候选")
        case .skippedValue: Bilingual("the row needs another value", "该行需要另一个值")
        case .deskTitle: Bilingual("{table} ({key})", "{table}（{key}）")
        case .undone:
            Bilingual("Ruling {id}: what {handle} wrote is back, in every region.", "裁定 {id}：{handle} 所写已恢复，并传到各地区。")
        }
    }
}
