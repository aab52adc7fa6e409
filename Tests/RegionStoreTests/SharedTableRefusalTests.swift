import Postgres
import Reasons
import TestCluster
import Testing

@testable import RegionStore

@Suite struct SharedTableRefusalTests {
    /// What to create, and the code of the refusal.
    struct Case: Sendable, CustomStringConvertible {
        let code: String
        let statements: String
        var excluded: [String] = []
        var description: String { "\(code): \(statements)" }

        init(_ code: String, _ statements: String, excluded: [String] = []) {
            self.code = code
            self.statements = statements
            self.excluded = excluded
        }
    }

    private static let cases: [Case] = [
        Case("kind", "CREATE VIEW t AS SELECT 1 AS id"),
        Case("kind", "CREATE MATERIALIZED VIEW t AS SELECT 1 AS id"),
        Case("no_key", "CREATE TABLE t (id integer UNIQUE)"),
        Case("deferrable_key", "CREATE TABLE t (id integer PRIMARY KEY DEFERRABLE)"),
        Case("key_type", "CREATE TABLE t (id float8 PRIMARY KEY)"),
        Case("key_type", "CREATE TABLE t (id numeric PRIMARY KEY)"),
        Case("key_type", "CREATE TABLE t (id interval PRIMARY KEY)"),
        Case("key_type", "CREATE TABLE t (id jsonb PRIMARY KEY)"),
        Case("key_type", "CREATE TABLE t (id int4range PRIMARY KEY)"),
        Case("key_type", "CREATE TABLE t (id numeric(4,1)[] PRIMARY KEY)"),
        Case("key_type", "CREATE TABLE t (id bpchar PRIMARY KEY)"),
        Case("key_type", "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (id mood PRIMARY KEY)"),
        Case("key_type", "CREATE DOMAIN price AS numeric; CREATE TABLE t (k integer, id price, PRIMARY KEY (k, id))"),
        Case(
            "key_type",
            "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false); "
                + "CREATE TABLE t (id text COLLATE ci PRIMARY KEY)"),
        Case("serial_key", "CREATE TABLE t (id serial PRIMARY KEY)"),
        Case("serial_key", "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)"),
        Case("serial_key", "CREATE SEQUENCE s; CREATE TABLE t (id bigint DEFAULT nextval('s') PRIMARY KEY)"),
        Case(
            "exclusion", "CREATE TABLE t (id integer PRIMARY KEY, EXCLUDE USING gist (int4range(id, id + 1) WITH &&))"),
        Case("inheritance", "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE t (PRIMARY KEY (id)) INHERITS (p)"),
        Case("inheritance", "CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE c () INHERITS (t)"),
        Case(
            "partition",
            "CREATE TABLE p (id integer PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE t PARTITION OF p DEFAULT"),
        Case("unlogged", "CREATE UNLOGGED TABLE t (id integer PRIMARY KEY)"),
        Case("temporary", "CREATE TEMP TABLE t (id integer PRIMARY KEY)"),
        Case(
            "unlogged",
            "CREATE TABLE t (id integer PRIMARY KEY) PARTITION BY LIST (id); "
                + "CREATE UNLOGGED TABLE u PARTITION OF t DEFAULT"
        ),
        Case("row_security", "CREATE TABLE t (id integer PRIMARY KEY); ALTER TABLE t ENABLE ROW LEVEL SECURITY"),
        Case("rules", "CREATE TABLE t (id integer PRIMARY KEY); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING"),
        Case("no_column", "CREATE TABLE t (id integer PRIMARY KEY)", excluded: ["无"]),
        Case("excluded_key", "CREATE TABLE t (id integer PRIMARY KEY)", excluded: ["id"]),
        Case("excluded_unique", "CREATE TABLE t (id integer PRIMARY KEY, u text UNIQUE)", excluded: ["u"]),
        Case(
            "excluded_generated", "CREATE TABLE t (id integer PRIMARY KEY, g integer GENERATED ALWAYS AS (1) STORED)",
            excluded: ["g"]),
        Case("excluded_not_null", "CREATE TABLE t (id integer PRIMARY KEY, x text NOT NULL)", excluded: ["x"]),
        Case(
            "excluded_not_null",
            "CREATE DOMAIN must AS text NOT NULL; CREATE TABLE t (id integer PRIMARY KEY, x must)", excluded: ["x"]),
        Case(
            "trigger",
            """
            CREATE TABLE t (id integer PRIMARY KEY);
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';
            CREATE TRIGGER "触发" BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()
            """),
    ]

