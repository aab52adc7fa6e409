internal import Postgres
internal import Replication

/// The whole log of one key.
struct KeyRecord {
    /// Text of the key array.
    let key: String
    var changes: [LoggedChange] = []
    /// Who made them.
    var authors: [ChangeID: CaseAuthor] = [:]
    /// Those that its changes are written in.
    var shapes: Set<Shape> = []
}

/// Reads whole logs of keys, without an apply at hand.
final class KeyLogReader {
    private let log = LogReader()

    func logs(_ session: Session, _ table: TableInfo, digests: [String]) throws -> [String: [LoggedChange]] {
        try records(session, table, digests: digests).mapValues(\.changes)
    }

    /// By the keys' digests; a key of which the log has nothing is missing.
    func records(_ session: Session, _ table: TableInfo, digests: [String]) throws -> [String: KeyRecord] {
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
        var result: [String: KeyRecord] = [:]
        var mappings: [Int: ColumnMapping] = [:]
        for (index, entry) in entries.enumerated() {
            let change = try log.parse(session, lines[index][...])
            let mapping = mappings[change.shapeID] ?? ColumnMapping(from: change.shape, to: table.shape)
            mappings[change.shapeID] = mapping
            let logged = mapping.logged(change, id: entry.id, context: contexts[batches[index]] ?? Vector())
            result[entry.digest, default: KeyRecord(key: change.keyText)].changes.append(logged)
            result[entry.digest]?.authors[entry.id] = CaseAuthor(user: change.sessionUser, actor: change.actor)
            result[entry.digest]?.shapes.insert(change.shape)
        }
        return result
    }
}
