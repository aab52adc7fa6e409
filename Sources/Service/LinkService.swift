import Counting
import Journal
import Logging
import Postgres
import Reasons
import RegionStore
import ServiceLifecycle

/// Keeps one link per registered peer: looks at the list of peers every second, so that `bashuctl peer` acts without
/// a restart, and answers the question whether a peer can be reached.
struct LinkService: Service, CustomStringConvertible {
    let settings: LinkSettings
    let exchange: Exchange
    let logger: Logger

    /// How often the list of peers is read.
    private static let pause = Duration.seconds(1)
    /// How often the service manager is told of progress.
    private static let tellPause = Duration.seconds(2)
    /// A round of receiving that lasts longer is ended: the peer's server only drips.
    private static let roundMax = Duration.seconds(300)

    var description: String { "links" }

    func run() async throws {
        let bell = exchange.supervisor
        try await withGracefulShutdownHandler {
            try await Pulse.$current.withValue(exchange.manager.supervisor) {
                try await bell.finishing(within: LinkRunner.grace) { await supervise(bell) }
            }
        } onGracefulShutdown: {
            bell.stop()
        }
    }

    private func supervise(_ bell: Bell) async {
        await withDiscardingTaskGroup { group in
            var roster = Roster(log: StateLog(logger))
            while !bell.isStopped && !Task.isCancelled {
                Pulse.current?.beat()
                if exchange.tenure != nil { await look(&roster, &group) }
                settings.metrics.passed(.links)
                await bell.pause(atMost: silence(Self.pause))
            }
            roster.stopAll()
        }
    }

    /// Announces a pause of this length.
    private func silence(_ pause: Duration) -> Duration {
        Pulse.current?.beat(before: pause)
        return pause
    }

    /// The links there are, and the session that the list of peers is read with.
    private struct Roster {
        var log: StateLog
        var links: [String: LinkHandle] = [:]
        var paused: Set<String> = []
        var connection: Connection?
        var backoff = Backoff.database
        var hasReset = false
        var toldAt: ContinuousClock.Instant?

        func stopAll() {
            for link in links.values { link.bell.stop() }
        }
    }

    private func look(_ roster: inout Roster, _ group: inout DiscardingTaskGroup) async {
        do {
            let connection = try await connect(&roster)
            try await reconcile(&roster, connection, &group)
            try await takeTests(connection, &group)
            try await tell(&roster, connection)
            roster.backoff.succeeded()
            roster.log.well(.peersReadable, "the list of peers can be read again")
        } catch {
            guard !exchange.supervisor.isStopped, !Task.isCancelled else { return }
            roster.log.state(.warning, .peersUnreadable, "the list of peers cannot be read: \(error)")
            await roster.connection?.close()
            roster.connection = nil
            await exchange.supervisor.rest(for: silence(roster.backoff.failed()))
        }
    }

    private func connect(_ roster: inout Roster) async throws -> Connection {
        if let known = roster.connection, await known.isOpen { return known }
        let target = DaemonSession.target(settings.database)
            .lockTimeout(milliseconds: 5_000).statementTimeout(milliseconds: 10_000)
        let connection = try await Connection.connect(target, applicationName: "bashud links", logger: logger)
        roster.connection = connection
        if !roster.hasReset {
            try await connection.run { try Links.resetTests($0) }
            roster.hasReset = true
        }
        return connection
    }

    private func reconcile(
        _ roster: inout Roster, _ connection: Connection, _ group: inout DiscardingTaskGroup
    ) async throws {
        let peers = try await connection.run { try Links.peers($0) }
        let wanted = Dictionary(uniqueKeysWithValues: peers.map { ($0.name, $0) })
        for (name, link) in roster.links {
            if wanted[name] != link.peer { link.bell.stop() }
            if link.hasEnded { roster.links[name] = nil }
            if link.roundLasts(.now) > Self.roundMax { link.bell.cancelStatements() }
        }
        for peer in peers where roster.links[peer.name] == nil {
            if peer.isPaused {
                guard roster.paused.insert(peer.name).inserted else { continue }
                try await connection.run { session in
                    _ = try Links.write(session, peer: peer.name, Links.Record(state: .paused))
                }
                logger.notice(.linkPaused, "link is paused", metadata: ["peer": "\(peer.name)"])
            } else {
                roster.paused.remove(peer.name)
                start(peer, &roster, &group)
            }
        }
        roster.paused.formIntersection(wanted.keys)
        exchange.expect(Set(peers.lazy.filter { !$0.isPaused }.map(\.name)))
    }

