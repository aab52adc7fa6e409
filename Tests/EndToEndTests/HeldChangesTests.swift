import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Rows that vanish without anybody having deleted them one by one wait for the operator, who agrees or puts them
    /// back.
    @Suite struct HeldChangesTests {
        private static let book = TableSet(
            definition: """
                CREATE TABLE yearbook (year int, no int, title text, PRIMARY KEY (year, no)) PARTITION BY LIST (year);
                CREATE TABLE yearbook_2024 PARTITION OF yearbook FOR VALUES IN (2024);
                CREATE TABLE yearbook_2025 PARTITION OF yearbook FOR VALUES IN (2025);
                """, names: ["yearbook"])

        private func count(_ party: Party, _ table: String) async throws -> String? {
            try await party.value("SELECT count(*) FROM \(table)")
        }

        private func awaitHeld(_ party: Party, _ count: Int) async throws {
            try await eventually("\(count) keys are held", timeout: .seconds(30)) {
                try await party.value(
                    "SELECT (SELECT count(*) FROM bashu.held) || ' ' || (SELECT count(*) FROM bashu.pending)"
                ) == "\(count) 0"
            }
        }

        private func expectStatus(_ party: Party, _ line: String) throws {
            let status = try party.ctl("status")
            #expect(status.status == .exited(3))
            let text = status.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(text.contains(line), "\(status.output)")
            #expect(status.lines.allSatisfy { $0.count <= 80 })
        }

        /// `pg_restore --disable-triggers` of a dump older than 200 rows and 10 edits.
        @Test func anOldDumpThatWasRestored() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            let (x, y) = (world["50"], world["51"])
            try await world.startDaemons()
            let insert = "INSERT INTO standard (number, title) SELECT 'GB ' || n, '旧' FROM generate_series"
            try await x.run("\(insert)(1, 300) n")
            let dump = try ChildProcess.run("mktemp", ["-d"]).output.filter { $0 != "\n" }
            defer { _ = try? ChildProcess.run("rm", ["-rf", dump]) }
            let server = ["-d", x.cluster.conninfo(database: x.database)]
            let dumped = try ChildProcess.run(
                "pg_dump", server + ["-Fc", "--data-only", "-t", "standard", "-f", "\(dump)/standard"])
            try #require(dumped.status == .exited(0), "\(dumped.errors)")
            try await x.run("\(insert)(301, 500) n")
            try await x.run("UPDATE standard SET title = '新' WHERE number IN ('GB 1', 'GB 2')")
            try await world.converged()

            try await x.run(
                """
                ALTER TABLE standard DISABLE TRIGGER ALL; DELETE FROM standard; ALTER TABLE standard ENABLE TRIGGER ALL
                """, as: .superuser)
            let restored = try ChildProcess.run(
                "pg_restore", server + ["--data-only", "--disable-triggers", "\(dump)/standard"])
            try #require(restored.status == .exited(0), "\(restored.errors)")
            try await awaitHeld(x, 200)
            try expectStatus(x, "- standard: 200 rows deleted at once (such as (GB 301), (GB 302), (GB 303))")
            // What the dump has otherwise is an edit like any other; what it lacks is there elsewhere.
            try await eventually("the old titles arrive") {
                try await y.value("SELECT count(*) FROM standard WHERE title = '旧'") == "500"
            }
            #expect(try await count(y, "standard") == "500")

            let back = try x.ctl("table", "restore", "standard")
            #expect(back.status == .exited(0), "\(back.errors)")
            try await eventually("the rows are back") { try await count(x, "standard") == "500" }
            try await awaitHeld(x, 0)
            try await world.converged()
            #expect(try await world.differences() == [])
            #expect(try x.ctl("status").status == .exited(0))
        }

        @Test func aPartitionThatWasDropped() async throws {
            let world = try await Federation.make(regions: ["50", "51"], tables: Self.book)
            let (x, y) = (world["50"], world["51"])
            try await world.startDaemons()
            try await x.run(
                "INSERT INTO yearbook SELECT 2024 + n % 2, n, '年鉴' || n FROM generate_series(1, 400) n")
            try await world.converged()
            try await x.run("DROP TABLE yearbook_2024", as: .owner)
            try await awaitHeld(x, 200)
            try expectStatus(x, "- yearbook: 200 rows deleted at once (such as (2024, 100)")
            // Writing goes on, in both regions.
            try await y.run("UPDATE yearbook SET title = '改' WHERE (year, no) = (2025, 1)")
            try await eventually("the edit arrives") {
                try await x.value("SELECT title FROM yearbook WHERE (year, no) = (2025, 1)") == "改"
            }
            #expect(try await count(y, "yearbook") == "400")

            let agreed = try x.ctl("table", "accept", "yearbook")
            #expect(agreed.status == .exited(0), "\(agreed.errors)")
            try await world.converged()
            for party in world.parties { #expect(try await count(party, "yearbook") == "200") }
            #expect(try await world.differences() == [])
            #expect(try x.ctl("status").status == .exited(0))
        }

        /// TRUNCATE is refused; an owner can still switch the refusal off.
        @Test func aTableThatWasTruncated() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            let (x, y) = (world["50"], world["51"])
            try await world.startDaemons()
            try await x.run(
                "INSERT INTO standard (number, title) SELECT 'GB ' || n, '题' FROM generate_series(1, 300) n")
            try await world.converged()
            await #expect(throws: PostgresError.self) { try await x.run("TRUNCATE standard", as: .owner) }
            #expect(try await count(x, "standard") == "300")
            try await x.run(
                """
                ALTER TABLE standard DISABLE TRIGGER USER; TRUNCATE standard; ALTER TABLE standard ENABLE TRIGGER USER
                """, as: .owner)
            try await awaitHeld(x, 300)
            try expectStatus(x, "- standard: 300 rows deleted at once (such as (GB 1), (GB 10), (GB 100))")
            #expect(try await count(y, "standard") == "300")
            // A batch that touches a held row waits, and says why.
            try await y.run("UPDATE standard SET title = '改' WHERE number = 'GB 7'")
            try await eventually("the batch is held") {
                try await x.value("SELECT reason FROM bashu.hold")?.contains("table restore") == true
            }
            let back = try x.ctl("table", "restore", "standard")
            #expect(back.output == "300 rows of standard will be put back.\n", "\(back.errors)")
            try await world.converged()
            #expect(try await x.value("SELECT title FROM standard WHERE number = 'GB 7'") == "改")
            for party in world.parties { #expect(try await count(party, "standard") == "300") }
            #expect(try await world.differences() == [])
        }
    }
}
