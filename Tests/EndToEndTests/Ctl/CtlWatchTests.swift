import Glibc
import Postgres
import TestCluster
import Testing

@testable import TestFederation

/// `status --watch` on a real terminal.
@Suite struct CtlWatchTests {
    /// A terminal with the program on it, and what it shows.
    private final class Stage {
        let process: TerminalProcess
        var picture: TerminalPicture
        /// How the terminal was before the program came.
        let settings: [UInt32]

        init(_ party: Party, _ command: String, language: String = "C.UTF-8") throws {
            let (columns, rows) = (80, 24)
            let environment = Ctl.environment.merging(party.ctlEnvironment) { $1 }.merging(
                ["TERM": "xterm", "LC_ALL": language, "CTL": try ChildProcess.builtProduct("bashuctl")]) { $1 }
            // The shell says what the terminal is like before and after, and waits in between.
            process = try TerminalProcess(
                "/bin/sh", ["-c", command], environment: environment, columns: columns, rows: rows)
            picture = TerminalPicture(columns: columns, rows: rows)
            settings = process.settings
        }

        /// Waits until the screen is as `condition` wants it.
        func see(_ what: String, _ condition: (TerminalPicture) -> Bool) async throws {
            do {
                try await eventually(what, timeout: .seconds(20)) {
                    picture.show(process.written())
                    return condition(picture)
                }
            } catch {
                throw FederationError("\(error)\n\(picture.lines.joined(separator: "\n"))")
            }
        }

        func resize(columns: Int, rows: Int) {
            picture.show(process.written())
            picture.resize(columns: columns, rows: rows)
            process.resize(columns: columns, rows: rows)
        }

        /// The terminal is as it was.
        var isRestored: Bool {
            !picture.isAlternate && picture.cursorShows && picture.wraps && process.settings == settings
        }
    }

    private static let watch = #"echo before; "$CTL" status --watch --interval 1; echo after $?"#

    private func region() async throws -> Party {
        let party = try await Federation.make()["50"]
        try await party.run(
            """
            TRUNCATE bashu.pending;
            UPDATE bashu.daemon SET heartbeat_at = clock_timestamp() + interval '1 h', started_at = clock_timestamp();
            INSERT INTO bashu.link (peer, state, last_contact) VALUES ('51', 'streaming', clock_timestamp());
            INSERT INTO bashu.peer_position (login, node, applied, received)
            SELECT login, '{"region": "51", "kind": "region"}', '{}', '{}' FROM bashu.peer
            """, as: .superuser)
        return party
    }

    @Test func theScreenFollowsChangesAndComesBackAfterQ() async throws {
        let party = try await region()
        let stage = try Stage(party, Self.watch)
        try await stage.see("converged") { $0.lines[1] == "Verdict:  converged" }
        #expect(stage.picture.isAlternate && !stage.picture.cursorShows)
        let row = try #require(stage.picture.lines.first { $0.hasPrefix("51 ") })
        #expect(row.contains(/^51 +streaming +0 ms +0 .*▁$/), "\(row)")
        #expect(stage.picture.lines[23] == "every 1 s; p pauses, q ends")
        try await party.run(
            "UPDATE bashu.link SET state = 'held', reason = '缺少列 “标准号”'; UPDATE bashu.daemon SET problem = NULL",
            as: .superuser)
        try await stage.see("held") { $0.lines[1] == "Verdict:  link to 51 is held" }
        let lines = stage.picture.lines
        #expect(lines.contains { $0.contains(/^51 +held .*!$/) }, "\(lines)")
        #expect(lines.contains("- 51: 缺少列 “标准号”"), "\(lines)")
        #expect(lines.contains("Cases:    0 open, 0 decided by a rule") && lines.contains("Pending:  nothing"))
        // Nothing was erased as a whole but at the beginning: no flicker.
        #expect(stage.picture.erasures == 1)
        stage.process.type("q")
        try await stage.see("the end") { $0.lines.contains("after 3") }
        #expect(Array(stage.picture.lines.prefix(3)) == ["before", "after 3", ""])
        #expect(stage.isRestored)
        #expect(stage.picture.unknown.isEmpty)
    }

