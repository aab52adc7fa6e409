import Postgres
import Testing

@Suite struct CatalogueLifecycleTests {
    @Test func datesAsPublished() async throws {
        let session = try await Catalogue.reader()
        let cases: [(String, String?)] = [
            ("2023-05-01", "2023-05-01"), ("2022/10/1", "2022-10-01"), ("2023.5.1", "2023-05-01"),
            ("20230501", "2023-05-01"), ("2023年5月1日", "2023-05-01"), ("2018年05月08日", "2018-05-08"),
            (" 2000-12-20 00:00:00.0 ", "2000-12-20"), ("2024-12-10T00:00:00", "2024-12-10"),
            ("２０２３年５月１日", "2023-05-01"), ("2024-02-29", "2024-02-29"), ("2023-02-29", nil),
            ("2023-02-30", nil), ("2023-04-31", nil), ("2023-13-01", nil), ("2023-00-10", nil), ("2023-05", nil),
            ("0000-01-01", nil), ("2023-05/01", nil), ("2023年5月", nil), ("与GB9706.1-2020同步实施", nil), ("", nil),
        ]
        for (published, date) in cases {
            let row = try session.queryOne("SELECT catalogue.parse_date($1)", [.text(published)])
            #expect(row?[text: 0] == date, "\(published)")
        }
    }

    @Test func platformDatesAreDaysInBeijingInEverySession() async throws {
        for zone in ["UTC", "Asia/Shanghai", "America/New_York"] {
            let session = try await Catalogue.reader(settings: ["TimeZone": zone])
            let row = try session.queryOne(
                """
                SELECT catalogue.beijing_date(1733760000000), catalogue.beijing_date(583686000000),
                    catalogue.beijing_date(583689600000), catalogue.beijing_date(-28800000)
                """)
            // 2024-12-10 00:00 +08; 1988-07-01 00:00 in summer time (+09), and as +08; the epoch's day.
            #expect(row?[text: 0] == "2024-12-10")
            #expect(row?[text: 1] == "1988-07-01")
            #expect(row?[text: 2] == "1988-07-01")
            #expect(row?[text: 3] == "1970-01-01")
        }
    }

    @Test func wordsForTheStatus() async throws {
        let session = try await Catalogue.reader()
        let cases: [(String, String?, String?)] = [
            ("现行", "current", nil), ("有效", "current", nil), ("Current ", "current", nil),
            ("即将实施", "upcoming", nil), ("尚未生效", "upcoming", nil), ("有更新版", "newer_edition", nil),
            ("废止", "abolished", nil), ("被代替", "abolished", "replaced"), ("不详", nil, nil), ("", nil, nil),
        ]
        for (word, status, reason) in cases {
            let row = try session.queryOne("SELECT * FROM catalogue.parse_status($1)", [.text(word)])
            #expect(row?[text: 0] == status, "\(word)")
            #expect(row?[text: 1] == reason, "\(word)")
        }
    }

    @Test func codesInPublishedFields() async throws {
        let session = try await Catalogue.reader()
        let cases: [(field: String, ics: String, ccs: String)] = [
            ("13.020.01  环境和环境保护综合", "{13.020.01}", "{}"),
            ("Y68       ICS 97.040.99", "{97.040.99}", "{Y68}"),
            ("01.120； 35.020，03.080.30", "{01.120,35.020,03.080.30}", "{}"), ("53.06", "{53.06}", "{}"),
            ("A00 Z06,C72;K 24", "{}", "{A00,Z06,C72,K24}"), ("13", "{13}", "{}"), ("无", "{}", "{}"),
            ("GB/T 2020.1 AB12 1.5", "{}", "{}"),
        ]
        for (field, ics, ccs) in cases {
            let row = try session.queryOne(
                "SELECT catalogue.ics_codes($1)::text, catalogue.ccs_codes($1)::text", [.text(field)])
            #expect(row?[text: 0] == ics, "\(field)")
            #expect(row?[text: 1] == ccs, "\(field)")
        }
        let list = try session.queryOne("SELECT catalogue.list_items(' 甲局、乙委；丙 社;; ')::text")
        #expect(list?[text: 0] == "{甲局,乙委,\"丙 社\"}")
    }

