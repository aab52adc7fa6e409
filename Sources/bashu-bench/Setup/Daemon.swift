import Glibc
import TestCluster

/// What is unusual about a `bashud`.
struct DaemonVariant: Sendable {
    /// With what it signs.
    enum Signing: String {
        case sm2, ed25519
    }

    /// Another program than the one that is built.
    var program: String?
    /// The digest that it writes; nil: as it is by default.
    var digest: String?
    var signing: Signing?
}

/// A `bashud` under measurement.
struct Daemon: Sendable {
    private let process: ChildProcess
    private let node: Node

    /// Starts one.
    init(_ node: Node, _ variant: DaemonVariant = DaemonVariant()) throws {
        self.node = node
        process = try Programs.startDaemon(node, variant)
    }

    var processID: Int32 { process.processID }

    /// Ends it well.
    func stop() async throws {
        process.terminate()
        let status = try await process.ended(within: .seconds(60))
        guard status == .exited(0) else { throw BenchError("bashud ended with \(status)\n\(lastWords)") }
    }

    /// Fails when it has ended by itself.
    func checkAlive() throws {
        guard process.isRunning else { throw BenchError("bashud has ended:\n\(lastWords)") }
    }

    /// The end of its log.
    var lastWords: String {
        process.standardError.split(separator: "\n").suffix(12).joined(separator: "\n")
    }

    /// The most memory that it has had resident so far, in bytes.
    func peakBytes() throws -> Double {
        let lines = TextFile.lines("/proc/\(process.processID)/status")
        guard let line = lines.first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        else { throw BenchError("no VmHWM of bashud:\n\(lastWords)") }
        return kilobytes * 1_024
    }

    /// Waits until it has cut everything that is written.
    func awaitCut() async throws {
        try await Patience.until("everything is cut", report: { lastWords }) {
            try checkAlive()
            return try await node.value("SELECT EXISTS (SELECT FROM bashu.pending)") == "f"
        }
    }
}
