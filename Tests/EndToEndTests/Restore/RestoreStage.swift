import Postgres
import RegionStore
import TestCluster

@testable import TestFederation

extension Party {
    /// The same party, in a copy of its database on another server.
    func moved(to cluster: TestCluster) -> Party {
        Party(name: name, kind: kind, database: database, cluster: cluster, tables: tables)
    }

    /// Makes the roles that a dump of this database names, and an empty database, on another server; fills it.
    func restored(_ dump: String, on cluster: TestCluster) async throws -> Party {
        let roles = try await rows(
            """
            SELECT r.rolname FROM pg_roles r
             WHERE r.rolname IN ('\(Self.owner)', '\(Self.application)', '\(Self.daemonRole)')
                OR r.rolname IN (SELECT p.login FROM bashu.peer p)
            """)
        for role in roles.compactMap({ $0[0] }) { try await cluster.createRole(role) }
        try await cluster.createDatabase(database, owner: Self.owner)
        try await cluster.restore(dump, into: database)
        return moved(to: cluster)
    }

    /// One row of table `standard`.
    func write(_ number: String, _ title: String) async throws {
        try await run("INSERT INTO standard (number, title) VALUES ('\(number)', '\(title)')")
    }

    /// The batches of its own origin, with their digests.
    func ownBatches() async throws -> [String] {
        try await rows(
            """
            SELECT b.number || ' ' || encode(b.digest, 'hex')
              FROM bashu.batch b JOIN bashu.origin o ON o.id = b.origin_id WHERE o.own ORDER BY b.number
            """
        ).compactMap { $0[0] }
    }
}

/// Waits until parties that are not of one federation have applied the same, and nothing waits anywhere.
func converged(_ parties: [Party]) async throws {
    do {
        try await eventually("\(parties.map(\.name)) have applied the same", timeout: .seconds(30)) {
            var vectors: Set<String> = []
            for party in parties {
                guard try await !party.hasWork() else { return false }
                vectors.insert(try await party.vector())
            }
            return vectors.count == 1
        }
    } catch let error as NeverHappened {
        throw FederationError("\(error)\n\(parties.map { "\($0.name): \($0.daemonLog)" }.joined(separator: "\n"))")
    }
}

/// What differs between two parties, in words.
func differences(_ one: Party, _ other: Party) async throws -> [String] {
    try await one.contents().differences(from: other.contents(), named: (one.name, other.name))
}
