/// The two languages of pages and problems.
enum ReadLanguage: String, Sendable, CaseIterable {
    case zh
    case en

    /// As in `lang=` of HTML.
    var tag: String { self == .zh ? "zh-CN" : "en" }
    var other: ReadLanguage { self == .zh ? .en : .zh }

    /// What the address asks for, else what the browser prefers, else Chinese.
    init(asked: String?, accepted: String?) {
        if let asked, let language = ReadLanguage(rawValue: asked) {
            self = language
            return
        }
        var best = (language: ReadLanguage.zh, quality: 0.0)
        for part in (accepted ?? "").split(separator: ",").prefix(20) {
            let pieces = part.split(separator: ";").map { $0.trimmed }
            let primary = pieces.first.map { $0.prefix { $0 != "-" }.lowercased() } ?? ""
            guard let language = ReadLanguage(rawValue: primary) else { continue }
            let weight = pieces.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > best.quality { best = (language, weight) }
        }
        self = best.language
    }

    /// The one of two wordings.
    func pick(_ zh: String, _ en: String) -> String { self == .zh ? zh : en }
}

extension Substring {
    /// Without spaces at its ends.
    var trimmed: Substring {
        var rest = self
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
