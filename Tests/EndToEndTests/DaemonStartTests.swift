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

        @Test func refusesAnotherSchemaVersion() async throws {
            let world = try await Federation.make(regions: ["50"])
            try await world["50"].run("INSERT INTO bashu.migration VALUES (9999, 'later')", as: .superuser)
            let daemon = try world["50"].spawnDaemon()
            #expect(try await daemon.ended(within: .seconds(20)) == .exited(1))
            #expect(daemon.standardError.contains("use the newer program"))
        }
    }
}
