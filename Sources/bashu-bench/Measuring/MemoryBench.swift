/// The most memory that the daemons need for one huge transaction.
struct MemoryBench {
    static let insert = "insert"
    static let update = "update"
    static let methods: [Method] = [.sourceDaemon, .targetDaemon]

    let clusters: Clusters
    let plan: Plan
    let journal: Journal

    init(_ clusters: Clusters, _ plan: Plan, _ journal: Journal) {
        self.clusters = clusters
        self.plan = plan
        self.journal = journal
    }

    /// Once: there is little chance in it, and much work.
    func run(_ results: inout Results) async throws {
        let pair = try await BashuPair.make(clusters, "memory")
        try await pair.awaitFollowing(turn: 0)
        for (work, statement, mark) in [
            (Self.insert, SampleTable.insert(rows: plan.memoryRows, seedRows: plan.rows), 0),
            (Self.update, SampleTable.update(mark: 1), 1),
        ] {
            // Fresh processes: the peak is this transaction's.
            try await pair.stopFollowing()
            try await pair.startFollowing()
            try await pair.awaitFollowing(turn: mark + 1)
            journal.doing("memory: \(work) of \(plan.memoryRows) rows in one transaction")
            _ = try await pair.source.seconds(statement)
            try await pair.awaitTarget(
                "the \(work) of \(plan.memoryRows) rows",
                "SELECT seq FROM \(SampleTable.name) WHERE id = \(plan.memoryRows)", "\(mark)")
            try await pair.verify()
            let peak = try pair.peakBytes()
            for (method, bytes) in [(Method.sourceDaemon, peak.source), (.targetDaemon, peak.target)] {
                journal.measured("memory: \(work), \(method.title): \(Unit.bytes.text(bytes))")
                results.add(.memory, work, method, .bytes, bytes)
            }
        }
        try await pair.drop()
    }
}
