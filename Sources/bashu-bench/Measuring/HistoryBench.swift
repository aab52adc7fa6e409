import TestCluster

/// What chain and signatures cost: the same backlogs with and without them.
///
/// A `bashud` that makes and checks no digests is not the product: it is built for this, with the condition
/// `UNCHAINED`, and named on the command line.
struct HistoryBench {
    static let insert = "insert"
    static let update = "update"
    /// Many small batches: one signature each.
    static func batches(_ plan: Plan) -> String { "\(plan.batches) batches" }
    static let methods: [Method] = [.unchained, .sha256, .sm3, .ed25519, .sm2]
    /// Rows of a small batch.
    private static let batchRows = 100

    let clusters: Clusters
    let plan: Plan
    let journal: Journal

    init(_ clusters: Clusters, _ plan: Plan, _ journal: Journal) {
        self.clusters = clusters
        self.plan = plan
        self.journal = journal
    }

    func run(_ results: inout Results) async throws {
        let methods = Self.methods.filter { $0 != .unchained || plan.unchained != nil }
        for round in 0..<plan.rounds {
            for method in rotated(methods, round: round) {
                journal.doing("history, round \(round + 1) of \(plan.rounds): \(method.title)")
                try await bulk(method, round, &results)
                try await small(method, round, &results)
            }
        }
    }

    /// One transaction with all rows, cut included.
    private func bulk(_ method: Method, _ round: Int, _ results: inout Results) async throws {
        let pair = try await make(method)
        try await pair.awaitFollowing(turn: 1)
        for (work, statement, mark) in [
            (Self.insert, SampleTable.insert(rows: plan.rows, seedRows: plan.rows), 0),
            (Self.update, SampleTable.update(mark: round + 1), round + 1),
        ] {
            try await pair.stopFollowing()
            _ = try await pair.source.seconds(statement)
            try await drain(pair, work, method, &results) {
                try await pair.awaitTarget(
                    "the \(work) of \(plan.rows) rows",
                    "SELECT seq FROM \(SampleTable.name) WHERE id = \(plan.rows)", "\(mark)")
            }
            try await pair.awaitFollowing(turn: mark + 10)
        }
        try await check(pair, method)
        try await pair.drop()
    }

    /// Many batches that were cut, and signed, before.
    private func small(_ method: Method, _ round: Int, _ results: inout Results) async throws {
        let pair = try await make(method, stopsSource: false)
        try await pair.source.run(SampleTable.insert(rows: Self.batchRows, seedRows: plan.rows))
        try await pair.awaitFollowing(turn: 1)
        try await pair.stopFollowing()
        for mark in 1...plan.batches {
            try await pair.source.run(SampleTable.update(mark: mark))
            try await pair.awaitCut()
        }
        try await drain(pair, Self.batches(plan), method, &results) {
            try await pair.awaitTarget(
                "the last of \(plan.batches) batches", "SELECT seq FROM \(SampleTable.name) WHERE id = 1",
                "\(plan.batches)")
        }
        try await check(pair, method)
        try await pair.drop()
    }

    private func drain(
        _ pair: BashuPair, _ work: String, _ method: Method, _ results: inout Results,
        _ arrived: () async throws -> Void
    ) async throws {
        try await pair.source.checkpoint()
        try await pair.target.checkpoint()
        let before = ProcessorTime.used(by: pair)
        let taken = try await ContinuousClock().measure {
            try await pair.startFollowing()
            try await arrived()
        }
        let used = ProcessorTime.used(by: pair) - before
        try await pair.verify()
        for (name, seconds) in [(work, taken.inSeconds), (DrainBench.processorTime(work), used)] {
            journal.measured("history: \(name), \(method.title): \(Unit.seconds.text(seconds))")
            results.add(.history, name, method, .seconds, seconds)
        }
    }

    private func make(_ method: Method, stopsSource: Bool = true) async throws -> BashuPair {
        let signing: DaemonVariant.Signing? =
            switch method {
            case .ed25519: .ed25519
            case .sm2: .sm2
            default: nil
            }
        let variant = DaemonVariant(
            program: method == .unchained ? plan.unchained : nil, digest: method == .sha256 ? "sha256" : "sm3",
            signing: signing)
        return try await BashuPair.make(clusters, "history", stopsSource: stopsSource, variant: variant)
    }

    /// The daemons have done what the row of the table says.
    private func check(_ pair: BashuPair, _ method: Method) async throws {
        let found = try await pair.target.value(
            """
            SELECT (SELECT split_part(encode(substring(c.bytes FOR 32), 'escape'), E'\\t', 3) FROM bashu.chunk c
                     WHERE c.part = 0 ORDER BY c.number DESC LIMIT 1)
                   || count(*) FILTER (WHERE NOT EXISTS (
                          SELECT FROM bashu.signature s JOIN bashu.public_key k ON k.fingerprint = s.fingerprint
                           WHERE (s.origin_id, s.number) = (b.origin_id, b.number) AND k.trusted_at IS NOT NULL))
                   || ' of ' || count(*)
              FROM bashu.batch b
            """)
        let all = try await pair.target.value("SELECT count(*) FROM bashu.batch") ?? "?"
        let unsigned = [.ed25519, .sm2].contains(method) ? "0" : all
        let expected = "\(method == .sha256 ? "sha256" : "sm3")\(unsigned) of \(all)"
        guard found == expected else {
            throw BenchError("\(method.title): \(found ?? "nothing") batches are unsigned, not \(expected)")
        }
    }
}
