import Postgres
import TestCluster
import Testing

@testable import RegionStore

@Suite struct CapturePartitionTests {
    /// Three levels; the key is region and id.
    private static let tables = """
        CREATE TABLE doc (id integer, region text, title text, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
        CREATE TABLE doc_cq PARTITION OF doc FOR VALUES IN ('50') PARTITION BY RANGE (id);
        CREATE TABLE doc_cq_1 PARTITION OF doc_cq FOR VALUES FROM (0) TO (100);
        CREATE TABLE "文 档" (title text, region text NOT NULL, extra text, id integer NOT NULL);
        ALTER TABLE "文 档" DROP COLUMN extra;
        ALTER TABLE doc_cq ATTACH PARTITION "文 档" FOR VALUES FROM (100) TO (200);
        CREATE TABLE doc_sc PARTITION OF doc FOR VALUES IN ('51');
        """

    private func fixture() async throws -> InstallFixture {
        let fixture = try await InstallFixture.installed()
        try fixture.share(Self.tables, ["doc"])
        return fixture
    }

    @Test func rootMiddleAndLeafAreCaptured() async throws {
        let fixture = try await fixture()
        let inserts = try fixture.captured(
            """
            INSERT INTO doc VALUES (1, '50'), (101, '50'), (1, '51');
            INSERT INTO doc_cq VALUES (2, '50'), (102, '50'); INSERT INTO doc_cq_1 VALUES (3, '50');
            INSERT INTO "文 档" (id, region) VALUES (103, '50');
            """)
        #expect(inserts.keys == ["{50,1}", "{50,101}", "{51,1}", "{50,2}", "{50,102}", "{50,3}", "{50,103}"])
        #expect(try fixture.captured("UPDATE \"文 档\" SET title = '题'").keys == ["{50,101}", "{50,102}", "{50,103}"])
        #expect(try fixture.captured("DELETE FROM doc_cq WHERE id IN (1, 102)").keys == ["{50,1}", "{50,102}"])
        let writer = try fixture.writer()
        for table in ["doc", "doc_cq", "\"文 档\""] {
            try writer.copyIn("COPY \(table) (id, region) FROM STDIN") { try $0.write(Array("150\t50\n".utf8)) }
            #expect(try fixture.captured(fixture.owner()).keys == ["{50,150}"])
            #expect(try fixture.captured("DELETE FROM \(table) WHERE id = 150").keys == ["{50,150}"])
        }
    }

    @Test func rowsThatMoveBetweenPartitionsShowBothKeys() async throws {
        let fixture = try await fixture()
        _ = try fixture.captured("INSERT INTO doc SELECT i, '50' FROM generate_series(1, 20) i")
        #expect(try fixture.captured("UPDATE doc SET region = '51' WHERE id = 1").keys == ["{50,1}", "{51,1}"])
        #expect(try fixture.captured("UPDATE doc_cq SET id = 102 WHERE id = 2").keys == ["{50,2}", "{50,102}"])
        let merged = try fixture.captured(
            """
            MERGE INTO doc USING (VALUES (3, '51'), (4, '50')) s (id, region) ON doc.id = s.id AND doc.region = '50'
            WHEN MATCHED THEN UPDATE SET region = s.region, title = 'm'
            """)
        #expect(merged.keys == ["{50,3}", "{51,3}", "{50,4}"])
        // A BEFORE trigger that changes the key once more fires before Bashu's.
        let owner = try fixture.owner()
        try owner.script(
            """
            CREATE FUNCTION shift() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN NEW.id := NEW.id + 1000; RETURN NEW; END';
            CREATE TRIGGER shift BEFORE UPDATE ON doc_sc FOR EACH ROW EXECUTE FUNCTION shift();
            """)
        #expect(
            try fixture.captured("UPDATE doc SET title = 'x' WHERE region = '51' AND id = 3").keys
                == ["{51,3}", "{51,1003}"])
    }

    @Test func cascadesReachPartitions() async throws {
        let fixture = try await InstallFixture.installed()
        try fixture.share(
            """
            CREATE TABLE reg (code text PRIMARY KEY);
            \(Self.tables)
            ALTER TABLE doc ADD FOREIGN KEY (region) REFERENCES reg ON DELETE CASCADE ON UPDATE CASCADE;
            INSERT INTO reg VALUES ('50'), ('51');
            INSERT INTO doc VALUES (1, '50'), (101, '50'), (7, '51');
            """, ["doc", "reg"])
        #expect(try fixture.captured("DELETE FROM reg WHERE code = '50'").keys == ["{50}", "{50,1}", "{50,101}"])
        try fixture.owner().script("CREATE TABLE doc_x PARTITION OF doc FOR VALUES IN ('52')")
        #expect(
            try fixture.captured("UPDATE reg SET code = '52'").keys.isSuperset(of: ["{51}", "{52}", "{51,7}", "{52,7}"])
        )
    }

    @Test func aPartitionAttachedLaterIsNoticedAndRepaired() async throws {
        let fixture = try await fixture()
        let owner = try fixture.owner()
        let daemon = try fixture.daemon()
        let before = try shape(daemon)
        try owner.script(
            """
            CREATE TABLE doc_54 PARTITION OF doc FOR VALUES IN ('54');
            GRANT ALL ON doc_54 TO \(Session.quoteIdentifier(InstallFixture.writer));
            """)
        let attached = try shape(daemon)
        #expect(before.fault == nil && attached.fingerprint != before.fingerprint)
        #expect(attached.fault == "trigger zzzz_bashu_insert on public.doc_54 is missing")
        #expect(try fixture.captured("INSERT INTO doc_54 VALUES (1, '54')") == .nothing)
        try daemon.execute("SELECT bashu.table_repair(1)")
        #expect(try shape(daemon).fault == nil)
        #expect(try fixture.captured(owner).markers == 1)
        #expect(try fixture.captured("UPDATE doc_54 SET title = 'x'").keys == ["{54,1}"])
        #expect(try fixture.captured("UPDATE doc_54 SET id = 2").keys == ["{54,1}", "{54,2}"])
        // Detached, it is no longer ours.
        try owner.execute("ALTER TABLE doc DETACH PARTITION doc_54")
        try daemon.execute("SELECT bashu.table_repair(1)")
        _ = try fixture.captured(owner)
        #expect(try fixture.captured("INSERT INTO doc_54 VALUES (3, '54')") == .nothing)
    }

    @Test func truncateOfALeafIsRefused() async throws {
        let fixture = try await fixture()
        for table in ["doc", "doc_cq", "doc_cq_1", "\"文 档\""] {
            let error = #expect(throws: PostgresError.self) { try fixture.captured("TRUNCATE \(table)") }
            #expect(error?.sqlState == .objectNotInPrerequisiteState)
        }
    }

    private func shape(_ session: Session) throws -> (fingerprint: String, fault: String?) {
        let row = try #require(try session.queryOne("SELECT fingerprint, fault FROM bashu.table_shapes(ARRAY[1])"))
        return (try row.text(0), row[text: 1])
    }
}
