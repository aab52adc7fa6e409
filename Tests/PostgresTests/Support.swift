import Logging
import Postgres
import Synchronization
import TestCluster
import Testing

/// A session in a new database of the shared cluster.
func freshSession(settings: [String: String] = [:]) async throws -> Session {
    let cluster = try await TestCluster.shared()
    return try cluster.session(database: try await cluster.createDatabase(), settings: settings)
}

/// A connection to the shared cluster, and the cluster.
func freshConnection() async throws -> (Connection, TestCluster) {
    let cluster = try await TestCluster.shared()
    return (try await cluster.connection(), cluster)
}

/// The PostgresError that `body` throws.
func postgresError<T>(_ body: () throws -> T, sourceLocation: SourceLocation = #_sourceLocation) throws
    -> PostgresError
{
    do {
        _ = try body()
    } catch let error as PostgresError {
        return error
    }
    Issue.record("no error was thrown", sourceLocation: sourceLocation)
    throw PostgresError(.misuse, "none")
}

/// Waits until the server process `backend` runs a statement that contains `text`.
func statementRuns(_ cluster: TestCluster, backend: Int32, containing text: String) async throws {
    let observer = try cluster.session()
    try await eventually("the statement runs at the server") {
        let row = try observer.queryOne(
            "SELECT state = 'active' AND position($2 IN query) > 0 FROM pg_stat_activity WHERE pid = $1",
            [.int(Int(backend)), .text(text)])
        return try row?[bool: 0] == true
    }
}

/// An error of a test's own.
struct Stop: Error, Equatable {}

/// When a piece of work ended, taken on its own thread: the test's thread may be busy with other tests.
final class EndTime: Sendable {
    private let instant = Mutex<ContinuousClock.Instant?>(nil)

    var value: ContinuousClock.Instant? { instant.withLock { $0 } }

    func measuring<T>(_ work: () throws -> T) rethrows -> T {
        defer { instant.withLock { $0 = .now } }
        return try work()
    }
}

/// A log that can be read.
final class RecordingLog: Sendable {
    struct Entry: Equatable {
        let level: Logger.Level
        let message: String
    }

    private let recorded = Mutex<[Entry]>([])

    var entries: [Entry] { recorded.withLock { $0 } }

    func logger() -> Logger {
        var logger = Logger(label: "recording") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let log: RecordingLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.recorded.withLock { $0.append(Entry(level: event.level, message: "\(event.message)")) }
        }
    }
}
