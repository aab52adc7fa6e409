import Testing

@testable import Replication

/// Values as `newest_by` compares them, and arrays as `union` merges them.
@Suite struct RuleTests {
    private func field(_ text: String?) -> ArraySlice<UInt8> {
        var bytes: [UInt8] = []
        CopyText.append(text, to: &bytes)
        return bytes[...]
    }

    /// Every value is below the next.
    private func expectAscending(_ order: ValueOrder, _ values: [String?]) {
        for (low, left) in values.enumerated() {
            for (high, right) in values.enumerated() {
                let result = order.compare(field(left), field(right)).signum()
                #expect(result == (low - high).signum(), "\(left ?? "NULL") and \(right ?? "NULL")")
            }
        }
    }

    @Test func numbersCompareAsPostgreSQLDoes() {
        expectAscending(
            .number,
            [
                nil, "-Infinity", "-1e300", "-12345678901234567890.5", "-10", "-9.99", "-1e-7", "0", "0.001", "0.01",
                "1", "1.0000000000000000001", "9.9", "10", "123", "1e3", "12345678901234567890", "1e+21", "Infinity",
                "NaN",
            ])
        #expect(ValueOrder.number.compare(field("1.0"), field("1")) == 0)
        #expect(ValueOrder.number.compare(field("0.0"), field("-0")) == 0)
        #expect(ValueOrder.number.compare(field("100"), field("1e2")) == 0)
    }

    @Test func timesCompareAsPostgreSQLDoes() {
        expectAscending(
            .time,
            [
                nil, "-infinity", "4713-01-01 BC", "0044-03-15 BC", "0044-12-01 BC", "0001-01-01", "1999-12-31",
                "2026-11-24", "10000-01-01", "infinity",
            ])
        expectAscending(
            .time,
            [
                "2026-11-24 09:59:59.999999+00", "2026-11-24 10:00:00+00", "2026-11-24 10:00:00.5+00",
                "2026-11-24 10:00:01+00",
            ])
    }

    @Test(arguments: [
        ("{}", []), ("{a,b}", ["a", "b"]),
        (#"{"a b","c,d","\"q\"","\\","",NULL,"NULL"}"#,
         ["a b", "c,d", "\"q\"", "\\", "", nil, "NULL"]),
        ("{𬭎,\"甲 乙\"}", ["𬭎", "甲 乙"]),
    ] as [(String, [String?])])
    func arraysAreReadAndWrittenAsPostgreSQLDoes(_ text: String, _ elements: [String?]) throws {
        let read = try #require(ArrayElement.parse(field(text)))
        #expect(read.map { $0.bytes.map { String(decoding: $0, as: UTF8.self) } } == elements)
        #expect(ArrayElement.text(read)[...] == field(text))
    }

    @Test(arguments: ["{{1,2},{3,4}}", "[0:1]={1,2}", "a", "{", "", #"{"a"#])
    func whatIsNoPlainArrayIsRefused(_ text: String) {
        #expect(ArrayElement.parse(field(text)) == nil)
    }

    /// An old and a new life of one region are both in the frontier of a group that prefers the region: the newer wins.
    @Test func scenarioY1_twoLivesOfOneRegion() throws {
        let policy = TablePolicy(
            columnCount: 1, groups: [ColumnGroup(name: "g", columns: [0], rule: .prefer(["50"]))])
        let log = [("50-a", Int64(10), "old"), ("50-b", 20, "new"), ("51-x", 30, "other")].map { origin, hlc, value in
            LoggedChange(
                id: ChangeID(origin: OriginID(origin), number: 1, position: 0), kind: .insert, hlc: hlc,
                context: Vector(), written: ColumnSet([0]), image: KeyLog.image(value), present: ColumnSet([0]))
        }
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        let outcomes = orders.map { order in merge(order.map { log[$0] }, policy: policy) }
        for outcome in outcomes {
            #expect(KeyLog.text(outcome.image) == "new")
            #expect(outcome.cases == outcomes[0].cases && outcome.cases.count == 1)
        }
    }
}
