@testable import Replication

extension World {
    /// What is known of a row: as the region last wrote or read it.
    func known(_ region: Int, _ key: Int) -> RowImage? {
        let state = regions[region].state
        if mutant != .noKnownTable, let row = state.known[key] {
            let own = state.log[key].last { index in
                changes[index].region == region && changes[index].change.id.number > row.ownNumber
                    && changes[index].change.kind != .ruling
            }
            if let own, mutant != .knownWithoutOverride { return changes[own].change.image }
            return row.image
        }
        return log(region, key).max { ($0.hlc, $0.id) < ($1.hlc, $1.id) }?.image
    }

    /// Publishes what local writers changed.
    mutating func cut(_ region: Int, context extra: Vector = Vector()) throws(SimulationFailure) {
        let touched = (0..<World.keyCount).filter { regions[region].state.pending[$0] != nil }
        guard !touched.isEmpty else { return }
        var drafts: [LoggedChange] = []
        var keys: [Int] = []
        for key in touched {
            let draft = difference(region, key)
            try checkDifference(region, key, draft)
            regions[region].state.settled[key] = regions[region].state.table[key]?.image
            if let draft {
                drafts.append(draft)
                keys.append(key)
            }
            regions[region].state.pending[key] = nil
            regions[region].state.isDirty[key] = false
        }
        if !drafts.isEmpty { publish(region, keys, drafts, context: extra) }
        regions[region].durable = regions[region].state
    }

    /// The table against what is known; the identity of the change is filled in by `publish`.
    private func difference(_ region: Int, _ key: Int) -> LoggedChange? {
        let state = regions[region].state
        let known = known(region, key)
        let row = state.table[key]?.image
        guard row != known else { return nil }
        let columns = ColumnSet(first: World.columnCount)
        let now = state.pending[key] ?? 0
        let hlc = mutant == .clockIgnoresWhatItSaw ? now : state.clock.next(now: now)
        var draft = LoggedChange(
            id: ChangeID(origin: World.origin(region), number: 1, position: 0), kind: .insert, hlc: hlc,
            context: Vector(), written: columns, image: row, present: columns)
        if row == nil {
            draft.kind = .delete
            draft.written = ColumnSet()
        } else if let row, let known {
            draft.kind = .update
            draft.written = ColumnSet((0..<World.columnCount).filter { row[$0] != known[$0] })
            draft.base = known
        }
        return draft
    }

    /// Writes the next batch of a region and its place in the region's own log.
    mutating func publish(_ region: Int, _ keys: [Int], _ drafts: [LoggedChange], context extra: Vector = Vector()) {
        let origin = World.origin(region)
        let number = regions[region].state.applied[origin] + 1
        var context = regions[region].state.applied.union(extra)
        if mutant == .contextOfReceived {
            for batch in regions[region].state.received.compactMap(\.last) {
                context[World.origin(batch.origin)] = batch.number
            }
        }
        let sight = World.origins.map { regions[region].state.applied[$0] }
        var batch = Batch(origin: region, number: number, context: context, changes: [], sight: sight)
        for (position, (key, draft)) in zip(keys, drafts).enumerated() {
            var change = draft
            change.id = ChangeID(origin: origin, number: number, position: Int32(position))
            change.context = context
            let sight = ColumnSet(regions[region].state.log[key])
            batch.changes.append(changes.count)
            regions[region].state.log[key].append(changes.count)
            changes.append(PublishedChange(region: region, key: key, change: change, sight: sight))
            regions[region].state.clock.observe(change.hlc)
            if regions[region].state.known[key] != nil, mutant != .noRecheck {
                regions[region].state.recheck.insert(key)
            }
        }
        regions[region].state.applied[origin] = number
        batches[region].append(batch)
    }
}
