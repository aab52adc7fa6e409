import Counting
import Testing

@testable import Monitoring

@Suite struct ExpositionTests {
    /// The lines of a metric, without HELP and TYPE.
    private func series(_ exposition: Exposition, _ name: String) -> [String] {
        exposition.text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(name) }
    }

    @Test func labelsKeepChineseAndEscapeWhatTheFormatNeeds() {
        var exposition = Exposition()
        exposition.add(
            "bashu_held_keys", "3", [("schema", "目录"), ("table", "条目 \"甲\"\\乙\n丙"), ("reason", "mass_delete")])
        #expect(
            series(exposition, "bashu_held_keys")
                == [#"bashu_held_keys{schema="目录",table="条目 \"甲\"\\乙\n丙",reason="mass_delete"} 3"#])
    }

    @Test func everyMetricIsNamedOnceWithItsHelpAndType() {
        let lines = Exposition().text.split(separator: "\n").map(String.init)
        #expect(lines.count == 2 * Metric.all.count)
        #expect(lines.allSatisfy { $0.hasPrefix("# HELP bashu_") || $0.hasPrefix("# TYPE bashu_") })
        #expect(lines.contains("# TYPE bashu_cut_duration_seconds histogram"))
    }

    @Test func namesFollowTheConventions() {
        for metric in Metric.all {
            #expect(metric.name.wholeMatch(of: /bashu_[a-z_]+/) != nil, "\(metric.name)")
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            if metric.name.contains("age") { #expect(metric.name.hasSuffix("_age_seconds"), "\(metric.name)") }
            #expect(metric.help.hasSuffix(".") && !metric.help.contains("\n"), "\(metric.name)")
        }
    }

    @Test func numbersAreThoseOfTheFormat() {
        #expect(Exposition.number(0) == "0")
        #expect(Exposition.number(-2) == "-2")
        #expect(Exposition.number(0.25) == "0.25")
        #expect(Exposition.number(.infinity) == "+Inf")
        #expect(Exposition.number(-.infinity) == "-Inf")
        #expect(Exposition.number(.nan) == "NaN")
    }

    @Test func bucketsOfAHistogramAddUp() {
        var histogram = Histogram()
        for seconds in [0.005, 0.006, 2, 1_000] { histogram.observe(seconds) }
        var exposition = Exposition()
        exposition.add("bashu_cut_duration_seconds", histogram)
        let lines = series(exposition, "bashu_cut_duration_seconds")
        #expect(lines.count == Histogram.bounds.count + 3)
        #expect(lines.contains(#"bashu_cut_duration_seconds_bucket{le="0.005"} 1"#))
        #expect(lines.contains(#"bashu_cut_duration_seconds_bucket{le="0.01"} 2"#))
        #expect(lines.contains(#"bashu_cut_duration_seconds_bucket{le="2.5"} 3"#))
        #expect(lines.contains(#"bashu_cut_duration_seconds_bucket{le="300"} 3"#))
        #expect(lines.contains(#"bashu_cut_duration_seconds_bucket{le="+Inf"} 4"#))
        #expect(lines.contains("bashu_cut_duration_seconds_count 4"))
        #expect(lines.contains("bashu_cut_duration_seconds_sum 1002.011"))
    }
}
