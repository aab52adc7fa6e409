import Glibc

/// What a terminal shows after the bytes it has been sent: an independent reading of the few sequences that
/// `bashuctl` uses. A sequence that it does not know is a fault of the program, and kept.
struct TerminalPicture {
    private(set) var columns: Int
    private(set) var rows: Int
    private(set) var isAlternate = false
    private(set) var cursorShows = true
    private(set) var wraps = true
    /// Sequences that were not understood.
    private(set) var unknown: [String] = []
    /// How many times the whole screen was erased.
    private(set) var erasures = 0
    private var cells: [[String]]
    private var kept: (cells: [[String]], row: Int, column: Int)?
    private var row = 0
    private var column = 0
    private var pending: [UInt8] = []

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        cells = Self.empty(columns, rows)
        // Widths of characters are the C library's: not those of the program under test.
        setlocale(LC_CTYPE, "C.UTF-8")
    }

    /// The lines without spaces at their ends.
    var lines: [String] {
        cells.map { line in
            var text = line.joined()
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    /// The window has another size: what stands there stays, cut.
    mutating func resize(columns: Int, rows: Int) {
        let old = cells
        (self.columns, self.rows) = (columns, rows)
        cells = Self.empty(columns, rows)
        for (index, line) in old.prefix(rows).enumerated() {
            for (place, cell) in line.prefix(columns).enumerated() { cells[index][place] = cell }
        }
        (row, column) = (min(row, rows - 1), min(column, columns - 1))
    }

    /// Shows more bytes; a character or sequence may go on in the next ones.
    mutating func show(_ bytes: [UInt8]) {
        pending += bytes
        while let first = pending.first {
            let length = first == 0x1B ? escapeLength() : first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            guard let length, pending.count >= length else { return }
            let text = String(decoding: pending.prefix(length), as: UTF8.self)
            pending.removeFirst(length)
            if first == 0x1B { obey(text) } else { put(text) }
        }
    }

    private func escapeLength() -> Int? {
        guard pending.count > 2 else { return nil }
        return pending.dropFirst(2).firstIndex { (0x40...0x7E).contains($0) }.map { $0 + 1 }
    }

    private mutating func obey(_ sequence: String) {
        let numbers = sequence.dropFirst(2).dropLast().split(separator: ";").compactMap { Int($0) }
        switch (sequence.dropFirst(2).first, sequence.last) {
        case ("?", _): mode(sequence)
        case (_, "m"): break
        case (_, "H"): (row, column) = ((numbers.first ?? 1) - 1, (numbers.dropFirst().first ?? 1) - 1)
        case (_, "K"): for place in column..<columns { cells[row][place] = " " }
        case (_, "J") where numbers == [2]:
            erasures += 1
            cells = Self.empty(columns, rows)
        default: unknown.append(sequence)
        }
    }

    private mutating func mode(_ sequence: String) {
        switch sequence.dropFirst(3) {
        case "1049h":
            kept = (cells, row, column)
            isAlternate = true
            cells = Self.empty(columns, rows)
        case "1049l":
            isAlternate = false
            if let kept { (cells, row, column) = kept }
        case "25h": cursorShows = true
        case "25l": cursorShows = false
        case "7h": wraps = true
        case "7l": wraps = false
        default: unknown.append(sequence)
        }
    }

    private mutating func put(_ text: String) {
        switch text {
        case "\r": column = 0
        case "\n":
            row += 1
            if row == rows {
                cells.removeFirst()
                cells.append(Array(repeating: " ", count: columns))
                row -= 1
            }
        default:
            let width = text.unicodeScalars.reduce(0) { $0 + max(0, Int(Self.wcwidth(Int32($1.value)))) }
            guard width > 0 else { return }
            if column + width > columns {
                guard wraps else { return }
                put("\n")
                column = 0
            }
            cells[row][column] = text
            // The second half of a wide character.
            if width == 2 { cells[row][column + 1] = "" }
            column += width
        }
    }

    /// The C library's, which is not declared for us. A character that it does not know is one column wide.
    private static let wcwidth: @convention(c) (Int32) -> Int32 = {
        guard let address = dlsym(nil, "wcwidth") else { return { _ in 1 } }
        return unsafeBitCast(address, to: (@convention(c) (Int32) -> Int32).self)
    }()

    private static func empty(_ columns: Int, _ rows: Int) -> [[String]] {
        Array(repeating: Array(repeating: " ", count: columns), count: rows)
    }
}
