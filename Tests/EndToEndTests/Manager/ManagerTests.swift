import Glibc
import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// What a service manager is told, by a real daemon over a real socket.
    @Suite struct ManagerTests {
        /// What the tests' watchdog allows, in microseconds: a part may be silent for half of it.
        private static let watchdog = "2000000"

        private func variables(_ listener: NotifyListener) -> [String: String?] {
            ["NOTIFY_SOCKET": listener.address, "WATCHDOG_USEC": Self.watchdog, "WATCHDOG_PID": nil]
        }

        @Test func isReadyWhenTheDatabaseIsItsOwn() async throws {
            let cluster = try await TestCluster.start()
            let world = try await Federation.make(regions: ["50"], cluster: cluster)
            let listener = try NotifyListener(.abstract)
            await cluster.stop()
            let daemon = try world["50"].spawnDaemon(variables(listener))
            try await listener.status(contains: "waiting for the database; problem: ")
            // A server that starts later must not make the start fail.
            try await listener.more("EXTEND_TIMEOUT_USEC", 2)
            #expect(listener.count("READY") == 0)

            try await cluster.start()
            try await listener.more("READY")
            try await listener.status(contains: "in step; links 0/0 up")
            let extended = listener.count("EXTEND_TIMEOUT_USEC")
            try await listener.more("WATCHDOG", 2)
            #expect(listener.count("EXTEND_TIMEOUT_USEC") == extended)
            #expect(listener.count("READY") == 1)

            await cluster.stop()
            try await listener.status(contains: "the database cannot be used at present; problem: ")
            try await cluster.start()
            try await listener.status(contains: "in step")
            #expect(listener.count("READY") == 1)
            daemon.terminate()
            #expect(try await daemon.ended() == .exited(0))
            #expect(listener.count("STOPPING") == 1)
            #expect(listener.status == "ending")
        }

        @Test func tellsOfLinksAndLag() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            let listener = try NotifyListener()
            try await world["50"].startDaemon(variables(listener))
            try await world["51"].startDaemon()
            try await listener.status(contains: "in step; links 1/1 up")
            try await world["50"].pause("51")
            try await listener.status(contains: "links 0/0 up")
            try await world["50"].resume("51")
            try await listener.status(contains: "links 1/1 up")
            try await world["50"].run(
                "UPDATE bashu.peer SET conninfo = 'host=/nirgends 无' WHERE name = '51'", as: .superuser)
            try await listener.status(contains: "links 0/1 up; 51 is down: ")
            try await world.stopDaemons()
        }

        /// The database makes the engine wait longer than a part may be silent: that is no hang.
        @Test func waitingForALockIsNoHang() async throws {
            let world = try await Federation.make(regions: ["50"])
            let listener = try NotifyListener()
            try await world["50"].startDaemon(variables(listener))
            let other = try await world["50"].connection(as: .superuser)
            try await other.run { try $0.script("BEGIN; LOCK TABLE bashu.daemon IN ACCESS EXCLUSIVE MODE") }
            let waiting = """
                SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bashud control'
                AND datname = current_database() AND wait_event_type = 'Lock' AND now() - state_change > '3 s'
                """
            try await eventually("the engine waits", timeout: .seconds(20)) {
                try await world["50"].value(waiting) == "1"
            }
            try await listener.more("WATCHDOG", 4)
            #expect(try await world["50"].value(waiting) == "1")
            try await other.run { try $0.script("ROLLBACK") }
            await other.close()

            // A daemon that is stopped as a whole is one.
            let daemon = try #require(world["50"].daemon)
            daemon.kill(SIGSTOP)
            try await silent(listener)
            daemon.kill(SIGCONT)
            try await listener.more("WATCHDOG", 2)
            try await world["50"].stopDaemon()
        }

        /// One thread alone is stuck: the engine's, in writing a line that nobody reads.
        @Test func aStuckEngineFeedsNoWatchdog() async throws {
            let world = try await Federation.make(regions: ["50"])
            let listener = try NotifyListener()
            let pipe = try FullPipe()
            let daemon = try ChildProcess.spawn(
                "/bin/sh", ["-c", "exec \"$0\" 2>\"$1\"", ChildProcess.builtProduct("bashud"), pipe.path],
                environment: world["50"].environment.mapValues { $0 as String? }.merging(variables(listener)) { $1 }
                    .merging(Party.metricsEnvironment) { $1 })
            try await listener.more("READY")
            var log = ""
            try await eventually("it answers monitoring") {
                log += try pipe.drain()
                return HttpStage.port(in: log, says: Party.metricsNotice) != nil
            }
            let monitoring = PlainHTTP(port: HttpStage.port(in: log, says: Party.metricsNotice) ?? 0)
            #expect(try await monitoring.get("/healthz").status == 200)

            let late = try NotifyListener()
            let second = try world["50"].spawnDaemon(variables(late))
            #expect(try await second.ended(within: .seconds(20)) == .exited(1))
            #expect(late.count("READY") == 0)
            #expect(late.messages.contains { $0["STATUS"]?.contains("another bashud") == true })
            try await listener.more("WATCHDOG", 2)
            try pipe.fill()
            // The engine's session ends, and the engine has something to say.
            try await world["50"].run(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'bashud control'
                """, as: .superuser)
            try await silent(listener)
            #expect(daemon.isRunning)
            let health = try await monitoring.get("/healthz")
            #expect(health.status == 503)
            #expect(health.body.hasPrefix("engine: no sign of life"))
            try pipe.drain()
            try await listener.more("WATCHDOG", 2)
            #expect(try await monitoring.get("/healthz").status == 200)
            try await listener.status(contains: "in step")
            daemon.terminate()
            #expect(try await daemon.ended(within: .seconds(20)) == .exited(0))
        }

        /// Waits until no sign of life has come for longer than the watchdog allows.
        private func silent(_ listener: NotifyListener) async throws {
            var last = (count: listener.count("WATCHDOG"), at: ContinuousClock.now)
            try await eventually("no sign of life for 2 s", timeout: .seconds(20)) {
                let now = listener.count("WATCHDOG")
                if now != last.count { last = (now, .now) }
                return ContinuousClock.now - last.at > .seconds(2)
            }
        }
    }
}

/// A named pipe that can be full.
private final class FullPipe: Sendable {
    let path: String
    private let descriptor: Int32

    init() throws {
        var template = Array("/tmp/bashu-pipe.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FederationError("no folder (errno \(errno))") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/log"
        guard mkfifo(path, 0o600) == 0 else { throw FederationError("no pipe (errno \(errno))") }
        descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw FederationError("the pipe cannot be opened (errno \(errno))") }
    }

    deinit {
        close(descriptor)
        unlink(path)
        rmdir(String(path.dropLast("/log".count)))
    }

    func fill() throws {
        let page = [UInt8](repeating: UInt8(ascii: "\n"), count: 4_096)
        while write(descriptor, page, page.count) > 0 {}
        while write(descriptor, page, 1) > 0 {}
        guard errno == EAGAIN else { throw FederationError("the pipe cannot be filled (errno \(errno))") }
    }

    /// Empties it; what was in it.
    @discardableResult
    func drain() throws -> String {
        var all: [UInt8] = []
        var page = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &page, page.count)
            guard count > 0 else { break }
            all += page[0..<count]
        }
        guard errno == EAGAIN else { throw FederationError("the pipe cannot be read (errno \(errno))") }
        return String(decoding: all, as: UTF8.self)
    }
}
