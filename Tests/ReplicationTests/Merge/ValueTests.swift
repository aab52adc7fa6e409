import Testing

@testable import Replication

@Suite struct ColumnSetTests {
    @Test func behavesLikeASet() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<500 {
            let bound = [10, 64, 65, 200, 1_600][random.below(5)]
            let one = Set((0..<random.below(20)).map { _ in random.below(bound) })
            let other = random.chance(30) ? one.filter { $0 % 2 == 0 } : Set((0..<5).map { _ in random.below(bound) })
            let (left, right) = (ColumnSet(one.shuffled(using: &random)), ColumnSet(other))
            #expect(Array(left) == one.sorted())
            #expect(left.count == one.count)
            #expect(left.isEmpty == one.isEmpty)
            #expect(left.isSuperset(of: right) == one.isSuperset(of: other))
            #expect(left.isDisjoint(with: right) == one.isDisjoint(with: other))
            #expect((left == right) == (one == other))
            for ordinal in 0..<bound + 70 where left.contains(ordinal) != one.contains(ordinal) {
                Issue.record("\(ordinal) in \(one.sorted())")
            }
        }
        #expect(!ColumnSet(first: 3).contains(-1))
        #expect(Array(ColumnSet(first: 130)) == Array(0..<130))
    }
}

@Suite struct RowImageTests {
    @Test func fieldsAreWhatStandsBetweenTabs() {
        for fields in [["现行", "", #"\N"#, "𬭎"], [""], ["", ""], ["a\\tb", "\\\\"]] {
            let slices = fields.map { Array($0.utf8)[...] }
            let built = RowImage(fields: slices)
            let read = RowImage(Array(fields.joined(separator: "\t").utf8))
            #expect(built == read)
            #expect(built.hashValue == read.hashValue)
            for image in [built, read] {
                #expect(image.count == fields.count)
                #expect((0..<image.count).map { image[$0] } == slices)
            }
        }
    }

    @Test func equalityIsBytewise() {
        // é as one character and as two: the same text to Swift, two values to PostgreSQL.
        #expect(KeyLog.image("\u{e9}") != KeyLog.image("e\u{301}"))
        #expect(KeyLog.image("1.0") != KeyLog.image("1.00"))
        #expect(KeyLog.image("a|")[1].isEmpty)
        #expect(RowImage.null == Array(#"\N"#.utf8)[...])
    }
}

@Suite struct HybridClockTests {
    @Test func neverFallsBehindWhatWasSeen() {
        var clock = HybridClock(highest: 5)
        #expect(clock.next(now: 3) == 6)
        #expect(clock.next(now: 9) == 9)
        clock.observe(20)
        clock.observe(11)
        #expect(clock.highest == 20)
        #expect(clock.next(now: 9) == 21)
    }
}
