/// What a piece of text says about itself; shown as colour where colour is welcome, and never only as colour.
public enum Tone: Sendable {
    case normal, strong, faint, good, warning, bad
}

/// Whether text is coloured.
public enum Style: Sendable {
    /// For pipes, files, and terminals whose user asked for none.
    case plain
    /// For terminals.
    case coloured

    /// `text` in the colour of `tone`.
    public func paint(_ text: String, _ tone: Tone) -> String {
        guard self == .coloured, !text.isEmpty else { return text }
        let code: String
        switch tone {
        case .normal: return text
        case .strong: code = "1"
        case .faint: code = "2"
        case .good: code = "32"
        case .warning: code = "33"
        case .bad: code = "31"
        }
        return "\u{1b}[\(code)m\(text)\u{1b}[0m"
    }
}
