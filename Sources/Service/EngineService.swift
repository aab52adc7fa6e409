import Counting
import Journal
import Logging
import Postgres
import RegionStore
import ServiceLifecycle

/// The engine's driver: one pass after the other while there is work, longer and longer pauses while there is none,
/// and patience with everything that goes away by itself.
actor EngineService: Service, CustomStringConvertible {
    /// How long the running transaction may take at the end, before it is cancelled.
    static let grace = Duration.seconds(10)
    /// How long the lock of a daemon that has died may be in the way: its server process ends a moment later.
    static let lockPatienceStart = Duration.seconds(3)
    /// The same after our own connection broke: the server may notice that late.
    static let lockPatienceReconnect = Duration.seconds(60)
    /// How long a peer that neither answers nor refuses may keep a region from its work after a start.
    static let firstWordPatience = Duration.seconds(10)
    /// After so many failures in a row the sessions are opened anew, whatever the errors say.
    static let failuresMax = 5

    private let executor = SessionExecutor(label: "engine")
    private let target: ConnectionTarget
    private let live: LiveSettings
    private let stateFolder: String?
    private let exchange: Exchange
    private let metrics: DaemonMetrics
    private let logger: Logger
    private var log: StateLog
    private var engine: Engine?
    private var idle: Backoff
    private var retry = Backoff.database
    private var hasRun = false
    private var lockedOutSince: ContinuousClock.Instant?
    /// Until when we wait for the first words of the peers; nil when nothing is waited for any more.
    private var patienceEnds: ContinuousClock.Instant?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    nonisolated var description: String { "engine" }

    init(
        target: ConnectionTarget, live: LiveSettings, stateFolder: String?, exchange: Exchange,
        metrics: DaemonMetrics, logger: Logger
    ) {
        // A server process whose daemon has died would otherwise hold the lock until its statement ends.
        self.target = target.setting("client_connection_check_interval", "1000")
        self.live = live
        self.stateFolder = stateFolder
        self.exchange = exchange
        self.metrics = metrics
        self.logger = logger
        log = StateLog(logger)
        idle = .idle(longest: live.pollMax)
    }

    /// Runs until shutdown.
    ///
    /// - Throws: what makes it useless to go on: another daemon, another schema.
    nonisolated func run() async throws {
        let bell = exchange.engine
        try await withGracefulShutdownHandler {
            try await Pulse.$current.withValue(exchange.manager.engine) {
                try await bell.finishing(within: Self.grace) { try await self.loop() }
            }
        } onGracefulShutdown: {
            bell.stop()
        }
    }

    private func loop() async throws {
        defer { close() }
        let bell = exchange.engine
        while !bell.isStopped {
            exchange.manager.engine?.beat()
            switch try pass() {
            case .again: await Task.yield()
            case .idle: await bell.pause(atMost: silence(idle.failed()))
            case .failed: await bell.rest(for: silence(retry.failed()))
            }
        }
    }

    /// Announces a pause of this length.
    private func silence(_ pause: Duration) -> Duration {
        exchange.manager.engine?.beat(before: pause)
        return pause
    }

    private enum Outcome { case again, idle, failed }

    /// One pass of the engine, or one attempt to take the database over.
    private func pass() throws -> Outcome {
        executor.preconditionIsolated()
        defer { metrics.passed(.engine) }
        do {
            guard let engine else {
                try takeOver()
                return .again
            }
            if try isWaitingForPeers(engine) { return .idle }
            defer { count(engine.takeTally()) }
            let history = try live.history()
            if engine.history != history { try engine.use(history) }
            let step = try engine.step()
            if exchange.tenure?.node != engine.node {
                exchange.hold(Exchange.Tenure(token: engine.token, node: engine.node))
            }
            succeeded()
            if step.applied > 0 { exchange.advanced() }
            if idle.cap != live.pollMax { idle = .idle(longest: live.pollMax) }
            guard step.didWork else { return .idle }
            idle.succeeded()
            return .again
        } catch {
            guard !exchange.engine.isStopped else { return .failed }
            try failed(error)
            return .failed
        }
    }

    /// A database that was restored from an older backup looks like any other until its peers were asked. What it
    /// published before that would fork its history.
    private func isWaitingForPeers(_ engine: Engine) throws -> Bool {
        guard let patienceEnds else { return false }
        if exchange.haveAllSpoken || ContinuousClock.now >= patienceEnds {
            self.patienceEnds = nil
            return false
        }
        try engine.heartbeat("asking the peers")
        return true
    }

    private func takeOver() throws {
        let engine = try Engine(
            target: target, logger: logger, version: Version.text, retention: Retention(days: live.retentionDays),
            stateFolder: stateFolder)
        self.engine = engine
        hasRun = true
        lockedOutSince = nil
        patienceEnds = engine.node.isReplica ? nil : .now + Self.firstWordPatience
        exchange.engine.attach(wakers: [], cancellers: engine.cancellers)
        exchange.hold(Exchange.Tenure(token: engine.token, node: engine.node))
        retry.succeeded()
        metrics.tookOver()
        logger.notice(
            .databaseTaken, "the database is ours",
            metadata: [
                "kind": "\(engine.node.kind)", "region": "\(engine.node.region)", "origin": "\(engine.node.origin)",
                "token": "\(engine.token)",
            ])
    }

    private func count(_ tally: EngineTally) {
        for cut in tally.cuts { metrics.cut(changes: cut.changes, bytes: cut.bytes, took: cut.took) }
        for apply in tally.applies {
            metrics.applied(batches: apply.batches, changes: apply.changes, bytes: apply.bytes, took: apply.took)
        }
        metrics.held(tally.holds)
    }

    private func succeeded() {
        retry.succeeded()
        if log.well(.engineWorks, "the engine works again") { exchange.manager.update { $0.problem = nil } }
    }

    /// Decides what an error means.
    ///
    /// - Throws: it again, when this daemon must end.
    private func failed(_ error: any Error) throws {
        switch error {
        case StoreError.daemonRunning: try wait(for: error)
        case StoreError.fenceLost, is SchemaMismatch: throw error
        default: break
        }
        idle.succeeded()
        exchange.manager.update { $0.problem = "\(error)" }
        metrics.engineFailed("\(error)")
        if error is OlderCopy {
            log.state(.error, .olderCopy, "\(error)")
        } else if error is OriginClosed {
            log.state(.error, .originClosed, "\(error)")
        } else if engine == nil {
            log.state(.error, .databaseNotTaken, "the database cannot be taken over: \(error)")
        } else {
            log.state(.error, .engineFailed, "the engine failed: \(error)")
        }
        let isBroken = (error as? PostgresError).map(Self.isBroken) ?? false
        let isStopped = error is OlderCopy || error is OriginClosed
        guard let engine, !isBroken, retry.attempts < Self.failuresMax || isStopped else { return close() }
        do {
            try engine.heartbeat("waiting to try again", problem: "\(error)")
        } catch {
            close()
        }
    }

    /// Whether the session itself is gone; a call on a closed one is a misuse.
    private static func isBroken(_ error: PostgresError) -> Bool {
        [.connectionLost, .connectionFailed, .misuse].contains(error.kind)
    }

    /// Another daemon holds the lock: it may be the dead one before us, or our own connection that broke.
    private func wait(for error: any Error) throws {
        let since = lockedOutSince ?? .now
        lockedOutSince = since
        let patience = hasRun ? Self.lockPatienceReconnect : Self.lockPatienceStart
        guard ContinuousClock.now - since < patience else { throw error }
    }

    private func close() {
        exchange.engine.detach()
        exchange.hold(nil)
        metrics.lost()
        engine?.close()
        engine = nil
    }
}
