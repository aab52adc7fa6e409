internal import Postgres
internal import Replication

/// A received batch that waits to be applied.
struct ReceivedBatch {
    let originID: Int
    let origin: OriginID
    let number: Int64
    let changes: Int64
    let bytes: Int64
    let context: Vector
    /// Root in hexadecimal.
    let digest: String
    let hlcMax: Int64

    /// Of a row of `apply_next` or `retention_next`.
    ///
    /// - Parameter names: the origins by their ids here.
    init(_ row: Row, names: [Int: OriginID]) throws {
        originID = Int(try row.int("origin_id"))
        guard let origin = names[originID] else { throw StoreError.unexpectedResult("a batch of an unknown origin") }
        self.origin = origin
        number = try row.int("number")
        changes = try row.int("changes")
        bytes = try row.int("bytes")
        context = try JSONText.vector(row.text("context"))
        digest = try row.text("digest")
        hlcMax = try row.int("hlc_max")
    }
}

/// Batches that are applied in one transaction: of each origin consecutive ones, next to what is applied, and every
/// context covered by what is applied together with the batches before it in the group.
struct ApplyGroup {
    private(set) var batches: [ReceivedBatch] = []

    /// It, as work that is done.
    func work(took: Duration) -> EngineTally.Work {
        EngineTally.Work(
            batches: Int64(batches.count), changes: batches.reduce(0) { $0 + $1.changes },
            bytes: batches.reduce(0) { $0 + $1.bytes }, took: took)
    }

    /// Bounds of a group of several batches: a single batch may be of any size.
    static let changesMax: Int64 = 100_000
    static let bytesMax: Int64 = 64 << 20
    static let batchesMax = 2_000

    /// The longest group that can be applied on top of `applied`, within the bounds.
    ///
    /// - Parameters:
    ///   - waiting: Received batches, of each origin consecutive from the next one on.
    ///   - held: Origins whose next batch is not to be tried now.
    init(waiting: [ReceivedBatch], applied: Vector, held: Set<Int>) {
        var queues: [Int: ArraySlice<ReceivedBatch>] = [:]
        for batch in waiting where !held.contains(batch.originID) {
            queues[batch.originID, default: []].append(batch)
        }
        var reached = applied
        var changes: Int64 = 0
        var bytes: Int64 = 0
        var progress = true
        while progress {
            progress = false
            for id in queues.keys.sorted() {
                while let next = queues[id]?.first, next.number == reached[next.origin] + 1,
                    reached.covers(next.context)
                {
                    let fits = changes + next.changes <= Self.changesMax && bytes + next.bytes <= Self.bytesMax
                        && batches.count < Self.batchesMax
                    guard batches.isEmpty || fits else { return }
                    batches.append(next)
                    reached[next.origin] = next.number
                    changes += next.changes
                    bytes += next.bytes
                    queues[id]?.removeFirst()
                    progress = true
                }
            }
        }
    }

    /// Only the first batch: what is tried when a group is refused.
    init(single batch: ReceivedBatch) { batches = [batch] }

    /// Only keys to project again.
    init() {}

    var isEmpty: Bool { batches.isEmpty }

    /// For every origin the least that a batch of the group had seen of it.
    func seen(of origin: OriginID) -> Int64 {
        let judged = Mutation.judgedByLastContext.isOn ? Array(batches.suffix(1)) : batches
        return judged.map { $0.context[origin] }.min() ?? .max
    }

    /// Runs of consecutive batches of one origin, in the group's order.
    var runs: [(originID: Int, first: Int64, last: Int64)] {
        var result: [(originID: Int, first: Int64, last: Int64)] = []
        for batch in batches {
            if let last = result.last, last.originID == batch.originID, last.last + 1 == batch.number {
                result[result.count - 1].last = batch.number
            } else {
                result.append((batch.originID, batch.number, batch.number))
            }
        }
        return result
    }
}

/// A key to be projected again.
struct RecheckKey: Hashable {
    let tableID: Int
    let digest: String
    let key: String
    var reason = ""
}

/// Why apply gave up an attempt; what it had done is rolled back.
enum ApplyInterrupt: Error {
    /// A marker or a changed shape: cut, then start over.
    case cutFirst
    /// Rows that differ from what is known although nothing is pending: hint them, cut, start over.
    case drift([Int: [String]])
    /// Somebody holds a row: wait for that one alone, then start over.
    case rowLocked(tableID: Int, key: String, deletes: Bool)
}

/// A direct apply met what needs more than to be written: once more, the long way.
struct NotDirect: Error {}

/// How far apply goes to get its row locks.
struct LockPatience {
    /// Attempts before this one that did not get all locks.
    let failures: Int

    /// Attempts that let go of everything when a row is locked, before apply waits while it holds others.
    static let skippingMax = 3
    /// Half of PostgreSQL's default deadlock_timeout, less what the forced cut may take: so that we give way.
    static let waitMilliseconds = 400
    static let waitMillisecondsMax = 30_000

    var skips: Bool { failures < Self.skippingMax }

    /// lock_timeout of the whole attempt, milliseconds.
    var timeoutMilliseconds: Int {
        let doublings = max(0, failures - Self.skippingMax - 3)
        return min(Self.waitMillisecondsMax, Self.waitMilliseconds << min(doublings, 10))
    }
}

extension ApplyRun {
    /// What an erasure of its key stands against goes from the log, now and whenever it arrives.
    func takeOutErased() throws {
        guard try session.queryOne(SQLText.named("erasure_any"))?.bool(0) == true else { return }
        guard try !GoneLines.takeOut("erasure_take_out", session).isEmpty else { return }
        try session.execute(SQLText.named("erasure_cases"))
        try session.execute(SQLText.named("erasure_rulings"))
    }
}
