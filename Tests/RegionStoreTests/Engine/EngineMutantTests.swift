import Postgres
import Replication
import Synchronization
import TestCluster
import Testing

@testable import RegionStore

/// Stories in which somebody comes between two steps of a cut or an apply, and the wrong decisions that they notice.
@Suite(.serialized) struct EngineMutantTests {
    /// What tells each mutation from the rule: a story of this suite, or a test of another.
    private static let killers: [Mutation: (name: String, story: @Sendable () async throws -> Void)] = [
        .noCheckAfterWrites: ("aWriterBetweenTwoSteps", { try await Stories().aWriterBetweenTwoSteps() }),
        .notJudgedAgain: ("aWriterBetweenTwoSteps", { try await Stories().aWriterBetweenTwoSteps() }),
        .checkOfIncomingKeysOnly: ("scenarioI_derivedRowEdited", { try await Stories().scenarioI_derivedRowEdited() }),
        .locksDroppedAtRedo: ("aBusyWriterDelaysOnce", { try await Stories().aBusyWriterDelaysOnce() }),
        .markersIgnored: ("scenarioL_marker", { try await Stories().scenarioL_marker() }),
        .judgedByLastContext: ("aGroupOfBatches", { try await Stories().aGroupOfBatches() }),
        .fastForwardIgnoresKnown: ("whatIsKnownFollows", { try await Stories().whatIsKnownFollows() }),
        .cutInTwoSnapshots: ("aTransactionDuringACut", { try await Stories().aTransactionDuringACut() }),
        .noTableLock: ("scenarioJ_rewrite", { try await Stories().scenarioJ_rewrite() }),
        .comparesWithLog: (
            "scenarioD_parkedRowTouched", { try await EngineConstraintTests().scenarioD_parkedRowTouched() }
        ),
        .noBlind: ("scenarioC_blind", { try await EngineConstraintTests().scenarioC_blind() }),
        .noDerivedRecheck: (
            "aParkedRowComesBackWhenItsValueIsFree",
            { try await EngineConstraintTests().aParkedRowComesBackWhenItsValueIsFree() }
        ),
        .asynchronousRuling: (
            "scenarioR1_aRulingSurvivesACrash", { try await Stories().scenarioR1_aRulingSurvivesACrash() }
        ),
        .policyOnKnownOnly: ("scenarioV_closedCases", { try await Stories().scenarioV_closedCases() }),
        .forgetsUnseen: (
            "whatSomebodyHasNotSeenIsKept", { try await EngineRetentionTests().whatSomebodyHasNotSeenIsKept() }
        ),
        .forgetsContested: ("anOpenCaseIsKept", { try await EngineRetentionTests().anOpenCaseIsKept() }),
    ]

    @Test(arguments: Mutation.allCases) func mutantIsKilled(_ mutation: Mutation) async throws {
        let killer = try #require(Self.killers[mutation], "no story tells \(mutation) from the rule")
        try await Self.expectKill(mutation.rawValue, by: killer.name) {
            try await Mutation.$current.withValue(mutation) { try await killer.story() }
        }
    }

    private static func expectKill(
        _ mutant: String, by killer: String, _ story: () async throws -> Void
    ) async throws {
        let issues = Mutex(0)
        try await withKnownIssue("\(mutant) is noticed by \(killer)") {
            try await story()
        } matching: { _ in
            issues.withLock { $0 += 1 }
            return true
        }
        print("mutant \(mutant): \(issues.withLock { $0 } > 0 ? "killed" : "NOT KILLED") by \(killer)")
    }

    @Test func aWriterBetweenTwoSteps() async throws { try await Stories().aWriterBetweenTwoSteps() }
    @Test func scenarioI_derivedRowEdited() async throws { try await Stories().scenarioI_derivedRowEdited() }
    @Test func aBusyWriterDelaysOnce() async throws { try await Stories().aBusyWriterDelaysOnce() }
    @Test func scenarioL_marker() async throws { try await Stories().scenarioL_marker() }
    @Test func aGroupOfBatches() async throws { try await Stories().aGroupOfBatches() }
    @Test func whatIsKnownFollows() async throws { try await Stories().whatIsKnownFollows() }
    @Test func aTransactionDuringACut() async throws { try await Stories().aTransactionDuringACut() }
    @Test func scenarioJ_rewrite() async throws { try await Stories().scenarioJ_rewrite() }
    @Test func scenarioR1_aRulingSurvivesACrash() async throws {
        try await Stories().scenarioR1_aRulingSurvivesACrash()
    }
    @Test func scenarioV_closedCases() async throws { try await Stories().scenarioV_closedCases() }

