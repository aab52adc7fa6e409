import Postgres
import TestCluster
import Testing

@testable import RegionStore

@Suite struct CaptureTypeTests {
    /// Key types that are taken, and values whose text depends on something.
    static let keys: [(type: String, values: [String])] = [
        ("smallint", ["-1", "32767"]), ("integer", ["0", "-2147483648"]), ("bigint", ["9007199254740993"]),
        ("uuid", ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"]), ("boolean", ["true", "false"]),
        ("bytea", ["''", "'\\x00ff5c27'", "'abc'"]), ("date", ["'2024-02-29'", "'infinity'", "'0044-03-15 BC'"]),
        ("time", ["'12:34:56.789'", "'24:00'"]), ("timetz", ["'12:00+08'", "'12:00-03:30'"]),
        ("timestamp(3)", ["'2024-02-03 04:05:06.7891'", "'-infinity'", "'0001-01-01 BC'"]),
        ("timestamptz", ["'2024-02-03 04:05:06+08'", "'1900-01-01 00:00:00+08:05:43'"]),
        ("inet", ["'10.0.0.1'", "'10.0.0.1/8'", "'::1'"]), ("cidr", ["'10.0.0.0/8'"]),
        ("macaddr", ["'08-00-2b-01-02-03'"]), ("macaddr8", ["'08:00:2b:01:02:03:04:05'"]),
        ("numeric(12,3)", ["1", "-0.5", "'NaN'"]), ("char(6)", ["'ab'", "'汉字'", "''"]),
        ("varchar(20)", ["'a,b'", "'\"'", "'\\'", "'NULL'", "''", "' '"]),
        ("text", ["'𬭎{}'", "E'a\\tb\\nc'", "'null'", "repeat('长', 600)"]), ("bit(3)", ["B'101'"]),
        ("varbit", ["B''", "B'0110'"]), ("text COLLATE \"C\"", ["'é'"]), ("public.posint", ["5"]),
        ("public.code", ["'GB/T 1.1—2020'"]),
    ]

    @Test func theKeyIsTheTextThatTheDaemonReads() async throws {
        let fixture = try await InstallFixture.installed()
        let hostile = [
            "TimeZone": "Asia/Kolkata", "DateStyle": "SQL, DMY", "bytea_output": "escape", "IntervalStyle": "postgres",
            "extra_float_digits": "0", "standard_conforming_strings": "on",
        ]
        try fixture.owner().script(
            """
            CREATE DOMAIN posint AS integer CHECK (VALUE > 0);
            CREATE DOMAIN inner_code AS varchar(40) NOT NULL; CREATE DOMAIN code AS inner_code;
            """)
        let tables = Self.keys.enumerated().map { "CREATE TABLE k\($0) (v integer, k \($1.type), PRIMARY KEY (k))" }
        try fixture.share(tables.joined(separator: ";"), Self.keys.indices.map { "k\($0)" })
        let writer = try fixture.writer(settings: hostile)
        let owner = try fixture.owner()
        let daemon = try fixture.daemon(settings: DaemonSettings.values)
        for (index, key) in Self.keys.enumerated() {
            try writer.execute("INSERT INTO k\(index) (k) VALUES (\(key.values.joined(separator: "), ("))) ")
            try writer.execute("UPDATE k\(index) SET v = 1")
            let keys = Set(
                try daemon.query("SELECT ARRAY[k::text]::text FROM public.k\(index)").map { try $0.text(0) })
            let captured = try fixture.captured(owner)
            #expect(captured == Captured(keys: keys, markers: 0, rows: 2), "\(key.type)")
            #expect(keys.count == key.values.count)
            // And the daemon finds the row by it.
            for key in keys {
                let found = try daemon.query(
                    "SELECT FROM public.k\(index) WHERE k = ($1::text[])[1]::\(Self.keys[index].type.cast)",
                    [.text(key)])
                #expect(found.count == 1, "\(key)")
            }
        }
    }

    @Test func tablesOfEveryColumnTypeAndOddNamesAreShared() async throws {
        let fixture = try await InstallFixture.installed()
        try fixture.share(
            """
            CREATE SCHEMA "模 式""x"; CREATE TYPE "模 式""x"."Mood" AS ENUM ('好', 'so so');
            CREATE TYPE pair AS (a integer, b "模 式""x"."Mood"); CREATE DOMAIN positive AS numeric CHECK (VALUE > 0);
            CREATE TYPE span AS RANGE (subtype = float8);
            CREATE TABLE "模 式""x"."Tab le; DROP" (
                "键 ""1" integer, "SELECT" text, "a.b" text, t text, n numeric, n2 numeric(8,2), ts timestamptz, d date,
                i interval, u uuid, b bytea, j json, jb jsonb, arr text[], arr2 integer[][], m "模 式""x"."Mood",
                ms "模 式""x"."Mood"[], p positive, r int4range, mr nummultirange, tv tsvector, tq tsquery, ip inet,
                bits bit varying(9), c pair, f float8, s span, x xml, pt point, mo money, oi oid, re regclass,
                gen integer GENERATED ALWAYS AS ("键 ""1" * 2) STORED, ident integer GENERATED ALWAYS AS IDENTITY,
                PRIMARY KEY ("SELECT", "键 ""1"));
            GRANT USAGE ON SCHEMA "模 式""x" TO PUBLIC;
            GRANT ALL ON ALL TABLES IN SCHEMA "模 式""x" TO PUBLIC;
            """, ["\"模 式\"\"x\".\"Tab le; DROP\""])
        let captured = try fixture.captured(
            """
            INSERT INTO "模 式""x"."Tab le; DROP" ("键 ""1", "SELECT", f, c, ms) VALUES (1, '一', '-0', '(1,好)', '{好}');
            UPDATE "模 式""x"."Tab le; DROP" SET n = 'NaN'; DELETE FROM "模 式""x"."Tab le; DROP";
            """)
        #expect(captured == Captured(keys: ["{一,1}"], markers: 0, rows: 3))
        let table = try #require(try SharedTables.list(fixture.owner()).first)
        #expect(table.schema == "模 式\"x" && table.name == "Tab le; DROP" && table.fault == nil)
        #expect(table.keyColumns == ["SELECT", "键 \"1"])
        #expect(table.columns.first == "键 \"1" && !table.columns.contains("gen") && table.columns.last == "ident")
        #expect(table.types.contains("\"模 式\"\"x\".\"Mood\"[]") && table.types.contains("bit varying(9)"))
    }
}

extension String {
    /// A column type as a cast: a collation does not belong there.
    fileprivate var cast: String { String(prefix { $0 != " " }) }
}
