import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Tables that are rewritten, or whose rows are hidden, under a cut.
    @Suite struct ScenarioTableRewriteTests {
        private static let records = ScenarioTable.tables(
            "CREATE TABLE rec (id integer PRIMARY KEY, n integer, note text)", "rec")

        private func world() async throws -> (Federation, Party, Party) {
            let world = try await Federation.make(regions: ["50", "51"], tables: Self.records)
            try await world.startDaemons()
            try await world["50"].run("INSERT INTO rec SELECT i, i, 'old' FROM generate_series(1, 5) i")
            try await world.converged()
            return (world, world["50"], world["51"])
        }

        /// A snapshot that is older than the rewrite of a table sees it empty.
        @Test func scenarioJ_rewrite() async throws {
            let (world, x, y) = try await world()
            try await y.run("ALTER TABLE rec ADD COLUMN stamp timestamptz", as: .owner)
            for ddl in [
                "ALTER TABLE rec ALTER COLUMN n TYPE integer USING n * 1",
                "ALTER TABLE rec ADD COLUMN stamp timestamptz DEFAULT clock_timestamp()",
                "ALTER TABLE rec SET UNLOGGED",
            ] { try await rewrite(world, ddl) }
            try await ScenarioTable.awaitStatus(x, 3, saying: "rec is unlogged: a crash empties it")
            try await x.run("ALTER TABLE rec SET LOGGED", as: .owner)
            // A cut that gave way to the DDL publishes note and stamp of a row at once.
            try await ScenarioTable.end(world)
            for party in world.parties {
                let found = try await ScenarioTable.published(party)
                #expect((11...14).contains { found == ["50 rec i 5", "50 rec u \($0)"] }, "\(found)")
            }
            #expect(try await y.value("SELECT count(stamp) FROM rec") == "5")
        }

        /// Lets the DDL commit, if it can, between a cut's snapshot and what the cut reads.
        private func rewrite(_ world: Federation, _ ddl: String) async throws {
            let x = world["50"]
            let file = "SELECT pg_relation_filenode('rec')"
            let before = try await x.value(file)
            // The first statement in the cut's snapshot waits for this row.
            let fence = try x.session(as: .superuser)
            try fence.script("BEGIN; SELECT FROM bashu.fence FOR UPDATE")
            try await x.run("UPDATE rec SET note = note || '+' WHERE id <= 3")
            try await eventually("the cut has its snapshot") { try await ScenarioTable.waits(x, "cut") }
            let owner = try await x.connection(as: .owner)
            async let altered: Void = owner.run { try $0.script(ddl) }
            try await eventually("the DDL waits for the cut, or does not") {
                if try await ScenarioTable.waits(x, statement: ddl) { return true }
                return try await x.value(file) != before
            }
            try fence.script("COMMIT")
            try await altered
            await owner.close()
            try await world.converged()
        }

        @Test func scenarioT_policyHiddenRows() async throws {
            let (world, x, y) = try await world()
            try await x.run("ALTER TABLE rec ENABLE ROW LEVEL SECURITY", as: .owner)
            try await x.run("UPDATE rec SET n = n + 1 WHERE id = 2", as: .superuser)
            try await y.run("UPDATE rec SET n = n + 1 WHERE id = 1")
            try await ScenarioTable.awaitStatus(x, 3, saying: "row-level security")
            #expect(try await y.value("SELECT count(*) FROM rec") == "5")
            try await x.run("ALTER TABLE rec DISABLE ROW LEVEL SECURITY", as: .owner)
            try await ScenarioTable.end(world, published: ["50 rec i 5", "50 rec u 1", "51 rec u 1"])
        }
    }
}
