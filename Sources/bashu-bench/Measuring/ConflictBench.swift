/// What conflicts cost: the same backlog while none, some or all of its rows were edited at the target too.
struct ConflictBench {
    static let methods: [Method] = [.bashuAlreadyCut]
    /// Percent of the rows that both regions edit in the same column.
    static let shares = [0, 1, 10, 100]
    static func work(_ share: Int) -> String { "update, \(share) % in conflict" }

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
            for share in rotated(Self.shares, round: round) {
                journal.doing("conflicts, round \(round + 1) of \(plan.rounds): \(share) % of the rows")
                try await measure(share, round, &results)
            }
        }
    }

    private func measure(_ share: Int, _ round: Int, _ results: inout Results) async throws {
        let pair = try await BashuPair.make(clusters, "conflict", stopsSource: false)
        let rows = plan.conflictRows
        try await pair.source.run(SampleTable.insert(rows: rows, seedRows: plan.rows))
        try await pair.awaitFollowing(turn: 1)
        try await pair.stopFollowing()
        let mark = round + 1
        try await pair.source.run(SampleTable.update(mark: mark))
        try await pair.awaitCut()
        try await pair.target.run(
            "UPDATE \(SampleTable.name) SET downloads = downloads + 2 WHERE id * 100 <= \(share * rows)::bigint")
        try await pair.source.checkpoint()
        try await pair.target.checkpoint()
        let taken = try await ContinuousClock().measure {
            try await pair.startFollowing()
            try await pair.awaitTarget(
                "the update of \(rows) rows", "SELECT seq FROM \(SampleTable.name) WHERE id = \(rows)", "\(mark)")
        }
        let cases = try await pair.target.value("SELECT count(*) FROM bashu.conflict_case")
        guard cases == "\(share * rows / 100)" else {
            throw BenchError("\(share) % of \(rows) rows make \(cases ?? "no") conflicts\n\(try await pair.report())")
        }
        journal.measured("conflict: \(Self.work(share)): \(Unit.seconds.text(taken.inSeconds))")
        results.add(.conflict, Self.work(share), .bashuAlreadyCut, .seconds, taken.inSeconds)
        try await pair.drop()
    }
}
