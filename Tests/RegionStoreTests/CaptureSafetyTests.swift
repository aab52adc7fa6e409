import Postgres
import TestCluster
import Testing

@testable import RegionStore

@Suite struct CaptureSafetyTests {
    private static let tables = """
        CREATE TABLE item (id integer, at timestamptz, raw bytea, name text, PRIMARY KEY (id, at, raw));
        CREATE TABLE part (id integer, region text, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
        CREATE TABLE part_a PARTITION OF part FOR VALUES IN ('a');
        CREATE TABLE part_b PARTITION OF part FOR VALUES IN ('b');
        """

    private func fixture() async throws -> InstallFixture {
        let fixture = try await InstallFixture.installed()
        try fixture.share(Self.tables, ["item", "part"])
        return fixture
    }

    @Test(arguments: [
        ["search_path": ""], ["search_path": "hostile, pg_catalog"], ["DateStyle": "German, DMY"],
        ["TimeZone": "Asia/Shanghai"], ["bytea_output": "escape"], ["standard_conforming_strings": "off"],
        ["quote_all_identifiers": "on"], ["IntervalStyle": "sql_standard"], ["extra_float_digits": "-15"],
        ["plpgsql.extra_errors": "all"], ["force_parallel_mode": "on"], ["transform_null_equals": "on"],
        ["jit_above_cost": "0"], ["plan_cache_mode": "force_custom_plan"], ["row_security": "off"],
        ["enable_hashagg": "off"], ["enable_sort": "off"], ["work_mem": "64kB"], ["check_function_bodies": "off"],
        ["default_transaction_isolation": "serializable"], ["default_transaction_isolation": "repeatable read"],
    ])
    func noSettingOfTheWriterChangesAKey(_ settings: [String: String]) async throws {
        let fixture = try await fixture()
        try fixture.owner().script(
            """
            CREATE SCHEMA hostile; GRANT ALL ON SCHEMA hostile TO PUBLIC;
            CREATE DOMAIN hostile.text AS integer;
            CREATE FUNCTION hostile.array_agg(anyelement) RETURNS text LANGUAGE sql AS 'SELECT ''x''::pg_catalog.text';
            CREATE FUNCTION hostile.clock_timestamp() RETURNS text LANGUAGE sql AS 'SELECT ''x''::pg_catalog.text';
            """)
        let writer = try fixture.writer(settings: settings)
        try writer.execute(
            "INSERT INTO public.item VALUES (1, '2024-02-03 04:05:06.5+08', E'\\\\x00ff41'::pg_catalog.bytea, '名')")
        try writer.execute("UPDATE public.item SET name = NULL")
        let key = #"{1,"2024-02-02 20:05:06.5+00","\\x00ff41"}"#
        let expected = try fixture.daemon(settings: DaemonSettings.values).queryOne(
            "SELECT ARRAY[id::text, at::text, raw::text]::text FROM public.item")
        let captured = try fixture.captured(fixture.owner())
        #expect(captured.markers == 0 && captured.keys == [key])
        #expect(try #require(expected).text(0) == key)
        try writer.execute(
            "INSERT INTO public.item SELECT i, pg_catalog.now(), '' FROM pg_catalog.generate_series(1, 900) i")
        try writer.execute("UPDATE public.item SET id = -id")
        let many = try fixture.captured(fixture.owner())
        #expect(many.markers == 0 && many.keys.count == 1802)
    }

    @Test(arguments: ["GBK", "LATIN1", "SQL_ASCII"])
    func theWritersEncodingDoesNotMatter(_ encoding: String) async throws {
        let fixture = try await InstallFixture.installed()
        try fixture.share("CREATE TABLE item (name text PRIMARY KEY)", ["item"])
        let writer = try fixture.writer()
        try writer.execute("SET client_encoding = '\(encoding)'")
        // The statement itself is ASCII; what it makes is not.
        try writer.execute("INSERT INTO item VALUES (chr(27721)), (chr(183118)), (chr(233))")
        #expect(try fixture.captured(fixture.owner()).keys == ["{汉}", "{𬭎}", "{é}"])
    }

