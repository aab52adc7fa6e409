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

    private var fresh: Set<Int> = []

    func committed() { fresh = [] }

    /// Tables made in the transaction are gone with it.
    func rolledBack() {
        for id in fresh { made[id] = nil }
        fresh = []
    }
}
