internal import Postgres
internal import Replication

/// Writes staged rows where unique values move between rows, and references between tables: in waves, each of what
/// can be written now.
struct ConstrainedWriter {
    let applier: Applier
    let attempt: Applier.Attempt
    /// Parents before children.
    let tables: [TableInfo]

    /// More waves than this for one batch: a long chain of moves is broken up as a cycle is.
    private static let wavesMax = 64

    private typealias Masks = [Int: [(text: String, columns: [String])]]

    private var session: Session { applier.session }

    /// Everything but what another row's value, or a missing parent, stands in the way of.
    func write(
        _ counts: ApplyRun.StagedCounts, masks: (TableInfo) throws -> [(text: String, columns: [String])]
    ) throws {
        var byTable: Masks = [:]
        for table in tables { byTable[table.id] = try masks(table) }
        try waves(byTable, evenOwn: true)
        let stuck = try unwritten()
        guard !stuck.isEmpty else { return }
        for table in tables where stuck.contains(table.id) { try clear(table) }
        // Rows that refer to each other go in together.
        try waves(byTable, evenOwn: false)
    }

    private func waves(_ masks: Masks, evenOwn: Bool) throws {
        for _ in 0..<Self.wavesMax { guard try wave(masks, evenOwn: evenOwn) > 0 else { return } }
    }

    /// What can be deleted, inserted and updated now; how many rows that were.
    private func wave(_ masks: Masks, evenOwn: Bool) throws -> Int {
        var written = 0
        for table in tables.reversed() {
            written += try session.execute(ConstraintStatements(table: table).deleteFree(children(of: table)))
        }
        for table in tables {
            let statements = ConstraintStatements(table: table)
            for mask in masks[table.id] ?? [] {
                written += try session.execute(
                    statements.insertFree(
                        columns: mask.columns, missing: mask.text, attempt.catalogue.tables, evenOwn: evenOwn))
                for plain in [true, false] {
                    guard
                        let sql = statements.updateFree(
                            plain: plain, columns: mask.columns, missing: mask.text, attempt.catalogue.tables,
                            evenOwn: evenOwn)
                    else { continue }
                    written += try session.execute(sql)
                }
            }
        }
        return written
    }

    private func children(of table: TableInfo) -> [(key: TableInfo.ForeignKey, table: TableInfo)] {
        attempt.catalogue.tables.values.flatMap { child in
            child.foreignKeys.filter { $0.parent == table.id }.map { ($0, child) }
        }
    }

    /// Rows in a cycle: through NULL where a column of the index or of the reference may be NULL, else out and in
    /// again, where nothing hangs on the row but its shared columns.
    private func clear(_ table: TableInfo) throws {
        let statements = ConstraintStatements(table: table)
        let nullable = try session.query(SQLText.named("constraint_nullable"), [.int(table.id)]).map { try $0.text(0) }
        for index in table.uniqueIndexes where index.isPlain {
            guard let column = index.columns.first(where: nullable.contains) else { continue }
            try session.execute(statements.vacate(index, column))
        }
        for key in table.foreignKeys {
            guard let column = key.columns.first(where: nullable.contains) else { continue }
            try session.execute(statements.release(key, column))
        }
        guard try session.queryOne(statements.unwritten)?.int(0) != 0, table.cascades.isEmpty,
            try session.queryOne(SQLText.named("constraint_replaceable"), [.int(table.id)])?.bool(0) == true
        else { return }
        try session.execute(statements.replace(columns: table.shape.columns))
    }

    /// Ids of tables with staged rows that are not in them.
    func unwritten() throws -> [Int] {
        try tables.filter { table in
            try session.queryOne(ConstraintStatements(table: table).unwritten)?.int(0) != 0
        }.map(\.id)
    }
}
