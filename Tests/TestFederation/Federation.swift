import Logging
import Postgres
import RegionStore
import TestCluster

/// Databases that exchange changes on one throw-away server, each with a daemon of its own.
///
///     let world = try await Federation.make(regions: ["50", "51"], replicas: ["cqu": "50"])
///     try await world.startDaemons()
///     try await world["50"].run("INSERT INTO standard (number, title) VALUES ('GB/T 2260', '行政区划代码')")
///     try await world.converged()
///     #expect(try await world.differences() == [])
///
/// Daemons end with their federation.
final class Federation: Sendable {
    let cluster: TestCluster
    /// Regions, then replicas, in the order in which they were named.
    let parties: [Party]

    private init(cluster: TestCluster, parties: [Party]) {
        self.cluster = cluster
        self.parties = parties
    }

    /// The party of that name.
    subscript(name: String) -> Party {
        guard let party = parties.first(where: { $0.name == name }) else {
            preconditionFailure("there is no party \(name) in this federation")
        }
        return party
    }

    /// Makes the databases, installs Bashu, shares the tables and makes the parties known to each other.
    ///
    /// - Parameters:
    ///   - regions: codes; every region pulls from every other, unless `links` says otherwise.
    ///   - replicas: name of an institution and the region that it pulls from.
    ///   - links: who pulls from whom, in place of all that.
    ///   - cluster: a server of one's own, for tests that stop it; by default one that other tests use too.
    ///   - clusters: servers of single parties, by the party's name.
    static func make(
        regions: [String] = ["50", "51"], replicas: KeyValuePairs<String, String> = [:],
        links: [(from: String, to: String)]? = nil, tables: TableSet = .catalogue, cluster: TestCluster? = nil,
        clusters: [String: TestCluster] = [:]
    ) async throws -> Federation {
        let cluster = try await useCluster(cluster ?? clusters.first?.value)
        var parties: [Party] = []
        for (name, kind) in regions.map({ ($0, NodeKind.region) }) + replicas.map({ ($0.key, .replica) }) {
            let own = clusters[name] == nil ? cluster : try await useCluster(clusters[name])
            parties.append(try await makeParty(name, kind, tables, own))
        }
        let world = Federation(cluster: cluster, parties: parties)
        let mesh = regions.flatMap { from in regions.filter { $0 != from }.map { (from: from, to: $0) } }
        for link in links ?? mesh + replicas.map({ (from: $0.key, to: $0.value) }) {
            try await world.connect(link.from, to: link.to)
        }
        return world
    }

    /// Lets `from` pull from `to`, and `to` admit it.
    func connect(_ from: String, to: String) async throws {
        try Self.makeRole(self[from].login, self[to].cluster.session())
        try await self[to].admit(self[from])
        try await self[from].pull(from: self[to])
    }

    private static func useCluster(_ given: TestCluster?) async throws -> TestCluster {
        var cluster = given
        if cluster == nil { cluster = try await TestCluster.shared() }
        guard let cluster else { throw FederationError("no server") }
        let session = try cluster.session()
        for role in [Party.owner, Party.application, Party.daemonRole] {
            try makeRole(role, session)
        }
        return cluster
    }

    /// Several tests may make the roles of one server at the same time.
    private static func makeRole(_ name: String, _ session: Session) throws {
        do {
            try session.script("CREATE ROLE \(Session.quoteIdentifier(name)) LOGIN")
        } catch let error as PostgresError
            where error.sqlState == .duplicateObject || error.sqlState == .uniqueViolation
        {
            return
        }
    }

    private static func makeParty(
        _ name: String, _ kind: NodeKind, _ tables: TableSet, _ cluster: TestCluster
    ) async throws -> Party {
        let database = try await cluster.createDatabase(owner: Party.owner)
        let party = Party(name: name, kind: kind, database: database, cluster: cluster, tables: tables)
        try makeRole(party.login, cluster.session())
        try await install(party)
        return party
    }

    private static func install(_ party: Party) async throws {
        let connection = try await party.connection(as: .owner)
        let tables = party.tables
        let request = InstallRequest(kind: party.kind, region: party.name, daemonRole: Party.daemonRole)
        try await connection.run { session in
            try Installer.install(session, request)
            try session.script(tables.definition)
            for table in tables.names {
                try SharedTables.add(session, table)
                if request.kind == .region {
                    try session.script("GRANT ALL ON \(table) TO \(Party.application)")
                }
            }
        }
        await connection.close()
    }

    // MARK: Daemons

    /// Starts every daemon, and waits until each has taken its database over.
    func startDaemons() async throws {
        for party in parties where party.daemon == nil { try await party.startDaemon() }
    }

    /// Ends every daemon well.
    func stopDaemons() async throws {
        for party in parties { try await party.stopDaemon() }
    }

    // MARK: Agreement

    /// Waits until everything written so far is applied everywhere.
    ///
    /// Nobody may write meanwhile. Fails with what each party says of itself.
    func converged(
        timeout: Duration = .seconds(30), fileID: StaticString = #fileID, line: UInt = #line
    ) async throws {
        do {
            try await eventually(
                "all regions have applied the same", timeout: timeout, every: .milliseconds(25), fileID: fileID,
                line: line
            ) { try await isConverged() }
        } catch let error as NeverHappened {
            throw FederationError("\(error)\n\(try await report())")
        }
    }

    private func isConverged() async throws -> Bool {
        // First that nobody has anything to publish: from then on vectors only grow towards each other.
        for party in parties {
            guard try await !party.hasWork() else { return false }
        }
        var vectors: Set<String> = []
        for party in parties { vectors.insert(try await party.vector()) }
        return vectors.count == 1
    }

    /// What differs between the databases, in words; empty when nothing does.
    func differences() async throws -> [String] {
        guard let first = parties.first else { return [] }
        let expected = try await first.contents()
        var found: [String] = []
        for party in parties.dropFirst() {
            found += try await expected.differences(from: party.contents(), named: (first.name, party.name))
        }
        return found
    }

    /// The state of every party, for people who look for a fault.
    func report() async throws -> String {
        var lines: [String] = []
        for party in parties {
            let pending = try await party.value("SELECT count(*) FROM bashu.pending") ?? ""
            let problem = try await party.value("SELECT coalesce(problem, '') FROM bashu.daemon") ?? ""
            lines.append("\(party.name): vector [\(try await party.vector())] pending \(pending) problem [\(problem)]")
            let holds = try await party.rows(
                """
                SELECT o.name || ':' || h.number || ' ' || h.reason
                  FROM bashu.hold h JOIN bashu.origin o ON o.id = h.origin_id
                """)
            lines += holds.map { "  hold \($0[0] ?? "")" }
            let links = try await party.rows(
                "SELECT peer || ' ' || state || ' ' || coalesce(reason, '') || ' ' || peer_vector FROM bashu.link")
            lines += links.map { "  link \($0[0] ?? "")" }
            let running = party.daemon?.isRunning == true ? "runs" : "does not run"
            lines.append("  the daemon \(running); its last lines:")
            lines += party.daemonLog.split(separator: "\n").suffix(8).map { "    \($0)" }
        }
        return lines.joined(separator: "\n")
    }
}
