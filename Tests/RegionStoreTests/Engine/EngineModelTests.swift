import Postgres
import Replication
import Synchronization
import Testing

@testable import RegionStore

/// Random SQL in three regions, with links that come and go and daemons that die, against the pure model's verdict.
@Suite(.serialized) struct EngineModelTests {
    static let schema = """
        CREATE TABLE public.par (id int PRIMARY KEY, name text, v int UNIQUE);
        CREATE TABLE public.item (
            id int PRIMARY KEY, a text, b text, u int UNIQUE, pid int REFERENCES public.par,
            sub int REFERENCES public.item ON DELETE CASCADE, h text, tags text[]);
        """
    static let constraints: [String: EngineModel.Constraints] = [
        "par": .init(unique: ["v"]), "item": .init(unique: ["u"], parents: [("pid", "par"), ("sub", "item")]),
    ]
    /// Of each of the two kinds.
    static let rounds = EngineEnvironment.isLong ? 1_000 : 100

    /// Under the default, and under policies that change every few rounds.
    @Test(arguments: [false, true]) func randomWorkloadsEndAsTheModelSays(_ changesPolicy: Bool) async throws {
        let seed = EngineEnvironment.seed
        print("model against database: seed \(seed), \(Self.rounds) rounds")
        var random = ModelRandom(state: seed)
        let network = try await Network(
            ["50", "51", "52"], schema: Self.schema, tables: ["public.par", "public.item"])
        for party in network.parties { try party.writer.script("SET lock_timeout = '20ms'") }
        var totals = (changes: 0, parked: 0, kept: 0, restarts: 0, forgotten: 0)
        var policy = NamedPolicy()
        let forcedCuts = Atomic(0)
        let between = Self.writerBetween(network, seed: random.next())
        for round in 0..<Self.rounds {
            if changesPolicy, round % 5 == 0 {
                policy = Self.policy(&random)
                for party in network.parties { try Self.apply(policy, party) }
            }
            try collide(network, round)
            // Now and then somebody writes between two steps of an apply.
            try Checkpoint.$visit.withValue({ place in
                if place == .applyRedo { forcedCuts.add(1, ordering: .relaxed) }
                guard place == .applyLoaded else { return }
                try between.withLock { try $0() }
            }) {
                for _ in 0..<(4 + random.below(10)) { try act(network, &random, &totals) }
                try network.converge()
            }
            // What was written in the last moment.
            try network.converge()
            let model = try EngineModel(network.parties[random.below(3)], Self.constraints) {
                ($0.shape.tableName == "item" ? policy : NamedPolicy()).tablePolicy(for: $0)
            }
            totals.parked += model.parked
            totals.kept += model.kept
            var isEqual = true
            for party in network.parties {
                for name in Self.constraints.keys.sorted() {
                    let found = try EngineModel.table(party, name)
                    isEqual = isEqual && found == model.rows[name]
                    #expect(found == model.rows[name], "seed \(seed), round \(round), \(name) of \(party.name)")
                }
                let cases = try party.cases()
                isEqual = try isEqual && cases == network.parties[0].cases()
                #expect(try cases == network.parties[0].cases(), "seed \(seed), round \(round), cases of \(party.name)")
                #expect(try party.differences() == [], "seed \(seed), round \(round), \(party.name)")
            }
            if round % 10 == 9 { try Network(parties: [network.parties[random.below(3)]]).expectClean() }
            guard isEqual else {
                print(policy)
                try network.parties.forEach(tell)
                break
            }
        }
        print("model against database: \(totals)")
        print("figure rounds: \(Self.rounds)")
        print("figure changes: \(totals.changes)")
        print("figure forced cuts: \(forcedCuts.load(ordering: .relaxed))")
        print("figure faults: \(totals.restarts)")
        print("figure forgotten changes: \(totals.forgotten)")
        #expect(totals.parked > 0 && totals.restarts > 0 && totals.forgotten > 0)
    }

