import Counting
import Synchronization
import Testing

@testable import Monitoring

@Suite struct HealthTests {
    @Test func aPartWithoutSignsOfLifeIsNamed() {
        let start = ContinuousClock.now
        let metrics = DaemonMetrics(version: "1", startedAt: 0, now: start)
        #expect(metrics.health().isGood)
        let isAlive = Mutex(true)
        metrics.watch(.engine) { true }
        metrics.watch(.links) { isAlive.withLock { $0 } }
        #expect(metrics.health().isGood)
        metrics.passed(.links, now: start + .seconds(5))
        isAlive.withLock { $0 = false }
        let found = metrics.health(now: start + .seconds(100))
        #expect(!found.isGood)
        #expect(found.text == "links: no sign of life; the last pass ended 95 s ago")
    }

    @Test func ownershipSaysWhyNot() {
        let metrics = DaemonMetrics(version: "1", startedAt: 0)
        #expect(!metrics.ownership.isGood)
        #expect(metrics.ownership.text.contains("not taken over yet"))
        metrics.engineFailed("no server")
        #expect(metrics.ownership.text.contains("no server"))
        metrics.tookOver()
        #expect(metrics.ownership.isGood)
        metrics.lost()
        #expect(!metrics.ownership.isGood)
        #expect(!metrics.ownership.text.contains("no server"), "an old error is no reason")
    }

    @Test func whatServicesCountIsWritten() throws {
        let start = ContinuousClock.now
        let metrics = DaemonMetrics(version: "0.1 \"甲\"", startedAt: 1_700_000_000, now: start)
        metrics.cut(changes: 3, bytes: 100, took: .milliseconds(20))
        metrics.cut(changes: 4, bytes: 50, took: .seconds(2))
        metrics.applied(batches: 2, changes: 10, bytes: 300, took: .milliseconds(500))
        metrics.held(3)
        metrics.linkAttempted("四川")
        metrics.linkFailed("四川")
        metrics.received(from: "四川", batches: 1, changes: 5, bytes: 70)
        metrics.received(from: "四川", batches: 0, changes: 0, bytes: 30)
        metrics.passed(.engine, now: start + .seconds(4))
        var exposition = Exposition()
        exposition.add(metrics, now: start + .seconds(10))
        let lines = Set(exposition.text.split(separator: "\n").map(String.init))
        for line in [
            #"bashu_build_info{version="0.1 \"甲\""} 1"#, "bashu_daemon_start_time_seconds 1700000000",
            "bashu_daemon_up 0", "bashu_engine_pass_age_seconds 6", "bashu_links_pass_age_seconds 10",
            "bashu_cut_batches_total 2", "bashu_cut_changes_total 7", "bashu_cut_bytes_total 150",
            "bashu_cut_duration_seconds_count 2", "bashu_cut_duration_seconds_sum 2.02",
            #"bashu_cut_duration_seconds_bucket{le="0.025"} 1"#, "bashu_apply_batches_total 2",
            "bashu_apply_changes_total 10", "bashu_apply_bytes_total 300", "bashu_apply_holds_total 3",
            #"bashu_receive_batches_total{peer="四川"} 1"#, #"bashu_receive_changes_total{peer="四川"} 5"#,
            #"bashu_receive_bytes_total{peer="四川"} 100"#, #"bashu_link_attempts_total{peer="四川"} 1"#,
            #"bashu_link_failures_total{peer="四川"} 1"#, "bashu_scrape_failures_total 0",
        ] { #expect(lines.contains(line), "\(line)") }
    }

    @Test func everyCounterIsAMetric() {
        let counters = DaemonMetrics.Counter.allCases.map(\.rawValue)
        for name in counters + DaemonMetrics.PeerCounter.allCases.map(\.rawValue) {
            #expect(Metric.named[name]?.kind == .counter, "\(name)")
        }
    }
}
