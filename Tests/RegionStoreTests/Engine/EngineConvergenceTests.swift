import Postgres
import RegionStore
import Testing

@Suite(.serialized) struct EngineConvergenceTests {
    static let schema = """
        CREATE TABLE public.std (id int PRIMARY KEY, title text, status text, price numeric(8,2), at timestamptz);
        """

    private func network(_ names: [String] = ["50", "51"]) async throws -> Network {
        try await Network(names, schema: Self.schema, tables: ["public.std"])
    }

    private func expectEqual(_ network: Network, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let first = network.parties[0]
        for party in network.parties {
            #expect(try party.rows("public.std") == first.rows("public.std"), sourceLocation: sourceLocation)
            #expect(try party.cases() == first.cases(), sourceLocation: sourceLocation)
            #expect(try party.differences() == [], sourceLocation: sourceLocation)
        }
    }

    @Test func writesOfBothRegionsArriveOnTheOtherSide() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '火锅类餐饮企业加工操作规范', '现行', 10, now())")
        try sc.writer.execute("INSERT INTO public.std VALUES (2, '𬭎 ''quoted'' \\ \t tab', NULL, NULL, NULL)")
        try network.converge()
        #expect(try cq.rows("public.std").count == 2)
        try expectEqual(network)
        try sc.writer.execute("UPDATE public.std SET status = '废止' WHERE id = 1")
        try cq.writer.execute("DELETE FROM public.std WHERE id = 2")
        try network.converge()
        #expect(try sc.rows("public.std").map { $0[2] } == ["废止"])
        #expect(try cq.cases() == [])
        try expectEqual(network)
    }

    @Test func concurrentEditsOfDifferentColumnsBothSurvive() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, 'a', 'b', 1, NULL)")
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET title = 'T' WHERE id = 1")
        try sc.writer.execute("UPDATE public.std SET status = 'S' WHERE id = 1")
        try network.converge()
        #expect(try cq.rows("public.std").map { [$0[1], $0[2]] } == [["T", "S"]])
        #expect(try cq.cases() == [])
        try expectEqual(network)
        // An edit of the merged row is a plain change everywhere.
        try sc.writer.execute("UPDATE public.std SET price = 2 WHERE id = 1")
        try network.converge()
        #expect(try cq.rows("public.std").map { [$0[1], $0[2], $0[3]] } == [["T", "S", "2.00"]])
        try expectEqual(network)
    }

    @Test func concurrentEditsOfOneColumnMakeTheSameCaseEverywhere() async throws {
        let network = try await network(["50", "51", "52"])
        let (cq, sc, gz) = (try network["50"], try network["51"], try network["52"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, 'a', 'b', 1, NULL)")
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET title = 'from 50' WHERE id = 1")
        try cq.settle()
        try sc.writer.execute("UPDATE public.std SET title = 'from 51' WHERE id = 1")
        try network.converge()
        #expect(try cq.rows("public.std").map { $0[1] } == ["from 51"])
        #expect(try cq.cases().count == 1)
        #expect(try cq.cases()[0].contains("update_origin_differs"))
        try expectEqual(network)
        try gz.writer.execute("UPDATE public.std SET title = 'seen both' WHERE id = 1")
        try network.converge()
        #expect(try cq.cases().count == 1)
        #expect(try cq.cases()[0].contains("superseded"))
        #expect(try sc.rows("public.std").map { $0[1] } == ["seen both"])
        try expectEqual(network)
        for party in network.parties {
            #expect(try party.owner.query("SELECT 1 FROM bashu.known").isEmpty)
        }
    }

    @Test func insertsAndDeletesMeet() async throws {
        let network = try await network(["50", "51", "52"])
        let (cq, sc, gz) = (try network["50"], try network["51"], try network["52"])
        try cq.writer.execute("INSERT INTO public.std SELECT i, 'x', 'y', i, NULL FROM generate_series(1, 5) i")
        try network.converge()
        try cq.writer.execute("DELETE FROM public.std WHERE id = 1; ")
        try sc.writer.execute("UPDATE public.std SET title = 'kept' WHERE id = 1")
        try gz.writer.execute("DELETE FROM public.std WHERE id = 2")
        try sc.writer.execute("DELETE FROM public.std WHERE id = 2")
        try gz.writer.execute("INSERT INTO public.std VALUES (9, 'g', 's', 1, NULL)")
        try sc.writer.execute("INSERT INTO public.std VALUES (9, 's', 's', 1, NULL)")
        try network.converge()
        #expect(try cq.rows("public.std").map { $0[0] } == ["1", "3", "4", "5", "9"])
        #expect(try cq.rows("public.std")[0][1] == "kept")
        let cases = try gz.cases()
        #expect(cases.count == 2)
        #expect(cases.contains { $0.contains("update_deleted") })
        #expect(cases.contains { $0.contains("insert_exists") })
        try expectEqual(network)
    }

    @Test func aLocalWriteThatIsNotCutYetMeetsAnIncomingOne() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, 'a', 'b', 1, NULL)")
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET title = 'remote' WHERE id = 1")
        try cq.settle()
        try sc.receive(from: cq)
        // Committed, not cut: the first step of apply has to publish it before the incoming change is judged.
        try sc.writer.execute("UPDATE public.std SET title = 'local' WHERE id = 1")
        try network.converge()
        #expect(try cq.cases().count == 1)
        try expectEqual(network)
    }

    @Test func aBatchOfManyRowsGoesThroughInParts() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute(
            "INSERT INTO public.std SELECT i, repeat('标准', 20) || i, '现行', i, now() FROM generate_series(1, 30000) i")
        try network.converge()
        #expect(try sc.owner.queryOne("SELECT count(*) FROM public.std")?.int(0) == 30000)
        try sc.writer.execute("UPDATE public.std SET status = 'x' WHERE id % 3 = 0")
        try sc.writer.execute("DELETE FROM public.std WHERE id % 3 = 1")
        try network.converge()
        #expect(try cq.owner.queryOne("SELECT count(*) FROM public.std")?.int(0) == 20000)
        try expectEqual(network)
    }
}
