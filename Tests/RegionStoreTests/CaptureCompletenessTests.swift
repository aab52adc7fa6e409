import Postgres
import TestCluster
import Testing

@testable import RegionStore

/// Random work on tables with everything that hides a write; afterwards every key whose row differs must be noted.
@Suite struct CaptureCompletenessTests {
    /// A self-reference that cascades, triggers that write the same and other tables, three levels of partitions.
    private static let tables = """
        CREATE TABLE node (id integer, lang text, parent integer, plang text, name text, n integer DEFAULT 0,
            PRIMARY KEY (id, lang),
            FOREIGN KEY (parent, plang) REFERENCES node ON UPDATE CASCADE ON DELETE CASCADE);
        CREATE TABLE doc (id integer, region text, node integer, lang text, title text, PRIMARY KEY (region, id),
            FOREIGN KEY (node, lang) REFERENCES node ON UPDATE CASCADE ON DELETE SET NULL) PARTITION BY LIST (region);
        CREATE TABLE doc_cq PARTITION OF doc FOR VALUES IN ('50') PARTITION BY RANGE (id);
        CREATE TABLE doc_cq_a PARTITION OF doc_cq FOR VALUES FROM (MINVALUE) TO (10);
        CREATE TABLE doc_cq_b (title text, lang text, node integer, region text NOT NULL, id integer NOT NULL);
        ALTER TABLE doc_cq ATTACH PARTITION doc_cq_b FOR VALUES FROM (10) TO (MAXVALUE);
        CREATE TABLE doc_sc PARTITION OF doc FOR VALUES IN ('51');
        CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.n % 3 = 1 THEN
                UPDATE node SET n = n + 1, name = 'again' WHERE id = NEW.id AND lang = NEW.lang; END IF;
            RETURN NULL; END $$;
        CREATE TRIGGER again AFTER INSERT OR UPDATE ON node FOR EACH ROW EXECUTE FUNCTION again();
        CREATE FUNCTION back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF OLD.n % 5 = 2 THEN INSERT INTO node (id, lang, name) VALUES (OLD.id, OLD.lang, 'back')
                ON CONFLICT DO NOTHING; END IF;
            RETURN NULL; END $$;
        CREATE TRIGGER back AFTER DELETE ON node FOR EACH ROW EXECUTE FUNCTION back();
        CREATE FUNCTION rekey() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.title = 'rekey' AND (NEW.region = '51' OR NEW.id >= 10) THEN
                NEW.id := NEW.id + 20; NEW.title := 'rekeyed'; END IF;
            RETURN NEW; END $$;
        CREATE TRIGGER rekey BEFORE INSERT OR UPDATE ON doc FOR EACH ROW EXECUTE FUNCTION rekey();
        CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO doc VALUES (NEW.id % 30, '51', NULL, NULL, 'side')
                ON CONFLICT (region, id) DO UPDATE SET title = 'side 2';
            RETURN NULL; END $$;
        CREATE TRIGGER other AFTER UPDATE ON doc_cq_b FOR EACH ROW WHEN (NEW.id % 4 = 0) EXECUTE FUNCTION other();
        """

    private static let seeds: [UInt64] = [1, 2, 3, 20_261_124]

