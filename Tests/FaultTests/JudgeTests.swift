import TestCluster
import Testing

@testable import TestFederation

extension Faults {
    /// The judge can say no: what was changed behind Bashu's back is found, each by what is meant to find it.
    @Suite struct JudgeTests {
        private struct Crime {
            let words: String
            let act: String
            let undo: String
        }

        private static let crimes = [
            Crime(
                words: "table standard: only in 51: (\"GB/T 2260\",改",
                act: "UPDATE standard SET title = '改' WHERE number = 'GB/T 2260'",
                undo: "UPDATE standard SET title = '51' WHERE number = 'GB/T 2260'"),
            Crime(
                words: "51: lost in table public.standard",
                act: "UPDATE standard SET pages = NULL WHERE number = 'GB 1'",
                undo: "UPDATE standard SET pages = 7 WHERE number = 'GB 1'"),
            Crime(
                words: "verify of 51: ",
                act: "INSERT INTO standard (number, title) VALUES ('影子''', '𬭎')",
                undo: "DELETE FROM standard WHERE number = '影子'''"),
            Crime(
                words: "51: a conflict, and not recorded: ",
                act: "CREATE TEMP TABLE kept AS SELECT * FROM bashu.conflict_case; DELETE FROM bashu.conflict_case",
                undo: "INSERT INTO bashu.conflict_case SELECT * FROM kept; DROP TABLE kept"),
            Crime(
                words: "51: recorded, and no conflict: ",
                act: "INSERT INTO bashu.conflict_case "
                    + "SELECT (jsonb_populate_record(c, '{\"column_group\": \"pages\"}')).* "
                    + "FROM bashu.conflict_case c WHERE column_group = 'title'",
                undo: "DELETE FROM bashu.conflict_case WHERE column_group = 'pages'"),
            Crime(
                words: "51: audit: ",
                act: "CREATE TEMP TABLE kept AS SELECT * FROM bashu.chunk; UPDATE bashu.chunk SET bytes = "
                    + "set_byte(bytes, length(bytes) / 2, get_byte(bytes, length(bytes) / 2) # 1) WHERE number = 1",
                undo: "UPDATE bashu.chunk c SET bytes = k.bytes FROM kept k "
                    + "WHERE (c.origin_id, c.number, c.part) = (k.origin_id, k.number, k.part); DROP TABLE kept"),
            Crime(
                words: "log: only in 50: ",
                act: "UPDATE bashu.batch SET digest = set_byte(digest, 0, get_byte(digest, 0) # 1) WHERE number = 2",
                undo: "UPDATE bashu.batch SET digest = set_byte(digest, 0, get_byte(digest, 0) # 1) WHERE number = 2"),
        ]

        @Test func findsWhatIsWrong() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            let party = world["51"]
            try await world.startDaemons()
            try await world["50"].run(
                """
                INSERT INTO standard (number, title, pages)
                VALUES ('GB/T 2260', '行政区划''代码', 1), ('GB 1', '标', 7)
                """)
            try await world.converged()
            for (from, to) in [("50", "51"), ("51", "50")] { try await world[from].pause(to) }
            for region in ["50", "51"] {
                try await world[region].run("UPDATE standard SET title = '\(region)' WHERE number = 'GB/T 2260'")
                try await eventually("it is published") { try await !world[region].hasWork() }
            }
            for (from, to) in [("50", "51"), ("51", "50")] { try await world[from].resume(to) }
            let judge = Judge(world: world, run: "the judge")
            try await judge.judge()
            for crime in Self.crimes {
                try await party.tamper(crime.act)
                let found = try await judge.findings()
                #expect(found.contains { $0.contains(crime.words) }, "\(crime.words): \(found)")
                try await party.tamper(crime.undo)
            }
            try await judge.judge()
            var signed = judge
            signed.signing = ["50"]
            #expect(try await signed.findings().contains { $0.contains("batches of 50") })
            try await world.stopDaemons()
        }

        /// Half of a transaction, and an effect without its cause, can be seen by who looks.
        @Test func seesHalves() async throws {
            let world = try await Federation.make(regions: ["50", "51"], tables: Storm.tables)
            let party = world["51"]
            try await party.tamper(
                """
                INSERT INTO ledger
                SELECT region, half, 3, 2, 2, 0 FROM (VALUES ('50'), ('51')) r (region), generate_series(1, 2) half
                """)
            #expect(try await StormPeople.findings(party) == [])
            try await party.tamper("UPDATE ledger SET n = 4 WHERE region = '50' AND half = 2")
            let halves = try await StormPeople.findings(party)
            #expect(halves.count == 2 && halves.allSatisfy { $0.hasPrefix("half of a transaction 50 ") }, "\(halves)")
            try await party.tamper("UPDATE ledger SET n = 1 WHERE region = '50'")
            let effects = try await StormPeople.findings(party)
            let words = "an effect without its cause 51 of 50 2 1"
            #expect(effects == [words, words])
        }
    }
}

extension Party {
    /// Changes something as the daemon does, whose writes are not captured.
    fileprivate func tamper(_ script: String) async throws {
        try await run(
            "SET SESSION AUTHORIZATION \(Self.daemonRole); \(script); RESET SESSION AUTHORIZATION", as: .superuser)
    }
}
