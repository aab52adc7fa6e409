import Console
import Postgres
import RegionStore

/// Waits for the daemon's answer, with progress on a terminal.
struct Patience {
    private let connection: Connection
    private let progress: ProgressLine
    private let deadline: ContinuousClock.Instant
    /// Seconds from the start to the deadline.
    let seconds: Int

    /// How often the database is asked.
    private static let step = Duration.milliseconds(50)

    init(_ connection: Connection, _ terminal: Terminal, seconds: Int) {
        self.connection = connection
        self.seconds = seconds
        progress = ProgressLine(terminal)
        deadline = .now + .seconds(seconds)
    }

    /// Asks until `look` has an answer; nil when the time is up. `look` may say how far things are.
    func until<T: Sendable>(_ look: @Sendable (Session) throws -> Look<T>) async throws -> T? {
        defer { progress.clear() }
        while true {
            switch try await connection.run(look) {
            case .answer(let value): return value
            case .notYet(let text): progress.show(text)
            }
            guard ContinuousClock.now < deadline else { return nil }
            try await Task.sleep(for: Self.step)
        }
    }

    enum Look<T: Sendable>: Sendable {
        case answer(T)
        /// How far it is.
        case notYet(String)
    }

    /// Says on standard error that nobody is there to do the work, when that is so.
    func warnIfDaemonIsDown() async throws {
        let daemon = try await connection.run { try Status.readDaemon($0) }
        guard !daemon.isAlive else { return }
        let time = daemon.heartbeatAt.map(TimeText.local) ?? speech(WordMessage.never)
        Output.say(speech(ErrorMessage.prefix, ["text": speech(WorkMessage.daemonDown, ["time": time])]))
    }

    /// Leaves a request and waits for its answer, JSON text.
    ///
    /// - Throws: `Failure` when the daemon could not do it (status 1) or did not answer in time (status 3).
    /// - Parameter obstacle: why nobody will answer; looked at while the request waits.
    func ask(
        _ kind: Requests.Kind, argument: String = "{}", doing: String,
        unless obstacle: @Sendable @escaping (Session) throws -> Failure? = { _ in nil }
    ) async throws -> String {
        try await warnIfDaemonIsDown()
        let id = try await connection.run { try Requests.ask($0, kind, argument: argument) }
        let waiting = speech(WorkMessage.waitingForDaemon)
        let answer: Answer? = try await until { session in
            switch try Requests.state(session, id) {
            case .waiting: try obstacle(session).map { .answer(.obstacle($0)) } ?? .notYet(waiting)
            case .running: .notYet(doing)
            case let state: .answer(.state(state))
            }
        }
        switch answer {
        case .state(.done(let result)): return result
        case .state(.failed(let reason)):
            throw Failure(.failed, speech(WorkMessage.requestFailed, ["reason": speech.reason(reason)]))
        case .state: throw Failure(.failed, speech(WorkMessage.requestGone))
        case .obstacle(let failure):
            await takeBack(id)
            throw failure
        case nil:
            await takeBack(id)
            throw Failure(.lagging, speech(WorkMessage.timedOutDaemon, ["seconds": "\(seconds)"]))
        }
    }

    private enum Answer: Sendable {
        case state(Requests.State)
        case obstacle(Failure)
    }

    /// Who may ask may not always take back; then the daemon does the work for nobody, which harms nobody.
    private func takeBack(_ id: Int64) async {
        try? await connection.run { try Requests.cancel($0, id) }
    }
}
