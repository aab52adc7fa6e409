import Postgres
import Replication

/// Receives the batches of one origin from one peer, step by step: a step is one transaction here and one statement
/// there.
struct OriginReception {
    let origin: OriginID
    let limits: BatchLimits
    private let requirement: SignatureRequirement
    private var batch: BatchInProgress?
    private var known = KnownShapes([:])
    private var budget = StepBudget()

    init(origin: OriginID, requirement: SignatureRequirement, limits: BatchLimits) {
        self.origin = origin
        self.requirement = requirement
        self.limits = limits
    }

    /// What a step did.
    struct Step {
        /// Highest complete batch afterwards.
        var number: Int64 = 0
        var batches = 0
        /// Changes of these.
        var changes: Int64 = 0
        var bytes: Int64 = 0
        /// Another link has the origin.
        var isBusy = false
        /// The batch that was refused.
        var fault: ReceiveError?
        /// The peer failed in the middle; what had arrived is stored.
        var failure: (any Error)?
    }

    /// Receives some megabytes at most of what the peer has offered, up to batch `offered`. What is thrown leaves
    /// nothing behind.
    mutating func step(
        _ session: Session, _ feed: some BatchSource, offered: Int64, token: Int64
    ) throws -> Step {
        do {
            let start = ContinuousClock.now
            let step = try session.transaction {
                try session.execute("SET LOCAL synchronous_commit = off")
                let step = try transfer(ReceiveStore(session: session), feed, offered: offered, token: token)
                if step.bytes > 0 { try Checkpoint.receiveWritten.reached() }
                return step
            }
            if step.bytes > 0 { try Checkpoint.receiveCommitted.reached() }
            budget.adapt(to: ContinuousClock.now - start)
            if step.fault != nil { batch = nil }
            return step
        } catch {
            // What was read is ahead of what is stored: begin again from the database.
            batch = nil
            throw error
        }
    }

    private mutating func transfer(
        _ store: ReceiveStore, _ feed: some BatchSource, offered: Int64, token: Int64
    ) throws -> Step {
        try store.register(origin)
        var step = Step()
        guard let id = try store.lock(origin) else {
            batch = nil
            step.isBusy = true
            return step
        }
        let state = try store.state(id)
        step.number = state.number
        // Another link may have been faster.
        guard state.number < offered else { return step }
        let (current, replaces) = try resume(store, id, state)
        var incoming = IncomingBatches(first: current, origin: origin, limits: limits, known: known)
        try store.session.copyIn(SQLText.named("receive_copy")) { writer in
            var chunks = ChunkWriter(origin: Int32(truncatingIfNeeded: id), writer: writer)
            try chunks.begin()
            try incoming.receive(feed, maxBytes: budget.bytes, &chunks)
            try chunks.end()
        }
        if incoming.bytes == 0 {
            let cause = incoming.failure ?? feed.unexpected("nothing of batch \(current.number) of \(origin)")
            // What was refused stays as evidence until there is something in its place.
            guard !replaces else { throw cause }
            step.failure = cause
        }
        let vouched = try vouch(for: incoming, store, feed)
        // Last, so that a daemon that takes over need not wait for the peer's network.
        try store.checkFence(token)
        let good = vouched.batches
        for (batch, _) in good { try store.write(batch, origin: id, from: feed.peer, fault: nil) }
        try store.write(good.map { ($0.0.number, $0.1) }, origin: id)
        step.fault = vouched.fault ?? incoming.fault
        let last = vouched.isCut ? vouched.refused : incoming.current
        if let last, last.storedParts > 0 {
            try store.write(last, origin: id, from: feed.peer, fault: step.fault?.description)
        }
        if vouched.isCut { try store.discard(id, beyond: state.number + Int64(good.count) + (last == nil ? 0 : 1)) }
        if let fault = step.fault, let last {
            try store.keepEvidence(
                of: last, origin: id, from: feed.peer, reason: fault.what,
                previous: good.last?.0.root ?? state.digest, vouched.signature)
        }
        step.number += Int64(good.count)
        step.batches = good.count
        step.changes = good.reduce(0) { $0 + $1.0.changes }
        step.bytes = incoming.bytes
        step.failure = step.failure ?? vouched.failure ?? incoming.failure
        batch = vouched.isCut ? nil : incoming.current
        return step
    }

    /// What the signatures of the complete batches say.
    private struct Vouched {
        var batches: [(BatchInProgress, [BatchSignature])] = []
        /// What follows `batches` is not taken.
        var isCut = false
        var refused: BatchInProgress?
        var fault: ReceiveError?
        /// The one that spoke against it.
        var signature: BatchSignature?
        /// The peer could not be asked.
        var failure: (any Error)?
    }

