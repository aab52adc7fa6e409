import Postgres
import TestCluster
import Testing

@testable import RegionStore

/// Column types, odd identifiers, partitions, and schemas that do not fit each other.
@Suite(.serialized) struct EngineTypeTests {
    static let schema = #"""
        CREATE TYPE public."复合 type" AS (a int, "b ""q""" text);
        CREATE TYPE public.mood AS ENUM ('好', 'so, so', 'bad');
        CREATE DOMAIN public.code AS text NOT NULL CHECK (value <> '');
        CREATE TABLE public."All Types 表" (
            "主 键" text, "key ""2""" date, small smallint, big bigint, num numeric, num2 numeric(10,3), r4 real,
            r8 double precision, money money, flag boolean, fixed char(6), var varchar(12), body text, raw bytea,
            ts timestamp, tz timestamptz, d date, t time, ttz timetz, span interval, id uuid, j json, jb jsonb,
            x xml, net inet, block cidr, mac macaddr, bits bit(4), vbits varbit, tsv tsvector, pt point, box box,
            ints int[], texts text[][], nums numeric[], comp public."复合 type", comps public."复合 type"[],
            feel public.mood, feels public.mood[], c public.code, ir int4range, dr daterange, mr int4multirange,
            ident bigint GENERATED ALWAYS AS IDENTITY (INCREMENT BY 2),
            gen text GENERATED ALWAYS AS (upper(body)) STORED,
            PRIMARY KEY ("主 键", "key ""2"""));
        CREATE TABLE public.parted (region text, n int, v text, PRIMARY KEY (region, n)) PARTITION BY LIST (region);
        CREATE TABLE public."part 50" PARTITION OF public.parted FOR VALUES IN ('50');
        CREATE TABLE public.part_rest PARTITION OF public.parted DEFAULT PARTITION BY RANGE (n);
        CREATE TABLE public.part_low PARTITION OF public.part_rest FOR VALUES FROM (0) TO (100);
        CREATE TABLE public.part_high PARTITION OF public.part_rest FOR VALUES FROM (100) TO (1000);
        CREATE TABLE public.link (a int, b int, PRIMARY KEY (a, b));
        """#
    static let tables = ["public.\"All Types 表\"", "public.parted", "public.link"]

    private func expectEqual(_ network: Network, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let first = network.parties[0]
        for party in network.parties {
            for table in Self.tables {
                #expect(
                    try party.rows(table, orderBy: "1, 2") == first.rows(table, orderBy: "1, 2"),
                    sourceLocation: sourceLocation)
            }
            #expect(try party.differences() == [], sourceLocation: sourceLocation)
        }
        try network.expectClean(sourceLocation: sourceLocation)
    }

    @Test func everyColumnTypeArrivesAsItWas() async throws {
        let network = try await Network(["50", "51"], schema: Self.schema, tables: Self.tables)
        let (cq, sc) = (try network["50"], try network["51"])
        let table = Self.tables[0]
        // Hostile settings of the writer must not show in the log.
        try cq.writer.script("SET DateStyle = 'German'; SET TimeZone = 'Asia/Shanghai'; SET extra_float_digits = -15")
        try cq.writer.script("SET IntervalStyle = 'sql_standard'; SET bytea_output = 'escape'")
        try cq.writer.script(
            """
            INSERT INTO \(table) VALUES (
                '火锅 𬭎 "q" \\ tab', date '2024-12-10', 1, 9007199254740993, 1.10, 2.5, 'NaN', '-Infinity', 12.34,
                true, 'ab', 'v', E'line\\nbreak\\ttab\\\\N', '\\x00ff5c', '0044-03-15 12:00 BC',
                '2024-12-10 00:00+08', '5874897-12-31', '24:00', '12:00+08', '1 year -2 days 03:04:05.6',
                'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a" :  1.0}', '{"a": 1.00, "b": null}', '<a>x</a>',
                '10.0.0.1/8', '10.0.0.0/8', '08:00:2b:01:02:03', B'1010', B'1', 'fat:2 cat', '(1.5,2)', '(1,1),(0,0)',
                '{1,NULL,3}', '{{a,"b c"},{"NULL",NULL}}', '{1.0,1.00}', '(1,"x ""y"", z")', '{"(1,a)",NULL}',
                'so, so', '{好,"so, so"}', 'c', '[1,5)', '(,2024-01-01)', '{[1,2),[5,9)}', DEFAULT, DEFAULT)
            """)
        try cq.writer.script("INSERT INTO \(table) (\"主 键\", \"key \"\"2\"\"\", c) VALUES ('', 'infinity', 'x')")
        try network.converge()
        #expect(try sc.rows(table, orderBy: "1, 2").count == 2)
        try expectEqual(network)
        // An update of one column leaves the others' texts alone, and jsonb's 1.0 is not its 1.00.
        try sc.writer.execute("UPDATE \(table) SET jb = '{\"a\": 1.0, \"b\": null}', body = 'x' WHERE small = 1")
        try network.converge()
        let changed = try #require(try cq.owner.queryOne("SELECT jb::text FROM \(table) WHERE small = 1")).text(0)
        #expect(changed.contains("1.0,"))
        try expectEqual(network)
    }

    @Test func partitionsAndTablesThatAreAllKey() async throws {
        let network = try await Network(["50", "51"], schema: Self.schema, tables: Self.tables)
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.parted SELECT '5' || i % 2, i, 'v' FROM generate_series(1, 60) i")
        try cq.writer.execute("INSERT INTO public.part_high VALUES ('51', 500, 'leaf')")
        try cq.writer.execute("INSERT INTO public.link SELECT i, i + 1 FROM generate_series(1, 10) i")
        try network.converge()
        #expect(try sc.rows("public.parted", orderBy: "1, 2").count == 61)
        try expectEqual(network)
        try sc.writer.execute("UPDATE public.parted SET region = '50' WHERE region = '51' AND n < 10")
        try sc.writer.execute("UPDATE public.part_low SET v = 'low'")
        try sc.writer.execute("UPDATE public.link SET b = b + 100 WHERE a > 5")
        try sc.writer.execute(
            """
            MERGE INTO public.parted p USING (VALUES ('51', 500, 'm'), ('50', 700, 'new')) s(region, n, v)
               ON p.n = s.n WHEN MATCHED THEN UPDATE SET region = '50', v = s.v
             WHEN NOT MATCHED THEN INSERT VALUES (s.region, s.n, s.v)
            """)
        try network.converge()
        #expect(try cq.rows("public.parted", orderBy: "1, 2").count == 62)
        #expect(try cq.owner.queryOne("SELECT v FROM public.\"part 50\" WHERE n = 500")?.text(0) == "m")
        try expectEqual(network)
    }

    @Test func aTableOrATypeThatDoesNotFitHoldsTheLink() async throws {
        let network = try await Network(["50", "51"], schema: Self.schema, tables: ["public.link"])
        let (cq, sc) = (try network["50"], try network["51"])
        for party in network.parties {
            try party.owner.script("CREATE TABLE public.later (id int PRIMARY KEY, v int)")
            try party.owner.script("GRANT ALL ON public.later TO \(Party.writer)")
        }
        try sc.owner.script("ALTER TABLE public.later ALTER COLUMN v TYPE bigint")
        var options = SharingOptions()
        options.keysMayCollide = true
        try SharedTables.add(cq.owner, "public.later", options: options)
        try cq.writer.execute("INSERT INTO public.later VALUES (1, 1)")
        try cq.settle()
        try sc.receive(from: cq)
        try sc.settle()
        let missing = try #require(try sc.owner.queryOne("SELECT reason FROM bashu.hold")).text(0)
        #expect(missing.contains("public.later is not shared"))
        try SharedTables.add(sc.owner, "public.later", options: options)
        sc.engine.retries.heldUntil = [:]
        sc.engine.timers.shapes = nil
        try sc.settle()
        let hold = try #require(try sc.owner.queryOne("SELECT reason FROM bashu.hold")).text(0)
        #expect(hold.contains("column v") && hold.contains("bigint") && hold.contains("integer"))
        try cq.owner.script("ALTER TABLE public.later ALTER COLUMN v TYPE bigint")
        try sc.owner.script("ALTER TABLE public.later ALTER COLUMN v TYPE integer")
        sc.engine.retries.heldUntil = [:]
        sc.engine.timers.shapes = nil
        try sc.settle()
        #expect(try sc.rows("public.later") == [["1", "1"]])
        #expect(try sc.owner.query("SELECT 1 FROM bashu.hold").isEmpty)
    }
}
