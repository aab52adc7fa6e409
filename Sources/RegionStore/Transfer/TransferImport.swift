public import Postgres
public import Reasons
internal import Replication
public import Transfer

/// Takes a file: one more link, whose peer is the file's maker.
public struct TransferImport {
    /// What is asked for.
    public struct Request: Sendable {
        public var path: String
        /// The peer that the file is from; nil: the one that its maker is.
        public var peer: String?
        public var requirement: SignatureRequirement
        /// How far the maker's clock may be ahead before it is said, in milliseconds.
        public var clockBoundMilliseconds: Int

        public init(
            path: String, peer: String? = nil, requirement: SignatureRequirement,
            clockBoundMilliseconds: Int = 5_000
        ) {
            self.path = path
            self.peer = peer
            self.requirement = requirement
            self.clockBoundMilliseconds = clockBoundMilliseconds
        }
    }

    /// What came of it.
    public struct Report: Sendable {
        /// The peer's name here.
        public let peer: String
        public let header: TransferHeader
        public let end: TransferEnd
        public let digest: [UInt8]
        /// Batches that were not here before, and their changes.
        public let newBatches: Int64
        public let newChanges: Int64
        /// Batches that were here before, and got a signature that was not.
        public let newSignatures: Int64
        /// When this very file was taken before; microseconds since 1970 UTC.
        public let takenBefore: Int64?
        /// The number of a newer file that was taken before: what this one says of its maker is out of date.
        public let newer: Int64?
        /// What a person should know although nothing is held up by it.
        public let notes: [Reason]
        /// What is to be said of the maker's clock; none when it is well or the file says nothing new.
        public let clock: [Reason]
        /// Shared tables and columns that differ, a sentence each.
        public let differences: [String]
    }

    private let session: Session
    private let request: Request
    private let limits = BatchLimits()

    /// How long links may have an origin before the import gives up.
    private static let patience = Duration.seconds(60)

    /// Checks the file, and changes nothing unless all of it is right; then stores what is not here yet. May be
    /// interrupted and run again, at the same time as links.
    ///
    /// - Parameters:
    ///   - session: the daemon's, outside a transaction.
    ///   - progress: hundredths of the file that are read, and whether they are being stored.
    /// - Throws: `TransferError`, `ReceiveError`, `TransferRefused`, `ControlError`, `PostgresError`.
    public static func run(
        _ session: Session, _ request: Request, progress: (_ percent: Int, _ storing: Bool) -> Void = { _, _ in }
    ) throws -> Report {
        try TransferImport(session: session, request: request).run(progress)
    }

    private func run(_ progress: (Int, Bool) -> Void) throws -> Report {
        let here = try TransferHere(session)
        let reader = try TransferReader(path: request.path, limits: limits)
        let header = reader.header
        let peer = try identify(header, here)
        let hello = PeerHello(header)
        try BatchReceiver.checkIdentity(hello, peer: peer, in: session)
        let (seen, newer) = try seen(header, peer)
        let asked = TransferSource(header, path: request.path, peer: peer, limits: limits)
        let checks = try rehearse(asked, hello)
        var check = TransferCheck(here: DatabaseHere(session, checks), peer: peer, limits: limits) {
            try lost($0, $1, $2, header, peer)
        }
        let found = try check.run(reader) { progress($0, false) }

        // From here on nothing is refused any more. What is applied is judged by what is known of the peer's clock.
        let clock = seen == nil && newer == nil ? try noteClock(header, found, peer) : []
        _ = try KeyExchange.learn(from: asked, region: hello.region, in: session)
        let unproven = try adopt(asked)
        if found.late > 0 {
            var late = TransferLateStore(session, path: request.path, checks)
            try late.run(header, limits, amongBatches: found.lateAmongBatches > 0)
        }
        let source = TransferSource(
            header, path: request.path, peer: peer, order: found.order, limits: limits)
        let notes = try unproven + store(source, found) { progress(min(100, $0), true) }
        if newer == nil, try Links.own(session, version: "").joins == peer {
            try Links.setJoinTarget(session, peer: peer, hello.applied)
        }
        try TransferExport.remember(
            session, peer: peer, isOutgoing: false, header, found.end, digest: found.digest, bytes: reader.fileBytes
        ) {
            guard seen == nil, newer == nil else { return }
            try session.execute(
                SQLText.named("transfer_position"),
                [
                    .text(peer), .text(header.node), .text(try JSONText.vector(Vector(numbers: header.applied))),
                    .text(try JSONText.vector(Vector(numbers: header.received))), .int(header.madeAt),
                    .text(try JSONText.encode(header.unsigned ?? [])),
                ])
        }
        return Report(
            peer: peer, header: header, end: found.end, digest: found.digest, newBatches: found.newBatches,
            newChanges: found.newChanges, newSignatures: found.late, takenBefore: seen, newer: newer,
            notes: notes, clock: clock,
            differences: try BatchReceiver.tableDifferences(hello, in: session))
    }

