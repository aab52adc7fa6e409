import Postgres
import TestCluster
import Testing

@testable import TestFederation

/// What bashuctl asks of the daemon: `verify` and `wait`.
@Suite struct CtlWorkTests {
    @Test func verifyNamesTheRowsThatDiffer() async throws {
        let party = try await Federation.make(regions: ["50"])["50"]
        let hand = try Hand(party)
        try await party.run(
            #"""
            INSERT INTO standard (number, title) SELECT 'GB ' || n, '题' || n FROM generate_series(1, 40) n;
            INSERT INTO "条目 ""甲""" VALUES ('GB 1', 1, '正')
            """#)
        let equal = try hand.serve("verify")
        #expect(equal.status == .exited(0), "\(equal.errors)")
        #expect(equal.output == "Equal to the log (tables: 2, rows: 41).\n")
        // Behind the back of capture, as nobody but the daemon can: only a comparison finds it.
        try party.cluster.session(database: party.database, user: Party.daemonRole).script(
            """
            UPDATE standard SET title = '换', pages = 9 WHERE number = 'GB 7';
            DELETE FROM standard WHERE number = 'GB 8';
            INSERT INTO standard (number, title) VALUES ('GB 99', '多');
            """)
        let differ = try hand.serve("verify", "standard")
        #expect(differ.status == .exited(5), "\(differ.output)\(differ.errors)")
        #expect(
            Set(differ.lines) == [
                "TABLE            KEY    FOUND          COLUMN",
                "---------------  -----  -------------  ------------",
                "public.standard  GB 7   values differ  title, pages",
                "public.standard  GB 8   missing here",
                "public.standard  GB 99  only here",
                "3 rows differ.",
                "",
            ])
    }

    @Test func aComparisonThatNobodyMakesIsNotTakenForEqual() async throws {
        let party = try await Federation.make()["50"]
        let hand = try Hand(party)
        let unknown = try party.ctl("verify", "--against", "52")
        #expect(unknown.status == .exited(1))
        #expect(unknown.errors == "bashuctl: no peer named 52; see: bashuctl peer list\n")
        // The engine alone has no links, and a link is what answers.
        let unanswered = try hand.serve("verify", "--against", "51", "--timeout", "1")
        #expect(unanswered.status == .exited(3))
        #expect(unanswered.errors == "bashuctl: bashud has not answered within 1 s\n")
        try await party.run(
            "INSERT INTO bashu.link (peer, state, reason) VALUES ('51', 'down', 'no route to host')", as: .superuser)
        let down = try hand.serve("verify", "--against", "51")
        #expect(down.status == .exited(2))
        #expect(down.errors == "bashuctl: link to 51: down: no route to host\n")
        #expect(try await party.value("SELECT count(*) FROM bashu.request") == "0")
    }

    @Test func repairPublishesOrPutsBack() async throws {
        let party = try await Federation.make(regions: ["50"])["50"]
        let hand = try Hand(party)
        try await party.run("INSERT INTO standard (number, title) VALUES ('GB 1', '一'), ('GB 2', '二')")
        try hand.settle()
        let drift = try party.cluster.session(database: party.database, user: Party.daemonRole)
        try drift.script("UPDATE standard SET title = '偏' WHERE number = 'GB 1'")
        let dry = try hand.serve("verify", "--repair", "restore", "--dry-run")
        #expect(dry.status == .exited(5))
        #expect(dry.lines[0].split(separator: " ") == ["TABLE", "KEY", "COLUMN", "LOG", "TABLE", "HERE"])
        #expect(dry.lines[2].split(separator: " ") == ["public.standard", "GB", "1", "title", "一", "偏"])
        #expect(dry.output.hasSuffix("would be put back. Nothing was changed.\n"), "\(dry.output)")
        #expect(try await party.value("SELECT title FROM standard WHERE number = 'GB 1'") == "偏")
        #expect(try party.ctl("verify", "--dry-run").status == .exited(64))
        let restored = try hand.serve("verify", "--repair", "restore")
        #expect(restored.status == .exited(0), "\(restored.output)\(restored.errors)")
        #expect(Array(restored.lines.suffix(3)) == ["1 rows differ.", "They are put back now.", ""])
        #expect(try await party.value("SELECT title FROM standard WHERE number = 'GB 1'") == "一")
        try drift.script("UPDATE standard SET title = '正' WHERE number = 'GB 2'")
        let published = try hand.serve("verify", "--repair", "publish")
        #expect(published.status == .exited(0), "\(published.output)\(published.errors)")
        let history = try party.ctl("history", "standard", "GB 2")
        #expect(history.output.contains("    title: 二 → 正\n"))
        #expect(try hand.serve("verify").status == .exited(0))
    }

    @Test func waitEndsWhenThePeerHasEverything() async throws {
        let world = try await Federation.make()
        let (cq, sc) = (world["50"], world["51"])
        let hand = try Hand(cq)
        try await cq.run("INSERT INTO standard (number, title) VALUES ('GB 1', '一')")
        let late = try hand.serve("wait", "--peer", "51", "--timeout", "1")
        #expect(late.status == .exited(3))
        #expect(late.errors == "bashuctl: 51 has not applied batch 1 within 1 s; it has 0\n")
        try await cq.run("INSERT INTO standard (number, title) VALUES ('GB 2', '二')")
        let session = try cq.session(as: .superuser)
        let run = try hand.serve("wait", "--peer", "51", "--timeout", "60") {
            // The peer reports what it has once the cut that was asked for is there.
            try session.script(
                """
                INSERT INTO bashu.peer_position (login, node, applied, received)
                SELECT '\(sc.login)', '{}', jsonb_build_object(o.name, a.number), '{}'
                  FROM bashu.origin o JOIN bashu.applied a ON a.origin_id = o.id WHERE o.own AND a.number = 2
                    ON CONFLICT (login) DO UPDATE SET applied = excluded.applied
                """)
        }
        #expect(run.status == .exited(0), "\(run.errors)")
        #expect(
            run.output.replacing("\n", with: " ")
                == "51 has applied everything committed here before the call (batch 2). ")
        let unknown = try cq.ctl("wait", "--peer", "52")
        #expect(unknown.status == .exited(1))
    }

    @Test func withoutADaemonItSaysSoAndTakesTheRequestBack() async throws {
        let party = try await Federation.make()["50"]
        for command in [["wait", "--peer", "51", "--timeout", "0"], ["verify", "--timeout", "0"]] {
            let run = try Ctl.finish(Ctl.start(command, party.ctlEnvironment))
            #expect(run.status == .exited(3))
            #expect(
                run.errors == """
                    bashuctl: bashud is not running here (last sign of life: never); this waits until it does
                    bashuctl: bashud has not answered within 0 s

                    """)
        }
        #expect(try await party.value("SELECT count(*) FROM bashu.request") == "0")
    }

    @Test func joinWantsAPeerAndAnEmptyDatabase() async throws {
        let world = try await Federation.make(regions: ["50"], replicas: ["cqu": "50"])
        let replica = world["cqu"]
        let unknown = try replica.ctl("join", "--from", "51")
        #expect(unknown.status == .exited(1))
        #expect(unknown.errors == "bashuctl: no peer named 51; see: bashuctl peer list\n")
        let run = try replica.ctl("join", "--from", "50")
        #expect(run.status == .exited(0), "\(run.errors)")
        #expect(run.lines[0] == "Joining from 50.")
        #expect(try await replica.value("SELECT state || ' ' || join_peer FROM bashu.node") == "joining 50")
        let waiting = try replica.ctl("wait", "--peer", "50")
        #expect(waiting.errors == "bashuctl: a replica publishes nothing, so there is nothing to wait for\n")
        let region = world["50"]
        let hand = try Hand(region)
        try await region.run("INSERT INTO standard (number, title) VALUES ('GB 1', '一')")
        try hand.settle()
        let full = try region.ctl("join", "--from", "cqu")
        #expect(full.status == .exited(1))
        #expect(full.errors == "bashuctl: peer cqu has no conninfo, so nothing can be pulled from it\n")
        _ = try region.ctl("peer", "add", "51", "--conninfo", "host=/nonexistent", "--no-wait")
        let again = try region.ctl("join", "--from", "51")
        #expect(again.status == .exited(1))
        #expect(
            again.errors
                == "bashuctl: this database has changes of its own already; only an empty one can join\n")
    }
}
