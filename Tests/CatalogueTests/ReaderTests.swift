import CatalogueStore
import Postgres
import RegionStore
import TestCluster
import Testing

/// The questions that institutions ask, on real records and by a role that may only read.
@Suite struct ReaderTests {
    private static let role = "目录 \"reader\""

    private static let template = Task {
        let (cluster, name) = try await Catalogue.database(sample: true)
        let owner = try cluster.session(database: name, user: Catalogue.owner)
        try Installer.install(owner, InstallRequest(kind: .region, region: "50", daemonRole: Catalogue.daemon))
        for file in SchemaFiles.numbered(in: "reader") { try owner.script(file.text) }
        // Again: an upgrade runs them over what is there.
        for file in SchemaFiles.numbered(in: "reader") { try owner.script(file.text) }
        try await cluster.createRole(role)
        owner.close()
        return (cluster: cluster, name: name)
    }

    /// A session of the owner, and one of a role that has what `reader.grants_text` says.
    private func sessions() async throws -> (owner: Session, reader: Session) {
        let known = try await Self.template.value
        let name = try await known.cluster.createDatabase(template: known.name, owner: Catalogue.owner)
        let owner = try known.cluster.session(database: name, user: Catalogue.owner)
        let grants = try owner.query("SELECT reader.grants_text($1::name)", [.text(Self.role)])
        for grant in grants { try owner.script(try grant.text(0)) }
        return (owner, try known.cluster.session(database: name, user: Self.role))
    }

    private func texts(_ session: Session, _ sql: String) throws -> [String] {
        try session.query(sql).map { row in
            (0..<row.columnCount).map { row[text: $0] ?? "-" }.joined(separator: "|")
        }
    }

    @Test func theRoleReadsAndNothingElse() async throws {
        let (owner, reader) = try await sessions()
        let views = try texts(
            owner,
            "SELECT oid::regclass FROM pg_class WHERE relnamespace = 'reader'::regnamespace AND relkind = 'v'")
        #expect(views.count > 10)
        for view in views { try reader.execute("SELECT * FROM \(view)") }
        for table in ["bashu.origin", "bashu.change", "bashu.conflict_case"] {
            #expect(throws: PostgresError.self) { try reader.execute("SELECT * FROM \(table)") }
        }
        #expect(throws: PostgresError.self) { try reader.execute("UPDATE catalogue.standard SET remarks = 'x'") }
        #expect(throws: PostgresError.self) { try reader.execute("DELETE FROM reader.standard") }
        #expect(throws: PostgresError.self) { try reader.execute("SELECT phone FROM catalogue.person") }
        try reader.execute("SELECT name_zh FROM catalogue.person")
    }

    @Test func whatRunsWithTheOwnersRightsPinsItsSearchPath() async throws {
        let functions = try texts(
            try await sessions().owner,
            """
            SELECT p.oid::regprocedure, coalesce(p.proconfig::text, 'nothing') FROM pg_proc p
            JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE p.prosecdef AND n.nspname IN ('reader', 'catalogue')
            """)
        #expect(functions.count > 5)
        for function in functions {
            #expect(function.contains("search_path=pg_catalog, pg_temp"), "\(function)")
        }
    }

    @Test func everyQueryAnswersTheRole() async throws {
        let reader = try await sessions().reader
        for query in [
            "search('火锅')", "find_number('DB51/T 10', 20)", "classification('ics', '13', '2025-06-01')",
            "status_at('DBJ50/T-047-2024', '2024-06-01')", "replacement_chain('GB/T 22373')", "joint_standard",
            "changes('{}', 10)", "freshness", "review_due('50')", "drafting_ranking('重庆')",
            "reference_status('GB/T 22373-2021')", "provenance('standard', 'x', 'title_zh')", "dispute", "alarm",
            "alarm_count", "position()", "record('DB50/T 10011-2024')", "standard", "status_moves()",
        ] {
            try reader.execute("SELECT * FROM reader.\(query)")
        }
    }