    /// Nobody makes a file, or a batch, in the future: says so when the maker's clock was ahead of ours by more than
    /// the bound. How old a file is says nothing of its clock.
    private func noteClock(
        _ header: TransferHeader, _ found: TransferCheck.Result, _ peer: String
    ) throws -> [Reason] {
        let ahead = (max(header.madeAt, found.lastCut) - (try Links.clock(session))) / 1_000
        let isOff = ahead > Int64(request.clockBoundMilliseconds)
        try session.execute(
            SQLText.named("transfer_clock"),
            [.text(peer), .text(header.maker.kind), .text(header.maker.region), .int(isOff ? ahead : nil)])
        return isOff ? [Reason(PeerReason.clock_ahead, ["seconds": "\(ahead / 1_000)"])] : []
    }

    // MARK: Whose file it is

    /// The peer that made the file, which must be one of ours and have made it for us.
    private func identify(_ header: TransferHeader, _ here: TransferHere) throws -> String {
        let file = request.path
        guard header.maker.database != here.databaseID else { throw TransferError(.from_itself, ["file": file]) }
        guard header.recipient.region == here.region else {
            throw TransferError(
                .for_another, ["file": file, "peer": header.recipient.region, "own": here.region])
        }
        guard header.recipient.database ?? here.databaseID == here.databaseID else {
            throw TransferError(.for_former, ["file": file, "peer": here.region])
        }
        let maker = header.maker
        let bound: [Parameter] = [.text(maker.region), .text(maker.kind), .text(maker.database)]
        if let peer = request.peer { return try TransferPeer(peer, session).name }
        guard let row = try session.queryOne(SQLText.named("transfer_maker"), bound) else {
            throw TransferError(.maker_unknown, ["file": file, "region": maker.region])
        }
        return try row.text("name")
    }

    private func seen(_ header: TransferHeader, _ peer: String) throws -> (taken: Int64?, newer: Int64?) {
        let bound: [Parameter] = [
            .text(peer), .text(header.file), .text(header.maker.database), .int(header.serial), .int(header.madeAt),
        ]
        let row = try session.queryOne(SQLText.named("transfer_seen"), bound)
        return (try row?[int: "taken"], try row?[int: "newer"])
    }

    /// Names the file that has what is missing.
    private func lost(
        _ origin: OriginID, _ number: Int64, _ here: Int64, _ header: TransferHeader, _ peer: String
    ) throws -> TransferError {
        let files = header.earlier.prefix(100)
        let bound: [Parameter] = [.text(peer), .textArray(files.map(\.file))]
        let taken = Set(try session.query(SQLText.named("transfer_taken"), bound).map { try $0.text(0) })
        // The oldest of those that came after the last one that was taken.
        guard let missing = files.prefix(while: { !taken.contains($0.file) }).last else {
            return TransferError(
                .batches_lacking,
                ["file": request.path, "number": "\(number)", "origin": origin.name, "here": "\(here)"])
        }
        let time = try session.queryOne(SQLText.named("transfer_time"), [.int(missing.madeAt)])?.text(0)
        return TransferError(
            .file_lost,
            [
                "file": request.path, "number": "\(number)", "origin": origin.name, "here": "\(here)",
                "serial": "\(missing.serial)", "time": time ?? "",
            ])
    }

    // MARK: What is looked at before anything is received

    /// Ends a rehearsal; never leaves this file.
    private struct Rehearsed: Error {
        let checks: [String: SignatureCheck]
    }

    /// Looks whether everything that a link would adopt can be adopted, and takes all of it back: the keys that the
    /// file tells of may be what vouches for its batches.
    private func rehearse(_ source: TransferSource, _ hello: PeerHello) throws -> [String: SignatureCheck] {
        do {
            try session.transaction {
                _ = try KeyExchange.learn(from: source, region: hello.region, in: session)
                _ = try adopt(source, isRehearsal: true)
                var checks: [String: SignatureCheck] = [:]
                for region in Set(hello.received.origins.map(\.region) + [hello.region]) {
                    checks[region] = try SignatureCheck(region: region, request.requirement, session)
                }
                throw Rehearsed(checks: checks)
            }
            return [:]
        } catch let rehearsed as Rehearsed {
            return rehearsed.checks
        }
    }

