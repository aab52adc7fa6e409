import Postgres
import TestCluster

/// What writers pay: the same work in a database without anything, with Bashu's capture, and with core's walsender.
struct SourceBench {
    static let insert = "bulk insert"
    static let update = "bulk update"
    static let oneRow = "one-row updates"
    static let oneRowAsync = "one-row updates, async"
    static let methods: [Method] = [.nothing, .capture, .captureAndCut, .walsender]

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
                try await measure(method, round, &results)
            }
        }
    }

    private func measure(_ method: Method, _ round: Int, _ results: inout Results) async throws {
        let node = try await clusters.newSource("source_\(method.rawValue)")
        let companion = try await Companion.start(method, node)
        try await companion.settle()
        for (work, statement) in [
            (Self.insert, SampleTable.insert(rows: plan.rows, seedRows: plan.rows)),
            (Self.update, SampleTable.update(mark: round + 1)),
        ] {
            journal.doing("source, round \(round + 1) of \(plan.rounds): \(work), \(method.title)")
            try await node.checkpoint()
            let seconds = try await node.seconds(statement)
            journal.measured("source: \(work), \(method.title): \(Unit.seconds.text(seconds))")
            results.add(.source, work, method, .seconds, seconds)
            try await companion.settle()
        }
        for (work, commit) in [(Self.oneRow, "on"), (Self.oneRowAsync, "off")] {
            journal.doing("source, round \(round + 1) of \(plan.rounds): \(work), \(method.title)")
            try await node.checkpoint()
            let rate = try await transactionRate(node, synchronousCommit: commit)
            journal.measured("source: \(work), \(method.title): \(Unit.perSecond.text(rate))")
            results.add(.source, work, method, .perSecond, rate)
            try await companion.settle()
        }
        try await companion.end()
        try await node.drop()
    }

    /// One-row transactions a second of all writers together, each with rows of its own.
    private func transactionRate(_ node: Node, synchronousCommit: String) async throws -> Double {
        let (seconds, writers, rows) = (plan.writeSeconds, plan.writers, plan.rows)
        return try await withThrowingTaskGroup(of: Double.self) { group in
            for writer in 0..<writers {
                let connection = try await node.cluster.connection(
                    database: node.database, user: Node.owner, settings: ["synchronous_commit": synchronousCommit])
                group.addTask {
                    let rate = try await connection.run { session in
                        try session.execute(SampleTable.prepareOne)
                        let share = max(1, rows / writers)
                        return try Self.write(session, first: writer * share + 1, share: share, seconds: seconds)
                    }
                    await connection.close()
                    return rate
                }
            }
            return try await group.reduce(0, +)
        }
    }

    private static func write(_ session: Session, first: Int, share: Int, seconds: Int) throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        var count = 0
        while clock.now < end {
            // A stride that has no divisor in common with a round number visits the rows all over the table.
            let id = first + count * 7_919 % share
            try session.execute(SampleTable.updateOne(id: id, seq: count))
            count += 1
        }
        return Double(count) / (clock.now - start).inSeconds
    }
}