    /// Writes into one of the databases in every fourth call or so.
    private static func writerBetween(
        _ network: Network, seed: UInt64
    ) -> Mutex<@Sendable () throws -> Void> {
        let dice = Mutex(ModelRandom(state: seed))
        nonisolated(unsafe) let network = network
        return Mutex {
            let (party, sql) = dice.withLock { random in
                (random.below(4) == 0 ? random.below(3) : nil, statement(&random))
            }
            guard let party else { return }
            try write(network.parties[party], sql)
        }
    }

    /// What a constraint, or a lock of the engine, forbids here is the writer's own error.
    private static func write(_ party: Party, _ sql: String) throws {
        do {
            try party.writer.execute(sql)
        } catch let error as PostgresError
            where [.uniqueViolation, .foreignKeyViolation, .lockNotAvailable].contains(error.sqlState)
        {}
    }

    /// Now and then two regions give one value to two rows, so that chance need not: one of the rows is parked, and
    /// comes back when the other is deleted.
    private func collide(_ network: Network, _ round: Int) throws {
        switch round % 25 {
        case 0:
            for (id, party) in network.parties.prefix(2).enumerated() {
                try party.writer.execute("INSERT INTO public.par VALUES (\(100 + id), NULL, 9) ON CONFLICT DO NOTHING")
            }
        case 1...3: try network.parties[0].writer.execute("DELETE FROM public.par WHERE id >= 100")
        default: break
        }
    }

    /// A policy of table item: any rules.
    private static func policy(_ random: inout ModelRandom) -> NamedPolicy {
        var policy = NamedPolicy()
        policy.home = random.below(4) == 0 ? nil : "h"
        policy.delete = DeleteRule.allCases[random.below(4)]
        policy.defaultRule = [.newest, .home, .manual][random.below(3)]
        let rules: [NamedPolicy.Rule] = [.newest, .home, .prefer, .manual, .newestBy]
        let rule = rules[random.below(5)]
        var pair = NamedPolicy.Group(
            name: "pair", columns: ["a", "b"], rule: rule, column: rule == .newestBy ? "u" : nil,
            regions: rule == .prefer ? ["52", "50"] : nil)
        pair.order = rule == .newestBy ? .number : nil
        policy.groups = [
            pair, .init(name: "set", columns: ["tags"], rule: random.below(3) == 0 ? .newest : .union),
        ]
        if random.below(2) == 0 { policy.foreignKeys = [.init(columns: ["pid"], rule: .parkChild)] }
        return policy
    }

    private static func apply(_ policy: NamedPolicy, _ party: Party) throws {
        let row = try party.owner.queryOne("SELECT id FROM bashu.shared_table WHERE table_name = 'item'")
        try PolicyStore.apply(party.owner, [Int(try row?.int(0) ?? 0): policy])
    }

    /// Everything about a party, to find out why it differs.
    private func tell(_ party: Party) throws {
        print("== \(party.name)")
        for name in Self.constraints.keys.sorted() {
            print("\(name): \(try EngineModel.table(party, name).sorted())")
        }
        let queries = [
            """
            SELECT concat_ws(' ', 'claim', t.table_name, c.key, c.rule, c.kept, c.value, 'by', b.table_name,
                             (SELECT min(o.key) FROM bashu.claim o WHERE o.digest = c.blocker))
              FROM bashu.claim c JOIN bashu.shared_table t ON t.id = c.table_id
              LEFT JOIN bashu.shared_table b ON b.id = c.blocker_table ORDER BY 1
            """,
            "SELECT concat_ws(' ', 'recheck', table_id, key, attempts, reason) FROM bashu.recheck",
            """
            SELECT concat_ws(' ', 'known', t.table_name, n.key, n.image, n.parked, n.own_number)
              FROM bashu.known n JOIN bashu.shared_table t ON t.id = n.table_id ORDER BY 1
            """,
            """
            SELECT concat_ws(' ', 'case', t.table_name, c.key, c.column_group, c.closed_by, c.type, c.state)
              FROM bashu.conflict_case c JOIN bashu.shared_table t ON t.id = c.table_id
             WHERE closed_by = '' ORDER BY 1
            """,
        ]
        for query in queries { for row in try party.owner.query(query) { print(try row.text(0)) } }
    }

