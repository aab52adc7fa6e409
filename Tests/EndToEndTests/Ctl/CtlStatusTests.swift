import Postgres
import TestCluster
import Testing

@testable import TestFederation

@Suite struct CtlStatusTests {
    /// A region whose daemon says that it lives, and whose link says what `link` says.
    private func region(_ state: String, _ reason: String? = nil) async throws -> Party {
        let party = try await Federation.make()["50"]
        try await party.run(
            """
            TRUNCATE bashu.pending;
            UPDATE bashu.daemon SET version = 'bashud 0.1', pid = 7, host = 'db1',
                heartbeat_at = clock_timestamp() + interval '1 h',
                started_at = '2026-08-28 01:14:03.5+00';
            INSERT INTO bashu.link (peer, state, reason, last_contact)
            VALUES ('51', '\(state)', \(reason.map(Session.quoteLiteral) ?? "NULL"), clock_timestamp());
            INSERT INTO bashu.peer_position (login, node, applied, received)
            SELECT login, '{"region": "51", "kind": "region"}', '{}', '{}' FROM bashu.peer
            """, as: .superuser)
        return party
    }

    private func settled(_ run: Ctl.Run, _ party: Party) async throws -> [String] {
        let origin = try #require(try await party.value("SELECT name FROM bashu.origin WHERE own"))
        return run.lines.map { line in
            line.replacing(origin, with: "50-fe55c5460855").replacing(/\d+ ms/, with: "9 ms")
                .replacing(/\d+ kB/, with: "56 kB").replacing(party.database, with: "db1")
        }
    }

