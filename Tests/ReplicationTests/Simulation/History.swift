@testable import Replication

/// A small fast generator: the same numbers from the same seed on every machine.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}

/// Regions and what happens to them, step by step.
struct History: Hashable, Sendable {
    var setup: Setup
    var steps: [Step]
}

extension History {
    /// A random history: 2 to 6 regions, clocks apart by hours, pairs that never speak, 15 to 60 steps.
    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let count = 2 + random.below(5)
        let hour: Int64 = 3_600_000_000
        let skews = (0..<count).map { _ in
            random.chance(50) ? 0 : Int64(random.below(7) - 3) * hour
        }
        var links: Set<[Int]> = []
        for region in 1..<count { links.insert([random.below(region), region]) }
        for region in 1..<count where random.chance(40) {
            let peer = random.below(region)
            links.insert([peer, region])
        }
        var setup = Setup(skews: skews, links: links)
        if random.chance(50) { setup.policy = Setup.policy(&random) }
        var other = SplitMix64(seed: ~seed)
        setup.proposed = Setup.policy(&other, values: setup.policy)
        self.setup = setup
        steps = []
        let length = 15 + random.below(46)
        while steps.count < length {
            let step = Step(random: &random, regions: count, number: steps.count)
            steps.append(step)
            // While something is being applied a writer comes: else most of what can go wrong hardly ever does.
            guard case .apply(let region, _, _, let stages) = step, stages < 6, random.chance(50) else { continue }
            let operation = Operation(random: &random, number: steps.count)
            steps.append(.autocommit(region: region, key: random.below(World.keyCount), operation))
        }
    }
}

extension Step {
    init(random: inout SplitMix64, regions: Int, number: Int) {
        let region = random.below(regions)
        let peer = (region + 1 + random.below(regions - 1)) % regions
        let key = random.below(100) < 70 ? 0 : 1
        let writer = random.below(2)
        switch random.below(100) {
        case 0..<24: self = .autocommit(region: region, key: key, Operation(random: &random, number: number))
        case 24..<36:
            self = .write(region: region, writer: writer, key: key, Operation(random: &random, number: number))
        case 36..<44: self = .commit(region: region, writer: writer)
        case 44..<45: self = .rollback(region: region, writer: writer)
        case 45..<53: self = .cut(region: region)
        case 53..<60:
            self = .pull(region: region, peer: peer, origin: random.below(regions), again: random.chance(20))
        case 60..<75:
            let stages = random.chance(40) ? 7 : 1 + random.below(5)
            self = .apply(region: region, origin: random.below(regions), batches: 1 + random.below(2), stages: stages)
        case 75..<78: self = .recheck(region: region, stages: 1 + random.below(6))
        case 78..<92: self = .sync(region: region, peer: peer)
        case 92..<94: self = .rule(region: region, key: key, pick: random.below(6))
        case 94..<95: self = .takeRuling(region: region)
        case 95..<97: self = .crash(region: region, losing: random.chance(50))
        default: self = .link(region: region, peer: peer, up: random.chance(50))
        }
    }
}

extension Operation {
    init(random: inout SplitMix64, number: Int) {
        // Mostly values of their own, so that a lost one shows; sometimes common ones, so that some are equal.
        let value = random.chance(70) ? 100 + number : 1 + random.below(2)
        switch random.below(10) {
        case 0..<4: self = .insert(first: value, second: random.chance(50) ? value : 1)
        case 4..<8: self = .set(column: random.below(World.columnCount), value: value)
        default: self = .delete
        }
    }
}

extension History {
    /// Runs it; nil when every check holds.
    func failure(mutant: Mutant? = nil) -> SimulationFailure? {
        do {
            try World.run(self, mutant: mutant)
            return nil
        } catch {
            return error
        }
    }

    /// A part of this history that still fails, though perhaps otherwise, and of which no step can be spared.
    func shrunk(mutant: Mutant? = nil) -> History {
        var best = self
        var size = max(1, best.steps.count / 2)
        while true {
            var start = 0
            var hasShrunk = false
            while start < best.steps.count {
                var shorter = best
                shorter.steps.removeSubrange(start..<min(start + size, best.steps.count))
                if shorter.failure(mutant: mutant) != nil {
                    best = shorter
                    hasShrunk = true
                } else {
                    start += size
                }
            }
            if size == 1, !hasShrunk { return best }
            size = max(1, size / 2)
        }
    }

    /// The history as the source of a test, for those that must stay.
    func code(_ name: String) -> String {
        let steps = steps.map { "            \($0.code),\n" }.joined()
        return """
            @Test func \(name)() {
                let history = History(
                    setup: \(setup.code),
                    steps: [
            \(steps)        ])
                #expect(history.failure()?.description == nil)
            }
            """
    }

    /// The history for people, with what it ends in.
    func story(mutant: Mutant? = nil) -> String {
        let hours = setup.skews.map { "\($0 / 3_600_000_000) h" }.joined(separator: ", ")
        let links = setup.links.map { pair in pair.map { World.origin($0).region }.joined(separator: "-") }.sorted()
        let lines = steps.enumerated().map { "  \($0.offset + 1). \($0.element.told)" }
        let end = failure(mutant: mutant)?.description ?? "every check holds"
        return (["clocks off by \(hours); links \(links.joined(separator: " "))"] + lines + ["  => \(end)"])
            .joined(separator: "\n")
    }
}

extension Step {
    /// As it is written in Swift.
    var code: String { sourceText(self) }
}

extension Setup {
    /// As it is written in Swift.
    var code: String {
        let proposed = proposed.map { ", proposed: \(Self.code($0))" } ?? ""
        let links = links.sorted { $0.lexicographicallyPrecedes($1) }
        return "Setup(skews: \(skews), links: \(links), policy: \(Self.code(policy))\(proposed))"
    }

    private static func code(_ policy: TablePolicy) -> String {
        let groups = policy.groups.map {
            "ColumnGroup(name: \"\($0.name)\", columns: \($0.columns), rule: \(sourceText($0.rule)))"
        }.joined(separator: ", ")
        let home = policy.homeColumn.map { ", homeColumn: \($0)" } ?? ""
        return "TablePolicy(columnCount: \(policy.columnCount), groups: [\(groups)]\(home), "
            + "deleteRule: \(sourceText(policy.deleteRule)))"
    }
}

/// What reflection says of a value of the enumerations here, without the names of modules and types.
private func sourceText(_ value: some Any) -> String {
    String(reflecting: value).replacing(/Replication(Tests)?\.[A-Z][A-Za-z]*\./, with: ".")
}
