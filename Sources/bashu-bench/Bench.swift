import Console

/// One run: starts the servers, measures what the plan says, and reports.
struct Bench {
    let plan: Plan
    let journal: Journal

    func run() async throws -> Report {
        let machineBefore = Machine.now()
        journal.doing("starting two clusters")
        let clusters = try await Clusters.start(seedRows: plan.rows)
        var results = Results()
        for section in plan.sections {
            switch section {
            case .source: try await SourceBench(clusters, plan, journal).run(&results)
            case .drain: try await DrainBench(clusters, plan, journal).run(&results)
            case .latency: try await LatencyBench(clusters, plan, journal).run(&results)
            case .memory: try await MemoryBench(clusters, plan, journal).run(&results)
            case .conflict: try await ConflictBench(clusters, plan, journal).run(&results)
            case .history: try await HistoryBench(clusters, plan, journal).run(&results)
            case .verify: try await VerifyBench(clusters, plan, journal).run(&results)
            }
        }
        let setting = try await Setting.read(clusters, plan)
        return Report(
            plan: plan, results: results, setting: setting, machine: machineBefore, loadAfter: Machine.now().load)
    }
}

/// The order of methods in a round: every round begins with another one, so that none always has the better place.
func rotated<T>(_ methods: [T], round: Int) -> [T] {
    guard !methods.isEmpty else { return [] }
    let first = round % methods.count
    return Array(methods[first...] + methods[..<first])
}