    /// status, issued, in force, abolished, and what holds on a day.
    static let statuses: [(String?, String?, String?, String?, [(day: String, status: String)])] = [
        (
            nil, "2024-12-10", "2025-02-10", "2030-01-01",
            [
                ("2024-12-09", "unpublished"), ("2024-12-10", "upcoming"), ("2025-02-09", "upcoming"),
                ("2025-02-10", "current"), ("2029-12-31", "current"), ("2030-01-01", "abolished"),
            ]
        ),
        // The recorded word never beats the dates.
        ("upcoming", "2024-12-10", "2025-02-10", nil, [("2025-02-10", "current")]),
        ("abolished", "2009-06-17", "2010-01-01", "2020-10-01", [("2015-01-01", "current")]),
        ("current", "2020-01-01", "2020-06-01", nil, [("2020-02-01", "upcoming")]),
        // In force on the day of issue; withdrawn before it came into force.
        (nil, "2024-01-05", "2024-01-05", nil, [("2024-01-05", "current"), ("2024-01-04", "unpublished")]),
        (nil, "2024-01-05", "2024-06-01", "2024-03-01", [("2024-02-01", "upcoming"), ("2024-03-01", "abolished")]),
        // Abolished, nobody recorded when.
        ("abolished", "2000-12-20", "2001-06-01", nil, [("2005-01-01", "abolished"), ("2001-01-01", "upcoming")]),
        // Without a date of coming into force the record speaks.
        ("current", "2022-05-18", nil, nil, [("2024-01-01", "current"), ("2022-05-17", "unpublished")]),
        ("newer_edition", nil, nil, nil, [("2024-01-01", "current")]),
        ("upcoming", nil, nil, nil, [("2024-01-01", "upcoming")]),
        ("planned", nil, nil, nil, [("2024-01-01", "planned")]),
        ("planned", "2023-01-01", "2023-05-01", nil, [("2024-01-01", "current")]),
        (nil, "2022-12-27", nil, nil, [("2024-01-01", "unknown")]),
        (nil, nil, nil, nil, [("2024-01-01", "unknown")]),
    ]

    @Test func statusOnADayFollowsFromTheDates() async throws {
        let session = try await Catalogue.reader()
        for (index, (status, issued, inForce, abolished, days)) in Self.statuses.enumerated() {
            for (day, expected) in days {
                let row = try session.queryOne(
                    "SELECT catalogue.effective_status($1, $2::date, $3::date, $4::date, $5::date)",
                    [.text(status), .text(issued), .text(inForce), .text(abolished), .text(day)])
                #expect(row?[text: 0] == expected, "case \(index) on \(day)")
            }
        }
        let noDay = try session.queryOne("SELECT catalogue.effective_status('current', NULL, NULL, NULL, NULL)")
        #expect(noDay?.isNull(0) == true)
    }

    @Test func anEditionStaysInForceUntilAllThatReplaceItAre() async throws {
        let session = try await Catalogue.session()
        try session.script(
            """
            INSERT INTO catalogue.standard (std_id, number_raw, kind, issue_date, implement_date)
            SELECT catalogue.standard_id(n), n, 'industry', i::date, f::date
            FROM (VALUES ('YY 1-2000', '2000-01-01', '2000-06-01'), ('YY 1.1-2020', '2020-01-01', '2020-06-01'),
                ('YY 1.2-2021', '2021-01-01', '2021-06-01'), ('YY 2-2001', NULL, NULL),
                ('YY 3-2002', '2002-01-01', '2002-06-01')) v (n, i, f);
            INSERT INTO catalogue.replacement (old_std_id, new_std_id, extent)
            SELECT catalogue.standard_id(o), catalogue.standard_id(n), e
            FROM (VALUES ('YY 1-2000', 'YY 1.1-2020', 'full'), ('YY 1-2000', 'YY 1.2-2021', 'full'),
                ('YY 2-2001', 'YY 1.1-2020', 'full'), ('YY 3-2002', 'YY 1.1-2020', 'partial')) v (o, n, e);
            """)
        let cases: [(String, String, String, Bool)] = [
            ("2019-12-31", "YY 1-2000", "current", false), ("2020-01-01", "YY 1-2000", "current", true),
            ("2021-05-31", "YY 1-2000", "current", true), ("2021-06-01", "YY 1-2000", "abolished", false),
            ("2020-05-31", "YY 2-2001", "unknown", false), ("2020-06-01", "YY 2-2001", "abolished", false),
            ("2022-01-01", "YY 3-2002", "current", false), ("2022-01-01", "YY 1.2-2021", "current", false),
        ]
        for (day, number, status, newer) in cases {
            let row = try session.queryOne(
                """
                SELECT status, newer_edition FROM catalogue.status_on($1::date)
                WHERE std_id = catalogue.standard_id($2)
                """, [.text(day), .text(number)])
            #expect(row?[text: 0] == status, "\(number) on \(day)")
            #expect(try row?[bool: 1] == newer, "\(number) on \(day)")
        }
    }
}
