import Testing

@testable import Replication

/// Situations told step by step.
@Suite struct MergeTests {
    @Test func oneChangeIsTheRow() {
        var log = KeyLog()
        let insert = log.insert("50", at: 1, "现行|𬭎")
        #expect(log.row == "现行|𬭎")
        #expect(log.outcome.isPlain)
        #expect(log.outcome.last == insert)
        #expect(log.outcome.present == ColumnSet(first: 2))
        #expect(log.outcome.cases.isEmpty)
    }

    @Test func concurrentEditsOfDifferentColumnsBothSurvive() {
        var log = KeyLog()
        let first = log.insert("50", at: 1, "现行|无")
        log.update("51", at: 5, "废止|无", writes: [0], seen: [first])
        let last = log.update("52", at: 9, "现行|有", writes: [1], seen: [first])
        #expect(log.row == "废止|有")
        #expect(log.outcome.cases.isEmpty)
        #expect(log.outcome.last == last)
        #expect(!log.outcome.isPlain, "the last image alone does not have both edits")
    }

    @Test func laterEditOfOneColumnWinsAndBothAreRecorded() throws {
        var log = KeyLog()
        let first = log.insert("50", at: 1, "现行|无")
        log.update("51", at: 7, "废止|无", writes: [0], seen: [first], base: "现行|无")
        log.update("50", at: 5, "修订|无", writes: [0], seen: [first], base: "现行|无")
        #expect(log.row == "废止|无")
        #expect(log.outcome.summaries == ["状态 update_origin_differs decided: 50:2 51:1*"])
        let record = try #require(log.outcome.cases.first)
        #expect(record.candidates.map { $0.values.map { $0.map { String(decoding: $0, as: UTF8.self) } } } == [
            ["修订"], ["废止"],
        ])
        #expect(record.candidates.allSatisfy { $0.base == [Array("现行".utf8)[...]] })
        #expect(record.rule == "newest")
    }

    @Test func tiesInTimeGoToTheHigherOrigin() {
        for regions in [["50", "51"], ["51", "50"]] {
            var log = KeyLog()
            for region in regions { log.insert(region, at: 3, "\(region)|x") }
            #expect(log.row == "51|x")
        }
    }

    @Test func equalConcurrentValuesAreNoCase() {
        var log = KeyLog()
        let one = log.insert("50", at: 1, "现行|𬭎")
        let other = log.insert("51", at: 2, "现行|𬭎")
        #expect(log.outcome.cases.isEmpty)
        #expect(!log.outcome.isPlain, "its last change has not seen the other")
        log.update("52", at: 3, "废止|𬭎", writes: [0], seen: [one, other])
        #expect(log.outcome.cases.isEmpty)
        #expect(log.outcome.isPlain)
    }

    @Test func aChainThatWasSeenIsNoCase() {
        var log = KeyLog()
        var seen = log.insert("50", at: 1, "0|x")
        for step in 1...6 {
            seen = log.update(step % 2 == 0 ? "50" : "51", at: Int64(1 + step), "\(step)|x", writes: [0], seen: [seen])
        }
        #expect(log.row == "6|x")
        #expect(log.outcome.isPlain)
        #expect(log.outcome.cases.isEmpty)
    }

    @Test func backToTheOldValueIsAWriteOfItsOwn() {
        var log = KeyLog()
        let first = log.insert("50", at: 1, "甲|x")
        log.update("50", at: 2, "乙|x", writes: [0])
        log.update("50", at: 3, "甲|x", writes: [0])
        log.update("51", at: 4, "丙|x", writes: [0], seen: [first])
        #expect(log.row == "丙|x")
        #expect(log.outcome.summaries == ["状态 update_origin_differs decided: 50:3 51:1*"])
    }

    @Test func thirdCandidateGivesTheSameWinnerInAnyOrder() {
        let values: [(region: String, hlc: Int64)] = [("50", 5), ("51", 9), ("52", 7)]
        for order in permutations([0, 1, 2]) {
            var log = KeyLog()
            for index in order { log.insert(values[index].region, at: values[index].hlc, "\(index)|x") }
            #expect(log.row == "1|x")
            #expect(log.outcome.summaries == ["状态 insert_exists decided: 50:1 52:1 51:1*"])
        }
    }

    @Test func deleteThenInsertAgainIsANewRow() {
        var log = KeyLog()
        let first = log.insert("50", at: 1, "旧|旧")
        let delete = log.delete("51", at: 2, seen: [first])
        #expect(log.row == nil)
        #expect(log.outcome.isPlain)
        log.insert("52", at: 3, "新|新", seen: [delete])
        #expect(log.row == "新|新")
        #expect(log.outcome.isPlain)
        #expect(log.outcome.cases.isEmpty)
    }

    @Test(arguments: [false, true]) func updateBeatsAConcurrentDelete(_ deleteIsNewer: Bool) {
        var log = KeyLog()
        let first = log.insert("50", at: 1, "现行|无")
        log.update("51", at: 5, "废止|无", writes: [0], seen: [first])
        log.delete("52", at: deleteIsNewer ? 9 : 3, seen: [first])
        #expect(log.row == "废止|无")
        #expect(!log.outcome.isPlain)
        let candidates = deleteIsNewer ? "51:1* 52:1" : "52:1 51:1*"
        #expect(log.outcome.summaries == ["existence update_deleted decided: \(candidates)"])
        let values = log.outcome.cases.first?.candidates.map { $0.values?.count }
        #expect(values == (deleteIsNewer ? [2, nil] : [nil, 2]), "the whole row on one side, nothing on the other")
    }

    @Test func deleteAndDeleteAreNoCase() {
        var log = KeyLog()
        let first = log.insert("50", at: 1, "现行|无")
        log.delete("50", at: 3)
        log.delete("51", at: 4, seen: [first])
        #expect(log.row == nil)
        #expect(log.outcome.cases.isEmpty)
    }

    @Test func deletedColumnsDoNotComeBackWithTheUpdateThatKeptTheRow() {
        var log = KeyLog()
        let first = log.insert("50", at: 1, "现行|无")
        let edit = log.update("51", at: 2, "现行|有", writes: [1], seen: [first])
        let delete = log.delete("52", at: 3, seen: [edit])
        log.update("50", at: 4, "废止|无", writes: [0])
        // The row is kept for the edit of 50; the edit of 51 is what the log has of the other column.
        #expect(log.row == "废止|有")
        log.update("51", at: 5, "现行|无", writes: [1], seen: [delete])
        #expect(log.row == "废止|无")
    }

    @Test func aLaterEditSupersedes() {
        var log = KeyLog()
        let one = log.insert("50", at: 1, "甲|x")
        let other = log.insert("51", at: 2, "乙|x")
        let third = log.update("52", at: 3, "丙|x", writes: [0], seen: [one, other])
        #expect(log.row == "丙|x")
        #expect(log.outcome.summaries == ["状态 insert_exists superseded(52:1): 50:1 51:1*"])
        #expect(log.outcome.isPlain)
        log.update("50", at: 4, "丁|x", writes: [0], seen: [third])
        #expect(log.outcome.summaries == ["状态 insert_exists superseded(52:1): 50:1 51:1*"])
    }

    @Test func anEditOfAnotherColumnLeavesTheCaseOpen() {
        var log = KeyLog()
        let one = log.insert("50", at: 1, "甲|x")
        let other = log.insert("51", at: 2, "乙|x")
        log.update("52", at: 3, "乙|y", writes: [1], seen: [one, other])
        #expect(log.row == "乙|y")
        #expect(log.outcome.summaries == ["状态 insert_exists decided: 50:1 51:1*"])
        #expect(!log.outcome.isPlain, "contested, though the last image is the row")
    }

    @Test func twoConcurrentClosersEachCloseIt() {
        var log = KeyLog()
        let one = log.insert("50", at: 1, "甲|x")
        let other = log.insert("51", at: 2, "乙|x")
        log.update("50", at: 3, "丙|x", writes: [0], seen: [other])
        log.update("51", at: 4, "丁|x", writes: [0], seen: [one])
        #expect(log.row == "丁|x")
        #expect(log.outcome.summaries == [
            "状态 insert_exists superseded(50:2): 50:1 51:1*",
            "状态 insert_exists superseded(51:2): 50:1 51:1*",
            "状态 update_origin_differs decided: 50:2 51:2*",
        ])
    }

    @Test func aRulingClosesTheGroupsThatItLists() {
        var log = KeyLog()
        let one = log.insert("50", at: 1, "甲|子")
        let other = log.insert("51", at: 2, "乙|丑")
        let ruling = log.add("52", .ruling, at: 3, "甲|丑", writes: [0], seen: [one, other])
        #expect(log.row == "甲|丑")
        #expect(log.outcome.summaries == [
            "状态 insert_exists ruled(52:1): 50:1 51:1*", "公告 insert_exists decided: 50:1 51:1*",
        ])
        log.update("50", at: 4, "甲|寅", writes: [1], seen: [ruling])
        #expect(log.outcome.summaries == [
            "状态 insert_exists ruled(52:1): 50:1 51:1*", "公告 insert_exists superseded(50:2): 50:1 51:1*",
        ])
        #expect(log.outcome.isPlain)
    }

    @Test func aRulingMayKeepOrBuryTheRow() {
        for isAbsent in [false, true] {
            var log = KeyLog()
            let first = log.insert("50", at: 1, "现行|无")
            let edit = log.update("51", at: 2, "废止|无", writes: [0], seen: [first])
            let delete = log.delete("52", at: 3, seen: [first])
            log.add(
                "50", .ruling, at: 4, isAbsent ? nil : "废止|无", writes: [], existence: true, seen: [edit, delete])
            #expect(log.row == (isAbsent ? nil : "废止|无"))
            #expect(log.outcome.summaries == ["existence update_deleted ruled(50:2): 51:1* 52:1"])
            #expect(log.outcome.isPlain)
        }
    }

    @Test func aRulingAgainstAnUnseenWriteIsANewCase() {
        var log = KeyLog()
        let one = log.insert("50", at: 1, "甲|x")
        let other = log.insert("51", at: 2, "乙|x")
        log.add("52", .ruling, at: 3, "甲|x", writes: [0], seen: [one, other])
        log.update("51", at: 4, "丙|x", writes: [0])
        #expect(log.row == "丙|x")
        #expect(log.outcome.summaries == [
            "状态 insert_exists ruled(52:1): 50:1 51:1*", "状态 ruling_origin_differs decided: 52:1 51:2*",
        ])
    }

    /// Else the person's decision would vanish with the row, and nobody would hear of it.
    @Test func aRulingOnAColumnIsNotBuriedByAConcurrentDelete() {
        var log = KeyLog()
        let one = log.insert("50", at: 1, "甲|x")
        let other = log.insert("51", at: 2, "乙|x")
        log.add("52", .ruling, at: 3, "甲|x", writes: [0], seen: [one, other])
        log.delete("50", at: 4, seen: [other])
        #expect(log.row == "甲|x")
        #expect(log.outcome.summaries.first == "existence ruling_origin_differs decided: 52:1* 50:2")
    }

    @Test func aRulingOnAColumnDoesNotDecideThatTheRowStays() {
        var log = KeyLog()
        let first = log.insert("50", at: 1, "甲|x")
        let edit = log.update("51", at: 2, "乙|x", writes: [0], seen: [first])
        let delete = log.delete("52", at: 3, seen: [first])
        let rival = log.update("50", at: 4, "丙|x", writes: [0])
        log.add("51", .ruling, at: 5, "乙|x", writes: [0], seen: [edit, delete, rival])
        #expect(log.outcome.summaries == [
            "existence update_deleted superseded(51:2): 51:1 52:1 50:2*",
            "状态 update_origin_differs ruled(51:2): 51:1 50:2*",
        ])
    }

    @Test func theMergeDoesNotTrustTheClock() {
        var log = KeyLog()
        let first = log.insert("50", at: 9, "甲|x")
        // Against the rules of the clock: later, by a lower time.
        log.update("51", at: 2, "乙|x", writes: [0], seen: [first])
        #expect(log.row == "乙|x")
        #expect(log.outcome.cases.isEmpty)
        #expect(log.outcome.last == first)
        #expect(!log.outcome.isPlain)
    }
}
