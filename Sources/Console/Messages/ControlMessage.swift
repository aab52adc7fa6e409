/// What every command may say.
public enum ControlMessage: MessageCatalogue {
    case interrupted, valueYes, valueNo

    public var bilingual: Bilingual {
        switch self {
        case .interrupted: Bilingual("interrupted", "已中断")
        case .valueYes: Bilingual("yes", "是")
        case .valueNo: Bilingual("no", "否")
        }
    }
}
