import Glibc
import Logging
import Postgres
import Synchronization

/// A throw-away PostgreSQL cluster on this machine. Stopped and deleted with its last owner, or with the process.
public actor TestCluster {
    /// What a cluster is like.
    public struct Configuration: Sendable, Hashable {
        /// Server settings by name, over the defaults.
        public var settings: [String: String]
        /// Whether commits are flushed to disk, as in production. Off for tests.
        public var durable: Bool
        /// The superuser's password: everybody then logs in by SCRAM. Nil lets everybody in.
        public var password: String?
        /// What is added to the server's environment.
        public var environment: [String: String]
        /// Clusters of one identity have one system identifier, as copies of a cluster have; of another, another.
        public var identity: Int

        /// A configuration; by default not durable and open to everybody.
        public init(
            settings: [String: String] = [:], durable: Bool = false, password: String? = nil,
            environment: [String: String] = [:], identity: Int = 0
        ) {
            self.settings = settings
            self.durable = durable
            self.password = password
            self.environment = environment
            self.identity = identity
        }

        /// Lines for postgresql.conf.
        func lines(port: Int, socketFolder: String) -> String {
            var all = [
                "listen_addresses": "127.0.0.1", "port": String(port), "unix_socket_directories": socketFolder,
                "max_connections": "400", "shared_buffers": "64MB", "timezone": "UTC", "log_timezone": "UTC",
                "max_prepared_transactions": "10", "lc_messages": "C",
            ]
            if !durable {
                all.merge(["fsync": "off", "full_page_writes": "off"]) { $1 }
            }
            all.merge(settings) { $1 }
            let quoted = all.sorted { $0.key < $1.key }.map { name, value in
                "\(name) = '\(value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
            }
            return "\n" + quoted.joined(separator: "\n") + "\n"
        }
    }

    /// How a server is stopped.
    public enum StopMode: Sendable {
        /// Sessions are ended, everything is written.
        case fast
        /// As in a crash of the server: recovery at the next start.
        case immediate
        /// kill -9 of the postmaster.
        case kill
    }

    /// The name of the superuser.
    public static let superuser = "postgres"

    /// Its TCP port on 127.0.0.1.
    public nonisolated let port: Int
    /// The folder of its Unix socket.
    public nonisolated let socketFolder: String
    /// The data folder.
    public nonisolated let dataFolder: String
    /// As asked for.
    public nonisolated let configuration: Configuration

    private let folder: String
    let programs: String
    private let executor: SessionExecutor
    private var server: ChildProcess?
    private var databases = 0

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ configuration: Configuration, programs: String) throws {
        self.configuration = configuration
        self.programs = programs
        folder = try TestDirectory.shared().newPath("c")
        socketFolder = folder
        dataFolder = "\(folder)/data"
        port = try ServerPrograms.freePort()
        executor = SessionExecutor(label: "test-cluster")
    }

    deinit {
        if let server {
            server.kill(SIGQUIT)
            server.wait()
        }
        _ = try? ChildProcess.run("rm", ["-rf", folder])
    }

    /// Creates and starts a cluster.
    public static func start(_ configuration: Configuration = .init()) async throws -> TestCluster {
        let programs = try ServerPrograms.folder()
        var last: (any Error)?
        for _ in 0..<5 {
            let cluster = try TestCluster(configuration, programs: programs)
            do {
                try await cluster.create()
                return cluster
            } catch let error as TestClusterError {
                // Mostly somebody took the port since we looked.
                last = error
            }
        }
        throw last ?? TestClusterError("no cluster")
    }

    private func create() async throws {
        let template = try await DataTemplate.shared.folder(
            password: configuration.password, identity: configuration.identity, programs: programs)
        try ServerPrograms.makeFolder(folder)
        chmod(folder, 0o755)
        let copied = try ChildProcess.run("cp", ["-a", "--reflink=auto", template, dataFolder])
        guard copied.status == .exited(0) else { throw TestClusterError("no copy of the template: \(copied.errors)") }
        let lines = configuration.lines(port: port, socketFolder: socketFolder)
        try Files.write(lines, to: "\(dataFolder)/postgresql.conf", append: true)
        try await start()
    }

    /// Starts the server again after `stop`.
    public func start() async throws {
        guard server == nil else { return }
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            // Through env: what is preloaded is for the server alone, not for what changes the user before it.
            let variables = configuration.environment.map { "\($0)=\($1)" }.sorted()
            let (executable, arguments) = ServerPrograms.asUser(
                "env", variables + ["\(programs)/postgres", "-D", dataFolder])
            let server = try ChildProcess.spawn(executable, arguments, environment: ["LC_ALL": "C.UTF-8"])
            if try await isReady(server, until: deadline) {
                self.server = server
                return
            }
            // After a kill the old backends hold the shared memory for a moment.
            let log = server.standardError
            guard log.contains("shared memory block"), ContinuousClock.now < deadline else {
                throw TestClusterError("the server does not start:\n\(log)")
            }
        }
    }

    private func isReady(_ server: ChildProcess, until deadline: ContinuousClock.Instant) async throws -> Bool {
        while server.isRunning {
            let lines = (Files.read("\(dataFolder)/postmaster.pid") ?? "").split(separator: "\n")
            if lines.count >= 8, lines[0] == "\(server.processID)", lines[7].hasPrefix("ready") { return true }
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    /// Stops the server and waits for its end.
    public func stop(_ mode: StopMode = .fast) {
        guard let server else { return }
        switch mode {
        case .fast: server.kill(SIGINT)
        case .immediate: server.kill(SIGQUIT)
        case .kill: server.kill(SIGKILL)
        }
        server.wait()
        self.server = nil
    }

    /// Stops and starts the server.
    public func restart(_ mode: StopMode = .fast) async throws {
        stop(mode)
        try await start()
    }

    /// What the server has logged since its last start.
    public func log() -> String { server?.standardError ?? "" }

    /// Creates a database and returns its name.
    ///
    /// - Parameters:
    ///   - name: any name; by default a new one.
    ///   - template: the database to copy.
    ///   - encoding: another than UTF8, with the locale C.
    @discardableResult
    public func createDatabase(
        _ name: String? = nil, template: String? = nil, encoding: String? = nil, owner: String? = nil
    ) throws -> String {
        databases += 1
        let name = name ?? "db\(databases)"
        var statement = "CREATE DATABASE \(Session.quoteIdentifier(name))"
        if let owner { statement += " OWNER \(Session.quoteIdentifier(owner))" }
        if let encoding {
            statement += " TEMPLATE template0 LOCALE 'C' ENCODING \(Session.quoteLiteral(encoding))"
        } else if let template {
            statement += " TEMPLATE \(Session.quoteIdentifier(template))"
        }
        try session().execute(statement)
        return name
    }

    /// Creates a role that may log in.
    ///
    /// - Parameter attributes: more of CREATE ROLE, such as "SUPERUSER".
    public func createRole(_ name: String, password: String? = nil, attributes: String = "") throws {
        var statement = "CREATE ROLE \(Session.quoteIdentifier(name)) LOGIN \(attributes)"
        if let password { statement += " PASSWORD \(Session.quoteLiteral(password))" }
        try session().execute(statement)
    }
}
