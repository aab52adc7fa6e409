import Foundation
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Metrics, alert rules and dashboard before a real Prometheus, and the guide beside them.
    @Suite struct PrometheusTests {
        private struct Dashboard: Decodable {
            struct Panel: Decodable {
                struct Target: Decodable { let expr: String }
                let title: String
                let targets: [Target]?
            }
            let panels: [Panel]
        }

        private func dashboard() throws -> [(title: String, expression: String)] {
            let text = try MetricsStage.contents("Deploy/grafana/bashu.json")
            let parsed = try JSONDecoder().decode(Dashboard.self, from: Data(text.utf8))
            return parsed.panels.flatMap { panel in
                (panel.targets ?? []).map { target in
                    let expression = target.expr.replacing("$instance", with: ".+")
                        .replacing("$__rate_interval", with: "1m")
                    return (panel.title, expression)
                }
            }
        }

        /// Names of metrics in a text, without the endings of a histogram's series.
        private func metrics(in text: String) -> Set<String> {
            Set(text.matches(of: /bashu_[a-z_]+/).map { match in
                var name = String(match.output)
                for ending in ["_bucket", "_sum", "_count"] where name.contains("_duration_seconds" + ending) {
                    name.removeLast(ending.count)
                }
                return name
            })
        }

        private func documented() throws -> Set<String> {
            let guide = try MetricsStage.contents("Deploy/guide/metrics.md")
            return Set(guide.matches(of: /(?m)^\| `(bashu_[a-z_]+)` \|/).map { String($0.1) })
        }

        @Test func everythingIsTakenAndNothingIsWrong() async throws {
            guard try Prometheus.isInstalled() else { return }
            let world = try await MetricsStage.make()
            let (x, y) = (try await world["50"].metrics(), try await world["51"].metrics())
            let text = try await Scrape.of(x).text
            let checked = try ChildProcess.run("promtool", ["check", "metrics"], standardInput: text)
            #expect(checked.status == .exited(0), "\(checked.errors)")
            #expect(checked.output.isEmpty && checked.errors.isEmpty, "\(checked.output)\(checked.errors)")

            let prometheus = try Prometheus(["重庆": x.port, "四川": y.port])
            try await prometheus.ready()
            try await eventually("both are scraped three times", timeout: .seconds(30), every: .milliseconds(100)) {
                try await prometheus.series("count_over_time(up{job=\"bashu\"}[1m]) >= 3").count == 2
            }
            #expect(try await prometheus.series("up == 1").count == 2)
            let queries = try dashboard()
            #expect(queries.count > 40)
            for (title, expression) in queries {
                #expect(try await !prometheus.series(expression).isEmpty, "\(title): \(expression)")
            }
            try await eventually("every rule has been evaluated", timeout: .seconds(20)) {
                try await prometheus.rules().allSatisfy { $0.health != "unknown" }
            }
            let rules = try await prometheus.rules()
            for rule in rules { #expect(rule.health == "ok", "\(rule.name): \(rule.lastError ?? "")") }
            let alerts = try MetricsStage.contents("Deploy/prometheus/alerts.yml")
            #expect(rules.count == alerts.matches(of: /- alert:/).count)
            let held = try await prometheus.series(#"ALERTS{alertname="BashuHeldKeys",alertstate="pending"}"#)
            #expect(held.map { $0["table"] } == [#"条目 "甲""#])
            #expect(held.first?["instance"] == "重庆")

            // A connection that Prometheus keeps open is no reason to stay.
            for party in world.parties { try await party.stopDaemon(within: .seconds(10)) }
            try await eventually("it notices", timeout: .seconds(20)) {
                try await prometheus.series("up == 0").count == 2
            }
            try await prometheus.close()
        }

        @Test func rulesPassTheirOwnTests() throws {
            guard try Prometheus.isInstalled() else { return }
            for arguments in [["check", "rules", "alerts.yml"], ["test", "rules", "alerts_test.yml"]] {
                let file = MetricsStage.path("Deploy/prometheus/\(arguments[2])")
                let run = try ChildProcess.run("promtool", [arguments[0], arguments[1], file])
                #expect(run.status == .exited(0), "\(run.output)\(run.errors)")
            }
        }

        @Test func theGuideHasEveryMetricAndNoOther() async throws {
            let world = try await Federation.make(regions: ["50"])
            try await world["50"].startDaemon(Party.metricsEnvironment)
            let exported = try await Scrape.of(world["50"].metrics()).metrics
            let documented = try documented()
            #expect(exported.subtracting(documented) == [])
            #expect(documented.subtracting(exported) == [])
            #expect(exported.count > 50)
        }

        @Test func rulesAndDashboardNameOnlyWhatThereIs() throws {
            let documented = try documented()
            for file in ["Deploy/prometheus/alerts.yml", "Deploy/grafana/bashu.json"] {
                #expect(try metrics(in: MetricsStage.contents(file)).subtracting(documented) == [], "\(file)")
            }
        }

        @Test func everyAlertHasItsTextsAndItsPlaceInTheGuide() throws {
            let file = try MetricsStage.contents("Deploy/prometheus/alerts.yml")
            let rules = file.split(separator: "- alert: ").dropFirst()
            let guide = try MetricsStage.contents("Deploy/guide/metrics.md")
            let headings = Set(guide.matches(of: /(?m)^### (Bashu[A-Za-z]+)$/).map { String($0.1) })
            var names: Set<String> = []
            for rule in rules {
                let name = String(rule.prefix { $0 != "\n" })
                names.insert(name)
                for key in ["expr", "for", "severity", "summary", "summary_zh", "description", "description_zh"] {
                    #expect(rule.contains(" \(key): "), "\(name): \(key)")
                }
                #expect(rule.contains("'Deploy/guide/metrics.md#\(name.lowercased())'"), "\(name)")
                let chinese = try #require(rule.split(separator: "summary_zh: ").last)
                #expect(chinese.prefix { $0 != "\n" }.unicodeScalars.contains { $0.value > 0x4E00 }, "\(name)")
            }
            #expect(names == headings)
            #expect(names.count == 23)
        }
    }
}
