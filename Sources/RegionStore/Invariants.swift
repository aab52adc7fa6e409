#if DEBUG
    internal import Postgres
    internal import Replication

    /// What must hold at every commit of a cut and of an apply. Test builds look at it, where tables are small.
    enum Invariants {
        /// Off where a test changes rows behind Bashu's back.
        @TaskLocal static var areChecked = true
        /// Rows of a table, and changes in its log, up to which it is compared.
        static let rowsMax = 300
        static let changesMax = 3_000
        /// Keys of an apply up to which they are projected once more.
        static let keysMax = 100
    }

    /// An invariant that does not hold: the key, and everything that the log has of it.
    struct BrokenInvariant: Error, CustomStringConvertible {
        let description: String

        init(_ what: String, _ table: TableInfo, key: String, digest: String, _ session: Session) {
            let changes = (try? KeyLogReader().logs(session, table, digests: [digest]))?[digest] ?? []
            let history = changes.map { change in
                "  \(change.id) \(change.kind.word) \(Array(change.written)) hlc \(change.hlc), seen \(change.context)"
            }
            description = (["broken invariant: \(what), key \(key) of table \(table.name); its log:"] + history)
                .joined(separator: "\n")
        }
    }

    extension CutRun {
        /// In the cut's own snapshot the table is what is known, for every key that has nothing pending.
        func checkInvariant(_ catalogue: TableCatalogue, _ concerned: Set<Int>) throws {
            guard Invariants.areChecked else { return }
            try scan.execute(SQLText.named("invariant_begin"))
            var small: [TableInfo] = []
            for table in concerned.compactMap({ catalogue.table(id: $0) }) {
                guard try isSmall(table) else { continue }
                small.append(table)
                try scan.execute(TableStatements(table: table).hintAllKeys)
                _ = try cutter.hintVanished(table, scan)
            }
            try scan.script(SQLText.named("invariant_others"))
            try scan.execute(SQLText.named("cut_keys_from_hints"))
            for row in try scan.query(SQLText.named("cut_ranges")) {
                let id = Int(try row.int("table_id"))
                guard let table = small.first(where: { $0.id == id }) else { continue }
                var page = CutPage(table: table, originID: position.originID, lookUps: .all)
                let log = scan === session ? cutter.log : cutter.scanLog
                try page.run(scan, log, first: row.int("first"), last: row.int("last")) { rows in
                    for row in rows where try row.difference(table.shape) != .none {
                        throw BrokenInvariant(
                            "the table is not what is known, and nothing is pending", table, key: row.key,
                            digest: row.digest.hex, scan)
                    }
                }
            }
        }

        private func isSmall(_ table: TableInfo) throws -> Bool {
            let rows = try scan.queryOne(
                "SELECT count(*) FROM (SELECT FROM \(table.source) LIMIT \(Invariants.rowsMax + 1)) t")
            let changes = try scan.queryOne(
                SQLText.named("invariant_changes"), [.int(table.id), .int(Invariants.changesMax + 1)])
            return try rows?.int(0) ?? 0 <= Invariants.rowsMax && changes?.int(0) ?? 0 <= Invariants.changesMax
        }
    }

    extension Applier {
        /// What the log says of every key of the set is what the table has; parked and kept rows, and those that
        /// somebody has written meanwhile, aside.
        func checkInvariant(_ attempt: Attempt) throws {
            guard Invariants.areChecked else { return }
            let rows = try session.query(SQLText.named("invariant_applied"), [.int(Invariants.keysMax + 1)])
            guard rows.count <= Invariants.keysMax else { return }
            for (id, rows) in try Dictionary(grouping: rows, by: { Int(try $0.int("table_id")) }) {
                guard let table = attempt.catalogue.table(id: id) else { continue }
                let keys = try rows.map { (digest: try $0.text("digest"), key: try $0.text("key")) }
                let logs = try KeyLogReader().logs(session, table, digests: keys.map(\.digest))
                let images = try images(table, keys.map(\.key))
                for key in keys {
                    guard let log = logs[key.digest], !log.isEmpty else { continue }
                    let outcome = merge(log, policy: attempt.policy(table))
                    let image = images[key.key]
                    let isSame = (image == nil) == (outcome.image == nil)
                        && table.shape.columns.indices.allSatisfy {
                            !outcome.present.contains($0) || image?[$0] == outcome.image?[$0]
                        }
                    // A row that is not there cannot be locked: somebody may have written it since we looked.
                    guard try isSame || isPending(table, key.key) else {
                        throw BrokenInvariant(
                            "apply wrote something else than the log says", table, key: key.key, digest: key.digest,
                            session)
                    }
                }
            }
        }

        private func isPending(_ table: TableInfo, _ key: String) throws -> Bool {
            try session.queryOne(SQLText.named("invariant_pending"), [.int(table.id), .text(key)])?.bool(0) ?? false
        }

        private func images(_ table: TableInfo, _ keys: [String]) throws -> [String: RowImage] {
            let statements = TableStatements(table: table)
            var images: [String: RowImage] = [:]
            for row in try session.query(statements.rows, [.textArray(keys)]) {
                let fields = (1..<row.columnCount).map { CopyText.escape(row[text: $0])[...] }
                images[try row.text(0)] = RowImage(fields: fields)
            }
            return images
        }
    }
#endif
