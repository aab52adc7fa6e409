/// What `verify --dry-run` says.
public enum VerifyMessage: MessageCatalogue {
    case dryNeedsRepair, wouldPublish, wouldRestore, sideLog, sideTable

    public var bilingual: Bilingual {
        switch self {
        case .dryNeedsRepair: Bilingual("--dry-run goes with --repair", "--dry-run 须与 --repair 同用")
        case .wouldPublish:
            Bilingual(
                "With --repair publish what the table has would be published. Nothing was changed.",
                "使用 --repair publish 将发布表中的值。未作任何更改。")
        case .wouldRestore:
            Bilingual(
                "With --repair restore what the log says would be put back. Nothing was changed.",
                "使用 --repair restore 将恢复日志中的值。未作任何更改。")
        case .sideLog: Bilingual("LOG", "日志")
        case .sideTable: Bilingual("TABLE HERE", "此处的表")
        }
    }
}
