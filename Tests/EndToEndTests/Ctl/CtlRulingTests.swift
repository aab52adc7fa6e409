import Postgres
import TestCluster
import Testing

@testable import TestFederation

/// Rulings as people and scripts give them: by number, field by field, for a class of cases, and undone.
@Suite(.serialized) struct CtlRulingTests {
    private struct World {
        let federation: Federation
        let cq: Hand
        let sc: Hand

        func exchange() throws {
            try cq.settle()
            try sc.settle()
            try sc.pull(from: cq.party)
            try cq.pull(from: sc.party)
        }

        /// What the server counts in a document.
        func number(_ sql: String, _ document: String) throws -> Int64? {
            let session = try cq.party.session()
            defer { session.close() }
            return try session.queryOne(sql, [.text(document)])?.int(0)
        }

        func rows() async throws -> [[String?]] {
            let here = try await cq.party.rows("SELECT number, title, pages FROM standard ORDER BY 1")
            let there = try await sc.party.rows("SELECT number, title, pages FROM standard ORDER BY 1")
            #expect(here == there)
            return here
        }
    }

    /// So many rows of which both regions have written title and pages, and one that 51 has deleted.
    private func world(rows: Int = 1) async throws -> World {
        let federation = try await Federation.make()
        let world = World(
            federation: federation, cq: try Hand(federation["50"]), sc: try Hand(federation["51"]))
        try await world.cq.party.run(
            """
            INSERT INTO standard (number, title, pages)
            SELECT 'GB ' || to_char(i, 'FM00'), '原', 1 FROM generate_series(1, \(rows)) i;
            INSERT INTO standard (number, title, pages) VALUES ('YY', '医药', 9)
            """)
        try world.exchange()
        try await world.cq.party.run("UPDATE standard SET title = '甲', pages = 50")
        try world.cq.settle()
        try await world.sc.party.run(
            """
            UPDATE standard SET title = '乙', pages = 51 WHERE number <> 'YY';
            DELETE FROM standard WHERE number = 'YY'
            """)
        try world.exchange()
        return world
    }

    @Test func aFieldByFieldMixIsTaken() async throws {
        let world = try await world()
        let bad = try world.cq.party.ctl("conflict", "resolve", "50:2:0", "--candidate", "3", "--reason", "x")
        #expect(bad.status == .exited(1))
        #expect(bad.errors == "bashuctl: there is no candidate 3; the case has 2: see bashuctl conflict show\n")
        let column = try world.cq.party.ctl("conflict", "resolve", "50:2:0", "--take", "fee=1", "--reason", "x")
        #expect(column.status == .exited(1))
        let run = try world.cq.serve(
            "conflict", "resolve", "50:2:0", "--candidate", "2", "--take", "title=1", "--reason", "两地商定")
        #expect(run.status == .exited(0), "\(run.errors)")
        try world.exchange()
        #expect(try await world.rows() == [["GB 01", "甲", "51"], ["YY", "甲", "50"]])
    }

    @Test func keepingWhatStandsIsARulingToo() async throws {
        let world = try await world()
        let run = try world.sc.serve("conflict", "resolve", "51:1:0", "--candidate", "2", "--reason", "维持")
        #expect(run.status == .exited(0), "\(run.errors)")
        let null = try world.sc.serve("conflict", "resolve", "51:1:1", "--candidate", "1", "--reason", "保留")
        #expect(null.status == .exited(0), "\(null.errors)")
        try world.exchange()
        #expect(try await world.rows() == [["GB 01", "乙", "51"], ["YY", "甲", "50"]])
        for party in [world.cq.party, world.sc.party] {
            #expect(try party.ctl("conflict", "list").output == "No conflicts.\n")
        }
    }

