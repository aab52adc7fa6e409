internal import Postgres
internal import Replication

/// The published changes of one row as rulings need them: `bashuctl` and the daemon read them in the same way, so that
/// both mean the same by what a person was shown.
struct RowLog: Sendable {
    let table: TableInfo
    let policy: TablePolicy
    /// In any order; empty when the log has nothing about the row.
    let changes: [LoggedChange]

    /// The row as the log has it; nil: absent. The unique and foreign-key rule says whether it is there.
    var image: RowImage? { changes.isEmpty ? nil : merge(changes, policy: policy).image }

    /// What an absent row was before; what a present one is.
    var lastImage: RowImage? {
        guard !changes.isEmpty else { return nil }
        let outcome = merge(changes, policy: policy)
        return outcome.image ?? outcome.lastImage
    }

    /// The group that a column belongs to: itself where the policy gives it none.
    func group(of column: String) -> String {
        guard let ordinal = table.shape.columns.firstIndex(of: column) else { return column }
        return policy.groups.first { $0.columns.contains(ordinal) }?.name ?? column
    }

    /// Names of the columns of a group; nil when there is no such group.
    func columns(of group: String) -> [String]? {
        if let known = policy.groups.first(where: { $0.name == group }) {
            return known.columns.map { table.shape.columns[$0] }
        }
        return table.shape.columns.contains(group) ? [group] : nil
    }

    /// The writes of a group that no other write of it follows, oldest first; nil when there is no such group.
    func frontier(of group: String) -> [ChangeID]? {
        let history = KeyHistory(changes, policy: policy)
        if group == ColumnGroup.existence { return history.existenceFrontier }
        guard let columns = columns(of: group) else { return nil }
        return history.frontier(of: ColumnSet(columns.compactMap { table.shape.columns.firstIndex(of: $0) }))
    }

    /// Whether a change was made in the row's home region, as rule `home` sees it.
    func isMadeAtHome(_ id: ChangeID) -> Bool { KeyHistory(changes, policy: policy).isMadeAtHome(id) }
}

/// Reads the logs of rows.
final class RowLogReader {
    private let session: Session
    private let log = KeyLogReader()
    private var tables: [Int64: TableInfo?] = [:]
    private var policies: PolicyBook?

    init(_ session: Session) {
        self.session = session
    }

    /// The log of a row; nil when the table is not shared any more.
    func read(tableID: Int64, digest: String) throws -> RowLog? {
        guard let table = try table(tableID) else { return nil }
        let book = try policies ?? PolicyBook(session)
        policies = book
        return try read(table, policy: book.policy(for: table), digest: digest)
    }

    func read(_ table: TableInfo, policy: TablePolicy, digest: String) throws -> RowLog {
        let changes = try log.logs(session, table, digests: [digest])[digest] ?? []
        return RowLog(table: table, policy: policy, changes: changes)
    }

    private func table(_ id: Int64) throws -> TableInfo? {
        if let known = tables[id] { return known }
        let found = try TableCatalogue.read(session, ids: [Int(id)])[Int(id)]
        tables[id] = .some(found)
        return found
    }
}
