import Glibc
import Postgres
import Reasons
import Replication
import TestCluster
import Testing

@testable import RegionStore
@testable import TestFederation

/// Whether a federation at rest is what the invariants want.
struct Judge {
    let world: Federation
    /// What is said of every finding.
    let run: String
    /// Codes of regions that sign: every party must vouch for each of their batches.
    var signing: Set<String> = []

    /// Waits until it is at rest, and looks at everything.
    func judge(timeout: Duration = .seconds(150)) async throws {
        let found = try await findings(timeout: timeout)
        #expect(found == [], "\(run)")
    }

    /// What is wrong, in words; empty when nothing is.
    func findings(timeout: Duration = .seconds(150)) async throws -> [String] {
        do {
            try await world.converged(timeout: timeout)
        } catch {
            throw FederationError("\(run): \(error)")
        }
        let differences = try await world.differences()
        var found = differences
        for party in world.parties {
            var here = try audit(party)
            // Where everything is equal one look is enough; and a log that was altered need not be readable.
            if here.isEmpty, party === world.parties.first || !differences.isEmpty {
                here = try lostWrites(party) + wrongCases(party)
            }
            found += here.map { "\(party.name): \($0)" }
        }
        return try await found + verify()
    }

    /// `bashuctl verify` in every party, and against each of its peers, all at the same time.
    private func verify() async throws -> [String] {
        try await withThrowingTaskGroup(of: String?.self) { group in
            for party in world.parties {
                group.addTask { Self.finding("verify of \(party.name)", try await party.control("verify")) }
                let peers = try await party.rows("SELECT name FROM bashu.peer WHERE conninfo IS NOT NULL ORDER BY 1")
                for peer in peers.compactMap({ $0[0] }) {
                    group.addTask {
                        // The link may be waiting before its next attempt.
                        try await party.awaitLink(peer, timeout: .seconds(60)) {
                            $0.state == "waiting" || $0.state == "streaming"
                        }
                        let told = try await party.control("verify", "--against", peer)
                        return Self.finding("verify of \(party.name) against \(peer)", told)
                    }
                }
            }
            return try await group.reduce(into: []) { found, finding in found += finding.map { [$0] } ?? [] }
        }
    }

    private static func finding(
        _ what: String, _ told: (status: ProgramEnd, output: String, errors: String)
    ) -> String? {
        told.status == .exited(0) ? nil : "\(what): \(told.output)\(told.errors)"
    }

    /// The whole history, line by line.
    private func audit(_ party: Party) throws -> [String] {
        let session = try party.session(as: .superuser)
        defer { session.close() }
        return try Audit.run(session, historyOnly: true).origins.flatMap { origin in
            var found = origin.faults.named.map { "audit: \($0.text)" }
            if signing.contains(origin.region), origin.vouchedFor != origin.batches {
                found.append(
                    "audit: \(origin.vouchedFor) of \(origin.batches) batches of \(origin.name) are vouched for")
            }
            return found
        }
    }

    // MARK: Nothing lost

    /// Published writes that are neither in the row, nor overwritten by somebody who had seen them, nor in a case; of a
    /// parked row, not in the case that says why it is out of its table. Looked up without the merge: from the log, the
    /// tables and the cases alone.
    private func lostWrites(_ party: Party) throws -> [String] {
        let session = try party.session(as: .superuser)
        defer { session.close() }
        var catalogue = TableCatalogue()
        try catalogue.reload(session)
        let accounted = try candidates(session)
        var lost: [String] = []
        for table in catalogue.tables.values {
            let digests = try session.query(
                "SELECT DISTINCT encode(digest, 'hex') FROM bashu.change WHERE table_id = $1", [.int(table.id)]
            ).map { try $0.text(0) }
            let rows = try images(table, session).merging(parked(table, session)) { inTable, _ in inTable }
            let kept = try Set(constraintCases(table, session).filter { $0.group == "kept" }.map(\.digest))
            for (digest, log) in try KeyLogReader().logs(session, table, digests: digests) {
                let inCases = log.filter { accounted.contains("\(digest) \($0.id)") }
                for (change, column) in Self.unseen(log, rows[digest]) {
                    // A candidate carries its whole row, with what its writer had seen.
                    let isCarried = inCases.contains { other in
                        other.id == change.id
                            || column.map { other.hasSeen(change) && other.image?[$0] == change.image?[$0] } ?? false
                    }
                    // One case tells of all who deleted a parent that its children keep.
                    let isKept = change.image == nil && kept.contains(digest)
                    guard !isCarried, !isKept else { continue }
                    let what = column.map { "column \($0)" } ?? change.kind.word
                    lost.append("lost in table \(table.name), key \(digest): \(what) of \(change.id)")
                }
            }
        }
        return lost
    }

    /// Rows that are out of their table because others stand in their way, as their cases have them.
    private func parked(_ table: TableInfo, _ session: Session) throws -> [String: RowImage] {
        var images: [String: RowImage] = [:]
        for (digest, group, values) in try constraintCases(table, session) where group != "kept" {
            let values = try JSONText.decode([String: String?].self, values)
            let fields = table.shape.columns.map { CopyText.escape(values[$0] ?? nil)[...] }
            images[digest] = RowImage(fields: fields)
        }
        return images
    }

    private func constraintCases(
        _ table: TableInfo, _ session: Session
    ) throws -> [(digest: String, group: String, values: String)] {
        try session.query(
            """
            SELECT encode(digest, 'hex'), column_group, coalesce(candidates -> 0 ->> 'values', '{}')
              FROM bashu.conflict_case
             WHERE table_id = $1 AND column_group ~ '^(unique:|foreign_key:|kept$)'
            """, [.int(table.id)]
        ).map { (digest: try $0.text(0), group: try $0.text(1), values: try $0.text(2)) }
    }

    /// Every candidate of every case, by key and handle.
    private func candidates(_ session: Session) throws -> Set<String> {
        let rows = try session.query(
            """
            SELECT format('%s %s:%s:%s', encode(c.digest, 'hex'), o ->> 'origin', o ->> 'number', o ->> 'position')
              FROM bashu.conflict_case c, jsonb_array_elements(c.candidates) o
            """)
        return Set(try rows.map { try $0.text(0) })
    }

    private func images(_ table: TableInfo, _ session: Session) throws -> [String: RowImage] {
        let statements = TableStatements(table: table)
        let keys = try session.query("SELECT \(statements.keyText(of: "t")) FROM \(table.source) t")
        var images: [String: RowImage] = [:]
        for row in try session.query(statements.rows, [.textArray(keys.map { try $0.text(0) })]) {
            let fields = (1..<row.columnCount).map { CopyText.escape(row[text: $0])[...] }
            images[BatchHasher.digest16(key: try row.text(0)).hex] = RowImage(fields: fields)
        }
        return images
    }

    /// Writes that nobody who had seen them wrote over, and that the row does not show.
    /// No column stands for the existence of the row.
    private static func unseen(_ log: [LoggedChange], _ row: RowImage?) -> [(LoggedChange, Int?)] {
        var found: [(LoggedChange, Int?)] = []
        for change in log {
            let later = log.filter { $0.id != change.id && $0.hasSeen(change) }
            if change.writesExistence, later.allSatisfy({ !$0.writesExistence }),
                (change.image == nil) != (row == nil)
            {
                found.append((change, nil))
            }
            for column in change.written {
                let isOver = later.contains { $0.written.contains(column) || $0.image == nil }
                guard !isOver, row?[column] != change.image?[column] else { continue }
                found.append((change, column))
            }
        }
        return found
    }
}
