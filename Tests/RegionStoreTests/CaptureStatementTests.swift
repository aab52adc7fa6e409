import Postgres
import TestCluster
import Testing

@testable import RegionStore

@Suite struct CaptureStatementTests {
    private static let item = "CREATE TABLE item (id integer PRIMARY KEY, name text, n integer)"

    private func fixture(_ options: SharingOptions = SharingOptions()) async throws -> InstallFixture {
        let fixture = try await InstallFixture.installed()
        try fixture.share(Self.item, ["item"], options: options)
        return fixture
    }

    @Test func oneRowOfPendingForAStatementOfManyRows() async throws {
        let fixture = try await fixture()
        let insert = try fixture.captured("INSERT INTO item VALUES (1, '甲'), (2, '𬭎'), (3, NULL)")
        #expect(insert == Captured(keys: ["{1}", "{2}", "{3}"], markers: 0, rows: 1))
        let update = try fixture.captured("UPDATE item SET n = 1 WHERE id < 3")
        #expect(update == Captured(keys: ["{1}", "{2}"], markers: 0, rows: 1))
        let delete = try fixture.captured("DELETE FROM item WHERE id > 1")
        #expect(delete == Captured(keys: ["{2}", "{3}"], markers: 0, rows: 1))
    }

    @Test func whoWroteAndWhenComesWithTheKeys() async throws {
        let fixture = try await fixture()
        let writer = try fixture.writer()
        try writer.script("SET bashu.actor = '王 录入'; INSERT INTO item VALUES (1)")
        try writer.script("RESET bashu.actor; INSERT INTO item VALUES (2)")
        try writer.script("SET bashu.actor = '\(String(repeating: "长", count: 500))'; INSERT INTO item VALUES (3)")
        let rows = try fixture.owner().query(
            """
            SELECT session_user_name, actor, timeline, at BETWEEN now() - interval '1 minute' AND clock_timestamp(),
                xid < pg_current_xact_id() FROM bashu.pending ORDER BY seq
            """)
        #expect(rows.map { $0[text: 0] } == Array(repeating: InstallFixture.writer, count: 3))
        #expect(rows.map { $0[text: 1] } == ["王 录入", nil, String(repeating: "长", count: 200)])
        #expect(try rows.allSatisfy { try $0.text(2) == "00000001" && $0.bool(3) && $0.bool(4) })
    }

    @Test func statementsThatTouchNothingNoteNothing() async throws {
        let fixture = try await fixture()
        let nothing = try fixture.captured(
            """
            INSERT INTO item SELECT 1 WHERE false; UPDATE item SET n = 1; DELETE FROM item;
            MERGE INTO item USING (VALUES (1)) s (id) ON item.id = s.id WHEN MATCHED THEN DELETE;
            """)
        #expect(nothing == .nothing)
    }

    @Test func anUpdateThatChangesNothingIsAHint() async throws {
        let fixture = try await fixture()
        _ = try fixture.captured("INSERT INTO item VALUES (1, 'a')")
        #expect(try fixture.captured("UPDATE item SET name = name").keys == ["{1}"])
    }

