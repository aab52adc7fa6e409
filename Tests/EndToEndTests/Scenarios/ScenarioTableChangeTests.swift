import Postgres
import Synchronization
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Tables that change while people write them.
    @Suite struct ScenarioTableChangeTests {
        /// An ordinary and a partitioned table; what the writers name keeps its name and place.
        private static let tables = ScenarioTable.tables(
            """
            CREATE TYPE mood AS ENUM ('calm', 'angry');
            CREATE TABLE rec (
                id integer PRIMARY KEY, region text, who text, n integer, gone text DEFAULT 'g',
                amount numeric(8, 2) DEFAULT 1.50, feel mood DEFAULT 'angry');
            CREATE TABLE parted (
                id integer, region text, who text, n integer, gone text DEFAULT 'g',
                amount numeric(8, 2) DEFAULT 1.50, feel mood DEFAULT 'angry',
                PRIMARY KEY (region, id)) PARTITION BY LIST (region);
            CREATE TABLE parted_50 PARTITION OF parted FOR VALUES IN ('50');
            CREATE TABLE parted_51 PARTITION OF parted FOR VALUES IN ('51');
            """, "rec", "parted")

        /// The same change of both tables in one transaction, locked in the order in which a cut locks them.
        private static func both(_ changes: String..., also: String = "") -> String {
            let all = ["parted", "rec"].flatMap { table in changes.map { "ALTER TABLE \(table) \($0);" } }
            return "LOCK TABLE parted, rec IN ACCESS EXCLUSIVE MODE; \(all.joined(separator: " ")) \(also)"
        }

        /// What the writers of one region do, and what went wrong with it.
        private final class Writers: Sendable {
            private let over = Atomic(false)
            private let count = Atomic(0)
            private let failures = Mutex<[String]>([])

            var statements: Int { count.load(ordering: .relaxed) }
            var errors: [String] { failures.withLock { $0 } }

            func end() { over.store(true, ordering: .releasing) }

            /// Writes until the end, but no more than so many times; no statement names a column that changes.
            func write(_ party: Party, _ writer: Int) async throws {
                let connection = try await party.connection()
                for round in 1...2_000 where !over.load(ordering: .acquiring) {
                    let id = writer * 10_000 + round
                    let who = "w\(writer)-\(round % 7)"
                    for table in ["rec", "parted"] {
                        let region = round % 2 == 0 ? "50" : "51"
                        for statement in [
                            "INSERT INTO \(table) VALUES (\(id), '\(region)', '\(who)', \(round))",
                            "UPDATE \(table) SET n = n + 1 WHERE who = '\(who)'",
                            round % 5 == 0 ? "DELETE FROM \(table) WHERE who = '\(who)'" : "SELECT pg_sleep(0.005)",
                        ] {
                            do {
                                try await connection.run { try $0.script(statement) }
                                count.add(1, ordering: .relaxed)
                            } catch let error as PostgresError {
                                failures.withLock { $0.append("\(statement): \(error)") }
                            }
                        }
                    }
                }
                await connection.close()
            }
        }

        @Test func scenarioR_ddl() async throws {
            let world = try await Federation.make(regions: ["50", "51"], tables: Self.tables)
            let x = world["50"]
            try await world.startDaemons()
            // Rows that no writer touches: each of their changes is countable.
            for table in ["rec", "parted"] {
                try await x.run("INSERT INTO \(table) SELECT i, '50', 'still', 0 FROM generate_series(1, 20) i")
            }
            try await world.converged()
            let writers = Writers()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 1...3 { group.addTask { try await writers.write(x, writer) } }
                group.addTask {
                    defer { writers.end() }
                    try await Self.change(world, writers)
                }
                try await group.waitForAll()
            }
            #expect(writers.errors == [])
            try await ScenarioTable.end(world)
            for party in world.parties {
                let found = try await Self.still(party)
                #expect(found == ["50 i 1 40", "50 u 2 40"], "\(party.name)")
            }
            try await Self.changeTypeOnly(world)
        }

        /// Two migrations of both tables, the writing region first, the other when it says what it lacks.
        private static func change(_ world: Federation, _ writers: Writers) async throws {
            let (x, y) = (world["50"], world["51"])
            func more() async throws {
                let enough = writers.statements + 60
                try await eventually("people write", timeout: .seconds(20)) { writers.statements >= enough }
            }
            try await more()
            try await x.run(
                both("DROP COLUMN gone", "ADD COLUMN extra text DEFAULT 'x'"), as: .owner)
            try await ScenarioTable.awaitHold(world, y, saying: "lacks column extra")
            // Without the default: the rows' values come from X.
            try await y.run(
                both("DROP COLUMN gone", "ADD COLUMN extra text"), as: .owner)
            try await eventually("Y goes on", timeout: .seconds(20)) {
                try await y.value("SELECT count(*) FROM rec WHERE who = 'still' AND extra = 'x'") == "20"
            }
            try await more()
            try await x.run(
                both("ALTER n TYPE bigint", "ALTER amount TYPE text USING 'CNY ' || amount",
                    "ALTER amount SET DEFAULT 'CNY 0'",
                    also: "ALTER TYPE mood RENAME VALUE 'angry' TO 'furious'"), as: .owner)
            try await ScenarioTable.awaitHold(world, y, saying: "bigint")
            // The new label beside the old one: renamed here too, Y would publish every row that has it.
            try await y.run(
                both("ALTER n TYPE bigint", "ALTER amount DROP DEFAULT", "ALTER amount TYPE text",
                    also: "ALTER TYPE mood ADD VALUE 'furious'"), as: .owner)
            try await eventually("Y goes on", timeout: .seconds(20)) {
                try await y.value("SELECT count(*) FROM parted WHERE who = 'still' AND amount = 'CNY 1.50'") == "20"
            }
            try await more()
        }

        /// How often rows that no writer touched were published: region, kind, times for each row, rows.
        private static func still(_ party: Party) async throws -> [String] {
            try await party.rows(
                """
                WITH key AS (
                    SELECT 'rec' AS name, ARRAY[id::text]::text AS text FROM rec WHERE who = 'still'
                    UNION ALL SELECT 'parted', ARRAY[region, id::text]::text FROM parted WHERE who = 'still'
                ), times AS (
                    SELECT o.region, c.kind, c.table_id, c.digest, count(*) AS times
                      FROM key k JOIN bashu.shared_table s ON s.table_name = k.name
                      JOIN bashu.change c ON c.table_id = s.id
                                         AND c.digest = substring(sha256(convert_to(k.text, 'UTF8')) FOR 16)
                      JOIN bashu.origin o ON o.id = c.origin_id
                     GROUP BY 1, 2, 3, 4
                ) SELECT format('%s %s %s %s', region, kind, times, count(*)) FROM times GROUP BY region, kind, times
                """
            ).compactMap { $0[0] }.sorted()
        }

        /// A type change with nothing else: every text of the column is another one, and nothing is published.
        private static func changeTypeOnly(_ world: Federation) async throws {
            let before = try await world["50"].vector()
            var seen: [String: String?] = [:]
            let shapes = "SELECT string_agg(fingerprint, ' ' ORDER BY id) FROM bashu.shared_table"
            for party in world.parties {
                seen[party.name] = try await party.value(shapes)
                try await party.run(both("ALTER n TYPE numeric(14, 2)"), as: .owner)
            }
            for party in world.parties {
                try await eventually("\(party.name) has compared the tables", timeout: .seconds(20)) {
                    try await party.value(shapes) != seen[party.name]
                }
            }
            #expect(try await world["50"].vector() == before)
            try await world["51"].run("UPDATE rec SET n = 7.25 WHERE id = 1")
            try await ScenarioTable.end(world)
            #expect(try await world["50"].value("SELECT n FROM rec WHERE id = 1") == "7.25")
        }
    }
}