    @Test func aClassIsListedFirstAndThenRuled() async throws {
        let world = try await world(rows: 21)
        let arguments = ["--type", "update_origin_differs", "--table", "standard", "--keep", "50"]
        let dry = try Ctl.finish(
            Ctl.start(["conflict", "resolve"] + arguments + ["--dry-run"], world.cq.party.ctlEnvironment))
        #expect(dry.status == .exited(0), "\(dry.errors)")
        #expect(dry.lines.allSatisfy { $0.count <= 80 })
        #expect(dry.lines[0].split(separator: " ") == ["KEY", "GROUPS", "NOW", "WILL", "KEEP"])
        #expect(dry.lines[2].split(separator: " ") == ["GB", "01", "pages", "51", "50:2:0", "50"])
        #expect(dry.lines.count == 46)
        #expect(dry.output.hasSuffix("21 rows would be ruled, 0 left alone. Nothing was changed.\n"))
        let asked = try Ctl.finish(
            Ctl.start(
                ["conflict", "resolve"] + arguments + ["--reason", "r"], world.cq.party.ctlEnvironment))
        #expect(asked.status == .exited(1))
        #expect(asked.errors == "bashuctl: 21 rows would be ruled: look at them with --dry-run, then give --yes\n")
        let home = try world.cq.party.ctl(
            "conflict", "resolve", "--type", "update_deleted", "--table", "standard", "--keep", "home", "--reason", "r")
        #expect(home.errors.contains("the policy names no home column for standard"))
        let rehearsed = try Ctl.finish(
            Ctl.start(
                ["conflict", "resolve"] + arguments + ["--dry-run", "-o", "json"], world.cq.party.ctlEnvironment))
        let unruled = """
            SELECT count(*) FROM jsonb_array_elements($1::jsonb -> 'rows') r
             WHERE r -> 'ruling' = 'null' AND r -> 'skipped' = 'null' AND r #>> '{keeps,0,group}' = 'pages'
               AND r #>> '{keeps,0,change}' LIKE '50-%'
            """
        #expect(try world.number(unruled, rehearsed.output) == 21)
        let ruled = try world.cq.serve(
            "conflict", "resolve", "--type", "update_origin_differs", "--table", "standard", "--keep", "50", "--reason",
            "重庆负责", "--yes")
        #expect(ruled.status == .exited(0), "\(ruled.errors)")
        #expect(ruled.output.hasSuffix("21 rulings are in the log, and travel to every region.\n"))
        let loser = try world.cq.serve(
            "conflict", "resolve", "--type", "update_deleted", "--table", "standard", "--keep", "loser",
            "--reason", "废", "-o", "json")
        #expect(loser.status == .exited(0), "\(loser.errors)")
        let taken = """
            SELECT count(*) FROM jsonb_array_elements($1::jsonb -> 'rows') r
             WHERE r ->> 'state' = 'taken' AND r ->> 'ruling' IS NOT NULL
            """
        #expect(try world.number(taken, loser.output) == 1)
        try world.exchange()
        let rows = try await world.rows()
        #expect(rows.count == 21 && rows.allSatisfy { $0[1] == "甲" && $0[2] == "50" })
        let again = try world.cq.party.ctl(
            "conflict", "resolve", "--type", "update_deleted", "--table", "standard", "--keep", "loser",
            "--reason", "x")
        #expect(again.output == "No such cases wait for a ruling.\n")
    }

    @Test func undoBringsBackWhatLost() async throws {
        let world = try await world()
        let open = try world.cq.serve("conflict", "undo", "51:1:0", "--reason", "原标题正确")
        #expect(open.status == .exited(0), "\(open.errors)")
        #expect(open.output == "Ruling 1: what 50:2:0 wrote is back, in every region.\n")
        try world.exchange()
        #expect(try await world.rows()[0] == ["GB 01", "甲", "50"])
        let closed = try world.sc.serve(
            "conflict", "undo", "50:2:0", "--candidate", "2", "--reason", "复核后改回")
        #expect(closed.status == .exited(0), "\(closed.errors)")
        try world.exchange()
        #expect(try await world.rows()[0] == ["GB 01", "乙", "51"])
        let deleted = try world.sc.serve("conflict", "undo", "50:2:1", "--reason", "确应删除")
        #expect(deleted.status == .exited(0), "\(deleted.errors)")
        try world.exchange()
        #expect(try await world.rows().count == 1)
        let back = try world.sc.serve("conflict", "undo", "50:2:1", "--reason", "仍应保留")
        #expect(back.status == .exited(0), "\(back.errors)")
        try world.exchange()
        #expect(try await world.rows()[1] == ["YY", "甲", "50"])
    }

