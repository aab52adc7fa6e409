import Testing

@testable import Replication

/// Writes that end where they began, with a cut or an apply at every place between them.
@Suite struct PlacementTests {
    private static func set(_ value: Int) -> Operation { .set(column: 0, value: value) }
    private static let fresh = Operation.insert(first: 1, second: 2)

    static let programs: [[Operation]] = [
        [set(9), set(1)],
        [.delete, fresh],
        [.delete, .insert(first: 1, second: 7)],
        [set(9), .delete, fresh],
        [fresh, .delete],
        [fresh, .delete, fresh],
        [fresh, set(9), set(1)],
    ]
    static let remote: [Operation?] = [
        nil, .set(column: 0, value: 5), .set(column: 1, value: 5), .delete, .insert(first: 1, second: 2),
        .insert(first: 5, second: 6),
    ]
    /// What may happen in a gap. Region 50 writes, 51 is the other one.
    static let gaps: [[Step]] = [
        [],
        [.cut(region: 0)],
        [.sync(region: 0, peer: 1)],
        [.pull(region: 0, peer: 1, origin: 1, again: false), .apply(region: 0, origin: 1, batches: 1, stages: 1)],
        [.apply(region: 0, origin: 1, batches: 1, stages: 2), .recheck(region: 0, stages: 2)],
    ]

    @Test(arguments: programs.indices, [false, true])
    func scenarioZ_everyPlacementOfCutsAndApplies(_ program: Int, _ isOneTransaction: Bool) {
        let operations = Self.programs[program]
        for remote in Self.remote {
            for placement in placements(operations.count + 1) {
                let steps = beginning(operations, remote) + middle(operations, placement, isOneTransaction)
                let history = History(setup: Setup(skews: [0, 0], links: [[0, 1]]), steps: steps)
                if history.failure() != nil {
                    Issue.record("\(history.shrunk().story())")
                    return
                }
            }
        }
    }

    /// Both regions have the row, unless the program begins with its insert; then the other region writes.
    private func beginning(_ operations: [Operation], _ remote: Operation?) -> [Step] {
        var steps: [Step] = []
        if operations[0] != Self.fresh {
            steps = [.autocommit(region: 0, key: 0, Self.fresh), .cut(region: 0), .sync(region: 1, peer: 0)]
        }
        if let remote { steps += [.autocommit(region: 1, key: 0, remote), .cut(region: 1)] }
        return steps
    }

    private func middle(_ operations: [Operation], _ placement: [[Step]], _ isOneTransaction: Bool) -> [Step] {
        var steps = placement[0]
        for (operation, gap) in zip(operations, placement.dropFirst()) {
            steps.append(
                isOneTransaction
                    ? .write(region: 0, writer: 0, key: 0, operation) : .autocommit(region: 0, key: 0, operation))
            steps += gap
        }
        return steps + [.commit(region: 0, writer: 0)]
    }

    private func placements(_ count: Int) -> [[[Step]]] {
        guard count > 0 else { return [[]] }
        let shorter = placements(count - 1)
        return Self.gaps.flatMap { gap in shorter.map { [gap] + $0 } }
    }
}
