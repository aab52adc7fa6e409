import Postgres
import TestCluster
import Testing

@testable import RegionStore

@Suite struct CaptureReplicaTests {
    private func fixture() async throws -> InstallFixture {
        let fixture = try await InstallFixture.installed(.replica, region: "library")
        try fixture.share(
            """
            CREATE TABLE t (id integer PRIMARY KEY, v text);
            CREATE TABLE p (id integer PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT;
            CREATE TABLE local (id integer REFERENCES t ON DELETE CASCADE);
            """, ["t", "p"])
        try fixture.daemon().script(
            "INSERT INTO t VALUES (1, 'a'); INSERT INTO p VALUES (1); INSERT INTO bashu.origin (name, region) VALUES "
                + "('50-aaa', '50'), ('51-bbb', '51'), ('50-ccc', '50')")
        return fixture
    }

    @Test(arguments: [
        "INSERT INTO t VALUES (2)", "UPDATE t SET v = 'x'", "DELETE FROM t", "TRUNCATE t CASCADE",
        "DELETE FROM t WHERE false",
        "INSERT INTO p1 VALUES (2)", "TRUNCATE p1", "UPDATE p SET id = 3", "DELETE FROM p",
        "INSERT INTO t VALUES (1, 'b') ON CONFLICT (id) DO UPDATE SET v = excluded.v",
        "MERGE INTO t USING (VALUES (1)) s (id) ON t.id = s.id WHEN MATCHED THEN DELETE",
        "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d",
    ])
    func everyWriteThatIsNotTheDaemonsIsRefused(_ statement: String) async throws {
        let fixture = try await fixture()
        for session in [try fixture.writer(), try fixture.owner(), try fixture.superuser()] {
            let error = #expect(throws: PostgresError.self) { try session.script(statement) }
            #expect(error?.sqlState == .readOnlyTransaction)
            #expect(error?.hint?.contains("(50, 51)") == true)
        }
        #expect(try fixture.captured(fixture.owner()) == .nothing)
    }

    @Test func readersReadOwnTablesStayWritableAndRepairWorks() async throws {
        let fixture = try await fixture()
        let writer = try fixture.writer()
        try writer.script("INSERT INTO local VALUES (1); DELETE FROM local; SELECT * FROM t")
        let owner = try fixture.owner()
        try owner.script("ALTER TABLE t DISABLE TRIGGER zzzz_bashu_refuse")
        let daemon = try fixture.daemon()
        #expect(
            try daemon.queryOne("SELECT fault FROM bashu.table_shapes(ARRAY[1])")?.text(0).contains("is disabled")
                == true)
        try daemon.execute("SELECT bashu.table_repair(1)")
        #expect(throws: PostgresError.self) { try writer.execute("DELETE FROM t") }
        #expect(try fixture.captured(owner) == .nothing)
        #expect(try owner.query("SELECT FROM pg_proc WHERE proname LIKE 'capture\\_1\\_%'").isEmpty)
        try SharedTables.remove(owner, "t")
        try owner.execute("DELETE FROM t")
    }
}