    @Test(arguments: cases)
    func eachRefusalNamesItsReason(_ refusal: Case) async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.script(refusal.statements)
        var options = SharingOptions()
        options.excluded = refusal.excluded
        let error = #expect(throws: TableRefused.self) { try SharedTables.add(owner, "t", options: options) }
        #expect(error?.reasons.map(\.code) == [refusal.code])
        for reason in error?.reasons ?? [] {
            #expect(ReasonBook.reason(reason.text) != nil, "\(reason.text)")
            #expect(reason.hint.map { ReasonBook.reason($0) != nil } ?? true, "\(reason.hint ?? "")")
        }
        #expect(try SharedTables.list(owner).isEmpty)
        #expect(try owner.query("SELECT FROM pg_trigger WHERE tgname LIKE 'zzzz%'").isEmpty)
        // The SQL function by itself says the same.
        let code = SQLState(rawValue: refusal.code == "trigger" ? "BS002" : "BS001")
        let raised = #expect(throws: PostgresError.self) {
            try owner.execute("SELECT bashu.table_add('t', $1::text[])", [.textArray(refusal.excluded)])
        }
        #expect(raised?.sqlState == code && raised?.detail?.isEmpty == false)
        #expect(raised.map { ReasonBook.reason($0.message) != nil } == true, "\(raised?.message ?? "")")
    }

    @Test func everyReasonIsNamedAtOnce() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.script("CREATE UNLOGGED TABLE \"T 一\" (id serial, f float8, PRIMARY KEY (id, f))")
        let error = #expect(throws: TableRefused.self) { try SharedTables.add(owner, "T 一") }
        #expect(Set(error?.reasons.map(\.code) ?? []) == ["unlogged", "key_type", "serial_key"])
        #expect(error?.description.contains("table T 一 cannot be shared") == true)
    }

    @Test func aTableOfAnotherOwnerIsRefused() async throws {
        let fixture = try await InstallFixture.installed()
        try fixture.superuser().script("CREATE TABLE t (id integer PRIMARY KEY)")
        let owner = try fixture.owner()
        let error = #expect(throws: TableRefused.self) { try SharedTables.add(owner, "t") }
        #expect(error?.reasons.map(\.code) == ["owner"])
    }

    @Test func onlyTheOwnerOfTheSchemaShares() async throws {
        let fixture = try await InstallFixture.installed()
        try fixture.owner().script("CREATE TABLE t (id integer PRIMARY KEY)")
        let superuser = try fixture.superuser()
        let error = #expect(throws: PostgresError.self) { try superuser.execute("SELECT bashu.table_add('t')") }
        #expect(error?.sqlState == .insufficientPrivilege)
        #expect(throws: PostgresError.self) { try fixture.daemon().execute("SELECT bashu.table_add('t')") }
    }

    @Test func whatASubscriptionWritesIsRefused() async throws {
        let fixture = try await InstallFixture.installed()
        let superuser = try fixture.superuser()
        let owner = try fixture.owner()
        try owner.script("CREATE TABLE t (id integer PRIMARY KEY)")
        // The catalogue row alone is what counts; a subscription needs another server.
        try superuser.script(
            """
            SET allow_system_table_mods = on;
            INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate) VALUES (1, 't'::regclass, 'r');
            """)
        let error = #expect(throws: TableRefused.self) { try SharedTables.add(owner, "t") }
        #expect(error?.reasons.map(\.code) == ["subscribed"])
        try superuser.script("DELETE FROM pg_subscription_rel WHERE srrelid = 't'::regclass")
        try SharedTables.add(owner, "t")
    }

    @Test func serialKeysWithAStrideOrByTheOperatorsWordAreTaken() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.script(
            """
            CREATE TABLE a (id integer GENERATED BY DEFAULT AS IDENTITY (INCREMENT 100 START 50) PRIMARY KEY);
            CREATE TABLE b (id serial PRIMARY KEY);
            """)
        try SharedTables.add(owner, "a")
        var options = SharingOptions()
        options.keysMayCollide = true
        try SharedTables.add(owner, "b", options: options)
        #expect(try SharedTables.list(owner).map(\.name) == ["a", "b"])
        // A replica writes nothing, so nothing can collide.
        let replica = try await InstallFixture.installed(.replica, region: "library")
        try replica.owner().script("CREATE TABLE b (id serial PRIMARY KEY)")
        try SharedTables.add(replica.owner(), "b")
    }
}
