import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Transactions that are open, and writes that left no trace, while batches of others arrive.
    @Suite struct FlightScenarios {
        /// A row that only has to be looked at again, and that an idle application holds, stops nothing else.
        @Test func scenarioG_unrelatedHolder() async throws {
            let stage = try await ScenarioStage.make(apart: ["50", "51"])
            let (x, y) = (stage.x, stage.y)
            // Contested, so that a change of it is to be judged again after its cut.
            for party in [x, y] {
                try await party.run("INSERT INTO par VALUES (1, 'of \(party.name)')")
                try await party.published()
                try await party.resumeAll()
            }
            try await stage.world.converged()
            let held = try x.session()
            try await x.whileFrozen {
                try await x.run(#"UPDATE par SET "名称" = '改' WHERE id = 1"#)
                try held.script("BEGIN; SELECT FROM par WHERE id = 1 FOR UPDATE")
            }
            try await x.awaitApplyWaiting()
            for id in 2...4 {
                try await y.run("INSERT INTO par VALUES (\(id), '别的')")
                try await x.awaitRow("(\(id),别的)", in: "par")
                #expect(try await x.value("SELECT count(*) FROM bashu.recheck") == "1")
            }
            try held.script("ROLLBACK")
            try await stage.expectEnd(
                par: ["(1,改)", "(2,别的)", "(3,别的)", "(4,别的)"],
                cases: [
                    #"par {1} 名称 insert_exists superseded: 50 {"名称": "of 50"}, 51* {"名称": "of 51"}"#
                ])
        }

        /// A parent that is kept for its child loses it while somebody edits the parent.
        @Test func scenarioI_derivedRow() async throws {
            let stage = try await ScenarioStage.make()
            let (x, y) = (stage.x, stage.y)
            try await y.run("INSERT INTO par VALUES (1, '甲')")
            try await stage.world.converged()
            try await x.whileFrozen {
                try await y.run("DELETE FROM par WHERE id = 1")
                try await x.run("INSERT INTO item (id, pid) VALUES (1, 1)")
            }
            try await stage.expectEnd(
                par: ["(1,甲)"], item: ["(1,,,,1)"],
                cases: [#"par {1} kept delete_referenced decided: 51 none, 51* {"id": "1", "名称": "甲"}"#])

            let held = try x.session()
            try held.script(#"BEGIN; UPDATE par SET "名称" = '乙' WHERE id = 1"#)
            let before = try await x.ownChanges()
            try await y.run("DELETE FROM item WHERE id = 1")
            try await x.awaitApplyWaiting()
            try held.script("COMMIT")
            try await stage.expectEnd(par: ["(1,乙)"], cases: [])
            #expect(try await x.ownChanges() == before + 1)
        }

        /// Capture is switched off for a write, in one transaction and in three, between two cuts.
        @Test func scenarioK_silentEdit() async throws {
            let stage = try await ScenarioStage.make()
            let (x, y) = (stage.x, stage.y)
            try await y.run("INSERT INTO item (id, a) VALUES (1, '原'), (3, '原')")
            try await stage.world.converged()
            let enable = try await x.value(
                """
                SELECT string_agg(format('ALTER TABLE item ENABLE ALWAYS TRIGGER %I', tgname), '; ')
                  FROM pg_trigger WHERE tgrelid = 'item'::regclass AND NOT tgisinternal AND tgenabled = 'A'
                """)
            let owner = try x.session(as: .owner)
            try owner.script("SET lock_timeout = '5s'")
            for transactions in [1, 3] {
                let steps = [
                    "ALTER TABLE item DISABLE TRIGGER USER", "UPDATE item SET a = '默' WHERE id = \(transactions)",
                    try #require(enable),
                ]
                try await x.whileFrozen {
                    try await y.run(#"UPDATE item SET "备注" = '远' WHERE id = \#(transactions)"#)
                    try await stage.z.awaitRow("(\(transactions),原,远,,)", in: "item")
                    if transactions == 1 {
                        try owner.script("BEGIN; \(steps.joined(separator: ";")); COMMIT")
                    } else {
                        for step in steps { try owner.script(step) }
                    }
                }
                try await stage.world.converged()
            }
            try await stage.expectEnd(item: ["(1,默,远,,)", "(3,默,远,,)"], cases: [])
            #expect(try await x.ownChanges() == 2)
        }

        /// Apply inserts what an open transaction is inserting; that one commits, or does not.
        @Test func scenarioM_inFlightOnAnAbsentKey() async throws {
            let stage = try await ScenarioStage.make()
            // What the two have in common: key, both, unique value; keys and values of X and of Y.
            for (own, other) in [((10, 1), (10, 2)), ((30, 4), (30, 4)), ((21, 3), (20, 3))] {
                for commits in [false, true] {
                    // One that was not committed leaves no trace, so the same again with others only at Y.
                    let shift = commits ? 0 : 100
                    let held = try stage.x.session()
                    try held.script(
                        "BEGIN; INSERT INTO item (id, a, u) VALUES (\(own.0 + shift), '本', \(own.1 + shift))")
                    try await stage.y.run(
                        "INSERT INTO item (id, a, u) VALUES (\(other.0 + shift), '远', \(other.1 + shift))")
                    try await stage.x.awaitApplyWaiting()
                    try held.script(commits ? "COMMIT" : "ROLLBACK")
                    try await stage.world.converged()
                }
            }
            try await stage.expectEnd(
                item: [
                    "(10,远,,2,)", "(20,远,,3,)", "(30,远,,4,)", "(110,远,,102,)", "(120,远,,103,)", "(130,远,,104,)",
                ],
                cases: [
                    #"item {10} a insert_exists decided: 50 {"a": "本"}, 51* {"a": "远"}"#,
                    #"item {10} u insert_exists decided: 50 {"u": "1"}, 51* {"u": "2"}"#,
                    #"item {21} unique:item_u_key insert_exists decided: "#
                        + #"50 {"a": "本", "u": "3", "id": "21"}, 51* {"a": "远", "u": "3", "id": "20"}"#,
                    #"item {30} a insert_exists decided: 50 {"a": "本"}, 51* {"a": "远"}"#,
                ])
        }
    }
}
