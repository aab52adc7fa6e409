/// How fast a backlog goes, made while the receiver was off.
struct DrainBench {
    static let insert = "insert"
    static let update = "update"
    /// Processor time of both servers and all daemons.
    static func processorTime(_ work: String) -> String { "\(work), CPU" }
    static let methods: [Method] = [.core, .coreBinary, .bashu, .bashuAlreadyCut]
    /// As `methods`, with what is measured on the way.
    static let shown: [Method] = [.core, .coreBinary, .bashu, .bashuAlreadyCut, .bashuCut]

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
                journal.doing("drain, round \(round + 1) of \(plan.rounds): \(method.title)")
                try await measure(method, round, &results)
            }
        }
    }

    private func measure(_ method: Method, _ round: Int, _ results: inout Results) async throws {
        switch method {
        case .bashu:
            let pair = try await BashuPair.make(clusters, "drain")
            try await drains(pair, method, round, &results)
        case .bashuAlreadyCut:
            let pair = try await BashuPair.make(clusters, "drain", stopsSource: false)
            try await drains(pair, method, round, &results) { try await pair.awaitCut() }
        default:
            let pair = try await CorePair.make(clusters, "drain", binary: method == .coreBinary)
            try await drains(pair, method, round, &results)
        }
    }

    /// - Parameter prepare: what happens between the load and the start of the receiver; it is measured too.
    private func drains(
        _ pair: some Pair, _ method: Method, _ round: Int, _ results: inout Results,
        prepare: (() async throws -> Void)? = nil
    ) async throws {
        let clock = ContinuousClock()
        try await pair.awaitFollowing(turn: 1)
        for (work, statement, mark) in [
            (Self.insert, SampleTable.insert(rows: plan.rows, seedRows: plan.rows), 0),
            (Self.update, SampleTable.update(mark: round + 1), round + 1),
        ] {
            try await pair.stopFollowing()
            _ = try await pair.source.seconds(statement)
            if let prepare {
                let cut = try await clock.measure { try await prepare() }
                results.add(.drain, work, .bashuCut, .seconds, cut.inSeconds)
                journal.measured("drain: \(work), \(Method.bashuCut.title): \(Unit.seconds.text(cut.inSeconds))")
            }
            try await pair.source.checkpoint()
            try await pair.target.checkpoint()
            let before = ProcessorTime.used(by: pair)
            let taken = try await clock.measure {
                try await pair.startFollowing()
                // The last row, by its key: rows of one transaction become visible together, which `verify` checks.
                try await pair.awaitTarget(
                    "the \(work) of \(plan.rows) rows",
                    "SELECT seq FROM \(SampleTable.name) WHERE id = \(plan.rows)", "\(mark)")
            }
            let used = ProcessorTime.used(by: pair) - before
            try await pair.verify()
            for (name, seconds) in [(work, taken.inSeconds), (Self.processorTime(work), used)] {
                journal.measured("drain: \(name), \(method.title): \(Unit.seconds.text(seconds))")
                results.add(.drain, name, method, .seconds, seconds)
            }
            try await pair.awaitFollowing(turn: mark + 10)
        }
        try await pair.drop()
    }
}