    /// Test builds look at every commit whether tables and log agree.
    @Test func aBrokenInvariantEndsTheCutAndTellsTheKey() async throws {
        let party = try await Party("50", cluster: TestCluster.shared(), schema: Stories.schema, tables: Stories.tables)
        try party.writer.execute("INSERT INTO public.par VALUES (1, 'a'), (2, 'b')")
        try party.settle()
        // Triggers leave the daemon's role out.
        let daemon = try party.cluster.session(database: party.database, user: Party.daemon)
        try daemon.execute("UPDATE public.par SET name = 'unseen' WHERE id = 2")
        try party.writer.execute("UPDATE public.par SET name = 'seen' WHERE id = 1")
        let error = #expect(throws: BrokenInvariant.self) { try party.settle() }
        #expect(error?.description.contains("key {2} of table public.par") == true)
        #expect(error?.description.contains("insert") == true, "its history")
        try Invariants.$areChecked.withValue(false) { try party.settle() }
        #expect(try party.differences().map(\.key) == ["{2}"])
    }

    /// The mutation is in the database: the capture function of an update notes the old keys alone.
    @Test func keysOfOldRowsOnlyAreKilled() async throws {
        try await Stories().aKeyThatMoves()
        try await Self.expectKill("keysOfOldRowsOnly", by: "aKeyThatMoves") {
            try await Stories().aKeyThatMoves { party in
                let functions = try party.owner.query(
                    """
                    SELECT pg_get_functiondef(p.oid) FROM pg_proc p
                     WHERE p.pronamespace = 'bashu'::regnamespace AND p.proname ~ '^capture_[0-9]+_(update|key_move)$'
                    """)
                for row in functions {
                    try party.owner.script(try row.text(0).replacing("bashu_new", with: "bashu_old"))
                }
            }
        }
    }
}

/// Each ends with every region the same, or with an issue.
private struct Stories {
    static let schema = """
        CREATE TABLE public.par (id int PRIMARY KEY, name text);
        CREATE TABLE public.item (
            id int PRIMARY KEY, a text, b text, u int UNIQUE, pid int REFERENCES public.par);
        """
    static let tables = ["public.par", "public.item"]

    private func network(_ names: [String] = ["50", "51"]) async throws -> Network {
        try await Network(names, schema: Self.schema, tables: Self.tables)
    }

    /// Runs `body` while something acts at a checkpoint of the engine: every time, or only the first.
    private func stepping(
        in places: [Checkpoint], onlyOnce: Bool = true, _ act: @escaping () throws -> Void, _ body: () throws -> Void
    ) throws {
        let visits = Mutex(0)
        nonisolated(unsafe) let act = act
        try Checkpoint.$visit.withValue({ reached in
            guard places.contains(reached), visits.withLock({ $0 += 1; return $0 == 1 || !onlyOnce }) else { return }
            try act()
        }) { try body() }
        #expect(visits.withLock { $0 } > 0, "nothing came to the checkpoint")
    }

    func aWriterBetweenTwoSteps() async throws {
        for place in [Checkpoint.applyLoaded, .applyLocked] {
            let network = try await network()
            let (x, y) = (try network["50"], try network["51"])
            if place == .applyLoaded { try y.writer.execute("INSERT INTO public.par VALUES (1, 'base')") }
            try network.converge()
            // Of a row that is there its writer comes before the lock, of one that is not after it.
            let write = "INSERT INTO public.par VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET name = excluded.name"
            try y.writer.execute(write, [.text("of Y")])
            try y.settle()
            try x.receive(from: y)
            try stepping(in: [place], { try x.writer.execute(write, [.text("of X")]) }) { _ = try x.engine.step() }
            try network.converge()
            let cases = try x.cases()
            #expect(cases.count == 1 && cases[0].contains("of Y") && cases[0].contains("of X"), "\(cases)")
            try network.expectEqual(Self.tables)
        }
    }

    func scenarioI_derivedRowEdited() async throws {
        let network = try await network()
        let (x, y) = (try network["50"], try network["51"])
        try y.writer.execute("INSERT INTO public.par VALUES (1, '甲')")
        try network.converge()
        try y.writer.execute("DELETE FROM public.par WHERE id = 1")
        try x.writer.execute("INSERT INTO public.item (id, pid) VALUES (1, 1)")
        try network.converge()
        try y.writer.execute("DELETE FROM public.item WHERE id = 1")
        try y.settle()
        try x.receive(from: y)
        // Only the child is in the batch; its parent, kept for it, would go too.
        try stepping(in: [.applyLoaded], { try x.writer.execute("UPDATE public.par SET name = '乙' WHERE id = 1") }) {
            _ = try x.engine.step()
        }
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.par").map { $0[1] } == ["乙"]) }
        try network.expectEqual(Self.tables)
    }

