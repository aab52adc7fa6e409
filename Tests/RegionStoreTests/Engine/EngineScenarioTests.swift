import Postgres
import TestCluster
import Testing

@testable import RegionStore

/// Cases that broke a variant of the algorithm, told step by step. The letters are those of the design's scenarios.
@Suite(.serialized) struct EngineScenarioTests {
    static let schema = """
        CREATE TABLE public.par (id int PRIMARY KEY, name text);
        CREATE TABLE public.item (id int PRIMARY KEY, a text, pid int REFERENCES public.par);
        """
    static let tables = ["public.par", "public.item"]

    private func network() async throws -> (Network, Party, Party, Party) {
        let network = try await Network(["51", "52", "53"], schema: Self.schema, tables: Self.tables)
        return (network, try network["51"], try network["52"], try network["53"])
    }

    /// A second ordinary user's session, for a transaction that stays open.
    private func open(_ party: Party) throws -> Session {
        try party.cluster.session(database: party.database, user: Party.writer)
    }

    @Test func scenarioA_phantom() async throws {
        let (network, x, y, z) = try await network()
        try y.writer.execute("INSERT INTO public.par VALUES (1, 'from Y')")
        try y.settle()
        try z.receive(from: y)
        try z.settle()
        try z.writer.execute("UPDATE public.par SET name = 'EDIT2' WHERE id = 1")
        try z.settle()
        let held = try open(x)
        try held.script("BEGIN; INSERT INTO public.par VALUES (1, 'phantom'); DELETE FROM public.par WHERE id = 1")
        try x.receive(from: y)
        _ = try x.engine.step()
        #expect(try x.rows("public.par").isEmpty)
        try held.script("COMMIT")
        try x.settle()
        try x.receive(from: z)
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.par").map { $0[1] } == ["EDIT2"]) }
        #expect(try x.vector().keys.allSatisfy { !$0.hasPrefix("51-") }, "X published something")
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioB_newVersionUnderTheLock() async throws {
        let (network, x, y, _) = try await network()
        try y.writer.execute("INSERT INTO public.par VALUES (1, 'base')")
        try network.converge()
        try y.writer.execute("UPDATE public.par SET name = 'of Y' WHERE id = 1")
        try y.settle()
        let held = try open(x)
        try held.script("BEGIN; DELETE FROM public.par WHERE id = 1; INSERT INTO public.par VALUES (1, 'W1')")
        try x.receive(from: y)
        _ = try x.engine.step()
        try held.script("COMMIT")
        try x.writer.execute("UPDATE public.par SET name = 'X' WHERE id = 1")
        try network.converge()
        #expect(try x.cases().count == 1)
        #expect(try x.cases()[0].contains("of Y") && x.cases()[0].contains("\"X\""))
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioK_silentEdit() async throws {
        let (network, x, y, _) = try await network()
        try y.writer.execute("INSERT INTO public.item VALUES (1, 'base', NULL), (2, 'base', NULL)")
        try y.writer.execute("INSERT INTO public.par VALUES (7, 'p')")
        try network.converge()
        // In one transaction, and as three between two cuts.
        try x.owner.script(
            """
            BEGIN; ALTER TABLE public.item DISABLE TRIGGER USER; UPDATE public.item SET a = 'silent' WHERE id = 1;
            ALTER TABLE public.item ENABLE TRIGGER USER; COMMIT
            """)
        try x.owner.script("ALTER TABLE public.item DISABLE TRIGGER USER")
        try x.owner.script("UPDATE public.item SET a = 'silent too' WHERE id = 2")
        try x.owner.script("ALTER TABLE public.item ENABLE TRIGGER USER")
        try y.writer.execute("UPDATE public.item SET pid = 7")
        try y.settle()
        try x.receive(from: y)
        try network.converge()
        #expect(try y.rows("public.item") == [["1", "silent", "7"], ["2", "silent too", "7"]])
        #expect(try x.cases() == [])
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioM_inFlightOnAnAbsentKey() async throws {
        for commits in [true, false] {
            let (network, x, y, _) = try await network()
            try y.writer.execute("INSERT INTO public.par VALUES (1, 'remote')")
            try y.settle()
            let held = try open(x)
            try held.script("BEGIN; INSERT INTO public.par VALUES (1, 'local')")
            try x.receive(from: y)
            _ = try x.engine.step()
            try held.script(commits ? "COMMIT" : "ROLLBACK")
            try network.converge()
            #expect(try x.cases().count == (commits ? 1 : 0))
            try network.expectEqual(Self.tables)
        }
    }

    @Test func aTransactionThatStaysOpenDelaysOnlyItself() async throws {
        let (network, x, y, _) = try await network()
        let held = try open(x)
        try held.script("BEGIN; INSERT INTO public.par VALUES (1, 'late'); INSERT INTO public.item VALUES (1, 'a', 1)")
        try x.writer.execute("INSERT INTO public.par VALUES (2, 'early')")
        try network.converge()
        #expect(try y.rows("public.par").map { $0[0] } == ["2"])
        try x.writer.execute("INSERT INTO public.par VALUES (3, 'early')")
        try network.converge()
        try held.script("COMMIT")
        try network.converge()
        #expect(try y.rows("public.par").map { $0[0] } == ["1", "2", "3"])
        #expect(try y.rows("public.item").count == 1)
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioZ_setAndSetBackLeavesNoTrace() async throws {
        let (network, x, y, _) = try await network()
        try y.writer.execute("INSERT INTO public.par VALUES (1, 'A')")
        try network.converge()
        let before = try x.vector()
        try x.writer.execute("UPDATE public.par SET name = 'B' WHERE id = 1")
        try x.writer.execute("UPDATE public.par SET name = 'A' WHERE id = 1")
        try x.writer.script(
            "BEGIN; INSERT INTO public.par VALUES (5, 'x'); DELETE FROM public.par WHERE id = 5; COMMIT")
        try x.writer.script("DELETE FROM public.par WHERE id = 1; INSERT INTO public.par VALUES (1, 'A')")
        try network.converge()
        #expect(try x.vector() == before)
        try network.expectEqual(Self.tables)
    }

    @Test func aDaemonThatDiesAnywhereLosesAndRepeatsNothing() async throws {
        let (network, x, y, z) = try await network()
        for round in 0..<6 {
            try x.writer.execute("INSERT INTO public.par VALUES ($1, 'x')", [.int(round)])
            try y.writer.execute("INSERT INTO public.par VALUES ($1, 'y') ON CONFLICT DO NOTHING", [.int(round)])
            try x.settle()
            try z.receive(from: x)
            try x.restart()
            _ = try z.engine.step()
            try z.restart()
            try y.receive(from: z)
        }
        try network.converge()
        #expect(try z.rows("public.par").count == 6)
        try network.expectEqual(Self.tables)
    }
}
