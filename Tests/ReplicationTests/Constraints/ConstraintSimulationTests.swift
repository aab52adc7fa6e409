import Foundation
import Testing

@testable import Replication

/// Random histories of rows that stand in each other's way.
@Suite struct ConstraintSimulationTests {
    @Test func everyRegionHasTheSameRowsInTheTables() {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["BASHU_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000_000)
        let count: UInt64 = environment["BASHU_LONG"] == nil ? 4_000 : 60_000
        var totals = (parked: 0, kept: 0)
        print("constraints: \(count) histories, BASHU_SEED=\(seed)")
        for one in seed..<(seed + count) {
            if ConstraintHistory(seed: one).failure(&totals) != nil {
                Issue.record("BASHU_SEED=\(one):\n\(ConstraintHistory(seed: one).shrunk().story())")
                return
            }
        }
        print("constraints: \(totals)")
        print("figure simulated histories: \(count)")
        #expect(totals.parked > 200 && totals.kept > 10)
    }

    /// The variants that look right; each is told from the rule by some history.
    @Test(arguments: ConstraintMutant.allCases) func mutantIsCaught(_ mutant: ConstraintMutant) {
        var totals = (parked: 0, kept: 0)
        let found = (UInt64(1)..<3_000).first { ConstraintHistory(seed: $0, mutant: mutant).failure(&totals) != nil }
        guard let found else {
            Issue.record("\(mutant) survives 3000 histories")
            return
        }
        let shrunk = ConstraintHistory(seed: found, mutant: mutant).shrunk()
        print("mutant \(mutant.rawValue): killed by history \(found), \(shrunk.steps.count) steps")
        // What is left of it is the mutant's fault alone.
        #expect(ConstraintHistory(seed: found, steps: shrunk.steps).failure(&totals) == nil)
    }
}

/// A history by its seed and the steps that are left of it: each step has random numbers of its own, so that one may be
/// taken out without changing the others.
struct ConstraintHistory {
    let seed: UInt64
    let mutant: ConstraintMutant?
    private(set) var steps: [UInt64]

    init(seed: UInt64, mutant: ConstraintMutant? = nil, steps: [UInt64]? = nil) {
        self.seed = seed
        self.mutant = mutant
        var random = SplitMix64(seed: seed)
        self.steps = steps ?? Array(0..<UInt64(10 + random.below(30)))
    }

    /// The history without the steps that it fails without.
    func shrunk() -> ConstraintHistory {
        var totals = (parked: 0, kept: 0)
        var smallest = self
        var index = 0
        while index < smallest.steps.count {
            var shorter = smallest
            shorter.steps.remove(at: index)
            if shorter.failure(&totals) != nil { smallest = shorter } else { index += 1 }
        }
        return smallest
    }

    /// What happens in it, as a person can follow it, and what it breaks.
    func story() -> String {
        var totals = (parked: 0, kept: 0)
        var lines: [String] = []
        let failure = failure(&totals) { lines.append($0) }
        let told = lines.enumerated().map { "  \($0.offset + 1). \($0.element)" }
        let test = "#expect(ConstraintHistory(seed: \(seed), steps: \(steps)).failure(&totals) == nil)"
        return (told + ["  => \(failure ?? "nothing")", "As a test: \(test)"]).joined(separator: "\n")
    }

    /// What a history breaks; nil: nothing.
    func failure(
        _ totals: inout (parked: Int, kept: Int), tell: (String) -> Void = { _ in }
    ) -> String? {
        var setup = SplitMix64(seed: seed)
        var world = ConstraintWorld(&setup)
        for step in steps {
            var random = SplitMix64(seed: seed &* 1_000 &+ step)
            let region = random.below(world.regions.count)
            switch random.below(100) {
            case 0..<50:
                guard let key = world.write(region, &random) else { continue }
                tell("\(region) writes \(key): \(world.last)")
                if let broken = Self.ownRowIsGone(world, region, key, mutant) { return broken }
            case 50..<97:
                let peer = random.below(world.regions.count)
                if world.receive(region, from: peer) { tell("\(region) receives a batch that \(peer) has") }
                if let broken = Self.broken(world, region, mutant) { return broken }
            default:
                world.restart(region)
                tell("\(region) begins a new life")
            }
        }
        var moved = true
        while moved {
            moved = false
            for region in world.regions.indices {
                for peer in world.regions.indices where world.receive(region, from: peer) { moved = true }
            }
        }
        let first = Self.verdicts(world, 0, mutant)
        for region in world.regions.indices where Self.verdicts(world, region, mutant) != first {
            return "regions 0 and \(region) differ: \(first) \(Self.verdicts(world, region, mutant))"
        }
        for verdict in first.values {
            if case .parked = verdict { totals.parked += 1 }
            if verdict == .kept { totals.kept += 1 }
        }
        return nil
    }

    private static func verdicts(
        _ world: ConstraintWorld, _ region: Int, _ mutant: ConstraintMutant?
    ) -> ConstraintWorld.Verdicts {
        // The order in which changes came is the order in which a wrong rule meets the rows.
        let order = world.regions[region].log.map { world.changes[$0].key }
        let rows = world.rows(region).sorted {
            (order.lastIndex(of: $0.id) ?? 0, $0.id) < (order.lastIndex(of: $1.id) ?? 0, $1.id)
        }
        return mutant.map { $0.constrain(rows) } ?? constrain(rows)
    }