    func aBusyWriterDelaysOnce() async throws {
        let network = try await network()
        let (x, y) = (try network["50"], try network["51"])
        try y.writer.execute("INSERT INTO public.par VALUES (1, 'base')")
        try network.converge()
        try y.writer.execute("UPDATE public.par SET name = 'of Y' WHERE id = 1")
        try y.settle()
        try x.receive(from: y)
        try x.writer.script("SET lock_timeout = '30ms'")
        var (attempts, written) = (0, 0)
        let write = {
            attempts += 1
            do {
                try x.writer.execute("UPDATE public.par SET name = $1 WHERE id = 1", [.text("X \(attempts)")])
                written += 1
            } catch let error as PostgresError where error.sqlState == .lockNotAvailable {}
        }
        let before = try x.vector()
        try stepping(in: [.applyLoaded, .applyRedo], onlyOnce: false, write) { _ = try x.engine.step() }
        // Before the locks; after the redo it holds them.
        #expect(attempts == 2 && written == 1)
        #expect(try x.vector().filter { $0.key.hasPrefix("51-") } != before.filter { $0.key.hasPrefix("51-") })
        try network.converge()
        try network.expectEqual(Self.tables)
    }

    func scenarioL_marker() async throws {
        let network = try await network()
        let (x, y) = (try network["50"], try network["51"])
        try y.writer.execute("INSERT INTO public.par VALUES (1, 'base')")
        try network.converge()
        try y.writer.execute("UPDATE public.par SET name = 'of Y' WHERE id = 1")
        try y.settle()
        try x.receive(from: y)
        // Triggers leave the daemon's role out: its write stands for one whose keys could not be read.
        let daemon = try x.cluster.session(database: x.database, user: Party.daemon)
        try stepping(
            in: [.applyLoaded],
            {
                try daemon.script(
                    """
                    BEGIN; UPDATE public.par SET name = 'of X' WHERE id = 1;
                    INSERT INTO bashu.pending (table_id, keys)
                    SELECT id, NULL FROM bashu.shared_table WHERE table_name = 'par'; COMMIT
                    """)
            }) { _ = try x.engine.step() }
        try network.converge()
        let cases = try x.cases()
        #expect(cases.count == 1 && cases[0].contains("of Y") && cases[0].contains("of X"), "\(cases)")
        try network.expectEqual(Self.tables)
    }

    func aGroupOfBatches() async throws {
        let network = try await network()
        let (x, y) = (try network["50"], try network["51"])
        try y.writer.execute("INSERT INTO public.par VALUES (1, 'base')")
        try network.converge()
        try x.writer.execute("UPDATE public.par SET name = 'of X' WHERE id = 1")
        try x.settle()
        try y.writer.execute("UPDATE public.par SET name = 'of Y' WHERE id = 1")
        try y.settle()
        // Y's second batch has seen X's write, its first has not; X applies both as one group.
        try y.receive(from: x)
        try y.settle()
        try y.writer.execute("INSERT INTO public.par VALUES (9, 'later')")
        try y.settle()
        try network.converge()
        #expect(try x.cases().count == 1)
        try network.expectEqual(Self.tables)
    }

    func whatIsKnownFollows() async throws {
        let network = try await network(["50", "51", "52"])
        let (x, y, z) = (try network["50"], try network["51"], try network["52"])
        try y.writer.execute("INSERT INTO public.item (id, a, b) VALUES (1, 'a', 'b')")
        try network.converge()
        // A merged row is in `known`.
        try x.writer.execute("UPDATE public.item SET a = 'ax' WHERE id = 1")
        try x.settle()
        try y.writer.execute("UPDATE public.item SET b = 'by' WHERE id = 1")
        try network.converge()
        try z.writer.execute("UPDATE public.item SET a = 'az' WHERE id = 1")
        try network.converge()
        try y.writer.execute("UPDATE public.item SET b = 'by2' WHERE id = 1")
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.item") == [["1", "az", "by2", nil, nil]]) }
        #expect(try x.cases() == [])
        try network.expectEqual(Self.tables)
    }

    func aTransactionDuringACut() async throws {
        let network = try await network()
        let (x, y) = (try network["50"], try network["51"])
        try y.writer.execute("INSERT INTO public.par VALUES (1, 'base'), (2, 'base')")
        try network.converge()
        try x.writer.execute("UPDATE public.par SET name = 'first' WHERE id = 1")
        try stepping(in: [.cutHasKeys], { try x.writer.execute("UPDATE public.par SET name = 'both'") }) {
            _ = try x.engine.step()
        }
        try y.receive(from: x)
        try y.settle()
        // The second transaction came too late for this cut: not even half of it is here.
        #expect(try y.rows("public.par").map { $0[1] } == ["first", "base"])
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.par").map { $0[1] } == ["both", "both"]) }
        try network.expectEqual(Self.tables)
    }

