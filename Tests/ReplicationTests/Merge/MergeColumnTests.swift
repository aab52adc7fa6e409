import Testing

@testable import Replication

/// Columns that some shapes lack, groups of several columns, wide tables.
@Suite struct MergeColumnTests {
    @Test func aColumnAddedLaterKeepsItsValue() {
        var log = KeyLog()
        let first = log.add("50", .insert, at: 1, #"现行|\N"#, writes: [0], has: [0])
        #expect(log.row == #"现行|\N"#)
        #expect(log.outcome.present == ColumnSet([0]), "nobody has a say on the new column")
        #expect(!log.outcome.isPlain, "its image lacks a column")
        let added = log.update("50", at: 2, "现行|有", writes: [1])
        #expect(log.outcome.isPlain)
        // A region that has the older shape still writes the other column.
        log.add("51", .update, at: 3, #"废止|\N"#, writes: [0], seen: [first], has: [0])
        #expect(log.row == "废止|有")
        #expect(log.outcome.present == ColumnSet(first: 2))
        log.add("51", .update, at: 4, #"修订|\N"#, writes: [0], seen: [added], has: [0])
        #expect(log.row == "修订|有")
        #expect(!log.outcome.isPlain)
        #expect(log.outcome.cases.isEmpty)
    }

    @Test func anUnwrittenColumnComesFromTheNewestImageThatHasIt() {
        var log = KeyLog()
        let first = log.add("50", .insert, at: 1, #"现行|\N"#, writes: [0], has: [0])
        log.add("50", .update, at: 2, "修订|默认", writes: [0])
        log.add("51", .update, at: 3, #"废止|\N"#, writes: [0], seen: [first], has: [0])
        #expect(log.row == "废止|默认")
    }

    @Test func columnsOfAGroupStayTogether() {
        let policy = TablePolicy(columnCount: 3, groups: [ColumnGroup(name: "状态组", columns: [0, 1])])
        var log = KeyLog(columns: 3)
        let first = log.insert("50", at: 1, "现行|1990|x")
        log.update("51", at: 5, "废止|1990|x", writes: [0], seen: [first], base: "现行|1990|x")
        log.update("50", at: 4, "现行|1991|x", writes: [1], base: "现行|1990|x")
        let outcome = merge(log.changes, policy: policy)
        #expect(KeyLog.text(outcome.image) == "废止|1990|x")
        #expect(outcome.summaries == ["状态组 update_origin_differs decided: 50:2 51:1*"])
        let texts = outcome.cases[0].candidates.map { $0.base.map { KeyLog.text(RowImage(fields: $0)) } }
        #expect(texts == ["现行|1990", "现行|1990"])
    }

    @Test func namesCannotBeTakenForExistence() {
        let names = ["existence", "\"existence\"", "状态", "\"", "EXISTENCE"]
        let groups = TablePolicy.columns(names: names).groups
        #expect(groups.map(\.columns) == [[0], [1], [2], [3], [4]])
        #expect(Set(groups.map(\.name) + [ColumnGroup.existence]).count == names.count + 1)
        #expect(groups[2].name == "状态")
    }

    @Test func wideTables() {
        let policy = TablePolicy.columns(names: (0..<200).map { "列\($0)" })
        let origins = [OriginID("50-x"), OriginID("51-x")]
        let log = origins.enumerated().map { index, origin in
            LoggedChange(
                id: ChangeID(origin: origin, number: 1, position: 0), kind: .insert, hlc: Int64(index),
                context: Vector(), written: ColumnSet(first: 200),
                image: RowImage(fields: (0..<200).map { Array("\($0 % 2 == 0 ? 0 : index)".utf8)[...] }),
                present: ColumnSet(first: 200))
        }
        let outcome = merge(log, policy: policy)
        #expect(outcome.cases.map(\.group) == stride(from: 1, to: 200, by: 2).map { "列\($0)" })
        #expect(outcome.image == log[1].image)
    }
}