    /// A committed local write takes its row out of nobody's table at home, unless it deletes one that is needed.
    private static func ownRowIsGone(
        _ world: ConstraintWorld, _ region: Int, _ key: ConstraintWorld.Key, _ mutant: ConstraintMutant?
    ) -> String? {
        if let broken = broken(world, region, mutant) { return broken }
        guard world.changes.last?.change.image != nil else { return nil }
        let verdict = verdicts(world, region, mutant)[key]
        return verdict == .present ? nil : "region \(region) wrote \(key), and it is \(String(describing: verdict))"
    }

    /// What the tables of a region break: a unique value, a reference, or the rule itself.
    private static func broken(
        _ world: ConstraintWorld, _ region: Int, _ mutant: ConstraintMutant?
    ) -> String? {
        let rows = world.rows(region)
        let verdicts = verdicts(world, region, mutant)
        let isIn = { (id: ConstraintWorld.Key) in verdicts[id] == .present || verdicts[id] == .kept }
        var taken: Set<String> = []
        for row in rows where isIn(row.id) {
            for claim in row.claims where !taken.insert("\(claim.index) \(claim.value)").inserted {
                return "region \(region) has \(claim.index) \(claim.value) twice"
            }
            for parent in row.parents where !isIn(parent.id) {
                return "region \(region) has \(row.id) without \(parent.id)"
            }
        }
        for row in rows where row.isAlive && !isIn(row.id) {
            guard case .parked(let reasons) = verdicts[row.id], !reasons.isEmpty else {
                return "region \(region) lost \(row.id) without a reason"
            }
        }
        guard mutant == nil else { return nil }
        if constrain(rows.reversed()) != verdicts { return "the verdict depends on the order of the rows" }
        return isLocal(rows, verdicts) ? nil : "a connected part gives another verdict than the whole"
    }

    /// Each part that is closed under values and references gives what the whole gives.
    private static func isLocal(
        _ rows: [ConstraintRow<ConstraintWorld.Key>], _ verdicts: ConstraintWorld.Verdicts
    ) -> Bool {
        rows.allSatisfy { start in
            var part: Set = [start.id]
            var grows = true
            while grows {
                let members = rows.filter { part.contains($0.id) }
                let next = rows.filter { row in
                    members.contains { other in
                        row.parents.contains { $0.id == other.id } || other.parents.contains { $0.id == row.id }
                            || row.claims.contains { claim in
                                other.claims.contains { $0.index == claim.index && $0.value == claim.value }
                            }
                    }
                }
                let grown = part.union(next.map(\.id))
                grows = grown.count > part.count
                part = grown
            }
            let verdict = constrain(rows.filter { part.contains($0.id) })
            return verdict[start.id] == verdicts[start.id]
        }
    }
}

/// Wrong rules.
enum ConstraintMutant: String, CaseIterable {
    case oldestHolds, arrivalHolds, parkedDoNotClaim, childrenStay, parentsVanish

    func constrain(_ rows: [ConstraintRow<ConstraintWorld.Key>]) -> ConstraintWorld.Verdicts {
        switch self {
        case .oldestHolds:
            return Replication.constrain(
                rows.map { row in
                    changed(row, claims: row.claims.map { claim in
                        .init(
                            index: claim.index, value: claim.value,
                            stamp: ChangeStamp(hlc: -claim.stamp.hlc, id: claim.stamp.id))
                    })
                })
        case .arrivalHolds:
            return Replication.constrain(
                rows.enumerated().map { place, row in
                    changed(row, claims: row.claims.map { claim in
                        .init(
                            index: claim.index, value: claim.value,
                            stamp: ChangeStamp(hlc: Int64(place), id: claim.stamp.id))
                    })
                })
        case .parkedDoNotClaim:
            // Admits rows one by one: who was admitted first matters.
            var verdicts = ConstraintWorld.Verdicts()
            var admitted: [ConstraintRow<ConstraintWorld.Key>] = []
            for row in rows {
                let verdict = Replication.constrain(admitted + [row])
                for (id, found) in verdict { verdicts[id] = found }
                admitted = (admitted + [row]).filter { verdict[$0.id] == .present || verdict[$0.id] == .kept }
            }
            return verdicts
        case .childrenStay:
            return Replication.constrain(rows.map { changed($0, parents: []) })
        case .parentsVanish:
            let verdicts = Replication.constrain(rows)
            return verdicts.mapValues { $0 == .kept ? .absent : $0 }
        }
    }

    private func changed(
        _ row: ConstraintRow<ConstraintWorld.Key>, claims: [ConstraintRow<ConstraintWorld.Key>.Claim]? = nil,
        parents: [ConstraintRow<ConstraintWorld.Key>.Parent]? = nil
    ) -> ConstraintRow<ConstraintWorld.Key> {
        ConstraintRow(
            id: row.id, isAlive: row.isAlive, canBeKept: row.canBeKept, claims: claims ?? row.claims,
            parents: parents ?? row.parents)
    }
}
