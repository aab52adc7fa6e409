import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Metrics and health of a real daemon.
    @Suite struct MetricsTests {
        private static let quoted = #"schema="public",table="条目 \"甲\"""#

        /// One title written by both regions while they do not hear of each other, and a row of the table with quotes.
        private func makeConflict(_ world: Federation) async throws {
            let (x, y) = (world["50"], world["51"])
            try await x.run("INSERT INTO standard (number, title) VALUES ('GB 1', '一'), ('GB 2', '二')")
            try await x.run(#"INSERT INTO "条目 ""甲""" VALUES ('GB 1', 1, '第一条')"#)
            try await world.converged()
            try await world.stopDaemons()
            try await x.run(#"UPDATE "条目 ""甲""" SET "正文" = '渝' WHERE number = 'GB 1'"#)
            try await y.run(#"UPDATE "条目 ""甲""" SET "正文" = '川' WHERE number = 'GB 1'"#)
        }

        @Test func valuesAreWhatTheDatabaseSays() async throws {
            let world = try await Federation.make(regions: ["50", "51"], replicas: ["cqu": "50"])
            let (x, y) = (world["50"], world["51"])
            try await world.startDaemons()
            try await makeConflict(world)
            for party in [y, world["cqu"]] { try await party.startDaemon() }
            try await x.startDaemon(Party.metricsEnvironment)
            try await world.converged()
            let http = try await x.metrics()
            let origin = try #require(try await x.value("SELECT name FROM bashu.origin WHERE own"))
            let other = try #require(try await x.value("SELECT name FROM bashu.origin WHERE NOT own"))
            try await eventually("both links are quiet, and everybody has reported") {
                let scrape = try await Scrape.of(http)
                return scrape[#"bashu_link_state{peer="51",state="waiting"}"#] == 1
                    && scrape.all("bashu_origin_freshness_age_seconds").count == 2
                    && scrape.all("bashu_peer_unflushed_batches").values.allSatisfy { $0 == 0 }
            }
            let scrape = try await Scrape.of(http)

            #expect(scrape[#"bashu_node_info{kind="region",region="50",origin="\#(origin)"}"#] == 1)
            for (name, value) in [
                ("bashu_daemon_up", 1.0), ("bashu_database_up", 1), ("bashu_node_joining", 0),
                ("bashu_shared_tables", 2), ("bashu_degraded_tables", 0), ("bashu_pending_rows", 0),
                ("bashu_recheck_keys", 0), ("bashu_scrape_failures_total", 0), ("bashu_engine_failures_total", 0),
            ] { #expect(scrape[name] == value, "\(name)") }
            for (name, region) in [(origin, "50"), (other, "51")] {
                let labels = "{origin=\"\(name)\",region=\"\(region)\"}"
                let applied = try await x.number(
                    "SELECT number FROM bashu.applied JOIN bashu.origin ON id = origin_id WHERE name = '\(name)'")
                #expect(scrape["bashu_origin_applied_batch" + labels] == applied)
                #expect(scrape["bashu_origin_unapplied_batches" + labels] == 0)
                #expect(try #require(scrape["bashu_origin_freshness_age_seconds" + labels]) < 15)
            }
            #expect(scrape.all("bashu_link_state").count == 6)
            #expect(scrape.all("bashu_link_state").values.reduce(0, +) == 1)
            #expect(try #require(scrape[#"bashu_link_contact_age_seconds{peer="51"}"#]) < 15)
            #expect(scrape.all("bashu_peer_unflushed_batches").count == 2)

            let cases = try await x.number("SELECT count(*) FROM bashu.conflict_case")
            #expect(try #require(cases) > 0)
            #expect(scrape.all("bashu_conflict_cases").values.reduce(0, +) == cases)
            #expect(scrape.all("bashu_conflict_cases").keys.allSatisfy { $0.contains(Self.quoted) })
            #expect(scrape["bashu_open_cases"] == 0)
            let size = try await x.number("SELECT pg_total_relation_size('bashu.chunk')")
            #expect(scrape[#"bashu_log_size_bytes{relation="chunk"}"#] == size)
            try await expectCounts(x, scrape, other)
            try await world.stopDaemons()
        }

        /// The daemon of 50 was started before its last own batch and the last of 51.
        private func expectCounts(_ x: Party, _ scrape: Scrape, _ other: String) async throws {
            let own = try await x.rows(
                """
                SELECT b.changes, b.bytes FROM bashu.batch b JOIN bashu.origin o ON o.id = b.origin_id
                 WHERE o.own ORDER BY b.number DESC LIMIT 1
                """).first ?? []
            #expect(scrape["bashu_cut_batches_total"] == 1)
            #expect(scrape["bashu_cut_changes_total"] == own[0].flatMap(Double.init))
            #expect(scrape["bashu_cut_bytes_total"] == own[1].flatMap(Double.init))
            #expect(scrape["bashu_cut_duration_seconds_count"] == 1)
            #expect(try #require(scrape["bashu_cut_duration_seconds_sum"]) > 0)
            let received = try await x.rows(
                """
                SELECT count(*), sum(b.changes), sum(b.bytes)
                  FROM bashu.batch b JOIN bashu.origin o ON o.id = b.origin_id WHERE o.name = '\(other)'
                """).first ?? []
            for (index, what) in ["batches", "changes", "bytes"].enumerated() {
                let truth = received[index].flatMap(Double.init)
                #expect(scrape["bashu_receive_\(what)_total{peer=\"51\"}"] == truth, "\(what)")
                #expect(scrape["bashu_apply_\(what)_total"] == truth, "\(what)")
            }
            #expect(scrape["bashu_apply_duration_seconds_count"] == received[0].flatMap(Double.init))
        }

        /// What waits for others or for people, against what the tables have.
        @Test func whatWaitsIsCounted() async throws {
            let world = try await MetricsStage.make()
            let (x, y) = (world["50"], world["51"])
            let there = try #require(try await y.value("SELECT name FROM bashu.origin WHERE own"))
            let labels = "origin=\"\(there)\",region=\"51\""
            let here = try await Scrape.of(x.metrics())
            #expect(here["bashu_origin_unapplied_batches{\(labels)}"] == 1)
            #expect(here["bashu_origin_unapplied_changes{\(labels)}"] == 2)
            #expect(try #require(here["bashu_origin_unapplied_age_seconds{\(labels)}"]) > 0)
            let hold = "bashu_origin_hold{\(labels),reason=\"schema\",sqlstate=\"42703\"}"
            #expect(here.all("bashu_origin_hold") == [hold: 1])
            #expect(try #require(here["bashu_apply_holds_total"]) >= 1)
            #expect(here[#"bashu_link_missing_batches{peer="51"}"#] == 1)
            #expect(here["bashu_held_keys{\(Self.quoted),reason=\"mass_delete\"}"] == 7)
            #expect(here["bashu_parked_rows{\(Self.quoted)}"] == 4)
            #expect(here["bashu_recheck_keys"] == 2)
            #expect(here["bashu_recheck_failed_keys"] == 2)
            #expect(here["bashu_open_cases"] == 3)
            #expect(here["bashu_conflict_cases{\(Self.quoted),type=\"update_update\",state=\"open\"}"] == 1)
            #expect(here["bashu_conflict_cases{\(Self.quoted),type=\"unique\",state=\"open\"}"] == 2)
            let rows = try await x.number("SELECT reltuples FROM pg_class WHERE oid = 'bashu.change'::regclass")
            #expect(here[#"bashu_log_rows{relation="change"}"#] == rows)
            // 51 has paused its link, so it has not fetched the last batch; the institution has.
            let unflushed = [
                #"bashu_peer_unflushed_batches{peer="51"}"#: 1.0, #"bashu_peer_unflushed_batches{peer="cqu"}"#: 0,
            ]
            try await eventually("only 51 lacks a batch") {
                try await Scrape.of(x.metrics()).all("bashu_peer_unflushed_batches") == unflushed
            }
            #expect(here[#"bashu_peer_unflushed_changes{peer="51"}"#] == 1)

            let paused = try await Scrape.of(y.metrics())
            #expect(paused[#"bashu_link_state{peer="50",state="paused"}"#] == 1)
            let left = try #require(paused[#"bashu_link_certificate_remaining_seconds{peer="50",holder="peer"}"#])
            #expect((86_400 * 10 - 60...86_400 * 10).contains(left))
            #expect(paused.all("bashu_link_certificate_remaining_seconds").count == 1)
            let replica = try await Scrape.of(world["cqu"].metrics())
            #expect(replica["bashu_pending_rows"] == 3)
            #expect(try #require(replica["bashu_pending_age_seconds"]) >= 180)
            #expect(replica[#"bashu_node_info{kind="replica",region="cqu",origin=""}"#] == 1)
            try await expectOpenTransaction(x)
        }

        private func expectOpenTransaction(_ x: Party) async throws {
            let http = try await x.metrics()
            func age() async throws -> Double {
                try await Scrape.of(http)["bashu_oldest_transaction_age_seconds"] ?? -1
            }
            let writer = try x.session()
            try writer.script("BEGIN; UPDATE standard SET title = title WHERE number = 'GB 2'")
            let begun = ContinuousClock.now
            try await eventually("its age is seen") { try await age() >= 1 }
            #expect(try await age() <= (ContinuousClock.now - begun) / .seconds(1))
            try writer.script("ROLLBACK")
            try await eventually("it is gone") { try await age() < 1 }
            writer.close()
        }

        @Test func theProcessAnswersWhileTheDatabaseIsAway() async throws {
            let cluster = try await TestCluster.start()
            let world = try await Federation.make(regions: ["50"], cluster: cluster)
            let party = world["50"]
            try await party.startDaemon(Party.metricsEnvironment)
            let http = try await party.metrics()
            try await party.run("INSERT INTO standard (number, title) VALUES ('GB 1', '一')")
            try await eventually("it is cut") { try await Scrape.of(http)["bashu_cut_changes_total"] == 1 }
            #expect(try await http.get("/readyz").body == "ok\n")

            await cluster.stop(.fast)
            try await eventually("the daemon notices") { try await Scrape.of(http)["bashu_daemon_up"] == 0 }
            let away = try await Scrape.of(http)
            #expect(away["bashu_database_up"] == 0)
            #expect(away["bashu_cut_changes_total"] == 1)
            #expect(away["bashu_pending_rows"] == nil)
            #expect(try #require(away["bashu_scrape_failures_total"]) >= 1)
            #expect(try #require(away["bashu_engine_failures_total"]) >= 1)
            let unready = try await http.get("/readyz")
            #expect(unready.status == 503)
            #expect(unready.body.hasPrefix("the database is not ours: "))
            #expect(try await http.get("/healthz").status == 200, "a restart would not help")

            try await cluster.start()
            try await eventually("it is ready again", timeout: .seconds(30)) {
                try await http.get("/readyz").status == 200
            }
            #expect(try await Scrape.of(http)["bashu_database_up"] == 1)
            try await party.run("DELETE FROM bashu.migration WHERE version > 1", as: .owner)
            let foreign = try await http.get("/readyz")
            #expect(foreign.status == 503)
            #expect(foreign.body.contains("schema"))
            try await party.stopDaemon()
        }

        @Test func anAddressThatIsTakenEndsTheDaemonAtItsStart() async throws {
            let world = try await Federation.make(regions: ["50", "51"], links: [])
            try await world["50"].startDaemon(Party.metricsEnvironment)
            let port = try await world["50"].metrics().port
            let second = try world["51"].spawnDaemon(["BASHU_METRICS_LISTEN": "127.0.0.1:\(port)"])
            #expect(try await second.ended(within: .seconds(20)) == .exited(3))
            #expect(second.standardError.contains("127.0.0.1:\(port)"))
            #expect(second.standardError.contains("metrics.listen"))
            #expect(try await world["50"].metrics().get("/healthz").status == 200)
        }
    }
}
