extension Character {
    /// Columns the character takes on a terminal: 0, 1 or 2. East Asian wide and full-width characters and
    /// emoji take 2, combining marks 0, characters of ambiguous width 1.
    public var displayWidth: Int {
        if unicodeScalars.contains("\u{FE0F}") { return 2 }
        // A cluster is drawn in one cell or two, however many scalars it is made of.
        return min(2, unicodeScalars.reduce(0) { $0 + $1.displayWidth })
    }
}

extension StringProtocol {
    /// Columns the text takes on a terminal, in one line.
    public var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

    /// The text, cut to at most `width` columns; what was cut is replaced by an ellipsis of one column.
    public func truncated(to width: Int) -> String {
        guard displayWidth > width else { return String(self) }
        guard width > 0 else { return "" }
        return String(prefix(columns: width - 1)) + "…"
    }

    /// The longest beginning that takes at most `width` columns.
    func prefix(columns width: Int) -> SubSequence {
        var used = 0
        return prefix { character in
            used += character.displayWidth
            return used <= width
        }
    }

    /// The text with everything a terminal would act upon written as an escape: `\n`, `\t`, `\u{1b}`.
    ///
    /// Values come from any user of the database; none may move the cursor or forge a line.
    public var printable: String {
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default:
                if scalar.isHarmless {
                    result.unicodeScalars.append(scalar)
                } else {
                    result += "\\u{\(String(scalar.value, radix: 16))}"
                }
            }
        }
        return result
    }
}

extension Unicode.Scalar {
    fileprivate var isHarmless: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        // Direction overrides reorder what stands around them; joiners and variation marks are text.
        case .format: !((0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value))
        default: true
        }
    }

    fileprivate var displayWidth: Int {
        if value < 0x300 { return value == 0xAD || (value >= 0x20 && !(0x7F...0x9F).contains(value)) ? 1 : 0 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        // Vowels and final consonants that a terminal draws into the preceding Hangul syllable.
        if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value) { return 0 }
        if properties.isEmojiPresentation { return 2 }
        return Self.wideRanges.contains { $0.contains(value) } ? 2 : 1
    }

    /// East Asian width W and F (UAX #11), without the symbols that have emoji presentation.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
        0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x18D00...0x18D8F, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265,
        0x20000...0x2FFFD, 0x30000...0x3FFFD,
    ]
}
