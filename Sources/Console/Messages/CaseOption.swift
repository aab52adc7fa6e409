/// One-line help of the options of rulings.
public enum CaseOption: MessageCatalogue {
    case handle, candidate, take, set, setNull, delete, reason, undoCandidate, classType, classTable, keep, dryRun
    case classYes

    public var bilingual: Bilingual {
        switch self {
        case .handle: Bilingual("Any candidate of the case, as conflict list shows it.", "冲突的任一候选，如 conflict list 所示。")
        case .candidate:
            Bilingual(
                "What this candidate wrote is to hold: its number, as conflict show has it, or its handle.",
                "以此候选所写为准：conflict show 所示的编号，或句柄。")
        case .take:
            Bilingual(
                "This column is to hold what that candidate wrote: COLUMN=N. May be repeated.",
                "此列以该候选所写为准：列=编号。可重复。")
        case .set: Bilingual("This value is to hold: COLUMN=VALUE. May be repeated.", "以此值为准：列=值。可重复。")
        case .setNull: Bilingual("This column is to be null. May be repeated.", "此列取空值。可重复。")
        case .delete: Bilingual("The row is to be absent.", "该行应不存在。")
        case .reason: Bilingual("Why: becomes part of the history.", "理由：会成为历史的一部分。")
        case .undoCandidate:
            Bilingual(
                "The candidate to bring back (default: the one that lost).", "要恢复的候选（默认：落败的那一个）。")
        case .classType:
            Bilingual("All cases of this type, as conflict list names it.", "此类型的全部冲突，类型名如 conflict list 所示。")
        case .classTable: Bilingual("All cases of this table.", "此表的全部冲突。")
        case .keep:
            Bilingual(
                "The side that is to hold: home, winner, loser, newest, or a region's code.",
                "以哪一方为准：home、winner、loser、newest 或地区代码。")
        case .dryRun: Bilingual("Only list what would be ruled.", "只列出将作的裁定。")
        case .classYes: Bilingual("Yes, more than 20 rows.", "确定，超过 20 行。")
        }
    }
}
