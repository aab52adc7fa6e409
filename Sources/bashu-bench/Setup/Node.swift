import Postgres
import TestCluster

/// One database of the benchmark.
final class Node: Sendable {
    /// Owns the databases and tables, and writes.
    static let owner = "bench_owner"

    let cluster: TestCluster
    let database: String
    /// As the owner.
    let owner: Connection
    /// As the superuser, without whom core's replication can not be set up.
    let admin: Connection

    private init(cluster: TestCluster, database: String, owner: Connection, admin: Connection) {
        self.cluster = cluster
        self.database = database
        self.owner = owner
        self.admin = admin
    }

    /// Creates a database.
    ///
    /// - Parameter template: the database to copy.
    static func create(_ cluster: TestCluster, _ database: String, template: String) async throws -> Node {
        let server = try await cluster.connection()
        try await server.run { session in
            _ = try session.execute(
                """
                CREATE DATABASE \(Session.quoteIdentifier(database)) OWNER \(owner)
                TEMPLATE \(Session.quoteIdentifier(template)) STRATEGY file_copy
                """)
        }
        await server.close()
        return try await open(cluster, database)
    }

    /// Connects to a database that exists.
    static func open(_ cluster: TestCluster, _ database: String) async throws -> Node {
        Node(
            cluster: cluster, database: database,
            owner: try await cluster.connection(database: database, user: owner),
            admin: try await cluster.connection(database: database))
    }

    /// Disconnects.
    func close() async {
        await owner.close()
        await admin.close()
    }

    /// Takes the database away.
    func drop() async throws {
        await close()
        let server = try await cluster.connection()
        let name = Session.quoteIdentifier(database)
        try await server.run { _ = try $0.execute("DROP DATABASE \(name) WITH (FORCE)") }
        await server.close()
    }

    /// How to reach it.
    func conninfo(user: String) -> String { cluster.conninfo(database: database, user: user) }

    /// Runs statements as the owner, in one transaction.
    func run(_ script: String) async throws {
        try await owner.run { try $0.script(script) }
    }

    /// Runs one statement as the superuser, outside a transaction.
    func administer(_ statement: String) async throws {
        try await admin.run { _ = try $0.query(statement) }
    }

    /// The first value of the first row as text, as the superuser.
    func value(_ statement: String) async throws -> String? {
        try await admin.run { session in
            try session.query(statement).first.flatMap { $0[text: 0] }
        }
    }

    /// How long one statement of the owner takes, in seconds, its commit included.
    func seconds(_ statement: String) async throws -> Double {
        let clock = ContinuousClock()
        return try await owner.run { session in
            try clock.measure { _ = try session.execute(statement) }.inSeconds
        }
    }

    /// Brings the server to the same point before every measurement: nothing left to be written.
    func checkpoint() async throws {
        try await administer("CHECKPOINT")
    }

    /// What the table holds.
    func fingerprint() async throws -> String {
        try await admin.run { session in
            let rows = try session.query(SampleTable.fingerprint)
            return try rows.map { try "\($0.text(0)) rows, \($0.text(1))" }.joined()
        }
    }
}

extension Duration {
    /// As a number.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
