import CatalogueStore
import Logging
import Postgres
import ReadAccess
import RegionStore
import TestCluster
import Testing

/// Databases with the catalogue, its sample and what readers see; and servers on them.
enum Reading {
    static let owner = "读者测试 owner"
    static let daemon = "读者测试 daemon"
    static let reader = "读者 \"r\""

    private static let template = Task {
        let cluster = try await TestCluster.shared()
        try await cluster.createRole(owner)
        try await cluster.createRole(daemon)
        try await cluster.createRole(reader)
        let name = try await cluster.createDatabase("reader template", owner: owner)
        try install(try cluster.session(database: name, user: owner))
        let run = try ChildProcess.run(
            "psql",
            [
                "-X", "-q", "-d", cluster.conninfo(database: name, user: owner), "-v",
                "sample=\(root)/catalogue/sample", "-f", "\(root)/catalogue/sample/load.sql",
            ], environment: ["PGCLIENTENCODING": "UTF8"])
        try #require(run.status == .exited(0), "\(run.errors)")
        return (cluster: cluster, name: name)
    }

    private static var root: String {
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Schemas"
    }

    /// Installs everything as the owner, and grants what a reader needs.
    private static func install(_ session: Session) throws {
        defer { session.close() }
        try Installer.install(session, InstallRequest(kind: .region, region: "50", daemonRole: daemon))
        _ = try CatalogueInstaller.install(session)
        _ = try CatalogueInstaller.share(session)
        let grants = try session.query("SELECT reader.grants_text($1)", [.text(reader)]).map { try $0.text(0) }
        for grant in grants { try session.script(grant) }
    }

    /// A new database; `change` is run in it by its owner.
    static func database(_ change: String = "") async throws -> (cluster: TestCluster, name: String) {
        let known = try await template.value
        let name = try await known.cluster.createDatabase(template: known.name, owner: owner)
        if !change.isEmpty {
            let session = try known.cluster.session(database: name, user: owner)
            try session.script(change)
            session.close()
        }
        return (known.cluster, name)
    }

    private static let common = Task {
        let (cluster, name) = try await database()
        return settings(cluster, name)
    }

    /// Settings for a database that no test changes.
    static func settings() async throws -> ReadSettings { try await common.value }

    static func settings(_ cluster: TestCluster, _ name: String, user: String = reader) -> ReadSettings {
        ReadSettings(
            host: "127.0.0.1", port: 0, conninfo: cluster.conninfo(database: name, user: user), version: "test")
    }

    /// Runs a server while `body` asks it.
    static func serve(_ settings: ReadSettings, _ body: @escaping @Sendable (PlainHTTP) async throws -> Void)
        async throws
    {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test-http")
        logger.logLevel = .critical
        let server = ReadServer(settings, logger: logger) { continuation.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await server.run()
            }
            group.addTask {
                for await port in ports { return try await body(PlainHTTP(port: port)) }
                throw ServerNeverStarted()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

/// The server ended before it listened.
struct ServerNeverStarted: Error {}
