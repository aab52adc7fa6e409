import Counting
import Journal
import Logging
import Postgres
import Reasons
import RegionStore
import Replication

/// The work of one connected link: receive, adopt freshness, report the own position, write down the state, wait.
///
/// Every call blocks; it lives on the executor of its link and ends with its connections.
final class LinkWork {
    /// What a link needs to know of the daemon.
    struct Environment: Sendable {
        let peer: Links.Peer
        let settings: LinkSettings
        let tenure: Exchange.Tenure
        let exchange: Exchange
        let bell: Bell
        let logger: Logger
    }

    /// Bytes received between two signs of life: what has come is applied while more comes.
    private static let roundBytes: Int64 = 8 << 20
    /// The shortest pause between two reports of our position.
    private static let reportPause = Duration.milliseconds(100)
    /// How long after the last event we look often: what was committed is flushed within this time.
    private static let attention = Duration.seconds(1)
    /// How often the clock and the list of tables are compared again.
    private static let handshakePause = Duration.seconds(30)
    /// How often the policies are compared again.
    private static let policyPause = Duration.seconds(5)
    /// How long the peer may take for the digests of a table. Seconds.
    private static let digestSeconds = 1_800

    private let environment: Environment
    private let peer: Session
    private let local: Session
    private let receiver: BatchReceiver
    private var handshake: LinkHandshake
    private var late = LateSignatures()
    private var handshakeAt = ContinuousClock.now
    private var policiesAt = ContinuousClock.now
    private var freshness = LinkFreshness()
    private var tracker = PositionTracker()
    private var diary: LinkDiary
    /// What was refused in the last round.
    private var faults: [ReceiveError] = []
    private var record = Links.Record(state: .connecting)
    private var nextRound = ContinuousClock.now
    private var lastEvent = ContinuousClock.now
    private var lastCare: ContinuousClock.Instant?
    /// A comparison that somebody has asked for, and its request.
    private var comparison: (id: Int64, running: PeerComparison)?

    /// Begins to listen, and asks the peer who it is.
    ///
    /// - Throws: `LinkProblem`; `PostgresError` of our own database.
    init(_ environment: Environment, peer: Session, local: Session, diary: LinkDiary) throws {
        self.environment = environment
        self.peer = peer
        self.local = local
        self.diary = diary
        receiver = BatchReceiver(
            peer: environment.peer.name, token: environment.tenure.token,
            requirement: environment.settings.live.signatureRequirement)
        do {
            try peer.listen("bashu_batch")
        } catch let error as PostgresError {
            throw LinkProblem.asking(error)
        }
        handshake = try LinkHandshake(
            environment.peer.name, peer: peer, local: local, environment.settings.live.signatureRequirement, &late)
        record.node = Links.PeerNode(handshake.hello, protection: handshake.protection)
        noteClock()
        try LinkHandshake.comparePolicies(environment.peer.name, peer: peer, local: local)
    }

    private func noteClock() {
        record.clockOffsetMilliseconds = handshake.clockOffsetMilliseconds
        record.isClockOff = handshake.isClockOff(boundMilliseconds: environment.settings.live.clockBoundMilliseconds)
    }

    /// Works until the bell is stopped.
    ///
    /// - Parameters:
    ///   - healthy: called whenever a round has gone well.
    ///   - refused: called whenever something was refused in a round, with what was.
    /// - Throws: what ends the connection; see `LinkProblem.receiving`.
    func run(
        healthy: () -> Void, refused: (LinkProblem, String) -> Void, roundBegan: (Bool) -> Void
    ) throws {
        // What is applied is judged by what is known of the peer's clock.
        try write()
        while !environment.bell.isStopped {
            var more = false
            if ContinuousClock.now - policiesAt >= Self.policyPause {
                roundBegan(true)
                try LinkHandshake.comparePolicies(environment.peer.name, peer: peer, local: local)
                roundBegan(false)
                policiesAt = .now
            }
            if ContinuousClock.now >= nextRound {
                roundBegan(true)
                more = try round()
                roundBegan(false)
                if let fault = faults.first {
                    let reasons = LinkReason.text(faults.map(\.reason.text)) ?? ""
                    refused(LinkProblem.receiving(fault, isLocalOpen: true), reasons)
                } else {
                    healthy()
                }
            }
            try care()
            try compare()
            try write()
            guard !more else { continue }
            if try !peer.waitForNotification(timeoutMilliseconds: pause()).isEmpty { nextRound = .now }
        }
    }

    private func pause() -> Int {
        let now = ContinuousClock.now
        var wake = min(nextRound, now + Self.attention)
        if now - lastEvent < Self.attention { wake = min(wake, now + Self.reportPause) }
        // Somebody has rung, but we have reported just now.
        if let lastCare { wake = max(wake, min(nextRound, lastCare + Self.reportPause)) }
        return max(1, Int((wake - now) / .milliseconds(1)))
    }

