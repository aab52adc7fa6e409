import Glibc
import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Metrics of a database that answers in part, or not at all.
    @Suite struct MetricsTroubleTests {
        @Test func aStatementThatFailsTakesOnlyItsOwnMetricsAway() async throws {
            let world = try await Federation.make(regions: ["50"])
            let party = world["50"]
            try await party.startDaemon(Party.metricsEnvironment)
            let http = try await party.metrics()
            #expect(try await Scrape.of(http)["bashu_recheck_keys"] == 0)
            try await party.run("ALTER TABLE bashu.recheck RENAME COLUMN attempts TO tries", as: .superuser)
            let part = try await Scrape.of(http)
            #expect(part["bashu_recheck_keys"] == nil)
            #expect(part["bashu_database_up"] == 1)
            #expect(part["bashu_shared_tables"] == 2)
            #expect(part["bashu_log_size_bytes{relation=\"chunk\"}"] != nil, "what comes after it")
            #expect(part["bashu_scrape_failures_total"] == 1)
            try await party.run("ALTER TABLE bashu.recheck RENAME COLUMN tries TO attempts", as: .superuser)
            #expect(try await Scrape.of(http)["bashu_recheck_keys"] == 0)
        }

        /// Nobody waits longer than Prometheus would, and all who wait get the same.
        @Test func aServerThatHangsHoldsNoAnswer() async throws {
            let world = try await Federation.make(regions: ["50"])
            let party = world["50"]
            try await party.startDaemon(Party.metricsEnvironment)
            let http = try await party.metrics()
            #expect(try await Scrape.of(http)["bashu_database_up"] == 1)
            let found = try await party.value(
                """
                SELECT pid FROM pg_stat_activity
                 WHERE datname = current_database() AND application_name = 'bashud metrics'
                """)
            let server = try #require(found.flatMap { pid_t($0) }, "one session, which is kept")
            kill(server, SIGSTOP)
            defer { kill(server, SIGCONT) }
            let began = ContinuousClock.now
            async let first = Scrape.of(http)
            async let second = Scrape.of(http)
            async let readiness = http.get("/readyz")
            for scrape in try await [first, second] {
                #expect(scrape["bashu_database_up"] == 0)
                #expect(scrape["bashu_daemon_up"] == 1)
            }
            let unready = try await readiness
            #expect(unready.status == 503)
            #expect(unready.body.hasPrefix("the database has not answered within "))
            #expect(ContinuousClock.now - began < .seconds(10))
            kill(server, SIGCONT)
            try await eventually("the database is read again") { try await Scrape.of(http)["bashu_database_up"] == 1 }
            #expect(try await http.get("/readyz").status == 200)

            kill(server, SIGSTOP)
            async let last = http.get("/metrics")
            try await party.stopDaemon(within: .seconds(10))
            _ = try await last
        }
    }
}
