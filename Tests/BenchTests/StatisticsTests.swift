import Testing

@testable import bashu_bench

@Suite struct StatisticsTests {
    @Test func percentilesAreValuesThatWereMeasured() {
        let values = (1...200).map(Double.init).shuffled()
        #expect(Statistics.percentile(0.5, of: values) == 100)
        #expect(Statistics.percentile(0.99, of: values) == 198)
        #expect(Statistics.percentile(1, of: values) == 200)
        #expect(Statistics.percentile(0.99, of: [7]) == 7)
        #expect(Statistics.percentile(0.001, of: values) == 1)
    }

    @Test func theMedianOfAnEvenNumberLiesBetween() {
        #expect(Statistics.median([3, 1, 2]) == 2)
        #expect(Statistics.median([4, 1, 3, 2]) == 2.5)
        #expect(Statistics.median([5]) == 5)
    }

    @Test(arguments: [
        (0.0, 2, "0.00"), (1.005, 1, "1.0"), (-1.25, 1, "-1.3"), (0.999, 2, "1.00"), (12.04, 2, "12.04"),
        (1234.5, 0, "1235"), (.infinity, 1, "?"), (.nan, 1, "?"),
    ])
    func decimals(value: Double, digits: Int, text: String) {
        #expect(decimal(value, digits) == text)
    }

    @Test func everyRoundBeginsWithAnotherMethod() {
        #expect((0..<4).map { rotated(["a", "b", "c"], round: $0) } == [
            ["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"], ["a", "b", "c"],
        ])
        #expect(rotated([Int](), round: 3) == [])
    }
}

@Suite struct MeasureTests {
    private static func results(_ unit: bashu_bench.Unit, core: [Double], bashu: [Double]) -> Results {
        var results = Results()
        for value in core { results.add(.drain, DrainBench.insert, .core, unit, value) }
        for value in bashu { results.add(.drain, DrainBench.insert, .bashu, unit, value) }
        return results
    }

    /// A slow minute of the machine hits both, so the medians of each alone would say something else.
    @Test func costComparesWithinARound() throws {
        let results = Self.results(.seconds, core: [1, 10, 4], bashu: [2, 20, 3])
        let own = try #require(results.find(.drain, DrainBench.insert, .bashu))
        let core = try #require(results.base(of: own))
        #expect(core.method == .core)
        #expect(own.cost(beside: core) == 2)
        #expect(own.median == 3 && own.least == 2 && own.most == 20)
    }

    @Test func fewerTransactionsASecondAreDearer() throws {
        let results = Self.results(.perSecond, core: [100], bashu: [50])
        let own = try #require(results.find(.drain, DrainBench.insert, .bashu))
        #expect(own.cost(beside: try #require(results.base(of: own))) == 2)
    }

    @Test func roundsThatAreMissingAreNotCompared() throws {
        let results = Self.results(.seconds, core: [1, 2], bashu: [1])
        let own = try #require(results.find(.drain, DrainBench.insert, .bashu))
        #expect(own.cost(beside: try #require(results.base(of: own))) == nil)
        let nothing = Self.results(.seconds, core: [0], bashu: [1])
        let other = try #require(nothing.find(.drain, DrainBench.insert, .bashu))
        #expect(other.cost(beside: try #require(nothing.base(of: other))) == nil)
    }

    @Test func targetsAreMetUpToTheirLimit() {
        let plan = Plan()
        #expect(Target.all(Results(), plan).isEmpty)
        var results = Self.results(.seconds, core: [2, 2], bashu: [2, 2])
        results.add(.latency, LatencyBench.median, .bashu, .milliseconds, 50)
        results.add(.memory, MemoryBench.insert, .sourceDaemon, .bytes, 127_999_999)
        results.add(.memory, MemoryBench.insert, .targetDaemon, .bytes, 128_000_000)
        #expect(Target.all(results, plan).map(\.isMet) == [true, false, false])
        let slower = Self.results(.seconds, core: [2], bashu: [2.01])
        #expect(Target.all(slower, plan).map(\.isMet) == [false])
    }
}
