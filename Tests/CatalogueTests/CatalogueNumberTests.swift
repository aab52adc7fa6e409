import Postgres
import Testing

@Suite struct CatalogueNumberTests {
    /// What is published, its canonical form, and the form it fits; nil: none.
    static let numbers: [(raw: String, norm: String, form: String?)] = [
        // National.
        ("GB 7718-2011", "GB 7718-2011", "national"),
        ("GB/T 1.1—2020", "GB/T 1.1-2020", "national"),
        ("GB/Z 43281-2023", "GB/Z 43281-2023", "national"),
        ("GB 13000.1-93", "GB 13000.1-93", "national"),
        ("ＧＢ／Ｔ　1.1－2020", "GB/T 1.1-2020", "national"),
        (
            "<sacinfo>GB</sacinfo>/<sacinfo>T</sacinfo> <sacinfo>45577</sacinfo>-2025", "GB/T 45577-2025",
            "national"
        ),
        ("GB/T\u{A0}\u{A0}22373—2008", "GB/T 22373-2008", "national"),
        ("gb /t22373 - 2021", "GB/T 22373-2021", "national"),
        ("GBT22373-2021", "GB/T 22373-2021", "national"),
        ("GB/ 5009.3-2016", "GB 5009.3-2016", "national"),
        ("GB/T 19001--2016", "GB/T 19001-2016", "national"),
        ("GB/T 19001一2016", "GB/T 19001-2016", "national"),
        ("\u{FEFF}GB/T\u{200B} 19001–2016", "GB/T 19001-2016", "national"),
        ("GBZ/T 300.1-2017", "GBZ/T 300.1-2017", "national"),
        ("GB/T 22373", "GB/T 22373", nil),
        ("GB 9706.l—2007", "GB 9706.L-2007", nil),
        ("GB 1499.1-2008/XG1-2012", "GB 1499.1-2008/XG1-2012", nil),
        ("GB 50254~50259-96", "GB 50254~50259-96", nil),
        // Industry.
        ("JT/T 1045-2016", "JT/T 1045-2016", "industry"),
        ("NY/T 391-2021", "NY/T 391-2021", "industry"),
        ("HJ 2.2-2018", "HJ 2.2-2018", "industry"),
        ("YY 0469-2011", "YY 0469-2011", "industry"),
        ("YY0670-2008", "YY 0670-2008", "industry"),
        ("YY /T 0043-2016", "YY/T 0043-2016", "industry"),
        ("JTG/T 3381-02—2020", "JTG/T 3381-02-2020", "industry"),
        ("JTGT3381-02-2020", "JTG/T 3381-02-2020", "industry"),
        ("JTGTC21-02-2014", "JTG/T C21-02-2014", "industry"),
        ("JTG F80/1-2017", "JTG F80/1-2017", "industry"),
        ("JTG/T 3381-02", "JTG/T 3381-02", nil),
        ("CJJ/T 100-2017", "CJJ/T 100-2017", "industry"),
        ("DB/T 8.1-2003", "DB/T 8.1-2003", "industry"),
        ("CECS 279-2010", "CECS 279-2010", nil),
        // Local.
        ("DB50/T 10011—2024", "DB50/T 10011-2024", "joint"),
        ("DB51∕T10010.2-2024", "DB51/T 10010.2-2024", "joint"),
        ("DB50/T 1807-2025", "DB50/T 1807-2025", "province"),
        ("DB50/ 418-2016", "DB50 418-2016", "province"),
        ("DB51/T 2962.1-2022", "DB51/T 2962.1-2022", "province"),
        ("DB 44/26-2001", "DB44 26-2001", "province"),
        ("DB5101/T 69-2020", "DB5101/T 69-2020", "city"),
        ("DB5109/T 18-2022", "DB5109/T 18-2022", "city"),
        ("DB510322/T 10-2012", "DB510322/T 10-2012", "county"),
        ("DBJ50/T-047-2024", "DBJ50/T-047-2024", "construction"),
        ("DBJ50/T-562⁃2026", "DBJ50/T-562-2026", "construction"),
        ("DBJ51/T 033-2014", "DBJ51/T-033-2014", "construction"),
        ("DBJ51/T-033-2014", "DBJ51/T-033-2014", "construction"),
        ("DBJ/T 15-83-2017", "DBJ/T15-83-2017", "construction"),
        ("DBS50/005", "DBS50/005", "food"),
        ("DBS50/ 022-2021", "DBS50/022-2021", "food"),
        ("DB50/T10011", "DB50/T 10011", nil),
        ("DB99/T 1-2020", "DB99/T 1-2020", nil),
        ("DB5001/T 1-2020", "DB5001/T 1-2020", nil),
        ("DB51418-2016", "DB51418-2016", nil),
        // Group and enterprise.
        ("T/CAS 358-2019", "T/CAS 358-2019", "group"),
        ("T/PCA 004—2023", "T/PCA 004-2023", "group"),
        ("T/PCA004-2023", "T/PCA 004-2023", "group"),
        ("TSCSIA 0015-2023", "TSCSIA 0015-2023", nil),
        ("Q/CQCA 0012S-2022", "Q/CQCA 0012S-2022", "enterprise"),
        ("Q/9150000020286320X6 1-2023", "Q/9150000020286320X6 1-2023", "enterprise"),
        ("Q/JFH J02.004-2015", "Q/JFH J02.004-2015", "enterprise"),
        ("Q/915000002028632 0X6 1-2023", "Q/915000002028632 0X6 1-2023", nil),
        // International.
        ("ISO 9001:2015", "ISO 9001:2015", "international"),
        ("ISO 9001-2015", "ISO 9001:2015", "international"),
        ("ISO13485：2016", "ISO 13485:2016", "international"),
        ("ISO/IEC 27001:2022/Amd 1:2024", "ISO/IEC 27001:2022/AMD 1:2024", "international"),
        ("IEC 61850-7-4:2010", "IEC 61850-7-4:2010", "international"),
        ("ISO/TS 22002-1:2009", "ISO/TS 22002-1:2009", "international"),
        ("ITU-T Y.4500.1", "ITU-T Y.4500.1", "international"),
        // No number at all comes back whole, 4-byte characters included.
        ("《𬭎标准》 \"第''一\"", "《𬭎标准》 \"第''一\"", nil),
        ("", "", nil),
    ]

