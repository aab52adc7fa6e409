import Postgres
import Replication
import Testing

@testable import RegionStore

/// What readers see of two regions that write: changes, who says so, disputes, freshness. 50 is Chongqing, 51 Sichuan.
@Suite(.serialized) struct EngineReaderTests {
    static let tables = [
        "catalogue.organization", "catalogue.announcement", "catalogue.joint_group", "catalogue.standard",
    ]
    static let number = "DB50/T 1263-2022"

    private struct Regions {
        let network: Network
        let cq: Party
        let sc: Party
    }

    private func regions() async throws -> Regions {
        let catalogue = SchemaFiles.numbered(in: "catalogue").map(\.text).joined(separator: "\n")
        let network = try await Network(["50", "51"], schema: catalogue, tables: Self.tables)
        var standard = NamedPolicy()
        standard.home = "home_region"
        standard.delete = .home
        standard.defaultRule = .home
        standard.groups = [NamedPolicy.Group(name: "T", columns: ["title_zh", "title_en"], rule: .home)]
        for party in network.parties {
            for file in SchemaFiles.numbered(in: "reader") { try party.owner.script(file.text) }
            let id = try party.owner.queryOne("SELECT id FROM bashu.shared_table WHERE table_name = 'standard'")
            try PolicyStore.apply(party.owner, [Int(try #require(id).int(0)): standard])
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

    private func insert(_ party: Party, _ number: String = Self.number, title: String = "地下空间综合信息系统技术规范") throws {
        try party.writer.execute(
            """
            INSERT INTO catalogue.standard (std_id, number_raw, kind, home_region, title_zh, status, issue_date,
                                            implement_date, record_no)
            VALUES (catalogue.standard_id($1), $1, 'local', $2, $3, 'current', '2022-12-10', '2023-03-01', '1-2023')
            """, [.text(number), .text(party.name), .text(title)])
    }

    private func texts(_ party: Party, _ sql: String) throws -> [String] {
        try party.owner.query(sql).map { row in
            (0..<row.columnCount).map { row[text: $0] ?? "-" }.joined(separator: "|")
        }
    }

    @Test func whatHasChangedSinceLastTime() async throws {
        let both = try await regions()
        try insert(both.cq, title: "制表\t与\\反斜杠\n𬭎")
        try both.network.converge()
        let before = try texts(both.sc, "SELECT reader.position()")[0]
        try both.sc.writer.execute("SET bashu.actor = '张三'")
        try both.sc.writer.execute("UPDATE catalogue.standard SET remarks = '改', pages = 12")
        try insert(both.sc, "DB51/T 1-2022")
        try both.network.converge()
        try both.cq.writer.execute("DELETE FROM catalogue.standard WHERE number_raw = 'DB51/T 1-2022'")
        try both.network.converge()
        for party in [both.cq, both.sc] {
            #expect(
                try texts(
                    party,
                    """
                    SELECT region, kind, table_name, old, new, "session_user", actor,
                        std_id = catalogue.standard_id('\(Self.number)')
                    FROM reader.changes('\(before)', 100) WHERE kind = 'update'
                    """)
                    == [
                        #"51|update|standard|{"pages": null, "remarks": null}|{"pages": "12", "remarks": "改"}|"#
                            + "\(Party.writer)|张三|t"
                    ])
            let kinds = try texts(party, "SELECT kind FROM reader.changes('\(before)', 100) ORDER BY kind")
            #expect(kinds == ["delete", "insert", "update"])
            #expect(
                try texts(party, "SELECT new ->> 'title_zh' FROM reader.changes('{}', 1)")
                    == ["制表\t与\\反斜杠\n𬭎"])
            #expect(try texts(party, "SELECT * FROM reader.changes(reader.position())") == [])
            try expectPages(party)
        }
    }

    /// Pages of one row give what one page gives.
    private func expectPages(_ party: Party) throws {
        var pages: [String] = []
        var cursor = "NULL"
        while let row = try texts(party, "SELECT cursor FROM reader.changes('{}', 1, \(cursor))").first {
            pages.append(row)
            cursor = "'\(row)'"
        }
        #expect(pages == (try texts(party, "SELECT cursor FROM reader.changes('{}', 100)")))
        #expect(pages.count == 4)
    }

    @Test func whoSaysSoAndWhoDisagrees() async throws {
        let both = try await regions()
        try insert(both.cq)
        try both.network.converge()
        let who = "SELECT value, region, \"session_user\", losing FROM reader.provenance('standard', "
            + "catalogue.standard_id('\(Self.number)')::text, "
        #expect(try texts(both.sc, who + "'title_zh')") == ["地下空间综合信息系统技术规范|50|\(Party.writer)|[]"])
        #expect(try texts(both.sc, who + "'no such column')") == [])
        try both.cq.writer.execute("UPDATE catalogue.standard SET title_zh = '地下空间技术规范', title_en = 'Underground'")
        try both.sc.writer.execute("UPDATE catalogue.standard SET title_zh = '地下空间综合信息系统建设技术规范'")
        try both.network.converge()
        for party in [both.cq, both.sc] {
            let row = try #require(try texts(party, who + "'title_zh')").first)
            #expect(row.hasPrefix("地下空间技术规范|50|\(Party.writer)|"))
            #expect(row.contains("地下空间综合信息系统建设技术规范"))
            #expect(
                try texts(party, "SELECT title_zh FROM catalogue.standard") == ["地下空间技术规范"])
            #expect(
                try texts(party, "SELECT table_name, column_group, state, candidates, std_id FROM reader.dispute")
                    == ["standard|T|decided|2|\(try texts(party, "SELECT std_id FROM catalogue.standard")[0])"])
            #expect(try texts(party, "SELECT disputed FROM reader.search('地下空间')") == ["t"])
            #expect(try texts(party, "SELECT disputed FROM reader.standard") == ["t"])
            #expect(
                try texts(
                    party,
                    """
                    SELECT r ->> 'disputed', r #>> '{disputes,0,column_group}'
                    FROM reader.record('\(Self.number)') r
                    """) == ["true|T"])
        }
    }