    @Test(arguments: seeds)
    func everyKeyWhoseRowDiffersIsNoted(seed: UInt64) async throws {
        let fixture = try await InstallFixture.installed()
        var options = SharingOptions()
        options.triggers = .allow
        try fixture.share(Self.tables, ["node", "doc"], options: options)
        let owner = try fixture.owner()
        let writer = try fixture.writer()
        var random = SplitMix(seed: seed)
        for round in 0..<25 {
            try owner.script(
                """
                DROP TABLE IF EXISTS before_node, before_doc;
                CREATE TABLE before_node AS SELECT ARRAY[id::text, lang]::text AS k, node::text AS v FROM node;
                CREATE TABLE before_doc AS SELECT ARRAY[region, id::text]::text AS k, doc::text AS v FROM doc;
                """)
            var done: [String] = []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                done.append(Self.transaction(&random))
                // A constraint that refuses it rolls it back, hints and all.
                do {
                    try writer.script(done[done.count - 1])
                } catch let error as PostgresError {
                    #expect(["0A", "21", "23", "27"].contains(error.sqlState?.errorClass), "\(error) \(done)")
                    try writer.script("ROLLBACK")
                }
            }
            for (table, id) in [("node", 1), ("doc", 2)] {
                let missed = try owner.query(Self.missed(table, id)).map { try $0.text(0) }
                #expect(missed.isEmpty, "seed \(seed), round \(round), \(table): \(done.joined(separator: "\n"))")
            }
            _ = try fixture.captured(owner)
        }
        // The work is worth something only if rows come and go.
        #expect(try owner.queryOne("SELECT count(*) > 5 FROM doc")?.bool(0) == true)
    }

    /// Keys whose row is not what it was and that no pending row names.
    private static func missed(_ table: String, _ id: Int) -> String {
        let key = table == "node" ? "ARRAY[id::text, lang]::text" : "ARRAY[region, id::text]::text"
        return """
            SELECT coalesce(b.k, a.k) FROM before_\(table) b
            FULL JOIN (SELECT \(key) AS k, t::text AS v FROM \(table) t) a ON a.k = b.k
            WHERE a.v IS DISTINCT FROM b.v
            EXCEPT SELECT unnest(keys) FROM bashu.pending WHERE table_id = \(id)
            """
    }

    private static func transaction(_ random: inout SplitMix) -> String {
        var text = "BEGIN;\n"
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let statement = statement(&random)
            text +=
                Bool.random(using: &random)
                ? statement + ";\n"
                : "SAVEPOINT s; \(statement); "
                    + (Bool.random(using: &random) ? "ROLLBACK TO s;\n" : "RELEASE s;\n")
        }
        return text + (Int.random(in: 0..<8, using: &random) == 0 ? "ROLLBACK" : "COMMIT")
    }

    private static func statement(_ random: inout SplitMix) -> String {
        let a = Int.random(in: 0..<20, using: &random)
        let b = a + Int.random(in: 0..<6, using: &random)
        let lang = ["zh", "en", "𬭎"].randomElement(using: &random) ?? "zh"
        let region = ["50", "51"].randomElement(using: &random) ?? "50"
        let target = ["doc", "doc_cq", "doc_cq_b", "doc_sc"].randomElement(using: &random) ?? "doc"
        // Above every id that the other statements use, so that a move seldom meets a row.
        let fresh = Int.random(in: 1_000...1_000_000, using: &random)
        let title = ["x", "rekey", "y"].randomElement(using: &random) ?? "x"
        return [
            "INSERT INTO node (id, lang, name, n) SELECT i, '\(lang)', 'x', \(a) FROM generate_series(\(a), \(b)) i "
                + "ON CONFLICT (id, lang) DO UPDATE SET n = node.n + 1",
            "UPDATE node SET parent = \(a), plang = '\(lang)' WHERE id BETWEEN \(a) + 1 AND \(b) "
                + "AND EXISTS (SELECT FROM node p WHERE p.id = \(a) AND p.lang = '\(lang)')",
            "UPDATE node SET id = id + 40 WHERE id = \(a) AND lang = '\(lang)'",
            "UPDATE node SET id = id - 40, n = n + 1 WHERE id >= 40",
            "DELETE FROM node WHERE id BETWEEN \(a) AND \(b) AND lang = '\(lang)'",
            "WITH gone AS (DELETE FROM node WHERE id = \(a) RETURNING *) "
                + "INSERT INTO node (id, lang, n) SELECT id + 1, lang, 0 FROM gone ON CONFLICT DO NOTHING",
            "WITH d AS (DELETE FROM doc WHERE id = \(a) RETURNING *), u AS (UPDATE doc_sc SET title = 'w' RETURNING *) "
                + "INSERT INTO doc SELECT d.id + 1, d.region, NULL, NULL, 'cte' FROM d ON CONFLICT DO NOTHING",
            "INSERT INTO doc SELECT i, '\(region)', NULL, NULL, '\(title)' FROM generate_series(\(a), \(b)) i "
                + "ON CONFLICT (region, id) DO UPDATE SET title = 'c'",
            "INSERT INTO doc SELECT \(a), '\(region)', id, lang, 'fk' FROM node LIMIT 1 ON CONFLICT DO NOTHING",
            "UPDATE \(target) SET title = '\(title)' WHERE id BETWEEN \(a) AND \(b)",
            "UPDATE doc SET region = '\(region)' WHERE id BETWEEN \(a) AND \(b)",
            "UPDATE doc_cq SET id = id + 10 WHERE id BETWEEN \(a) AND \(b)",
            "DELETE FROM \(target) WHERE id BETWEEN \(a) AND \(b)",
            // Without INSERT and DELETE no statement trigger sees the rows that move.
            "MERGE INTO doc USING (SELECT i FROM generate_series(\(a), \(b)) i) s ON id = s.i AND region = '50' "
                + "WHEN MATCHED THEN UPDATE SET region = '51', id = s.i + \(fresh), title = '\(title)'",
            "MERGE INTO doc USING (SELECT i FROM generate_series(\(a), \(b)) i) s ON id = s.i AND region = '50' "
                + "WHEN MATCHED AND s.i % 3 = 0 THEN DELETE "
                + "WHEN MATCHED THEN UPDATE SET region = '51', id = s.i + \(fresh), title = '\(title)' "
                + "WHEN NOT MATCHED THEN INSERT VALUES (s.i, '50', NULL, NULL, '\(title)')",
        ].randomElement(using: &random) ?? "SELECT 1"
    }
}
