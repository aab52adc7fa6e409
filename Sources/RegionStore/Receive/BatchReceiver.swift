public import Postgres
public import Replication

/// Receives from one peer what it has and this database lacks, of every origin, and stores it verified.
///
/// Keeps what has been read of unfinished batches between rounds; lives as long as the link. Used on one thread at a
/// time. Another link may receive the same origins at the same time: they take turns.
public final class BatchReceiver {
    private let peer: String
    private let token: Int64
    private let limits: BatchLimits
    private let requirement: SignatureRequirement
    private var receptions: [OriginID: OriginReception] = [:]
    private var refusals: [OriginID: Refusal] = [:]

    private struct Refusal {
        let error: ReceiveError
        let attempts: Int
        let until: ContinuousClock.Instant
    }

    /// A receiver for a link.
    ///
    /// - Parameters:
    ///   - peer: The peer's name in this database.
    ///   - token: The fencing token of this daemon.
    ///   - requirement: Whose batches must be signed.
    public init(
        peer: String, token: Int64, requirement: SignatureRequirement = .trusted, limits: BatchLimits = BatchLimits()
    ) {
        self.requirement = requirement
        self.peer = peer
        self.token = token
        self.limits = limits
    }

    /// What a round brought.
    public struct Report: Sendable {
        /// What the peer said of itself.
        public let hello: PeerHello
        /// Batches that are now complete, by origin: the highest number of each.
        public internal(set) var advanced: [OriginID: Int64] = [:]
        /// Batches completed in this round.
        public internal(set) var batches = 0
        /// Changes of these.
        public internal(set) var changes: Int64 = 0
        /// Bytes stored in this round, those of unfinished batches included.
        public internal(set) var bytes: Int64 = 0
        /// The peer has more: the round ended because it had brought enough.
        public internal(set) var hasMore = false
        /// Origins that another link was receiving; the next round sees to them.
        public internal(set) var busy: [OriginID] = []
        /// Batches that are refused. They do not stop other origins, and are asked for again more and more rarely.
        public internal(set) var faults: [ReceiveError] = []
    }

    /// One round: asks what the peer has, and receives about `maxBytes` of what is missing here.
    ///
    /// Every step is a transaction of its own; what was stored stays, whatever happens later. After each,
    /// channel `bashu_batch` is notified with `ORIGIN=NUMBER`.
    ///
    /// - Parameters:
    ///   - session: In this database, outside a transaction.
    ///   - peerSession: In the peer's database.
    /// - Throws: `ReceiveError` when the peer must not be received from at all; `StoreError.fenceLost`;
    ///   `PeerFailure` for what the peer's server reports; `PostgresError` of this database.
    public func receive(
        into session: Session, from peerSession: Session, maxBytes: Int64 = 64 << 20,
        now: ContinuousClock.Instant = .now
    ) throws -> Report {
        let feed = PeerFeed(peer: peer, session: peerSession)
        let hello = try feed.hello()
        // After the peer's answer, so that nothing we publish meanwhile makes us look like a restored copy.
        let local = try Self.identify(hello, peer: peer, in: session)
        var report = Report(hello: hello)
        let offered = { (origin: OriginID) -> Int64 in
            local.closed.origins.contains(origin)
                ? min(hello.received[origin], local.closed[origin]) : hello.received[origin]
        }
        for origin in local.closed.origins where hello.received[origin] > local.closed[origin] {
            report.faults.append(
                .beyondClosing(
                    peer: peer, origin: origin, theirs: hello.received[origin], closedAt: local.closed[origin]))
        }
        var missing = hello.received.origins.filter { $0 != local.own && offered($0) > local.received[$0] }
        refusals = refusals.filter { missing.contains($0.key) }
        missing.removeAll { origin in
            guard let refusal = refusals[origin], refusal.until > now else { return false }
            report.faults.append(refusal.error)
            return true
        }
        while !missing.isEmpty, report.bytes < maxBytes {
            try missing.removeAll { origin in
                try !step(origin, session, feed, upTo: offered(origin), now, &report)
            }
        }
        report.hasMore = !missing.isEmpty
        return report
    }

    /// Sees to it that the peer is another database than this one, and that this one is no older copy of itself.
    ///
    /// - Throws: `ReceiveError` when nothing must be received from it, `PostgresError` of this database.
    public static func checkIdentity(_ hello: PeerHello, peer: String, in session: Session) throws {
        _ = try identify(hello, peer: peer, in: session)
    }

    private static func identify(_ hello: PeerHello, peer: String, in session: Session) throws -> ReceiveStore.Local {
        let local = try ReceiveStore(session: session).local()
        guard hello.databaseID != local.databaseID else { throw ReceiveError.sameDatabase(peer: peer) }
        if let own = local.own, hello.received[own] > max(local.received[own], local.applied[own]) {
            throw ReceiveError.ownOriginAhead(
                peer: peer, origin: own, theirs: hello.received[own], ours: local.received[own])
        }
        return local
    }

    /// One step for one origin; false when it needs no other in this round.
    private func step(
        _ origin: OriginID, _ session: Session, _ feed: PeerFeed, upTo offered: Int64,
        _ now: ContinuousClock.Instant, _ report: inout Report
    ) throws -> Bool {
        var reception = receptions[origin] ?? OriginReception(
            origin: origin, requirement: requirement, limits: limits)
        receptions[origin] = nil
        let step = try reception.step(session, feed, offered: offered, token: token)
        receptions[origin] = reception
        report.batches += step.batches
        report.changes += step.changes
        report.bytes += step.bytes
        if step.batches > 0 {
            report.advanced[origin] = step.number
            try session.execute(
                "SELECT pg_catalog.pg_notify('bashu_batch', $1)", [.text("\(origin)=\(step.number)")])
        }
        if let failure = step.failure { throw failure }
        if let fault = step.fault {
            report.faults.append(fault)
            let attempts = (refusals[origin]?.attempts ?? 0) + 1
            let pause = Duration.seconds(min(1 << min(attempts, 9), 300))
            refusals[origin] = Refusal(error: fault, attempts: attempts, until: now + pause)
            return false
        }
        if step.isBusy { report.busy.append(origin) }
        return !step.isBusy && step.number < offered
    }

    /// Adopts what the peer says about freshness, for origins of which the batch it names is applied here. Call it
    /// after a round, and again after an apply.
    public static func adoptFreshness(_ hello: PeerHello, in session: Session) throws {
        try session.execute(SQLText.named("receive_freshness"), [.text(hello.freshness)])
    }

    /// Shared tables and columns that differ between the peer and this database, a sentence for each; empty when
    /// none do. For people: what cannot be applied is held when it comes to it.
    public static func tableDifferences(_ hello: PeerHello, in session: Session) throws -> [String] {
        let own = try session.queryOne(SQLText.named("receive_own_tables"))
        let rows = try session.query(
            SQLText.named("receive_table_differences"), [.text(hello.tables), .text(own?.text(0) ?? "[]")])
        return try rows.map { try $0.text(0) }
    }
}
