import Glibc

/// A PgBouncer before a throw-away cluster, for who comes by TCP. It ends with its last owner.
public final class Pooler: Sendable {
    /// When a server's session is given to another client.
    public enum Mode: String, Sendable {
        case session, transaction
    }

    /// Its TCP port on 127.0.0.1.
    public let port: Int
    private let process: ChildProcess

    private static let executable = "/usr/sbin/pgbouncer"

    /// Whether Debian's package is installed.
    public static var isInstalled: Bool { access(executable, X_OK) == 0 }

    /// Starts one that lets these users in without a password.
    public init(before cluster: TestCluster, mode: Mode, users: [String]) throws {
        let folder = try TestDirectory.shared().newPath("pool")
        try ServerPrograms.makeFolder(folder)
        chmod(folder, 0o755)
        port = try ServerPrograms.freePort()
        try Files.write(users.map { "\"\($0)\" \"\"\n" }.joined(), to: "\(folder)/users")
        try Files.write(
            """
            [databases]
            * = host=\(cluster.socketFolder) port=\(cluster.port)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = trust
            auth_file = \(folder)/users
            pool_mode = \(mode.rawValue)
            server_reset_query = DISCARD ALL

            """, to: "\(folder)/pgbouncer.ini")
        let (program, arguments) = ServerPrograms.asUser(Self.executable, ["\(folder)/pgbouncer.ini"])
        process = try ChildProcess.spawn(program, arguments)
    }

    /// How to reach a database through it.
    public func conninfo(database: String, user: String) -> String {
        "host=127.0.0.1 port=\(port) dbname=\(database) user=\(user)"
    }

    /// Whether it has not ended by itself.
    public var isRunning: Bool { process.isRunning }

    /// What it has logged.
    public var log: String { process.standardError }
}