    @Test func whatHasConvergedIsStatus0() async throws {
        let party = try await region("streaming")
        let run = try party.ctl("status")
        #expect(run.status == .exited(0), "\(run.output)\(run.errors)")
        let lines = try await settled(run, party)
        #expect(
            Array(lines.prefix(6)) == [
                "Node:     region 50, database db1, origin 50-fe55c5460855",
                "Daemon:   alive since 2026-08-28 01:14:03 (bashud 0.1, process 7 on db1)",
                "Pending:  nothing",
                "Log:      56 kB on disk",
                "Cases:    0 open, 0 decided by a rule",
                "",
            ])
        #expect(lines.contains("ORIGIN                 APPLIED  RECEIVED  WAITING  COMPLETE THROUGH"))
        #expect(lines.contains("50-fe55c5460855 (own)        0         0        0  unknown"))
        #expect(Array(lines.suffix(2)) == ["Verdict:  converged", ""])
        #expect(lines.allSatisfy { $0.count <= 80 })
        let chinese = try party.ctl("status", changes: ["LC_ALL": "zh_CN.UTF-8", "TZ": "Asia/Shanghai"])
        #expect(chinese.status == .exited(0))
        #expect(
            try await settled(chinese, party)[1] == "守护进程:  自 2026-08-28 09:14:03 起运行（bashud 0.1，db1 上的进程 7）")
        #expect(chinese.lines.contains("结论:  已一致"))
    }

    @Test func aPauseAHoldAndADeadDaemonAreStatus3() async throws {
        let party = try await region("held", "column \"标准号\" of table standard is missing here")
        let held = try party.ctl("status")
        #expect(held.status == .exited(3))
        #expect(held.lines.contains { $0.hasPrefix("51    held ") && $0.contains("column \"标准号\"") })
        #expect(held.lines.contains("Verdict:  link to 51 is held"))
        _ = try party.ctl("peer", "pause", "51")
        let paused = try party.ctl("status")
        #expect(paused.status == .exited(3))
        #expect(paused.lines.contains("Verdict:  link to 51 is paused"))
        try await party.run(
            """
            UPDATE bashu.daemon SET heartbeat_at = clock_timestamp() - interval '3 h 5 s';
            UPDATE bashu.peer SET paused = false; UPDATE bashu.link SET state = 'streaming'
            """, as: .owner)
        let dead = try party.ctl("status")
        #expect(dead.status == .exited(3))
        #expect(dead.lines.contains("Daemon:   not running; last sign of life 3 h ago"))
        #expect(dead.lines.contains("Verdict:  bashud is not running"))
        #expect(dead.lines.contains { $0.hasPrefix("51    stopped") })
    }

    @Test func lagIsTheAgeOfTheOldestChangeThatIsNotApplied() async throws {
        let party = try await region("streaming")
        try await party.run(
            """
            INSERT INTO bashu.origin (name, region) VALUES ('51-0123456789ab', '51');
            \(HistoryGuard.off)
            INSERT INTO bashu.batch (origin_id, number, previous, context, changes, hlc_min, hlc_max, cut_at, complete)
            SELECT id, n, '', '{}', 7,
                   (extract(epoch FROM clock_timestamp() - make_interval(secs => 7530 - n)) * 1e6)::bigint, 0,
                   clock_timestamp(), true
              FROM bashu.origin, generate_series(1, 2) n WHERE name = '51-0123456789ab';
            UPDATE bashu.link SET peer_vector = '{"51-0123456789ab": 5}'
            """, as: .superuser)
        let run = try party.ctl("status")
        #expect(run.status == .exited(3))
        #expect(run.lines.contains { $0.hasPrefix("51    streaming  2 h 5 min  14 + 3 batches ") }, "\(run.output)")
        #expect(run.lines.contains("Verdict:  2 h 5 min behind 51"))
        #expect(try party.ctl("status", "--max-lag", "9000").status == .exited(0))
        let json = try party.ctl("status", "-o", "json")
        for part in ["\"batches_missing\": 5", "\"rows_waiting\": 14", "\"batches_unseen\": 3", "\"lag_seconds\": 75"] {
            #expect(json.output.contains(part), "\(part)")
        }
    }

    @Test func openCasesAreStatus4AndMassChangesStatus3() async throws {
        let party = try await region("streaming")
        try await party.run(
            """
            INSERT INTO bashu.conflict_case (table_id, digest, key, column_group, type, state, candidates, winner, rule)
            SELECT id, '\\x00', '{a}', 'title', 'update_origin_differs', 'open', '[{"origin": "x-1"}]', 0, 'manual'
              FROM bashu.shared_table WHERE table_name = 'standard'
            """, as: .superuser)
        let open = try party.ctl("status")
        #expect(open.status == .exited(4))
        #expect(open.lines.contains("Verdict:  cases that need a person: 1"))
        try await party.run(
            """
            INSERT INTO bashu.held (table_id, digest, key, reason)
            SELECT id, decode(lpad(n::text, 4, '0'), 'hex'), '{号' || n || '}', 'mass_delete'
              FROM bashu.shared_table, generate_series(1, 120) n WHERE table_name = 'standard'
            """, as: .superuser)
        let held = try party.ctl("status")
        #expect(held.status == .exited(3))
        #expect(
            held.output.replacing("\n  ", with: " ").contains(
                """
                Held mass changes
                - standard: 120 rows deleted at once (such as (号100), (号101), (号102)); agree \
                with: bashuctl table accept standard, or put them back with: bashuctl table restore standard
                """), "\(held.output)")
        let json = try party.ctl("status", "-o", "json")
        #expect(json.status == .exited(3))
        #expect(json.output.contains("\"verdict\": \"lagging\",\n  \"exit_status\": 3,"))
    }

    @Test func watchingInAPipeIsOneLineEachTime() async throws {
        let party = try await region("streaming")
        let child = try Ctl.start(["status", "--watch", "--interval", "1"], party.ctlEnvironment)
        try await eventually("two lines") { child.standardOutput.split(separator: "\n").count >= 2 }
        child.terminate()
        child.wait()
        for line in child.standardOutput.split(separator: "\n") {
            #expect(line.contains(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d converged; waiting 0, pending 0, open cases 0$/))
        }
        #expect(!child.standardOutput.contains("\u{1b}"))
    }
}
