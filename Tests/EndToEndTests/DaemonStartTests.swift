import Glibc
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// What the daemon refuses to start with, and with which exit status.
    @Suite struct DaemonStartTests {
        /// Runs the daemon with this configuration until it ends.
        private func run(
            _ configuration: String, _ arguments: [String] = [], environment: [String: String?] = [:]
        ) async throws -> (status: ProgramEnd, output: String, errors: String) {
            var path = Array("/tmp/bashu-config.XXXXXX".utf8CString)
            let descriptor = mkstemp(&path)
            try #require(descriptor >= 0)
            defer {
                unlink(path)
                close(descriptor)
            }
            let bytes = Array(configuration.utf8)
            try #require(write(descriptor, bytes, bytes.count) == bytes.count)
            let file = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            var variables: [String: String?] = ["BASHU_DATABASE": nil, "BASHU_CONFIG": nil]
            for (name, value) in environment { variables[name] = value }
            let daemon = try ChildProcess.spawn(
                ChildProcess.builtProduct("bashud"), ["--config", file] + arguments, environment: variables)
            let status = try await daemon.ended(within: .seconds(20))
            return (status, daemon.standardOutput, daemon.standardError)
        }

        @Test func refusesAWrongConfiguration() async throws {
            let unknown = try await run("[daemon]\npol_interval_max_ms = 3\n")
            #expect(unknown.status == .exited(64))
            #expect(unknown.errors.contains("line 2"))
            #expect(unknown.errors.contains("did you mean daemon.poll_interval_max_ms"))

            let password = try await run("[database]\nconninfo = \"dbname=x password=geheim\"\n")
            #expect(password.status == .exited(64))
            #expect(!password.errors.contains("geheim"))

            #expect(try await run("").status == .exited(64))
            #expect(try await run("", ["--nonsense"]).status == .exited(64))
        }

        @Test func refusesADatabaseWithoutBashu() async throws {
            let cluster = try await TestCluster.shared()
            let database = try await cluster.createDatabase()
            let configuration = "[database]\nconninfo = \"\(cluster.conninfo(database: database))\"\n"
            let started = try await run(configuration)
            #expect(started.status == .exited(1))
            #expect(started.errors.contains("Bashu is not installed in this database"))
            let checked = try await run(configuration, ["--check"])
            #expect(checked.status == .exited(1))
            #expect(checked.output.contains("Bashu is not installed in this database"))
        }

        @Test func checksWithoutStarting() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            let good = try await run("", ["--check"], environment: world["50"].environment)
            #expect(good.status == .exited(0))
            #expect(good.output == "good; peers to pull from: 51\n")
            #expect(try await world["50"].value("SELECT version FROM bashu.daemon") == nil)

            let nowhere = try await run("[database]\nconninfo = \"host=/nowhere dbname=x\"\n", ["--check"])
            #expect(nowhere.status == .exited(2))
        }

        @Test func checksWhereReadersAndMonitoringAreAnswered() async throws {
            let world = try await Federation.make(regions: ["50"])
            let party = world["50"]
            let conninfo = { (user: String) in party.cluster.conninfo(database: party.database, user: user) }
            let login = "reader_\(party.database)"
            try await party.run("CREATE ROLE \(login) LOGIN", as: .superuser)
            func check(http: String, _ user: String, metrics: String) async throws -> (ProgramEnd, [String]) {
                let run = try await run(
                    """
                    [http]
                    listen = "\(http)"
                    database = "\(conninfo(user))"
                    [metrics]
                    listen = "\(metrics)"
                    """, ["--check"], environment: party.environment)
                return (run.status, run.output.split(separator: "\n").map(String.init))
            }
            let good = try await check(http: "127.0.0.1:0", login, metrics: "[::1]:0")
            #expect(good.0 == .exited(0), "\(good)")
            #expect(good.1 == ["good; no peers to pull from", "[http] good", "[metrics] good"])
            #expect(try await party.value("SELECT version FROM bashu.daemon") == nil)

            // Somebody else has the port.
            let taken = try ListeningSocket()
            let busy = try await check(http: "127.0.0.1:\(taken.port)", login, metrics: "127.0.0.1:\(taken.port)")
            #expect(busy.0 == .exited(3))
            #expect(busy.1.count == 3, "\(busy.1)")
            for (line, section) in zip(busy.1.dropFirst(), ["http", "metrics"]) {
                #expect(line.hasPrefix("[\(section)] "), "\(line)")
                #expect(line.contains("cannot listen on 127.0.0.1:\(taken.port)"), "\(line)")
                #expect(line.contains("set another \(section).listen"), "\(line)")
            }
            // So it is while a daemon runs; that is no fault.
            try await party.run(
                "UPDATE bashu.daemon SET heartbeat_at = clock_timestamp() + interval '1 h'", as: .superuser)
            let running = try await check(http: "127.0.0.1:\(taken.port)", login, metrics: "127.0.0.1:0")
            #expect(running.0 == .exited(0), "\(running)")

            let writer = try await check(http: "127.0.0.1:0", Party.owner, metrics: "127.0.0.1:0")
            #expect(writer.0 == .exited(3))
            #expect(writer.1[1].contains("[http] the role \(Party.owner) of http.database"), "\(writer.1)")
            let nobody = try await check(http: "127.0.0.1:0", "nobody_here", metrics: "127.0.0.1:0")
            #expect(nobody.0 == .exited(2))
            #expect(nobody.1[1].hasPrefix("[http] the database for readers cannot be reached"), "\(nobody.1)")
            let nowhere = try await check(http: "192.0.2.1:8080", login, metrics: "127.0.0.1:0")
            #expect(nowhere.0 == .exited(3))
            #expect(nowhere.1[2] == "[metrics] good")
            #expect(try await check(http: "127.0.0.1", login, metrics: "127.0.0.1:0").0 == .exited(64))
        }

        @Test func refusesAnotherSchemaVersion() async throws {
            let world = try await Federation.make(regions: ["50"])
            try await world["50"].run("INSERT INTO bashu.migration VALUES (9999, 'later')", as: .superuser)
            let daemon = try world["50"].spawnDaemon()
            #expect(try await daemon.ended(within: .seconds(20)) == .exited(1))
            #expect(daemon.standardError.contains("use the newer program"))
        }
    }
}

/// A port of this machine that is taken for as long as this lives.
private final class ListeningSocket {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard isBound else { throw FederationError("no free port") }
    }

    deinit { close(descriptor) }
}