    /// One thing that happens somewhere.
    private func act(
        _ network: Network, _ random: inout ModelRandom,
        _ totals: inout (changes: Int, parked: Int, kept: Int, restarts: Int, forgotten: Int)
    ) throws {
        let party = network.parties[random.below(3)]
        switch random.below(100) {
        case 0..<60:
            totals.changes += 1
            try Self.write(party, Self.statement(&random))
        case 60..<62: try Self.erase(party, &random)
        case 62..<66: totals.forgotten += try party.forgetEverything(network)
        case 66..<75: _ = try party.engine.step()
        case 75..<97:
            let peer = network.parties[random.below(3)]
            if peer !== party { try party.receive(from: peer) }
        default:
            totals.restarts += 1
            if random.below(2) == 0 { try party.kill(afterMicroseconds: random.below(8_000)) }
            try party.restart()
        }
    }

    /// Somebody has a row erased, without what is below it.
    private static func erase(_ party: Party, _ random: inout ModelRandom) throws {
        let (table, key) = (["par", "item"][random.below(2)], "\(random.below(7))")
        let targets = try Erasure.targets(party.owner, table: "public.\(table)", key: [key])
        let itself = targets.filter { $0.table.table == table && $0.key.values == [key] }
        _ = try Erasure.ask(party.owner, itself, reason: "x")
    }

    private static func statement(_ random: inout ModelRandom) -> String {
        let (id, other) = (random.below(7), random.below(7))
        let value = random.below(4)
        let text = ["NULL", "'甲'", "'𬭎 \\'", "''"][random.below(4)]
        let number = value == 0 ? "NULL" : "\(value)"
        let parent = random.below(3) == 0 ? "NULL" : "(SELECT min(id) FROM public.par WHERE id BETWEEN \(other) AND 6)"
        switch random.below(17) {
        case 0: return "INSERT INTO public.par VALUES (\(id), \(text), \(number)) ON CONFLICT (id) DO NOTHING"
        case 1: return "UPDATE public.par SET name = \(text) WHERE id = \(id)"
        case 2: return "UPDATE public.par SET v = \(number) WHERE id = \(id)"
        case 3, 4: return "DELETE FROM public.par WHERE id = \(id)"
        case 5...7:
            return """
                INSERT INTO public.item VALUES (\(id), \(text), \(text), \(number), \(parent),
                    (SELECT min(id) FROM public.item WHERE id > \(other)), '5\(random.below(3))',
                    ARRAY['a', 'b c', NULL])
                ON CONFLICT (id) DO UPDATE SET a = excluded.a, u = excluded.u
                """
        case 8: return "UPDATE public.item SET a = \(text) WHERE id = \(id)"
        case 9: return "UPDATE public.item SET b = \(text), u = \(number) WHERE id = \(id)"
        case 10: return "UPDATE public.item SET pid = \(parent) WHERE id = \(id)"
        case 12: return "UPDATE public.item SET h = '5\(random.below(3))' WHERE id = \(id)"
        case 13, 14:
            let element = ["'甲'", "'x,y'", "'b c'"][random.below(3)]
            return "UPDATE public.item SET tags = tags || ARRAY[\(element)] WHERE id = \(id)"
        case 15: return "UPDATE public.item SET tags = array_remove(tags, 'b c') WHERE id = \(id)"
        case 11: return "UPDATE public.item SET u = u + 1 WHERE id > \(id)"
        default: return "DELETE FROM public.item WHERE id = \(id)"
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct ModelRandom {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