    @Test func movesThatTheLawDoesNotKnow() async throws {
        let both = try await regions()
        try insert(both.cq)
        try both.network.converge()
        let moves = "SELECT alarm, number FROM reader.alarm_move ORDER BY alarm"
        try both.cq.writer.execute("UPDATE catalogue.standard SET status = 'abolished', abolish_date = '2025-01-01'")
        try both.network.converge()
        #expect(try texts(both.sc, moves) == [])
        try both.cq.writer.execute("UPDATE catalogue.standard SET status = 'current', abolish_date = NULL")
        try both.network.converge()
        try both.cq.writer.execute("UPDATE catalogue.standard SET issue_date = '2022-12-09'")
        try both.network.converge()
        for party in [both.cq, both.sc] {
            #expect(
                try texts(party, moves)
                    == ["illegal_status_move|\(Self.number)", "issue_date_after_filing|\(Self.number)"])
        }
        #expect(try texts(both.sc, "SELECT * FROM reader.status_moves(now() + interval '1 day')") == [])
    }

    /// Nobody steps an engine here any more: as when daemon and link are dead.
    @Test func theAgeGrowsWhenEverythingHasStopped() async throws {
        let both = try await regions()
        try insert(both.cq)
        try both.network.converge()
        try insert(both.cq, "DB50/T 1264-2022")
        try both.cq.settle()
        try both.sc.receive(from: both.cq)
        let sql = "SELECT extract(epoch FROM age), through FROM reader.freshness WHERE region = '50'"
        let waiting = "SELECT unapplied, oldest_unapplied IS NOT NULL FROM reader.freshness WHERE region = '50'"
        #expect(try texts(both.sc, waiting) == ["1|t"])
        // A link that is withdrawn takes nothing away.
        try both.sc.owner.execute("DELETE FROM bashu.peer")
        let first = try #require(try both.sc.owner.queryOne(sql))
        let second = try #require(try both.sc.owner.queryOne(sql))
        #expect(first[text: 1] == second[text: 1])
        let ages = try [first, second].map { try #require(Double(try $0.text(0))) }
        #expect(ages[1] > ages[0])
        try both.sc.settle()
        #expect(try texts(both.sc, waiting) == ["0|f"])
    }
}
