import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// One region is a migration ahead of the other for a while, and everybody goes on writing.
    @Suite struct ScenarioTableAheadTests {
        enum Kind: Sendable, CaseIterable { case ordinary, partitioned }

        private static func tables(_ kind: Kind) -> TableSet {
            let record = """
                CREATE TABLE rec (
                    id integer, region text, title text, n integer, PRIMARY KEY (region, id))
                """
            return switch kind {
            case .ordinary: ScenarioTable.tables("\(record);", "rec")
            case .partitioned:
                ScenarioTable.tables(
                    """
                    \(record) PARTITION BY LIST (region);
                    CREATE TABLE rec_50 PARTITION OF rec FOR VALUES IN ('50');
                    CREATE TABLE rec_51 PARTITION OF rec FOR VALUES IN ('51');
                    """, "rec")
            }
        }

        @Test(arguments: Kind.allCases) func aColumnThatOneRegionHasFirst(_ kind: Kind) async throws {
            let world = try await Federation.make(regions: ["50", "51"], tables: Self.tables(kind))
            let (ahead, behind) = (world["50"], world["51"])
            try await world.startDaemons()
            try await ahead.run("INSERT INTO rec VALUES (1, '50', 'old', 0), (2, '50', 'old', 0)")
            try await world.converged()
            try await ahead.run("ALTER TABLE rec ADD COLUMN remark text", as: .owner)
            try await ahead.run(
                """
                INSERT INTO rec (id, region, title, remark) VALUES (3, '50', 'new', 'first');
                UPDATE rec SET remark = 'second' WHERE id = 1;
                """)
            // The same row, seen by neither of them in the other's state.
            try await behind.run(
                "UPDATE rec SET title = 'edited' WHERE id = 1; INSERT INTO rec VALUES (4, '51', 'new', 4)")
            try await ScenarioTable.awaitStatus(
                behind, 3, saying: "public.rec lacks column remark (text); add it here, then this goes on")
            // Whoever is ahead goes on receiving from the one that is behind, and both go on writing.
            try await eventually("what the other wrote is there") {
                try await ahead.value("SELECT count(*) FROM rec WHERE id = 4 OR title = 'edited'") == "2"
            }
            try await ahead.run("DELETE FROM rec WHERE id = 2; UPDATE rec SET remark = 'third' WHERE id = 4")
            try await behind.run("UPDATE rec SET n = 5 WHERE id = 4")
            try await eventually("it arrives too") {
                try await ahead.value("SELECT n FROM rec WHERE id = 4") == "5"
            }
            #expect(try await behind.value("SELECT count(*) FROM rec") == "3")
            try await behind.run("ALTER TABLE rec ADD COLUMN remark text", as: .owner)
            try await world.converged(timeout: .seconds(45))
            try await ScenarioTable.end(
                world,
                published: ["50 rec d 1", "50 rec i 3", "50 rec u 2", "51 rec i 1", "51 rec u 2"])
            let rows = try await behind.rows("SELECT id, title, n, remark FROM rec ORDER BY id")
            #expect(
                rows == [["1", "edited", "0", "second"], ["3", "new", nil, "first"], ["4", "new", "5", "third"]])
        }
    }
}