    private func start(_ peer: Links.Peer, _ roster: inout Roster, _ group: inout DiscardingTaskGroup) {
        let handle = LinkHandle(peer)
        roster.links[peer.name] = handle
        let runner = LinkRunner(handle, settings: settings, exchange: exchange, logger: logger)
        // A pulse of the supervisor that its links beat would say nothing of it.
        group.addTask { await Pulse.$current.withValue(nil) { await runner.run() } }
    }

    /// Tells the service manager how far we are, where one listens.
    private func tell(_ roster: inout Roster, _ connection: Connection) async throws {
        guard exchange.manager.isListening else { return }
        if let toldAt = roster.toldAt, ContinuousClock.now - toldAt < Self.tellPause { return }
        roster.toldAt = .now
        let progress = try await connection.run { session in
            DaemonState.Progress(
                try Status.readLinks(session), problem: try Status.readDaemon(session).problem,
                now: try Links.clock(session))
        }
        exchange.manager.update { $0.progress = $0.phase == .working ? progress : nil }
    }

    private func takeTests(_ connection: Connection, _ group: inout DiscardingTaskGroup) async throws {
        while let test = try await connection.run({ try Links.takeTest($0) }) {
            let peers = try await connection.run { try Links.peers($0) }
            let tester = LinkTester(settings: settings, logger: logger)
            group.addTask {
                let result = await Pulse.$current.withValue(nil) { await tester.test(test, peers) }
                do {
                    try await connection.run { try Links.answer($0, test, result) }
                } catch {
                    // Asked again by the next daemon, or given up by who asked.
                    logger.warning(
                        .testNotAnswered, "the test of a peer could not be answered", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}

/// Connects to a peer once and says how that went.
actor LinkTester {
    private let executor = SessionExecutor(label: "link-test")
    private let settings: LinkSettings
    private let logger: Logger

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(settings: LinkSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Tests the peer that was asked for.
    func test(_ test: Links.Test, _ peers: [Links.Peer]) -> Links.TestResult {
        var result = Links.TestResult()
        guard let peer = peers.first(where: { $0.name == test.peer }) else {
            let reason = test.peer.map { Reason(PeerReason.no_such_peer, ["peer": $0]) }
            result.reason = (reason ?? Reason(PeerReason.unnamed_peer)).text
            return result
        }
        do {
            let local = try Session.connect(
                DaemonSession.target(settings.database), applicationName: "bashud test", logger: logger)
            defer { local.close() }
            let handshake = try handshake(peer, local)
            result.node = Links.PeerNode(handshake.hello, protection: handshake.protection)
            result.clockOffsetMilliseconds = handshake.clockOffsetMilliseconds
            result.differences = handshake.differences
        } catch {
            let problem = LinkProblem.receiving(error, isLocalOpen: true)
            result.reason = problem.reason
            result.sqlState = problem.sqlState?.rawValue
        }
        return result
    }

    private func handshake(_ peer: Links.Peer, _ local: Session) throws -> LinkHandshake {
        executor.preconditionIsolated()
        let session: Session
        do {
            session = try Session.connect(settings.target(peer), applicationName: "bashud test", logger: logger)
        } catch {
            throw LinkProblem.connecting(error)
        }
        defer { session.close() }
        session.silenceSeconds = LinkRunner.peerSilenceSeconds
        var late = LateSignatures()
        return try LinkHandshake(
            peer.name, peer: session, local: local, settings.live.signatureRequirement, &late)
    }
}
