import Postgres
import Replication
import TestCluster

@testable import RegionStore
@testable import TestFederation

extension Judge {
    /// Recorded conflicts that the log does not have, and conflicts in the log that are not recorded: values of one
    /// column, or a row and its absence, from writers none of whom had seen another.
    ///
    /// Looked up without the merge, for tables without a policy file, where every column is by itself. Conflicts about
    /// unique values and references are not of a column, and are left out.
    func wrongCases(_ party: Party) throws -> [String] {
        let session = try party.session(as: .superuser)
        defer { session.close() }
        var catalogue = TableCatalogue()
        try catalogue.reload(session)
        let recorded = try recordedCases(session)
        var wanted: Set<String> = []
        var groups: Set<String> = []
        for table in catalogue.tables.values {
            let names = TablePolicy.columns(names: table.shape.columns).groups.map(\.name)
            groups.formUnion(names.map { "\(table.id) \($0)" } + ["\(table.id) \(ColumnGroup.existence)"])
            let digests = try session.query(
                "SELECT DISTINCT encode(digest, 'hex') FROM bashu.change WHERE table_id = $1", [.int(table.id)]
            ).map { try $0.text(0) }
            for (digest, log) in try KeyLogReader().logs(session, table, digests: digests) {
                for (column, name) in names.enumerated() {
                    let writes = Writes(log.filter { $0.written.contains(column) })
                    let cases = writes.cases { change in change.image.map { Array($0[column]) } }
                    wanted.formUnion(cases.map { "\(table.id) \(name) \(digest) \($0)" })
                }
                let writes = Writes(log.filter { $0.writesExistence || $0.image != nil })
                let cases = writes.cases { $0.image == nil }
                wanted.formUnion(cases.map { "\(table.id) \(ColumnGroup.existence) \(digest) \($0)" })
            }
        }
        let found = recorded.filter { groups.contains($0.group) }.map(\.text)
        return Set(found).subtracting(wanted).sorted().map { "recorded, and no conflict: \($0)" }
            + wanted.subtracting(found).sorted().map { "a conflict, and not recorded: \($0)" }
    }

    private func recordedCases(_ session: Session) throws -> [(group: String, text: String)] {
        try session.query(
            """
            SELECT format('%s %s', c.table_id, c.column_group),
                   format('%s %s %s %s[%s]', c.table_id, c.column_group, encode(c.digest, 'hex'), c.closed_by,
                          (SELECT string_agg(h, ' ' ORDER BY h COLLATE "C")
                             FROM jsonb_array_elements(c.candidates) o,
                                  format('%s:%s:%s', o ->> 'origin', o ->> 'number', o ->> 'position') h))
              FROM bashu.conflict_case c
            """
        ).map { (group: try $0.text(0), text: try $0.text(1)) }
    }
}

/// Writes of one thing in one row, by origin: of one origin a later one has seen the earlier ones.
private struct Writes {
    private var byOrigin: [[LoggedChange]]

    init(_ writes: [LoggedChange]) {
        byOrigin = Dictionary(grouping: writes, by: \.id.origin).values.map { $0.sorted { $0.id < $1.id } }
    }

    /// What met unseen: before each write, and in the end.
    func cases<Value: Hashable>(_ value: (LoggedChange) -> Value) -> [String] {
        var found: [String] = []
        func add(_ met: [LoggedChange], _ closedBy: String) {
            guard Set(met.map(value)).count > 1 else { return }
            found.append("\(closedBy)[\(met.map(\.id.description).sorted().joined(separator: " "))]")
        }
        for write in byOrigin.joined() {
            let past = unseen(byOrigin.compactMap { $0.last(where: write.hasSeen) })
            add(write.kind == .blind ? past + [write] : past, write.id.description)
        }
        add(unseen(byOrigin.compactMap(\.last)), "")
        return found
    }

    private func unseen(_ writes: [LoggedChange]) -> [LoggedChange] {
        writes.filter { write in !writes.contains { $0.id != write.id && $0.hasSeen(write) } }
    }
}
