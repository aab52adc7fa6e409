import Postgres
import TestCluster
import Testing

/// Search for people, on the real records of the sample.
@Suite struct SearchTests {
    private func numbers(_ session: Session, _ arguments: String) throws -> [String] {
        try session.query(
            """
            SELECT catalogue.normalize_number(s.number) FROM catalogue.search(\(arguments)) WITH ORDINALITY s
            ORDER BY s.ordinality
            """
        ).map { try $0.text(0) }
    }

    private let hotpot = ["DB50/T 10011-2024", "DB51/T 10011-2024"]

    @Test(arguments: ["火锅", "锅", "火锅 餐饮", "餐饮 火锅类", "火锅类餐饮企业加工操作规范", "　火锅　"])
    func chineseWords(words: String) async throws {
        let session = try await Catalogue.reader()
        let found = try numbers(session, Session.quoteLiteral(words))
        #expect(found == hotpot)
    }

    @Test func everyWordMustBeThere() async throws {
        let session = try await Catalogue.reader()
        #expect(try numbers(session, "'火锅 矿山'") == [])
        #expect(try numbers(session, "'锅火'") == [])
        #expect(try numbers(session, "'%'") == [])
        #expect(try numbers(session, "'''; --'") == [])
    }

    @Test(
        arguments: [
            ("db50t10011", ["DB50/T 10011-2024"]), ("DB50／T　１００１１", ["DB50/T 10011-2024"]),
            ("10011", ["DB50/T 10011-2024", "DB51/T 10011-2024"]),
            ("10011-2024", ["DB50/T 10011-2024", "DB51/T 10011-2024"]),
            ("10010.2", ["DB50/T 10010.2-2024", "DB51/T 10010.2-2024"]),
            ("DB51/T 10", ["DB51/T 10010.2-2024", "DB51/T 10011-2024"]), ("DB50 10011—2024", ["DB50/T 10011-2024"]),
            ("GB/T22373", ["GB/T 22373-2021", "GB/T 22373-2008"]), ("gbt 22373-2021", ["GB/T 22373-2021"]),
            ("dbj50t047", ["DBJ50/T-047-2024"]), ("GB/Z 22373", []),
        ])
    func numbersTypedLoosely(typed: String, expected: [String]) async throws {
        let session = try await Catalogue.reader()
        #expect(try numbers(session, Session.quoteLiteral(typed)) == expected)
    }

