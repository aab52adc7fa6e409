import Logging
import Postgres
import Replication
import TestCluster
import Testing

@testable import RegionStore

/// Rulings, mass changes, schema changes and constraints between two regions.
@Suite(.serialized) struct EngineCaseTests {
    static let schema = """
        CREATE TYPE public.阶段 AS ENUM ('立项', '现行', '废止');
        CREATE TABLE public."Parent 表" (id int PRIMARY KEY, "na""me" text, amount numeric(8,2));
        CREATE TABLE public.child (
            parent int NOT NULL REFERENCES public."Parent 表" ON DELETE CASCADE,
            code char(4) NOT NULL, stage public.阶段, tags text[], doc jsonb, raw bytea, span daterange,
            local text GENERATED ALWAYS AS (upper(code)) STORED, PRIMARY KEY (parent, code));
        """
    static let tables = ["public.\"Parent 表\"", "public.child"]

    private func network(_ names: [String] = ["50", "51"]) async throws -> Network {
        try await Network(names, schema: Self.schema, tables: Self.tables)
    }

    private func expectEqual(_ network: Network, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let first = network.parties[0]
        for party in network.parties {
            for table in Self.tables {
                #expect(
                    try party.rows(table, orderBy: "1, 2") == first.rows(table, orderBy: "1, 2"),
                    sourceLocation: sourceLocation)
            }
            #expect(try party.cases() == first.cases(), sourceLocation: sourceLocation)
            #expect(try party.differences() == [], sourceLocation: sourceLocation)
        }
    }

    @Test func parentsAndChildrenOfOneTransactionArriveTogether() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.script(
            """
            BEGIN;
            INSERT INTO public."Parent 表" VALUES (1, '火锅 𬭎', 1.5), (2, NULL, NULL);
            INSERT INTO public.child VALUES
                (1, 'ab', '现行', '{"a b",NULL,"c\\"d"}', '{"k": 1.00}', '\\x00ff', '[2024-01-01,2024-02-01)'),
                (2, 'x', NULL, NULL, 'null', '', 'empty');
            COMMIT
            """)
        try network.converge()
        #expect(try sc.rows("public.child", orderBy: "1, 2").count == 2)
        try expectEqual(network)
        // A key that moves, by cascade too, is a deletion and an insertion.
        try sc.writer.execute("DELETE FROM public.\"Parent 表\" WHERE id = 2")
        try network.converge()
        #expect(try cq.rows("public.child", orderBy: "1, 2").map { $0[0] } == ["1"])
        try expectEqual(network)
    }

    @Test func aRulingClosesTheCaseEverywhere() async throws {
        let network = try await network(["50", "51", "52"])
        let (cq, sc, gz) = (try network["50"], try network["51"], try network["52"])
        try cq.writer.execute("INSERT INTO public.\"Parent 表\" VALUES (1, 'base', 1)")
        try network.converge()
        try cq.writer.execute("UPDATE public.\"Parent 表\" SET \"na\"\"me\" = 'from 50' WHERE id = 1")
        try cq.settle()
        try sc.writer.execute("UPDATE public.\"Parent 表\" SET \"na\"\"me\" = 'from 51', amount = 7 WHERE id = 1")
        try network.converge()
        let listed = try CaseList.list(gz.owner, CaseList.Filter()).rows
        let handle = try #require(listed.first?.cases.first).winner
        let shown = try CaseList.show(gz.owner, handle: handle.description)
        let loser = try #require(
            shown.cases[0].candidates.first { $0.id.origin.region == "50" })
        let ruling = try CaseList.rule(
            gz.owner, shown, handle: handle.description, choice: .candidate(loser.id), reason: "来源更权威")
        try gz.settle()
        #expect(try CaseList.rulingState(gz.owner, ruling) == .taken)
        try network.converge()
        #expect(try sc.rows("public.\"Parent 表\"").map { [$0[1], $0[2]] } == [["from 50", "7.00"]])
        #expect(try cq.cases().allSatisfy { $0.contains("|ruled|") })
        try expectEqual(network)
        // The same decision again meets a closed case and changes nothing.
        let late = try CaseList.rule(
            gz.owner, shown, handle: handle.description, choice: .delete, reason: "late")
        try gz.settle()
        guard case .stale = try CaseList.rulingState(gz.owner, late) else {
            Issue.record("a ruling on a closed case was not stale")
            return
        }
        try expectEqual(network)
    }

    @Test func aTruncatedTableIsHeldUntilTheOperatorDecides() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.\"Parent 表\" SELECT i, 'n' || i, i FROM generate_series(1, 500) i")
        try network.converge()
        // Behind capture's back, as a bulk load that switches triggers off does it.
        let table = "public.\"Parent 表\""
        try cq.owner.script("ALTER TABLE \(table) DISABLE TRIGGER USER")
        try cq.writer.execute("DELETE FROM \(table) WHERE id <= 400")
        try cq.writer.execute("UPDATE \(table) SET amount = -1 WHERE id = 500")
        try cq.owner.script("ALTER TABLE \(table) ENABLE TRIGGER USER")
        cq.engine.timers.shapes = nil
        try network.converge()
        #expect(try cq.owner.queryOne("SELECT count(*) FROM bashu.held")?.int(0) == 400)
        #expect(try sc.rows(table).count == 500)
        #expect(try sc.rows(table, orderBy: "id DESC")[0][2] == "-1.00")
        try HeldChanges.restore(cq.owner, "public.Parent 表")
        try network.converge()
        #expect(try cq.rows(table).count == 500)
        try expectEqual(network)
        try cq.owner.script("ALTER TABLE \(table) DISABLE TRIGGER USER")
        try cq.writer.execute("DELETE FROM \(table) WHERE id <= 400")
        try cq.owner.script("ALTER TABLE \(table) ENABLE TRIGGER USER")
        cq.engine.timers.shapes = nil
        try network.converge()
        try HeldChanges.accept(cq.owner, "public.Parent 表")
        try network.converge()
        #expect(try sc.rows(table).count == 100)
        try expectEqual(network)
    }

    @Test func aColumnThatOneSideLacksHoldsTheLinkAndLosesNothing() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        let table = "public.\"Parent 表\""
        try cq.writer.execute("INSERT INTO \(table) VALUES (1, 'a', 1)")
        try network.converge()
        try cq.owner.script("ALTER TABLE \(table) ADD COLUMN \"新 列\" text")
        try cq.writer.execute("UPDATE \(table) SET \"新 列\" = '值' WHERE id = 1")
        try sc.writer.execute("INSERT INTO \(table) VALUES (2, 'b', 2)")
        try cq.settle()
        try sc.settle()
        try sc.receive(from: cq)
        try sc.settle()
        let hold = try #require(try sc.owner.queryOne("SELECT reason FROM bashu.hold")).text(0)
        #expect(hold.contains("Parent 表") && hold.contains("新 列"))
        // The side that is ahead goes on receiving from the one that is behind.
        try cq.receive(from: sc)
        try cq.settle()
        #expect(try cq.rows(table).count == 2)
        try sc.owner.script("ALTER TABLE \(table) ADD COLUMN \"新 列\" text")
        sc.engine.timers.shapes = nil
        sc.engine.retries.heldUntil = [:]
        try network.converge()
        #expect(try sc.rows(table)[0][3] == "值")
        #expect(try sc.owner.query("SELECT 1 FROM bashu.hold").isEmpty)
        try expectEqual(network)
    }

    @Test func aTypeChangeAlonePublishesNothing() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        let table = "public.\"Parent 表\""
        try cq.writer.execute("INSERT INTO \(table) SELECT i, 'n', i + 0.25 FROM generate_series(1, 300) i")
        try network.converge()
        let before = try cq.vector()
        for party in network.parties {
            try party.owner.script("ALTER TABLE \(table) ALTER COLUMN amount TYPE numeric(12,4)")
            party.engine.timers.shapes = nil
        }
        try network.converge()
        #expect(try cq.vector() == before)
        try sc.writer.execute("UPDATE \(table) SET amount = 9.5 WHERE id = 3")
        try network.converge()
        #expect(try cq.rows(table)[2][2] == "9.5000")
        try expectEqual(network)
    }

    @Test func verifyNamesRowsAndRepairsThem() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        let table = "public.\"Parent 表\""
        try cq.writer.execute("INSERT INTO \(table) SELECT i, 'n' || i, i FROM generate_series(1, 20) i")
        try network.converge()
        // The daemon's own login is the one whose writes nobody captures.
        let drift = { (party: Party) in
            let uncaptured = try party.cluster.session(database: party.database, user: Party.daemon)
            try uncaptured.execute("UPDATE \(table) SET amount = 77 WHERE id = 5")
            try uncaptured.execute("DELETE FROM \(table) WHERE id = 6")
            try uncaptured.execute("INSERT INTO \(table) VALUES (99, 'extra', 1)")
        }
        try drift(sc)
        var comparison = try PeerComparison(nil, here: sc.owner, there: cq.owner)
        let compared = try #require(try comparison.step(here: sc.owner, there: cq.owner))
        let drifted = ["differs {5}", "extra {99}", "missing {6}"]
        #expect(compared.examples.map { "\($0.kind) \($0.key)" }.sorted() == drifted)
        #expect(compared.examples.first { $0.kind == "differs" }?.columns == ["amount"])
        let local = try sc.differences()
        #expect(local.map { "\($0.kind) \($0.key)" }.sorted() == drifted)
        #expect(local.first { $0.kind == "differs" }?.columns == ["amount"])
        #expect(local.first { $0.kind == "differs" }?.values?.map(\.log) == ["5.00"])
        #expect(local.first { $0.kind == "extra" }?.values?.map(\.here) == ["99", "extra", "1.00"])
        #expect(local.first { $0.kind == "missing" }?.values?.map(\.log) == ["6", "n6", "6.00"])
        for (repair, amount) in [("restore", "5.00"), ("publish", "77.00")] {
            try sc.owner.execute(
                "INSERT INTO bashu.request (kind, argument) VALUES ('verify', jsonb_build_object('repair', $1::text))",
                [.text(repair)])
            try sc.settle()
            #expect(try sc.differences() == [])
            #expect(try sc.rows(table)[4][2] == amount)
            if repair == "restore" { try drift(sc) }
        }
        try network.converge()
        #expect(try cq.rows(table).map { $0[0] }.contains("99"))
        try expectEqual(network)
        var equal = try PeerComparison(nil, here: sc.owner, there: cq.owner)
        #expect(try equal.step(here: sc.owner, there: cq.owner)?.different == [:])
    }

    @Test func anotherDaemonTakesOverAndTheFirstEnds() async throws {
        let network = try await network()
        let cq = try network["50"]
        #expect(throws: StoreError.self) {
            _ = try Engine(
                target: ConnectionTarget(cq.cluster.conninfo(database: cq.database, user: Party.daemon)),
                logger: .init(label: "second"), version: "test")
        }
        // The lock's session is lost, another daemon starts: the old one's next cut ends it.
        let lockHolder = Int64(cq.engine.control.backendProcessID)
        try cq.cluster.session().execute("SELECT pg_terminate_backend($1, 10000)", [.int(lockHolder)])
        let second = try Engine(
            target: ConnectionTarget(cq.cluster.conninfo(database: cq.database, user: Party.daemon)),
            logger: .init(label: "second"), version: "test")
        try cq.writer.execute("INSERT INTO public.\"Parent 表\" VALUES (1, 'a', 1)")
        #expect(throws: StoreError.fenceLost) { _ = try cq.engine.step() }
        #expect(try second.step().published)
        second.close()
    }
}
