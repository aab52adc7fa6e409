internal import Postgres
internal import Replication

/// The places in `cut_key` of one table's keys.
struct CutRange {
    let table: TableInfo
    let first: Int64
    let last: Int64
}

/// Compares the keys of a cut with what is known of them, page by page. Reads only.
struct CutComparison {
    let session: Session
    let log: LogReader
    let originID: Int
    let ranges: [CutRange]

    /// A page of one table's keys, each with what was found.
    struct Page {
        let table: TableInfo
        let rows: [(row: CutRow, difference: CutDifference)]
        /// Keys to be projected again because of what this page publishes: contested ones of its own, and rows out of
        /// their table, or kept in it, because of one of them.
        let concerned: [RecheckKey]
    }

    /// Hands over every page in the order of the batch.
    func run(_ body: (Page) throws -> Void) throws {
        for range in ranges {
            let (lookUps, hasClaims) = try Self.lookUps(session, range.table)
            var page = CutPage(table: range.table, originID: originID, lookUps: lookUps)
            try page.run(session, log, first: range.first, last: range.last) { rows in
                let compared = try rows.map { ($0, try $0.difference(range.table.shape)) }
                try body(
                    Page(table: range.table, rows: compared, concerned: concerned(compared, range.table, hasClaims)))
            }
        }
    }

    /// Where there is anything to look for: for the rest a page need not look key by key.
    static func lookUps(
        _ session: Session, _ table: TableInfo
    ) throws -> (TableStatements.LookUps, hasClaims: Bool) {
        guard let row = try session.queryOne(SQLText.named("cut_look_ups"), [.int(table.id)]) else {
            throw StoreError.unexpectedResult("no row from a look at the log")
        }
        let lookUps = TableStatements.LookUps(
            change: try row.bool("logged"),
            known: try row.bool("known") && !Mutation.comparesWithLog.isOn, held: try row.bool("held"))
        return (lookUps, try row.bool("claims"))
    }

    private func concerned(
        _ rows: [(CutRow, CutDifference)], _ table: TableInfo, _ hasClaims: Bool
    ) throws -> [RecheckKey] {
        let changed = rows.filter { $1 != .none }.map(\.0)
        var keys = changed.filter(\.isInKnown).map {
            RecheckKey(tableID: table.id, digest: $0.digest.hex, key: $0.key)
        }
        guard hasClaims, !changed.isEmpty, !Mutation.noDerivedRecheck.isOn else { return keys }
        let places = Parameter.intArray(changed.map(\.ord))
        var statements = [SQLText.named("cut_blocked"), SQLText.named("cut_parents")]
        statements += table.uniqueIndexes.map { ConstraintStatements(table: table).claimsMet($0) }
        for statement in statements {
            keys += try session.query(statement, [places]).map {
                RecheckKey(
                    tableID: Int(try $0.int("table_id")), digest: try $0.text("digest"), key: try $0.text("key"))
            }
        }
        return keys
    }
}
