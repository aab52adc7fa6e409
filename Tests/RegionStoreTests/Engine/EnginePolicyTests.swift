import Postgres
import Replication
import Testing

@testable import RegionStore

/// Policies on real databases: every rule gives every region the same row, and a changed one is followed.
@Suite(.serialized) struct EnginePolicyTests {
    static let schema = """
        CREATE TABLE public.record (
            id int PRIMARY KEY, home text, title text, status text, ended date, asof date, tags text[], note text,
            CHECK (status <> 'ended' OR ended IS NOT NULL));
        CREATE TABLE public.part (id int PRIMARY KEY, record int REFERENCES public.record, text text);
        """

    private func network(_ names: [String] = ["50", "51"]) async throws -> Network {
        try await Network(names, schema: Self.schema, tables: ["public.record", "public.part"])
    }

    private static func policy(_ rule: NamedPolicy.Rule, _ columns: [String] = ["title"]) -> NamedPolicy {
        var policy = NamedPolicy()
        policy.home = "home"
        policy.groups = [
            NamedPolicy.Group(
                name: "G", columns: columns, rule: rule, column: rule == .newestBy ? "asof" : nil,
                regions: rule == .prefer ? ["50", "51"] : nil)
        ]
        return policy
    }

    /// Gives every party the policy for `record`, as `bashuctl policy apply` does.
    private func apply(_ policy: NamedPolicy, _ network: Network) throws {
        for party in network.parties {
            let draft = PolicyDraft(table: "public.record", policy: policy)
            let (problems, policies) = try PolicyStore.check(party.owner, [draft])
            #expect(problems.filter { !$0.isWarning } == [])
            try PolicyStore.apply(party.owner, policies)
        }
    }

    /// Both regions write row 1, 51 later.
    private func conflict(_ network: Network, _ first: String, _ second: String) throws {
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute(
            "INSERT INTO public.record VALUES (1, '50', '旧', 'current', NULL, '2020-01-01', '{a}', 'n')")
        try network.converge()
        try cq.writer.execute("UPDATE public.record SET \(first) WHERE id = 1")
        try cq.settle()
        try sc.writer.execute("UPDATE public.record SET \(second) WHERE id = 1")
        try network.converge()
    }

    private func expectEverywhere(
        _ network: Network, _ column: String, _ value: String?, state: String?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for party in network.parties {
            let row = try party.owner.queryOne("SELECT \(column)::text FROM public.record WHERE id = 1")
            #expect(row?[text: 0] == value, "\(party.name)", sourceLocation: sourceLocation)
            let states = try party.owner.query("SELECT state FROM bashu.conflict_case WHERE closed_by = ''")
                .map { try $0.text(0) }
            #expect(states == (state.map { [$0] } ?? []), "\(party.name)", sourceLocation: sourceLocation)
            #expect(try party.cases() == network.parties[0].cases(), sourceLocation: sourceLocation)
            #expect(try party.differences() == [], sourceLocation: sourceLocation)
        }
    }

    @Test func everyRuleGivesEveryRegionTheSameRow() async throws {
        let cases: [(NamedPolicy.Rule, [String], String, String, String, String, String)] = [
            (.newest, ["title"], "title = '甲'", "title = '乙'", "title", "乙", "decided"),
            (.home, ["title"], "title = '甲'", "title = '乙'", "title", "甲", "decided"),
            (.prefer, ["title"], "title = '甲'", "title = '乙'", "title", "甲", "decided"),
            (.manual, ["title"], "title = '甲'", "title = '乙'", "title", "甲", "open"),
            (
                .newestBy, ["title", "asof"], "title = '甲', asof = '2026-02-01'",
                "title = '乙', asof = '2026-01-01'", "title", "甲", "decided"
            ),
            (.union, ["tags"], "tags = '{a,b}'", "tags = '{c}'", "tags", "{b,c}", "decided"),
        ]
        for (rule, columns, first, second, column, expected, state) in cases {
            let network = try await network()
            try apply(Self.policy(rule, columns), network)
            try conflict(network, first, second)
            try expectEverywhere(network, column, expected, state: state)
        }
    }

