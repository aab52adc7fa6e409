import Foundation
import Testing

@testable import Replication

@Suite struct SimulationTests {
    /// Histories are numbered from the seed on, so that any one can be run alone.
    @Test func randomHistoriesConverge() async {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["BASHU_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000_000)
        let count = environment["BASHU_HISTORIES"].flatMap { UInt64($0) } ?? 100_000
        print("simulation: \(count) histories, BASHU_SEED=\(seed)")
        print("figure simulated histories: \(count)")
        let failed = await Simulation.firstFailure(seeds: seed..<(seed + count))
        guard let failed else { return }
        let shrunk = History(seed: failed).shrunk()
        Issue.record(
            """
            BASHU_SEED=\(failed) BASHU_HISTORIES=1:
            \(shrunk.story())
            As a test, for RegressionTests.swift:
            \(shrunk.code("history\(failed)"))
            """)
    }

    /// Each mutant is one wrong decision in the model or in the merge.
    @Test(arguments: Mutant.allCases)
    func mutantIsCaught(_ mutant: Mutant) async {
        let seed = await Simulation.firstFailure(seeds: 1..<20_001, mutant: mutant)
        guard let seed else {
            Issue.record("\(mutant) survives 20000 histories")
            return
        }
        let shrunk = History(seed: seed).shrunk(mutant: mutant)
        let end = shrunk.failure(mutant: mutant)?.description.prefix(100) ?? ""
        print("mutant \(mutant.rawValue): killed by history \(seed), \(shrunk.steps.count) steps: \(end)")
        // What is left of it is the mutant's fault alone.
        #expect(shrunk.failure() == nil)
    }
}

enum Simulation {
    /// The lowest seed in some share of the range whose history fails; nil when all hold.
    static func firstFailure(seeds: Range<UInt64>, mutant: Mutant? = nil) async -> UInt64? {
        let workers = UInt64(max(1, ProcessInfo.processInfo.activeProcessorCount))
        return await withTaskGroup(of: UInt64?.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    for seed in stride(from: seeds.lowerBound + worker, to: seeds.upperBound, by: Int(workers)) {
                        if Task.isCancelled { return nil }
                        if History(seed: seed).failure(mutant: mutant) != nil { return seed }
                    }
                    return nil
                }
            }
            for await failed in group {
                guard let failed else { continue }
                group.cancelAll()
                return failed
            }
            return nil
        }
    }
}
