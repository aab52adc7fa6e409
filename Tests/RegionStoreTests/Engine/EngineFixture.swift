import Dispatch
import Logging
import Postgres
import Replication
import TestCluster
import Testing

@testable import RegionStore

/// A party of an in-process network: a database with Bashu in it, an engine that the test steps by hand, and links
/// that carry batches when the test says so.
final class Party {
    static let owner = "bashu_owner"
    static let daemon = "bashu_daemon"
    static let writer = "bashu_writer"

    let name: String
    let cluster: TestCluster
    let database: String
    /// Owns the tables.
    let owner: Session
    /// An ordinary user.
    let writer: Session
    private(set) var engine: Engine
    private var receivers: [String: (receiver: BatchReceiver, local: Session, peer: Session)] = [:]

    init(
        _ name: String, kind: NodeKind = .region, cluster: TestCluster, schema: String, tables: [String]
    ) async throws {
        self.name = name
        self.cluster = cluster
        try await EngineRoles.shared.create(in: cluster)
        database = try await cluster.createDatabase(owner: Self.owner)
        owner = try cluster.session(database: database, user: Self.owner)
        try owner.script(schema)
        try Installer.install(owner, InstallRequest(kind: kind, region: name, daemonRole: Self.daemon))
        for table in tables {
            var options = SharingOptions()
            options.keysMayCollide = true
            options.triggers = .allow
            try SharedTables.add(owner, table, options: options)
        }
        try owner.execute("INSERT INTO bashu.peer (name, login) VALUES ('all', $1)", [.text(Self.peerLogin)])
        // Region 51 writes SHA-256, because its peers say nothing of SM3.
        let reads = name == "51" ? "{}" : "{\"digests\": [\"sha256\", \"sm3\"]}"
        try owner.execute(
            """
            INSERT INTO bashu.peer_position (login, node, applied, received) VALUES ($1, $2::jsonb, '{}', '{}')
            """, [.text(Self.peerLogin), .text(reads)])
        for statement in try Installer.grants(owner, kind: "peer", role: Self.peerLogin) { try owner.script(statement) }
        try owner.script("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO \(Self.writer)")
        writer = try cluster.session(database: database, user: Self.writer)
        engine = try Self.engine(cluster, database)
    }

    static let peerLogin = "bashu_peer"

    private static func engine(_ cluster: TestCluster, _ database: String) throws -> Engine {
        var logger = Logger(label: "test-engine")
        logger.logLevel = .error
        return try Engine(
            target: ConnectionTarget(cluster.conninfo(database: database, user: daemon)), logger: logger,
            version: "test")
    }

    /// The daemon dies and another takes over.
    func restart() throws {
        engine.close()
        receivers = [:]
        // The server takes a moment to see that the old one's connections are gone, and its lock with them.
        var next: Engine?
        while next == nil {
            do {
                next = try Self.engine(cluster, database)
            } catch StoreError.daemonRunning {
                try owner.execute("SELECT pg_sleep(0.01)")
            }
        }
        if let next { engine = next }
    }

    /// Ends the engine's connections while it works, at whatever point it has reached by then.
    func kill(afterMicroseconds microseconds: Int) throws {
        let killer = try cluster.session(database: database)
        let ended = DispatchGroup()
        nonisolated(unsafe) let session = killer
        DispatchQueue.global().async(group: ended) {
            // The moment is random on purpose.
            _ = try? session.query("SELECT pg_sleep($1::float8 / 1000000)", [.int(microseconds)])
            _ = try? session.query(
                """
                SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a
                 WHERE a.datname = current_database() AND a.application_name LIKE 'bashud %'
                """)
        }
        defer { ended.wait() }
        do {
            while true { _ = try engine.step() }
        } catch let error as PostgresError where [.connectionLost, .connectionFailed, .misuse].contains(error.kind) {
            return
        } catch let error as PostgresError where error.sqlState?.rawValue == "57P01" {
            return
        }
    }

    /// Steps until there is nothing left to do.
    func settle() throws {
        for _ in 0..<200 {
            guard try engine.step().didWork else { return }
        }
        throw EngineFixtureError(description: "\(name) is still busy after 200 steps")
    }

    /// Pulls everything that `peer` has, once.
    func receive(from peer: Party) throws {
        let link: (receiver: BatchReceiver, local: Session, peer: Session)
        if let known = receivers[peer.name] {
            link = known
        } else {
            link = (
                BatchReceiver(peer: peer.name, token: engine.token),
                try cluster.session(database: database, user: Self.daemon),
                try cluster.session(database: peer.database, user: Self.peerLogin)
            )
            receivers[peer.name] = link
        }
        var more = true
        while more {
            let report = try link.receiver.receive(into: link.local, from: link.peer)
            if let fault = report.faults.first { throw fault }
            more = report.hasMore
        }
    }

