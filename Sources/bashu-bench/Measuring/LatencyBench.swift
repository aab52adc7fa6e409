import Glibc
import Postgres

/// How long a commit takes to be seen at the other end, at a steady rate of one-row transactions.
///
/// The writer notes when its commits return; a reader at the target asks again and again for the highest sequence
/// number it can see. Both read the same clock of this machine.
struct LatencyBench {
    static let median = "p50"
    static let tail = "p99"
    static let most = "max"
    static let methods: [Method] = [.core, .bashu]

    let clusters: Clusters
    let plan: Plan
    let journal: Journal

    init(_ clusters: Clusters, _ plan: Plan, _ journal: Journal) {
        self.clusters = clusters
        self.plan = plan
        self.journal = journal
    }

    func run(_ results: inout Results) async throws {
        for round in 0..<plan.rounds {
            for method in rotated(Self.methods, round: round) {
                journal.doing("latency, round \(round + 1) of \(plan.rounds): \(method.title)")
                let values: [Double]
                if method == .core {
                    values = try await measure(try await CorePair.make(clusters, "latency"))
                } else {
                    values = try await measure(try await BashuPair.make(clusters, "latency"))
                }
                for (work, value) in [
                    (Self.median, Statistics.percentile(0.5, of: values)),
                    (Self.tail, Statistics.percentile(0.99, of: values)),
                    (Self.most, Statistics.percentile(1, of: values)),
                ] {
                    journal.measured("latency: \(work), \(method.title): \(Unit.milliseconds.text(value))")
                    results.add(.latency, work, method, .milliseconds, value)
                }
            }
        }
    }

    /// Milliseconds of every transaction after the first second.
    private func measure(_ pair: some Pair) async throws -> [Double] {
        for node in [pair.source, pair.target] {
            try await node.run("CREATE INDEX item_seq ON \(SampleTable.name) (seq)")
        }
        try await pair.source.run(SampleTable.insert(rows: plan.latencyRows, seedRows: plan.rows))
        try await pair.awaitFollowing(turn: 1)
        for node in [pair.source, pair.target] { try await node.administer("VACUUM (ANALYZE) \(SampleTable.name)") }
        try await pair.source.checkpoint()
        try await pair.target.checkpoint()

        let count = plan.latencySeconds * plan.latencyRate
        let (rate, rows) = (plan.latencyRate, plan.latencyRows)
        async let committed = pair.source.owner.run { session in
            try Self.write(session, count: count, rate: rate, rows: rows)
        }
        async let seen = pair.target.owner.run { session in
            try Self.watch(session, count: count, patience: .seconds(count / rate + 60))
        }
        let (commits, sights) = try await (committed, seen)
        try await pair.checkAlive()
        guard sights.count == count else {
            throw BenchError("only \(sights.count) of \(count) transactions were seen\n\(try await pair.report())")
        }
        try await pair.verify()
        try await pair.drop()
        let latencies = zip(commits, sights).map { ($1 - $0).inSeconds * 1_000 }
        return Array(latencies.dropFirst(rate))
    }

    /// Writes at a steady rate and returns when each commit had returned. A writer that is late makes up for it.
    private static func write(
        _ session: Session, count: Int, rate: Int, rows: Int
    ) throws -> [ContinuousClock.Instant] {
        try session.execute(SampleTable.prepareOne)
        let clock = ContinuousClock()
        let start = clock.now
        var commits: [ContinuousClock.Instant] = []
        commits.reserveCapacity(count)
        for seq in 1...count {
            pause(until: start + .seconds(1) / rate * seq)
            try session.execute(SampleTable.updateOne(id: 1 + seq * 7_919 % rows, seq: seq))
            commits.append(clock.now)
        }
        return commits
    }

    /// Looks for the highest number until it is `count` or patience ends; returns when each was first seen: in the
    /// middle between the look before and the answer that showed it.
    private static func watch(
        _ session: Session, count: Int, patience: Duration
    ) throws -> [ContinuousClock.Instant] {
        try session.execute("PREPARE newest AS SELECT max(seq) FROM \(SampleTable.name)")
        let clock = ContinuousClock()
        let end = clock.now + patience
        var sights: [ContinuousClock.Instant] = []
        sights.reserveCapacity(count)
        var before = clock.now
        while sights.count < count, before < end {
            let asked = clock.now
            let newest = try session.query("EXECUTE newest").first.flatMap { try $0[int: 0] } ?? 0
            let middle = before + (clock.now - before) / 2
            while sights.count < min(count, Int(newest)) { sights.append(middle) }
            before = asked
            pause(until: asked + .microseconds(500))
        }
        return sights
    }

    /// Blocks this session's own thread.
    private static func pause(until instant: ContinuousClock.Instant) {
        while true {
            // Again when a signal ends it early.
            let rest = instant - ContinuousClock.now
            guard rest > .zero else { return }
            var time = timespec(
                tv_sec: Int(rest.components.seconds), tv_nsec: Int(rest.components.attoseconds / 1_000_000_000))
            nanosleep(&time, nil)
        }
    }
}
