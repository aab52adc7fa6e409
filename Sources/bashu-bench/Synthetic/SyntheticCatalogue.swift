import Postgres

/// Fills the tables of an installed catalogue with synthetic standards. Memory holds one page of them.
struct SyntheticCatalogue {
    let standards: Int
    let seed: UInt64

    /// Standards that are made before their rows go to the server.
    private static let page = 5_000

    /// One organisation for so many standards.
    private static let standardsPerOrganisation = 40

    /// Rows of each table.
    struct Outcome: Sendable {
        var rows: [String: Int] = [:]
        var seconds = 0.0

        var children: Int {
            rows.filter { !["standard", "organization", "joint_group"].contains($0.key) }.values.reduce(0, +)
        }
    }

    var organisations: Int { max(20, standards / Self.standardsPerOrganisation) }

    /// Fills the tables, in one transaction for each page. Indexes that hold no constraint are made after the rows,
    /// as pg_restore does it.
    ///
    /// - Parameter progress: told how many standards are there; all of them while the indexes are made.
    func fill(_ session: Session, progress: (Int) -> Void = { _ in }) throws -> Outcome {
        var outcome = Outcome()
        outcome.seconds = try ContinuousClock().measure {
            let indexes = try dropIndexes(session)
            var first = SyntheticRows()
            for number in 0..<organisations {
                first.organisation.line([
                    SyntheticStandard.organisationID(number), SyntheticStandard.organisationName(number), "other",
                    SyntheticStandard.source,
                ])
            }
            try send(first, session, &outcome)
            var index = 0
            while index < standards {
                var rows = SyntheticRows()
                let end = min(standards, index + Self.page)
                for place in index..<end {
                    let one = SyntheticStandard(seed: seed, index: place, organisations: organisations)
                    if let pair = one.number.jointPair, one.number.homeRegion == "50" {
                        rows.joint.line([
                            SyntheticStandard.jointID(pair),
                            SyntheticStandard.title(seed: seed, key: -1 - pair), SyntheticStandard.source,
                        ])
                    }
                    one.append(to: &rows)
                }
                try send(rows, session, &outcome)
                index = end
                progress(index)
            }
            for index in indexes { _ = try session.execute(index) }
        }.inSeconds
        return outcome
    }

    /// Drops the indexes that hold no constraint, and returns what makes them again.
    private func dropIndexes(_ session: Session) throws -> [String] {
        try session.transaction {
            let indexes = try session.query(
                """
                SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
                JOIN pg_class c ON c.oid = i.indexrelid
                WHERE c.relnamespace = 'catalogue'::regnamespace AND c.relkind = 'i' AND NOT i.indisunique
                """)
            for index in indexes { try session.execute("DROP INDEX \(try index.text(0))") }
            return try indexes.map { try $0.text(1) }
        }
    }

    private func send(_ rows: SyntheticRows, _ session: Session, _ outcome: inout Outcome) throws {
        try session.transaction {
            for copy in rows.copies where copy.buffer.rows > 0 {
                _ = try session.copyIn(copy.sql) { try $0.write(copy.buffer.bytes) }
                outcome.rows[copy.table, default: 0] += copy.buffer.rows
            }
        }
    }
}
