import Postgres
import Testing

@testable import RegionStore

/// Tables and key columns that get another name while people write.
@Suite(.serialized) struct EngineRenameTests {
    static let schema = """
        CREATE TABLE public.par (id int PRIMARY KEY, name text);
        CREATE TABLE public.pair (a text, b int, name text, PRIMARY KEY (a, b));
        """
    static let tables = ["public.par", "public.pair"]

    private func network() async throws -> (Network, Party, Party) {
        let network = try await Network(["50", "51"], schema: Self.schema, tables: Self.tables)
        return (network, try network["50"], try network["51"])
    }

    /// Steps as the daemon does: after an error it looks for what DDL has broken, and tries again.
    private func settleAfterDDL(_ party: Party) throws {
        for _ in 0..<5 {
            party.engine.timers.shapes = nil
            do { return try party.settle() } catch let error as PostgresError where error.kind == .statementFailed {}
        }
        try party.settle()
    }

    @Test func whatIsWrittenToATableOfAnotherNameWaitsForIt() async throws {
        let (network, x, y) = try await network()
        try x.writer.execute("INSERT INTO public.par VALUES (1, 'base')")
        try network.converge()
        try x.owner.script("ALTER TABLE public.par RENAME TO parent")
        try x.writer.execute("INSERT INTO public.parent VALUES (2, 'late')")
        try x.writer.execute("INSERT INTO public.pair VALUES ('a', 1, 'goes on')")
        try settleAfterDDL(x)
        try x.writer.execute("UPDATE public.parent SET name = 'edited' WHERE id = 1")
        try settleAfterDDL(x)
        try y.receive(from: x)
        try y.settle()
        #expect(try y.rows("public.pair").count == 1, "other tables go on")
        #expect(try y.rows("public.par") == [["1", "base"]])
        let pending = try x.owner.queryOne("SELECT count(*) FROM bashu.pending")
        #expect(try pending?.int(0) == 2, "nothing of it is taken for published")
        let degraded = try x.owner.queryOne("SELECT degraded FROM bashu.shared_table WHERE table_name = 'par'")
        #expect(try degraded?.text(0).contains("another name") == true)
        // A daemon that starts meanwhile knows no better.
        try x.restart()
        try settleAfterDDL(x)
        #expect(try x.owner.queryOne("SELECT count(*) FROM bashu.pending")?.int(0) == 2)

        try x.owner.script("ALTER TABLE public.parent RENAME TO par")
        try settleAfterDDL(x)
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.par") == [["1", "edited"], ["2", "late"]]) }
        #expect(try x.owner.queryOne("SELECT count(*) FROM bashu.shared_table WHERE degraded IS NOT NULL")?.int(0) == 0)
        #expect(try x.differences() == [])
    }

    @Test func aKeyColumnOfAnotherNameIsFollowed() async throws {
        let (network, x, y) = try await network()
        try x.writer.execute("INSERT INTO public.par VALUES (1, 'base'), (2, 'base')")
        try x.writer.execute("INSERT INTO public.pair VALUES ('甲', 1, 'base'), ('乙', 2, 'base')")
        try network.converge()
        for party in network.parties {
            try party.owner.script(
                """
                ALTER TABLE public.par RENAME COLUMN id TO "编 号"; ALTER TABLE public.pair RENAME COLUMN a TO c
                """)
        }
        // Written before anything has looked at the new names.
        try x.writer.execute("UPDATE public.par SET name = 'edited' WHERE \"编 号\" = 1")
        try x.writer.execute("UPDATE public.pair SET name = 'edited' WHERE c = '甲'")
        try y.writer.execute("INSERT INTO public.par VALUES (3, 'new')")
        for _ in 0..<2 { for party in network.parties { try settleAfterDDL(party) } }
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.par") == [["1", "edited"], ["2", "base"], ["3", "new"]])
            #expect(try party.rows("public.pair") == [["乙", "2", "base"], ["甲", "1", "edited"]])
            #expect(try party.differences() == [])
            #expect(try party.cases() == network.parties[0].cases())
        }
    }
}