    /// Forgets whatever everybody has seen, as if the retention were over: the others say how far they are, as links
    /// do. Returns how many changes are gone.
    @discardableResult
    func forgetEverything(_ network: Network) throws -> Int {
        var least: [String: Int64] = [:]
        let others = try network.parties.filter { $0 !== self }.map { try $0.vector() }
        for origin in Set(others.flatMap(\.keys)) { least[origin] = others.map { $0[origin, default: 0] }.min() }
        let text = "{" + least.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ",") + "}"
        try owner.execute(
            """
            INSERT INTO bashu.peer_position (login, node, applied, received) VALUES ($1, '{}', $2::jsonb, $2::jsonb)
            ON CONFLICT (login) DO UPDATE SET applied = excluded.applied
            """, [.text(Self.peerLogin), .text(text)])
        let count = "SELECT count(*) FROM bashu.change"
        let before = try owner.queryOne(count)?.int(0) ?? 0
        while try engine.forget(before: .max) {}
        return Int(before - (try owner.queryOne(count)?.int(0) ?? 0))
    }

    func rows(_ table: String, orderBy columns: String = "1") throws -> [[String?]] {
        try owner.query("SELECT * FROM \(table) ORDER BY \(columns)").map { row in
            (0..<row.columnCount).map { row[text: $0] }
        }
    }

    /// The cases in a form that is the same in every region.
    func cases() throws -> [String] {
        try owner.query(
            """
            SELECT concat_ws('|', t.table_name, c.key, c.column_group, c.closed_by, c.type, c.state, c.candidates,
                             c.winner, c.rule)
              FROM bashu.conflict_case c JOIN bashu.shared_table t ON t.id = c.table_id ORDER BY 1
            """
        ).map { try $0.text(0) }
    }

    func vector() throws -> [String: Int64] {
        var result: [String: Int64] = [:]
        for row in try owner.query(
            "SELECT o.name, a.number FROM bashu.applied a JOIN bashu.origin o ON o.id = a.origin_id WHERE a.number > 0")
        {
            result[try row.text(0)] = try row.int(1)
        }
        return result
    }

    /// Rows that differ from what is known: must be none at rest.
    func differences() throws -> [RowDifference] {
        let own = try owner.queryOne("SELECT id FROM bashu.origin WHERE own")?.int(0) ?? 0
        return try engine.cutter.verify(Array(engine.catalogue.tables.values), ownOrigin: Int(own)).report.examples
    }
}

struct EngineFixtureError: Error, CustomStringConvertible { let description: String }

/// Roles belong to the cluster.
private actor EngineRoles {
    static let shared = EngineRoles()
    private var created = false

    func create(in cluster: TestCluster) throws {
        guard !created else { return }
        created = true
        let session = try cluster.session()
        for role in [Party.owner, Party.daemon, Party.writer, Party.peerLogin] {
            do {
                try session.execute("CREATE ROLE \(role) LOGIN")
            } catch let error as PostgresError where error.sqlState == .duplicateObject {
                continue
            }
        }
    }
}

/// Parties that all pull from each other.
struct Network {
    let parties: [Party]

    init(parties: [Party]) { self.parties = parties }

    init(_ names: [String], schema: String, tables: [String]) async throws {
        let cluster = try await TestCluster.shared()
        var parties: [Party] = []
        for name in names { parties.append(try await Party(name, cluster: cluster, schema: schema, tables: tables)) }
        self.parties = parties
    }

    subscript(name: String) -> Party {
        get throws {
            guard let party = parties.first(where: { $0.name == name }) else {
                throw EngineFixtureError(description: "no party \(name)")
            }
            return party
        }
    }

    /// Everybody cuts, pulls and applies until all have applied the same.
    func converge() throws {
        for _ in 0..<20 {
            for party in parties { try party.settle() }
            for party in parties { for peer in parties where peer !== party { try party.receive(from: peer) } }
            for party in parties { try party.settle() }
            let vectors = try parties.map { try $0.vector() }
            if vectors.allSatisfy({ $0 == vectors[0] }) { return }
        }
        let holds = try parties.flatMap { party in
            try party.owner.query("SELECT reason FROM bashu.hold").map { "\(party.name): \(try $0.text(0))" }
        }
        let vectors = try parties.map { party in
            let received = try party.owner.query(
                """
                SELECT o.name, max(b.number) FILTER (WHERE b.complete)
                  FROM bashu.batch b JOIN bashu.origin o ON o.id = b.origin_id GROUP BY 1
                """
            ).map { "\($0[text: 0] ?? "")=\($0[text: 1] ?? "-")" }
            return "\(party.name): applied \(try party.vector()), log \(received)"
        }
        throw EngineFixtureError(description: "no common vector after 20 rounds; held: \(holds); \(vectors)")
    }
}

extension Network {
    /// Every party has the same rows in these tables and the same cases, each table is what its log says, and no batch
    /// waits.
    func expectEqual(_ tables: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
        for party in parties {
            for table in tables {
                #expect(try party.rows(table) == parties[0].rows(table), sourceLocation: sourceLocation)
            }
            #expect(try party.cases() == parties[0].cases(), sourceLocation: sourceLocation)
            #expect(try party.differences() == [], sourceLocation: sourceLocation)
            let holds = try party.owner.query("SELECT reason FROM bashu.hold").map { $0[text: 0] }
            #expect(holds == [], sourceLocation: sourceLocation)
        }
    }

    /// An audit finds nothing in any party.
    func expectClean(sourceLocation: SourceLocation = #_sourceLocation) throws {
        for party in parties {
            let audit = try Audit.run(party.owner)
            #expect(audit.faultCount == 0, "\(party.name): \(audit)", sourceLocation: sourceLocation)
        }
    }
}
