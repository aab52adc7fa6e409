import Glibc
import Logging
import Postgres
import TestCluster
import Testing

@Suite struct ConnectingTests {
    private func connect(_ conninfo: String, overrides: [String: String] = [:], timeout: Int = 10) throws -> Session {
        let target = ConnectionTarget(conninfo, overrides: overrides, connectTimeoutSeconds: timeout)
        return try Session.connect(target, applicationName: "巴蜀 test", logger: RecordingLog().logger())
    }

    @Test func stringsAndURIsWork() async throws {
        let cluster = try await TestCluster.shared()
        let database = try await cluster.createDatabase("it's a \"数据库\"")
        let row = try connect(cluster.conninfo(database: database)).queryOne(
            "SELECT current_database(), current_setting('client_encoding')")
        #expect(row?[text: 0] == database && row?[text: 1] == "UTF8")
        let folder = cluster.socketFolder.split(separator: "/").map { "%2F\($0)" }.joined()
        let session = try connect(
            "postgresql://\(folder):\(cluster.port)/other", overrides: ["dbname": database, "user": "postgres"])
        #expect(try session.queryOne("SELECT current_database()")?.text(0) == database)
        #expect(session.serverVersion >= 130_000 && session.backendProcessID > 0 && !session.isEncrypted)
        #expect(session.parameterStatus("server_encoding") == "UTF8" && session.parameterStatus("nothing") == nil)
    }

    @Test func settingsAreThoseOfTheSession() async throws {
        let cluster = try await TestCluster.shared()
        let target = ConnectionTarget(cluster.conninfo(), settings: ["search_path": "pg_catalog", "bashu.actor": "李 '"])
            .statementTimeout(milliseconds: 1234).lockTimeout(milliseconds: 5).idleInTransactionTimeout(milliseconds: 7)
        let session = try Session.connect(target, applicationName: "a", logger: RecordingLog().logger())
        for (name, value) in [
            ("search_path", "pg_catalog"), ("bashu.actor", "李 '"), ("statement_timeout", "1234ms"),
            ("lock_timeout", "5ms"), ("idle_in_transaction_session_timeout", "7ms"),
        ] {
            #expect(try session.queryOne("SELECT current_setting($1)", [.text(name)])?.text(0) == value)
        }
        let wrong = ConnectionTarget(cluster.conninfo(), settings: ["no_such_setting": "1"])
        let error = try postgresError {
            try Session.connect(wrong, applicationName: "a", logger: RecordingLog().logger())
        }
        #expect(error.sqlState == .undefinedObject)
    }

    @Test func aWrongPasswordIsNamedButNotShown() async throws {
        let cluster = try await TestCluster.shared(.init(password: "right 密码"))
        #expect(try cluster.session(way: .tcp).queryOne("SELECT 1")?.int(0) == 1)
        let error = try postgresError { try cluster.session(password: "falsch-9731") }
        #expect(error.kind == .connectionFailed && error.sqlState == .invalidPassword)
        #expect(!error.debugDescription.contains("falsch") && !error.debugDescription.contains("LOCATION"))
        #expect(error.message.contains("postgres") && !error.message.contains("28P01"))
    }

    @Test(arguments: [
        "postgres://u:geheim/x@127.0.0.1/db", "postgres://u:gehe@im@127.0.0.1/db", "password=a geheim",
        "host=127.0.0.1 password='geheim", "postgres://u:%geheim@127.0.0.1/db", "postgres://u:1?geheim@127.0.0.1/db",
    ])
    func stringsThatGoWrongDoNotShowThePassword(conninfo: String) throws {
        let error = try postgresError { try connect(conninfo, timeout: 2) }
        for piece in ["geheim", "gehe", "im@"] { #expect(!error.debugDescription.contains(piece)) }
    }

    @Test func aTargetDoesNotShowItsString() {
        #expect(!"\(ConnectionTarget("password=geheim"))".contains("geheim"))
    }

    @Test func refusalsHaveTheirState() async throws {
        let cluster = try await TestCluster.shared()
        let missing = try postgresError { try cluster.session(database: "没有") }
        #expect(missing.kind == .connectionFailed && missing.sqlState == .undefinedDatabase)
        let nobody = try postgresError { try connect("host=127.0.0.1 port=1 dbname=x") }
        #expect(nobody.kind == .connectionFailed && nobody.sqlState == nil && !nobody.message.isEmpty)
        let noHost = await #expect(throws: PostgresError.self) {
            try await connectAside("host=no-such-host.invalid dbname=x", timeout: 10)
        }
        #expect(noHost?.kind == .connectionFailed)
    }

    /// As `connect`, on a thread of its own: for what takes seconds.
    private func connectAside(_ conninfo: String, timeout: Int) async throws -> Connection {
        let target = ConnectionTarget(conninfo, connectTimeoutSeconds: timeout)
        return try await Connection.connect(target, applicationName: "aside", logger: RecordingLog().logger())
    }

    @Test func aListenerThatNeverAnswersIsGivenUp() async throws {
        let silent = try SilentListener()
        let started = ContinuousClock.now
        let error = await #expect(throws: PostgresError.self) {
            try await connectAside("host=127.0.0.1 port=\(silent.port) dbname=x", timeout: 2)
        }
        #expect(error?.kind == .connectionFailed)
        #expect((Duration.seconds(1)..<(.seconds(10))).contains(ContinuousClock.now - started))
    }

    @Test func theNextHostIsTriedWhenOneIsSilent() async throws {
        let cluster = try await TestCluster.shared()
        let silent = try SilentListener()
        let conninfo = "host=127.0.0.1,127.0.0.1 port=\(silent.port),\(cluster.port) user=postgres dbname=postgres"
        let connection = try await connectAside(conninfo, timeout: 2)
        #expect(try await connection.run { try $0.queryOne("SELECT 1")?.int(0) } == 1)
        let refusing = "host=127.0.0.1,127.0.0.1 port=1,\(cluster.port) user=postgres dbname=postgres"
        #expect(try connect(refusing).queryOne("SELECT 1")?.int(0) == 1)
    }

    @Test func aCancelledTaskDoesNotWaitForTheTimeout() async throws {
        let silent = try SilentListener()
        let task = Task { try await connectAside("host=127.0.0.1 port=\(silent.port) dbname=x", timeout: 60) }
        try await eventually("the connection reaches the listener") { silent.hasConnection }
        let cancelled = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - cancelled < .seconds(5))
    }
}

/// A port that takes connections and says nothing.
private final class SilentListener: Sendable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (socket, size) = (descriptor, length)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && listen(socket, 8) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        try #require(bound)
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    /// Whether a connection waits to be accepted.
    var hasConnection: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) == 1
    }
}