    @Test func everyFormIsReadAndWhatFitsNoneIsKept() async throws {
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

    @Test func theShortWayOfTheNormaliserEndsWhereTheLongOneDoes() async throws {
        let session = try await Catalogue.reader()
        // Markup around the number sends it the long way.
        let differing = try session.query(
            """
            SELECT number_raw FROM catalogue.standard
            WHERE catalogue.normalize_number('<b>' || number_raw || '</b>') <> number_norm
                OR catalogue.normalize_number(number_norm) <> number_norm
            """)
        #expect(differing.isEmpty)
    }

    @Test func thePartsOneByOneAreThoseOfTheWhole() async throws {
        let session = try await Catalogue.reader()
        let raws = Self.numbers.map(\.raw) + ["GB/T 7.10.2-1999", "DB/T 8.1-03", "T/A1B 000123.004-2020", "A 1-2-2003"]
        for raw in raws {
            let row = try #require(
                try session.queryOne(
                    """
                    SELECT (p.code, p.serial, p.part, p.year)::text, (catalogue.number_code(n),
                        catalogue.number_serial(n), catalogue.number_part(n), catalogue.number_year(n))::text,
                        (catalogue.number_code($1), catalogue.number_serial($1), catalogue.number_part($1),
                        catalogue.number_year($1))::text
                    FROM catalogue.normalize_number($1) n, catalogue.number_parts(n) p
                    """, [.text(raw)]))
            #expect(row[text: 0] == row[text: 1], "\(raw)")
            #expect(row[text: 0] == row[text: 2], "\(raw), as published")
        }
    }

