internal import Postgres
internal import Replication

/// Casts known values to the types that their columns have now, so that only real differences are published.
///
/// A type change alone (`numeric(8,2)` to `numeric(8,3)`) changes the text of every value; what PostgreSQL's own cast
/// makes of the known value is what the rewrite of the table made of it.
struct KnownCast {
    let table: TableInfo

    private struct Change: Hashable { let from: String, to: String }
    private struct Place { let row: Int, column: Int }

    func apply(to rows: inout [CutRow], _ session: Session) throws {
        var values: [Change: [(Place, String)]] = [:]
        for (index, row) in rows.enumerated() {
            guard let known = row.known, row.isPresent, known.shape != table.shape else { continue }
            let fields = CopyLine.fields(known.bytes[...])
            for (ordinal, name) in known.shape.columns.enumerated() where fields.indices.contains(ordinal) {
                guard let now = table.shape.columns.firstIndex(of: name),
                    known.shape.types[ordinal] != table.shape.types[now],
                    let text = CopyText.string(fields[ordinal])
                else { continue }
                let change = Change(from: known.shape.types[ordinal], to: table.shape.types[now])
                values[change, default: []].append((Place(row: index, column: ordinal), text))
            }
        }
        for (change, places) in values { try cast(change, places, &rows, session) }
    }

    /// One statement per pair of types. A cast that fails leaves the known values as they are: they differ then.
    private func cast(
        _ change: Change, _ places: [(Place, String)], _ rows: inout [CutRow], _ session: Session
    ) throws {
        try session.script("SAVEPOINT known_cast")
        let results: [Row]
        do {
            // Types are spelled by format_type, which quotes what needs quoting.
            results = try session.query(
                "SELECT v::\(change.from)::\(change.to) FROM unnest($1::text[]) WITH ORDINALITY u(v, n) ORDER BY n",
                [.textArray(places.map(\.1))])
            try session.script("RELEASE SAVEPOINT known_cast")
        } catch let error as PostgresError where error.kind == .statementFailed {
            try session.script("ROLLBACK TO SAVEPOINT known_cast; RELEASE SAVEPOINT known_cast")
            return
        }
        for (index, result) in results.enumerated() {
            let place = places[index].0
            guard let known = rows[place.row].known else { continue }
            var fields = CopyLine.fields(known.bytes[...]).map { Array($0) }
            fields[place.column] = CopyText.escape(result[text: 0])
            let bytes = Array(fields.joined(separator: [CopyText.tab]))
            rows[place.row].known = CutRow.KnownImage(shape: known.shape, bytes: bytes)
        }
    }
}

/// Lines of COPY text.
enum CopyLine {
    static let null: [UInt8] = Array(#"\N"#.utf8)

    /// The fields of a line without its line end: slices, not decoded.
    static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        let start = line.startIndex
        return line.withUnsafeBytes { CopyText.fields($0) }
            .map { line[start + $0.lowerBound..<start + $0.upperBound] }
    }
}
