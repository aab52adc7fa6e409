import Postgres
import Testing

/// Numbers as they are met in the field, beyond `CatalogueNumberTests`: spellings, and what holds for every number.
@Suite struct CatalogueNumberFormsTests {
    /// What is published, its canonical form, and the form it fits; nil: none.
    static let numbers: [(raw: String, norm: String, form: String?)] = [
        ("GB 2760-2024", "GB 2760-2024", "national"),
        ("GB/Z 19027-2005", "GB/Z 19027-2005", "national"),
        ("GBJ 16-87", "GBJ 16-87", "national"),
        ("GBZ 2.1-2019", "GBZ 2.1-2019", "national"),
        ("GB/T 7.10.2-1999", "GB/T 7.10.2-1999", "national"),
        ("GB 18030—2022", "GB 18030-2022", "national"),
        ("ＧＢ　18030－2022", "GB 18030-2022", "national"),
        ("GB/T   22373 — 2021", "GB/T 22373-2021", "national"),
        ("gb/t 22373-2008", "GB/T 22373-2008", "national"),
        ("GB⁄T 39786-2021", "GB/T 39786-2021", "national"),
        ("GBT 16733-1997", "GB/T 16733-1997", "national"),
        ("GB/T16733-1997", "GB/T 16733-1997", "national"),
        ("GB 13000-2010", "GB 13000-2010", "national"),
        // One sign for each dash that looks like the one before the year.
        ("GB/T 1.1─2020", "GB/T 1.1-2020", "national"),
        ("GB/T 20000.1‐2014", "GB/T 20000.1-2014", "national"),
        ("GB/T 20000.2‑2009", "GB/T 20000.2-2009", "national"),
        ("GB/T 20000.3―2014", "GB/T 20000.3-2014", "national"),
        ("GB/T 20000.4−2018", "GB/T 20000.4-2018", "national"),
        ("<em>GB</em>/T <em>22373</em>-2021", "GB/T 22373-2021", "national"),
        ("JT/T 1045—2016", "JT/T 1045-2016", "industry"),
        ("NY/T391-2021", "NY/T 391-2021", "industry"),
        ("NYT 391-2021", "NY/T 391-2021", "industry"),
        ("HJ2.2-2018", "HJ 2.2-2018", "industry"),
        ("JGJ 3-2010", "JGJ 3-2010", "industry"),
        ("JGJ/T 10-2011", "JGJ/T 10-2011", "industry"),
        ("CJJT100-2017", "CJJ/T 100-2017", "industry"),
        ("JTS/T 236-2019", "JTS/T 236-2019", "industry"),
        ("DB/T 8.1—2003", "DB/T 8.1-2003", "industry"),
        ("LY/T 1000-91", "LY/T 1000-91", "industry"),
        ("JTG D60-2015", "JTG D60-2015", "industry"),
        ("JTG/T D65-05-2015", "JTG/T D65-05-2015", "industry"),
        ("DB50/T 1263-2022", "DB50/T 1263-2022", "province"),
        ("DB50／T 1807－2025", "DB50/T 1807-2025", "province"),
        ("db50/t 1015-2020", "DB50/T 1015-2020", "province"),
        ("DB50/T1263—2022", "DB50/T 1263-2022", "province"),
        ("DB50/T-1263-2022", "DB50/T 1263-2022", "province"),
        ("DB50/Z 1-2022", "DB50/Z 1-2022", "province"),
        ("DB51∕T 2961-2022", "DB51/T 2961-2022", "province"),
        ("DB 31/T 1-2010", "DB31/T 1-2010", "province"),
        ("DB54/T 1.1-2012", "DB54/T 1.1-2012", "province"),
        // The block of joint serials has both ends.
        ("DB51/T 9999-2024", "DB51/T 9999-2024", "province"),
        ("DB51/T 10000-2024", "DB51/T 10000-2024", "joint"),
        ("DB51/T 19999-2024", "DB51/T 19999-2024", "joint"),
        ("DB50/T 20000-2024", "DB50/T 20000-2024", "province"),
        ("DB11/T 10011-2024", "DB11/T 10011-2024", "province"),
        // No province has these codes.
        ("DB16/T 1-2000", "DB16/T 1-2000", nil),
        ("DB81/T 1-2020", "DB81/T 1-2020", nil),
        ("DB5101/T 69—2020", "DB5101/T 69-2020", "city"),
        ("DB3201/T 1-2017", "DB3201/T 1-2017", "city"),
        ("DB5132/Z 3-2019", "DB5132/Z 3-2019", "city"),
        ("DB500101/T 1-2010", "DB500101/T 1-2010", "county"),
        ("DB510322 10-2012", "DB510322 10-2012", "county"),
        ("DBJ50-047-2006", "DBJ50-047-2006", "construction"),
        ("DBJ50/T 249-2016", "DBJ50/T-249-2016", "construction"),
        ("DBJ51/T033-2014", "DBJ51/T-033-2014", "construction"),
        ("DBS51/ 008-2021", "DBS51/008-2021", "food"),
        ("DBS51 008-2021", "DBS51/008-2021", "food"),
        ("T/ZISIA 01-2024", "T/ZISIA 01-2024", "group"),
        ("T/XZYC 0055-2024", "T/XZYC 0055-2024", "group"),
        ("Ｔ／ＣＡＳ　358－2019", "T/CAS 358-2019", "group"),
        ("T/CAS 358.1-2019", "T/CAS 358.1-2019", "group"),
        ("T/CAS358—2019", "T/CAS 358-2019", "group"),
        ("T CAS 358-2019", "T CAS 358-2019", nil),
        ("Q/CQCA 0012S—2022", "Q/CQCA 0012S-2022", "enterprise"),
        ("Q/XYZ-001-2019", "Q/XYZ-001-2019", "enterprise"),
        ("Q/重庆 1-2020", "Q/重庆 1-2020", nil),
        ("ISO 9001：2015", "ISO 9001:2015", "international"),
        ("ISO/IEC27001:2022", "ISO/IEC 27001:2022", "international"),
        ("ISO/TR 10013:2021", "ISO/TR 10013:2021", "international"),
        ("ISO/PAS 45005:2020", "ISO/PAS 45005:2020", "international"),
        ("IEC 61850-7-4—2010", "IEC 61850-7-4:2010", "international"),
        ("ISO 3166-1", "ISO 3166-1", "international"),
        ("ISO 8601-1:2019/Amd 1:2022", "ISO 8601-1:2019/AMD 1:2022", "international"),
        ("ASTM D638-14", "ASTM D638-14", nil),
        ("EN 71-3:2019", "EN 71-3:2019", nil),
        ("暂无", "暂无", nil),
        ("DB50", "DB50", nil),
        ("T/", "T/", nil),
    ]

