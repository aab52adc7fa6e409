import Postgres
import Reasons
import TestCluster
import Testing

@testable import RegionStore

@Suite struct SharedTableShapeTests {
    private static let tables = """
        CREATE TYPE mood AS ENUM ('好', '坏'); CREATE TYPE pair AS (a integer, m mood); CREATE DOMAIN moods AS mood[];
        CREATE TABLE t (id integer PRIMARY KEY, v varchar(10), m mood, ms moods, c pair, loc text,
            g integer GENERATED ALWAYS AS (1) STORED);
        CREATE TABLE p (id integer PRIMARY KEY, v text) PARTITION BY RANGE (id);
        CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
        CREATE TABLE full_one (id integer PRIMARY KEY, v text); INSERT INTO full_one VALUES (11, 'x');
        """

    private func fixture() async throws -> InstallFixture {
        let fixture = try await InstallFixture.installed()
        var options = SharingOptions()
        options.excluded = ["loc"]
        try fixture.share(Self.tables, ["t"], options: options)
        try SharedTables.add(fixture.owner(), "p")
        _ = try fixture.captured(fixture.owner())
        return fixture
    }

    private func fingerprints(_ session: Session) throws -> [String] {
        try session.query("SELECT fingerprint FROM bashu.table_shapes() ORDER BY id").map { try $0.text(0) }
    }

    @Test(arguments: [
        "ALTER TABLE t ADD x text", "ALTER TABLE t DROP v", "ALTER TABLE t RENAME v TO w",
        "ALTER TABLE t ALTER v TYPE varchar(11)", "ALTER TABLE t ALTER v TYPE text COLLATE \"C\"",
        "ALTER TABLE t ALTER v SET NOT NULL", "ALTER TYPE mood RENAME VALUE '好' TO '很好'",
        "ALTER TYPE mood ADD VALUE 'x'", "ALTER TYPE pair ADD ATTRIBUTE z text", "ALTER TYPE mood RENAME TO \"Mood\"",
        "ALTER TABLE t SET UNLOGGED", "ALTER TABLE t ENABLE ROW LEVEL SECURITY", "CLUSTER t USING t_pkey",
        "ALTER TABLE t DISABLE TRIGGER zzzz_bashu_insert",
        "ALTER TABLE t DISABLE TRIGGER USER; ALTER TABLE t ENABLE TRIGGER USER",
        "DROP TRIGGER zzzz_bashu_delete ON t",
        "ALTER TABLE t RENAME CONSTRAINT t_pkey TO k; ALTER TABLE t DROP CONSTRAINT k",
        "ALTER TABLE t ADD i integer GENERATED ALWAYS AS IDENTITY",
        "CREATE RULE r AS ON DELETE TO t DO ALSO NOTHING",
    ])
    func whatChangesRowsWithoutATriggerChangesTheFingerprint(_ statement: String) async throws {
        let fixture = try await fixture()
        let owner = try fixture.owner()
        let before = try fingerprints(owner)
        try owner.script(statement)
        let after = try fingerprints(owner)
        #expect(before[0] != after[0] && before[1] == after[1])
    }

    @Test(arguments: [
        "CREATE TABLE p2 PARTITION OF p DEFAULT",
        "ALTER TABLE p ATTACH PARTITION full_one FOR VALUES FROM (10) TO (20)",
        "ALTER TABLE p DETACH PARTITION p1", "DROP TABLE p1",
        "ALTER TABLE p1 DISABLE TRIGGER zzzz_bashu_truncate; TRUNCATE p1; "
            + "ALTER TABLE p1 ENABLE ALWAYS TRIGGER zzzz_bashu_truncate",
    ])
    func partitionsThatComeAndGoChangeTheFingerprint(_ statement: String) async throws {
        let fixture = try await fixture()
        let owner = try fixture.owner()
        let before = try fingerprints(owner)
        try owner.script(statement)
        let after = try fingerprints(owner)
        #expect(before[1] != after[1] && before[0] == after[0])
    }

    @Test func ordinaryLifeDoesNotChangeTheFingerprint() async throws {
        let fixture = try await fixture()
        let owner = try fixture.owner()
        let before = try fingerprints(owner)
        for statement in [
            "INSERT INTO t (id, v) SELECT i, 'x' FROM generate_series(1, 500) i", "ANALYZE t",
            "DELETE FROM t WHERE id > 9",
            "VACUUM t", "CREATE INDEX ON t (v)", "CREATE TABLE other (m mood)", "ALTER TABLE t SET (fillfactor = 50)",
            "INSERT INTO p VALUES (1)", "VACUUM p", "REINDEX TABLE t",
        ] {
            try owner.execute(statement)
        }
        #expect(try fingerprints(owner) == before)
        #expect(try fingerprints(fixture.daemon(settings: DaemonSettings.values)) == before)
    }