    /// Returns what is not believed.
    private func adopt(_ source: TransferSource, isRehearsal: Bool = false) throws -> [Reason] {
        if let reason = try source.takeForgotten(in: session) { throw TransferRefused(reasons: [reason]) }
        let unproven = try Closings.adopt(offeredBy: source, in: session, request.requirement)
        // A replica takes policies over; that is a transaction of its own.
        let adopts = try session.queryOne(SQLText.named("policy_adopts")) != nil
        let policies = try source.policies()
        guard !isRehearsal || !adopts else { return unproven }
        let different = try PolicyStore.compare(session, peer: source.peer, policies)
        guard different.isEmpty else { throw TransferRefused(reasons: different) }
        return unproven
    }

    // MARK: Storing

    private func store(
        _ source: TransferSource, _ found: TransferCheck.Result, progress: (Int) -> Void
    ) throws -> [Reason] {
        var notes: [Reason] = []
        var stored: Int64 = 0
        let local = try ReceiveStore(session: session).local()
        for origin in found.order where origin != local.own {
            let through = found.end.through[origin.name] ?? 0
            let offered = local.closed.origins.contains(origin) ? min(through, local.closed[origin]) : through
            if offered < through {
                let closed = ReceiveError.beyondClosing(
                    peer: source.peer, origin: origin, theirs: through, closedAt: offered)
                notes.append(closed.reason)
            }
            guard local.received[origin] < offered else { continue }
            var reception = OriginReception(origin: origin, requirement: request.requirement, limits: limits)
            var busySince: ContinuousClock.Instant?
            while true {
                let step = try step(&reception, source, offered)
                if let fault = step.fault { throw fault }
                if let failure = step.failure { throw failure }
                stored += step.bytes
                progress(Int(stored * 100 / max(1, found.end.bytes)))
                if step.batches > 0 { try notify(origin, step.number) }
                guard step.isBusy || step.number < offered else { break }
                guard step.isBusy else { continue }
                let since = busySince ?? .now
                busySince = since
                guard ContinuousClock.now - since < Self.patience else {
                    throw TransferError(.origin_busy, ["origin": origin.name])
                }
                try waitForLink(origin)
            }
        }
        return notes
    }

    /// Waits until no link receives the origin at present, some seconds at most.
    private func waitForLink(_ origin: OriginID) throws {
        do {
            try session.execute(SQLText.named("transfer_wait"), [.text(origin.name)])
        } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
            return
        }
    }

    /// One step, under whatever token there is now: a daemon may take the database over meanwhile.
    private func step(
        _ reception: inout OriginReception, _ source: TransferSource, _ offered: Int64
    ) throws -> OriginReception.Step {
        for _ in 0..<5 {
            do {
                let token = try session.queryOne(SQLText.named("transfer_token"))?.int(0) ?? 0
                return try reception.step(session, source, offered: offered, token: token)
            } catch StoreError.fenceLost {
                continue
            }
        }
        throw StoreError.fenceLost
    }

    private func notify(_ origin: OriginID, _ number: Int64) throws {
        try session.execute("SELECT pg_catalog.pg_notify('bashu_batch', $1)", [.text("\(origin)=\(number)")])
    }
}

/// Why nothing of a file is taken, in a link's words.
public struct TransferRefused: Error, Sendable, Equatable, CustomStringConvertible {
    public let reasons: [Reason]

    public var description: String { reasons.map(\.text).joined(separator: ReasonBook.separator) }
}

extension TransferImport {
    /// What is not yet in the tables of what a file has brought.
    public struct Behind: Sendable {
        public let origin: String
        public let number: Int64
        public let applied: Int64
        /// Why the daemon does not apply it; nil: it has not come to it.
        public let reason: String?
    }

    /// The first origin that is not applied here as far as the file goes; nil when all are. Then freshness is adopted,
    /// and a database that is being filled from this peer may have been filled.
    public static func settle(_ session: Session, _ report: Report) throws -> Behind? {
        let through = try JSONText.vector(Vector(numbers: report.end.through))
        if let row = try session.queryOne(SQLText.named("transfer_behind"), [.text(through)]) {
            return Behind(
                origin: try row.text("origin"), number: try row.int("number"), applied: try row.int("applied"),
                reason: row[text: "reason"])
        }
        try BatchReceiver.adoptFreshness(PeerHello(report.header), in: session)
        _ = try Links.finishJoin(session, peer: report.peer)
        return nil
    }
}