    /// A number for every head of every form, with the smallest and largest serials that the form allows.
    private static let generated = """
        WITH head (form, head, low, high, before_year) AS (VALUES
            ('national', 'GB ', 1, 999999, '-'), ('national', 'GB/T ', 1, 999999, '-'),
            ('national', 'GB/Z ', 1, 999999, '-'), ('industry', 'YY ', 1, 999999, '-'),
            ('industry', 'JTG/T ', 1, 999999, '-'), ('industry', 'DB/T ', 1, 999999, '-'),
            ('province', 'DB50 ', 1, 9999, '-'), ('province', 'DB51/T ', 1, 9999, '-'),
            ('province', 'DB50/Z ', 1, 9999, '-'), ('joint', 'DB50/T ', 10000, 19999, '-'),
            ('joint', 'DB51/T ', 10000, 19999, '-'), ('city', 'DB5101/T ', 1, 99999, '-'),
            ('city', 'DB5109 ', 1, 99999, '-'), ('county', 'DB510322/T ', 1, 99999, '-'),
            ('construction', 'DBJ50/T-', 1, 9999, '-'), ('construction', 'DBJ51-', 1, 9999, '-'),
            ('food', 'DBS50/', 100, 999, '-'), ('food', 'DBS51/', 100, 999, '-'),
            ('group', 'T/CAS ', 1, 999999, '-'), ('enterprise', 'Q/CQCA ', 1, 999999, '-'),
            ('international', 'ISO ', 1, 999999, ':'), ('international', 'ISO/IEC ', 1, 999999, ':')
        ), number AS (
            SELECT form, head || (low + (high - low) * step / 40) || before_year || year AS number
            FROM head, generate_series(0, 40) step, unnest('{1988,1999,2000,2024}'::integer[]) year)
        """