    @Test func aKeyColumnThatIsRenamedBecomesAMarkerAndNoErrorOfTheWriter() async throws {
        let fixture = try await fixture()
        let owner = try fixture.owner()
        try owner.script("ALTER TABLE item RENAME id TO \"编 号\"; ALTER TABLE part RENAME id TO number")
        let marked = try fixture.captured(
            """
            INSERT INTO item VALUES (1, now(), ''); UPDATE item SET name = 'x'; DELETE FROM item;
            INSERT INTO part VALUES (1, 'a'); UPDATE part SET region = 'b';
            """)
        #expect(marked.keys.isEmpty && marked.markers >= 5)
        let daemon = try fixture.daemon()
        let faults = try daemon.query("SELECT fault FROM bashu.table_shapes() ORDER BY id").map { $0[text: 0] }
        #expect(
            faults == [
                "the primary key was (id, at, raw) and is (编 号, at, raw) now",
                "the primary key was (region, id) and is (region, number) now",
            ])
        try daemon.script("SELECT bashu.table_repair(1), bashu.table_repair(2)")
        #expect(try daemon.query("SELECT FROM bashu.table_shapes() WHERE NOT intact").isEmpty)
        #expect(try owner.queryOne("SELECT key_columns[1] FROM bashu.shared_table WHERE id = 1")?.text(0) == "编 号")
        _ = try fixture.captured(owner)
        #expect(try fixture.captured("UPDATE part SET number = 5").keys == ["{b,1}", "{b,5}"])
    }

    @Test func anyOtherErrorWhileReadingKeysIsAMarkerToo() async throws {
        let fixture = try await fixture()
        let owner = try fixture.owner()
        let text = try #require(
            try owner.queryOne("SELECT replace(pg_get_functiondef('bashu.capture_1_insert'::regproc), 't.id', '1/0')")
        ).text(0)
        try owner.execute(text)
        #expect(try fixture.captured("INSERT INTO item VALUES (1, now(), '')").markers == 1)
        #expect(
            try fixture.captured("INSERT INTO item SELECT i, now(), '' FROM generate_series(2, 2000) i")
                == Captured(keys: [], markers: 1, rows: 1))
    }

    @Test func anOrdinaryUserCanNotSwitchItOffForgeOrRead() async throws {
        let fixture = try await fixture()
        let writer = try fixture.writer()
        let refused = [
            "SET session_replication_role = replica", "SET SESSION AUTHORIZATION \"bashu'd\"", "SET ROLE \"bashu'd\"",
            "ALTER TABLE item DISABLE TRIGGER ALL", "ALTER TABLE item DISABLE TRIGGER zzzz_bashu_insert",
            "DROP TRIGGER zzzz_bashu_insert ON item", "ALTER TABLE item ENABLE TRIGGER zzzz_bashu_insert",
            "SELECT * FROM bashu.pending", "INSERT INTO bashu.pending (table_id, keys) VALUES (1, '{}')",
            "DELETE FROM bashu.pending", "SELECT bashu.capture_1_insert()", "SELECT bashu.table_repair(1)",
            "SELECT bashu.table_shapes()", "SELECT bashu.table_remove(1)",
            "DROP FUNCTION bashu.capture_1_insert CASCADE",
            "UPDATE bashu.shared_table SET allow_truncate = true", "SELECT * FROM bashu.freshness",
        ]
        for statement in refused {
            let error = #expect(throws: PostgresError.self, "\(statement)") { try writer.execute(statement) }
            #expect(error?.sqlState == .insufficientPrivilege, "\(statement)")
        }
        // Nor with a table of his own.
        try fixture.owner().execute(
            "GRANT CREATE ON SCHEMA public TO \(Session.quoteIdentifier(InstallFixture.writer))")
        try writer.execute("CREATE TABLE mine (id integer)")
        let forged = #expect(throws: PostgresError.self) {
            try writer.execute(
                "CREATE TRIGGER f AFTER INSERT ON mine REFERENCING NEW TABLE AS bashu_new FOR EACH STATEMENT "
                    + "EXECUTE FUNCTION bashu.capture_1_insert()")
        }
        #expect(forged?.sqlState == .insufficientPrivilege)
    }

    @Test func theDaemonsWritesAreNotCapturedAndSuperusersAre() async throws {
        let fixture = try await fixture()
        let daemon = try fixture.daemon()
        try daemon.script("INSERT INTO item VALUES (1, now(), ''); UPDATE item SET name = 'x'; DELETE FROM item")
        try daemon.script("INSERT INTO part VALUES (1, 'a'); UPDATE part SET region = 'b'; DELETE FROM part")
        #expect(try fixture.captured(fixture.owner()) == .nothing)
        let superuser = try fixture.superuser()
        try superuser.script("SET session_replication_role = replica; INSERT INTO part VALUES (2, 'a')")
        #expect(try fixture.captured(fixture.owner()).keys == ["{a,2}"])
    }

    @Test func disabledAndEnabledBetweenTwoCutsShows() async throws {
        let fixture = try await fixture()
        let owner = try fixture.owner()
        func shape() throws -> (String, String?) {
            let row = try #require(try owner.queryOne("SELECT fingerprint, fault FROM bashu.table_shapes(ARRAY[1])"))
            return (try row.text(0), row[text: 1])
        }
        let before = try shape()
        try owner.script(
            """
            BEGIN; ALTER TABLE item DISABLE TRIGGER zzzz_bashu_update; UPDATE item SET name = 'silent';
            ALTER TABLE item ENABLE ALWAYS TRIGGER zzzz_bashu_update; COMMIT;
            """)
        let after = try shape()
        #expect(after.0 != before.0 && after.1 == nil)
        // What pg_restore --disable-triggers leaves behind; it takes a superuser.
        try fixture.superuser().script("ALTER TABLE item DISABLE TRIGGER ALL; ALTER TABLE item ENABLE TRIGGER ALL")
        #expect(try shape().1?.hasSuffix("is not ENABLE ALWAYS") == true)
        try fixture.daemon().execute("SELECT bashu.table_repair(1)")
        #expect(try shape().1 == nil)
    }
}

/// The settings with which the daemon reads keys as text.
enum DaemonSettings {
    static let values = [
        "extra_float_digits": "1", "TimeZone": "UTC", "IntervalStyle": "iso_8601", "bytea_output": "hex",
        "DateStyle": "ISO", "quote_all_identifiers": "off", "lc_monetary": "C", "search_path": "pg_catalog",
        "row_security": "off",
    ]
}