    @Test func anotherSizeIsDrawnAtOnceInBothLanguages() async throws {
        let party = try await region()
        let stage = try Stage(party, Self.watch, language: "zh_CN.UTF-8")
        try await stage.see("converged") { $0.lines[1] == "结论:  已一致" }
        stage.process.type("p")
        try await stage.see("the pause") { $0.lines[23] == "已暂停：按 p 继续，按 q 结束" }
        for (columns, rows) in [(132, 40), (40, 12), (80, 24)] {
            stage.resize(columns: columns, rows: rows)
            try await stage.see("\(columns) x \(rows)") { $0.lines[rows - 1].hasPrefix("已暂停") }
            let lines = stage.picture.lines
            #expect(lines[1] == "结论:  已一致")
            #expect(lines.contains { $0.hasPrefix("待发布:  无") }, "\(lines)")
            #expect(lines.contains { $0.contains("最近 10 min") } == (columns > 40), "\(lines)")
            #expect(lines.filter { $0.hasPrefix("结论") }.count == 1)
        }
        // What happens during the pause is not shown before it ends.
        try await party.run("UPDATE bashu.peer SET paused = true WHERE name = '51'", as: .superuser)
        let idle = "SELECT clock_timestamp() - state_change > interval '2.5 s' FROM pg_stat_activity "
            + "WHERE datname = current_database() AND application_name = 'bashuctl'"
        try await eventually("it asks nothing") { try await party.value(idle) == "t" }
        stage.resize(columns: 90, rows: 20)
        try await stage.see("90 x 20") { $0.lines[19].hasPrefix("已暂停") }
        #expect(stage.picture.lines[1] == "结论:  已一致")
        stage.process.type("p")
        try await stage.see("what happened") { $0.lines[1] == "结论:  到 51 的链路已暂停" }
        stage.process.type("q")
        try await stage.see("the end") { $0.lines.contains("after 3") }
        #expect(stage.isRestored)
    }

    @Test(arguments: ["key", "SIGINT", "SIGTERM", "SIGHUP"])
    func howeverItEndsTheTerminalComesBack(_ end: String) async throws {
        let party = try await region()
        let stage = try Stage(party, #"exec "$CTL" status --watch --interval 1"#)
        try await stage.see("converged") { $0.lines[1] == "Verdict:  converged" }
        #expect(stage.process.settings != stage.settings)
        let expected: ProgramEnd
        switch end {
        case "key":
            stage.process.type("\u{3}")
            expected = .exited(0)
        default:
            let signal = end == "SIGINT" ? SIGINT : end == "SIGTERM" ? SIGTERM : SIGHUP
            stage.process.child.kill(signal)
            expected = .exited(128 + signal)
        }
        #expect(try await stage.process.child.ended() == expected)
        try await stage.see("the screen") { !$0.isAlternate }
        #expect(stage.isRestored)
        #expect(stage.picture.lines[0] == "", "\(stage.picture.lines)")
    }

    @Test func aServerThatGoesAwayIsWaitedFor() async throws {
        let cluster = try await TestCluster.start()
        let party = try await Federation.make(cluster: cluster)["50"]
        let stage = try Stage(party, Self.watch, language: "zh_CN.UTF-8")
        try await stage.see("a first look") { $0.lines[1].hasPrefix("结论:  bashud 没有运行") }
        let before = stage.picture.lines[0]
        await cluster.stop()
        try await stage.see("the outage") { $0.lines[1].hasPrefix("结论:  自 ") }
        let lines = stage.picture.lines
        #expect(lines[1].contains(/自 \d\d:\d\d:\d\d 起无法连接数据库，以下均为当时的数据/), "\(lines)")
        #expect(lines[0] >= before && lines.contains { $0.hasPrefix("51 ") }, "the last figures stay: \(lines)")
        #expect(stage.picture.isAlternate && stage.process.child.isRunning)
        try await cluster.start()
        try await stage.see("the server again") { $0.lines[1].hasPrefix("结论:  bashud 没有运行") }
        #expect(stage.picture.lines[0] > lines[0])
        await cluster.stop(.immediate)
        try await stage.see("another outage") { $0.lines[1].hasPrefix("结论:  自 ") }
        stage.process.type("q")
        try await stage.see("the end") { $0.lines.contains("after 2") }
        #expect(stage.isRestored)
    }

    @Test func keysWorkWhileTheServerTakesItsTime() async throws {
        let party = try await region()
        let stage = try Stage(party, Self.watch)
        try await stage.see("converged") { $0.lines[1] == "Verdict:  converged" }
        let lock = try party.session(as: .superuser)
        try lock.script("BEGIN; LOCK TABLE bashu.link")
        let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            + "AND application_name = 'bashuctl' AND wait_event_type = 'Lock'"
        try await eventually("it waits") { try await party.value(waits) == "1" }
        stage.resize(columns: 70, rows: 20)
        try await stage.see("70 x 20") { $0.lines[19] == "every 1 s; p pauses, q ends" }
        stage.process.type("q")
        try await stage.see("the end") { $0.lines.contains("after 0") }
        #expect(stage.isRestored)
        #expect(try await party.value(waits) == "0")
        try lock.script("ROLLBACK")
    }

    @Test func whatIsNoFullScreenIsPrintedLineByLine() async throws {
        let party = try await region()
        let stage = try Stage(party, #"TERM=dumb exec "$CTL" status --watch --interval 1"#)
        try await stage.see("two lines") { $0.lines[1].contains("converged; waiting 0") }
        #expect(!stage.picture.isAlternate && stage.process.settings == stage.settings)
        stage.process.child.terminate()
        stage.process.child.wait()
    }
}
