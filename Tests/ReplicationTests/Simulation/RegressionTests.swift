import Testing

@testable import Replication

/// Histories that once broke something, as a failed simulation prints them.
@Suite struct RegressionTests {
    /// Both regions write one value at a time, one of them deletes the row having seen its own: nothing is lost.
    @Test func anEqualValueIsOverwrittenWithItsTwin() {
        let history = History(
            setup: Setup(skews: [0, -7_200_000_000], links: [[0, 1]]),
            steps: [
                .write(region: 1, writer: 0, key: 1, .insert(first: 2, second: 2)),
                .autocommit(region: 0, key: 1, .insert(first: 109, second: 109)),
                .commit(region: 1, writer: 0),
                .cut(region: 0),
                .autocommit(region: 0, key: 1, .delete),
                .autocommit(region: 0, key: 1, .insert(first: 2, second: 2)),
                .write(region: 0, writer: 0, key: 1, .delete),
                .sync(region: 1, peer: 0),
                .autocommit(region: 1, key: 1, .set(column: 1, value: 144)),
                .sync(region: 0, peer: 1),
            ])
        #expect(history.failure()?.description == nil)
    }

    /// What is printed is Swift: the text of a step, and of a setup, is what is written above.
    @Test func aFailurePrintsAsATest() {
        let setup = Setup(
            skews: [0, 5], links: [[0, 1]],
            policy: TablePolicy(
                columnCount: 2,
                groups: [
                    ColumnGroup(name: "a", columns: [0], rule: .newestBy(column: 0, order: .number)),
                    ColumnGroup(name: "b", columns: [1], rule: .prefer(["50"])),
                ], homeColumn: 1, deleteRule: .manual))
        #expect(
            setup.code
                == "Setup(skews: [0, 5], links: [[0, 1]], policy: TablePolicy(columnCount: 2, groups: "
                + #"[ColumnGroup(name: "a", columns: [0], rule: .newestBy(column: 0, order: .number)), "#
                + #"ColumnGroup(name: "b", columns: [1], rule: .prefer(["50"]))], homeColumn: 1, "#
                + "deleteRule: .manual))")
        let step = Step.write(region: 1, writer: 0, key: 1, .insert(first: 2, second: 2))
        #expect(step.code == ".write(region: 1, writer: 0, key: 1, .insert(first: 2, second: 2))")
        #expect(Step.link(region: 0, peer: 1, up: true).code == ".link(region: 0, peer: 1, up: true)")
        #expect(Step.autocommit(region: 0, key: 0, .delete).code == ".autocommit(region: 0, key: 0, .delete)")
    }
}
