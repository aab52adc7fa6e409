internal import Postgres
internal import Replication

/// The published changes of one row as rulings need them: `bashuctl` and the daemon read them in the same way, so that
/// both mean the same by what a person was shown.
struct RowLog: Sendable {
    let table: TableInfo
    let policy: TablePolicy
    /// Oldest first; empty when the log has nothing about the row.
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
        if group == ColumnGroup.existence {
            return frontier { $0.writesExistence || $0.image != nil }
        }
        guard let columns = columns(of: group) else { return nil }
        let set = ColumnSet(columns.compactMap { table.shape.columns.firstIndex(of: $0) })
        return frontier { !$0.written.isDisjoint(with: set) }
    }

    /// Whoever has seen a change has a higher stamp and has seen what it had seen: from the newest down, only the
    /// frontier need be asked.
    private func frontier(_ isWrite: (LoggedChange) -> Bool) -> [ChangeID] {
        var found: [LoggedChange] = []
        for change in changes.reversed() where isWrite(change) {
            if !found.contains(where: { $0.hasSeen(change) }) { found.append(change) }
        }
        return found.reversed().map(\.id)
    }

    /// The code of the row's home region before a change, of an insert after it; nil where that is not known.
    func home(of id: ChangeID) -> String? {
        guard let column = policy.homeColumn, let change = changes.first(where: { $0.id == id }) else { return nil }
        if change.kind.isInsert { return change.image.flatMap { CopyText.string($0[column]) } }
        if change.written.contains(column), let base = change.base { return CopyText.string(base[column]) }
        if let image = change.image { return CopyText.string(image[column]) }
        let past = changes.last { change.hasSeen($0) && $0.id != id && $0.image != nil }
        return past?.image.flatMap { CopyText.string($0[column]) }
    }
}

/// Reads the logs of rows.
final class RowLogReader {
    private let session: Session
    private let log = LogReader()
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
        var mappings: [Int: ColumnMapping] = [:]
        var changes: [LoggedChange] = []
        for row in try session.query(SQLText.named("ctl_history"), [.int(table.id), .text(digest)]) {
            let change = try log.parse(session, row.bytes("line")[...])
            let mapping = mappings[change.shapeID] ?? ColumnMapping(from: change.shape, to: table.shape)
            mappings[change.shapeID] = mapping
            let id = ChangeID(
                origin: OriginID(try row.text("origin")), number: try row.int("number"),
                position: Int32(try row.int("position")))
            changes.append(mapping.logged(change, id: id, context: try JSONText.vector(row.text("context"))))
        }
        return RowLog(table: table, policy: policy, changes: changes)
    }

    private func table(_ id: Int64) throws -> TableInfo? {
        if let known = tables[id] { return known }
        let found = try TableCatalogue.read(session, ids: [Int(id)])[Int(id)]
        tables[id] = .some(found)
        return found
    }
}
