import Logging
public import Postgres

extension TestCluster {
    /// How to reach a server.
    public enum Way: Sendable {
        /// By its Unix socket.
        case socket
        /// By TCP on 127.0.0.1.
        case tcp
    }

    /// A connection string.
    public nonisolated func conninfo(
        database: String = "postgres", user: String = TestCluster.superuser, password: String? = nil,
        way: Way = .socket
    ) -> String {
        var options = [
            ("host", way == .socket ? socketFolder : "127.0.0.1"), ("port", String(port)), ("dbname", database),
            ("user", user),
        ]
        if let password = password ?? (user == Self.superuser ? configuration.password : nil) {
            options.append(("password", password))
        }
        return options.map { "\($0.0)='\(Self.escaped($0.1))'" }.joined(separator: " ")
    }

    private static func escaped(_ value: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            if scalar == "'" || scalar == "\\" { scalars.append("\\") }
            scalars.append(scalar)
        }
        return String(scalars)
    }

    /// A new session; blocks for the few milliseconds it takes.
    public nonisolated func session(
        database: String = "postgres", user: String = TestCluster.superuser, password: String? = nil,
        settings: [String: String] = [:], way: Way = .socket
    ) throws -> Session {
        let target = ConnectionTarget(
            conninfo(database: database, user: user, password: password, way: way), settings: settings)
        return try Session.connect(target, applicationName: "test", logger: Self.silent)
    }

    /// A new connection on an executor of its own.
    public nonisolated func connection(
        database: String = "postgres", user: String = TestCluster.superuser, password: String? = nil,
        settings: [String: String] = [:], way: Way = .socket
    ) async throws -> Connection {
        let target = ConnectionTarget(
            conninfo(database: database, user: user, password: password, way: way), settings: settings)
        return try await Connection.connect(target, applicationName: "test", logger: Self.silent)
    }

    private static var silent: Logger {
        var logger = Logger(label: "test-cluster")
        logger.logLevel = .critical
        return logger
    }
}

extension TestCluster {
    /// The cluster of that configuration that this process shares: each test makes databases of its own in it, and
    /// leaves the server running.
    public static func shared(_ configuration: Configuration = .init()) async throws -> TestCluster {
        try await SharedClusters.shared.cluster(configuration)
    }
}

/// The shared clusters of this process.
private actor SharedClusters {
    static let shared = SharedClusters()
    private var clusters: [TestCluster.Configuration: Task<TestCluster, any Error>] = [:]

    func cluster(_ configuration: TestCluster.Configuration) async throws -> TestCluster {
        if let known = clusters[configuration] { return try await known.value }
        let task = Task { try await TestCluster.start(configuration) }
        clusters[configuration] = task
        return try await task.value
    }
}
