import Postgres
import RegionStore
import TestCluster
import Testing

extension EndToEnd {
    /// What `bashu-bench catalogue` makes: numbers of real forms in the shares of real catalogues, with their sets.
    @Suite struct SyntheticCatalogueTests {
        private static let standards = 3_000

        private func filled(_ cluster: TestCluster, seed: Int) async throws -> Session {
            let name = try await cluster.createDatabase()
            let session = try cluster.session(database: name)
            for file in SchemaFiles.all where file.path.hasPrefix("catalogue/0") { try session.script(file.text) }
            let run = try ChildProcess.spawn(
                ChildProcess.builtProduct("bashu-bench"),
                [
                    "catalogue", "--standards", "\(Self.standards)", "--seed", "\(seed)", "--database",
                    cluster.conninfo(database: name),
                ], environment: ["LC_ALL": "C.UTF-8"])
            let status = try await run.ended(within: .seconds(120))
            try #require(status == .exited(0), "\(run.standardError)")
            return session
        }

        private func count(_ session: Session, _ sql: String) throws -> Int64 {
            try #require(try session.queryOne(sql)).int(0)
        }

        @Test func everythingFitsIsMarkedAndCanBeMadeAgain() async throws {
            let cluster = try await TestCluster.shared()
            let one = try await filled(cluster, seed: 5)
            #expect(try count(one, "SELECT count(*) FROM catalogue.standard") == Int64(Self.standards))
            // Canonical, of a known form, named by what the number says, and never twice.
            let misfits = try one.query(
                """
                SELECT s.number_raw FROM catalogue.standard s
                 WHERE s.number_form IS NULL OR s.number_norm <> s.number_raw
                    OR catalogue.number_kind(s.number_form) <> s.kind
                    OR catalogue.number_nature(s.number_norm) IS DISTINCT FROM s.nature
                    OR catalogue.number_region(s.number_norm, s.issuer_code) IS DISTINCT FROM s.home_region
                    OR catalogue.standard_id(s.kind, s.issuer_code, s.number_norm) <> s.std_id
                    OR s.source <> 'synthetic' OR s.title_zh NOT LIKE '%（模拟）' LIMIT 5
                """
            ).map { try $0.text(0) }
            #expect(misfits == [])
            #expect(
                try count(one, "SELECT count(DISTINCT number_form) FROM catalogue.standard") == 11,
                "every form but none is there")
            // Eight to twelve child rows each.
            let children = try count(
                one,
                """
                SELECT (SELECT count(*) FROM catalogue.standard_ics) + (SELECT count(*) FROM catalogue.standard_ccs)
                     + (SELECT count(*) FROM catalogue.issuing_org) + (SELECT count(*) FROM catalogue.drafting_org)
                     + (SELECT count(*) FROM catalogue.drafter) + (SELECT count(*) FROM catalogue.replacement)
                     + (SELECT count(*) FROM catalogue.normative_reference)
                """)
            #expect((8...12).contains(children / Int64(Self.standards)))
            // Both halves of a joint standard, and both ends of every replacement.
            #expect(
                try count(
                    one,
                    """
                    SELECT count(*) FROM (SELECT count(*) AS halves, count(DISTINCT title_zh) AS titles
                      FROM catalogue.standard WHERE joint_group_id IS NOT NULL GROUP BY joint_group_id) g
                     WHERE halves <> 2 OR titles <> 1
                    """) == 0)
            #expect(
                try count(
                    one,
                    """
                    SELECT count(*) FROM catalogue.replacement r JOIN catalogue.standard o ON o.std_id = r.old_std_id
                      JOIN catalogue.standard n ON n.std_id = r.new_std_id
                     WHERE o.number_code = n.number_code AND o.number_serial = n.number_serial
                       AND o.number_year < n.number_year AND o.abolish_date = n.implement_date
                    """) == (try count(one, "SELECT count(*) FROM catalogue.replacement")))
            let digest = """
                SELECT md5(string_agg(t, '|' ORDER BY t COLLATE "C")) FROM (
                    SELECT s::text AS t FROM catalogue.standard s UNION ALL
                    SELECT d::text FROM catalogue.drafting_org d) x
                """
            let again = try await filled(cluster, seed: 5)
            let other = try await filled(cluster, seed: 6)
            let digests = try [one, again, other].map { try $0.queryOne(digest)?.text(0) }
            #expect(digests[0] == digests[1] && digests[0] != digests[2])
        }
    }
}
