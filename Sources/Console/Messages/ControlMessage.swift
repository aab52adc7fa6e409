/// What every command may say.
public enum ControlMessage: MessageCatalogue {
    case interrupted

    public var bilingual: Bilingual {
        switch self {
        case .interrupted: Bilingual("interrupted", "已中断")
        }
    }
}
