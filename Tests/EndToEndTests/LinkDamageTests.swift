import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// What arrives cannot be stored, or must not be: the link says why, loses nothing and goes on by itself.
    @Suite struct LinkDamageTests {
        @Test func damagedBytesHoldOnlyTheirOrigin() async throws {
            let world = try await Federation.make(
                regions: ["50", "51", "52"],
                links: [(from: "50", to: "51"), (from: "50", to: "52"), (from: "51", to: "50"), (from: "52", to: "50")])
            for name in ["51", "52"] { try await world[name].startDaemon() }
            try await world["51"].run("INSERT INTO standard (number, title) VALUES ('GB 1', '坏')")
            try await eventually("it is published") { try await !world["51"].hasWork() }
            try await damage(world["51"])
            try await world["50"].startDaemon()
            let link = try await world["50"].awaitLink("51") { $0.state == "held" }
            #expect(link.reason.contains("of 51-"))
            #expect(link.reason.contains("is refused"))

            try await world["52"].run("INSERT INTO standard (number, title) VALUES ('GB 2', '好')")
            try await eventually("the other link goes on") {
                try await world["50"].value("SELECT count(*) FROM standard WHERE number = 'GB 2'") == "1"
            }
            try await world["50"].awaitLink("52") { $0.state == "waiting" }
            #expect(try await world["50"].value("SELECT count(*) FROM standard WHERE number = 'GB 1'") == "0")
            // The evidence is kept.
            #expect(try await world["50"].value("SELECT count(*) FROM bashu.batch WHERE fault IS NOT NULL") == "1")

            try await damage(world["51"])
            try await world.converged(timeout: .seconds(60))
            #expect(try await world.differences() == [])
            #expect(try await world["50"].value("SELECT count(*) FROM standard") == "2")
            try await world["50"].awaitLink("51") { $0.state == "waiting" && $0.reason.isEmpty }
        }

        /// Flips a bit in the first line of its own last batch; the second time puts it right again.
        private func damage(_ party: Party) async throws {
            try await party.run(
                """
                \(HistoryGuard.off)
                UPDATE bashu.chunk c SET bytes = set_byte(bytes, 20, get_byte(bytes, 20) # 1)
                  FROM bashu.origin o
                 WHERE o.id = c.origin_id AND o.own
                   AND c.number = (SELECT max(n.number) FROM bashu.chunk n WHERE n.origin_id = o.id)
                """, as: .superuser)
        }

        @Test func fullDiskWhileReceiving() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            // What PostgreSQL reports when the tablespace of the log is full.
            try await world["50"].run(
                """
                CREATE FUNCTION public.no_space() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE 'could not extend file "base/1/2": No space left on device' USING ERRCODE = '53100';
                END $$;
                CREATE TRIGGER no_space BEFORE INSERT ON bashu.chunk FOR EACH STATEMENT
                    WHEN (current_user = '\(Party.daemonRole)') EXECUTE FUNCTION public.no_space();
                """, as: .superuser)
            try await world["51"].run("INSERT INTO standard (number, title) VALUES ('GB 1', '满')")
            try await world.startDaemons()
            let link = try await world["50"].awaitLink("51") { $0.state == "held" }
            #expect(link.sqlState == "53100")
            #expect(link.reason.contains("this database cannot store what arrives"))
            #expect(world["50"].daemon?.isRunning == true)

            try await world["50"].run("DROP TRIGGER no_space ON bashu.chunk", as: .superuser)
            try await world.converged(timeout: .seconds(60))
            #expect(try await world.differences() == [])
        }

        @Test func tableMissingAtOneSide() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            let definition = "CREATE TABLE extra (code text PRIMARY KEY, note text)"
            try await world["51"].share("extra", definition: definition)
            try await world["51"].run("INSERT INTO extra VALUES ('𬭎', '多')")
            try await world.startDaemons()
            let link = try await world["50"].awaitLink("51") { $0.reason.contains("extra") }
            #expect(link.reason.contains("shared there and not here"))
            try await eventually("the batch is held") {
                try await world["50"].value("SELECT count(*) FROM bashu.hold WHERE reason LIKE '%extra%'") == "1"
            }
            // Nothing of that origin overtakes it; the other direction goes on.
            try await world["50"].run("INSERT INTO standard (number, title) VALUES ('GB 1', '过')")
            try await eventually("51 has it") {
                try await world["51"].value("SELECT count(*) FROM standard") == "1"
            }
            try await world["50"].share("extra", definition: definition)
            try await eventually("it goes on by itself", timeout: .seconds(60)) {
                try await world["50"].value("SELECT note FROM extra") == "多"
            }
            try await eventually("nothing is held") {
                try await world["50"].value("SELECT count(*) FROM bashu.hold") == "0"
            }
        }

        @Test func columnOfAnotherTypeIsNamed() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            try await world["51"].run("ALTER TABLE standard ALTER COLUMN pages TYPE text", as: .owner)
            try await world["51"].run("INSERT INTO standard (number, title, pages) VALUES ('GB 1', '十', '十')")
            try await world.startDaemons()
            let link = try await world["50"].awaitLink("51") { $0.reason.contains("pages") }
            #expect(link.reason.contains("text there and integer here"))
            try await eventually("the batch is held") {
                try await world["50"].value("SELECT count(*) FROM bashu.hold") == "1"
            }
            try await world["50"].run("ALTER TABLE standard ALTER COLUMN pages TYPE text", as: .owner)
            try await eventually("it goes on by itself", timeout: .seconds(60)) {
                try await world["50"].value("SELECT pages FROM standard") == "十"
            }
        }
    }
}
