import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

extension Faults {
    /// Random faults of every kind while three regions write the same rows: after each run everything is equal and
    /// everything is there.
    ///
    /// The seed decides what happens, not how it interleaves: a failure is a failure all the same.
    @Suite struct StormTests {
        private static let faultsPerRun = 10
        private static let runs = 10

        /// Each with databases of its own: what is looked at after a run grows with all the runs before it.
        private static let seeds = (0..<UInt64(Faults.isLong ? 10 : 1)).map { Faults.seed &+ $0 }

        @Test(.serialized, .timeLimit(.minutes(15)), arguments: seeds) func endsEqual(seed: UInt64) async throws {
            print("fault suite: \(Self.runs * Self.faultsPerRun) faults, BASHU_SEED=\(seed)")
            var dice = Dice(seed: seed)
            let storm = try await Storm()
            var committed: [String: Int] = [:]
            for run in 1...Self.runs {
                let progress = try await rage(storm, &dice, "seed \(seed), run \(run)")
                committed.merge(progress.commits) { $0 + $1 }
                let found = try await judge(storm, progress, committed, "seed \(seed), run \(run)")
                try #require(found == [], "seed \(seed), run \(run): \(storm.past)")
            }
            print("figure faults: \(Self.runs * Self.faultsPerRun)")
            print("figure rounds: \(Self.runs)")
            let changes = try await storm.world["52"].value("SELECT sum(changes) FROM bashu.batch")
            print("figure changes: \(changes ?? "0")")
            // It was worth the name.
            let cases = try await storm.world["50"].value("SELECT count(*) FROM bashu.conflict_case")
            #expect(cases.flatMap { Int($0) } ?? 0 > 0, "seed \(seed)")
            for party in storm.world.parties {
                let told = try await party.control("audit")
                #expect(told.status == .exited(0), "seed \(seed), \(party.name): \(told.output)\(told.errors)")
            }
            try await storm.world.stopDaemons()
        }

        private func rage(_ storm: Storm, _ dice: inout Dice, _ name: String) async throws -> StormProgress {
            let progress = StormProgress()
            let seeds = storm.world.parties.map { _ in dice.next() }
            var own = Dice(seed: dice.next())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (party, seed) in zip(storm.world.parties, seeds) {
                    group.addTask { try await StormPeople.look(party, progress) }
                    guard party.kind == .region else { continue }
                    group.addTask { try await StormPeople.write(party, Dice(seed: seed), progress) }
                }
                defer { progress.end() }
                for _ in 0..<Self.faultsPerRun {
                    let enough = progress.tried + 10 + own.below(30)
                    do {
                        try await eventually("people write", timeout: .seconds(60)) { progress.tried >= enough }
                    } catch {
                        throw FederationError("\(name): \(error) (\(storm.past))")
                    }
                    try await storm.strike(&own)
                }
                progress.end()
                try await group.waitForAll()
            }
            return progress
        }

        /// What is wrong after a run.
        private func judge(
            _ storm: Storm, _ progress: StormProgress, _ committed: [String: Int], _ name: String
        ) async throws -> [String] {
            try await storm.calm()
            let run = "\(name) (\(storm.past))"
            let judge = Judge(world: storm.world, run: run, signing: Set(Storm.signing.keys))
            var found = try await judge.findings() + progress.seen
            for party in storm.world.parties where party.kind == .region {
                let counted = try await party.value(
                    "SELECT n FROM ledger WHERE half = 1 AND region = $1", [.text(party.name)])
                let (there, acknowledged) = (counted.flatMap { Int($0) } ?? 0, committed[party.name] ?? 0)
                if there < acknowledged {
                    found.append("\(party.name) has acknowledged \(acknowledged) transactions, and has \(there)")
                }
            }
            return found + storm.said.filter { $0.contains("broken invariant") }
        }
    }
}
