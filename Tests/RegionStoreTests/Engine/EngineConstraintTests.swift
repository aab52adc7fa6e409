import Postgres
import RegionStore
import Testing

/// The unique and foreign-key rule on real databases: letters are those of the scenarios.
@Suite(.serialized) struct EngineConstraintTests {
    static let schema = """
        CREATE TABLE public.par (id int PRIMARY KEY, name text);
        CREATE TABLE public.item (
            id int PRIMARY KEY, a text, u int UNIQUE, pid int REFERENCES public.par, sub int REFERENCES public.item);
        """
    static let tables = ["public.par", "public.item"]

    private func network(_ names: [String] = ["50", "51", "52"]) async throws -> Network {
        try await Network(names, schema: Self.schema, tables: Self.tables)
    }

    private func types(_ party: Party) throws -> [String] {
        try party.owner.query("SELECT type FROM bashu.conflict_case WHERE closed_by = '' ORDER BY 1")
            .map { try $0.text(0) }
    }

    /// Item 1 of the first region and item 2 of the second claim u = 5; the later one holds it.
    private func parked() async throws -> Network {
        let network = try await network()
        try network["50"].writer.execute("INSERT INTO public.item (id, a, u) VALUES (1, 'PRECIOUS', 5)")
        try network["50"].settle()
        try network["51"].writer.execute("INSERT INTO public.item (id, a, u) VALUES (2, '后来', 5)")
        try network.converge()
        return network
    }

    @Test func twoRowsOfOneUniqueValueConvergeOnTheNewer() async throws {
        let network = try await parked()
        for party in network.parties {
            #expect(try party.rows("public.item").map { $0[0] } == ["2"])
            #expect(try types(party) == ["insert_exists"])
        }
        #expect(try network["52"].cases().joined().contains("PRECIOUS"))
        try network.expectEqual(Self.tables)
    }

