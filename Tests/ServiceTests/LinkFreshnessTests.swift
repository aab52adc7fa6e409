import RegionStore
import Replication
import Testing

@Suite struct LinkFreshnessTests {
    private let origin = OriginID("51-a")

    private func word(_ number: Int64, _ through: String) -> String {
        #"{"51-a": {"number": \#(number), "through": "\#(through)"}}"#
    }

    @Test func waitsForTheBatch() throws {
        var freshness = LinkFreshness()
        try freshness.hear(word(5, "10:00"))
        #expect(try freshness.take(Vector([origin: 4])) == nil)
        #expect(try freshness.take(Vector([origin: 5])) == #"{"51-a":{"number":5,"through":"10:00"}}"#)
        #expect(try freshness.take(Vector([origin: 9])) == nil)
    }

    /// While batches arrive faster than they are applied, the newest word never comes true; the oldest does.
    @Test func advancesUnderABusyStream() throws {
        var freshness = LinkFreshness()
        var adopted: [String] = []
        for number in 1...20 as ClosedRange<Int64> {
            try freshness.hear(word(number, "t\(number)"))
            if let due = try freshness.take(Vector([origin: number - 3])) { adopted.append(due) }
        }
        #expect(adopted.count >= 4)
    }

    @Test func refusesAnotherForm() {
        var freshness = LinkFreshness()
        #expect(throws: StoreError.self) { try freshness.hear(#"{"51-a": 5}"#) }
    }
}
