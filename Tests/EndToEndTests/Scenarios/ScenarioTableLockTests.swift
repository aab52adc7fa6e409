import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Apply, cut, DDL and applications that stand in each other's way.
    @Suite struct ScenarioTableLockTests {
        private static let items = ScenarioTable.tables(
            "CREATE TABLE item (id integer PRIMARY KEY, a text, b text)", "item")

        private func world() async throws -> (Federation, Party, Party) {
            let world = try await Federation.make(regions: ["50", "51"], tables: Self.items)
            try await world.startDaemons()
            try await world["51"].run("INSERT INTO item VALUES (1, 'a', 'b'), (2, 'a', 'b')")
            try await world.converged()
            return (world, world["50"], world["51"])
        }

        /// A marker is committed after apply has looked for local writes and before it locks the row.
        @Test func scenarioL_marker() async throws {
            let (world, x, y) = try await world()
            try await x.pause("51")
            try await y.run("UPDATE item SET a = 'of Y' WHERE id = 1")
            try await eventually("Y has published") { try await !y.hasWork() }
            let function = "pg_get_functiondef('bashu.capture_1_update'::regproc)"
            let whole = try #require(try await x.value("SELECT \(function)"))
            let broken = whole.replacing("t.id", with: "1/0")
            #expect(broken != whole)
            try await x.run(broken, as: .superuser)

            // The lock on the table stops apply after its first step.
            let writer = try x.session(as: .superuser)
            try writer.script(
                "BEGIN; LOCK TABLE item IN EXCLUSIVE MODE; UPDATE item SET a = 'of X' WHERE id = 1")
            let markers = try writer.queryOne("SELECT count(*) FROM bashu.pending WHERE keys IS NULL")
            #expect(try markers?.int(0) == 1)
            try await x.resume("51")
            try await eventually("apply waits") { try await ScenarioTable.waits(x, "apply", "%apply_change%") }
            try writer.script("COMMIT")
            try await x.run(whole, as: .superuser)

            try await ScenarioTable.end(
                world, published: ["50 item u 1", "51 item i 2", "51 item u 1"], cases: 1)
            let found = try await x.cases()
            #expect(found.allSatisfy { $0.contains("of X") && $0.contains("of Y") })
        }

        /// ALTER TABLE queues behind the row locks of apply, and the cut that apply asks for behind ALTER TABLE:
        /// PostgreSQL does not see that circle.
        @Test func scenarioO_invisibleWait() async throws {
            let (world, x, y) = try await world()
            let owner = try await x.connection(as: .owner)
            try await owner.run { try $0.script("SET lock_timeout = '8s'") }
            var wasSeen = false
            var rounds = 0
            while !wasSeen, rounds < 8 {
                rounds += 1
                let value = "round \(rounds)"
                let writer = try x.session()
                try writer.script(
                    "BEGIN; LOCK TABLE item IN EXCLUSIVE MODE; UPDATE item SET b = '\(value)' WHERE id = 1")
                try await y.run("UPDATE item SET a = '\(value)' WHERE id = 1")
                try await eventually("apply waits", every: .milliseconds(2)) {
                    try await ScenarioTable.waits(x, "apply", "%apply_change%")
                }
                let ddl = "ALTER TABLE item ALTER COLUMN b SET DEFAULT '\(value)'"
                async let altered: Void = owner.run { try $0.script(ddl) }
                try await eventually("the DDL waits behind apply", every: .milliseconds(2)) {
                    try await ScenarioTable.waits(x, statement: ddl)
                }
                try writer.script("COMMIT")
                try await eventually("the DDL is done", timeout: .seconds(9), every: .milliseconds(2)) {
                    if try await ScenarioTable.waits(x, "cut") { wasSeen = true }
                    return try await !ScenarioTable.waits(x, statement: ddl)
                }
                try await altered
                try await world.converged()
            }
            await owner.close()
            #expect(wasSeen, "the cut never waited behind the DDL in \(rounds) rounds")
            try await ScenarioTable.end(
                world, published: ["50 item u \(rounds)", "51 item i 2", "51 item u \(rounds)"])
        }

        /// The application has row 2 and wants row 1; apply has row 1 and wants row 2.
        @Test func scenarioP_deadlockVictim() async throws {
            let (world, x, y) = try await world()
            let rounds = 2
            for round in 1...rounds {
                let application = try x.session()
                try application.script("BEGIN; UPDATE item SET b = 'round \(round)' WHERE id = 2")
                try await y.run("UPDATE item SET a = 'round \(round)'")
                // At first apply lets go of everything whenever a row is locked.
                try await eventually("apply waits for row 2 and holds row 1") {
                    try await ScenarioTable.waits(x, "apply", "%apply_change%")
                }
                let attempts = "SELECT attempts FROM bashu.hold"
                let before = try await x.value(attempts)
                // Later than deadlock_timeout the server would choose the one that came last: the application.
                try await eventually("apply has given way, or waited longer than it may") {
                    let isLate = try await x.value(
                        """
                        SELECT count(*) > 0 FROM pg_stat_activity
                         WHERE datname = $1 AND application_name = 'bashud apply' AND wait_event_type = 'Lock'
                           AND clock_timestamp() - query_start > '1.2 s'
                        """, [.text(x.database)])
                    if isLate == "t" { return true }
                    return try await x.value(attempts) != before
                }
                try application.script("UPDATE item SET b = 'round \(round)' WHERE id = 1; COMMIT")
                try await world.converged()
            }
            try await ScenarioTable.end(
                world, published: ["50 item u \(2 * rounds)", "51 item i 2", "51 item u \(2 * rounds)"])
            #expect(try await x.value("SELECT count(*) FROM item WHERE a = b") == "2")
        }
    }
}
