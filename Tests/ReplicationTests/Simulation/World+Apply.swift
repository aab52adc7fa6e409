@testable import Replication

extension World {
    /// Begins to apply up to `count` received batches of an origin.
    mutating func startApply(_ region: Int, origin: Int, count: Int) throws(SimulationFailure) {
        try cut(region)
        var applied = regions[region].state.applied
        var batches: [Batch] = []
        for batch in regions[region].state.received[origin].prefix(count) {
            guard applied.covers(batch.context) || mutant == .causeIgnored else { break }
            batches.append(batch)
            applied[World.origin(origin)] = batch.number
        }
        guard !batches.isEmpty else { return }
        var incoming: [Int: [Int]] = [:]
        for index in batches.flatMap(\.changes) { incoming[changes[index].key, default: []].append(index) }
        begin(region, batches: batches, incoming: incoming)
    }

    /// Begins to project again what waits for it.
    mutating func startRecheck(_ region: Int) throws(SimulationFailure) {
        guard !regions[region].state.recheck.isEmpty else { return }
        try cut(region)
        let keys = regions[region].state.recheck.map { ($0, [Int]()) }
        begin(region, batches: [], incoming: Dictionary(uniqueKeysWithValues: keys))
    }

    private mutating func begin(_ region: Int, batches: [Batch], incoming: [Int: [Int]]) {
        let targets = incoming.keys.sorted().map { key in
            Apply.Target(
                key: key, incoming: incoming[key] ?? [], wanted: regions[region].state.table[key]?.incarnation)
        }
        regions[region].apply = Apply(batches: batches, targets: targets)
    }

    /// Goes one stage on; false when it has to wait for a writer or nothing is being applied.
    mutating func advance(_ region: Int) throws(SimulationFailure) -> Bool {
        guard var apply = regions[region].apply else { return false }
        switch apply.stage {
        case .lock:
            guard lock(region, &apply) else {
                regions[region].apply = apply
                return false
            }
            apply.stage = .plan
        case .plan:
            try plan(region, &apply)
            apply.stage = .write
        case .write:
            guard write(region, &apply) else { return false }
            apply.stage = .check
        case .check:
            apply.stage = try check(region, &apply) ? .commit : .plan
        case .commit:
            regions[region].apply = nil
            try commit(region, apply)
            return true
        }
        regions[region].apply = apply
        return true
    }

    /// Locks the rows that were there when the statement began. One that a writer deletes meanwhile is locked by
    /// nobody, and neither is the one that the writer puts in its place.
    private func lock(_ region: Int, _ apply: inout Apply) -> Bool {
        for index in apply.targets.indices {
            let target = apply.targets[index]
            guard target.locked == nil, let wanted = target.wanted else { continue }
            guard regions[region].state.table[target.key]?.incarnation == wanted else { continue }
            if isHeld(region, target.key) { return false }
            apply.targets[index].locked = wanted
        }
        return true
    }

    /// Decides what every row should be, and how to get there from what the table has now.
    private mutating func plan(_ region: Int, _ apply: inout Apply) throws(SimulationFailure) {
        apply.mustRepeat = false
        if mutant == .checkBeforeWrites, isPending(region, apply) { try cut(region) }
        for index in apply.targets.indices {
            var target = apply.targets[index]
            if !apply.isPlanned || mutant != .plannedOnce {
                let projection = project(region, target.key, incoming: target.incoming)
                target.image = projection.image
                target.outcome = projection.outcome
            }
            let row = regions[region].state.table[target.key]?.image
            target.action =
                switch (row, target.image) {
                case (nil, nil): .nothing
                case (nil, .some): .insert
                case (.some, nil): .delete
                case (let row?, let image?): row == image ? .nothing : .update
                }
            target.isWritten = false
            apply.targets[index] = target
        }
        apply.isPlanned = true
    }

    /// Writes in sets: what a statement does not find it does not write; an insert that meets a row is skipped.
    private func write(_ region: Int, _ apply: inout Apply) -> Bool {
        let waits = apply.targets.contains { $0.action != .nothing && isHeld(region, $0.key) }
        guard !waits else { return false }
        for index in apply.targets.indices {
            let exists = regions[region].state.table[apply.targets[index].key] != nil
            switch apply.targets[index].action {
            case .nothing: break
            case .insert:
                apply.targets[index].isWritten = !exists
                if exists { apply.mustRepeat = true }
            case .update, .delete:
                apply.targets[index].isWritten = exists
            }
        }
        return true
    }

    private func isPending(_ region: Int, _ apply: Apply) -> Bool {
        apply.targets.contains { regions[region].state.pending[$0.key] != nil }
    }

    /// Whether nothing was written locally that is not in the log. Else it is cut, and apply plans again.
    private mutating func check(_ region: Int, _ apply: inout Apply) throws(SimulationFailure) -> Bool {
        let pending = isPending(region, apply) && mutant != .noForcedCut && mutant != .checkBeforeWrites
        guard pending || apply.mustRepeat else { return true }
        for index in apply.targets.indices { apply.targets[index].isWritten = false }
        var flight = Vector()
        if mutant == .contextOfBatchInFlight {
            for batch in apply.batches { flight[World.origin(batch.origin)] = batch.number }
        }
        try cut(region, context: flight)
        return false
    }

    private mutating func commit(_ region: Int, _ apply: Apply) throws(SimulationFailure) {
        for target in apply.targets {
            let key = target.key
            if target.isWritten {
                if regions[region].state.isDirty[key] {
                    throw SimulationFailure("\(World.origin(region)): apply overwrote row \(key) unpublished")
                }
                put(region, key, target.image)
                regions[region].state.settled[key] = target.image
            }
            regions[region].state.log[key] += target.incoming
            regions[region].state.recheck.remove(key)
            if let outcome = target.outcome { store(region, key, outcome) }
        }
        for batch in apply.batches {
            let shown = World.origins.map { regions[region].state.applied[$0] }
            guard zip(shown, batch.sight).allSatisfy({ $0 >= $1 }) else {
                throw SimulationFailure("\(World.origin(region)): shows a batch before what its writer had seen")
            }
            regions[region].state.applied[World.origin(batch.origin)] = batch.number
            for index in batch.changes { regions[region].state.clock.observe(changes[index].change.hlc) }
        }
        if let origin = apply.batches.first?.origin {
            regions[region].state.received[origin].removeFirst(apply.batches.count)
        }
        for target in apply.targets { try checkAtRest(region, target.key) }
    }

    /// Keeps what a merge said: what is known where that is not plain, and the cases.
    mutating func store(_ region: Int, _ key: Int, _ outcome: MergeOutcome) {
        let own = regions[region].state.applied[World.origin(region)]
        regions[region].state.known[key] =
            outcome.isPlain ? nil : KnownRow(image: outcome.image, ownNumber: own)
        regions[region].state.cases[key] = regions[region].state.cases[key].filter { $0.key.closedBy != nil }
        for record in outcome.cases where mutant != .casesAsTheyAreMet || record.closedBy == nil {
            regions[region].state.cases[key][CaseID(group: record.group, closedBy: record.closedBy)] = record
        }
    }
}
