import Postgres
import Replication
import Testing

@testable import RegionStore

/// The twelve conflicts of the standards bureaux, on the real catalogue under the policy that comes with it: what an
/// administrator expects, in every region. CQ is Chongqing (50), SC Sichuan (51).
@Suite(.serialized) struct EngineDomainTests {
    static let extra = """
        CREATE TABLE public.pilot (id int PRIMARY KEY, name text, std_id uuid REFERENCES catalogue.standard);
        CREATE TABLE public.declared_product (
            id int PRIMARY KEY, std_id uuid NOT NULL REFERENCES catalogue.standard, name text);
        CREATE TABLE public.person (id int PRIMARY KEY, name text, title text, home_region text);
        CREATE TABLE public.appointment (
            id int PRIMARY KEY, person int REFERENCES public.person, batch text, region text);
        """
    static let tables = [
        "catalogue.organization", "catalogue.announcement", "catalogue.joint_group", "catalogue.standard",
        "catalogue.standard_ics", "catalogue.number_history", "catalogue.replacement", "catalogue.amendment",
        "public.pilot", "public.declared_product", "public.person", "public.appointment",
    ]

    private struct Regions {
        let network: Network
        let cq: Party
        let sc: Party
        var all: [Party] { network.parties }

        func converge() throws { try network.converge() }

        /// Equal tables and cases, and tables that are what is known.
        func expectEqual(sourceLocation: SourceLocation = #_sourceLocation) throws {
            for table in EngineDomainTests.tables {
                #expect(
                    try sc.rows(table, orderBy: "1, 2") == cq.rows(table, orderBy: "1, 2"), "\(table)",
                    sourceLocation: sourceLocation)
            }
            #expect(try sc.cases() == cq.cases(), sourceLocation: sourceLocation)
            for party in all { #expect(try party.differences() == [], sourceLocation: sourceLocation) }
        }

        func expect(_ sql: String, _ values: [String?], sourceLocation: SourceLocation = #_sourceLocation) throws {
            for party in all {
                let row = try party.owner.queryOne(sql)
                let found = (0..<values.count).map { index in row.flatMap { $0[text: index] } }
                #expect(found == values, "\(party.name)", sourceLocation: sourceLocation)
            }
        }

        /// Types of the cases that nobody has closed, and whether one of them holds a text.
        func expectCase(
            _ type: String, holding text: String, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            for party in all {
                let rows = try party.owner.query(
                    "SELECT candidates::text FROM bashu.conflict_case WHERE type = $1 AND closed_by = ''",
                    [.text(type)])
                let texts = try rows.map { try $0.text(0) }
                #expect(texts.contains { $0.contains(text) }, "\(party.name)", sourceLocation: sourceLocation)
            }
        }
    }