    private func vouch(
        for incoming: IncomingBatches, _ store: ReceiveStore, _ feed: some BatchSource
    ) throws -> Vouched {
        var vouched = Vouched()
        guard let first = incoming.complete.first, let last = incoming.complete.last else { return vouched }
        let check = try SignatureCheck(region: origin.region, requirement, store.session)
        var offered: [Int64: [BatchSignature]] = [:]
        if check.isNeeded {
            do {
                offered = try feed.signatures(of: origin, from: first.number, to: last.number)
            } catch {
                vouched.failure = error
                vouched.isCut = check.isRequired
            }
        }
        guard !vouched.isCut else { return vouched }
        let judged = check.judge(incoming.complete.map { ($0.root ?? [], offered[$0.number, default: []]) })
        for (batch, (kept, fault)) in zip(incoming.complete, judged) {
            guard let fault else {
                vouched.batches.append((batch, kept))
                continue
            }
            vouched.isCut = true
            vouched.refused = batch
            vouched.fault = .notVouchedFor(
                peer: feed.peer, origin: origin, number: batch.number, fault.reason)
            vouched.signature = offered[batch.number]?.first { $0.fingerprint == fault.fingerprint }
            break
        }
        return vouched
    }

    /// The batch to go on with: the one in memory where it is what the database has, else read again from there.
    /// The flag says that something stored was deleted for it.
    private mutating func resume(
        _ store: ReceiveStore, _ id: Int64, _ state: ReceiveStore.State
    ) throws -> (batch: BatchInProgress, replaces: Bool) {
        let number = state.number + 1
        if let batch, batch.number == number, state.fault == nil, Int64(batch.storedParts) == state.parts ?? 0 {
            return (batch, false)
        }
        known = KnownShapes(try store.knownShapes(id))
        let fresh = BatchInProgress(
            origin: origin, number: number, previous: state.digest, limits: limits, known: known)
        guard state.parts != nil else { return (fresh, false) }
        if state.fault == nil, let stored = try read(store, id, into: fresh), Int64(stored.storedParts) == state.parts {
            return (stored, false)
        }
        // Refused, or not what its row says: receive it again from its beginning.
        try store.discard(id, number)
        return (fresh, true)
    }

    /// Reads the stored parts again; nil when they are not sound any more.
    private func read(
        _ store: ReceiveStore, _ id: Int64, into fresh: BatchInProgress
    ) throws -> BatchInProgress? {
        var batch = fresh
        var sound = true
        try store.storedParts(id, fresh.number) { part, bytes in
            guard sound, part == Int64(batch.storedParts) else {
                sound = false
                return
            }
            do {
                try batch.read(bytes)
            } catch is FormatError {
                sound = false
            }
        }
        return sound && !batch.isComplete ? batch : nil
    }
}

/// The batches that arrive in one step.
struct IncomingBatches {
    private(set) var complete: [BatchInProgress] = []
    private(set) var current: BatchInProgress
    private(set) var bytes: Int64 = 0
    private(set) var fault: ReceiveError?
    private(set) var failure: (any Error)?
    private let limits: BatchLimits
    private let known: KnownShapes

    /// Ends the peer's statement; never leaves this file.
    private struct Refused: Error {}
    /// An error of this database, told apart from the peer's.
    private struct LocalFailure: Error { let cause: any Error }

    init(first: BatchInProgress, origin: OriginID, limits: BatchLimits, known: KnownShapes) {
        current = first
        self.limits = limits
        self.known = known
    }

    /// Reads from the peer until it has given `maxBytes`, or a batch is refused, or the peer fails: both are kept
    /// for later, so that what has arrived before is stored.
    mutating func receive(_ feed: some BatchSource, maxBytes: Int64, _ chunks: inout ChunkWriter) throws {
        do {
            try feed.stream(
                current.origin, from: current.number, part: current.storedParts, maxBytes: maxBytes
            ) { number, part, bytes in
                guard number == current.number, part == Int64(current.storedParts) else {
                    throw feed.unexpected("batch \(number), part \(part) where another was asked for")
                }
                do {
                    try chunks.write(number, part, bytes)
                } catch {
                    throw LocalFailure(cause: error)
                }
                try take(bytes, feed.peer)
                try Checkpoint.receivedPart.reached()
            }
        } catch is Refused {
            return
        } catch let error as LocalFailure {
            throw error.cause
        } catch {
            guard !Task.isCancelled else { throw error }
            failure = error
        }
    }

    private mutating func take(_ part: UnsafeRawBufferPointer, _ peer: String) throws {
        bytes += Int64(part.count)
        do {
            try current.read(part)
        } catch let error as FormatError {
            fault = .malformedBatch(
                peer: peer, origin: current.origin, number: current.number, part: current.storedParts - 1, error)
            throw Refused()
        }
        guard let root = current.root else { return }
        for (digest, shape) in current.shapes { known.shapes[digest] = shape }
        complete.append(current)
        current = BatchInProgress(
            origin: current.origin, number: current.number + 1, previous: root, limits: limits, known: known)
    }
}

/// How much a step asks for: about a second's worth, so that a slow network holds no transaction open for long and
/// a fast one is not slowed down by round trips.
struct StepBudget {
    private(set) var bytes: Int64 = 1 << 20

    mutating func adapt(to duration: Duration) {
        if duration < .milliseconds(500) { bytes = min(bytes * 2, 8 << 20) }
        if duration > .seconds(2) { bytes = max(bytes / 2, 256 << 10) }
    }
}
