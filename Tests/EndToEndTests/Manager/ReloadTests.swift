import Glibc
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// SIGHUP, with a file that changes under a running daemon.
    @Suite struct ReloadTests {
        @Test func aRunningDaemonReadsItsFileAgain() async throws {
            let world = try await Federation.make(regions: ["50"], tables: .catalogue)
            let party = world["50"]
            let conninfo = party.cluster.conninfo(database: party.database, user: Party.daemonRole)
            let file = try ConfigurationFile()
            let start = "[database]\nconninfo = \"\(conninfo)\"\n[daemon]\n"
            try file.write(start + "poll_interval_max_ms = 60000\nlog_level = \"error\"\n")
            let listener = try NotifyListener()
            let daemon = try ChildProcess.spawn(
                ChildProcess.builtProduct("bashud"), ["--config", file.path],
                environment: ["NOTIFY_SOCKET": listener.address, "BASHU_DATABASE": nil, "BASHU_CONFIG": nil])
            try await listener.more("READY")
            #expect(daemon.standardError == "")

            try file.write(start + "poll_interval_max_ms = 20\nlog_level = \"debug\"\n")
            try await reload(daemon, listener)
            #expect(daemon.standardError.contains("changed=\"daemon.poll_interval_max_ms daemon.log_level\""))
            #expect(listener.messages.contains { $0["RELOADING"] == "1" && Int64($0["MONOTONIC_USEC"] ?? "") != nil })
            try await looksOften(party)

            // A mistake changes nothing, and is said.
            try file.write(start + "poll_interval_max_ms = 20\nlog_level = \"laut\"\n")
            try await reload(daemon, listener)
            #expect(listener.status.contains("configuration not read again: \(file.path), line 5: daemon.log_level"))
            #expect(daemon.standardError.contains("the old settings hold"))
            try await looksOften(party)

            let other = start.replacing(conninfo, with: conninfo + " connect_timeout=7")
            try file.write(other + "log_level = \"debug\"\n")
            try await reload(daemon, listener)
            #expect(listener.status.hasSuffix("; needs a restart: database.conninfo"))
            #expect(daemon.standardError.contains("keys=database.conninfo"))

            try file.write(start + "log_level = \"critical\"\n")
            try await reload(daemon, listener)
            #expect(!listener.status.contains("restart"))
            let logged = daemon.standardError
            daemon.terminate()
            #expect(try await daemon.ended(within: .seconds(20)) == .exited(0))
            #expect(daemon.standardError == logged)
        }

        private func reload(_ daemon: ChildProcess, _ listener: NotifyListener) async throws {
            let before = listener.count("READY")
            daemon.kill(SIGHUP)
            try await eventually("ready again") { listener.count("READY") > before }
        }

        /// The engine looks for changes far more often than it would with pauses that grow to a minute.
        private func looksOften(_ party: Party) async throws {
            var seen: Set<String> = []
            try await eventually("60 looks", timeout: .seconds(20)) {
                let look = try await party.value(
                    """
                    SELECT state_change::text FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'bashud cut'
                    """)
                if let look { seen.insert(look) }
                return seen.count >= 60
            }
        }
    }
}

/// A configuration file that changes.
private final class ConfigurationFile: Sendable {
    let path: String
    private let descriptor: Int32

    init() throws {
        var template = Array("/tmp/bashu-config.XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw FederationError("no file (errno \(errno))") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw FederationError("\(path) cannot be written (errno \(errno))")
        }
    }
}
