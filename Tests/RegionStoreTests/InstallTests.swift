import Postgres
import TestCluster
import Testing

@testable import RegionStore

@Suite struct InstallTests {
    @Test func anOrdinaryOwnerInstallsAndEverythingIsThere() async throws {
        let fixture = try await InstallFixture.empty()
        let owner = try fixture.owner()
        #expect(throws: SchemaMismatch(installed: nil, expected: Installer.version)) {
            try Installer.checkVersion(owner)
        }
        #expect(try Installer.present(owner) == nil)
        let outcome = try Installer.install(owner, fixture.request())
        #expect(try Installer.present(owner) == fixture.request())
        #expect(outcome.from == 0 && outcome.to == Installer.version && outcome.functionsReplaced)
        let origin = try #require(outcome.origin)
        #expect(origin.hasPrefix("50-") && origin.count == 15)
        try Installer.checkVersion(owner)
        try Installer.checkVersion(try fixture.daemon())
        let node = try #require(try owner.queryOne("SELECT kind, region, daemon_role FROM bashu.node"))
        #expect(try node.text(0) == "region" && node.text(1) == "50" && node.text(2) == InstallFixture.daemon)
        let row = try #require(try owner.queryOne("SELECT origin, own, number, through FROM bashu.freshness"))
        #expect(try row.text(0) == origin && row.bool(1) && row.int(2) == 0 && row.isNull(3))
    }

    @Test func installingAgainChangesNothing() async throws {
        let fixture = try await InstallFixture.installed()
        try fixture.share("CREATE TABLE t (id integer PRIMARY KEY)", ["t"])
        let owner = try fixture.owner()
        let before = try snapshot(owner)
        let outcome = try Installer.install(owner, fixture.request())
        #expect(outcome.from == Installer.version && !outcome.functionsReplaced && outcome.origin != nil)
        #expect(try snapshot(owner) == before)
    }

    private func snapshot(_ session: Session) throws -> [String?] {
        try session.query(
            """
            SELECT p.proname || ' ' || md5(p.prosrc) || p.proacl::text FROM pg_proc p
            WHERE pronamespace = 'bashu'::regnamespace
            UNION ALL SELECT relname || coalesce(relacl::text, '') FROM pg_class
            WHERE relnamespace = 'bashu'::regnamespace
            UNION ALL SELECT xmin || ' ' || name FROM bashu.origin
            UNION ALL SELECT applied_at::text FROM bashu.migration
            UNION ALL SELECT xmin || ' ' || installed_at FROM bashu.installed
            UNION ALL SELECT fingerprint FROM bashu.table_shapes() ORDER BY 1
            """
        ).map { $0[text: 0] }
    }

    @Test func anEarlierVersionIsUpgradedInPlace() async throws {
        let fixture = try await InstallFixture.installed()
        try fixture.share("CREATE TABLE t (id integer PRIMARY KEY)", ["t"])
        let owner = try fixture.owner()
        let origin = try owner.queryOne("SELECT name FROM bashu.origin")?.text(0)
        // As version 1 left it, with functions of its own.
        try owner.script(EarlierSchema.script(present: Installer.version, downTo: 1))
        try owner.script(
            """
            CREATE OR REPLACE FUNCTION bashu.capture_1_insert() RETURNS trigger
                LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            """)
        #expect(throws: SchemaMismatch(installed: 1, expected: Installer.version)) { try Installer.checkVersion(owner) }
        let outcome = try Installer.install(owner, fixture.request())
        #expect(outcome.from == 1 && outcome.functionsReplaced && outcome.origin == origin)
        try Installer.checkVersion(owner)
        #expect(try fixture.captured("INSERT INTO t VALUES (1)").keys == ["{1}"])
    }

    @Test func otherFunctionsOfTheSameVersionAreNoticedAndReplaced() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.execute("UPDATE bashu.installed SET functions_digest = 'another'")
        let error = #expect(throws: SchemaMismatch.self) { try Installer.checkVersion(fixture.daemon()) }
        #expect(error?.description.contains("bashuctl init") == true)
        #expect(try Installer.install(owner, fixture.request()).functionsReplaced)
        try Installer.checkVersion(owner)
    }

    @Test func aNewerVersionIsRefused() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.execute("INSERT INTO bashu.migration (version, name) VALUES (9000, 'later')")
        let refused = #expect(throws: InstallRefused.self) { try Installer.install(owner, fixture.request()) }
        #expect(refused?.problems.count == 1 && refused?.description.contains("schema 9000") == true)
        let mismatch = #expect(throws: SchemaMismatch.self) { try Installer.checkVersion(owner) }
        #expect(mismatch?.installed == 9000 && mismatch?.description.contains("newer program") == true)
    }

    @Test func whileADaemonRunsNothingIsInstalledOrRemoved() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        let daemon = try fixture.daemon()
        try daemon.execute("SELECT pg_advisory_lock(\(Locks.daemon))")
        let refused = #expect(throws: InstallRefused.self) { try Installer.install(owner, fixture.request()) }
        #expect(refused?.description.contains("daemon is running") == true)
        #expect(throws: InstallRefused.self) { try Installer.uninstall(owner) }
        daemon.close()
        try await eventually("the lock is free") {
            try owner.queryOne(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
                    + "(SELECT oid FROM pg_database WHERE datname = current_database())")?.int(0) == 0
        }
        try Installer.install(owner, fixture.request())
    }

    @Test func anotherDaemonRoleTakesTheOldOnesPlace() async throws {
        let fixture = try await InstallFixture.installed()
        try fixture.share("CREATE TABLE t (id integer PRIMARY KEY)", ["t"])
        let owner = try fixture.owner()
        var request = fixture.request()
        request.daemonRole = InstallFixture.writer
        try Installer.install(owner, request)
        try fixture.writer().execute("INSERT INTO t VALUES (1)")
        #expect(try fixture.captured(owner) == .nothing)
        try owner.execute("GRANT INSERT ON t TO \(Session.quoteIdentifier(InstallFixture.daemon))")
        try fixture.daemon().execute("INSERT INTO t VALUES (2)")
        #expect(try fixture.captured(owner).keys == ["{2}"])
        let error = #expect(throws: PostgresError.self) { try fixture.daemon().execute("SELECT FROM bashu.pending") }
        #expect(error?.sqlState == .insufficientPrivilege)
        #expect(try fixture.writer().query("SELECT FROM bashu.table_shapes() WHERE NOT intact").isEmpty)
    }

    @Test func uninstallLeavesTheTablesAsTheyWere() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.script(
            """
            CREATE TABLE t (id integer PRIMARY KEY, v text); INSERT INTO t VALUES (1, '值');
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
            CREATE TABLE p (id integer PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT;
            """)
        // An access list of its own, so that there is one to compare.
        try owner.execute("GRANT SELECT ON t, p TO \(Session.quoteIdentifier(InstallFixture.writer))")
        let state = """
            SELECT string_agg(pg_get_triggerdef(t.oid) || tgenabled::text, ';' ORDER BY t.oid) || (
                SELECT string_agg(relname || coalesce(relacl::text, ''), ';' ORDER BY relname)
                FROM pg_class WHERE relnamespace = 'public'::regnamespace)
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid AND c.relnamespace = 'public'::regnamespace
            """
        let before = try owner.queryOne(state)?.text(0)
        var options = SharingOptions()
        options.triggers = .guardThem
        for table in ["t", "p"] { try SharedTables.add(owner, table, options: options) }
        try Installer.uninstall(owner)
        #expect(try owner.queryOne(state)?.text(0) == before)
        #expect(try owner.queryOne("SELECT v FROM t")?.text(0) == "值")
        #expect(try owner.query("SELECT FROM pg_namespace WHERE nspname = 'bashu'").isEmpty)
        try owner.script("INSERT INTO t VALUES (2); INSERT INTO p VALUES (1); TRUNCATE p")
        #expect(throws: SchemaMismatch.self) { try Installer.uninstall(owner) }
        // And it can be installed again.
        try Installer.install(owner, fixture.request(.replica, region: "library"))
    }

    @Test func everyFileOfTheFolderIsEmbedded() throws {
        let paths = SchemaFiles.all.map(\.path)
        #expect(Set(paths).count == paths.count && paths.first == "sql/0001_base.sql")
        #expect(SchemaFiles.migrations.compactMap(\.version) == Array(1...SchemaFiles.migrations.count))
        #expect(SchemaFiles.all.allSatisfy { !$0.text.isEmpty })
        #expect(SchemaFiles.functions.contains { $0.path == "sql/grants.sql" })
        #expect(!SchemaFiles.functions.contains { $0.path == SchemaFiles.uninstall })
    }
}