    @Test func bothKeysOfAKeyThatChanges() async throws {
        let fixture = try await fixture()
        _ = try fixture.captured("INSERT INTO item VALUES (1), (2), (9)")
        #expect(
            try fixture.captured("UPDATE item SET id = id + 10 WHERE id < 9").keys == ["{1}", "{2}", "{11}", "{12}"])
        // More than fit one array: old and new keys overlap.
        _ = try fixture.captured("INSERT INTO item SELECT generate_series(1001, 2000)")
        let moved = try fixture.captured("UPDATE item SET id = -id - 1 WHERE id > 1000")
        #expect(moved.keys.count == 2000 && moved.keys.contains("{1500}") && moved.keys.contains("{-1501}"))
    }

    @Test func copyOnConflictMergeAndWritingQueries() async throws {
        let fixture = try await fixture()
        let writer = try fixture.writer()
        let owner = try fixture.owner()
        try writer.copyIn("COPY item (id, name) FROM STDIN") { copy in
            try copy.write(Array("1\t甲\n2\t\\N\n3\tc\n".utf8))
        }
        #expect(try fixture.captured(owner) == Captured(keys: ["{1}", "{2}", "{3}"], markers: 0, rows: 1))
        try writer.execute(
            "INSERT INTO item VALUES (3, 'x'), (4, 'y') ON CONFLICT (id) DO UPDATE SET name = excluded.name")
        #expect(try fixture.captured(owner).keys == ["{3}", "{4}"])
        try writer.execute("INSERT INTO item VALUES (3), (5) ON CONFLICT DO NOTHING")
        #expect(try fixture.captured(owner).keys == ["{5}"])
        try writer.execute(
            """
            MERGE INTO item USING (VALUES (1, 'u'), (2, 'd'), (6, 'i')) s (id, a) ON item.id = s.id
            WHEN MATCHED AND s.a = 'd' THEN DELETE WHEN MATCHED THEN UPDATE SET name = 'm'
            WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'new')
            """)
        #expect(try fixture.captured(owner).keys == ["{1}", "{2}", "{6}"])
        try writer.execute(
            """
            WITH gone AS (DELETE FROM item WHERE id IN (1, 3) RETURNING *),
                moved AS (UPDATE item SET n = 7 WHERE id = 4 RETURNING *)
            INSERT INTO item SELECT id + 100, name FROM gone UNION ALL SELECT id + 200, name FROM moved
            """)
        #expect(try fixture.captured(owner).keys == ["{1}", "{3}", "{4}", "{101}", "{103}", "{204}"])
    }

    @Test func whatIsRolledBackLeavesNoHintAndWhatIsPreparedLeavesItWithTheCommit() async throws {
        let fixture = try await fixture()
        let rolledBack = try fixture.captured(
            """
            BEGIN; INSERT INTO item VALUES (1); SAVEPOINT a; INSERT INTO item VALUES (2); ROLLBACK TO a;
            INSERT INTO item VALUES (3); COMMIT; BEGIN; INSERT INTO item VALUES (4); ROLLBACK;
            """)
        #expect(rolledBack.keys == ["{1}", "{3}"])
        let writer = try fixture.writer()
        let owner = try fixture.owner()
        let name = "prepared in \(fixture.database)"
        try writer.script("BEGIN; INSERT INTO item VALUES (5); PREPARE TRANSACTION '\(name)'")
        #expect(try fixture.captured(owner) == .nothing)
        try writer.execute("COMMIT PREPARED '\(name)'")
        #expect(try fixture.captured(owner).keys == ["{5}"])
    }

    @Test func thousandsOfKeysComeInArraysOfFiveHundred() async throws {
        let fixture = try await fixture()
        try fixture.writer().execute("INSERT INTO item SELECT generate_series(1, 1300)")
        let sizes = try fixture.owner().query("SELECT cardinality(keys) FROM bashu.pending ORDER BY 1").map {
            try $0.int(0)
        }
        #expect(sizes == [300, 500, 500])
        #expect(try fixture.captured(fixture.owner()).keys.count == 1300)
        for count in [249, 250, 251, 499, 500, 501, 502, 999, 1000, 1001] {
            let updated = try fixture.captured("UPDATE item SET n = 1 WHERE id <= \(count)")
            #expect(updated.keys.count == count && updated.markers == 0)
            let deleted = try fixture.captured(
                "BEGIN; DELETE FROM item WHERE id <= \(count); "
                    + "INSERT INTO item SELECT generate_series(1, \(count)); COMMIT"
            )
            #expect(deleted.keys.count == count && deleted.markers == 0)
        }
    }

    @Test func smallStatementsCostNoSubtransaction() async throws {
        let fixture = try await fixture()
        let writer = try fixture.writer()
        // A subtransaction that writes takes the next transaction id.
        let before = try writer.queryOne("SELECT pg_current_xact_id()::text::bigint")?.int(0) ?? 0
        try writer.script("BEGIN; INSERT INTO item VALUES (1); UPDATE item SET n = 2; DELETE FROM item; COMMIT")
        let after = try writer.queryOne("SELECT pg_current_xact_id()::text::bigint")?.int(0) ?? 0
        let others = try fixture.owner().query("SELECT DISTINCT xid::text::bigint FROM bashu.pending").count
        #expect(others == 1 && after > before)
        let writtenInside = try fixture.owner().queryOne(
            "SELECT count(*) FROM bashu.pending WHERE xmin::text <> (xid::text::bigint % 4294967296)::text")
        #expect(try writtenInside?.int(0) == 0)
    }

    @Test func truncateIsRefusedUnlessItIsAllowed() async throws {
        let fixture = try await fixture()
        let error = #expect(throws: PostgresError.self) { try fixture.captured("TRUNCATE item") }
        #expect(error?.sqlState == .objectNotInPrerequisiteState)
        #expect(error?.message.contains("public.item") == true && error?.hint?.contains("DELETE") == true)
        let free = try await InstallFixture.installed()
        var options = SharingOptions()
        options.allowTruncate = true
        try free.share(Self.item, ["item"], options: options)
        #expect(try free.captured("TRUNCATE item") == Captured(keys: [], markers: 1, rows: 1))
    }
}
