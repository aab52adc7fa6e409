import Postgres
import Replication
import Testing

@testable import RegionStore

/// Forgetting: what goes, what stays, and that nobody can tell from the rows.
@Suite(.serialized) struct EngineRetentionTests {
    static let schema = """
        CREATE TABLE public.std (id int PRIMARY KEY, a text, b text, "标 签" text[]);
        CREATE TABLE public.par (id int PRIMARY KEY, name text);
        CREATE TABLE public.chi (id int PRIMARY KEY, pid int REFERENCES public.par);
        """
    static let tables = ["public.std", "public.par", "public.chi"]

    private func network(_ names: [String] = ["50", "51", "52"]) async throws -> Network {
        try await Network(names, schema: Self.schema, tables: Self.tables)
    }

    private func log(_ party: Party) throws -> [String] {
        try party.owner.query(
            """
            SELECT concat_ws(' ', c.kind, c.written) FROM bashu.change c JOIN bashu.origin o ON o.id = c.origin_id
             ORDER BY c.hlc, o.name
            """
        ).map { try $0.text(0) }
    }

    private func chunksHold(_ party: Party, _ text: String) throws -> Bool {
        let sql = "SELECT count(*) FROM bashu.chunk WHERE position(convert_to($1, 'UTF8') IN bytes) > 0"
        return try party.owner.queryOne(sql, [.text(text)])?.int(0) != 0
    }