    func scenarioJ_rewrite() async throws {
        let network = try await network()
        let (x, y) = (try network["50"], try network["51"])
        try y.writer.execute("INSERT INTO public.item (id, a) VALUES (1, 'base'), (2, 'base')")
        try network.converge()
        try x.writer.execute("UPDATE public.item SET a = 'edit' WHERE id = 1")
        try x.owner.script("SET lock_timeout = '100ms'")
        try stepping(
            in: [.cutHasKeys],
            {
                do {
                    try x.owner.script("ALTER TABLE public.item SET UNLOGGED; ALTER TABLE public.item SET LOGGED")
                } catch let error as PostgresError where error.sqlState == .lockNotAvailable {}
            }) { _ = try x.engine.step() }
        try network.converge()
        for party in network.parties { #expect(try party.rows("public.item").map { $0[1] } == ["edit", "base"]) }
        try network.expectEqual(Self.tables)
    }

    /// What a person was told is in the log is there after the server has crashed.
    func scenarioR1_aRulingSurvivesACrash() async throws {
        let cluster = try await TestCluster.start(.init(settings: ["wal_writer_delay": "10s"], durable: true))
        let roles = try cluster.session()
        for role in [Party.owner, Party.daemon, Party.writer, Party.peerLogin] {
            try roles.execute("CREATE ROLE \(role) LOGIN")
        }
        roles.close()
        let party = try await Party("50", cluster: cluster, schema: Self.schema, tables: Self.tables)
        let other = try await Party("51", cluster: cluster, schema: Self.schema, tables: Self.tables)
        try other.writer.execute("INSERT INTO public.par VALUES (1, 'of 51')")
        try other.settle()
        try party.writer.execute("INSERT INTO public.par VALUES (1, 'of 50')")
        try party.settle()
        try party.receive(from: other)
        try party.settle()
        let row = try #require(try CaseList.list(party.owner, CaseList.Filter()).rows.first)
        let shown = try CaseList.show(party.owner, handle: #require(row.cases.first).winner.description)
        let first = try #require(shown.candidates.first)
        _ = try CaseList.rule(party.owner, shown, handle: "", choice: .candidate(first.id, with: []), reason: "r")
        struct Crash: Error {}
        #expect(throws: Crash.self) {
            try stepping(in: [.rulingCommitted], { throw Crash() }) { while true { _ = try party.engine.step() } }
        }
        await cluster.stop(.immediate)
        try await cluster.restart()
        let session = try cluster.session(database: party.database)
        let state = try session.queryOne("SELECT state FROM bashu.ruling")?.text(0)
        let logged = try session.queryOne("SELECT count(*) FROM bashu.change WHERE kind = 'r'")?.int(0)
        #expect(state == "taken" && logged == 1, "\(state ?? "none"), \(logged ?? -1) rulings in the log")
        await cluster.stop(.immediate)
    }

    /// Regions that applied a change before and after a new policy tell its cases alike, the closed ones too.
    func scenarioV_closedCases() async throws {
        let network = try await network(["50", "51", "52"])
        let (x, y, z) = (try network["50"], try network["51"], try network["52"])
        try x.writer.execute("INSERT INTO public.item (id, a, u) VALUES (1, 'base', 1)")
        try network.converge()
        try x.writer.execute("UPDATE public.item SET a = '2' WHERE id = 1")
        try x.settle()
        try y.writer.execute("UPDATE public.item SET a = '1' WHERE id = 1")
        try y.settle()
        try y.receive(from: x)
        try y.settle()
        try y.writer.execute("UPDATE public.item SET a = '3' WHERE id = 1")
        try y.settle()
        try x.receive(from: y)
        try x.settle()
        var policy = NamedPolicy()
        policy.groups = [NamedPolicy.Group(name: "G", columns: ["a"], rule: .prefer, regions: ["50", "51"])]
        for party in network.parties {
            let (problems, policies) = try PolicyStore.check(
                party.owner, [PolicyDraft(table: "public.item", policy: policy)])
            #expect(problems.filter { !$0.isWarning } == [])
            try PolicyStore.apply(party.owner, policies)
            try party.settle()
        }
        try z.receive(from: y)
        try network.converge()
        #expect(try x.cases().count == 1)
        try network.expectEqual(Self.tables)
    }

    func aKeyThatMoves(_ prepare: (Party) throws -> Void = { _ in }) async throws {
        let network = try await network()
        try prepare(network["50"])
        let (x, y) = (try network["50"], try network["51"])
        try x.writer.execute("INSERT INTO public.par VALUES (1, 'base')")
        try network.converge()
        try x.writer.execute("UPDATE public.par SET id = 2 WHERE id = 1")
        try network.converge()
        #expect(try y.rows("public.par") == [["2", "base"]])
        try network.expectEqual(Self.tables)
    }
}
