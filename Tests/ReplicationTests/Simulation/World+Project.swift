@testable import Replication

extension World {
    /// What a row should be once `incoming` is in the log too. Without an outcome the change stands for itself.
    func project(_ region: Int, _ key: Int, incoming: [Int]) -> (image: RowImage?, outcome: MergeOutcome?) {
        let log = log(region, key)
        let incoming = incoming.map { changes[$0].change }
        if incoming.count == 1, regions[region].state.known[key] == nil || mutant == .fastForwardIgnoresKnown,
            log.allSatisfy({ incoming[0].hasSeen($0) })
        {
            return (incoming[0].image, nil)
        }
        // What this region has published since it last merged the row has not been judged yet either.
        let merged = regions[region].state.known[key]?.ownNumber ?? .max
        let isNew = { (change: LoggedChange) in
            change.id.origin == World.origin(region) && change.id.number > merged
        }
        let old = log.filter { !isNew($0) }
        let new = log.filter(isNew) + incoming
        var read = log + incoming
        if let index = dominator(of: old, before: new, policy: policy) ?? newestSeen(old, new) {
            read = read.filter { $0.id == old[index].id || $0.hasSeen(old[index]) }
        }
        let outcome = mutatedMerge(read)
        return (outcome.image, outcome)
    }

    /// The mutant that cuts history off at the newest change that all others have seen or precede, contested or not.
    private func newestSeen(_ log: [LoggedChange], _ incoming: [LoggedChange]) -> Int? {
        guard mutant == .historyCutOffAnywhere else { return nil }
        return log.indices.last { index in
            let change = log[index]
            return change.image != nil && incoming.allSatisfy { $0.hasSeen(change) }
                && log.allSatisfy { $0.id == change.id || $0.hasSeen(change) || change.hasSeen($0) }
        }
    }

    mutating func rule(_ region: Int, key: Int, pick: Int) {
        let open = regions[region].state.cases[key].values.filter { $0.closedBy == nil }
            .sorted { $0.group.utf8.lexicographicallyPrecedes($1.group.utf8) }
        guard !open.isEmpty else { return }
        let shown = open[pick % open.count]
        let request = RulingRequest(key: key, shown: shown, choice: pick % shown.candidates.count)
        regions[region].state.rulings.append(request)
        regions[region].durable = regions[region].state
    }

    /// Makes the decision a change of this region, unless the person was shown something else.
    mutating func takeRuling(_ region: Int) throws(SimulationFailure) {
        guard let request = regions[region].state.rulings.first, regions[region].apply == nil,
            !isHeld(region, request.key)
        else { return }
        try cut(region)
        let key = request.key
        regions[region].state.rulings.removeFirst()
        let now = mutatedMerge(log(region, key))
        let shown = request.shown.candidates.map(\.id)
        let isStill = now.cases.contains {
            $0.closedBy == nil && $0.group == request.shown.group && $0.candidates.map(\.id) == shown
        }
        guard isStill || mutant == .rulingUnchecked, let row = now.image else { return }
        guard try isTrueFrontier(region, key, request.shown) else {
            throw SimulationFailure("\(World.origin(region)): a stale ruling on row \(key) was taken")
        }
        publish(region, [key], [decision(region, request, row: row)])
        regions[region].state.recheck.remove(key)
        let outcome = mutatedMerge(log(region, key))
        put(region, key, outcome.image)
        regions[region].state.settled[key] = outcome.image
        store(region, key, outcome)
        regions[region].durable = regions[region].state
    }

    private func decision(_ region: Int, _ request: RulingRequest, row: RowImage) -> LoggedChange {
        let chosen = request.shown.candidates[request.choice]
        let column = policy.groups.first { $0.name == request.shown.group }?.columns[0]
        var fields = [row[0], row[1]]
        if let column, let value = chosen.values?[0] { fields[column] = value }
        let isAbsent = column == nil && chosen.values == nil
        return LoggedChange(
            id: ChangeID(origin: World.origin(region), number: 1, position: 0), kind: .ruling,
            hlc: regions[region].state.clock.next(now: clock(region)), context: Vector(),
            written: ColumnSet(column.map { [$0] } ?? []), writesExistence: column == nil,
            image: isAbsent ? nil : RowImage(fields: fields), present: ColumnSet(first: World.columnCount))
    }
}
