import Foundation
import Postgres
import TestCluster

@testable import TestFederation

/// Two regions and an institution in which every metric has something to say.
enum MetricsStage {
    /// Files beside the tests, by their path in the repository.
    static func path(_ file: String) -> String {
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/" + file
    }

    static func contents(_ file: String) throws -> String {
        try String(contentsOfFile: path(file), encoding: .utf8)
    }

    /// 50 cannot apply what 51 sends, 51 does not know what 50 has published last, and in both there is something
    /// that waits. All daemons run and answer monitoring.
    static func make() async throws -> Federation {
        let world = try await Federation.make(regions: ["50", "51"], replicas: ["cqu": "50"])
        let (x, y) = (world["50"], world["51"])
        for party in world.parties { try await party.startDaemon(Party.metricsEnvironment) }
        try await x.run("INSERT INTO standard (number, title) VALUES ('GB 1', '一'), ('GB 2', '二')")
        try await world.converged()
        try await y.pause("50")
        try await x.run("ALTER TABLE standard DROP COLUMN pages", as: .owner)
        try await y.run("INSERT INTO standard (number, title, pages) VALUES ('GB 3', '三', 3), ('GB 4', '四', 4)")
        try await eventually("the batch is held", timeout: .seconds(30)) {
            try await x.value("SELECT count(*) FROM bashu.hold") == "1"
        }
        try await x.run("UPDATE standard SET title = '壹' WHERE number = 'GB 1'")
        try await eventually("it is published") { try await !x.hasWork() }
        try await x.run(waiting, as: .superuser)
        try await y.run(
            """
            UPDATE bashu.link SET peer_node = peer_node || jsonb_build_object('tls', jsonb_build_object(
                'version', 'TLSv1.3', 'server_until',
                (extract(epoch FROM clock_timestamp() + interval '10 days') * 1e6)::bigint))
            """, as: .superuser)
        try await world["cqu"].run(
            """
            INSERT INTO bashu.pending (table_id, keys, at)
            SELECT 1, '{a,b}', clock_timestamp() - make_interval(mins => n) FROM generate_series(1, 3) n
            """, as: .superuser)
        return world
    }

    /// What people and the daemon would leave behind, on the table whose name has quotes.
    private static let waiting = #"""
        CREATE TEMP TABLE quoted AS SELECT id FROM bashu.shared_table WHERE table_name = '条目 "甲"';
        INSERT INTO bashu.held (table_id, digest, key, reason)
        SELECT id, sha256(n::text::bytea), n::text, 'mass_delete' FROM quoted, generate_series(1, 7) n;
        INSERT INTO bashu.recheck (table_id, digest, key, attempts, reason)
        SELECT id, sha256(n::text::bytea), n::text, 3, 'r' FROM quoted, generate_series(1, 2) n;
        INSERT INTO bashu.claim (table_id, digest, key, rule, kept)
        SELECT id, sha256(n::text::bytea), n::text, rule, n = 5
          FROM quoted, generate_series(1, 5) n, unnest('{unique:a,unique:b}'::text[]) rule;
        INSERT INTO bashu.conflict_case (table_id, digest, key, column_group, type, state, candidates, winner, rule)
        SELECT id, sha256(n::text::bytea), n::text, '正文', CASE WHEN n < 4 THEN 'update_update' ELSE 'unique' END,
               CASE WHEN n % 2 = 0 THEN 'open' ELSE 'decided' END, '[]', 0, 'newest'
          FROM quoted, generate_series(1, 6) n;
        DROP TABLE quoted;
        ANALYZE bashu.batch, bashu.chunk, bashu.change
        """#
}
