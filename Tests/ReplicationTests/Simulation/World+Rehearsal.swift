@testable import Replication

extension World {
    /// A rehearsal lists exactly what the proposed policy would change, the same in every region.
    func checkRehearsal(_ key: Int, _ published: [Int], _ before: Oracle) throws(SimulationFailure) {
        guard let proposed = setup.proposed, !published.isEmpty else { return }
        let found = rehearse(log(0, key), old: policy, new: proposed)
        // The first and the last: they have received in the most different orders.
        if let region = regions.indices.last, rehearse(log(region, key), old: policy, new: proposed) != found {
            throw SimulationFailure("\(World.origin(region)): row \(key): another rehearsal than in the first region")
        }
        let after = Oracle(published.map { changes[$0].change }, policy: proposed) { later, earlier in
            changes[published[later]].sight.contains(published[earlier])
        }
        var expected: [String] = []
        let comesOrGoes = (before.row == nil) != (after.row == nil)
        if comesOrGoes || isOpen(before, ColumnGroup.existence) != isOpen(after, ColumnGroup.existence) {
            expected.append(ColumnGroup.existence)
        }
        for group in proposed.groups {
            let values = group.columns.map { before.row?[$0] } != group.columns.map { after.row?[$0] }
            let hasCase = isContested(before, group.name) || isContested(after, group.name)
            // A row that comes or goes is told once; so is a value that changes only because existence does.
            guard hasCase, values || isOpen(before, group.name) != isOpen(after, group.name) else {
                if values, !comesOrGoes { expected.append(group.name) }
                continue
            }
            expected.append(group.name)
        }
        guard found.map(\.group) == expected else {
            throw SimulationFailure("row \(key): rehearsed \(found.map(\.group)), by definition \(expected)")
        }
    }

    private func isContested(_ oracle: Oracle, _ group: String) -> Bool {
        oracle.cases.contains { $0.group == group && ($0.closedBy == nil || $0.state == .open) }
    }

    private func isOpen(_ oracle: Oracle, _ group: String) -> Bool {
        oracle.cases.contains { $0.group == group && $0.state == .open }
    }
}
