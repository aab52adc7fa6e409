import Glibc
import Postgres
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

    /// Waits until it is at rest, and looks at everything.
    func judge(timeout: Duration = .seconds(90)) async throws {
        do {
            try await world.converged(timeout: timeout)
        } catch {
            throw FederationError("\(run): \(error)")
        }
        let differences = try await world.differences()
        #expect(differences == [], "\(run)")
        for party in world.parties {
            let lost = try lostWrites(party)
            #expect(lost == [], "\(run), \(party.name)")
            let told = try await party.control("verify")
            #expect(told.status == .exited(0), "\(run), verify of \(party.name): \(told.output)\(told.errors)")
            try await verifyAgainstPeers(party)
        }
    }

    private func verifyAgainstPeers(_ party: Party) async throws {
        for peer in try await party.rows("SELECT name FROM bashu.peer WHERE conninfo IS NOT NULL ORDER BY 1") {
            guard let name = peer[0] else { continue }
            // The link may be waiting before its next attempt.
            try await party.awaitLink(name, timeout: .seconds(60)) { $0.state == "waiting" || $0.state == "streaming" }
            let told = try await party.control("verify", "--against", name)
            #expect(
                told.status == .exited(0),
                "\(run), verify of \(party.name) against \(name): \(told.output)\(told.errors)")
        }
    }

    // MARK: Nothing lost

    /// Published writes that are neither in the row, nor overwritten by somebody who had seen them, nor in a case, nor
    /// parked with their row. Looked up without the merge: from the log, the tables and the cases alone.
    private func lostWrites(_ party: Party) throws -> [String] {
        let session = try party.session(as: .superuser)
        defer { session.close() }
        var catalogue = TableCatalogue()
        try catalogue.reload(session)
        let accounted = try candidates(session)
        var lost: [String] = []
        for table in catalogue.tables.values {
            let keys = try session.query(
                """
                SELECT encode(c.digest, 'hex') AS digest, bool_or(k.image IS NOT NULL) AS known
                  FROM (SELECT DISTINCT digest FROM bashu.change WHERE table_id = $1) c
                  LEFT JOIN bashu.known k ON k.table_id = $1 AND k.digest = c.digest
                 GROUP BY 1
                """, [.int(table.id)]
            ).map { (digest: try $0.text(0), isKnown: try !$0.isNull(1) && $0.bool(1)) }
            let rows = try images(table, session)
            for (digest, log) in try KeyLogReader().logs(session, table, digests: keys.map(\.digest)) {
                let isKnown = keys.contains { $0.digest == digest && $0.isKnown }
                let isParked = rows[digest] == nil && isKnown
                let inCases = log.filter { accounted.contains("\(digest) \($0.id)") }
                for (change, column) in Self.unseen(log, rows[digest]) where !isParked {
                    // A candidate carries its whole row, with what its writer had seen.
                    let isCarried = inCases.contains { other in
                        other.id == change.id
                            || column.map { other.hasSeen(change) && other.image?[$0] == change.image?[$0] } ?? false
                    }
                    guard !isCarried else { continue }
                    let what = column.map { "column \($0)" } ?? change.kind.word
                    lost.append("table \(table.name), key \(digest): \(what) of \(change.id)")
                }
            }
        }
        return lost
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
