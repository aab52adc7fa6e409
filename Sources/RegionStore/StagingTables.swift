internal import Postgres

/// The temporary tables of the applying session: made once per shape, emptied by every commit and rollback.
final class StagingTables {
    private let session: Session
    private var made: [Int: TableInfo] = [:]

    init(session: Session) throws {
        self.session = session
        try session.script(SQLText.named("apply_temp"))
        try session.script(SQLText.named("constraint_temp"))
    }

    /// Makes the table's staging table if its shape is new. In a transaction that is rolled back it is made again.
    func prepare(_ table: TableInfo) throws {
        guard made[table.id]?.shape != table.shape else { return }
        try session.script(TableStatements(table: table).createStage)
        made[table.id] = table
        fresh.insert(table.id)
    }

    /// Made in this transaction.
    private var fresh: Set<Int> = []
    /// Those of them that were there before the savepoint.
    private var beforeSavepoint: Set<Int> = []

    func committed() { (fresh, beforeSavepoint) = ([], []) }

    /// What is made from now on is gone when the transaction goes back to here.
    func savepoint() { beforeSavepoint = fresh }

    /// Tables made since the savepoint are gone with what was written, and made again: who is judged again may look at
    /// them at once. The others keep what they hold.
    func rolledBackToSavepoint() throws {
        for id in fresh.subtracting(beforeSavepoint).sorted() {
            guard let table = made[id] else { continue }
            try session.script(TableStatements(table: table).createStage)
        }
    }

    /// Tables made in the transaction are gone with it.
    func rolledBack() {
        for id in fresh { made[id] = nil }
        (fresh, beforeSavepoint) = ([], [])
    }
}
