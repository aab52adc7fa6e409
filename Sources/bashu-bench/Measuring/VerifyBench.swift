/// How long `bashuctl verify` takes to compare a large table with the log, and how much memory the daemon needs for it.
struct VerifyBench {
    static let time = "table against log"
    static let memory = "table against log, memory"
    static let methods: [Method] = [.targetDaemon]

    let clusters: Clusters
    let plan: Plan
    let journal: Journal

    init(_ clusters: Clusters, _ plan: Plan, _ journal: Journal) {
        self.clusters = clusters
        self.plan = plan
        self.journal = journal
    }

    func run(_ results: inout Results) async throws {
        let pair = try await BashuPair.make(clusters, "verify")
        try await pair.awaitFollowing(turn: 0)
        _ = try await pair.source.seconds(SampleTable.insert(rows: plan.memoryRows, seedRows: plan.rows))
        try await pair.awaitTarget(
            "the insert of \(plan.memoryRows) rows",
            "SELECT seq FROM \(SampleTable.name) WHERE id = \(plan.memoryRows)", "0")
        // A tenth with a second change: the log is never one line for each row.
        try await pair.source.run("UPDATE \(SampleTable.name) SET seq = 1 WHERE id % 10 = 0")
        try await pair.awaitTarget(
            "the update", "SELECT seq FROM \(SampleTable.name) WHERE id = \(plan.memoryRows)", "1")
        for round in 0..<plan.rounds {
            // A fresh process: its peak is that of the comparison.
            try await pair.stopFollowing()
            try await pair.target.checkpoint()
            try await pair.startFollowing()
            try await pair.awaitFollowing(turn: round + 1)
            journal.doing("verify, round \(round + 1) of \(plan.rounds): \(plan.memoryRows) rows")
            let taken = try ContinuousClock().measure { try Programs.control(pair.target, ["verify"]) }
            let peak = try pair.peakBytes().target
            journal.measured("verify: \(Unit.seconds.text(taken.inSeconds)), \(Unit.bytes.text(peak))")
            results.add(.verify, Self.time, .targetDaemon, .seconds, taken.inSeconds)
            results.add(.verify, Self.memory, .targetDaemon, .bytes, peak)
        }
        try await pair.drop()
    }
}