    @Test func numbersComeInTheOrderOfTheirParts() async throws {
        let session = try await Catalogue.session()
        for number in ["DB51/T 2-2020", "DB51/T 10.10-2020", "DB51/T 10.2-2020", "DB51/T 10-2019", "DB51/T 10-2021"] {
            try insert(session, number, title: "顺序")
        }
        #expect(
            try numbers(session, "'DB51/T'") == [
                "DB51/T 2-2020", "DB51/T 10.2-2020", "DB51/T 10.10-2020", "DB51/T 10-2021", "DB51/T 10-2019",
            ])
    }

    @Test func formerNumbersFindTheRecord() async throws {
        let session = try await Catalogue.session()
        try insert(session, "T/XZYC 0055-2024", kind: "group", title: "茶叶")
        try session.execute(
            """
            INSERT INTO catalogue.number_history (std_id, number_norm, number_raw)
            SELECT std_id, 'T/XZYC 0001-2024', 'T/XZYC 0001-2024' FROM catalogue.standard
            """)
        #expect(try numbers(session, "'t/xzyc 0001'") == ["T/XZYC 0055-2024"])
    }

    @Test func theSubtreeOfAClassification() async throws {
        let session = try await Catalogue.reader()
        let below = try numbers(session, "NULL, ics => '13.020'")
        #expect(
            Set(below) == ["DB50/T 10010.2-2024", "DB51/T 10010.2-2024", "T/GZAEPI 001-2018"])
        #expect(try numbers(session, "'', ics => '13', ccs => 'C72'") == ["DB5101/T 69-2020"])
        #expect(try numbers(session, "'', ics => '1'") == [])
        #expect(try numbers(session, "'', ccs => 'z06'") == ["DB50/T 10010.2-2024", "DB51/T 10010.2-2024"])
        #expect(try numbers(session, "'矿山', ics => '13.020', region => '51'") == ["DB51/T 10010.2-2024"])
    }

    @Test func whatIsInForceComesFirstAndTheDayDecides() async throws {
        let session = try await Catalogue.session()
        try insert(session, "DB51/T 1-2020", title: "养老服务", more: ", abolish_date = '2024-01-01'")
        try insert(session, "DB51/T 2-2030", title: "养老机构", more: ", implement_date = '2031-01-01'")
        try insert(session, "DB51/T 3-2021", title: "老年 Care 指南", more: ", scope_text = '适用于养老院'")
        try insert(session, "DB51/T 4-2022", title: "社区养老")
        try insert(session, "DB51/T 5-2022", title: "无题")
        try session.execute(
            """
            INSERT INTO catalogue.standard_keyword (std_id, keyword)
            SELECT std_id, '养老' FROM catalogue.standard WHERE number_norm = 'DB51/T 5-2022'
            """)
        let day = "day => '2025-01-01'"
        let all = ["DB51/T 4-2022", "DB51/T 2-2030", "DB51/T 1-2020", "DB51/T 3-2021", "DB51/T 5-2022"]
        #expect(try numbers(session, "'养老', \(day)") == all)
        #expect(try numbers(session, "'养老', '2023-01-01'").first == "DB51/T 1-2020")
        #expect(try numbers(session, "'养老', \(day), in_force => true") == [all[0], all[3], all[4]])
        #expect(try numbers(session, "'养老', \(day), in_force => false") == [all[1], all[2]])
        // Pages fit together.
        #expect(try (0..<5).flatMap { try numbers(session, "'养老', \(day), max_rows => 1, skip => \($0)") } == all)
        #expect(try numbers(session, "'care'") == ["DB51/T 3-2021"])
        #expect(try numbers(session, "'CAR'") == ["DB51/T 3-2021"])
        let status = try session.query("SELECT status FROM catalogue.search('养老', \(day))").map { try $0.text(0) }
        #expect(status == ["current", "upcoming", "abolished", "current", "current"])
    }

    /// The walk in the order of lists and the gathering of all hits must give one order.
    @Test func bothWaysToAnAnswerAgree() async throws {
        let session = try await Catalogue.session()
        try session.script(
            """
            INSERT INTO catalogue.standard (std_id, number_raw, kind, title_zh, status, issue_date, implement_date,
                abolish_date)
            SELECT md5(g::text)::uuid, 'DB51/T ' || g % 4000 || '-' || 2000 + g / 4000, 'local',
                CASE WHEN g % 50 = 0 THEN '安全规范' ELSE '技术规范' END, 'current', '2010-01-01', '2010-06-01',
                CASE WHEN g % 3 = 0 THEN date '2015-01-01' END
            FROM generate_series(1, 6500) g;
            ANALYZE catalogue.standard
            """)
        let walked = try numbers(session, "'技术', max_rows => 40, skip => 30")
        let gathered = try session.query(
            """
            SELECT catalogue.normalize_number(p.number) FROM catalogue.search_page(
                'SELECT s.std_id, 300 FROM catalogue.standard s WHERE s.title_zh LIKE ''%技术%''', 'true', 'true', 0,
                true, NULL, catalogue.today(), 40, 30) WITH ORDINALITY p ORDER BY p.ordinality
            """
        ).map { try $0.text(0) }
        #expect(walked == gathered)
        #expect(walked.count == 40)
        // A page that begins among those in force and ends among the others.
        let last = try numbers(session, "'技术', max_rows => 10, skip => 4242")
        #expect(last.count == 10)
        #expect(try numbers(session, "'技术', max_rows => 5, skip => 4247") == Array(last.suffix(5)))
    }

    @Test func theStatusOfOneIsTheStatusOfAll() async throws {
        let session = try await Catalogue.reader()
        for day in ["2021-03-08", "2021-09-30", "2021-10-01", "2024-12-10", "2026-06-01"] {
            let differing = try session.query(
                """
                SELECT s.number_raw FROM catalogue.standard s JOIN catalogue.status_on('\(day)') a USING (std_id),
                    catalogue.status_of(s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date, '\(day)') o
                WHERE (o.effective, o.newer_edition) IS DISTINCT FROM (a.status, a.newer_edition)
                """)
            #expect(differing.isEmpty)
        }
    }

    /// Text is cut by Unicode, not by what the database takes for letters.
    @Test func withoutALocale() async throws {
        let cluster = try await TestCluster.shared()
        _ = try await Catalogue.database()
        let name = try await cluster.createDatabase(encoding: "UTF8", owner: Catalogue.owner)
        try Catalogue.install(try cluster.session(database: name, user: Catalogue.owner))
        let session = try cluster.session(database: name, user: Catalogue.owner)
        try insert(session, "DB51/T 1-2020", title: "火锅底料 𬭎元素 Ｍetadata")
        for words in ["火锅", "𬭎", "𬭎元", "metadata", "ＭＥＴＡ", "底料 𬭎元素"] {
            #expect(try numbers(session, Session.quoteLiteral(words)) == ["DB51/T 1-2020"], "\(words)")
        }
    }

    private func insert(
        _ session: Session, _ number: String, kind: String = "local", title: String, more: String = ""
    ) throws {
        try session.script(
            """
            INSERT INTO catalogue.standard (std_id, number_raw, kind, title_zh, home_region, status, issue_date,
                implement_date)
            VALUES (catalogue.standard_id('\(number)'), '\(number)', '\(kind)', '\(title)', '51', 'current',
                '2020-01-01', '2020-06-01');
            UPDATE catalogue.standard SET title_zh = title_zh\(more)
            WHERE std_id = catalogue.standard_id('\(number)')
            """)
    }
}
