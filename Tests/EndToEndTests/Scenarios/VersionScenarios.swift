import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Rows that come, go and change under a transaction while another region's version of them arrives.
    @Suite struct VersionScenarios {
        /// A row inserted and deleted in one transaction was never there: nothing is published in its name.
        @Test func scenarioA_phantom() async throws {
            let stage = try await ScenarioStage.make(apart: ["50"])
            let (x, y, z) = (stage.x, stage.y, stage.z)
            try await y.run("INSERT INTO par VALUES (1, '原')")
            try await z.awaitRow("(1,原)", in: "par")
            // What Z does now reaches X from Z only.
            try await y.pause("52")
            try await z.run(#"UPDATE par SET "名称" = 'EDIT2' WHERE id = 1"#)
            try await z.published()

            let held = try x.session()
            try held.script("BEGIN; INSERT INTO par VALUES (1, '幻'); DELETE FROM par WHERE id = 1")
            try await x.resume("51")
            try await x.awaitApplyWaiting()
            #expect(try await x.texts("par") == [])
            try held.script("COMMIT")
            try await x.awaitRow("(1,原)", in: "par")
            try await x.resume("52")
            try await y.resume("52")
            try await stage.expectEnd(par: ["(1,EDIT2)"], cases: [])
            #expect(try await x.ownChanges() == 0)
        }

        /// Par 1 is everywhere, Y has changed it, and X has deleted it and put it in again in an open transaction.
        private func newVersion() async throws -> (ScenarioStage, Session) {
            let stage = try await ScenarioStage.make()
            try await stage.y.run("INSERT INTO par VALUES (1, '原')")
            try await stage.world.converged()
            let held = try stage.x.session()
            try await stage.x.whileFrozen {
                try await stage.y.run(#"UPDATE par SET "名称" = 'Y' WHERE id = 1"#)
                try await stage.z.awaitRow("(1,Y)", in: "par")
                try held.script("BEGIN; DELETE FROM par WHERE id = 1; INSERT INTO par VALUES (1, 'W1')")
            }
            // The lock that it gets is one of a row that is gone.
            try await stage.x.awaitApplyWaiting(inAttempt: true)
            return (stage, held)
        }

        /// The new version is changed once more before anything of it is cut.
        @Test func scenarioB_newVersionChangedAtOnce() async throws {
            let (stage, held) = try await newVersion()
            try await stage.x.whileFrozen {
                try held.script("COMMIT")
                try await stage.x.run(#"UPDATE par SET "名称" = 'X' WHERE id = 1"#)
            }
            try await stage.expectEnd(
                par: ["(1,X)"],
                cases: [#"par {1} 名称 update_origin_differs decided: 50* {"名称": "X"}, 51 {"名称": "Y"}"#])
            #expect(try await stage.x.ownChanges() == 1)
        }

        /// Apply and another writer are let go by the same commit.
        @Test func scenarioH_newVersionAndAWriterInTheQueue() async throws {
            let (stage, held) = try await newVersion()
            let writer = try await stage.x.connection()
            async let written: Void = writer.run {
                try $0.script(
                    #"INSERT INTO par VALUES (1, 'X') ON CONFLICT (id) DO UPDATE SET "名称" = excluded."名称""#)
            }
            try await eventually("the writer waits") {
                try await stage.x.value(
                    """
                    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                       AND usename = '\(Party.application)' AND wait_event_type = 'Lock'
                    """) == "1"
            }
            try held.script("COMMIT")
            try await written
            await writer.close()
            try await stage.world.converged()
            // A cut may have come between the two, and W1 been what met Y's value: then X was written over both.
            let first = try await stage.x.caseLines().contains { $0.contains("W1") } ? "W1" : "X"
            let state = first == "X" ? "decided" : "superseded"
            try await stage.expectEnd(
                par: ["(1,X)"],
                cases: [
                    #"par {1} 名称 update_origin_differs \#(state): 50* {"名称": "\#(first)"}, 51 {"名称": "Y"}"#
                ])
            #expect(try await (1...2).contains(stage.x.ownChanges()))
        }
    }
}
