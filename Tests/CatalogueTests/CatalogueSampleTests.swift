import Postgres
import TestCluster
import Testing

@Suite struct CatalogueSampleTests {
    /// Every row of every table, with what would show that it was written again.
    private func image(_ session: Session, physical: Bool) throws -> [String: String] {
        var image: [String: String] = [:]
        for table in try Catalogue.tables(session) {
            let row = try session.queryOne(
                """
                SELECT count(*), string_agg(\(physical ? "t.ctid || ' ' || t.xmin || ' ' ||" : "") t::text, E'\\n'
                    ORDER BY t::text COLLATE "C")
                FROM \(table) t
                """)
            image[table] = "\(row?[text: 0] ?? "") \(row?[text: 1] ?? "")"
        }
        return image
    }

    @Test func loadingAgainWritesNothing() async throws {
        let (cluster, name) = try await Catalogue.database(sample: true)
        let session = try cluster.session(database: name, user: Catalogue.owner)
        let before = try image(session, physical: true)
        try Catalogue.load(cluster, database: name)
        #expect(try image(session, physical: true) == before)
        #expect(before["catalogue.standard"]?.hasPrefix("0 ") == false)
    }

    @Test func whatPeopleHaveWrittenStays() async throws {
        let (cluster, name) = try await Catalogue.database(sample: true)
        let session = try cluster.session(database: name, user: Catalogue.owner)
        let edited = try session.execute("UPDATE catalogue.standard SET title_zh = '改', status = 'abolished'")
        try Catalogue.load(cluster, database: name)
        let row = try session.queryOne(
            "SELECT count(*) FROM catalogue.standard WHERE title_zh = '改' AND status = 'abolished'")
        #expect(try row?[int: 0] == Int64(edited))
    }

    @Test func everyRegionGetsTheSameRowsWhateverThePlan() async throws {
        let (cluster, name) = try await Catalogue.database(sample: true)
        let other = try await Catalogue.database()
        try Catalogue.load(
            other.cluster, database: other.name,
            options: "-c enable_hashagg=off -c enable_hashjoin=off -c enable_sort=off -c work_mem=64kB "
                + "-c TimeZone=America/New_York -c DateStyle=German")
        let one = try image(try cluster.session(database: name), physical: false)
        let two = try image(try other.cluster.session(database: other.name), physical: false)
        #expect(one == two)
    }

    @Test func noPublishedRecordIsDropped() async throws {
        let (cluster, name) = try await Catalogue.database(sample: true)
        let session = try cluster.session(database: name, user: Catalogue.owner)
        var lines = 0
        for file in ["standards", "sichuan_chongqing"] {
            let run = try ChildProcess.run("cat", ["\(Catalogue.folder)/sample/\(file).csv"])
            try session.script("BEGIN")
            try session.script(
                """
                CREATE TEMP TABLE csv (number_raw text, title_zh text, title_en text, status text, issue_date text,
                    implement_date text, abolish_date text, ics text, ccs text, replaced_by text, issuer text,
                    source text) ON COMMIT DROP
                """)
            lines += try session.copyIn("COPY csv FROM STDIN (FORMAT csv, HEADER)") { try $0.write(run.output) }
            let lost = try session.query(
                """
                SELECT c.number_raw FROM csv c LEFT JOIN catalogue.standard s
                    ON s.std_id = catalogue.standard_id(c.number_raw)
                WHERE s.std_id IS NULL OR (c.title_zh IS NOT NULL AND s.title_zh IS NULL)
                    OR (c.status IS NOT NULL AND s.status IS NULL)
                    OR (catalogue.parse_date(c.implement_date) IS NOT NULL AND s.implement_date IS NULL
                        AND s.issue_date IS NULL)
                UNION ALL
                SELECT replaced_by FROM csv c WHERE replaced_by IS NOT NULL AND NOT EXISTS (
                    SELECT FROM catalogue.replacement
                    WHERE old_std_id = catalogue.standard_id(c.number_raw)
                        AND new_std_id = catalogue.standard_id(c.replaced_by))
                """)
            #expect(lost.map { $0[text: 0] } == [], "\(file)")
            try session.script("COMMIT")
        }
        #expect(lines > 300)
    }