    @Test func searchAndNumbers() async throws {
        let reader = try await sessions().reader
        #expect(
            try texts(reader, "SELECT number, status, disputed, implement_date FROM reader.search('火锅', '2025-06-01')")
                == ["DB50/T 10011—2024|current|f|2025-02-10", "DB51/T 10011—2024|current|f|2025-02-10"])
        #expect(
            try texts(reader, "SELECT number FROM reader.find_number('10010', 1)") == ["DB50/T 10010.2—2024"])
    }

    @Test func classifications() async throws {
        let reader = try await sessions().reader
        #expect(
            try texts(reader, "SELECT * FROM reader.classification('ics', '13.020', '2024-11-01')")
                == ["13.020|2|0", "13.020.01|1|1"])
        #expect(try texts(reader, "SELECT * FROM reader.classification('ccs', 'z06', '2025-01-01')") == ["Z06|2|2"])
        #expect(throws: PostgresError.self) { try reader.execute("SELECT * FROM reader.classification('dewey', '1')") }
    }

    @Test(
        arguments: [
            ("2024-12-09", "unpublished"), ("2024-12-10", "upcoming"), ("2025-02-09", "upcoming"),
            ("2025-02-10", "current"),
        ])
    func statusOnADay(day: String, status: String) async throws {
        let reader = try await sessions().reader
        #expect(
            try texts(reader, "SELECT number, status, issue_date FROM reader.status_at('DB50/T10011—2024', '\(day)')")
                == ["DB50/T 10011—2024|\(status)|2024-12-10"])
    }

    @Test func theOldEditionStaysUntilTheNewOneIsInForce() async throws {
        let reader = try await sessions().reader
        let sql = "SELECT status, newer_edition FROM reader.status_at('GB/T 22373-2008', "
        #expect(try texts(reader, sql + "'2021-10-01')") == ["abolished|f"])
        let chain = "SELECT step, number, extent, cycle FROM reader.replacement_chain('GB/T 22373')"
        let expected = ["1|GB/T 22373-2008|-|f", "2|GB/T 22373-2021|full|f"]
        #expect(try texts(reader, chain) == expected)
        let merged = try texts(reader, "SELECT number FROM reader.replacement_chain('YY/T 1284-2024')")
        #expect(merged.count == 4)
        #expect(merged.last == "YY/T 1284-2024")
    }

    @Test func cyclesEnd() async throws {
        let (owner, reader) = try await sessions()
        try owner.script(
            """
            INSERT INTO catalogue.standard (std_id, number_raw, kind, title_zh, status, issue_date, implement_date)
            SELECT md5('c' || g)::uuid, 'DB51/T ' || g || '-2020', 'local', '环', 'current', '2020-01-01', '2020-02-01'
            FROM generate_series(5001, 5040) g;
            INSERT INTO catalogue.replacement (old_std_id, new_std_id)
            SELECT md5('c' || g)::uuid, md5('c' || CASE g WHEN 5040 THEN 5001 ELSE g + 1 END)::uuid
            FROM generate_series(5001, 5040) g
            """)
        #expect(
            try texts(reader, "SELECT count(*), bool_and(cycle) FROM reader.replacement_chain('DB51/T 5001-2020')")
                == ["40|t"])
        #expect(
            try texts(reader, "SELECT count(*) FROM reader.alarm WHERE alarm = 'replacement_cycle'") == ["40"])
    }

    @Test func jointHalves() async throws {
        let (owner, reader) = try await sessions()
        let sql = "SELECT number_50, number_51, differing FROM reader.joint_standard ORDER BY number_50"
        #expect(
            try texts(reader, sql) == [
                "DB50/T 10010.2—2024|DB51∕T10010.2-2024|{}", "DB50/T 10011—2024|DB51/T 10011—2024|{}",
            ])
        try owner.script(
            """
            UPDATE catalogue.standard SET issue_date = '2024-12-09' WHERE number_norm = 'DB51/T 10011-2024';
            INSERT INTO catalogue.amendment (std_id, amendment_no)
            SELECT std_id, 1 FROM catalogue.standard WHERE number_norm = 'DB51/T 10011-2024';
            INSERT INTO catalogue.standard_ics (std_id, ics)
            SELECT std_id, '67.020' FROM catalogue.standard WHERE number_norm = 'DB50/T 10011-2024'
            """)
        #expect(try texts(reader, sql).last?.hasSuffix("{issue_date,ics,amendment}") == true)
        #expect(
            try texts(reader, "SELECT number, other_number, detail_en FROM reader.alarm_joint")
                == [
                    "DB50/T 10011—2024|DB51/T 10011—2024|the halves of a joint standard differ in: "
                        + "issue_date, ics, amendment"
                ])
    }

    @Test func reviewsAndDrafters() async throws {
        let (owner, reader) = try await sessions()
        // Issued 2020-03-09: five years are over on 2025-03-09.
        let due = "SELECT number, due_date, days_overdue FROM reader.review_due('51', '2025-03-19')"
        #expect(try texts(reader, due) == ["DB5101/T 69-2020|2025-03-09|10"])
        #expect(try texts(reader, "SELECT number FROM reader.review_due('51', '2025-03-09')") == [])
        try owner.script(
            """
            INSERT INTO catalogue.drafting_org (std_id, org_id, rank)
            SELECT s.std_id, o.org_id, CASE WHEN s.home_region = '50' THEN 1 ELSE 2 END
            FROM catalogue.standard s, catalogue.organization o
            WHERE s.number_serial = 10011 AND o.name_zh = '重庆市市场监督管理局'
            """)
        for name in ["重庆市市场监管局", "重庆市市场监督"] {
            #expect(
                try texts(reader, "SELECT name_zh, kind, year, standards FROM reader.drafting_ranking('\(name)')")
                    == ["重庆市市场监督管理局|local|2024|1"])
        }
    }

    @Test func references() async throws {
        let (owner, reader) = try await sessions()
        try owner.script(
            """
            INSERT INTO catalogue.normative_reference (std_id, number_norm, number_raw, dated)
            SELECT std_id, n, n, n LIKE '%-2008' FROM catalogue.standard,
                unnest('{GB/T 22373-2008,GB/T 22373,GB 99999}'::text[]) n
            WHERE number_norm = 'DB50/T 10011-2024'
            """)
        #expect(
            try texts(
                reader,
                "SELECT cited, dated, status, in_force, successor FROM reader.reference_status('DB50/T 10011-2024')")
                == [
                    "GB 99999|f|-|-|-", "GB/T 22373|f|current|t|-", "GB/T 22373-2008|t|abolished|f|GB/T 22373-2021",
                ])
        #expect(
            try texts(reader, "SELECT number, other_number FROM reader.alarm WHERE alarm = 'cites_withdrawn'")
                == ["DB50/T 10011—2024|GB/T 22373-2008"])
    }

    @Test func alarmsOfRecords() async throws {
        let (owner, reader) = try await sessions()
        try owner.script(
            """
            INSERT INTO catalogue.announcement (announcement_id, number_text, issue_date)
            VALUES ('00000000-0000-0000-0000-00000000000a', '第1号', '2024-12-10');
            INSERT INTO catalogue.standard (std_id, number_raw, kind, home_region, status, issue_date, implement_date,
                abolish_date, announcement_id)
            SELECT gen_random_uuid(), 'DB51/T ' || number, 'local', '51', 'current', issued::date, begun::date,
                ended::date, announced::uuid
            FROM (VALUES
                ('7001-2018', '2018-01-01', '2018-02-01', NULL, NULL),
                ('7001-2023', '2023-01-01', '2023-02-01', NULL, NULL),
                ('7002-2018', '2018-03-01', '2018-02-01', NULL, NULL),
                ('7003-2018', '2018-01-01', '2018-02-01', '2020-01-01', NULL),
                ('7004-2024', '2024-12-09', '2025-02-01', NULL, '00000000-0000-0000-0000-00000000000a')
            ) x (number, issued, begun, ended, announced);
            INSERT INTO catalogue.pilot_project (pilot_id, name_zh)
            VALUES ('00000000-0000-0000-0000-00000000000b', '全域标准化');
            INSERT INTO catalogue.pilot_standard (pilot_id, std_id)
            SELECT '00000000-0000-0000-0000-00000000000b', std_id FROM catalogue.standard
            WHERE number_norm = 'DB51/T 7003-2018'
            """)
        #expect(
            try texts(
                reader, "SELECT alarm, number FROM reader.alarm WHERE number LIKE 'DB51/T 700%' ORDER BY number, alarm")
                == [
                    "two_current_editions|DB51/T 7001-2023", "date_order|DB51/T 7002-2018",
                    "pilot_cites_withdrawn|DB51/T 7003-2018", "status_against_dates|DB51/T 7003-2018",
                    "announcement_date|DB51/T 7004-2024",
                ])
        #expect(
            try texts(reader, "SELECT count(*) > 0 FROM reader.alarm_count WHERE alarm = 'number_form'") == ["t"])
        try owner.execute(
            """
            INSERT INTO catalogue.replacement (old_std_id, new_std_id, extent)
            SELECT a.std_id, b.std_id, 'partial' FROM catalogue.standard a, catalogue.standard b
            WHERE a.number_norm = 'DB51/T 7001-2018' AND b.number_norm = 'DB51/T 7001-2023'
            """)
        #expect(try texts(reader, "SELECT * FROM reader.alarm_editions") == [])
    }

    @Test func oneRecord() async throws {
        let reader = try await sessions().reader
        let row = try reader.queryOne(
            """
            SELECT r ->> 'title_zh', r ->> 'status', r #>> '{ics,0}', r #>> '{joint,number_51}', r ->> 'disputed',
                jsonb_array_length(r -> 'issuing_orgs'), r ->> 'day'
            FROM reader.record('DB50/T 10011-2024', '2025-01-01') r
            """)
        let values = (0..<7).map { row?[text: $0] }
        #expect(
            values == ["火锅类餐饮企业加工操作规范", "upcoming", "03.080.30", "DB51/T 10011—2024", "false", "2", "2025-01-01"])
        #expect(try texts(reader, "SELECT reader.record('DB50/T 99999-2024') IS NULL") == ["t"])
        let words = try texts(
            reader, "SELECT kind_zh, status_en, disputed FROM reader.standard WHERE number = 'DB50/T 10011—2024'")
        #expect(words == ["地方标准|in force|f"])
    }
}