    @Test func aParkedRowComesBackWhenItsValueIsFree() async throws {
        let network = try await parked()
        try network["52"].writer.execute("UPDATE public.item SET u = NULL WHERE id = 2")
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.item").map { $0[1] } == ["PRECIOUS", "后来"])
            #expect(try types(party) == [])
            #expect(try party.owner.query("SELECT FROM bashu.claim").isEmpty)
        }
        try network.expectEqual(Self.tables)
    }

    @Test func aParkedRowFollowsLaterChangesOfTheOther() async throws {
        let network = try await parked()
        try network["50"].writer.execute("UPDATE public.item SET a = '改' WHERE id = 2")
        try network.converge()
        #expect(try network["51"].cases().joined().contains("改"))
        try network.expectEqual(Self.tables)
        try network["51"].writer.execute("DELETE FROM public.item WHERE id = 2")
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.item").map { $0[1] } == ["PRECIOUS"]) }
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioE_freedValueTakenAgain() async throws {
        let network = try await parked()
        let z = try network["52"]
        try z.writer.execute("UPDATE public.item SET u = NULL WHERE id = 2")
        try z.writer.execute("INSERT INTO public.item (id, a, u) VALUES (3, '新', 5)")
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.item").map { $0[0] } == ["2", "3"])
            #expect(try types(party) == ["insert_exists"])
        }
        try network.expectEqual(Self.tables)
    }

    @Test func chainsAndSwapsInOneTransactionAreNoConflict() async throws {
        let network = try await network(["50", "51"])
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.item (id, a, u) SELECT n, n::text, n FROM generate_series(1, 30) n")
        try network.converge()
        try cq.writer.script(
            """
            BEGIN; UPDATE public.item SET u = NULL WHERE id = 1; UPDATE public.item SET u = 1 WHERE id = 2;
            UPDATE public.item SET u = 2 WHERE id = 1; COMMIT;
            BEGIN; DELETE FROM public.item WHERE id = 3; INSERT INTO public.item (id, a, u) VALUES (31, 'n', 3); COMMIT
            """)
        try cq.writer.execute("UPDATE public.item SET u = -u WHERE id > 10")
        try cq.writer.execute("UPDATE public.item SET u = -u + 1 WHERE id > 10 AND id < 31")
        try network.converge()
        #expect(try sc.rows("public.item").map { $0[2] } == cq.rows("public.item").map { $0[2] })
        #expect(try sc.cases() == [])
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioD_parkedRowTouched() async throws {
        let network = try await parked()
        let z = try network["52"]
        try z.writer.script(
            """
            BEGIN; INSERT INTO public.item (id, a) VALUES (1, 'x'); DELETE FROM public.item WHERE id = 1; COMMIT
            """)
        try network.converge()
        try z.writer.execute("INSERT INTO public.item (id, a) VALUES (1, 'y')")
        try z.writer.execute("DELETE FROM public.item WHERE id = 1")
        try z.writer.execute("UPDATE public.item SET u = NULL WHERE id = 2")
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.item").map { $0[1] } == ["PRECIOUS", "后来"]) }
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioC_blind() async throws {
        let network = try await parked()
        try network["52"].writer.execute("INSERT INTO public.item (id, a) VALUES (1, 'new')")
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.item").map { $0[1] } == ["new", "后来"])
            let open = try party.owner.query("SELECT candidates::text FROM bashu.conflict_case WHERE state = 'open'")
            let text = try open.map { try $0.text(0) }.joined()
            #expect(text.contains("PRECIOUS") && text.contains("new"))
        }
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioK1_aKeptParentThatSomebodyDeletesComesBack() async throws {
        let network = try await network()
        let (cq, sc, gz) = (try network["50"], try network["51"], try network["52"])
        try cq.writer.execute("INSERT INTO public.par VALUES (1, '甲')")
        try cq.writer.execute("INSERT INTO public.item (id, u) VALUES (2, 4)")
        try network.converge()
        try cq.writer.execute("DELETE FROM public.par WHERE id = 1")
        try sc.writer.execute("INSERT INTO public.item (id, u, pid) VALUES (1, 5, 1)")
        try sc.settle()
        try gz.writer.execute("UPDATE public.item SET u = 5 WHERE id = 2")
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.par").count == 1)
            #expect(try party.rows("public.item").map { $0[0] } == ["2"])
        }
        try gz.writer.execute("DELETE FROM public.par WHERE id = 1")
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.par").count == 1)
            #expect(try types(party) == ["delete_referenced", "insert_exists"])
        }
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioM_inFlightOnAUniqueValue() async throws {
        let network = try await network(["50", "51"])
        let (x, y) = (try network["50"], try network["51"])
        for commits in [true, false] {
            try y.writer.execute("INSERT INTO public.item (id, a, u) VALUES (\(commits ? 20 : 21), 'y', 8)")
            try y.settle()
            try x.writer.script("BEGIN; INSERT INTO public.item (id, a, u) VALUES (\(commits ? 30 : 31), 'x', 8)")
            try x.receive(from: y)
            for _ in 0..<3 { _ = try x.engine.step() }
            try x.writer.script(commits ? "COMMIT" : "ROLLBACK")
            try network.converge()
            try network.expectEqual(Self.tables)
            try x.writer.execute("UPDATE public.item SET u = NULL WHERE u = 8")
            try network.converge()
            try x.writer.execute("UPDATE public.item SET u = NULL WHERE u = 8")
            try network.converge()
            try network.expectEqual(Self.tables)
        }
        #expect(try x.rows("public.item").map { $0[0] } == ["20", "21", "30"])
    }

    @Test func aDeletedParentWithANewChildStays() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.par VALUES (1, '甲')")
        try network.converge()
        try cq.writer.execute("DELETE FROM public.par WHERE id = 1")
        try sc.writer.execute("INSERT INTO public.item (id, pid) VALUES (1, 1)")
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.par").map { $0[1] } == ["甲"])
            #expect(try types(party) == ["delete_referenced"])
        }
        try network.expectEqual(Self.tables)
        // The last child goes: so does the parent.
        try network["52"].writer.execute("DELETE FROM public.item WHERE id = 1")
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.par").isEmpty) }
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioI_derivedRow() async throws {
        let network = try await network()
        let (x, y) = (try network["50"], try network["51"])
        try y.writer.execute("INSERT INTO public.par VALUES (1, '甲')")
        try network.converge()
        try y.writer.execute("DELETE FROM public.par WHERE id = 1")
        try x.writer.execute("INSERT INTO public.item (id, pid) VALUES (1, 1)")
        try network.converge()
        try y.writer.execute("DELETE FROM public.item WHERE id = 1")
        try y.settle()
        try x.writer.execute("UPDATE public.par SET name = '乙' WHERE id = 1")
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.par").map { $0[1] } == ["乙"]) }
        try network.expectEqual(Self.tables)
    }

    @Test func aChildOfAParkedRowIsParkedWithIt() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.item (id, a, u) VALUES (1, '父', 5)")
        try cq.writer.execute("INSERT INTO public.item (id, a, sub) VALUES (10, '子', 1)")
        try cq.settle()
        try sc.writer.execute("INSERT INTO public.item (id, a, u) VALUES (2, '另', 5)")
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.item").map { $0[0] } == ["2"]) }
        try network.expectEqual(Self.tables)
        try sc.writer.execute("UPDATE public.item SET u = 6 WHERE id = 2")
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.item").map { $0[0] } == ["1", "2", "10"]) }
        try network.expectEqual(Self.tables)
    }

    @Test func scenarioF_driftHolder() async throws {
        let network = try await network(["50", "51"])
        let (x, y) = (try network["50"], try network["51"])
        try x.writer.execute("INSERT INTO public.item (id, a, u) VALUES (3, 'drift', 6)")
        try network.converge()
        try x.owner.script(
            """
            ALTER TABLE public.item DISABLE TRIGGER USER; UPDATE public.item SET u = 7 WHERE id = 3;
            ALTER TABLE public.item ENABLE TRIGGER USER
            """)
        try y.writer.execute("INSERT INTO public.item (id, a, u) VALUES (4, 'y', 7)")
        try network.converge()
        try network.converge()
        #expect(try x.rows("public.item").count == 1)
        try network.expectEqual(Self.tables)
    }

    /// Composite keys and foreign keys, deferrable ones, partial and expression indexes, quotes in names.
    @Test func everyKindOfKeyIsDecided() async throws {
        let schema = """
            CREATE TABLE public."o""rg" (region text, "编号" int, name text, PRIMARY KEY (region, "编号"));
            CREATE TABLE public.dept (
                id uuid PRIMARY KEY, code text, org_no int, org_region text, active boolean,
                FOREIGN KEY (org_no, org_region) REFERENCES public."o""rg" ("编号", region)
                    DEFERRABLE INITIALLY DEFERRED);
            CREATE UNIQUE INDEX dept_code ON public.dept (lower(code)) WHERE active;
            """
        let network = try await Network(["50", "51"], schema: schema, tables: ["public.\"o\"\"rg\"", "public.dept"])
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.\"o\"\"rg\" VALUES ('50', 1, '甲'), ('51', 1, '乙')")
        try network.converge()
        try cq.writer.execute("DELETE FROM public.\"o\"\"rg\" WHERE region = '50'")
        try sc.writer.execute(
            """
            INSERT INTO public.dept VALUES ('00000000-0000-0000-0000-000000000001', 'Ab', 1, '50', true),
                                           ('00000000-0000-0000-0000-000000000002', 'ab', 1, '51', false)
            """)
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.\"o\"\"rg\"").count == 2)
            #expect(try party.rows("public.dept").count == 2)
            #expect(try types(party) == ["delete_referenced"])
        }
        // Outside of the partial index's condition one code is no conflict; inside it is.
        try cq.writer.execute(
            "INSERT INTO public.dept VALUES ('00000000-0000-0000-0000-000000000003', 'x', 1, '51', true)")
        try cq.settle()
        try sc.writer.execute(
            "INSERT INTO public.dept VALUES ('00000000-0000-0000-0000-000000000004', 'X', 1, '51', true)")
        try network.converge()
        for party in network.parties {
            #expect(try party.rows("public.dept").map { $0[1] } == ["Ab", "ab", "X"])
            #expect(try types(party) == ["delete_referenced", "insert_exists"])
            #expect(try party.differences() == [])
        }
        #expect(try cq.cases() == sc.cases())
    }

    /// Equal by their type, different as text: the rule does not see it, the database does, and nothing is lost.
    @Test func valuesThatAreEqualOnlyByTheirTypeHoldTheBatch() async throws {
        let network = try await Network(
            ["50", "51"], schema: "CREATE TABLE public.fee (id int PRIMARY KEY, amount numeric UNIQUE)",
            tables: ["public.fee"])
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.fee VALUES (1, 1.0)")
        try cq.settle()
        try sc.writer.execute("INSERT INTO public.fee VALUES (2, 1.00)")
        try sc.settle()
        try sc.receive(from: cq)
        try sc.settle()
        let holds = try sc.owner.query("SELECT reason FROM bashu.hold").map { try $0.text(0) }
        #expect(holds.count == 1 && holds[0].contains("public.fee"), "\(holds)")
        try sc.writer.execute("UPDATE public.fee SET amount = 2 WHERE id = 2")
        try sc.restart()
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.fee").map { $0[0] } == ["1", "2"]) }
    }

    @Test func aRowThatTakesAValueOverFromTheOneItReferredTo() async throws {
        let network = try await Network(
            ["50", "51"],
            schema: """
                CREATE TABLE public.node (id int PRIMARY KEY, u int UNIQUE, sub int REFERENCES public.node
                                          ON DELETE CASCADE, t text);
                """, tables: ["public.node"])
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.node VALUES (5, 3, NULL, '五'), (1, 1, 5, '一')")
        try network.converge()
        try cq.writer.execute("UPDATE public.node SET t = '五𬭎' WHERE id = 5")
        try cq.settle()
        try sc.writer.script(
            """
            UPDATE public.node SET sub = NULL WHERE id = 1; DELETE FROM public.node WHERE id = 5;
            UPDATE public.node SET u = 3 WHERE id = 1;
            """)
        // Row 5 is alive, its value belongs to row 1 now: it has to go before row 1 can be written, which refers to it.
        try network.converge()
        #expect(try cq.rows("public.node") == [["1", "3", nil, "一"]])
        try network.expectEqual(["public.node"])
    }
}
