/// A table for people: fits the width of the terminal, whatever script its cells are in.
///
///     PEER   STATE      LAG  WAITING  REASON
///     -----  ---------  ---  -------  ------------------------
///     51     streaming  0 s        0
///
/// Columns that may shrink do so, the widest first, and end in an ellipsis; a rigid one never does, so that
/// identities can be copied. The last column wraps when it is told to.
public struct Table {
    /// How a column is laid out.
    public struct Column {
        let title: String
        let alignment: Alignment
        let overflow: Overflow
        let least: Int

        /// - Parameter least: columns that it takes where there is room, however short its cells are.
        public init(
            _ title: String, _ alignment: Alignment = .left, _ overflow: Overflow = .rigid, least: Int = 0
        ) {
            self.title = title
            self.alignment = alignment
            self.overflow = overflow
            self.least = least
        }
    }

    public enum Alignment { case left, right }

    /// What happens to a cell for which there is no room.
    public enum Overflow {
        /// Never cut; the table grows over the edge instead.
        case rigid
        /// Cut, with an ellipsis.
        case truncate
        /// Continued on the next line. Only for the last column.
        case wrap
    }

    private static let gap = 2
    private static let shrunkMin = 8

    private let columns: [Column]
    private var rows: [[Cell]] = []

    /// A table with these columns.
    public init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; a missing cell is empty.
    public mutating func add(_ cells: [Cell]) {
        precondition(cells.count <= columns.count, "more cells than columns")
        rows.append(cells.map(\.printable) + Array(repeating: "", count: columns.count - cells.count))
    }

    /// Whether no row has been added.
    public var isEmpty: Bool { rows.isEmpty }

    /// The lines of the table, without a trailing newline.
    public func lines(width: Int, style: Style = .plain) -> [String] {
        let widths = columnWidths(total: width)
        let header = columns.map { Cell($0.title, .strong) }
        let rule = widths.map { Cell(String(repeating: "-", count: $0), .faint) }
        return ([header, rule] + rows).flatMap { line($0, widths, style) }
    }

    private func columnWidths(total: Int) -> [Int] {
        var widths = columns.indices.map { index in
            let least = max(columns[index].least, columns[index].title.displayWidth)
            return rows.map { $0[index].text.displayWidth }.reduce(least, max)
        }
        let least = columns.indices.map { max(columns[$0].title.displayWidth, Self.shrunkMin) }
        let gaps = Self.gap * (columns.count - 1)
        // The widest shrinks first, so that what is short stays whole.
        while widths.reduce(gaps, +) > total {
            let shrinking = columns.indices.filter {
                columns[$0].overflow != .rigid && widths[$0] > least[$0]
            }
            guard let widest = shrinking.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        return widths
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ style: Style) -> [String] {
        let parts = cells.indices.map { index in
            columns[index].overflow == .wrap
                ? cells[index].text.wrapped(to: widths[index]) : [cells[index].text]
        }
        let height = parts.map(\.count).max() ?? 1
        return (0..<height).map { row in
            var text = ""
            for index in cells.indices {
                let part = row < parts[index].count ? parts[index][row] : ""
                let shown = columns[index].overflow == .truncate ? part.truncated(to: widths[index]) : part
                let padding = String(repeating: " ", count: max(0, widths[index] - shown.displayWidth))
                let painted = style.paint(shown, cells[index].tone)
                text += columns[index].alignment == .right ? padding + painted : painted + padding
                if index < cells.count - 1 { text += String(repeating: " ", count: Self.gap) }
            }
            while text.last == " " { text.removeLast() }
            return text
        }
    }
}

/// One cell: a text and what it says about itself.
public struct Cell: ExpressibleByStringLiteral {
    let text: String
    let tone: Tone

    public init(_ text: String, _ tone: Tone = .normal) {
        self.text = text
        self.tone = tone
    }

    public init(stringLiteral value: String) {
        self.init(value)
    }

    /// The same, of the past.
    public var faint: Cell { Cell(text, .faint) }

    var printable: Cell { Cell(text.printable, tone) }
}
