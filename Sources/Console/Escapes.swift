extension String {
    /// The text as a terminal shows it: without the sequences that colour it.
    var withoutEscapes: String {
        var text = ""
        var isEscape = false
        for scalar in unicodeScalars {
            if isEscape {
                isEscape = scalar == "[" || !("@"..."~").contains(scalar)
            } else if scalar == "\u{1b}" {
                isEscape = true
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// The text, cut to at most `width` columns; sequences that colour it take none and all stay.
    func clipped(to width: Int) -> String {
        guard withoutEscapes.displayWidth > width else { return self }
        var text = ""
        var used = 0
        var isEscape = false
        for character in self {
            if isEscape || character == "\u{1b}" {
                isEscape = character == "\u{1b}" || character == "[" || !("@"..."~").contains(character)
                text.append(character)
            } else {
                used += character.displayWidth
                if used <= width { text.append(character) }
            }
        }
        return text
    }
}