    @Test func theColumnsInTheFingerprintTellARenameFromADrop() async throws {
        let fixture = try await fixture()
        let owner = try fixture.owner()
        try owner.script("ALTER TABLE t RENAME v TO \"名 \"\"x\"; ALTER TABLE t DROP c")
        let row = try #require(
            try owner.queryOne(
                "SELECT substr(fingerprint, 66)::jsonb::text, columns, types, attnums, key_columns, key_types, "
                    + "partitioned, has_identity FROM bashu.table_shapes(ARRAY[1])"))
        #expect(
            try row.text(0)
                == #"[[1, "id", "integer"], [2, "名 \"x", "character varying(10)"], [3, "m", "public.mood"], "#
                + #"[4, "ms", "public.moods"]]"#)
        #expect(try row.texts("columns") == ["id", "名 \"x", "m", "ms"] && row.texts("key_types") == ["integer"])
        #expect(try row.text("attnums") == "{1,2,3,4}" && !row.bool("partitioned") && !row.bool("has_identity"))
    }

    private func fault(_ session: Session, _ id: Int = 1) throws -> String? {
        try session.queryOne("SELECT fault FROM bashu.table_shapes(ARRAY[\(id)])")?[text: 0]
    }

    @Test func eachFaultOfCaptureIsNamedAndRepaired() async throws {
        let fixture = try await fixture()
        let owner = try fixture.owner()
        let daemon = try fixture.daemon()
        let repairable = [
            ("ALTER TABLE t DISABLE TRIGGER zzzz_bashu_insert", 1, "zzzz_bashu_insert on public.t is disabled"),
            ("ALTER TABLE t ENABLE TRIGGER zzzz_bashu_update", 1, "is not ENABLE ALWAYS"),
            ("DROP TRIGGER zzzz_bashu_truncate ON t", 1, "is missing"),
            (
                "CREATE OR REPLACE TRIGGER zzzz_bashu_insert AFTER INSERT ON t FOR EACH STATEMENT "
                    + "EXECUTE FUNCTION bashu.capture_1_insert()", 1, "is not"
            ),
            ("DROP FUNCTION bashu.capture_1_delete CASCADE", 1, "zzzz_bashu_delete on public.t is missing"),
            ("DROP FUNCTION bashu.capture_1_insert CASCADE", 1, "capture functions"),
            ("ALTER TABLE p RENAME id TO number", 2, "the primary key was (id) and is (number) now"),
            ("ALTER TABLE p1 DISABLE TRIGGER zzzz_bashu_key_move", 2, "zzzz_bashu_key_move on public.p1 is disabled"),
            (
                "ALTER TABLE t ADD k2 text NOT NULL DEFAULT ''; "
                    + "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (k2, id)",
                1,
                "the primary key was (id) and is (k2, id) now"
            ),
            ("DROP TABLE t; CREATE TABLE t (id bigint PRIMARY KEY)", 1, "not the one that was shared"),
        ]
        for (statement, id, text) in repairable {
            try owner.script(statement)
            let found = try fault(daemon, id) ?? "no fault"
            #expect(found.contains(text), "\(statement)")
            #expect(ReasonBook.reason(found) != nil, "\(found)")
            _ = try fixture.captured(owner)
            try daemon.execute("SELECT bashu.table_repair(\(id))")
            #expect(try fault(daemon, id) == nil, "\(statement)")
            #expect(try fixture.captured(owner).markers == 1)
        }
    }

    @Test func whatNoTriggerCanMakeGoodIsNamedAndNotRepaired() async throws {
        let fixture = try await fixture()
        let owner = try fixture.owner()
        let daemon = try fixture.daemon()
        for (statement, undo, text) in [
            (
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY", "ALTER TABLE t DISABLE ROW LEVEL SECURITY",
                "row-level security"
            ),
            ("ALTER TABLE t SET UNLOGGED", "ALTER TABLE t SET LOGGED", "is unlogged"),
            (
                "CREATE TABLE whole (LIKE t INCLUDING ALL) PARTITION BY LIST (id); "
                    + "ALTER TABLE whole ATTACH PARTITION t DEFAULT", "ALTER TABLE whole DETACH PARTITION t",
                "has become a partition"
            ),
        ] {
            try owner.script(statement)
            #expect(try fault(daemon)?.contains(text) == true, "\(statement)")
            #expect(try fault(daemon).map { ReasonBook.reason($0) != nil } == true, "\(statement)")
            let error = #expect(throws: PostgresError.self) { try daemon.execute("SELECT bashu.table_repair(1)") }
            #expect(error?.sqlState?.rawValue == "BS004")
            #expect(try fixture.captured(owner) == .nothing)
            try owner.script(undo)
            #expect(try fault(daemon) == nil)
        }
        try owner.execute("ALTER TABLE t DROP CONSTRAINT t_pkey")
        #expect(try fault(daemon) == "the table has no primary key any more")
        #expect(throws: PostgresError.self) { try daemon.execute("SELECT bashu.table_repair(1)") }
        try owner.execute("DROP TABLE t")
        #expect(try fault(daemon) == "the table is gone or has another name")
        let gone = #expect(throws: PostgresError.self) { try daemon.execute("SELECT bashu.table_repair(1)") }
        #expect(gone?.sqlState?.rawValue == "BS003")
    }

    @Test func repairWaitsForWritersOnlyAsLongAsItIsTold() async throws {
        let fixture = try await fixture()
        let writer = try fixture.owner()
        try writer.script("BEGIN; INSERT INTO t (id) VALUES (1)")
        let daemon = try fixture.daemon(settings: ["lock_timeout": "50ms"])
        let error = #expect(throws: PostgresError.self) { try daemon.execute("SELECT bashu.table_repair(1)") }
        #expect(error?.sqlState == .lockNotAvailable)
        try writer.execute("COMMIT")
        try daemon.execute("SELECT bashu.table_repair(1)")
    }

    @Test func aTableThatTheOwnerLostIsReported() async throws {
        let fixture = try await fixture()
        try fixture.superuser().script(
            "ALTER TABLE t OWNER TO \(TestCluster.superuser); ALTER TABLE t DISABLE TRIGGER zzzz_bashu_insert")
        let daemon = try fixture.daemon()
        let error = #expect(throws: PostgresError.self) { try daemon.execute("SELECT bashu.table_repair(1)") }
        #expect(error?.sqlState == .insufficientPrivilege)
        #expect(try daemon.queryOne("SELECT fault FROM bashu.table_shapes(ARRAY[1])")?.text(0).isEmpty == false)
    }
}
