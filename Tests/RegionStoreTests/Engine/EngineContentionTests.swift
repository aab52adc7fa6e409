import Postgres
import Synchronization
import TestCluster
import Testing

@testable import RegionStore

/// Applications that hold rows, and what that must not do to others.
@Suite(.serialized) struct EngineContentionTests {
    static let schema = """
        CREATE TABLE public.par (id int PRIMARY KEY, name text, note text);
        CREATE TABLE public.item (id int PRIMARY KEY, a text, u int UNIQUE, pid int REFERENCES public.par);
        """

    private func network() async throws -> (Network, Party, Party) {
        let network = try await Network(["50", "51"], schema: Self.schema, tables: ["public.par", "public.item"])
        return (network, try network["50"], try network["51"])
    }

    private func open(_ party: Party) throws -> Session {
        try party.cluster.session(database: party.database, user: Party.writer)
    }

    /// A row out of its table leads every apply of that table the long way, which must still cut first.
    @Test func whoWroteIsToldWhileARowIsParked() async throws {
        let (network, x, y) = try await network()
        try x.writer.execute("INSERT INTO public.item VALUES (1, '甲', 5)")
        try x.settle()
        try y.writer.execute("INSERT INTO public.item VALUES (2, '乙', 5)")
        try network.converge()
        try y.writer.execute("INSERT INTO public.item VALUES (30, '远', NULL)")
        try y.settle()
        try x.receive(from: y)
        // Committed after apply has locked what is there, and before it inserts.
        let writes = Atomic(0)
        nonisolated(unsafe) let writer = x.writer
        try Checkpoint.$visit.withValue({ place in
            guard place == .applyLocked, writes.add(1, ordering: .relaxed).oldValue == 0 else { return }
            try writer.execute("INSERT INTO public.item VALUES (30, '本', NULL)")
        }) { _ = try x.engine.step() }
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.item").last?[1] == "本", "the later insert")
            let text = try party.owner.queryOne(
                "SELECT candidates::text FROM bashu.conflict_case WHERE key = '{30}' AND column_group = 'a'")?.text(0)
            let users = (text ?? "").ranges(of: "\"user\": \"\(Party.writer)\"").count
            #expect(users == 2, "\(text ?? "no case")")
        }
        #expect(try x.cases() == y.cases())
    }

    /// A table of which nothing was received is drawn in by what refers to it, and again after somebody wrote between.
    @Test func aParentIsDrawnInAgainAfterAWriterCameBetween() async throws {
        let (network, x, y) = try await network()
        try x.writer.execute("INSERT INTO public.par VALUES (1, '父')")
        try x.writer.execute("INSERT INTO public.item VALUES (1, '甲', 5)")
        try x.settle()
        try y.writer.execute("INSERT INTO public.item VALUES (2, '乙', 5), (30, '远', NULL)")
        try network.converge()
        try x.writer.execute("DELETE FROM public.par WHERE id = 1")
        try x.settle()
        try y.writer.script(
            "INSERT INTO public.item VALUES (3, '丙', NULL, 1); UPDATE public.item SET a = '远方' WHERE id = 30")
        try y.settle()
        try x.receive(from: y)
        let writes = Atomic(0)
        let redone = Atomic(0)
        nonisolated(unsafe) let writer = x.writer
        try Checkpoint.$visit.withValue({ place in
            if place == .applyRedo { redone.add(1, ordering: .relaxed) }
            guard place == .applyLoaded, writes.add(1, ordering: .relaxed).oldValue == 0 else { return }
            try writer.execute("UPDATE public.item SET a = '本' WHERE id = 30")
        }) { _ = try x.engine.step() }
        #expect(redone.load(ordering: .relaxed) == 1, "it was judged twice")
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.par").map { $0[1] } == ["父"], "kept for the row that refers to it")
            #expect(try party.rows("public.item").last?[1] == "本", "the later edit")
            #expect(try party.differences() == [])
        }
    }

    @Test func aLongHolderOfAContestedRowDelaysNoBatch() async throws {
        let (network, x, y) = try await network()
        try y.writer.execute("INSERT INTO public.par VALUES (1, 'base', 'base'), (2, 'base', 'base')")
        try network.converge()
        // Merged of two edits: later edits have it projected again.
        try x.writer.execute("UPDATE public.par SET name = 'x' WHERE id = 1")
        try x.settle()
        try y.writer.execute("UPDATE public.par SET note = 'y' WHERE id = 1")
        try network.converge()
        try x.writer.execute("UPDATE public.par SET name = 'x2' WHERE id = 1")
        let held = try open(x)
        try held.script("BEGIN; SELECT FROM public.par WHERE id = 1 FOR UPDATE")
        for _ in 0..<40 { _ = try x.engine.step() }
        #expect(try x.owner.queryOne("SELECT count(*) FROM bashu.recheck")?.int(0) == 1, "it waits for the holder")
        #expect(x.engine.retries.lockFailures == 0 && x.engine.retries.otherPatience.timeoutMilliseconds <= 400)
        try y.writer.execute("UPDATE public.par SET name = 'y2' WHERE id = 2")
        try y.settle()
        try x.receive(from: y)
        _ = try x.engine.step()
        #expect(try x.rows("public.par").map { $0[1] } == ["x2", "y2"])
        try held.script("COMMIT")
        while try x.owner.queryOne("SELECT count(*) FROM bashu.recheck")?.int(0) != 0 { _ = try x.engine.step() }
        try network.converge()
        #expect(try y.rows("public.par").map { $0[1] } == ["x2", "y2"])
        #expect(try x.differences() == [])
    }
}
