internal import Integrity
internal import Postgres
internal import Replication

/// One attempt at a cut, inside its transaction: collects the keys, compares them page by page, writes the batch.
///
/// Two sessions with one snapshot may share the work: one compares the next pages while the other writes what the
/// last ones brought. Everything is written by one transaction either way.
final class CutRun {
    let cutter: Cutter
    /// Writes everything.
    let session: Session
    /// Has the keys and reads the tables; the same session in a small cut.
    let scan: Session
    let position: OwnPosition
    /// Shapes of the tables that were compared as a whole.
    var fingerprints: [Int: String] = [:]
    /// Tables that are not there: what is pending for them is neither read nor consumed.
    var leftOut: Set<Int> = []
    private(set) var outcome = Cutter.Outcome()

    private let builder: OwnBatchBuilder
    private var ranges: [CutRange] = []
    /// Tables from which a comparison found too many rows gone: those keys are held.
    private var massDeletes: Set<Int> = []

    /// A comparison that finds more rows gone than this share of a table, and than this number, holds them.
    static let massDeleteShare = 0.01
    static let massDeleteMin = 100
    /// Pages that may wait for the writer.
    private static let pagesAhead = 2

    init(cutter: Cutter, scan: Session, position: OwnPosition) {
        self.cutter = cutter
        self.scan = scan
        self.position = position
        session = cutter.session
        builder = OwnBatchBuilder(session: session, log: cutter.log, position: position, history: cutter.history)
    }

    private var bound: [Parameter] { cutter.bound + [.intArray(leftOut.map(Int64.init))] }

    // MARK: Keys

    /// Fills `cut_key`: the keys of the pending rows, and every key of the marked tables.
    func collectKeys(_ catalogue: TableCatalogue, marked: Set<Int>) throws {
        if marked.isEmpty {
            try scan.execute(SQLText.named("cut_keys"), bound)
        } else {
            try scan.execute(SQLText.named("cut_hints"), bound)
            for table in marked.sorted().compactMap({ catalogue.table(id: $0) }) {
                let present = try scan.execute(TableStatements(table: table).hintAllKeys)
                let vanished = try cutter.hintVanished(table, scan)
                let limit = max(Self.massDeleteMin, Int(Double(present + vanished) * Self.massDeleteShare))
                if vanished > limit { massDeletes.insert(table.id) }
            }
            try scan.execute(SQLText.named("cut_keys_from_hints"))
        }
        ranges = try scan.query(SQLText.named("cut_ranges")).compactMap {
            guard let table = catalogue.table(id: Int(try $0.int("table_id"))) else { return nil }
            return CutRange(table: table, first: try $0.int("first"), last: try $0.int("last"))
        }
    }

    // MARK: Publishing

    /// Compares every key and writes what differs; then the batch, and the end of the pending rows.
    func publish() throws {
        let comparison = CutComparison(
            session: scan, log: scan === session ? cutter.log : cutter.scanLog, originID: position.originID,
            ranges: ranges)
        if scan === session {
            try comparison.run(publish)
        } else {
            let canceller = scan.canceller
            try ReadAhead.run(
                depth: Self.pagesAhead, produce: comparison.run, cancel: { canceller.cancel() }, consume: publish)
        }
        try finish()
    }

    private func publish(_ page: CutComparison.Page) throws {
        var held = Held()
        for (row, difference) in page.rows {
            if difference == .none {
                if row.isHeld { held.released.append(row) }
            } else if difference == .delete, row.isCompared, massDeletes.contains(page.table.id) {
                held.massDeletes.append(row)
            } else if row.line.count > Cutter.rowBytesMax {
                held.tooLarge.append(row)
            } else {
                try write(row, difference, of: page.table)
                if row.isHeld { held.released.append(row) }
            }
        }
        try recheck(page.concerned)
        try hold(held.massDeletes, of: page.table, reason: "mass_delete")
        try hold(held.tooLarge, of: page.table, reason: "row_too_large")
        if !held.released.isEmpty {
            try session.execute(
                SQLText.named("cut_unhold_keys"),
                [.int(page.table.id), .textArray(held.released.map(\.digest.hex))])
        }
        try builder.flush()
    }

    /// Rows of a page that are not published, or not held any more.
    private struct Held {
        var massDeletes: [CutRow] = []
        var tooLarge: [CutRow] = []
        var released: [CutRow] = []
    }

    private func recheck(_ keys: [RecheckKey]) throws {
        guard !keys.isEmpty else { return }
        try session.execute(
            SQLText.named("cut_recheck"),
            [
                .intArray(keys.map { Int64($0.tableID) }), .textArray(keys.map(\.digest)),
                .textArray(keys.map(\.key)),
            ])
    }

    private func hold(_ rows: [CutRow], of table: TableInfo, reason: String) throws {
        guard !rows.isEmpty else { return }
        try session.execute(
            SQLText.named("cut_hold_keys"),
            [.int(table.id), .textArray(rows.map(\.digest.hex)), .textArray(rows.map(\.key)), .text(reason)])
        outcome.held += rows.count
    }

    private func write(_ row: CutRow, _ difference: CutDifference, of table: TableInfo) throws {
        let (kind, written): (ChangeKind, String)
        switch difference {
        case .none: return
        // Its writer could not see the row that is parked under the key.
        case .insert: (kind, written) = (row.isParked && !Mutation.noBlind.isOn ? .blind : .insert, "*")
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
                    actor: row.actor, nonce: builder.nonce(), key: row.key)
            }, image: image, old: old, table: table, digest: row.digest)
        outcome.changes += 1
    }

    private func finish() throws {
        if outcome.changes > 0 {
            let consumed = try session.queryOne(SQLText.named("cut_consumed"), bound)?.text(0) ?? ""
            outcome.number = try builder.finish(consumed: try Self.consumed(consumed))
            outcome.bytes = builder.byteCount
        }
        try session.execute(SQLText.named("cut_consume"), bound)
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
