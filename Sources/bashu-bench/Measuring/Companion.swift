import Glibc
import TestCluster

/// What runs beside the writers at the source.
enum Companion {
    /// No process of its own.
    case none
    /// A `bashud` that cuts; nobody pulls.
    case daemon(Daemon)
    /// A walsender that decodes and sends to a client that throws everything away.
    case walsender(ChildProcess, Node)

    private static let slot = "bench_walsender"

    /// Prepares a database for a method and starts what belongs to it.
    static func start(_ method: Method, _ node: Node) async throws -> Companion {
        switch method {
        case .capture, .captureAndCut:
            try BashuPair.install(node)
            // Sharing a table asks for a first look at it, so every database has been cut once.
            let daemon = try Daemon(node)
            try await daemon.awaitCut()
            if method == .captureAndCut { return .daemon(daemon) }
            try await daemon.stop()
            return .none
        case .walsender:
            try await node.administer(CorePair.publication)
            return .walsender(try await startReceiver(node), node)
        default:
            return .none
        }
    }

    private static func startReceiver(_ node: Node) async throws -> ChildProcess {
        _ = try await node.value("SELECT pg_create_logical_replication_slot('\(slot)', 'pgoutput')")
        let folder = try await node.value("SELECT setting FROM pg_config WHERE name = 'BINDIR'") ?? ""
        let receiver = try ChildProcess.spawn(
            "\(folder)/pg_recvlogical",
            [
                "--dbname", node.conninfo(user: TestCluster.superuser), "--slot", slot,
                "--start", "--file", "/dev/null",
                "--option", "proto_version=1", "--option", "publication_names=everything",
            ])
        try await Patience.until("the walsender", report: { receiver.standardError }) {
            guard receiver.isRunning else { throw BenchError("pg_recvlogical: \(receiver.standardError)") }
            return try await node.value("SELECT active FROM pg_replication_slots WHERE slot_name = '\(slot)'") == "t"
        }
        return receiver
    }

    /// Waits until it has caught up with the writers.
    func settle() async throws {
        switch self {
        case .none: return
        case .daemon(let daemon): try await daemon.awaitCut()
        case .walsender(let receiver, let node):
            let position = try await node.value("SELECT pg_current_wal_flush_lsn()") ?? ""
            try await Patience.until("the walsender has caught up", report: { receiver.standardError }) {
                guard receiver.isRunning else { throw BenchError("pg_recvlogical: \(receiver.standardError)") }
                return try await node.value(
                    "SELECT min(sent_lsn) >= '\(position)' FROM pg_stat_replication") == "t"
            }
        }
    }

    /// Stops it.
    func end() async throws {
        switch self {
        case .none: return
        case .daemon(let daemon): try await daemon.stop()
        case .walsender(let receiver, let node):
            receiver.kill(SIGINT)
            try await receiver.ended(within: .seconds(60))
            try await Patience.until("the end of the walsender", report: { receiver.standardError }) {
                try await node.value("SELECT count(*) FROM pg_replication_slots WHERE active") == "0"
            }
            _ = try await node.value("SELECT pg_drop_replication_slot('\(Self.slot)')")
        }
    }
}
