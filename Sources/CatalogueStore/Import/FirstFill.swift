internal import Postgres
internal import RegionStore

/// Indexes that an import into an empty table makes after its rows, in the same transaction.
///
/// A row costs an index entry in each of them, and a sorted build of all entries takes half the time or less. As
/// nothing is in the table, nobody looks anything up by them; whoever wants to read or write it waits for the import.
/// Indexes that guard a constraint stay.
struct FirstFill {
    /// Fewer new records are not worth locking a table for.
    static let leastRecords = 10_000

    private let definitions: [String]

    /// Locks the table and drops the indexes; where it may not, or others use the table, does nothing.
    ///
    /// - Throws: `PostgresError` for what has nothing to do with the lock.
    init(_ session: Session, _ plan: ImportPlan, table: ImportTable) throws {
        let read = { try session.query(plan.statement("import_first_fill"), [.text(table.id)]) }
        guard try !read().isEmpty else {
            definitions = []
            return
        }
        try session.execute("SAVEPOINT import_first_fill")
        do {
            try session.execute(plan.statement("import_first_fill_lock"))
        } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
            try session.execute("ROLLBACK TO SAVEPOINT import_first_fill")
            definitions = []
            return
        }
        try session.execute("RELEASE SAVEPOINT import_first_fill")
        // Again behind the lock: somebody may have filled the table meanwhile.
        let indexes = try read()
        for index in indexes { try session.execute("DROP INDEX \(try index.text("name"))") }
        definitions = try indexes.map { try $0.text("definition") }
    }

    /// Makes the indexes again.
    func finish(_ session: Session) throws {
        for definition in definitions { try session.execute(definition) }
    }
}
