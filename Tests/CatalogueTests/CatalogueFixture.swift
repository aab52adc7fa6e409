import CSchemas
import Postgres
import TestCluster
import Testing

/// Databases with the catalogue in them, installed by an owner who is nobody special.
enum Catalogue {
    static let owner = "目录 owner"
    static let daemon = "目录 daemon"

    private static let templates = Task {
        let cluster = try await TestCluster.shared()
        try await cluster.createRole(owner)
        try await cluster.createRole(daemon)
        let empty = try await cluster.createDatabase("catalogue template", owner: owner)
        try install(try cluster.session(database: empty, user: owner))
        let loaded = try await cluster.createDatabase("catalogue with sample", template: empty, owner: owner)
        try load(cluster, database: loaded)
        // A database that is copied must have no sessions.
        let shared = try await cluster.createDatabase("catalogue to read", template: loaded, owner: owner)
        return (cluster: cluster, empty: empty, loaded: loaded, shared: shared)
    }

    /// A session of the owner on a new database that has the catalogue without records.
    static func session() async throws -> Session {
        let (cluster, database) = try await database()
        return try cluster.session(database: database, user: owner)
    }

    /// A session that only reads, on a database with the sample records.
    static func reader(settings: [String: String] = [:]) async throws -> Session {
        let known = try await templates.value
        return try known.cluster.session(
            database: known.shared, user: owner,
            settings: settings.merging(["default_transaction_read_only": "on"]) { $1 })
    }

    /// A new database that has the catalogue.
    static func database(sample: Bool = false) async throws -> (cluster: TestCluster, name: String) {
        let known = try await templates.value
        let template = sample ? known.loaded : known.empty
        return (known.cluster, try await known.cluster.createDatabase(template: template, owner: owner))
    }

    /// The embedded files of the catalogue, in order.
    static var files: [String] {
        var paths: [String] = []
        var index: Int32 = 0
        while let path = schemas_path(index) {
            paths.append(String(cString: path))
            index += 1
        }
        return paths.filter { $0.hasPrefix("catalogue/0") }
    }

    /// Runs them, each in a transaction of its own.
    static func install(_ session: Session) throws {
        for path in files {
            let text = try #require(schemas_text(path))
            try session.script("BEGIN;" + String(cString: text) + "COMMIT;")
        }
        session.close()
    }

    /// The folder of this package's SQL files.
    static var folder: String {
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Schemas/catalogue"
    }

    /// Runs the load script of the sample as a user would, with psql.
    static func load(_ cluster: TestCluster, database: String, options: String = "") throws {
        let run = try ChildProcess.run(
            "psql",
            [
                "-X", "-d", cluster.conninfo(database: database, user: owner), "-v", "sample=\(folder)/sample", "-f",
                "\(folder)/sample/load.sql",
            ], environment: ["PGOPTIONS": options, "PGCLIENTENCODING": "GBK"])
        #expect(run.status == .exited(0), "\(run.errors)")
        #expect(run.errors.isEmpty)
    }

    /// The names of the tables, quoted.
    static func tables(_ session: Session) throws -> [String] {
        try session.query(
            """
            SELECT oid::regclass::text FROM pg_class
            WHERE relnamespace = 'catalogue'::regnamespace AND relkind = 'r' ORDER BY 1
            """
        ).map { try $0.text(0) }
    }
}

extension Catalogue {
    /// The text of an embedded file.
    static func text(_ path: String) -> String? { schemas_text(path).map { String(cString: $0) } }
}
