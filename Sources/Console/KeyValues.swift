/// Labels and values, the values aligned and wrapped:
///
///     Database:  standards, region 50 (Chongqing)
///     Daemon:    alive since 2026-08-28 09:14:03
public struct KeyValues {
    private var pairs: [(label: String, value: Cell)] = []

    public init() {}

    /// Adds a line.
    public mutating func add(_ label: String, _ value: Cell) {
        pairs.append((label, value.printable))
    }

    /// The lines of the block, without a trailing newline.
    public func lines(width: Int, style: Style = .plain, indent: Int = 0) -> [String] {
        let labelWidth = (pairs.map { $0.label.displayWidth }.max() ?? 0) + 1
        let margin = String(repeating: " ", count: indent)
        let hanging = String(repeating: " ", count: indent + labelWidth + 2)
        return pairs.flatMap { pair in
            let padding = String(repeating: " ", count: labelWidth + 1 - pair.label.displayWidth)
            let room = max(20, width - indent - labelWidth - 2)
            return pair.value.text.wrapped(to: room).enumerated().map { index, part in
                let shown = style.paint(part, pair.value.tone)
                return index == 0 ? "\(margin)\(pair.label):\(padding)\(shown)" : hanging + shown
            }
        }
    }
}
