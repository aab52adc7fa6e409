import Glibc
import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// What an answer costs a large database. Takes a minute: only with BASHU_LONG.
    @Suite(.enabled(if: getenv("BASHU_LONG") != nil)) struct MetricsLoadTests {
        /// Far more of everything that is counted than the statements look at.
        private static let much = """
            INSERT INTO bashu.conflict_case
                (table_id, digest, key, column_group, type, state, candidates, winner, rule)
            SELECT 1, sha256(n::text::bytea), n::text, '名称', 'update_update', 'decided',
                   jsonb_build_array(repeat(md5(n::text), 20)), 0, 'newest' FROM generate_series(1, 500000) n;
            INSERT INTO bashu.held (table_id, digest, key, reason)
            SELECT 1, sha256(n::text::bytea), n::text, 'mass_delete' FROM generate_series(1, 300000) n;
            INSERT INTO bashu.claim (table_id, digest, key, rule, kept)
            SELECT 1, sha256(n::text::bytea), n::text, 'unique:a', false FROM generate_series(1, 300000) n;
            INSERT INTO bashu.recheck (table_id, digest, key, attempts, reason)
            SELECT 1, sha256(n::text::bytea), n::text, 9, 'r' FROM generate_series(1, 300000) n;
            \(HistoryGuard.off)
            INSERT INTO bashu.batch (origin_id, number, previous, context, cut_at, complete, changes)
            SELECT o.id, n, '', '{}', now(), true, 1
              FROM bashu.origin o, generate_series(1000, 300000) n WHERE NOT o.own;
            UPDATE bashu.peer SET conninfo = NULL
            """

        @Test func answersAreCheapHoweverMuchThereIs() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            let y = world["51"]
            for party in world.parties { try await party.startDaemon(Party.metricsEnvironment) }
            try await world["50"].run(
                """
                INSERT INTO standard (number, title, pages)
                SELECT 'GB ' || n, '标准 ' || n, n FROM generate_series(1, 300000) n
                """)
            try await world.converged(timeout: .seconds(400))
            try await y.run("VACUUM ANALYZE bashu.change", as: .superuser)
            let logged = try await answers("300,000 changes", y)
            #expect(logged[#"bashu_log_rows{relation="change"}"#] == 300_000)

            try await y.stopDaemon()
            try await y.run(Self.much, as: .superuser)
            try await y.startDaemon(Party.metricsEnvironment)
            let full = try await answers("hundreds of thousands of everything", y)
            #expect(full.all("bashu_origin_unapplied_batches").values.max() == 100_000)
            #expect(full.all("bashu_held_keys").values.max() == 100_000)
            let cases = try #require(full.all("bashu_conflict_cases").values.first)
            #expect((450_000...550_000).contains(cases), "an estimate")
            world["50"].killDaemon()
            y.killDaemon()
        }

        private func answers(_ what: String, _ party: Party) async throws -> Scrape {
            let http = try await party.metrics()
            var last = try await Scrape.of(http)
            for _ in 1...5 {
                let began = ContinuousClock.now
                last = try await Scrape.of(http)
                print("an answer with \(what): \((ContinuousClock.now - began) / .milliseconds(1)) ms")
                #expect(last["bashu_scrape_failures_total"] == 0)
                #expect(try #require(last["bashu_database_read_seconds"]) < 4)
            }
            return last
        }
    }
}