    /// Asks for news and receives some; true when there is more.
    private func round() throws -> Bool {
        let report = try receiver.receive(into: local, from: peer, maxBytes: Self.roundBytes)
        environment.settings.metrics.received(
            from: environment.peer.name, batches: Int64(report.batches), changes: report.changes,
            bytes: report.bytes)
        let now = ContinuousClock.now
        if report.bytes > 0 {
            environment.exchange.received()
            lastEvent = now
        }
        try hear(report.hello)
        if now - handshakeAt >= Self.handshakePause {
            handshake = try LinkHandshake(
                environment.peer.name, peer: peer, local: local, environment.settings.live.signatureRequirement, &late)
            handshakeAt = now
            record.node = Links.PeerNode(handshake.hello, protection: handshake.protection)
        }
        settle(report, now)
        // What another link is receiving at present, and fails to, is ours to fetch soon.
        let pause = report.busy.isEmpty ? environment.settings.live.peerPoll : .seconds(1)
        nextRound = report.hasMore ? now : now + pause
        return report.hasMore
    }

    private func hear(_ hello: PeerHello) throws {
        record.isContact = true
        record.vector = hello.applied
        do {
            try freshness.hear(hello.freshness)
        } catch {
            throw LinkProblem(kind: .malformed, reason: Reason(PeerReason.freshness_malformed))
        }
    }

    private func settle(_ report: BatchReceiver.Report, _ now: ContinuousClock.Instant) {
        let notes = handshake.notes(clockBoundMilliseconds: environment.settings.live.clockBoundMilliseconds)
        faults = report.faults
        // Whoever signed may have a key that we have not heard of.
        if report.faults.contains(where: \.isAboutSignatures) { handshakeAt = now - Self.handshakePause }
        noteClock()
        record.reason = LinkReason.text((faults.map(\.reason) + notes).map(\.text) + handshake.differences)
        record.sqlState = nil
        if !faults.isEmpty {
            record.state = .held
        } else if report.hasMore || (report.bytes > 0 && record.state != .connecting) {
            record.state = .streaming
        } else if record.state != .streaming || now - lastEvent >= Self.attention {
            record.state = .waiting
        }
    }

    /// What has to be done after an apply, and shortly after a commit.
    private func care() throws {
        let now = ContinuousClock.now
        if let lastCare, now - lastCare < Self.reportPause { return }
        lastCare = now
        let own = try Links.own(local, version: Version.text)
        try freshness.adopt(own.applied, in: local)
        if let position = try tracker.advance(local) {
            lastEvent = now
            let feed = PeerFeed(peer: environment.peer.name, session: peer)
            try feed.report(node: own.node, applied: position.applied, received: position.received)
        }
        if own.joins == environment.peer.name { try join(own) }
        if record.state == .streaming, now - lastEvent >= Self.attention { record.state = .waiting }
    }

    /// Answers `bashuctl verify --against` this peer, a step at a time: receiving goes on in between.
    private func compare() throws {
        peer.silenceSeconds = Self.digestSeconds
        defer { peer.silenceSeconds = LinkRunner.peerSilenceSeconds }
        if comparison == nil, let asked = try ComparisonRequest.take(local, peer: environment.peer.name) {
            do {
                comparison = (asked.id, try PeerComparison(asked.tables, here: local, there: peer))
            } catch let error as PostgresError where error.kind == .statementFailed {
                return try ComparisonRequest.fail(local, asked.id, "\(error)")
            }
        }
        guard var current = comparison else { return }
        lastEvent = .now
        let report = try current.running.step(here: local, there: peer)
        comparison = report == nil ? current : nil
        if let report { try ComparisonRequest.answer(local, current.id, report) }
    }

    private func join(_ own: Links.Own) throws {
        guard let target = own.joinVector else {
            return try Links.setJoinTarget(local, peer: environment.peer.name, handshake.hello.applied)
        }
        guard own.applied.covers(target), try Links.finishJoin(local, peer: environment.peer.name) else { return }
        environment.logger.notice(
            .joined, "this database has joined", metadata: ["from": "\(environment.peer.name)"])
    }

    private func write() throws {
        guard diary.isDue(&record, now: .now) else { return }
        // A peer that is not registered any more has no link: the supervisor ends us.
        try Links.write(local, peer: environment.peer.name, record)
        record.isContact = false
    }
}

/// One text of several reasons.
enum LinkReason {
    /// Reasons shown of a longer list.
    static let shown = 3

    /// Nil for none.
    static func text(_ reasons: [String]) -> String? {
        guard !reasons.isEmpty else { return nil }
        let rest = reasons.count - shown
        let more = rest > 0 ? [Reason(PeerReason.more_reasons, ["count": "\(rest)"]).text] : []
        return (reasons.prefix(shown) + more).joined(separator: ReasonBook.separator)
    }
}
