import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Partitioned tables, written through every level and changed leaf by leaf.
    @Suite struct ScenarioTablePartitionTests {
        private static let documents = ScenarioTable.tables(
            """
            CREATE TABLE reg (code text PRIMARY KEY);
            CREATE TABLE doc (
                id integer, region text REFERENCES reg ON DELETE CASCADE ON UPDATE CASCADE, title text,
                PRIMARY KEY (region, id)) PARTITION BY LIST (region);
            CREATE TABLE doc_cq PARTITION OF doc FOR VALUES IN ('50') PARTITION BY RANGE (id);
            CREATE TABLE doc_cq_1 PARTITION OF doc_cq FOR VALUES FROM (0) TO (100);
            CREATE TABLE doc_cq_2 PARTITION OF doc_cq FOR VALUES FROM (100) TO (1000);
            CREATE TABLE doc_sc PARTITION OF doc FOR VALUES IN ('51');
            CREATE TABLE doc_other PARTITION OF doc FOR VALUES IN ('53', '54');
            GRANT ALL ON ALL TABLES IN SCHEMA public TO \(Party.application);
            """, "reg", "doc")

        @Test func scenarioQ_partitions() async throws {
            let world = try await Federation.make(regions: ["50", "51"], tables: Self.documents)
            let (x, y) = (world["50"], world["51"])
            try await world.startDaemons()
            try await write(x)
            try await world.converged()
            #expect(try await counts(y) == ["50 158", "51 1", "53 3"])
            try await move(x, world)
            #expect(try await counts(y) == ["50 156", "51 4"])
            try await ScenarioTable.end(
                world, published: ["50 doc d 8", "50 doc i 168", "50 doc u 2", "50 reg d 2", "50 reg i 4"])
            try await changeLeaves(x, y)
            try await world.converged()
            #expect(try await counts(y) == ["50 152", "55 4", "56 2"])
            try await detach(x, y)
            try await ScenarioTable.end(
                world, published: ["50 doc d 168", "50 doc i 174", "50 doc u 2", "50 reg d 2", "50 reg i 6"])
            #expect(try await counts(y) == ["55 4", "56 2"])
        }

        private func counts(_ party: Party) async throws -> [String] {
            try await party.rows("SELECT region || ' ' || count(*) FROM doc GROUP BY region ORDER BY 1")
                .compactMap { $0[0] }
        }

        /// INSERT and COPY to root, middle and leaf.
        private func write(_ x: Party) async throws {
            try await x.run(
                """
                INSERT INTO reg VALUES ('50'), ('51'), ('53');
                INSERT INTO doc VALUES (1, '50'), (101, '50'), (1, '51'), (1, '53'), (2, '53'), (3, '53');
                INSERT INTO doc_cq VALUES (2, '50'), (102, '50');
                INSERT INTO doc_cq_1 VALUES (3, '50');
                INSERT INTO doc SELECT i, '50' FROM generate_series(200, 349) i;
                """)
            let session = try x.session()
            for (table, id) in [("doc", 4), ("doc_cq", 5), ("doc_cq_1", 6)] {
                try session.copyIn("COPY \(table) (id, region) FROM STDIN") { try $0.write(Array("\(id)\t50\n".utf8)) }
            }
        }

        /// MERGE and UPDATE that move rows, an update of a leaf, and both cascades.
        private func move(_ x: Party, _ world: Federation) async throws {
            try await x.run(
                """
                MERGE INTO doc USING (VALUES (3, '51'), (2, '50'), (9, '51')) s (id, region)
                    ON doc.id = s.id AND doc.region = '50'
                  WHEN MATCHED THEN UPDATE SET region = s.region, title = 'merged'
                  WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.region);
                UPDATE doc SET region = '51' WHERE region = '50' AND id = 4;
                UPDATE doc_cq_1 SET title = 'leaf' WHERE id = 5;
                UPDATE reg SET code = '54' WHERE code = '53';
                """)
            try await world.converged()
            #expect(try await counts(world["51"]) == ["50 156", "51 4", "54 3"])
            try await x.run("DELETE FROM reg WHERE code = '54'")
            try await world.converged()
        }

        /// What changes rows without a trigger: a filled leaf comes, one goes, one is emptied, one is not known yet.
        private func changeLeaves(_ x: Party, _ y: Party) async throws {
            let refused = await #expect(throws: PostgresError.self) { try await x.run("TRUNCATE doc_sc") }
            #expect(refused?.sqlState == .objectNotInPrerequisiteState)
            for code in ["55", "56"] {
                try await y.run("CREATE TABLE doc_\(code) PARTITION OF doc FOR VALUES IN ('\(code)')", as: .owner)
            }
            try await x.run("UPDATE bashu.shared_table SET allow_truncate = true", as: .superuser)
            try await x.run(
                """
                INSERT INTO reg VALUES ('55'), ('56');
                CREATE TABLE doc_55 (LIKE doc INCLUDING ALL);
                INSERT INTO doc_55 SELECT i, '55' FROM generate_series(1, 4) i;
                ALTER TABLE doc ATTACH PARTITION doc_55 FOR VALUES IN ('55');
                CREATE TABLE doc_56 PARTITION OF doc FOR VALUES IN ('56');
                INSERT INTO doc_56 VALUES (1, '56'), (2, '56');
                DROP TABLE doc_cq_1;
                TRUNCATE doc_sc;
                """, as: .owner)
            try await eventually("Y has it all", timeout: .seconds(20)) {
                try await counts(y) == ["50 152", "55 4", "56 2"]
            }
        }

        /// More rows at once than anybody deletes by intention: an operator is asked.
        private func detach(_ x: Party, _ y: Party) async throws {
            try await x.run("ALTER TABLE doc_cq DETACH PARTITION doc_cq_2", as: .owner)
            try await ScenarioTable.awaitStatus(x, 3, saying: "doc: 152 rows deleted at once", "table accept doc")
            #expect(try await counts(y) == ["50 152", "55 4", "56 2"])
            let accepted = try await x.control("table", "accept", "doc")
            #expect(accepted.status == .exited(0), "\(accepted.output)\(accepted.errors)")
            try await eventually("Y has heard of it", timeout: .seconds(20)) {
                try await counts(y) == ["55 4", "56 2"]
            }
        }
    }
}
