import Counting
import Journal
import Logging
import Postgres
import Reasons
import RegionStore
import Synchronization

/// What all links go by.
struct LinkSettings: Sendable {
    /// The daemon's own database.
    let database: ConnectionTarget
    let live: LiveSettings
    /// What they count.
    let metrics: DaemonMetrics

    /// Where a peer is, and how it is spoken to.
    func target(_ peer: Links.Peer) -> ConnectionTarget {
        var target = DaemonSession.target(ConnectionTarget(peer.conninfo))
        target.requiresProtection = !live.acceptsUnprotectedPeers
        return target
    }
}

/// A link from outside: what the supervisor holds of it.
final class LinkHandle: Sendable {
    let peer: Links.Peer
    let bell = Bell()
    private let state = Mutex<(ended: Bool, roundBegan: ContinuousClock.Instant?)>((false, nil))

    init(_ peer: Links.Peer) {
        self.peer = peer
    }

    /// Whether it has come to its end.
    var hasEnded: Bool { state.withLock { $0.ended } }

    /// How long the present round of receiving lasts.
    func roundLasts(_ now: ContinuousClock.Instant) -> Duration {
        state.withLock { $0.roundBegan.map { now - $0 } ?? .zero }
    }

    fileprivate func ended() {
        state.withLock { $0.ended = true }
    }

    fileprivate func round(_ began: Bool) {
        state.withLock { $0.roundBegan = began ? .now : nil }
    }
}

/// One link for as long as its peer is registered: connects, works, and tries again.
actor LinkRunner {
    private let executor: SessionExecutor
    private let handle: LinkHandle
    private let settings: LinkSettings
    private let exchange: Exchange
    private let logger: Logger
    private var log: StateLog
    private var diary = LinkDiary()
    private var problem: LinkProblem?
    private var backoff = Backoff.link

    /// How long a link may take to end when it is asked to: what it has received stays, the rest is fetched again.
    static let grace = Duration.seconds(2)
    /// How long a peer may take to answer a cancel: one that has fallen silent must not keep the daemon from ending
    /// before its service manager kills it.
    private static let peerGraceSeconds = 5
    /// How long a peer may take for the next piece of an answer.
    static let peerSilenceSeconds = 60

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ handle: LinkHandle, settings: LinkSettings, exchange: Exchange, logger: Logger) {
        executor = SessionExecutor(label: "link-\(handle.peer.name)")
        self.handle = handle
        self.settings = settings
        self.exchange = exchange
        var logger = logger
        logger[metadataKey: "peer"] = "\(handle.peer.name)"
        self.logger = logger
        log = StateLog(logger)
    }

    /// Runs until the handle's bell is stopped.
    nonisolated func run() async {
        exchange.setBell(handle.bell, ofLink: handle.peer.name)
        // Throws nothing but the end of the task, which is our end too.
        try? await handle.bell.finishing(within: Self.grace) { await self.loop() }
        exchange.setBell(nil, ofLink: handle.peer.name)
        handle.ended()
    }

    private func loop() async {
        while !handle.bell.isStopped {
            guard let tenure = exchange.tenure else {
                await handle.bell.pause(atMost: .seconds(1))
                continue
            }
            await handle.bell.rest(for: attempt(tenure))
        }
    }

    /// Connects and works until that fails; says how long to wait then.
    private func attempt(_ tenure: Exchange.Tenure) -> Duration {
        executor.preconditionIsolated()
        settings.metrics.linkAttempted(handle.peer.name)
        let local: Session
        do {
            local = try connectHere()
        } catch {
            return failed(
                LinkProblem(
                    kind: .localFailed, reason: Reason(PeerReason.no_connection_here, ["message": "\(error)"])), nil)
        }
        defer {
            handle.bell.detach()
            local.close()
        }
        do {
            handle.bell.attach(wakers: [], cancellers: [local.canceller])
            if problem == nil { try Links.write(local, peer: handle.peer.name, Links.Record(state: .connecting)) }
            let peer = try connectThere(tenure)
            defer { peer.close() }
            handle.bell.attach(wakers: [peer.waker], cancellers: [local.canceller, peer.canceller])
            let environment = LinkWork.Environment(
                peer: handle.peer, settings: settings, tenure: tenure, exchange: exchange, bell: handle.bell,
                logger: logger)
            // The supervisor ends a handshake that takes too long, like a round.
            handle.round(true)
            let work = try LinkWork(environment, peer: peer, local: local, diary: LinkDiary())
            handle.round(false)
            try work.run(healthy: healthy, refused: refused, roundBegan: handle.round)
            return .zero
        } catch {
            handle.round(false)
            guard !handle.bell.isStopped else { return .zero }
            return failed(LinkProblem.receiving(error, isLocalOpen: local.isOpen), local)
        }
    }

    private func connectHere() throws -> Session {
        let target = DaemonSession.target(settings.database)
            .lockTimeout(milliseconds: 10_000).setting("synchronous_commit", "off")
        return try Session.connect(target, applicationName: "bashud link \(handle.peer.name)", logger: logger)
    }

    private func connectThere(_ tenure: Exchange.Tenure) throws -> Session {
        do {
            let session = try Session.connect(
                settings.target(handle.peer), applicationName: "bashud \(tenure.node.region)", logger: logger)
            session.cancelGraceSeconds = Self.peerGraceSeconds
            session.silenceSeconds = Self.peerSilenceSeconds
            return session
        } catch {
            throw LinkProblem.connecting(error)
        }
    }

    private func healthy() {
        exchange.spoke(handle.peer.name, answered: true)
        log.well(.linkWorks, "the link works again")
        problem = nil
    }

    /// The connection goes on; something that came by it does not.
    private func refused(_ found: LinkProblem, _ reasons: String) {
        exchange.spoke(handle.peer.name, answered: true)
        log.state(.warning, found.code, "link is held: \(reasons)")
        problem = nil
    }

    private func failed(_ found: LinkProblem, _ local: Session?) -> Duration {
        if found.kind != problem?.kind { backoff = found.backoff }
        problem = found
        settings.metrics.linkFailed(handle.peer.name)
        let wait = backoff.failed()
        log.state(
            .warning, found.code, "link is \(found.state): \(found.reason)",
            metadata: found.sqlState.map { ["sqlstate": "\($0)"] } ?? [:])
        guard let local, local.isOpen else { return wait }
        defer {
            if found.kind != .localFailed, found.kind != .notOurs {
                exchange.spoke(handle.peer.name, answered: found.kind == .restoredCopy)
            }
        }
        var record = Links.Record(state: found.state)
        record.reason = found.reason
        record.sqlState = found.sqlState?.rawValue
        record.attempts = backoff.attempts
        record.nextTrySeconds = wait / .seconds(1)
        // For the engine, which looks there before it publishes: it must not go on under its origin.
        record.vector = found.ownAhead
        do {
            try Links.write(local, peer: handle.peer.name, record)
        } catch {
            logger.debug("the state of the link could not be written", metadata: ["error": "\(error)"])
        }
        return wait
    }
}
