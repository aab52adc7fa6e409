import Postgres
import Replication
import TestCluster
import Testing

@testable import RegionStore

/// Rulings between regions: at once, late, on rows that are out of their tables, and weeks afterwards.
@Suite(.serialized) struct EngineRulingTests {
    private static let table = "public.std"

    private func network(_ names: [String] = ["50", "51"]) async throws -> Network {
        try await Network(
            names,
            schema: """
                CREATE TABLE public.std (id int PRIMARY KEY, title text, pages int, code text UNIQUE);
                CREATE TABLE public.part (id int PRIMARY KEY, std int REFERENCES public.std);
                """, tables: ["public.std", "public.part"])
    }

    /// Two regions after a conflict on the title and the pages of row 1.
    private func contested(_ names: [String] = ["50", "51"]) async throws -> Network {
        let network = try await network(names)
        try network["50"].writer.execute("INSERT INTO public.std VALUES (1, '原', 1, 'A')")
        try network.converge()
        try network["50"].writer.execute("UPDATE public.std SET title = '甲', pages = 50 WHERE id = 1")
        try network["50"].settle()
        try network["51"].writer.execute("UPDATE public.std SET title = '乙', pages = 51 WHERE id = 1")
        try network.converge()
        return network
    }

    private func shown(_ party: Party, region: String? = nil) throws -> CaseList.Shown {
        let filter = CaseList.Filter(states: CaseList.State.allCases)
        let summary = try #require(try CaseList.list(party.owner, filter).rows.last?.cases.first)
        let shown = try CaseList.show(party.owner, handle: summary.winner.description)
        guard let region else { return shown }
        let mine = try #require(shown.candidates.first { $0.id.origin.region == region })
        return try CaseList.show(party.owner, handle: mine.id.description)
    }

    private func candidate(_ shown: CaseList.Shown, _ region: String) throws -> ChangeID {
        try #require(shown.candidates.first { $0.id.origin.region == region }).id
    }

    @discardableResult
    private func rule(
        _ party: Party, _ shown: CaseList.Shown, _ choice: CaseList.Choice, closed: Bool = false
    ) throws -> CaseList.RulingState {
        let id = try CaseList.rule(
            party.owner, shown, handle: "", choice: choice, reason: "理由", closed: closed)
        try party.settle()
        return try CaseList.rulingState(party.owner, id)
    }

    private func expectEqual(
        _ network: Network, _ rows: [[String?]], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let cases = try network.parties[0].cases()
        for party in network.parties {
            #expect(try party.rows(Self.table) == rows, sourceLocation: sourceLocation)
            #expect(try party.cases() == cases, sourceLocation: sourceLocation)
            let different = try party.differences().map { "\($0)" }
            #expect(different == [], sourceLocation: sourceLocation)
        }
    }

    private func states(_ party: Party) throws -> [String] {
        try party.owner.query("SELECT column_group || ' ' || type || ' ' || state FROM bashu.conflict_case ORDER BY 1")
            .map { try $0.text(0) }
    }

