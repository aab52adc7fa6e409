extension StringProtocol {
    /// The text in lines of at most `width` columns, broken at spaces where there are any, between wide
    /// characters (Chinese has no spaces), and inside a word only when it is longer than a line.
    public func wrapped(to width: Int) -> [String] {
        precondition(width >= 2, "a wide character needs two columns")
        var lines: [String] = []
        for paragraph in split(separator: "\n", omittingEmptySubsequences: false) {
            var rest = Substring(paragraph)
            while rest.displayWidth > width {
                let line = breakable(rest, width: width)
                lines.append(String(line.trimmingEnd))
                rest = rest[line.endIndex...].drop { $0 == " " }
            }
            lines.append(String(rest))
        }
        return lines
    }
}

extension Substring {
    fileprivate var trimmingEnd: Substring {
        var result = self
        while result.last == " " { result.removeLast() }
        return result
    }
}

/// Punctuation that must not begin a line.
private let neverFirst: Set<Character> = ["，", "。", "、", "；", "：", "！", "？", "）", "」", "』", "》", "”", "’"]
/// Punctuation that must not end a line.
private let neverLast: Set<Character> = ["（", "「", "『", "《", "“", "‘"]

/// The beginning of `text` that goes on one line: at least one character.
private func breakable(_ text: Substring, width: Int) -> Substring {
    let fitting = text.prefix(columns: width)
    if fitting.endIndex < text.endIndex, text[fitting.endIndex] == " " { return fitting }
    var end = fitting.endIndex
    while end > text.startIndex {
        let before = text[text.index(before: end)]
        let after = text[end]
        let betweenWide = before.displayWidth == 2 || after.displayWidth == 2
        if before == " " || (betweenWide && !neverFirst.contains(after) && !neverLast.contains(before)) {
            return text[..<end]
        }
        end = text.index(before: end)
    }
    return fitting.isEmpty ? text.prefix(1) : fitting
}