    @Test func aChangedPolicyIsFollowedByEveryContestedRow() async throws {
        let network = try await network(["50", "51", "52"])
        try conflict(network, "title = '甲'", "title = '乙'")
        try expectEverywhere(network, "title", "乙", state: "decided")
        let new = Self.policy(.home)
        let rehearsed = try PolicyRehearsal.run(
            network["50"].owner, [Int(try #require(network["50"].engine.catalogue.table(
                schema: "public", name: "record")?.id)): new])
        #expect(rehearsed.rows == 1 && rehearsed.differences.count == 1)
        let difference = try #require(rehearsed.differences.first)
        #expect(difference.group == "G" && difference.key.text == "{1}")
        #expect(difference.old.winners.map(\.origin.region) == ["51"])
        #expect(difference.new.winners.map(\.origin.region) == ["50"])
        #expect(difference.new.values?.map(\.value) == ["甲"])
        try expectEverywhere(network, "title", "乙", state: "decided")

        try apply(new, network)
        let party = try network["50"]
        #expect(try party.owner.queryOne("SELECT bool_or(evaluated IS FALSE) FROM bashu.policy")?.bool(0) == true)
        for party in network.parties { try party.settle() }
        try expectEverywhere(network, "title", "甲", state: "decided")
        #expect(try party.owner.queryOne("SELECT bool_and(evaluated) FROM bashu.policy")?.bool(0) == true)
        #expect(try party.cases().allSatisfy { $0.hasSuffix("|home") && $0.contains("|G|") })
        // A person's decision asked for, and not asked for any more.
        try apply(Self.policy(.manual), network)
        for party in network.parties { try party.settle() }
        try expectEverywhere(network, "title", "甲", state: "open")
        try network["52"].writer.execute("UPDATE public.record SET title = '丙' WHERE id = 1")
        try network.converge()
        #expect(try party.cases().contains { $0.contains("|open|") })
        try apply(NamedPolicy(), network)
        try network.converge()
        try expectEverywhere(network, "title", "丙", state: nil)
        #expect(try party.cases().allSatisfy { !$0.contains("|open|") })
    }

    /// The parent is kept in a table whose own policy is the same as before.
    @Test func aNewForeignKeyRuleIsFollowedByKeptParents() async throws {
        let network = try await network(["50", "51"])
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.record (id, title) VALUES (1, '父')")
        try network.converge()
        try cq.writer.execute("DELETE FROM public.record WHERE id = 1")
        try sc.writer.execute("INSERT INTO public.part (id, record, text) VALUES (1, 1, '子')")
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.record").count == 1) }
        var policy = NamedPolicy()
        policy.foreignKeys = [.init(columns: ["record"], rule: .parkChild)]
        for party in network.parties {
            let (problems, policies) = try PolicyStore.check(
                party.owner, [PolicyDraft(table: "public.part", policy: policy)])
            #expect(problems.filter { !$0.isWarning } == [])
            try PolicyStore.apply(party.owner, policies)
            try party.settle()
        }
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.record").isEmpty, "\(party.name)")
            #expect(try party.rows("public.part").isEmpty, "parked: \(party.name)")
            #expect(try party.cases() == cq.cases())
            #expect(try party.differences() == [])
        }
        for party in network.parties {
            try PolicyStore.apply(
                party.owner, [Int(try #require(party.engine.catalogue.table(schema: "public", name: "part")?.id)):
                    NamedPolicy()])
            try party.settle()
        }
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.record").count == 1 && party.rows("public.part").count == 1)
            #expect(try party.cases() == cq.cases())
        }
    }

    @Test func aChangedPolicySparesWhatSomebodyHasJustWritten() async throws {
        let network = try await network()
        try conflict(network, "title = '甲'", "title = '乙'")
        try network["50"].writer.execute("UPDATE public.record SET title = '丁' WHERE id = 1")
        try apply(Self.policy(.home), network)
        try network.converge()
        try expectEverywhere(network, "title", "丁", state: nil)
    }

    @Test func theWinOfAWrongClockIsMarkedAndNothingElse() async throws {
        let network = try await network()
        let cq = try network["50"]
        try cq.owner.script(
            """
            INSERT INTO bashu.peer (name, conninfo) VALUES ('51', 'host=x');
            INSERT INTO bashu.link (peer, peer_node, clock_offset_ms, clock_off)
            VALUES ('51', '{"region": "51", "kind": "region"}', 3600000, true)
            """)
        try conflict(network, "title = '甲'", "title = '乙'")
        try expectEverywhere(network, "title", "乙", state: "decided")
        let marked = "SELECT count(*) FROM bashu.conflict_case WHERE clock_alarm"
        #expect(try cq.owner.queryOne(marked)?.int(0) == 1)
        #expect(try network["51"].owner.queryOne(marked)?.int(0) == 0)
        let listed = try CaseList.list(cq.owner, CaseList.Filter(states: [.open])).rows
        #expect(listed.count == 1 && listed[0].cases[0].needsPerson && listed[0].state == .decided)
        #expect(try Status.read(cq.owner).openCases == 1)
        #expect(try Status.read(network["51"].owner).openCases == 0)
    }
}
