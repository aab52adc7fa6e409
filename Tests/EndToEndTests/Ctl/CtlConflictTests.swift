import Postgres
import TestCluster
import Testing

@testable import TestFederation

/// Two regions write the same rows without seeing each other; people look, and rule.
@Suite struct CtlConflictTests {
    /// Two regions after a conflict on two columns of one row, and an update against a delete on another.
    private struct World {
        let federation: Federation
        let cq: Hand
        let sc: Hand
        /// Longest text of this world's random names first, so that none is replaced within another.
        let names: [(String, String)]

        var party: Party { cq.party }

        /// Output without what differs from run to run: times, ages, and the tokens of origins.
        func settled(_ run: Ctl.Run) -> [String] {
            run.lines.map { line in
                names.reduce(line) { $0.replacing($1.0, with: $1.1) }
                    .replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, with: "2026-08-28 00:00:00")
            }
        }

        func exchange() throws {
            try cq.settle()
            try sc.settle()
            try sc.pull(from: cq.party)
            try cq.pull(from: sc.party)
        }

        func origin(_ party: Party) async throws -> String {
            try #require(try await party.value("SELECT name FROM bashu.origin WHERE own"))
        }
    }

    private func world() async throws -> World {
        let federation = try await Federation.make()
        let (cq, sc) = (federation["50"], federation["51"])
        let origins = [
            (try #require(try await cq.value("SELECT name FROM bashu.origin WHERE own")), "50-cq"),
            (try #require(try await sc.value("SELECT name FROM bashu.origin WHERE own")), "51-sc"),
        ]
        let world = World(federation: federation, cq: try Hand(cq), sc: try Hand(sc), names: origins)
        try await cq.run(
            """
            INSERT INTO standard (number, title, issued)
            VALUES ('GB/T 1.1-2020', '标准化工作导则 𬭎', '2020-03-31'), ('GB 2', '"引号"', NULL)
            """)
        try world.exchange()
        try await cq.run(
            """
            BEGIN;
            SET LOCAL bashu.actor = '张三';
            UPDATE standard SET title = '甲', pages = 3 WHERE number = 'GB/T 1.1-2020';
            UPDATE standard SET title = '改' WHERE number = 'GB 2';
            COMMIT
            """)
        try await sc.run(
            """
            BEGIN;
            UPDATE standard SET title = '乙', pages = 4 WHERE number = 'GB/T 1.1-2020';
            DELETE FROM standard WHERE number = 'GB 2';
            COMMIT
            """)
        try world.exchange()
        return world
    }

    @Test func theListHasOneLineForEachRow() async throws {
        let world = try await world()
        let run = try world.party.ctl("conflict", "list", changes: ["COLUMNS": "110"])
        #expect(run.status == .exited(0))
        let lines = run.lines.map { $0.replacing(/[ ]+\d+ (ms|s)$/, with: "") }
        #expect(
            lines[0].hasPrefix("HANDLE  TABLE     KEY            GROUPS        TYPE                   STATE    WINS"))
        #expect(
            Set(lines[2...]) == [
                "50:2:0  standard  GB 2           existence     update_deleted         decided  50",
                "51:1:1  standard  GB/T 1.1-2020  pages, title  update_origin_differs  decided  51", "",
            ])
        let narrow = try world.party.ctl("conflict", "list")
        #expect(narrow.lines.allSatisfy { $0.count <= 80 })
        #expect(try world.party.ctl("conflict", "list", "--state", "open").output == "No conflicts.\n")
        #expect(try world.party.ctl("conflict", "list", "--table", "standard", "--limit", "1").lines.count == 5)
        let unknown = try world.party.ctl("conflict", "list", "--table", "no.such")
        #expect(unknown.status == .exited(1))
        #expect(unknown.errors == "bashuctl: no.such is no shared table; see: bashuctl table list\n")
    }

    @Test func showPutsTheCandidatesSideBySide() async throws {
        let world = try await world()
        let run = try world.party.ctl("conflict", "show", "50:2:1", changes: ["COLUMNS": "110"])
        #expect(run.status == .exited(0))
        let head = ["Table:  standard", "Key:    GB/T 1.1-2020", ""]
        let columns = "#        HANDLE  REGION  WHO                            WHEN                 VALUE"
        let title = [
            "title: update_origin_differs, decided by rule newest",
            columns,
            "-  ----  ------  ------  -----------------------------  -------------------  -----------------",
            "1        50:2:1  50      catalogue_application as 张三  2026-08-28 00:00:00  甲",
            "                                                        before               标准化工作导则 𬭎",
            "2  wins  51:1:1  51      catalogue_application          2026-08-28 00:00:00  乙",
            "                                                        before               标准化工作导则 𬭎",
        ]
        let pages = [
            "pages: update_origin_differs, decided by rule newest",
            columns,
            "-  ----  ------  ------  -----------------------------  -------------------  ------",
            "1        50:2:1  50      catalogue_application as 张三  2026-08-28 00:00:00  3",
            "                                                        before               (null)",
            "2  wins  51:1:1  51      catalogue_application          2026-08-28 00:00:00  4",
            "                                                        before               (null)",
        ]
        let hint = ["", "To rule: bashuctl conflict resolve 51:1:1 --candidate N --reason '…'", ""]
        let lines = world.settled(run)
        #expect(Array(lines.prefix(3)) == head)
        #expect(lines == head + pages + [""] + title + hint || lines == head + title + [""] + pages + hint)
        let other = try world.sc.party.ctl("conflict", "show", "51:1:1", changes: ["COLUMNS": "110"])
        #expect(world.settled(other).sorted() == lines.sorted())
    }

    @Test func showTellsAnUpdateFromADelete() async throws {
        let world = try await world()
        let run = try world.party.ctl(
            "conflict", "show", "51:1:0", changes: ["LC_ALL": "zh_CN.UTF-8", "COLUMNS": "100"])
        #expect(run.status == .exited(0))
        #expect(
            world.settled(run) == [
                "表:  standard", "键:  GB 2", "", "存在：update_deleted，已自动裁定，规则 keep",
                "#        句柄    地区  何人                                何时                 值",
                "-  ----  ------  ----  ----------------------------------  -------------------  ----------",
                "1  胜出  50:2:0  50    catalogue_application（代表 张三）  2026-08-28 00:00:00  （保留）",
                "2        51:1:0  51    catalogue_application               2026-08-28 00:00:00  （已删除）",
                "", "裁定：bashuctl conflict resolve 50:2:0 --candidate N --reason '…'", "",
            ])
    }

    @Test func handlesThatMeanNothingAreRefused() async throws {
        let world = try await world()
        let cases = [
            ("50", "\"50\" is no handle; it looks like 50:12:0 (region, batch, position): see: bashuctl conflict list"),
            ("50:99:0", "there is no change 50:99:0 in the log here"),
            ("99:1:0", "there is no change 99:1:0 in the log here"),
            ("50:1:0", "change 50:1:0 is in no conflict"),
        ]
        for (handle, reason) in cases {
            let run = try world.party.ctl("conflict", "show", handle)
            #expect(run.status == .exited(1))
            #expect(run.errors == "bashuctl: \(reason)\n")
        }
    }

    @Test func aRulingIsTakenAndClosesTheCaseEverywhere() async throws {
        let world = try await world()
        let foreign = try world.party.ctl(
            "conflict", "resolve", "50:2:1", "--candidate", "51:1:0", "--reason", "错了一行")
        #expect(foreign.status == .exited(1))
        #expect(foreign.errors.hasSuffix(":1:0 is no candidate of this case\n"))
        let column = try world.party.ctl("conflict", "resolve", "50:2:1", "--set", "fee=1", "--reason", "错了一列")
        #expect(column.errors == "bashuctl: fee is not in conflict here; in conflict: pages, title\n"
            || column.errors == "bashuctl: fee is not in conflict here; in conflict: title, pages\n")
        let ruled = try world.cq.serve(
            "conflict", "resolve", "50:2:1", "--candidate", "50:2:1", "--reason", "重庆先公布")
        #expect(ruled.status == .exited(0), "\(ruled.errors)")
        #expect(ruled.output == "Ruling 1 is in the log, and travels to every region.\n")
        try world.exchange()
        for hand in [world.cq, world.sc] {
            let row = try await hand.party.rows("SELECT title, pages FROM standard WHERE number = 'GB/T 1.1-2020'")
            #expect(row == [["甲", "3"]])
            let again = try hand.party.ctl("conflict", "resolve", "51:1:1", "--delete", "--reason", "x")
            #expect(again.status == .exited(1))
            let origin = world.names[0].0
            #expect(again.errors == "bashuctl: the case of 51:1:1 is closed: ruled by \(origin):3:0\n")
            let list = try hand.party.ctl("conflict", "list", "--state", "ruled", "-o", "json")
            #expect(list.output.contains("\"closed_by\": \"\(origin):3:0\""))
        }
    }

    @Test func aRulingWithValuesOrOfAbsenceIsTaken() async throws {
        let world = try await world()
        let values = try world.cq.serve(
            "conflict", "resolve", "51:1:1", "--set", "title=丙=丁", "--set-null", "pages", "--reason", "两地商定")
        #expect(values.status == .exited(0), "\(values.errors)")
        let absent = try world.cq.serve("conflict", "resolve", "50:2:0", "--delete", "--reason", "作废")
        #expect(absent.status == .exited(0), "\(absent.errors)")
        try world.exchange()
        for hand in [world.cq, world.sc] {
            #expect(try await hand.party.rows("SELECT number, title, pages FROM standard") == [
                ["GB/T 1.1-2020", "丙=丁", nil]
            ])
        }
    }

    @Test func withoutADaemonARulingWaits() async throws {
        let world = try await world()
        world.cq.close()
        try await world.party.run(
            "UPDATE bashu.daemon SET heartbeat_at = clock_timestamp() - interval '11 s'", as: .owner)
        let run = try world.party.ctl("conflict", "resolve", "50:2:1", "--candidate", "50:2:1", "--reason", "等")
        #expect(run.status == .exited(3))
        #expect(
            run.output.replacing("\n", with: " ") == "Ruling 1 is stored; bashud is not running here and will take it "
                + "once it is started. ")
        let unwaited = try world.party.ctl(
            "conflict", "resolve", "50:2:1", "--candidate", "50:2:1", "--reason", "等", "--no-wait")
        #expect(unwaited.status == .exited(0))
    }

    @Test func historyTellsWhoWroteWhatAndWhatLost() async throws {
        let world = try await world()
        _ = try world.cq.serve("conflict", "resolve", "50:2:1", "--candidate", "50:2:1", "--reason", "重庆先公布")
        let run = try world.party.ctl("history", "standard", "GB/T 1.1-2020")
        #expect(run.status == .exited(0))
        let lines = world.settled(run)
        #expect(
            Array(lines.prefix(9)) == [
                "standard (GB/T 1.1-2020)", "",
                "*    2026-08-28 00:00:00  50  insert  50:1:1  catalogue_application",
                "|      number: GB/T 1.1-2020", "|      title: 标准化工作导则 𬭎", "|      status: 现行",
                "|      issued: 2020-03-31",
                "*    2026-08-28 00:00:00  50  update  50:2:1  catalogue_application as 张三",
                "|      title: 标准化工作导则 𬭎 → 甲",
            ])
        #expect(lines.contains("|      concurrent with 51:1:1"))
        #expect(lines.contains("|      title lost to 51:1:1 (rule newest)"))
        #expect(lines.contains("| |    title won against 50:2:1 (rule newest)"))
        #expect(lines.contains("|      reason: 重庆先公布"))
        let json = try world.party.ctl("history", "standard", "GB/T 1.1-2020", "-o", "json")
        #expect(json.output.contains("\"seen\": [\n        \"\(world.names[0].0):1:1\"\n      ]"))
        #expect(json.output.contains("\"concurrent_with\": [\n        \"\(world.names[1].0):1:1\"\n      ]"))
    }

    @Test func historyTakesCompositeKeysAndRefusesOthers() async throws {
        let world = try await world()
        try await world.party.run(#"INSERT INTO "条目 ""甲""" VALUES ('GB 2', 7, '正')"#)
        let pending = try world.party.ctl("history", #"条目 "甲""#, "GB 2", "07")
        #expect(
            pending.output == """
                The log has nothing about 条目 "甲" (GB 2, 7).

                A local write to this row is not published yet.

                """)
        try world.cq.settle()
        let run = try world.party.ctl("history", #"public.条目 "甲""#, "GB 2", "7")
        #expect(world.settled(run)[3...] == ["|    number: GB 2", "|    第 N: 7", "|    正文: 正", ""])
        let short = try world.party.ctl("history", #"条目 "甲""#, "GB 2")
        #expect(short.status == .exited(1))
        #expect(short.errors == "bashuctl: the key of 条目 \"甲\" is (number, 第 N); 1 given\n")
        let wrong = try world.party.ctl("history", #"条目 "甲""#, "GB 2", "七")
        #expect(wrong.status == .exited(1))
        #expect(wrong.errors == "bashuctl: not a key of this table: invalid input syntax for type integer: \"七\"\n")
    }
}
