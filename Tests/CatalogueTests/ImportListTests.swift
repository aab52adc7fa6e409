import CatalogueStore
import Postgres
import RegionStore
import TestCluster
import Testing

@Suite struct ImportListTests {
    @Test func aPublishedListFillsTheTablesOnce() async throws {
        let bench = try await ImportBench()
        let list = """
            标准号,标准名称,状态,发布日期,实施日期,ICS分类号,中国标准分类号,发布单位,被代替标准号,备注x
            DB50/T 10011—2024,火锅类餐饮企业加工操作规范,现行,2024年12月10日,2025/2/10,03.080.30,A12,重庆市市场监督管理局、四川省市场监督管理局,,z
            GB/T 22373-2008,标准文献元数据,废止,—,,,,,GB/T 22373-2021,
            """
        let report = try bench.load(list)
        #expect([report.new, report.changed, report.unchanged, report.rejected] == [2, 0, 0, 0])
        #expect(report.unknownNames == ["备注x"])
        #expect(
            report.added == [
                "catalogue.organization": 2, "catalogue.issuing_org": 2, "catalogue.standard_ics": 1,
                "catalogue.standard_ccs": 1, "catalogue.standard": 1, "catalogue.replacement": 1,
            ])
        let row = try bench.one(
            """
            SELECT concat_ws('|', std_id = catalogue.standard_id('DB50/T 10011-2024'), kind, nature, home_region,
                status, issue_date, implement_date) FROM catalogue.standard WHERE number_norm = 'DB50/T 10011-2024'
            """)
        #expect(row == "t|local|recommended|50|current|2024-12-10|2025-02-10")
        let again = try bench.load(list)
        #expect([again.new, again.changed, again.unchanged, again.rejected] == [0, 0, 2, 0])
        #expect(again.added.isEmpty)
    }

    @Test func anEmptyFieldClearsNothingAndWhatCannotBeReadIsKept() async throws {
        let bench = try await ImportBench()
        try bench.load("number_raw,title_zh,issue_date,status\nGB 7718-2011,食品标签,2011-04-20,现行\n")
        let report = try bench.load("number_raw,title_zh,issue_date,status\nGB 7718—2011,,待定,无此词\n,x,,\n")
        #expect([report.new, report.changed, report.rejected] == [0, 1, 1])
        #expect(report.rejects.map(\.line) == [3] && report.rejects.map(\.fault) == [.noNumber])
        #expect(report.warnings.map(\.about) == ["unread"])
        let row = try bench.one(
            "SELECT concat_ws('|', number_raw, title_zh, issue_date, status, remarks) FROM catalogue.standard")
        #expect(row == "GB 7718-2011|食品标签|2011-04-20|current|状态: 无此词；发布日期: 待定")
        let again = try bench.load("number_raw,title_zh,issue_date,status\nGB 7718—2011,,待定,无此词\n")
        #expect([again.new, again.changed, again.unchanged] == [0, 0, 1], "a remark is written once")
    }

    /// Scenarios 5 and 6: one standard in two spellings, dates as milliseconds at midnight in Beijing.
    @Test func platformsOfBothRegionsMakeOneRecordWithTheRightDays() async throws {
        let plain = #"{"code":"GB/T 45577-2025","chName":"某标准","issueDate":1733760000000,"status":"现行","pk":"0"}"#
        let marked = #"""
            {"rows":[{"C_STD_CODE":"<sacinfo>GB</sacinfo>/<sacinfo>T</sacinfo> <sacinfo>45577</sacinfo>-2025",
            "C_C_NAME":"某<sacinfo>标准</sacinfo>","STATE":"现行","ISSUE_DATE":"2024-12-10","TA_NAME":"某委员会"}],"total":1}
            """#
        var rows: [String?] = []
        for text in [plain, marked] {
            let bench = try await ImportBench()
            #expect(try bench.load(text, name: "platform").new == 1)
            rows.append(
                try bench.one("SELECT concat_ws('|', std_id, title_zh, issue_date, status) FROM catalogue.standard"))
        }
        #expect(rows[0] == rows[1])
        #expect(rows[0]?.hasSuffix("|某标准|2024-12-10|current") == true)
    }

    @Test func summerTimeMovesNoDay() async throws {
        let bench = try await ImportBench()
        // Midnight of 1988-07-01 in Beijing was UTC+9: 583686000000; of 1985-07-01, UTC+8: 488995200000.
        try bench.load(
            #"""
            [{"code":"GB 9706.1-1988","issueDate":583686000000,"actDate":"1989-01-01"},
             {"code":"GB 6675-1986","issueDate":489000000000,"recordNo":"1234-1986"}]
            """#, name: "a.json")
        #expect(
            try bench.one("SELECT issue_date::text FROM catalogue.standard WHERE number_norm = 'GB 9706.1-1988'")
                == "1988-07-01")
    }

    /// Scenario 12: the state of the source decides, not the hour of the import.
    @Test func anOlderStateOfTheSourceNeverOverwritesANewerOne() async throws {
        let bench = try await ImportBench()
        let old = "number_raw,title_zh,status\nGB/T 22373-2008,标准文献元数据,现行\n"
        let new = "number_raw,title_zh,status,abolish_date,replaced_by\n"
            + "GB/T 22373-2008,标准文献元数据,废止,2021-10-01,GB/T 22373-2021\n"
        try bench.load(new) { $0.asOf = "2021-10-02" }
        for asOf in ["2021-09-01", nil] {
            let report = try bench.load(old) { $0.asOf = asOf }
            #expect([report.changed, report.stale] == [0, 1])
        }
        #expect(
            try bench.one(
                "SELECT concat_ws('|', status, abolish_date, source_asof AT TIME ZONE 'Asia/Shanghai') "
                    + "FROM catalogue.standard WHERE number_norm = 'GB/T 22373-2008'")
                == "abolished|2021-10-01|2021-10-02 00:00:00")
        #expect(try bench.load(new) { $0.asOf = "2022-01-01" }.unchanged == 1)
        // The row was not touched, and yet nothing older than what has confirmed it is taken.
        let between = try bench.load(old) { $0.asOf = "2021-12-31" }
        #expect([between.changed, between.stale] == [0, 1])
        #expect(try bench.load(old) { $0.asOf = "2022-01-01" }.changed == 1)
    }

    @Test func aRenumberedStandardIsFoundByItsOldAndNewNumber() async throws {
        let bench = try await ImportBench()
        try bench.load("number_raw,title_zh\nT/XZYC 0001-2024,甲\n")
        try bench.run(
            """
            UPDATE catalogue.standard SET number_raw = 'T/XZYC 0055-2024';
            INSERT INTO catalogue.number_history
            SELECT std_id, 'T/XZYC 0001-2024', 'T/XZYC 0001-2024' FROM catalogue.standard;
            """)
        #expect(try bench.load("number_raw,title_zh\nT/XZYC 0055-2024,甲\nT/XZYC 0001-2024,甲\n").unchanged == 1)
        #expect(try bench.one("SELECT count(*) || max(number_raw) FROM catalogue.standard") == "1T/XZYC 0055-2024")
    }

    @Test func aDryRunReportsTheSameAndStoresNothing() async throws {
        let bench = try await ImportBench()
        let list = "number_raw,title_zh,issuer\nGB 1-2020,一,某部\nGB 1-2020,二,\n,三,\n"
        let dry = try bench.load(list) { $0.dryRun = true }
        #expect(try bench.one("SELECT count(*) FROM catalogue.standard") == "0")
        #expect(try bench.one("SELECT count(*) FROM catalogue.organization") == "0")
        var wet = try bench.load(list)
        wet.dryRun = true
        #expect(dry == wet)
        #expect([wet.records, wet.new, wet.repeated, wet.rejected] == [3, 1, 1, 1])
        #expect(wet.warnings.map(\.about) == ["otherwise"])
    }

    @Test func eachAnnouncementIsATransaction() async throws {
        let bench = try await ImportBench()
        let list = "标准号,公告号,被代替标准号\nGB 1-2020,甲,\nGB 2-2020,乙,GB 4-2020\nGB 3-2020,甲,\nGB 4-2020,,\n"
        let report = try bench.load(list) { $0.perAnnouncement = true }
        #expect([report.transactions, report.new] == [3, 4])
        #expect(
            try bench.one("SELECT count(DISTINCT xmin::text) FROM catalogue.standard") == "3",
            "one transaction id for each, no block apart")
        #expect(try bench.one("SELECT count(*) FROM catalogue.replacement") == "1")
        #expect(try bench.load(list) { $0.perAnnouncement = true }.unchanged == 4)
    }

    /// Equal rows make no change entry, though the source is of a later state.
    @Test(.timeLimit(.minutes(3))) func importingTheSameAgainMakesNoChangeEntry() async throws {
        let bench = try await ImportBench()
        let session = try bench.session()
        try Installer.install(session, InstallRequest(kind: .region, region: "50", daemonRole: Catalogue.daemon))
        for table in ["organization", "announcement", "joint_group", "standard", "standard_ics", "issuing_org"] {
            try SharedTables.add(session, "catalogue.\(table)")
        }
        var list = "number_raw,title_zh,issue_date,ics,issuer\n"
        for number in 1...20_000 {
            list += "GB/T \(number)-2020,标准\(number),2020-01-01,01.040.\(number % 90 + 10),某部\n"
        }
        #expect(try bench.load(list) { $0.asOf = "2026-01-01" }.new == 20_000)
        #expect(try session.queryOne("SELECT count(*) FROM bashu.pending WHERE keys IS NOT NULL")?.int(0) ?? 0 > 40)
        try session.execute("DELETE FROM bashu.pending")
        let again = try bench.load(list) { $0.asOf = "2026-02-01" }
        #expect(again.unchanged == 20_000)
        #expect(try session.queryOne("SELECT count(*) FROM bashu.pending")?.int(0) == 0)
        #expect(try bench.load("number_raw,title_zh\nGB/T 7-2020,改\n") { $0.asOf = "2026-03-01"; $0.actor = "张三" }
            .changed == 1)
        #expect(try session.query("SELECT actor FROM bashu.pending").map { $0[text: 0] } == ["张三"])
    }
}
