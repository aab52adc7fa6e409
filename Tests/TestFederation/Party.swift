import Postgres
import RegionStore
import Synchronization
import TestCluster

/// One database of a federation, with its daemon.
///
/// Sessions are opened when they are needed and kept; after a restart of the server they are opened anew.
final class Party: Sendable {
    /// As whom a session works.
    enum Role: Sendable, Hashable {
        /// Writes the shared tables, as people's programs do.
        case application
        /// Owns the tables and Bashu's objects.
        case owner
        /// Sees everything.
        case superuser
    }

    static let owner = "catalogue_owner"
    static let application = "catalogue_application"
    static let daemonRole = "bashu_daemon"

    /// Code of its region, or the name of the institution: also the name under which its peers know it.
    let name: String
    let kind: NodeKind
    let database: String
    let cluster: TestCluster
    let tables: TableSet
    /// The role under which its daemon pulls from the others.
    let login: String
    private let kept = Mutex<[Role: Connection]>([:])
    private let process = Mutex<ChildProcess?>(nil)

    init(name: String, kind: NodeKind, database: String, cluster: TestCluster, tables: TableSet) {
        self.name = name
        self.kind = kind
        self.database = database
        self.cluster = cluster
        self.tables = tables
        login = "peer_\(name)_\(database)"
    }

    static func user(_ role: Role) -> String {
        switch role {
        case .application: application
        case .owner: owner
        case .superuser: TestCluster.superuser
        }
    }

    // MARK: Sessions

    /// A session of one's own, for transactions that stay open. Its calls block.
    func session(as role: Role = .application) throws -> Session {
        try cluster.session(database: database, user: Self.user(role))
    }

    /// A connection of one's own.
    func connection(as role: Role = .application) async throws -> Connection {
        try await cluster.connection(database: database, user: Self.user(role))
    }

    private func shared(_ role: Role) async throws -> Connection {
        // What is known of a connection is old: its server may have been restarted.
        if let known = kept.withLock({ $0[role] }), (try? await known.run { try $0.execute("SELECT") }) != nil {
            return known
        }
        let fresh = try await connection(as: role)
        kept.withLock { $0[role] = fresh }
        return fresh
    }

    /// Runs statements without parameters, as one transaction unless they say otherwise.
    func run(_ script: String, as role: Role = .application) async throws {
        try await shared(role).run { try $0.script(script) }
    }

    /// Runs one statement and returns its rows as text.
    func rows(_ statement: String, _ parameters: [Parameter] = [], as role: Role = .superuser) async throws
        -> [[String?]]
    {
        try await shared(role).run { session in
            try session.query(statement, parameters).map { row in (0..<row.columnCount).map { row[text: $0] } }
        }
    }

    /// The first value of the first row as text; nil for NULL and for no row.
    func value(_ statement: String, _ parameters: [Parameter] = [], as role: Role = .superuser) async throws
        -> String?
    {
        try await rows(statement, parameters, as: role).first?.first ?? nil
    }

    /// Makes another table here and shares it; the application may write it.
    func share(_ table: String, definition: String) async throws {
        let connection = try await connection(as: .owner)
        let grant = kind == .region ? "GRANT ALL ON \(table) TO \(Self.application)" : ""
        try await connection.run { session in
            try session.script(definition)
            try SharedTables.add(session, table)
            try session.script(grant)
        }
        await connection.close()
    }

    // MARK: Daemon

    /// The daemon that was started last, if it still runs or has ended by itself.
    var daemon: ChildProcess? { process.withLock { $0 } }

    /// What the daemon has logged since it was started.
    var daemonLog: String { daemon?.standardError ?? "" }

    /// The environment under which programs find this database, whatever the machine's own configuration is.
    var environment: [String: String] {
        [
            "BASHU_CONFIG": "/dev/null",
            "BASHU_DATABASE": cluster.conninfo(database: database, user: Self.daemonRole),
            "BASHU_OWNER_DATABASE": cluster.conninfo(database: database, user: Self.owner),
            "BASHU_PEER_POLL_SECONDS": "1", "BASHU_POLL_INTERVAL_MAX_MS": "50", "LC_ALL": "C.UTF-8",
        ]
    }

    /// Starts a daemon, and waits until it has taken the database over.
    func startDaemon(_ changes: [String: String?] = [:]) async throws {
        let started = try spawnDaemon(changes)
        do {
            try await eventually("daemon of \(name) has started", timeout: .seconds(20)) {
                guard started.isRunning else { throw FederationError("the daemon has ended") }
                return try await value("SELECT pid FROM bashu.daemon") == String(started.processID)
            }
        } catch {
            throw FederationError("\(error); the daemon of \(name) says:\n\(started.standardError)")
        }
    }

    /// Starts a daemon and waits for nothing.
    @discardableResult
    func spawnDaemon(_ changes: [String: String?] = [:]) throws -> ChildProcess {
        var variables: [String: String?] = environment
        for (name, value) in changes { variables[name] = value }
        let started = try ChildProcess.spawn(ChildProcess.builtProduct("bashud"), environment: variables)
        process.withLock { $0 = started }
        return started
    }

    /// Asks the daemon to end, and waits until it has.
    ///
    /// - Throws: `FederationError` when its exit status is not 0.
    func stopDaemon(within timeout: Duration = .seconds(20)) async throws {
        guard let daemon else { return }
        daemon.terminate()
        let status = try await daemon.ended(within: timeout)
        guard status == .exited(0) else {
            throw FederationError("the daemon of \(name) ended with \(status):\n\(daemon.standardError)")
        }
        process.withLock { $0 = nil }
    }

    /// Kills the daemon as a crash would.
    func killDaemon() {
        daemon?.kill()
        daemon?.wait()
        process.withLock { $0 = nil }
    }

    /// Runs `bashuctl` on this database to its end.
    func control(_ arguments: String..., input: String = "") async throws -> (
        status: ExitStatus, output: String, errors: String
    ) {
        let child = try ChildProcess.spawn(
            ChildProcess.builtProduct("bashuctl"), arguments, environment: environment, standardInput: input)
        let status = try await child.ended(within: .seconds(60))
        return (status, child.standardOutput, child.standardError)
    }
}

/// How a program ended: a name that the testing library has not taken.
typealias ProgramEnd = ExitStatus

/// What a test environment could not do, in words.
struct FederationError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
