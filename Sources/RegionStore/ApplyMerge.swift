internal import Postgres
internal import Replication

/// Merges the keys of an apply that are not fast-forward: page by page, over the log of each key.
struct ApplyMerge {
    let applier: Applier
    let attempt: Applier.Attempt
    /// Names of the origins by their ids here.
    let origins: [Int: OriginID]
    /// A batch of our own that this transaction builds: the log does not hold it yet.
    let unstored: UnstoredBatch?
    /// What the unique and foreign-key rule needs to know of every merged key; nil: it is not asked.
    private(set) var verdicts: [KeyID: MergedRow]?
    private(set) var merged = 0

    private static let pageKeys = 1_000

    private struct Key { let tableID: Int, digest: String, text: String }

    /// A change of a key as the index has it, without its bytes.
    private struct Entry {
        let id: ChangeID
        let pointer: LinePointer
        let shapeID: Int
        let hlc: Int64
        let written: String
        let incoming: Bool
        let kind: ChangeKind

        var batch: LogReader.BatchKey { .init(originID: pointer.originID, number: pointer.number) }
    }

    private var session: Session { applier.session }

    init(
        applier: Applier, attempt: Applier.Attempt, origins: [Int: OriginID],
        unstored: UnstoredBatch? = nil, verdicts: [KeyID: MergedRow]? = nil
    ) {
        self.verdicts = verdicts
        self.applier = applier
        self.attempt = attempt
        self.origins = origins
        self.unstored = unstored
    }

    mutating func run() throws {
        var after = (table: Int64(0), digest: "")
        while true {
            let rows = try session.query(
                SQLText.named("apply_merge_keys"),
                [.int(after.table), .text(after.digest), .int(Self.pageKeys)])
            let keys = try rows.map {
                Key(tableID: Int(try $0.int("table_id")), digest: try $0.text("digest"), text: try $0.text("key"))
            }
            guard let last = keys.last else { return }
            for (tableID, page) in Dictionary(grouping: keys, by: \.tableID).sorted(by: { $0.key < $1.key }) {
                guard let table = attempt.catalogue.table(id: tableID) else { continue }
                try merge(page, table)
            }
            after = (Int64(last.tableID), last.digest)
        }
    }

    /// What the log says of one key now; nil: absent.
    func image(of digest: String, _ table: TableInfo) throws -> RowImage? {
        let logs = try logs([digest], table)
        guard let log = logs.changes.first, !log.isEmpty else { return nil }
        return merge(log, policy: attempt.policy(table)).image
    }

    private mutating func merge(_ keys: [Key], _ table: TableInfo) throws {
        let logs = try logs(keys.map(\.digest), table)
        let policy = attempt.policy(table)
        var output = MergeOutput(table: table, policy: policy, stagesDead: verdicts != nil)
        let shapeID = try ShapeStore.id(
            table.shape, digest: BatchHasher.digest16(table.shape.line), session)
        for (key, log) in zip(keys, logs.changes) {
            // A row of which the log knows nothing: only a restore asks for it.
            guard !log.isEmpty else {
                output.addAbsent(digest: key.digest)
                continue
            }
            let outcome = merge(log, policy: policy)
            try output.add(
                key: key.text, digest: key.digest, outcome: outcome, shapeID: shapeID, authors: logs.authors)
            if verdicts != nil {
                verdicts?[KeyID(tableID: table.id, digest: key.digest)] = MergedRow(
                    key.text, outcome, log, logs.authors)
            }
            merged += 1
        }
        try output.write(session)
    }

    private func merge(_ log: [LoggedChange], policy: TablePolicy) -> MergeOutcome {
        Replication.merge(log, policy: policy)
    }

    private struct Logs {
        var changes: [[LoggedChange]]
        var authors: [ChangeID: CaseAuthor] = [:]
    }

    private func logs(_ digests: [String], _ table: TableInfo) throws -> Logs {
        let entries = try readEntries(digests, table)
        var batches = Set(entries.values.joined().map(\.batch))
        if let unstored { batches.remove(unstored.batch) }
        var contexts = try applier.log.contexts(session, of: batches)
        if let unstored { contexts[unstored.batch] = unstored.context }
        var kept: [(key: Int, entry: Entry)] = []
        for (index, digest) in digests.enumerated() {
            for entry in try needed(entries[digest] ?? [], table, contexts) { kept.append((index, entry)) }
        }
        var result = Logs(changes: Array(repeating: [], count: digests.count))
        for (place, change) in zip(kept, try readChanges(kept.map(\.entry), table, contexts)) {
            result.changes[place.key].append(change.logged)
            result.authors[place.entry.id] = change.author
        }
        return result
    }

    // MARK: The log of the keys

    private func readEntries(_ digests: [String], _ table: TableInfo) throws -> [String: [Entry]] {
        var result: [String: [Entry]] = [:]
        let rows = try session.query(
            SQLText.named("apply_log"), [.int(table.id), .textArray(digests)])
        for row in rows {
            let pointer = try LinePointer(row)
            guard let origin = origins[pointer.originID],
                let kind = ChangeKind(code: try row.text("kind").utf8.first ?? 0)
            else { throw StoreError.logDamaged("a change of an unknown origin or kind") }
            let id = ChangeID(origin: origin, number: pointer.number, position: Int32(try row.int("position")))
            result[try row.text("digest"), default: []].append(
                Entry(
                    id: id, pointer: pointer, shapeID: Int(try row.int("shape_id")), hlc: try row.int("hlc"),
                    written: try row.text("written"), incoming: try row.bool("incoming"), kind: kind))
        }
        return result
    }

