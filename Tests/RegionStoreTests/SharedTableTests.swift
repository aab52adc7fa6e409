import Postgres
import TestCluster
import Testing

@testable import RegionStore

@Suite struct SharedTableTests {
    @Test func rowsThatAreThereArePublishedByAMarker() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.script("CREATE TABLE \"标准\" (\"标准号\" text PRIMARY KEY, loc text); INSERT INTO \"标准\" VALUES ('GB 1')")
        var options = SharingOptions()
        options.excluded = ["loc"]
        let id = try SharedTables.add(owner, "标准", options: options)
        #expect(try fixture.captured(owner) == Captured(keys: [], markers: 1, rows: 1))
        let listed = try SharedTables.list(owner)
        #expect(listed.count == 1)
        let table = try #require(listed.first)
        #expect(table.id == id && table.schema == "public" && table.name == "标准" && table.keyColumns == ["标准号"])
        #expect(table.columns == ["标准号"] && table.types == ["text"] && table.excluded == ["loc"])
        #expect(table.fault == nil && table.degraded == nil && !table.isPartitioned && !table.allowsTruncate)
    }

    @Test func namesAreTakenAsTheyAreOrAsSQL() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.script(
            """
            CREATE SCHEMA "目 录"; CREATE TABLE "目 录"."A.b" (id integer PRIMARY KEY);
            CREATE TABLE plain (id integer PRIMARY KEY);
            CREATE TABLE "Ca""p" (id integer PRIMARY KEY);
            """)
        for name in ["目 录.A.b", "PLAIN", "Ca\"p"] { try SharedTables.add(owner, name) }
        #expect(try SharedTables.list(owner).map(\.name) == ["A.b", "plain", "Ca\"p"])
        for name in ["\"目 录\".\"A.b\"", "public.plain", "\"Ca\"\"p\""] { try SharedTables.remove(owner, name) }
        #expect(try SharedTables.list(owner).isEmpty)
        for name in ["nothing", "no such; DROP", "a.b.c", "\"", "", "x.y", "1"] {
            #expect(throws: UnknownTable(table: name, exists: false)) { try SharedTables.add(owner, name) }
            #expect(throws: UnknownTable(table: name, exists: false)) { try SharedTables.remove(owner, name) }
        }
        #expect(throws: UnknownTable(table: "plain", exists: true)) { try SharedTables.remove(owner, "plain") }
    }

    @Test func theDaemonGetsWhatItNeedsAndLosesItAgain() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        let daemon = try fixture.daemon()
        try owner.script(
            """
            CREATE SCHEMA s; CREATE SEQUENCE s.local_number;
            CREATE TABLE s.t (id integer PRIMARY KEY, v text, loc bigint NOT NULL DEFAULT nextval('s.local_number'));
            """)
        var options = SharingOptions()
        options.excluded = ["loc"]
        try SharedTables.add(owner, "s.t", options: options)
        try daemon.script(
            "INSERT INTO s.t (id, v) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET v = 'b'; UPDATE s.t SET v = 'c'")
        try daemon.script(
            "BEGIN; LOCK TABLE s.t IN ACCESS SHARE MODE; SELECT FROM s.t FOR UPDATE; DELETE FROM s.t; COMMIT")
        #expect(throws: PostgresError.self) { try daemon.execute("TRUNCATE s.t") }
        try SharedTables.remove(owner, "s.t")
        for statement in ["SELECT FROM s.t", "SELECT nextval('s.local_number')"] {
            let error = #expect(throws: PostgresError.self) { try daemon.execute(statement) }
            #expect(error?.sqlState == .insufficientPrivilege)
        }
        #expect(try owner.query("SELECT FROM pg_trigger WHERE tgrelid = 's.t'::regclass").isEmpty)
        #expect(try owner.query("SELECT FROM pg_proc WHERE proname LIKE 'capture\\_1\\_%'").isEmpty)
    }

    @Test func aTableAddedAgainKeepsItsNumber() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.script("CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (id integer PRIMARY KEY)")
        let a = try SharedTables.add(owner, "a")
        try SharedTables.remove(owner, "a")
        #expect(try fixture.captured(owner) == .nothing)
        let b = try SharedTables.add(owner, "b")
        #expect(try SharedTables.add(owner, "a") == a && a != b)
        #expect(try owner.query("SELECT FROM bashu.removed_table").isEmpty)
        // One that is gone can still be removed.
        try owner.execute("DROP TABLE b")
        #expect(try SharedTables.list(owner).first { $0.id == b }?.fault == "the table is gone or has another name")
        try SharedTables.remove(owner, "public.b")
        #expect(try SharedTables.list(owner).map(\.name) == ["a"])
    }

    @Test func writersInFlightAreWaitedForAndWhatTheyWroteIsCompared() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner(settings: ["lock_timeout": "50ms"])
        try owner.script("CREATE TABLE t (id integer PRIMARY KEY)")
        let writer = try fixture.owner()
        try writer.script("BEGIN; INSERT INTO t VALUES (1)")
        let error = #expect(throws: PostgresError.self) { try SharedTables.add(owner, "t") }
        #expect(error?.sqlState == .lockNotAvailable)
        try writer.execute("COMMIT")
        try SharedTables.add(owner, "t")
        #expect(try fixture.captured(owner).markers == 1)
        try writer.script("BEGIN; INSERT INTO t VALUES (2)")
        let removal = #expect(throws: PostgresError.self) { try SharedTables.remove(owner, "t") }
        #expect(removal?.sqlState == .lockNotAvailable)
        try writer.execute("COMMIT")
        #expect(try fixture.captured(owner).keys == ["{2}"])
    }

    @Test func triggersAreGuardedAndPutBack() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.script(
            """
            CREATE TABLE t (id integer PRIMARY KEY, " FOR EACH ROW " text, n integer DEFAULT 0);
            CREATE TABLE log (what text);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO public.log VALUES (TG_ARGV[0]); RETURN NEW; END $$;
            CREATE TRIGGER "a WHEN (b" BEFORE UPDATE OF " FOR EACH ROW " ON t FOR EACH ROW
                WHEN (OLD." FOR EACH ROW " IS DISTINCT FROM NEW." FOR EACH ROW " OR NEW.n = 1)
                EXECUTE FUNCTION note('1) EXECUTE FUNCTION '' FOR EACH ROW');
            CREATE TRIGGER "乙" AFTER INSERT ON t REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT
                EXECUTE FUNCTION note('2');
            CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
                WHEN (NOT NEW.n IS NULL AND NEW.n > -1) EXECUTE FUNCTION note('3');
            CREATE TRIGGER asleep AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION note('4');
            ALTER TABLE t DISABLE TRIGGER asleep; ALTER TABLE t ENABLE ALWAYS TRIGGER "乙";
            COMMENT ON TRIGGER "乙" ON t IS '说明';
            """)
        let definitions = """
            SELECT string_agg(pg_get_triggerdef(oid) || tgenabled::text
                || coalesce(obj_description(oid, 'pg_trigger'), ''), E'\n' ORDER BY tgname)
            FROM pg_trigger WHERE tgrelid = 't'::regclass AND tgname NOT LIKE 'zzzz%'
            """
        let before = try owner.queryOne(definitions)?.text(0)
        let refused = #expect(throws: TableRefused.self) { try SharedTables.add(owner, "t") }
        #expect(refused?.reasons.map(\.code) == ["trigger", "trigger", "trigger"])
        var options = SharingOptions()
        options.triggers = .guardThem
        try SharedTables.add(owner, "t", options: options)
        try fixture.daemon().script(
            "INSERT INTO t VALUES (1, 'a', 1); UPDATE t SET \" FOR EACH ROW \" = 'b'; DELETE FROM t")
        #expect(try owner.query("SELECT FROM log").isEmpty)
        try owner.script("INSERT INTO t VALUES (1, 'a', 1); UPDATE t SET \" FOR EACH ROW \" = 'b'")
        let fired = try owner.query("SELECT what FROM log ORDER BY 1").map { try $0.text(0) }
        #expect(fired == ["1) EXECUTE FUNCTION ' FOR EACH ROW", "2", "3"])
        try SharedTables.remove(owner, "t")
        #expect(try owner.queryOne(definitions)?.text(0) == before)
    }

    @Test func triggersOnPartitionsAreGuardedOnce() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.script(
            """
            CREATE TABLE p (id integer PRIMARY KEY, v text) PARTITION BY LIST (id);
            CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p DEFAULT;
            CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.v := upper(NEW.v); RETURN NEW; END';
            CREATE TRIGGER up BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION up();
            CREATE TRIGGER just BEFORE UPDATE ON p1 FOR EACH ROW EXECUTE FUNCTION up();
            """)
        var options = SharingOptions()
        options.triggers = .guardThem
        try SharedTables.add(owner, "p", options: options)
        try fixture.daemon().script("INSERT INTO p VALUES (1, 'a'), (2, 'b'); UPDATE p SET v = 'x' WHERE id = 1")
        try owner.script("INSERT INTO p VALUES (3, 'c')")
        #expect(try owner.query("SELECT v FROM p ORDER BY id").map { $0[text: 0] } == ["x", "b", "C"])
        try SharedTables.remove(owner, "p")
        #expect(
            try owner.query("SELECT tgname FROM pg_trigger WHERE tgrelid = 'p1'::regclass ORDER BY 1").map {
                $0[text: 0]
            }
                == ["just", "up"])
        try owner.script("UPDATE p SET v = 'y' WHERE id = 1")
        #expect(try owner.queryOne("SELECT v FROM p WHERE id = 1")?.text(0) == "Y")
    }

    @Test func aTriggerThatFiresAfterBashusIsRefusedOnPartitions() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.script(
            """
            CREATE TABLE p (id integer PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT;
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER zzzzz BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f();
            """)
        var options = SharingOptions()
        options.triggers = .guardThem
        let error = #expect(throws: PostgresError.self) { try SharedTables.add(owner, "p", options: options) }
        #expect(error?.sqlState?.rawValue == "BS002" && error?.detail?.contains("zzzzz") == true)
    }
}