    @Test func aNumberTellsKindNatureAndHome() async throws {
        let session = try await Catalogue.reader()
        let cases: [(String, String, String?, String?)] = [
            ("GB 7718-2011", "national", "mandatory", "CN"),
            ("GB/T 1.1-2020", "national", "recommended", "CN"),
            ("GB/Z 43281-2023", "national", "guidance", "CN"),
            ("GBZ/T 300.1-2017", "national", "recommended", "CN"),
            ("YY 0469-2011", "industry", "mandatory", "CN"),
            ("DB50/T 10011-2024", "local", "recommended", "50"),
            ("DB51 418-2016", "local", "mandatory", "51"),
            ("DB5101/T 69-2020", "local", "recommended", "51"),
            ("DBJ50/T-047-2024", "local", "recommended", "50"),
            ("DBJ/T15-83-2017", "local", "recommended", "15"),
            ("DBS50/022-2021", "local", "mandatory", "50"),
            ("T/PCA 004-2023", "group", nil, nil),
            ("Q/CQCA 0012S-2022", "enterprise", nil, nil),
            ("ISO 9001:2015", "international", nil, "INTL"),
            ("GB/T 22373", "unknown", nil, nil),
        ]
        for (number, kind, nature, home) in cases {
            let row = try #require(
                try session.queryOne(
                    """
                    SELECT catalogue.number_kind(catalogue.number_form($1)), catalogue.number_nature($1),
                        catalogue.number_region($1)
                    """, [.text(number)]))
            #expect(row[text: 0] == kind, "\(number)")
            #expect(row[text: 1] == nature, "\(number)")
            #expect(row[text: 2] == home, "\(number)")
        }
        let enterprise = try session.queryOne(
            "SELECT catalogue.number_region('Q/CQCA 0012S-2022', '91500000202863209X')")
        #expect(enterprise?[text: 0] == "50")
    }

    @Test func partsSortAsPeopleSortThem() async throws {
        let session = try await Catalogue.reader()
        let cases: [(String, String?, Int64?, String?, Int64?)] = [
            ("GB/T 1.1-2020", "GB/T", 1, "1", 2020),
            ("GB 13000.1-93", "GB", 13000, "1", 1993),
            ("JTG/T 3381-02-2020", "JTG/T", 3381, "02", 2020),
            ("JTG F80/1-2017", "JTG F", 80, "1", 2017),
            ("DB51/T 10010.2-2024", "DB51/T", 10010, "2", 2024),
            ("DBJ50/T-047-2024", "DBJ50/T", 47, nil, 2024),
            ("DBS50/022-2021", "DBS50", 22, nil, 2021),
            ("DBS50/005", "DBS50", 5, nil, nil),
            ("T/CAS 358-2019", "T/CAS", 358, nil, 2019),
            ("Q/CQCA 0012S-2022", "Q/CQCA", 12, "S", 2022),
            ("Q/JFH J02.004-2015", "Q/JFH", nil, "J02.004", 2015),
            ("IEC 61850-7-4:2010", "IEC", 61850, "7-4", 2010),
            ("ISO/IEC 27001:2022/AMD 1:2024", "ISO/IEC", 27001, nil, 2022),
            ("ITU-T Y.4500.1", "ITU-T Y", 4500, "1", nil),
            ("TSCSIA 0015", nil, nil, nil, nil),
        ]
        for (number, code, serial, part, year) in cases {
            let row = try #require(
                try session.queryOne("SELECT * FROM catalogue.number_parts($1)", [.text(number)]))
            #expect(row[text: 0] == code, "\(number)")
            #expect(try row[int: 1] == serial, "\(number)")
            #expect(row[text: 2] == part, "\(number)")
            #expect(try row[int: 3] == year, "\(number)")
        }
        let order = try session.query(
            """
            SELECT n
            FROM unnest(string_to_array('YY/T 9.10-2020,YY/T 10.1-2001,YY/T 9.2-2022,YY/T 9.2-2009,YY/T 9.12.1-2000',
                ',')) n, catalogue.number_parts(n) p
            ORDER BY p.code, p.serial, catalogue.part_order(p.part), p.year
            """
        ).map { $0[text: 0] }
        #expect(order == ["YY/T 9.2-2009", "YY/T 9.2-2022", "YY/T 9.10-2020", "YY/T 9.12.1-2000", "YY/T 10.1-2001"])
    }
}
