import Glibc
import Logging
import Postgres
import ServiceLifecycle
import Synchronization

/// What the service manager (systemd) is told of this daemon, and when: ready, status, reloading, stopping, and that
/// it lives. Without a manager nothing happens.
///
/// The daemon is ready when the database is its own. Until then the manager's patience is extended again and again,
/// so that a database server that starts later does not make the start fail; a daemon that hangs is not helped.
final class ManagerService: Service, CustomStringConvertible {
    /// How long a part may be silent where the manager sets no watchdog.
    private static let allowance = Duration.seconds(60)
    /// Between two extensions of the start, and what each is good for.
    private static let extending = (every: Duration.seconds(10), by: Duration.seconds(90))

    private struct State {
        var daemon = DaemonState()
        /// The database has been ours.
        var isReady = false
        /// What the manager knows.
        var hasToldReady = false
        var toldText: String?
    }

    private let socket: NotifySocket?
    private let watchdog: Duration?
    private let state = Mutex(State())
    private let bell = Bell()
    /// Of the engine, and of the part that looks after the links; nil where nobody asks.
    let engine: Pulse?
    let supervisor: Pulse?

    var description: String { "manager" }

    /// - Parameters:
    ///   - environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` as systemd sets them.
    ///   - isWatched: whether somebody else than the manager asks for signs of life.
    init(environment: [String: String], isWatched: Bool = false) {
        socket = NotifySocket(environment: environment)
        watchdog = socket == nil ? nil : Self.watchdog(environment)
        // Half of the time for the part, and less than half until somebody looks: the hang of a part ends the
        // daemon within one and a half times what the unit says.
        let allowance = watchdog.map { $0 / 2 } ?? Self.allowance
        let hasPulses = socket != nil || isWatched
        engine = hasPulses ? Pulse(allowance: allowance) : nil
        supervisor = hasPulses ? Pulse(allowance: allowance) : nil
    }

    private static func watchdog(_ environment: [String: String]) -> Duration? {
        guard let time = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), time > 0 else { return nil }
        if let process = environment["WATCHDOG_PID"], process != "\(getpid())" { return nil }
        return .microseconds(time)
    }

    /// Whether anybody listens.
    var isListening: Bool { socket != nil }

    /// Tells the manager that we live for as long as we do.
    func run() async throws {
        guard isListening else { return await bell.untilStoppedByShutdown() }
        await withGracefulShutdownHandler {
            while !self.bell.isStopped && !Task.isCancelled {
                self.tick()
                await self.bell.pause(atMost: self.pause)
            }
        } onGracefulShutdown: {
            self.bell.stop()
        }
    }

    private var pause: Duration {
        let look = watchdog.map { $0 / 4 } ?? Self.extending.every
        return min(look, Self.extending.every)
    }

    /// One look at the parts.
    private func tick() {
        tell()
        guard engine?.isAlive == true, supervisor?.isAlive == true else { return }
        if watchdog != nil { _ = socket?.send(["WATCHDOG=1"]) }
        if state.withLock({ !$0.hasToldReady }) {
            _ = socket?.send(["EXTEND_TIMEOUT_USEC=\(Self.extending.by.wholeMicroseconds)"])
        }
    }

    /// Changes what is known of the daemon, and tells the manager when the line is another one now.
    func update(_ change: @Sendable (inout DaemonState) -> Void) {
        state.withLock { change(&$0.daemon) }
        tell()
    }

    /// Says what has not been said, once; what is not taken is said again at the next tick.
    private func tell() {
        guard let socket else { return }
        // Under the lock: of two parts that have news the later one speaks last.
        state.withLock { state in
            if state.daemon.phase == .working { state.isReady = true }
            let text = state.daemon.text
            let news = (state.isReady && !state.hasToldReady) ? ["READY=1"] : []
            guard !news.isEmpty || text != state.toldText, socket.send(news + ["STATUS=\(text)"]) else { return }
            state.toldText = text
            state.hasToldReady = state.isReady
        }
    }

    /// The configuration is being read again, until `reloaded`.
    func reloading() {
        guard state.withLock({ $0.hasToldReady }) else { return }
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
        _ = socket?.send(["RELOADING=1", "MONOTONIC_USEC=\(now)"])
    }

    /// The configuration has been read again; `problem`: and cannot be used.
    func reloaded(problem: String?) {
        state.withLock { state in
            state.daemon.configuration = problem
            state.hasToldReady = false
        }
        tell()
    }

    /// The daemon is coming to its end.
    func stopping() {
        state.withLock { $0.daemon.phase = .ending }
        _ = socket?.send(["STOPPING=1"])
        tell()
    }
}

/// Ended before everything else: says that the end has begun.
struct EndAnnouncer: Service, CustomStringConvertible {
    let manager: ManagerService

    var description: String { "end announcer" }

    func run() async throws {
        await Bell().untilStoppedByShutdown()
        manager.stopping()
    }
}

extension Bell {
    /// Waits for the end of the service that the calling task runs.
    func untilStoppedByShutdown() async {
        await withGracefulShutdownHandler {
            await untilStopped()
        } onGracefulShutdown: {
            self.stop()
        }
    }
}

extension Duration {
    fileprivate var wholeMicroseconds: Int64 { Int64(self / .microseconds(1)) }
}
