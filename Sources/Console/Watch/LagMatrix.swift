/// Who has how much of whose changes: a row for each database, a column for each origin.
///
///     DATABASE  AS OF         50       51
///     --------  -----  ---------  -------
///     50 (own)    0 s          0        0
///     51          2 s  3 (2 min)        0
///
/// Columns for which there is no room continue in another block, so that every line fits.
public struct LagMatrix {
    /// One database.
    public struct Row {
        let name: String
        let asOf: String
        let cells: [Lack]

        /// - Parameters:
        ///   - asOf: how old its numbers are.
        ///   - cells: one for each origin.
        public init(name: String, asOf: String, cells: [Lack]) {
            self.name = name
            self.asOf = asOf
            self.cells = cells
        }
    }

    /// What a database lacks of an origin.
    public struct Lack {
        let batches: Int64
        let age: Int64?

        /// - Parameters:
        ///   - batches: how many; 0 when it has everything that is known.
        ///   - age: of the oldest change that it lacks, in microseconds; nil when it is unknown.
        public init(batches: Int64, age: Int64?) {
            self.batches = batches
            self.age = age
        }
    }

    private let origins: [String]
    private let rows: [Row]

    /// A matrix whose columns are these origins.
    public init(origins: [String], rows: [Row]) {
        self.origins = origins
        self.rows = rows
    }

    /// The lines of the matrix, without a trailing newline.
    public func lines(width: Int, style: Style = .plain, _ speech: Speech) -> [String] {
        var lines: [String] = []
        var first = 0
        while first < origins.count {
            // As many columns as fit, but one at least.
            var end = origins.count
            while end > first + 1, table(first..<end, speech).lines(width: width)[1].displayWidth > width { end -= 1 }
            if !lines.isEmpty { lines.append("") }
            lines += table(first..<end, speech).lines(width: width, style: style)
            first = end
        }
        return lines
    }

    private func table(_ columns: Range<Int>, _ speech: Speech) -> Table {
        var table = Table(
            [.init(speech(StatusMessage.database), .left, .truncate), .init(speech(StatusMessage.asOf), .right)]
                + columns.map { .init(origins[$0], .right) })
        for row in rows {
            table.add([Cell(row.name), Cell(row.asOf)] + columns.map { cell(row.cells[$0], speech) })
        }
        return table
    }

    private func cell(_ lack: Lack, _ speech: Speech) -> Cell {
        guard lack.batches > 0 else { return Cell("0") }
        let age = lack.age.map(TimeText.brief) ?? "?"
        return Cell(speech(StatusMessage.matrixCell, ["batches": "\(lack.batches)", "age": age]), .warning)
    }
}
