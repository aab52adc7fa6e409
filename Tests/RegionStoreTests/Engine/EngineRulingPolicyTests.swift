import Postgres
import Replication
import TestCluster
import Testing

@testable import RegionStore

/// Rulings under a policy: groups of several columns, cases that only a person closes, home regions, kept rows.
@Suite(.serialized) struct EngineRulingPolicyTests {
    private func network(_ change: (inout NamedPolicy) -> Void) async throws -> Network {
        let network = try await Network(
            ["50", "51"],
            schema: """
                CREATE TABLE public.std (
                    id int PRIMARY KEY, home text, status text, day date, title text,
                    amount numeric(8,2), code char(4), flag boolean, span interval, code3 varchar(3));
                CREATE TABLE public.part (id int PRIMARY KEY, std int REFERENCES public.std);
                """, tables: ["public.std", "public.part"])
        var policy = NamedPolicy()
        change(&policy)
        for party in network.parties {
            let id = try #require(
                try party.owner.queryOne("SELECT id FROM bashu.shared_table WHERE table_name = 'std'")).int(0)
            try PolicyStore.apply(party.owner, [Int(id): policy])
            try party.settle()
        }
        return network
    }

    private func shown(_ party: Party, _ states: [CaseList.State] = [.open, .decided]) throws -> CaseList.Shown {
        let rows = try CaseList.list(party.owner, CaseList.Filter(states: states)).rows
        return try CaseList.show(party.owner, handle: #require(rows.first?.cases.first).winner.description)
    }

    @discardableResult
    private func rule(
        _ party: Party, _ shown: CaseList.Shown, _ choice: CaseList.Choice, closed: Bool = false
    ) throws -> CaseList.RulingState {
        let id = try CaseList.rule(party.owner, shown, handle: "", choice: choice, reason: "理由", closed: closed)
        try party.settle()
        return try CaseList.rulingState(party.owner, id)
    }

    private func expectEqual(
        _ network: Network, _ rows: [[String?]], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let cases = try network.parties[0].cases()
        for party in network.parties {
            let found = try party.rows("public.std").map { Array($0.prefix(rows.first?.count ?? 0)) }
            #expect(found == rows, sourceLocation: sourceLocation)
            #expect(try party.cases() == cases, sourceLocation: sourceLocation)
            #expect(try party.differences().map { "\($0)" } == [], sourceLocation: sourceLocation)
        }
    }

    private func states(_ party: Party) throws -> [String] {
        try party.owner.query(
            "SELECT column_group || ' ' || state FROM bashu.conflict_case ORDER BY 1"
        ).map { try $0.text(0) }
    }

    @Test func aGroupOfSeveralColumnsIsRuledAsOne() async throws {
        let network = try await network {
            $0.groups = [.init(name: "state", columns: ["status", "day"], rule: .newest)]
        }
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '50', '现行', '2020-01-01', '原')")
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET status = '废止' WHERE id = 1")
        try sc.writer.execute("UPDATE public.std SET day = '2021-05-05' WHERE id = 1")
        try network.converge()
        let shown = try shown(cq)
        #expect(shown.cases.map(\.summary.group) == ["state"])
        let day = CaseList.ColumnValue(column: "day", value: "2022-02-02")
        let mine = try #require(shown.candidates.first { $0.id.origin.region == "50" })
        #expect(try rule(cq, shown, .candidate(mine.id, with: [day])) == .taken)
        try network.converge()
        try expectEqual(network, [["1", "50", "废止", "2022-02-02", "原"]])
        #expect(try states(sc) == ["state ruled"])
    }

    @Test func aTypedValueIsKeptAsTheTableWritesIt() async throws {
        let network = try await network { _ in }
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std (id) VALUES (1)")
        try network.converge()
        try cq.writer.execute(
            """
            UPDATE public.std
               SET day = '2020-01-01', amount = 1, code = 'a', flag = true, span = '1 day', code3 = 'x'
            """)
        try sc.writer.execute(
            """
            UPDATE public.std
               SET day = '2021-01-01', amount = 2, code = 'b', flag = false, span = '2 days', code3 = 'y'
            """)
        try network.converge()
        let before = try shown(cq)
        for wrong in [("day", "昨天"), ("code3", "四个字呀"), ("code", "五个字母吧")] {
            let state = try rule(cq, before, .values([.init(column: wrong.0, value: wrong.1)]))
            #expect(state != .taken && state != .waiting, "\(wrong)")
        }
        let typed = [
            ("day", "2022-2-3"), ("amount", "1.5"), ("code", "c"), ("flag", "yes"), ("span", "90 minutes"),
            ("code3", "三个字"),
        ].map { CaseList.ColumnValue(column: $0.0, value: $0.1) }
        #expect(try rule(cq, before, .values(typed)) == .taken)
        let vector = try cq.vector()
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET id = id")
        try network.converge()
        #expect(try cq.vector() == vector)
        try expectEqual(network, [["1", nil, nil, "2022-02-03", nil, "1.50", "c   ", "t", "01:30:00", "三个字"]])
    }

    @Test func aCaseUnderManualIsRuledAlthoughAnEditFollowed() async throws {
        let network = try await network {
            $0.home = "home"
            $0.groups = [.init(name: "state", columns: ["status", "day"], rule: .manual)]
        }
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '50', '现行', '2020-01-01', '原')")
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET status = '废止' WHERE id = 1")
        try sc.writer.execute("UPDATE public.std SET status = '修订' WHERE id = 1")
        try network.converge()
        try expectEqual(network, [["1", "50", "废止", "2020-01-01", "原"]])
        let before = try shown(sc)
        try sc.writer.execute("UPDATE public.std SET status = '修订中' WHERE id = 1")
        try network.converge()
        #expect(try states(cq) == ["state open"])
        let lost = try #require(before.candidates.first { $0.id.origin.region == "51" }).id
        guard case .stale = try rule(sc, before, .candidate(lost)) else {
            Issue.record("a ruling hid a later edit")
            return
        }
        let now = try shown(sc)
        #expect(now.cases.map(\.summary.state) == [.open] && now.cases[0].summary.closedBy != nil)
        #expect(try rule(sc, now, .candidate(lost)) == .taken)
        try network.converge()
        try expectEqual(network, [["1", "50", "修订", "2020-01-01", "原"]])
        #expect(try states(cq) == ["state ruled"])
    }

    @Test func aClassIsRuledForTheHomeRegion() async throws {
        let network = try await network { $0.home = "home" }
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute(
            """
            INSERT INTO public.std
            SELECT i, CASE WHEN i = 3 THEN '99' ELSE (49 + i)::text END FROM generate_series(1, 3) i
            """)
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET title = '甲'")
        try cq.settle()
        try sc.writer.execute("UPDATE public.std SET title = '乙'")
        try network.converge()
        let items = try CaseList.plan(cq.owner, type: "update_origin_differs", table: "std", keep: .home)
        #expect(items.map(\.obstacle).count { $0 == .noCandidate } == 1)
        for item in items where item.obstacle == nil { _ = try CaseList.rule(cq.owner, item, reason: "归属") }
        try cq.settle()
        try network.converge()
        try expectEqual(
            network, [["1", "50", nil, nil, "甲"], ["2", "51", nil, nil, "乙"], ["3", "99", nil, nil, "乙"]])
        #expect(try states(sc) == ["title decided", "title ruled", "title ruled"])
    }

    @Test func aDeleteThatWonIsOverturned() async throws {
        let network = try await network { $0.delete = .delete }
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '50', '现行', '2020-01-01', '原')")
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET title = '甲' WHERE id = 1")
        try sc.writer.execute("DELETE FROM public.std WHERE id = 1")
        try network.converge()
        try expectEqual(network, [])
        let shown = try shown(sc)
        let title = CaseList.ColumnValue(column: "title", value: "乙")
        let update = try #require(shown.candidates.first { !$0.deletes })
        #expect(try rule(sc, shown, .candidate(update.id, with: [title])) == .taken)
        try network.converge()
        try expectEqual(network, [["1", "50", "现行", "2020-01-01", "乙"]])
        #expect(try states(cq) == ["existence ruled"])
    }

    @Test func aRowInConflictIsDeletedByARuling() async throws {
        let network = try await network { $0.groups = [.init(name: "title", columns: ["title"], rule: .manual)] }
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '50', '现行', '2020-01-01', '原')")
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET title = '甲', status = '甲' WHERE id = 1")
        try sc.writer.execute("UPDATE public.std SET title = '乙', status = '乙' WHERE id = 1")
        try network.converge()
        let before = try shown(sc)
        #expect(try rule(cq, shown(cq), .delete) == .taken)
        try network.converge()
        try expectEqual(network, [])
        for party in network.parties {
            let waiting = "SELECT count(*) FROM bashu.conflict_case WHERE state IN ('open', 'decided')"
            #expect(try party.owner.queryOne(waiting)?.int(0) == 0)
        }
        // Whoever looked before the deletion is told.
        guard case .stale = try rule(sc, before, .delete) else {
            Issue.record("a ruling on a deleted row was taken")
            return
        }
    }

    @Test func aKeptRowIsMadeAliveAgain() async throws {
        let network = try await network { _ in }
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '50', '现行', '2020-01-01', '原')")
        try network.converge()
        try cq.writer.execute("DELETE FROM public.std WHERE id = 1")
        try sc.writer.execute("INSERT INTO public.part VALUES (1, 1)")
        try network.converge()
        let kept = try shown(sc)
        #expect(kept.cases.map(\.summary.group) == ["kept"])
        #expect(try rule(sc, kept, .candidate(kept.candidates[0].id)) == .taken)
        try network.converge()
        try expectEqual(network, [["1", "50", "现行", "2020-01-01", "原"]])
        #expect(try states(cq) == [])
        try sc.writer.execute("DELETE FROM public.part")
        try network.converge()
        try expectEqual(network, [["1", "50", "现行", "2020-01-01", "原"]])
    }

    @Test func scenarioR1_aBlindChangeIsRuled() async throws {
        let network = try await Network(
            ["50", "51"], schema: EngineConstraintTests.schema, tables: EngineConstraintTests.tables)
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.item (id, a, u) VALUES (1, 'PRECIOUS', 5)")
        try cq.settle()
        try sc.writer.execute("INSERT INTO public.item (id, a, u) VALUES (2, '后来', 5)")
        try network.converge()
        // The key looks free to whoever inserts it again.
        try cq.writer.execute("INSERT INTO public.item (id, a, u) VALUES (1, '新', 6)")
        try network.converge()
        let open = try shown(cq, [.open])
        let precious = try #require(
            open.cases.filter { $0.summary.state == .open }.flatMap(\.candidates)
                .first { $0.values.contains(.init(column: "a", value: "PRECIOUS")) })
        #expect(try rule(cq, open, .groups(["a": precious.id])) == .taken)
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.item").map { [$0[0], $0[1], $0[2]] } == [
                ["1", "PRECIOUS", "6"], ["2", "后来", "5"],
            ])
            #expect(try party.cases() == cq.cases())
        }
        #expect(try states(sc).contains("a ruled"))
    }
}