    /// Keys with fewer changes are read whole: looking for a place to cut their history off costs more.
    private static let shortHistory = 8

    /// What a merge must read: history before a change that everything after it has seen need not be.
    private func needed(
        _ entries: [Entry], _ table: TableInfo, _ contexts: [LogReader.BatchKey: Vector]
    ) throws -> [Entry] {
        let applied = entries.filter { !$0.incoming }
        // The unique rule asks when each value was written, however long ago.
        guard verdicts == nil, !attempt.readsWholeHistory, applied.count > Self.shortHistory else { return entries }
        var mappings: [Int: ColumnMapping] = [:]
        func stub(_ entry: Entry) throws -> LoggedChange {
            let shape = try applier.log.shape(session, id: entry.shapeID)
            let mapping = mappings[entry.shapeID] ?? ColumnMapping(from: shape, to: table.shape)
            mappings[entry.shapeID] = mapping
            return mapping.stub(
                id: entry.id, kind: entry.kind, hlc: entry.hlc, written: entry.written,
                context: contexts[entry.batch] ?? Vector())
        }
        let stubs = try applied.map { try stub($0) }
        let incoming = try entries.filter(\.incoming).map { try stub($0) }
        guard let index = dominator(of: stubs, before: incoming, policy: attempt.policy(table)) else { return entries }
        let base = stubs[index]
        let past = Set(stubs.filter { base.hasSeen($0) }.map(\.id))
        // An erasure of long ago still stands against a change that had not seen it.
        return entries.filter { !past.contains($0.id) || $0.kind == .erasure }
    }

    private func readChanges(
        _ entries: [Entry], _ table: TableInfo, _ contexts: [LogReader.BatchKey: Vector]
    ) throws -> [(logged: LoggedChange, author: CaseAuthor)] {
        for id in Set(entries.map(\.shapeID)) { _ = try applier.log.shape(session, id: id) }
        var lines = [[UInt8]](repeating: [], count: entries.count)
        var stored: [Int] = []
        for (index, entry) in entries.enumerated() {
            if let line = unstored?.lines[entry.pointer] { lines[index] = line } else { stored.append(index) }
        }
        try applier.log.lines(session, stored.map { entries[$0].pointer }) { index, line in
            lines[stored[index]] = Array(line)
        }
        var mappings: [Int: ColumnMapping] = [:]
        var result: [(logged: LoggedChange, author: CaseAuthor)] = []
        for (entry, line) in zip(entries, lines) {
            let change = try applier.log.parse(session, line[...])
            let mapping = mappings[change.shapeID] ?? ColumnMapping(from: change.shape, to: table.shape)
            mappings[change.shapeID] = mapping
            result.append(
                (
                    mapping.logged(change, id: entry.id, context: contexts[entry.batch] ?? Vector()),
                    CaseAuthor(user: change.sessionUser, actor: change.actor)
                ))
        }
        return result
    }
}

/// A batch that the transaction at hand builds.
struct UnstoredBatch {
    let batch: LogReader.BatchKey
    let context: Vector
    let lines: [LinePointer: [UInt8]]
}

/// Who made a change, for cases.
struct CaseAuthor {
    let user: String?
    let actor: String?
}

/// Maps images of one shape to the columns of the local table, by name.
struct ColumnMapping {
    /// For every local column its place in the shape.
    let places: [Int?]
    private let locals: [Int: Int]

    init(from shape: Shape, to local: Shape) {
        let byName = Dictionary(uniqueKeysWithValues: shape.columns.enumerated().map { ($0.element, $0.offset) })
        places = local.columns.map { byName[$0] }
        var locals: [Int: Int] = [:]
        for (index, place) in places.enumerated() { if let place { locals[place] = index } }
        self.locals = locals
    }

    /// A change without its image, from its row of the index.
    func stub(
        id: ChangeID, kind: ChangeKind, hlc: Int64, written text: String, context: Vector
    ) -> LoggedChange {
        var written = ColumnSet()
        let ordinals = text == "*" ? Array(locals.keys) : text.split(separator: ",").compactMap { Int($0) }
        for ordinal in ordinals { if let local = locals[ordinal] { written.insert(local) } }
        return LoggedChange(
            id: id, kind: kind, hlc: hlc, context: context, written: written,
            writesExistence: kind != .ruling || text.hasPrefix("x"), image: nil,
            present: kind == .delete || kind == .erasure ? ColumnSet() : present)
    }

    private var present: ColumnSet {
        ColumnSet(places.indices.filter { places[$0] != nil })
    }

    /// A change as the merge sees it.
    func logged(_ change: ParsedChange, id: ChangeID, context: Vector) -> LoggedChange {
        var written = ColumnSet()
        for ordinal in change.written { if let local = locals[ordinal] { written.insert(local) } }
        let image = change.image.map { bytes in
            let fields = CopyLine.fields(bytes[...])
            return RowImage(fields: places.map { $0.map { fields[$0] } ?? CopyLine.null[...] })
        }
        let base = change.old.map { bytes in
            var fields = [ArraySlice<UInt8>](repeating: RowImage.null, count: places.count)
            for (ordinal, value) in zip(change.written, CopyLine.fields(bytes[...])) {
                if let local = locals[ordinal] { fields[local] = value }
            }
            return RowImage(fields: fields)
        }
        return LoggedChange(
            id: id, kind: change.kind, hlc: change.hlc, context: context, written: written,
            writesExistence: change.writesExistence, image: image,
            present: change.image == nil ? ColumnSet() : present, base: base)
    }
}