    @Test func everySpellingIsReadAndWhatFitsNoneIsKept() async throws {
        let session = try await Catalogue.reader()
        for (raw, norm, form) in Self.numbers {
            let row = try #require(
                try session.queryOne(
                    """
                    SELECT n, catalogue.number_form(n), catalogue.normalize_number(n)
                    FROM catalogue.normalize_number($1) n
                    """, [.text(raw)]))
            #expect(row[text: 0] == norm, "\(raw)")
            #expect(row[text: 1] == form, "\(raw)")
            #expect(row[text: 2] == norm, "canonical stays canonical: \(raw)")
        }
    }

    @Test func everyCanonicalNumberFitsItsFormHoweverItIsWritten() async throws {
        let session = try await Catalogue.reader()
        let misread = try session.query(
            Self.generated + """
                SELECT form, number, spelling FROM number, LATERAL (VALUES (number), (lower(number)),
                    (replace(number, '-', '—')), (replace(number, '/', '∕')), (replace(number, ' ', '　')),
                    ('  ' || replace(number, ' ', '  ') || ' '), (replace(number, '-', ' - ')),
                    (regexp_replace(number, '[0-9]+', '<sacinfo>\\&</sacinfo>', 'g'))) s (spelling)
                WHERE catalogue.normalize_number(spelling) <> number
                    OR catalogue.number_form(number) IS DISTINCT FROM form
                LIMIT 5
                """
        ).map { "\($0[text: 0] ?? ""): \($0[text: 2] ?? "")" }
        #expect(misread == [])
        let count = try session.queryOne(Self.generated + " SELECT count(DISTINCT number) FROM number")
        #expect(try count?.int(0) ?? 0 > 3_000)
    }

    @Test func theSerialAndTheYearAreThoseOfTheNumber() async throws {
        let session = try await Catalogue.reader()
        let misread = try session.query(
            Self.generated + """
                SELECT number FROM number, LATERAL regexp_match(number, '([0-9]+)[-:]([0-9]{4})$') m
                WHERE catalogue.number_serial(number) IS DISTINCT FROM m[1]::integer
                    OR catalogue.number_year(number) IS DISTINCT FROM m[2]::integer
                LIMIT 5
                """
        ).map { $0[text: 0] }
        #expect(misread == [])
    }

    @Test func noSettingMovesADay() async throws {
        // Leap days, the turn of a year, and midnight in the westernmost and easternmost zones.
        for zone in ["UTC", "Asia/Shanghai", "America/New_York", "Etc/GMT+12", "Pacific/Kiritimati"] {
            for style in ["ISO, MDY", "German", "SQL, DMY"] {
                let session = try await Catalogue.reader(settings: ["TimeZone": zone, "DateStyle": style])
                let row = try #require(
                    try session.queryOne(
                        """
                        SELECT to_char(catalogue.parse_date('2024年2月29日'), 'YYYY-MM-DD'),
                            to_char(catalogue.parse_date('2024-12-31 23:59:59'), 'YYYY-MM-DD'),
                            to_char(catalogue.beijing_date(1709136000000), 'YYYY-MM-DD'),
                            catalogue.effective_status(NULL, date '2024-01-31', date '2024-02-29', date '2028-02-29',
                                date '2024-02-28'),
                            catalogue.effective_status(NULL, date '2024-01-31', date '2024-02-29', date '2028-02-29',
                                date '2024-02-29'),
                            catalogue.effective_status(NULL, date '2024-01-31', date '2024-02-29', date '2028-02-29',
                                date '2028-02-28'),
                            catalogue.effective_status(NULL, date '2024-01-31', date '2024-02-29', date '2028-02-29',
                                date '2028-02-29'),
                            (catalogue.today() = (now() AT TIME ZONE 'Asia/Shanghai')::date)::text
                        """))
                let found = (0..<8).map { row[text: $0] ?? "" }
                #expect(
                    found == [
                        "2024-02-29", "2024-12-31", "2024-02-29", "upcoming", "current", "current", "abolished", "true",
                    ], "\(zone), \(style)")
            }
        }
    }
}
