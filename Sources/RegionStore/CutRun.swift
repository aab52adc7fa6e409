internal import Integrity
internal import Postgres
internal import Replication

/// One attempt at a cut, inside its transaction: collects the keys, compares them page by page, writes the batch.
final class CutRun {
    let cutter: Cutter
    let position: OwnPosition
    /// Shapes of the tables that were compared as a whole.
    var fingerprints: [Int: String] = [:]
    private(set) var outcome = Cutter.Outcome()

    private let builder: OwnBatchBuilder
    private var ranges: [KeyRange] = []
    /// Some rows are parked or kept: what is published may concern them.
    private var hasClaims = false
    /// Tables from which a comparison found too many rows gone: those keys are held.
    private var massDeletes: Set<Int> = []

    private struct KeyRange { let table: Int, first: Int64, last: Int64 }

    /// A comparison that finds more rows gone than this share of a table, and than this number, holds them.
    static let massDeleteShare = 0.01
    static let massDeleteMin = 100

    init(cutter: Cutter, position: OwnPosition) {
        self.cutter = cutter
        self.position = position
        builder = OwnBatchBuilder(session: cutter.session, log: cutter.log, position: position)
    }

    private var session: Session { cutter.session }

    // MARK: Keys

    /// Fills `cut_key`: the keys of the pending rows, and every key of the marked tables.
    func collectKeys(_ catalogue: TableCatalogue, marked: Set<Int>) throws {
        if marked.isEmpty {
            try session.execute(SQLText.named("cut_keys"), cutter.bound)
        } else {
            try session.execute(SQLText.named("cut_hints"), cutter.bound)
            for table in marked.sorted().compactMap({ catalogue.table(id: $0) }) {
                let present = try session.execute(TableStatements(table: table).hintAllKeys)
                let vanished = try cutter.hintVanished(table)
                let limit = max(Self.massDeleteMin, Int(Double(present + vanished) * Self.massDeleteShare))
                if vanished > limit { massDeletes.insert(table.id) }
            }
            try session.execute(SQLText.named("cut_keys_from_hints"))
        }
        ranges = try session.query(SQLText.named("cut_ranges")).map {
            KeyRange(table: Int(try $0.int("table_id")), first: try $0.int("first"), last: try $0.int("last"))
        }
    }

    // MARK: Publishing

    /// Compares every key and writes what differs; then the batch, and the end of the pending rows.
    func publish(_ catalogue: TableCatalogue) throws {
        for range in ranges {
            guard let table = catalogue.table(id: range.table) else { continue }
            var page = CutPage(table: table, originID: position.originID, lookUps: try lookUps(table))
            try page.run(session, cutter.log, first: range.first, last: range.last) { rows in
                try publish(rows, of: table)
                try builder.flush()
            }
        }
        try finish()
    }

    /// Where there is anything to look for: for the rest a page need not look key by key.
    private func lookUps(_ table: TableInfo) throws -> TableStatements.LookUps {
        guard let row = try session.queryOne(SQLText.named("cut_look_ups"), [.int(table.id)]) else {
            throw StoreError.unexpectedResult("no row from a look at the log")
        }
        hasClaims = try row.bool("claims")
        return TableStatements.LookUps(
            change: try row.bool("logged"), known: try row.bool("known"), held: try row.bool("held"))
    }

    private func publish(_ rows: [CutRow], of table: TableInfo) throws {
        var recheck: [Int64] = []
        var holdDeletes: [Int64] = []
        var holdLarge: [Int64] = []
        var unhold: [Int64] = []
        var written: [Int64] = []
        for row in rows {
            let difference = try row.difference(table.shape)
            if difference == .none {
                if row.isHeld { unhold.append(row.ord) }
                continue
            }
            if difference == .delete, row.isCompared, massDeletes.contains(table.id) {
                holdDeletes.append(row.ord)
                continue
            }
            if row.line.count > Cutter.rowBytesMax {
                holdLarge.append(row.ord)
                continue
            }
            try write(row, difference, of: table)
            written.append(row.ord)
            if row.isHeld { unhold.append(row.ord) }
            if row.isInKnown { recheck.append(row.ord) }
        }
        try mark("cut_recheck", recheck)
        if hasClaims, !written.isEmpty {
            try mark("cut_recheck_blocked", written)
            try mark("cut_recheck_parents", written)
            for index in table.uniqueIndexes {
                try session.execute(ConstraintStatements(table: table).recheckClaims(index), [.intArray(written)])
            }
        }
        try mark("cut_hold_keys", holdDeletes, reason: "mass_delete")
        try mark("cut_hold_keys", holdLarge, reason: "row_too_large")
        try mark("cut_unhold_keys", unhold)
        outcome.held += holdDeletes.count + holdLarge.count
    }

    private func mark(_ statement: String, _ ords: [Int64], reason: String? = nil) throws {
        guard !ords.isEmpty else { return }
        try session.execute(
            SQLText.named(statement), [.intArray(ords)] + (reason.map { [.text($0)] } ?? []))
    }

    private func write(_ row: CutRow, _ difference: CutDifference, of table: TableInfo) throws {
        let (kind, written): (ChangeKind, String)
        switch difference {
        case .none: return
        // Its writer could not see the row that is parked under the key.
        case .insert: (kind, written) = (row.isParked ? .blind : .insert, "*")
        case .delete: (kind, written) = (.delete, "")
        case .update(let columns, _): (kind, written) = (.update, columns.map(String.init).joined(separator: ","))
        }
        var old: [UInt8]?
        if case .update(_, let values) = difference { old = values }
        let image = kind == .delete ? nil : Array(row.image)
        try builder.add(
            { shape in
                ChangeDraft(
                    kind: kind, shape: shape, written: written,
                    hlc: HybridClock(highest: position.highest).next(now: row.at ?? 0), sessionUser: row.sessionUser,
                    actor: row.actor, nonce: BatchHasher.nonce(), key: row.key)
            }, image: image, old: old, table: table, digest: row.digest)
        outcome.changes += 1
    }

    private func finish() throws {
        if outcome.changes > 0 {
            let consumed = try session.queryOne(SQLText.named("cut_consumed"), cutter.bound)?.text(0) ?? ""
            outcome.number = try builder.finish(consumed: try Self.consumed(consumed))
        }
        try session.execute(SQLText.named("cut_consume"), cutter.bound)
    }

    private static func consumed(_ text: String) throws -> [BatchTrailer.Consumed] {
        try text.split(separator: " ").map { range in
            let parts = range.split(whereSeparator: { ":-".contains($0) })
            guard parts.count == 3, let from = Int64(parts[1]), let to = Int64(parts[2]), from <= to else {
                throw StoreError.unexpectedResult("ranges of pending rows: \(text)")
            }
            return BatchTrailer.Consumed(timeline: String(parts[0]), sequence: from...to)
        }
    }
}
