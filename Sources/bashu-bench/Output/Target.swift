/// Something that the project wants to be true of its figures.
struct Target: Sendable {
    let name: String
    let limit: String
    /// What was measured, for people.
    let measured: String
    let isMet: Bool

    /// The targets that this run can judge.
    static func all(_ results: Results, _ plan: Plan) -> [Target] {
        var found: [Target] = []
        for work in [DrainBench.insert, DrainBench.update] {
            if let own = results.find(.drain, work, .bashu), let core = results.find(.drain, work, .core),
                let ratio = own.cost(beside: core)
            {
                found.append(
                    Target(
                        name: "drain of an \(work), cut included, beside core", limit: "<= 1.00",
                        measured: decimal(ratio, 2), isMet: ratio <= 1))
            }
        }
        if let latency = results.find(.latency, LatencyBench.median, .bashu) {
            found.append(
                Target(
                    name: "p50 of the latency", limit: "< 50 ms", measured: latency.unit.text(latency.median),
                    isMet: latency.median < 50))
        }
        for work in [MemoryBench.insert, MemoryBench.update] {
            let peaks = MemoryBench.methods.compactMap { results.find(.memory, work, $0)?.most }
            guard let peak = peaks.max() else { continue }
            found.append(
                Target(
                    name: "memory of either bashud, \(work) of \(plan.memoryRows) rows", limit: "< 128 MB",
                    measured: Unit.bytes.text(peak), isMet: peak < 128_000_000))
        }
        return found + verify(results, plan) + history(results, plan)
    }

    /// Judged only beside a daemon that was built without the chain.
    private static func history(_ results: Results, _ plan: Plan) -> [Target] {
        [HistoryBench.insert, HistoryBench.update, HistoryBench.batches(plan)].compactMap { work in
            guard let own = results.find(.history, work, .sm2),
                let base = results.find(.history, work, .unchained), let ratio = own.cost(beside: base)
            else { return nil }
            return Target(
                name: "drain with SM3 and SM2 beside none, \(work)", limit: "<= 1.05", measured: decimal(ratio, 2),
                isMet: ratio <= 1.05)
        }
    }

    private static func verify(_ results: Results, _ plan: Plan) -> [Target] {
        guard let time = results.find(.verify, VerifyBench.time, .targetDaemon),
            let memory = results.find(.verify, VerifyBench.memory, .targetDaemon)
        else { return [] }
        return [
            Target(
                name: "verify of \(plan.memoryRows) rows against the log", limit: "< 10 s",
                measured: time.unit.text(time.median), isMet: time.median < 10),
            Target(
                name: "memory of bashud for it", limit: "< 64 MB", measured: memory.unit.text(memory.most),
                isMet: memory.most < 64_000_000),
        ]
    }
}