    @Test func whatFitsNothingIsKeptAsPublishedAndFlagged() async throws {
        let session = try await Catalogue.reader()
        let typo = try session.queryOne(
            "SELECT kind, number_form FROM catalogue.standard WHERE number_raw = 'GB 9706.l—2007'")
        #expect(typo?[text: 0] == "unknown")
        #expect(typo?.isNull(1) == true)
        let flags = try session.queryOne(
            """
            SELECT count(*) FILTER (WHERE kind = 'unknown' AND number_form IS NOT NULL),
                count(*) FILTER (WHERE kind <> 'unknown' AND number_form IS NULL),
                count(*) FILTER (WHERE number_raw LIKE U&'%\\00A0%'),
                count(*) FILTER (WHERE number_norm LIKE U&'%\\00A0%')
            FROM catalogue.standard
            """)
        #expect(try flags?[int: 0] == 0)
        #expect(try flags?[int: 1] == 0)
        #expect(try (flags?[int: 2] ?? 0) > 0, "published with a no-break space, kept with it")
        #expect(try flags?[int: 3] == 0)
        let dated = try session.queryOne(
            """
            SELECT implement_date, remarks FROM catalogue.standard WHERE number_norm = 'YY/T 1830-2022'
            """)
        #expect(dated?.isNull(0) == true)
        #expect(dated?[text: 1] == "实施日期: 与GB9706.1-2020同步实施")
    }

    @Test func jointHalvesAndReplacements() async throws {
        let session = try await Catalogue.reader()
        let pair = try session.query(
            """
            SELECT s.home_region, s.issue_date, s.implement_date,
                (SELECT string_agg(ics, ',') FROM catalogue.standard_ics i WHERE i.std_id = s.std_id),
                (SELECT count(*) FROM catalogue.issuing_org o WHERE o.std_id = s.std_id)
            FROM catalogue.standard s JOIN catalogue.joint_group g USING (joint_group_id)
            WHERE g.title_zh = '火锅类餐饮企业加工操作规范' ORDER BY 1
            """)
        #expect(pair.map { $0[text: 0] } == ["50", "51"])
        for half in pair {
            #expect(half[text: 1] == "2024-12-10")
            #expect(half[text: 2] == "2025-02-10")
            #expect(half[text: 3] == "03.080.30")
            #expect(try half[int: 4] == 2)
        }
        let merged = try session.query(
            """
            SELECT o.number_norm FROM catalogue.replacement r
            JOIN catalogue.standard o ON o.std_id = r.old_std_id JOIN catalogue.standard n ON n.std_id = r.new_std_id
            WHERE n.number_norm = 'YY/T 1284-2024' ORDER BY 1
            """)
        #expect(merged.map { $0[text: 0] } == ["YY/T 1284.1-2015", "YY/T 1284.2-2015", "YY/T 1284.3-2015"])
        let status = try session.queryOne(
            """
            SELECT d.status FROM catalogue.standard s JOIN catalogue.status_on('2021-10-01') d USING (std_id)
            WHERE s.number_norm = 'GB/T 22373-2008'
            """)
        #expect(status?[text: 0] == "abolished")
    }

    @Test func oneFieldOfTwoClassificationsIsTakenApart() async throws {
        let session = try await Catalogue.reader()
        let row = try session.queryOne(
            """
            SELECT (SELECT array_agg(ics ORDER BY ics)::text FROM catalogue.standard_ics i WHERE i.std_id = s.std_id),
                (SELECT array_agg(ccs)::text FROM catalogue.standard_ccs c WHERE c.std_id = s.std_id), remarks
            FROM catalogue.standard s WHERE number_raw = 'T/GZAEPI 001—2018'
            """)
        #expect(row?[text: 0] == "{13.020.01,97.040.99}")
        #expect(row?[text: 1] == "{Y68}")
        #expect(row?.isNull(2) == true)
    }
}