    @Test func whatWasOverwrittenGoesAndLastWritersStay() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '甲𬭎', 'x', NULL), (2, 'dead', 'y', NULL)")
        try network.converge()
        for value in ["乙\\t", "丙'", "己"] {
            try sc.writer.execute("UPDATE public.std SET a = $1 WHERE id = 1", [.text(value)])
            try network.converge()
        }
        try cq.writer.execute("UPDATE public.std SET b = '丁' WHERE id = 1")
        try cq.writer.execute("DELETE FROM public.std WHERE id = 2")
        try network.converge()
        // The last words of both have to be seen: a region that is silent says so with an empty batch.
        for party in network.parties { try beat(party) }
        try network.converge()
        #expect(try cq.forgetEverything(network) == 4)
        #expect(try log(cq) == ["i *", "u 1", "u 2"])
        #expect(try !chunksHold(cq, "乙") && !chunksHold(cq, "dead"))
        #expect(try chunksHold(sc, "乙") && chunksHold(cq, "甲𬭎"))
        try network.expectEqual(Self.tables)
        try network.expectClean()
        // Who is filled from what is left has the same.
        let joiner = try await Party("53", cluster: cq.cluster, schema: Self.schema, tables: Self.tables)
        try joiner.receive(from: cq)
        try joiner.settle()
        #expect(try joiner.rows("public.std") == cq.rows("public.std"))
        #expect(try joiner.differences() == [])
        // And goes on with everybody.
        try joiner.writer.execute("UPDATE public.std SET a = '戊' WHERE id = 1")
        try joiner.settle()
        try cq.receive(from: joiner)
        try cq.settle()
        #expect(try cq.rows("public.std") == joiner.rows("public.std"))
        #expect(try cq.rows("public.std").map { $0[1] } == ["戊"])
    }

    private func beat(_ party: Party) throws {
        var step = EngineStep()
        try party.engine.heartbeatBatch(olderThanSeconds: 0, &step)
    }

    /// Only what is of age goes, in whole steps, and nothing twice.
    @Test func whatIsYoungStays() async throws {
        let network = try await network(["50", "51"])
        let cq = try network["50"]
        try cq.writer.execute("INSERT INTO public.std VALUES (1, 'a', 'b', NULL)")
        try network.converge()
        try cq.writer.execute("DELETE FROM public.std")
        try network.converge()
        #expect(Retention(days: 7).days == Retention.daysMin)
        let now = try #require(try cq.owner.queryOne("SELECT (extract(epoch FROM now()) * 1000000)::bigint")?.int(0))
        let age = Retention().cutoff(now: now)
        #expect(try cq.engine.forget(before: age) == false)
        #expect(try cq.forgetEverything(network) == 2)
        #expect(try cq.forgetEverything(network) == 0)
        #expect(try log(cq) == [])
    }

    /// Kills the mutant that forgets what somebody has not seen.
    @Test func whatSomebodyHasNotSeenIsKept() async throws {
        let network = try await network(["50", "51"])
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '甲', 'x', NULL)")
        try sc.writer.execute("INSERT INTO public.std VALUES (2, '乙', 'x', NULL)")
        try network.converge()
        try cq.writer.execute("DELETE FROM public.std WHERE id = 1")
        try cq.settle()
        #expect(try cq.forgetEverything(network) == 0)
        try sc.writer.execute("UPDATE public.std SET a = '丙' WHERE id = 1")
        try network.converge()
        #expect(try cq.rows("public.std").count == 2)
        try network.expectEqual(Self.tables)
    }

    private func apply(_ policy: NamedPolicy, _ network: Network) throws {
        for party in network.parties {
            let row = try party.owner.queryOne("SELECT id FROM bashu.shared_table WHERE table_name = 'std'")
            try PolicyStore.apply(party.owner, [Int(try row?.int(0) ?? 0): policy])
        }
    }

    /// Kills the mutant that forgets what is or was contested: an edit has seen both sides, and yet only a person
    /// closes the case.
    @Test func anOpenCaseIsKept() async throws {
        let network = try await network(["50", "51"])
        let (cq, sc) = (try network["50"], try network["51"])
        var policy = NamedPolicy()
        policy.defaultRule = .manual
        try apply(policy, network)
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '甲', 'x', NULL)")
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET a = '乙'")
        try sc.writer.execute("UPDATE public.std SET a = '丙'")
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET a = '丁'")
        try network.converge()
        #expect(try cq.cases().count == 1)
        for party in network.parties { try beat(party) }
        try network.converge()
        _ = try cq.forgetEverything(network)
        // What the policy says now of the old conflict follows from the log.
        policy.defaultRule = .newest
        try apply(policy, network)
        try network.converge()
        #expect(try sc.cases().allSatisfy { $0.contains("|superseded|") })
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioP1_aDeadParentCanBeRebuilt() async throws {
        let network = try await network()
        let (x, y, z) = (try network["50"], try network["51"], try network["52"])
        try x.writer.execute("INSERT INTO public.par VALUES (1, '父')")
        try network.converge()
        try x.writer.execute("INSERT INTO public.chi VALUES (1, 1)")
        try x.settle()
        try y.writer.execute("DELETE FROM public.par")
        try network.converge()
        #expect(try z.rows("public.par").count == 1, "kept for its child")
        try x.writer.execute("DELETE FROM public.chi")
        try network.converge()
        for party in network.parties { try beat(party) }
        try network.converge()
        try y.forgetEverything(network)
        try z.writer.execute("INSERT INTO public.par VALUES (2, '别的')")
        try x.writer.execute("INSERT INTO public.par VALUES (1, '父') ON CONFLICT DO NOTHING")
        try x.writer.execute("INSERT INTO public.chi VALUES (2, 1)")
        try network.converge()
        #expect(try y.rows("public.chi").count == 1)
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioP3_anotherGroupWrittenLater() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '甲', 'x', NULL)")
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET a = '乙'")
        try sc.writer.execute("UPDATE public.std SET a = '丙'")
        try network.converge()
        let winner = try cq.rows("public.std")[0][1]
        try sc.writer.execute("UPDATE public.std SET b = 'H'")
        try network.converge()
        for party in network.parties { try beat(party) }
        try network.converge()
        for party in network.parties { try party.forgetEverything(network) }
        try network["52"].writer.execute("UPDATE public.std SET \"标 签\" = '{x}'")
        try network.converge()
        #expect(try cq.rows("public.std") == [["1", winner, "H", "{x}"]])
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioU_theMiddleOfASetForgotten() async throws {
        let network = try await network()
        var policy = NamedPolicy()
        policy.groups = [.init(name: "set", columns: ["标 签"], rule: .union)]
        try apply(policy, network)
        let (cq, sc) = (try network["50"], try network["51"])
        for sql in [
            "INSERT INTO public.std VALUES (1, '甲', 'x', '{}')", "UPDATE public.std SET \"标 签\" = '{a}'",
            "UPDATE public.std SET \"标 签\" = '{a,b}'",
        ] {
            try cq.writer.execute(sql)
            try network.converge()
        }
        for party in network.parties { try beat(party) }
        try network.converge()
        #expect(try cq.forgetEverything(network) == 1)
        try cq.writer.execute("UPDATE public.std SET \"标 签\" = '{a,b,c}'")
        try sc.writer.execute("UPDATE public.std SET \"标 签\" = '{b,d}'")
        try network.converge()
        #expect(try cq.rows("public.std").map { $0[3] } == ["{b,c,d}"])
        try network.expectEqual(Self.tables)
    }

    /// A ruling is a party to a case, and stays.
    @Test func scenarioDR_aRulingRacesWithADelete() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '甲', 'x', NULL)")
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET a = '乙'")
        try sc.writer.execute("UPDATE public.std SET a = '丙'")
        try network.converge()
        let summary = try #require(try CaseList.list(cq.owner, .init()).rows.first?.cases.first)
        let shown = try CaseList.show(cq.owner, handle: summary.winner.description)
        let loser = try #require(shown.candidates.map(\.id).first { $0 != summary.winner })
        _ = try CaseList.rule(cq.owner, shown, handle: "", choice: .candidate(loser), reason: "核对公告", closed: false)
        try cq.settle()
        try sc.writer.execute("DELETE FROM public.std")
        try network.converge()
        for party in network.parties { try beat(party) }
        try network.converge()
        for party in network.parties { try party.forgetEverything(network) }
        let rulings = try log(cq).filter { $0.hasPrefix("r") }
        #expect(rulings.count == 1)
        try network.expectEqual(Self.tables)
    }

    /// A region that was away while its words were not waited for any more is told so, and its batch waits.
    @Test func aBatchThatHasNotSeenWhatWasForgottenIsHeld() async throws {
        let network = try await network()
        let (cq, sc, away) = (try network["50"], try network["51"], try network["52"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '甲', 'x', NULL)")
        try network.converge()
        try cq.writer.execute("DELETE FROM public.std")
        let two = Network(parties: [cq, sc])
        try two.converge()
        for party in two.parties { try beat(party) }
        try two.converge()
        #expect(try cq.forgetEverything(two) == 2)
        try away.writer.execute("UPDATE public.std SET a = '离线修改'")
        try away.settle()
        try cq.receive(from: away)
        try cq.settle()
        let reason = try #require(try cq.owner.queryOne("SELECT reason FROM bashu.hold")?.text(0))
        #expect(reason.contains("has been forgotten here") && reason.contains("join again"))
        #expect(try cq.rows("public.std").isEmpty)
        try cq.writer.execute("INSERT INTO public.std VALUES (9, '照常', 'x', NULL)")
        try cq.settle()
        try sc.receive(from: cq)
        try sc.settle()
        #expect(try sc.rows("public.std").contains { $0[1] == "照常" })
    }

    /// A change of every few rows of a large batch goes without any other byte moving, in steps of bounded size.
    @Test func aLargeBatchIsForgottenInSteps() async throws {
        let network = try await network(["50", "51"])
        let cq = try network["50"]
        try cq.writer.execute("INSERT INTO public.std SELECT g, '标题' || g, 'x', NULL FROM generate_series(1, 12000) g")
        try network.converge()
        try cq.writer.execute("DELETE FROM public.std WHERE id % 3 > 0")
        try network.converge()
        for party in network.parties { try beat(party) }
        try network.converge()
        #expect(try cq.forgetEverything(network) == 16_000)
        #expect(try cq.owner.queryOne("SELECT sum(changes) FROM bashu.forgotten")?.text(0) == "16000")
        try network.expectEqual(Self.tables)
        let joiner = try await Party("53", cluster: cq.cluster, schema: Self.schema, tables: Self.tables)
        try joiner.receive(from: cq)
        try joiner.settle()
        #expect(try joiner.rows("public.std") == cq.rows("public.std"))
        #expect(try joiner.rows("public.std").count == 4_000)
    }
}