    private func regions() async throws -> Regions {
        let catalogue = SchemaFiles.numbered(in: "catalogue").map(\.text).joined(separator: "\n")
        let network = try await Network(["50", "51"], schema: catalogue + Self.extra, tables: Self.tables)
        var standard = NamedPolicy()
        standard.home = "home_region"
        standard.asOf = "source_asof"
        standard.delete = .home
        standard.defaultRule = .home
        let groups: [(String, [String])] = [
            ("T", ["title_zh", "title_en"]),
            (
                "L",
                [
                    "status", "plan_stage", "issue_date", "implement_date", "abolish_date", "abolish_reason",
                    "announcement_id",
                ]
            ),
        ]
        standard.groups = groups.map { NamedPolicy.Group(name: $0.0, columns: $0.1, rule: .home) }
        var child = NamedPolicy()
        child.foreignKeys = [.init(columns: ["std_id"], rule: .parkChild)]
        var person = NamedPolicy()
        person.home = "home_region"
        person.defaultRule = .home
        for party in network.parties {
            let ids = try party.owner.query("SELECT table_name, id FROM bashu.shared_table")
            let byName = Dictionary(uniqueKeysWithValues: try ids.map { (try $0.text(0), Int(try $0.int(1))) })
            let named = [("standard", standard), ("declared_product", child), ("person", person)]
            let policies = Dictionary(
                uniqueKeysWithValues: try named.map { (try #require(byName[$0.0]), $0.1) })
            try PolicyStore.apply(party.owner, policies)
            try party.owner.script(
                """
                GRANT USAGE ON SCHEMA catalogue TO \(Party.writer);
                GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA catalogue TO \(Party.writer);
                GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA catalogue TO \(Party.writer)
                """)
            try party.settle()
        }
        return Regions(network: network, cq: try network["50"], sc: try network["51"])
    }

    private func standard(
        _ number: String, kind: String = "local", region: String, title: String = "标题", status: String = "current",
        more: (columns: String, values: String) = ("", "")
    ) -> String {
        """
        INSERT INTO catalogue.standard (std_id, number_raw, kind, home_region, title_zh, status, issue_date,
                                        implement_date\(more.columns))
        VALUES (catalogue.standard_id('\(number)'), '\(number)', '\(kind)', '\(region)', '\(title)', '\(status)',
                '2022-12-10', '2023-03-01'\(more.values))
        """
    }

    private func id(_ number: String) -> String { "catalogue.standard_id('\(number)')" }
}

extension EngineDomainTests {
    @Test func scenario01_foreignCorrection() async throws {
        let both = try await regions()
        let number = "DB50/T 1263-2022"
        try both.cq.writer.execute(standard(number, region: "50", title: "地下空间综合信息系统技术规范"))
        try both.converge()
        try both.cq.writer.execute(
            "UPDATE catalogue.standard SET title_en = 'Underground space' WHERE std_id = \(id(number))")
        try both.sc.writer.execute(
            "UPDATE catalogue.standard SET title_zh = '地下空间综合信息系统建设技术规范' WHERE std_id = \(id(number))")
        try both.converge()
        try both.expect(
            "SELECT title_zh, title_en FROM catalogue.standard", ["地下空间综合信息系统技术规范", "Underground space"])
        try both.expectCase("update_origin_differs", holding: "地下空间综合信息系统建设技术规范")
        try both.expectEqual()
    }

    @Test func scenario02_lifecycleAtomicity() async throws {
        let both = try await regions()
        let (old, new) = ("DB50/T 1015-2020", "DB50/T 1900-2025")
        try both.cq.writer.execute(standard(old, region: "50"))
        try both.cq.writer.execute(standard(new, region: "50"))
        try both.converge()
        try both.cq.writer.script(
            """
            BEGIN;
            UPDATE catalogue.standard SET status = 'abolished', abolish_date = '2025-06-01', abolish_reason = 'replaced'
             WHERE std_id = \(id(old));
            INSERT INTO catalogue.replacement (old_std_id, new_std_id) VALUES (\(id(old)), \(id(new)));
            COMMIT
            """)
        try both.sc.writer.execute(
            "UPDATE catalogue.standard SET status = 'current', implement_date = '2023-04-01' WHERE std_id = \(id(old))")
        try both.converge()
        try both.expect(
            """
            SELECT status, abolish_date, implement_date, (SELECT count(*) FROM catalogue.replacement)
              FROM catalogue.standard WHERE std_id = \(id(old))
            """, ["abolished", "2025-06-01", "2023-03-01", "1"])
        try both.expectCase("update_origin_differs", holding: "2023-04-01")
        try both.expectEqual()
    }

    @Test func scenario03_halfOfAJointPairAbolished() async throws {
        let both = try await regions()
        let (cq, sc) = ("DB50/T 10011-2024", "DB51/T 10011-2024")
        try both.cq.writer.execute(standard(cq, region: "50"))
        try both.sc.writer.execute(standard(sc, region: "51"))
        try both.converge()
        try both.cq.writer.execute(
            """
            UPDATE catalogue.standard SET status = 'abolished', abolish_date = '2027-03-01' WHERE std_id = \(id(cq))
            """)
        try both.sc.writer.execute(
            """
            INSERT INTO catalogue.amendment (std_id, amendment_no, title) VALUES (\(id(sc)), 1, '第1号修改单')
            """)
        try both.converge()
        try both.expect(
            """
            SELECT (SELECT status FROM catalogue.standard WHERE std_id = \(id(cq))),
                   (SELECT status FROM catalogue.standard WHERE std_id = \(id(sc))),
                   (SELECT title FROM catalogue.amendment)
            """, ["abolished", "current", "第1号修改单"])
        #expect(try both.cq.cases() == [])
        try both.expectEqual()
    }

    @Test func scenario04_setMerge() async throws {
        let both = try await regions()
        let number = "DB50/T 10011-2024"
        let add = { (ics: String) in
            "INSERT INTO catalogue.standard_ics (std_id, ics) VALUES (\(self.id(number)), '\(ics)')"
        }
        try both.cq.writer.execute(standard(number, region: "50"))
        try both.cq.writer.execute(add("03.080.30"))
        try both.converge()
        try both.cq.writer.execute(add("67.020"))
        try both.sc.writer.execute(add("67.040"))
        try both.converge()
        try both.sc.writer.execute("DELETE FROM catalogue.standard_ics WHERE ics = '67.020'")
        try both.converge()
        try both.expect(
            "SELECT string_agg(ics, ',' ORDER BY ics) FROM catalogue.standard_ics", ["03.080.30,67.040"])
        #expect(try both.cq.cases() == [])
        try both.expectEqual()
    }

    @Test func scenario05_doubleImport() async throws {
        let both = try await regions()
        let number = "GB/T 45577-2025"
        try both.cq.writer.execute(standard(number, kind: "national", region: "CN"))
        try both.sc.writer.execute(standard(number, kind: "national", region: "CN"))
        try both.converge()
        try both.expect("SELECT count(*), min(number_raw) FROM catalogue.standard", ["1", number])
        #expect(try both.cq.cases() == [], "equal imports are no conflict")
        try both.expectEqual()
    }

    @Test func scenario06_dayShift() async throws {
        let both = try await regions()
        let number = "DB51/T 10011-2024"
        try both.cq.writer.execute(standard(number, region: "51", more: (", abolish_date", ", '2034-12-10'")))
        try both.sc.writer.execute(standard(number, region: "51", more: (", abolish_date", ", '2034-12-09'")))
        try both.converge()
        try both.expect("SELECT abolish_date FROM catalogue.standard", ["2034-12-09"])
        // It converges on the home region's day; the other day is in the case, for a person to look at.
        try both.expectCase("insert_exists", holding: "2034-12-10")
        try both.expectEqual()
    }

    @Test func scenario07_renumbering() async throws {
        let both = try await regions()
        let (old, new) = ("T/XZYC 0001-2024", "T/XZYC 0055-2024")
        try both.sc.writer.execute(standard(old, kind: "group", region: "51"))
        try both.converge()
        try both.sc.writer.script(
            """
            BEGIN;
            INSERT INTO catalogue.number_history (std_id, number_norm, number_raw, reason)
            SELECT std_id, number_norm, number_raw, 'renumbered' FROM catalogue.standard;
            UPDATE catalogue.standard SET number_raw = '\(new)';
            COMMIT
            """)
        try both.cq.writer.execute("INSERT INTO public.pilot VALUES (1, '试点', \(id(old)))")
        try both.converge()
        try both.expect(
            """
            SELECT s.number_raw, h.number_raw FROM public.pilot p JOIN catalogue.standard s USING (std_id)
              JOIN catalogue.number_history h USING (std_id)
            """, [new, old])
        #expect(try both.cq.cases() == [])
        try both.expectEqual()
    }

    @Test func scenario08_deleteAgainstUpdate() async throws {
        let both = try await regions()
        let number = "Q/CQCA 0012S-2022"
        try both.cq.writer.execute(standard(number, kind: "enterprise", region: "50"))
        try both.converge()
        try both.cq.writer.execute("DELETE FROM catalogue.standard WHERE std_id = \(id(number))")
        try both.sc.writer.execute("INSERT INTO public.declared_product VALUES (1, \(id(number)), '火锅底料')")
        try both.converge()
        try both.expect(
            """
            SELECT (SELECT count(*) FROM catalogue.standard), (SELECT count(*) FROM public.declared_product)
            """, ["0", "0"])
        try both.expectCase("parent_missing", holding: "火锅底料")
        try both.expectEqual()
    }

    @Test func scenario09_replacementCycle() async throws {
        let both = try await regions()
        let (a, b) = ("DB50/T 1-2020", "DB50/T 2-2020")
        for number in [a, b] { try both.cq.writer.execute(standard(number, region: "50")) }
        try both.converge()
        let replace = { (old: String, new: String) in
            "INSERT INTO catalogue.replacement (old_std_id, new_std_id) VALUES (\(self.id(old)), \(self.id(new)))"
        }
        try both.cq.writer.execute(replace(a, b))
        try both.sc.writer.execute(replace(b, a))
        try both.converge()
        // Nothing is refused at apply; the cycle is there for everybody to see.
        try both.expect(
            """
            SELECT count(*) FROM catalogue.replacement r JOIN catalogue.replacement o
                ON o.old_std_id = r.new_std_id AND o.new_std_id = r.old_std_id
            """, ["2"])
        try both.expectEqual()
    }

    @Test func scenario10_oneExpertTwoAppointments() async throws {
        let both = try await regions()
        try both.sc.writer.execute("INSERT INTO public.person VALUES (1, '张某', '工程师', '51')")
        try both.converge()
        try both.cq.writer.script(
            """
            BEGIN; UPDATE public.person SET title = '教授级高工';
            INSERT INTO public.appointment VALUES (1, 1, '2020', '50'); COMMIT
            """)
        try both.sc.writer.script(
            """
            BEGIN; UPDATE public.person SET title = '正高级工程师';
            INSERT INTO public.appointment VALUES (2, 1, '2021', '51'); COMMIT
            """)
        try both.converge()
        try both.expect(
            "SELECT title, (SELECT count(*) FROM public.appointment) FROM public.person", ["正高级工程师", "2"])
        try both.expectCase("update_origin_differs", holding: "教授级高工")
        try both.expectEqual()
    }

    @Test func scenario11_bulkAbolitionDuringAnOutage() async throws {
        let both = try await regions()
        try both.sc.writer.execute(
            """
            INSERT INTO catalogue.standard (std_id, number_raw, kind, home_region, status)
            SELECT catalogue.standard_id('DB51/T ' || n || '-2019'), 'DB51/T ' || n || '-2019', 'local', '51', 'current'
              FROM generate_series(1, 123) n
            """)
        try both.converge()
        try both.sc.writer.execute("UPDATE catalogue.standard SET status = 'abolished', abolish_date = '2026-07-01'")
        try both.sc.settle()
        try both.sc.writer.execute("UPDATE catalogue.standard SET remarks = '以后' WHERE number_serial = 1")
        try both.cq.writer.execute(
            """
            INSERT INTO public.pilot SELECT number_serial, '县域试点', std_id FROM catalogue.standard
             WHERE number_serial <= 5
            """)
        try both.sc.settle()
        try both.cq.receive(from: both.sc)
        var counts: Set<String> = []
        for _ in 0..<20 {
            _ = try both.cq.engine.step()
            counts.insert(
                try both.cq.owner.queryOne(
                    """
                    SELECT count(*) FILTER (WHERE status = 'abolished') || ' ' || count(remarks)
                      FROM catalogue.standard
                    """
                )?.text(0) ?? "")
        }
        #expect(counts.isSubset(of: ["0 0", "123 0", "123 1"]), "never a part of the announcement, nor what came later")
        try both.converge()
        try both.expect(
            """
            SELECT count(*), count(*) FILTER (WHERE s.status = 'abolished')
              FROM public.pilot p JOIN catalogue.standard s USING (std_id)
            """, ["5", "5"])
        #expect(try both.cq.cases() == [])
        try both.expectEqual()
    }

    @Test func scenario12_staleNationalRefresh() async throws {
        let both = try await regions()
        let number = "GB/T 22373-2008"
        try both.cq.writer.execute(standard(number, kind: "national", region: "CN"))
        try both.converge()
        try both.sc.writer.execute(
            """
            UPDATE catalogue.standard SET status = 'abolished', abolish_date = '2021-10-01', source_asof = '2021-10-02'
            """)
        try both.sc.settle()
        // Later by the clock, older by its source.
        try both.cq.writer.execute(
            "UPDATE catalogue.standard SET status = 'upcoming', source_asof = '2021-09-01'")
        try both.converge()
        try both.expect("SELECT status, abolish_date FROM catalogue.standard", ["abolished", "2021-10-01"])
        try both.expectCase("update_origin_differs", holding: "upcoming")
        try both.expectEqual()
    }
}
