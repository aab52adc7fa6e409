import Postgres
import Testing

@testable import RegionStore

/// A party that receives a log from its beginning while its peer is being written to, and other pure scenarios of the
/// design that are as easily told on databases.
@Suite(.serialized) struct EngineJoinScenarioTests {
    static let schema = """
        CREATE TABLE public.par (id int PRIMARY KEY, name text, v int UNIQUE);
        CREATE TABLE public.item (id int PRIMARY KEY, a text, u int UNIQUE, pid int REFERENCES public.par);
        """
    static let tables = ["public.par", "public.item"]

    private func network(_ names: [String] = ["50", "51", "52"]) async throws -> Network {
        try await Network(names, schema: Self.schema, tables: Self.tables)
    }

    private func join(_ party: Party, _ source: Party) throws {
        try party.receive(from: source)
        try party.settle()
    }

    @Test func scenarioJ1_insertedBeforeAndDeletedAfterAJoin() async throws {
        let network = try await network(["50", "51"])
        let (source, joiner) = (try network["50"], try network["51"])
        try source.writer.execute("INSERT INTO public.par VALUES (1, 'k', NULL)")
        try join(joiner, source)
        try source.writer.execute("DELETE FROM public.par WHERE id = 1")
        try network.converge()
        #expect(try joiner.rows("public.par").isEmpty)
        #expect(try source.vector().isEmpty, "nothing was published")
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioJ2_setAndSetBackAroundAJoin() async throws {
        let network = try await network(["50", "51"])
        let (source, joiner) = (try network["50"], try network["51"])
        try source.writer.execute("INSERT INTO public.par VALUES (1, 'A', NULL)")
        try source.settle()
        let before = try source.vector()
        try source.writer.execute("UPDATE public.par SET name = 'B' WHERE id = 1")
        try join(joiner, source)
        #expect(try joiner.rows("public.par").map { $0[1] } == ["A"])
        try source.writer.execute("UPDATE public.par SET name = 'A' WHERE id = 1")
        try network.converge()
        #expect(try source.vector() == before, "nothing more was published")
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioJ4_aValueTakenElsewhereWhileJoining() async throws {
        let network = try await network()
        let (source, joiner, other) = (try network["50"], try network["51"], try network["52"])
        try source.writer.execute("INSERT INTO public.item (id, a, u) VALUES (1, '甲', 5)")
        try other.writer.execute("INSERT INTO public.item (id, a, u) VALUES (2, '乙', 5)")
        try other.settle()
        try join(joiner, source)
        try join(joiner, other)
        #expect(try joiner.rows("public.item").map { $0[0] } == ["2"])
        try network.converge()
        #expect(try joiner.rows("public.item").count == 1)
        #expect(try joiner.cases().count == 1)
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioW_aKeptParentHoldsAValueThatAnotherRowTook() async throws {
        let network = try await network()
        let (x, y, z) = (try network["50"], try network["51"], try network["52"])
        try x.writer.execute("INSERT INTO public.par VALUES (1, '父', 5)")
        try network.converge()
        try y.writer.execute("DELETE FROM public.par WHERE id = 1")
        try y.settle()
        try join(z, y)
        // Free at Z; kept for X's child where both have arrived.
        try z.writer.execute("INSERT INTO public.par VALUES (2, '另', 5)")
        try x.writer.execute("INSERT INTO public.item (id, a, pid) VALUES (1, '子', 1)")
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.par").filter { $0[2] == "5" }.count == 1, "\(party.name)")
        }
        #expect(try !x.cases().isEmpty)
        try network.expectEqual(Self.tables)
    }
}
