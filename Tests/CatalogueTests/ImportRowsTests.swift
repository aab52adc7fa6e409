import CatalogueStore
import Postgres
import RegionStore
import TestCluster
import Testing

@Suite struct ImportRowsTests {
    private static let odd = #"""
        CREATE TYPE public."färbe" AS ENUM ('rot', '红');
        CREATE DOMAIN public.positive AS integer CHECK (VALUE > 0);
        CREATE TABLE public."Odd ""table""" (
            "key, 1" text, "select" integer, flag boolean, n2 smallint, n8 bigint, num numeric(20, 4), bare numeric,
            f4 real, f8 double precision, day date, moment timestamptz, local timestamp, clock time, span interval,
            raw bytea, fixed char(4), short varchar(5), doc jsonb, text_doc json, words text[], "färbe" public."färbe",
            id uuid, address inet, bits bit(3), positive public.positive, letter "char", point point, range int4range,
            "record" text, "line" text, twice integer GENERATED ALWAYS AS ("select" * 2) STORED,
            serial integer GENERATED ALWAYS AS IDENTITY, filled text DEFAULT 'x',
            PRIMARY KEY ("select", "key, 1"));
        INSERT INTO public."Odd ""table""" VALUES ('', 1);
        INSERT INTO public."Odd ""table""" VALUES
            (E'火锅 "𬭎",\n\r\n\t\\N', 2, true, -1, 9007199254740993, 1.5, 'NaN', 'Infinity', 0.1,
            '0044-03-15 BC', '2024-12-10 00:00:00.123456+08', 'infinity', '23:59:59.5', '1 mon -2 days', '\x00ff', 'a',
            '', '{"a": null, "b": "\\ \""}', '"x"', ARRAY['NULL', NULL, '', 'a,"b'], '红', gen_random_uuid(),
            '10.0.0.0/8', B'101', 7, 'z', '(1,2)', '[1,5)', '\.', 'null'),
            ('NULL', 3, false, 0, 0, 1, 1.10, 'NaN', '-0', '2024-02-29', '-infinity', NULL, NULL, NULL, '', '',
            ' ', 'null', NULL, '{}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'empty', '""', ' ');
        """#

    @Test(arguments: [ExportFormat.csv, .jsonl])
    func anExportImportsWithoutADifference(format: ExportFormat) async throws {
        let bench = try await ImportBench(sample: true)
        try bench.run(Self.odd)
        let session = try bench.session()
        for table in try Catalogue.tables(session) + ["Odd \"table\""] {
            let path = try bench.export(table, format)
            guard try bench.text(path).split(separator: "\n").count > (format == .csv ? 1 : 0) else { continue }
            let shape: (inout ImportOptions) -> Void = { $0.shape = .rows }
            let report = try bench.load(path: path, into: table, shape)
            #expect(report.unchanged == report.records && report.records > 0, "\(table): \(report)")
            #expect(report.rejects.isEmpty, "\(table): \(report.rejects)")
        }
        // Into the empty table: the same rows again.
        let path = try bench.export("Odd \"table\"", format)
        let before = try bench.text(path)
        try bench.run("DELETE FROM public.\"Odd \"\"table\"\"\"")
        let report = try bench.load(path: path, into: "Odd \"table\"")
        #expect(report.new == 3 && report.rejects.isEmpty, "\(report.rejects)")
        #expect(try bench.text(try bench.export("Odd \"table\"", format)) == before)
    }

    @Test func aRowThatCannotBeStoredIsRejectedAloneWithItsReason() async throws {
        let bench = try await ImportBench()
        try bench.run(
            """
            CREATE TABLE public.parent (id integer PRIMARY KEY);
            INSERT INTO public.parent VALUES (1);
            CREATE TABLE public.child (id integer PRIMARY KEY, parent integer REFERENCES public.parent, day date,
                name varchar(3) NOT NULL CHECK (name <> 'no'), mark text UNIQUE);
            """)
        let text = """
            id,parent,day,name,mark
            1,1,2024-01-01,a,m
            2,9,2024-01-01,b,
            3,1,2024-02-30,c,
            4,1,,no,
            5,1,,,
            ,1,,e,
            1,1,,f,
            7,1,,long,
            x,1,,h,
            9,1,,i,m
            10,1,"2024-01-01,j,
            11,1,,k,
            """
        let rejects = bench.folder.path + "/rejects.csv"
        let report = try bench.load(text, into: "child") { $0.rejectsPath = rejects }
        #expect([report.new, report.rejected] == [2, 10])
        #expect(report.rejects.map(\.line) == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
        let details = report.rejects.map { "\($0.fault.rawValue) \($0.detail)" }
        for (index, word) in ["parent", "2024-02-30", "name", "name", "noKey", "sameKey 2", "(3)", "x", "mark", "quote"]
            .enumerated()
        {
            #expect(details[index].contains(word), "\(details[index])")
        }
        let written = try bench.text(rejects)
        #expect(written.hasPrefix("import_line,import_reason,id,parent,day,name,mark\n3,\"refused: "))
        // Mended by hand, the file goes in as it is.
        try bench.run("INSERT INTO public.parent VALUES (9)")
        let mended = written.replacing("2024-02-30", with: "2024-02-29")
            .replacing("\"2024-01-01,j", with: "2024-01-01,j")
        #expect(try bench.load(mended, into: "child").new == 3)
    }

    @Test func columnsThatARecordDoesNotNameStay() async throws {
        let bench = try await ImportBench()
        try bench.run("CREATE TABLE public.t (k text PRIMARY KEY, a text DEFAULT 'new', b text)")
        try bench.load("k,a,b\n1,x,y\n2,x,y\n", into: "t")
        let text = "{\"k\":\"1\",\"a\":null}\n"
            + "{\"k\":\"2\",\"b\":\"z\"}\n{\"k\":\"3\",\"b\":\"q\"}\n{\"k\":\"4\",\"c\":1}\n"
        let report = try bench.load(text, into: "t", name: "a.jsonl")
        #expect([report.new, report.changed, report.rejected] == [1, 2, 1])
        #expect(
            try bench.one("SELECT string_agg(concat_ws(',', k, coalesce(a, '-'), b), ' ' ORDER BY k) FROM t")
                == "1,-,y 2,x,z 3,new,q")
        #expect(try bench.load("k,b\n1,w\n", into: "t").changed == 1)
        #expect(try bench.one("SELECT concat_ws(',', coalesce(a, '-'), b) FROM t WHERE k = '1'") == "-,w")
    }

    @Test func whatWasFoundEqualIsNotOverwrittenByWhatCameBetween() async throws {
        let bench = try await ImportBench()
        try bench.run(
            """
            CREATE TABLE catalogue."修订" (k integer, l text, a text, source_asof timestamptz, PRIMARY KEY (k, l))
            """)
        func load(_ value: String, _ asOf: String) throws -> ImportReport {
            try bench.load("k,l,a\n1,\"渝\"\"川\",\(value)\n2,x,\(value)\n", into: "catalogue.修订") { $0.asOf = asOf }
        }
        #expect(try load("甲", "2020-01-01").new == 2)
        #expect(try load("甲", "2022-01-01").unchanged == 2)
        #expect(try load("甲", "2021-01-01").unchanged == 2)
        #expect(try load("乙", "2021-06-01").stale == 2)
        #expect(try load("乙", "2022-06-01").changed == 2)
        #expect(try bench.one("SELECT count(*)::text FROM catalogue.confirmed") == "2")
        try await bench.cluster.createRole("importer")
        try bench.run("GRANT USAGE ON SCHEMA catalogue TO importer; GRANT ALL ON catalogue.\"修订\" TO importer")
        let session = try bench.cluster.session(database: bench.database, user: "importer")
        let path = try bench.file("c.csv", "k,l,a\n1,x,y\n")
        #expect(
            throws: ImportError.noRight(
                table: "catalogue.confirmed", rights: ["SELECT", "INSERT", "UPDATE"], role: "importer")
        ) {
            try Importer(session, into: "catalogue.修订", from: path, ImportOptions()).run()
        }
    }

    /// Somebody inserts and changes the same keys after they were compared and before they are written.
    @Test func whoWritesMeanwhileIsNotOverwrittenByAnOlderState() async throws {
        let bench = try await ImportBench()
        try bench.run("CREATE TABLE public.t (k integer PRIMARY KEY, a text, source_asof timestamptz)")
        try bench.load("k,a,source_asof\n1,x,2020-01-01\n2,x,2020-01-01\n", into: "t")
        var options = ImportOptions()
        options.asOf = "2021-01-01"
        let session = try bench.session()
        let other = try bench.session()
        let path = try bench.file("a.csv", "k,a\n1,y\n2,y\n3,y\n4,y\n")
        let importer = try Importer(session, into: "t", from: path, options) { progress in
            guard case .writing(0, _) = progress else { return }
            try? other.script(
                """
                UPDATE t SET a = 'newer', source_asof = '2022-01-01' WHERE k = 1;
                INSERT INTO t VALUES (3, 'newer', '2022-01-01'), (4, 'older', '2019-01-01');
                """)
        }
        let report = try importer.run()
        #expect([report.new, report.changed] == [0, 2])
        #expect(
            try bench.one("SELECT string_agg(k || a, ' ' ORDER BY k) FROM t") == "1newer 2y 3newer 4y")
    }

    @Test func whatCannotBeginIsRefusedBeforeItBegins() async throws {
        let bench = try await ImportBench()
        try bench.run("CREATE TABLE public.bare (a text)")
        #expect(throws: ImportError.noTable("nowhere")) { try bench.load("a\n1\n", into: "nowhere") }
        #expect(throws: ImportError.noKey(table: "bare")) { try bench.load("a\n1\n", into: "bare") }
        #expect(throws: ImportError.repeatedColumn("ics")) { try bench.load("ics,ics\n", into: "standard_ics") }
        #expect(throws: ImportError.keyMissing(["std_id"], table: "catalogue.standard_ics")) {
            try bench.load("ics\n01\n", into: "catalogue.standard_ics")
        }
        #expect(throws: ImportError.noNumberColumn(found: ["a"])) { try bench.load("a\n1\n") }
        #expect(throws: ImportError.badTime("soon")) { try bench.load("number\n1\n") { $0.asOf = "soon" } }
        #expect(throws: ImportError.folder(path: bench.folder.path)) { try bench.load(path: bench.folder.path) }
        #expect(throws: ImportError.empty(path: bench.folder.path + "/list.csv")) { try bench.load("number\n") }
    }
}
