import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Two rows that claim one unique value: one of them is out of every table, and none of it is lost.
    @Suite struct UniqueScenarios {
        /// Who inserts under the key of a parked row has not seen it: a person decides.
        @Test func scenarioC_blind() async throws {
            let stage = try await ScenarioStage.parked()
            try await stage.expectEnd(
                item: ["(2,后来,,5,)"],
                cases: [
                    #"item {1} unique:item_u_key insert_exists decided: "#
                        + #"50 {"a": "PRECIOUS", "u": "5", "id": "1"}, 51* {"a": "后来", "u": "5", "id": "2"}"#
                ])
            try await stage.z.run("INSERT INTO item (id, a) VALUES (1, 'new')")
            try await stage.expectEnd(
                item: ["(1,new,,,)", "(2,后来,,5,)"], cases: Self.blind(region: "52"), status: 4)
        }

        private static func blind(region: String) -> [String] {
            [
                #"item {1} a insert_exists open: 50 {"a": "PRECIOUS"}, \#(region)* {"a": "new"}"#,
                #"item {1} u insert_exists open: 50 {"u": "5"}, \#(region)* {}"#,
            ]
        }

        /// Inserted under a parked key and deleted again before a cut: the parked row has not been touched.
        @Test func scenarioD_parkedTouched() async throws {
            let stage = try await ScenarioStage.parked()
            let (x, y, z) = (stage.x, stage.y, stage.z)
            try await z.run("BEGIN; INSERT INTO item (id, a) VALUES (1, 'x'); DELETE FROM item WHERE id = 1; COMMIT")
            try await z.published()
            #expect(try await z.ownChanges() == 0)
            let before = try await x.ownChanges()
            try await x.whileFrozen {
                try await x.run("INSERT INTO item (id, a) VALUES (1, 'y')")
                try await x.run("DELETE FROM item WHERE id = 1")
            }
            try await x.published()
            #expect(try await x.ownChanges() == before)
            try await y.run("UPDATE item SET u = NULL WHERE id = 2")
            try await stage.expectEnd(item: ["(1,PRECIOUS,,5,)", "(2,后来,,,)"], cases: [])
        }

        /// The value is free, and another insert of it is in flight when the parked row wants to return.
        @Test func scenarioE_freedValueTaken() async throws {
            let stage = try await ScenarioStage.parked()
            let (x, y) = (stage.x, stage.y)
            try await race(stage, at: x, free: 2, insert: 3, "COMMIT")
            try await stage.expectEnd(
                item: ["(2,后来,,,)", "(3,新,,5,)"],
                cases: [
                    #"item {1} unique:item_u_key insert_exists decided: "#
                        + #"50 {"a": "PRECIOUS", "u": "5", "id": "1"}, 50* {"a": "新", "u": "5", "id": "3"}"#
                ])
            // The other insert is taken back: the parked row returns, whole.
            try await race(stage, at: y, free: 3, insert: 4, "ROLLBACK")
            try await stage.expectEnd(item: ["(1,PRECIOUS,,5,)", "(2,后来,,,)", "(3,新,,,)"], cases: [])
        }

        /// Frees u = 5 of an item, with an insert of it in flight for which the return of item 1 has to wait here.
        private func race(
            _ stage: ScenarioStage, at party: Party, free: Int, insert: Int, _ end: String
        ) async throws {
            let held = try party.session()
            try await party.whileFrozen {
                try await party.run("UPDATE item SET u = NULL WHERE id = \(free)")
                try held.script("BEGIN; INSERT INTO item (id, a, u) VALUES (\(insert), '新', 5)")
            }
            try await party.awaitApplyWaiting()
            // Elsewhere nothing is in its way.
            try await stage.z.awaitRow("(1,PRECIOUS,,5,)", in: "item")
            try held.script(end)
        }

        /// A value was taken with capture switched off: it is published before the rule decides about it.
        @Test func scenarioF_driftHolder() async throws {
            let stage = try await ScenarioStage.make()
            let (x, y) = (stage.x, stage.y)
            try await x.run("INSERT INTO item (id, a, u) VALUES (3, 'drift', 6)")
            try await stage.world.converged()
            let owner = try x.session(as: .owner)
            try await x.whileFrozen {
                try await y.run("INSERT INTO item (id, a, u) VALUES (4, 'y', 7)")
                try await stage.z.awaitRow("(4,y,,7,)", in: "item")
                // The later of the two however it is found: what is found by comparison has no time of its own.
                try await x.run("INSERT INTO par VALUES (1, '后')")
                try owner.script(
                    """
                    SET lock_timeout = '5s'; ALTER TABLE item DISABLE TRIGGER USER;
                    UPDATE item SET u = 7 WHERE id = 3; ALTER TABLE item ENABLE TRIGGER USER
                    """)
            }
            try await stage.expectEnd(
                par: ["(1,后)"], item: ["(3,drift,,7,)"],
                cases: [
                    #"item {4} unique:item_u_key insert_exists decided: "#
                        + #"50* {"a": "drift", "u": "7", "id": "3"}, 51 {"a": "y", "u": "7", "id": "4"}"#
                ])
            #expect(try await x.ownChanges() == 3)
        }

        /// Recheck of a parked row waits for an insert under its own key: that insert has not seen the row.
        @Test func scenarioN_knownNotProjection() async throws {
            let stage = try await ScenarioStage.parked()
            let x = stage.x
            let held = try x.session()
            try held.script("BEGIN; INSERT INTO item (id, a) VALUES (1, 'new')")
            try await x.run("UPDATE item SET u = NULL WHERE id = 2")
            try await x.awaitApplyWaiting()
            try await stage.z.awaitRow("(1,PRECIOUS,,5,)", in: "item")
            try held.script("COMMIT")
            try await stage.expectEnd(
                item: ["(1,new,,,)", "(2,后来,,,)"], cases: Self.blind(region: "50"), status: 4)
        }
    }
}
