import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

/// What the scenarios about tables, locks and schema changes share.
enum ScenarioTable {
    /// One table, made of one statement.
    static func tables(_ definition: String, _ names: String...) -> TableSet {
        TableSet(definition: definition, names: names)
    }

    /// What a database has applied, by region, table and kind of change: `50 item u 3`.
    static func published(_ party: Party) async throws -> [String] {
        try await party.rows(
            """
            SELECT format('%s %s %s %s', o.region, s.table_name, c.kind, count(*))
              FROM bashu.change c JOIN bashu.origin o ON o.id = c.origin_id
              JOIN bashu.shared_table s ON s.id = c.table_id
             GROUP BY o.region, s.table_name, c.kind ORDER BY 1
            """
        ).compactMap { $0[0] }.sorted()
    }

    /// Whether a session of the party's daemon waits for a lock.
    static func waits(_ party: Party, _ session: String, _ query: String = "%") async throws -> Bool {
        try await party.value(
            """
            SELECT count(*) > 0 FROM pg_stat_activity
             WHERE datname = $1 AND application_name = $2 AND wait_event_type = 'Lock' AND query LIKE $3
            """, [.text(party.database), .text("bashud \(session)"), .text(query)]) == "t"
    }

    /// Whether exactly this statement waits for a lock.
    static func waits(_ party: Party, statement: String) async throws -> Bool {
        try await party.value(
            """
            SELECT count(*) > 0 FROM pg_stat_activity
             WHERE datname = $1 AND query = $2 AND state = 'active' AND wait_event_type = 'Lock'
            """, [.text(party.database), .text(statement)]) == "t"
    }

    /// Waits until `bashuctl status` here ends as expected and says these words; returns all that it says.
    ///
    /// Lines are wrapped for a terminal: line ends count as spaces.
    @discardableResult
    static func awaitStatus(
        _ party: Party, _ status: Int32, saying words: String..., timeout: Duration = .seconds(30)
    ) async throws -> String {
        var last: Ctl.Run?
        do {
            try await eventually("status \(status) of \(party.name)", timeout: timeout, every: .milliseconds(100)) {
                let run = try party.ctl("status")
                last = run
                let text = run.output.replacing(/\s+/, with: " ")
                return run.status == .exited(status) && words.allSatisfy { text.contains($0) }
            }
        } catch let error as NeverHappened {
            throw FederationError("\(error)\n\(last?.status as Any)\n\(last?.output ?? "")")
        }
        return last?.output ?? ""
    }

    /// Waits until a batch is held here for a reason with these words.
    static func awaitHold(_ world: Federation, _ party: Party, saying words: String) async throws {
        do {
            try await eventually("\(party.name) is held: \(words)", timeout: .seconds(20)) {
                try await party.value("SELECT reason FROM bashu.hold")?.contains(words) == true
            }
        } catch let error as NeverHappened {
            throw FederationError("\(error)\n\(try await world.report())")
        }
    }

    /// Everything that has to hold in every region at the end of a scenario.
    static func end(
        _ world: Federation, published: [String]? = nil, cases: Int = 0, status: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await world.converged()
        #expect(try await world.differences() == [], sourceLocation: sourceLocation)
        for party in world.parties {
            if let published {
                let found = try await Self.published(party)
                #expect(found == published, "\(party.name)", sourceLocation: sourceLocation)
            }
            let found = try await party.cases()
            #expect(found.count == cases, "\(party.name): \(found)", sourceLocation: sourceLocation)
            #expect(try await party.value("SELECT count(*) FROM bashu.hold") == "0", sourceLocation: sourceLocation)
            try await awaitStatus(party, status)
            // Test builds look for broken invariants before they commit, and what they refuse is done again.
            #expect(!party.daemonLog.contains("broken invariant"), sourceLocation: sourceLocation)
        }
    }
}