    @Test func anAdministratorNeedsNoRightOnTheTable() async throws {
        let world = try await world()
        let role = "ruler_\(world.cq.party.database)"
        try await world.cq.party.run("CREATE ROLE \(role) LOGIN", as: .superuser)
        let grants = try await world.cq.party.rows(
            "SELECT * FROM bashu.grants_text('administrator', '\(role)')").compactMap { $0[0] }
        for grant in grants { try await world.cq.party.run(grant, as: .superuser) }
        let database = world.cq.party.cluster.conninfo(database: world.cq.party.database, user: role)
        let run = try world.cq.serve(
            "conflict", "undo", "51:1:0", "--reason", "审计", "--database", database)
        #expect(run.status == .exited(0), "\(run.errors)")
        let history = try world.cq.party.ctl("history", "standard", "GB 01", "--database", database)
        #expect(history.output.contains(role) && history.output.contains("reason: 审计"))
    }

    @Test func onATerminalEveryFieldIsAskedFor() async throws {
        let world = try await world()
        let left = try world.cq.serveTyping("1q", "conflict", "resolve", "50:2:0")
        #expect(left.status == .exited(0), "\(left.output) \(left.errors)")
        #expect(left.output.contains("Nothing was changed."))
        let run = try world.cq.serveTyping(
            "e丙\u{7f}丁\r1两地商定\ry", "conflict", "resolve", "50:2:0", language: "zh_CN.UTF-8")
        #expect(run.status == .exited(0), "\(run.output) \(run.errors)")
        #expect(run.output.contains("字段") && run.output.contains("裁定 1 已写入日志"), "\(run.output)")
        try world.exchange()
        #expect(try await world.rows()[0] == ["GB 01", "丁", "50"])
        let history = try world.sc.party.ctl("history", "standard", "GB 01")
        #expect(history.output.contains("reason: 两地商定"))
    }

    @Test func theHistoryIsAGraph() async throws {
        let world = try await world()
        _ = try world.cq.serve("conflict", "resolve", "50:2:0", "--candidate", "50:2:0", "--reason", "重庆先公布")
        let run = try world.cq.party.ctl("history", "standard", "GB 01")
        let lines = run.lines.map { $0.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, with: "TIME") }
        #expect(
            lines.filter { !$0.contains("status:") } == [
                "standard (GB 01)", "",
                "*    TIME  50  insert  50:1:0  catalogue_application",
                "|      number: GB 01", "|      title: 原", "|      pages: 1",
                "*    TIME  50  update  50:2:0  catalogue_application",
                "|      title: 原 → 甲", "|      pages: 1 → 50", "|      had seen 50:1:0",
                "|      concurrent with 51:1:0", "|      title lost to 51:1:0 (rule newest)",
                "|      pages lost to 51:1:0 (rule newest)", #"|\"#,
                "| *  TIME  51  update  51:1:0  catalogue_application",
                "| |    title: 原 → 乙", "| |    pages: 1 → 51", "| |    had seen 50:1:0",
                "| |    concurrent with 50:2:0", "| |    title won against 50:2:0 (rule newest)",
                "| |    pages won against 50:2:0 (rule newest)", "|/",
                "*    TIME  50  ruling  50:3:0  bashu_daemon",
                "|      title: 甲", "|      pages: 50", "|      reason: 重庆先公布", "|      had seen 50:2:0, 51:1:0",
                "|      rules on the case of 50:2:0, 51:1:0", "",
            ], "\(lines)")
        #expect(run.lines.allSatisfy { $0.count <= 80 })
    }
}