    @Test func scenarioR1_twoRegionsThatRuleAtOnceMakeANewCase() async throws {
        let network = try await contested(["50", "51", "52"])
        for party in network.parties.prefix(2) {
            let shown = try shown(party)
            #expect(try rule(party, shown, .candidate(candidate(shown, party.name))) == .taken)
        }
        try network.converge()
        #expect(
            try states(network["52"]) == [
                "pages ruling_origin_differs decided", "pages update_origin_differs ruled",
                "pages update_origin_differs ruled", "title ruling_origin_differs decided",
                "title update_origin_differs ruled", "title update_origin_differs ruled",
            ])
        try expectEqual(network, [["1", "乙", "51", "A"]])
        let again = try shown(network["52"], region: "50")
        let current = try #require(again.cases.first { $0.summary.state == .decided })
        #expect(try rule(network["52"], again, .candidate(current.candidates[0].id)) == .taken)
        try network.converge()
        try expectEqual(network, [["1", "甲", "50", "A"]])
        #expect(try states(network["50"]).allSatisfy { $0.hasSuffix("ruled") })
    }

    @Test func scenarioR1_aRulingOnAnEditedRowIsStale() async throws {
        let network = try await contested()
        let (cq, sc) = (try network["50"], try network["51"])
        let before = try shown(cq)
        try cq.writer.execute("UPDATE public.std SET title = '丙' WHERE id = 1")
        guard case .stale(let reason) = try rule(cq, before, .candidate(candidate(before, "50"))) else {
            Issue.record("a ruling hid an edit")
            return
        }
        #expect(reason == "title has been written since; look at it again")
        // What nobody touched can still be ruled.
        let pages = CaseList.ColumnValue(column: "pages", value: "7")
        #expect(try rule(cq, before, .values([pages])) == .taken)
        // An edit of another region that arrives after the person looked.
        try network.converge()
        try expectEqual(network, [["1", "丙", "7", "A"]])
        #expect(try states(sc) == ["pages update_origin_differs ruled", "title update_origin_differs superseded"])
    }

    @Test func aMixKeepsEachFieldAsChosen() async throws {
        let network = try await contested()
        let shown = try shown(network["51"])
        #expect(shown.candidates.map(\.id.origin.region) == ["50", "51"])
        let mine = CaseList.ColumnValue(column: "pages", value: nil)
        #expect(try rule(network["51"], shown, .candidate(candidate(shown, "50"), with: [mine])) == .taken)
        try network.converge()
        try expectEqual(network, [["1", "甲", nil, "A"]])
    }

    @Test func scenarioR1_aRulingOnAParkedRowBringsItBackEverywhere() async throws {
        let network = try await network(["50", "51", "52"])
        try network["50"].writer.execute("INSERT INTO public.std VALUES (1, '甲', 1, 'A')")
        try network["50"].settle()
        try network["51"].writer.execute("INSERT INTO public.std VALUES (2, '乙', 2, 'A')")
        try network.converge()
        let gz = try network["52"]
        let parked = try shown(gz)
        #expect(parked.key.values == ["1"])
        #expect(throws: ControlError.needsValue(group: "unique:std_code_key")) {
            try rule(gz, parked, .candidate(parked.candidates[0].id))
        }
        #expect(throws: ControlError.keyColumn("id")) {
            try rule(gz, parked, .values([.init(column: "id", value: "3")]))
        }
        #expect(try rule(gz, parked, .values([.init(column: "code", value: "B")])) == .taken)
        try network.converge()
        try expectEqual(network, [["1", "甲", "1", "B"], ["2", "乙", "2", "A"]])
        #expect(try states(gz) == [])
        guard case .stale = try rule(gz, parked, .values([.init(column: "code", value: "C")])) else {
            Issue.record("a ruling on a case that is over was taken")
            return
        }
    }

    @Test func aDeleteIsOverturnedAndDoneAgain() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '原', 1, 'A')")
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET title = '甲' WHERE id = 1")
        try sc.writer.execute("DELETE FROM public.std WHERE id = 1")
        try network.converge()
        try expectEqual(network, [["1", "甲", "1", "A"]])
        // The losing delete, then the update that it had lost to.
        let first = try shown(sc)
        #expect(try CaseList.lost(first, handle: "").deletes)
        #expect(try rule(sc, first, .candidate(CaseList.lost(first, handle: "").id), closed: true) == .taken)
        try network.converge()
        try expectEqual(network, [])
        let second = try shown(cq)
        let lost = try CaseList.lost(second, handle: "")
        #expect(lost.id.origin.region == "50")
        #expect(try rule(cq, second, .candidate(lost.id), closed: true) == .taken)
        try network.converge()
        try expectEqual(network, [["1", "甲", "1", "A"]])
    }

    @Test func undoBringsALosingValueBackAfterLaterEdits() async throws {
        let network = try await contested()
        let (cq, sc) = (try network["50"], try network["51"])
        for pages in 1...12 {
            try sc.writer.execute("UPDATE public.std SET pages = $1::int, code = 'C' WHERE id = 1", [.int(pages)])
            try network.converge()
        }
        try sc.writer.execute("UPDATE public.std SET title = '定' WHERE id = 1")
        try network.converge()
        let closed = try shown(cq, region: "50")
        #expect(closed.cases.allSatisfy { $0.summary.state == .superseded })
        #expect(throws: ControlError.self) { try CaseList.lost(closed, handle: "h") }
        #expect(try rule(cq, closed, .candidate(candidate(closed, "50")), closed: true) == .taken)
        try network.converge()
        try expectEqual(network, [["1", "甲", "50", "C"]])
        // Against an edit that the person has not seen.
        let again = try shown(cq, region: "51")
        try sc.writer.execute("UPDATE public.std SET title = '新' WHERE id = 1")
        try network.converge()
        guard case .stale = try rule(cq, again, .candidate(candidate(again, "51")), closed: true) else {
            Issue.record("an undo hid an edit")
            return
        }
    }

    @Test func aClassIsPlannedRowByRow() async throws {
        let network = try await network(["50", "51", "52"])
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.std SELECT i, '原', i FROM generate_series(1, 30) i")
        try network.converge()
        try cq.writer.execute("UPDATE public.std SET title = '甲'")
        try cq.settle()
        try sc.writer.execute("UPDATE public.std SET title = '乙'")
        try network["52"].writer.execute("UPDATE public.std SET title = '丙' WHERE id = 30")
        try network.converge()
        let plan = { (keep: CaseList.Keep) in
            try CaseList.plan(sc.owner, type: "update_origin_differs", table: "std", keep: keep)
        }
        #expect(try plan(.region("52")).filter { $0.obstacle == nil }.map(\.shown.key.values) == [["30"]])
        #expect(try plan(.loser).compactMap(\.obstacle) == [.severalLosers])
        #expect(throws: ControlError.noHomeColumn("std")) { try plan(.home) }
        let items = try plan(.region("50"))
        #expect(items.count == 30)
        let ids = try items.map { try CaseList.rule(sc.owner, $0, reason: "类") }
        try sc.settle()
        #expect(try CaseList.rulingStates(sc.owner, ids).allSatisfy { $0 == .taken })
        try network.converge()
        try expectEqual(network, (1...30).map { ["\($0)", "甲", "\($0)", nil] })
        #expect(try plan(.winner).isEmpty)
    }
}
