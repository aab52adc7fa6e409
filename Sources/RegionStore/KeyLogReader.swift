internal import Postgres
internal import Replication

/// Reads whole logs of keys, without an apply at hand.
final class KeyLogReader {
    private let log = LogReader()

    func logs(_ session: Session, _ table: TableInfo, digests: [String]) throws -> [String: [LoggedChange]] {
        var entries: [(digest: String, id: ChangeID, pointer: LinePointer)] = []
        for row in try session.query(SQLText.named("policy_log"), [.int(table.id), .textArray(digests)]) {
            let pointer = try LinePointer(row)
            let id = ChangeID(
                origin: OriginID(try row.text("origin")), number: pointer.number,
                position: Int32(truncatingIfNeeded: try row.int("position")))
            entries.append((try row.text("digest"), id, pointer))
        }
        let batches = entries.map { LogReader.BatchKey(originID: $0.pointer.originID, number: $0.pointer.number) }
        let contexts = try log.contexts(session, of: Set(batches))
        var lines = [[UInt8]](repeating: [], count: entries.count)
        try log.lines(session, entries.map(\.pointer)) { index, line in lines[index] = Array(line) }
        var result: [String: [LoggedChange]] = [:]
        var mappings: [Int: ColumnMapping] = [:]
        for (index, entry) in entries.enumerated() {
            let change = try log.parse(session, lines[index][...])
            let mapping = mappings[change.shapeID] ?? ColumnMapping(from: change.shape, to: table.shape)
            mappings[change.shapeID] = mapping
            result[entry.digest, default: []].append(
                mapping.logged(change, id: entry.id, context: contexts[batches[index]] ?? Vector()))
        }
        return result
    }
}
