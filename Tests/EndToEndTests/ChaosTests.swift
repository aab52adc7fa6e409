import Postgres
import RegionStore
import Synchronization
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Random edits of the same few rows everywhere, while daemons, connections and the server die.
    ///
    /// The seed decides what is done, not how it interleaves: a failure is a failure all the same.
    @Suite struct ChaosTests {
        /// A small generator that anybody can repeat.
        struct Dice: RandomNumberGenerator, Sendable {
            private var state: UInt64

            init(seed: UInt64) { state = seed }

            mutating func next() -> UInt64 {
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = state
                mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
                return mixed ^ (mixed >> 31)
            }

            mutating func statement() -> String {
                let number = "GB/T \(Int.random(in: 1...25, using: &self))"
                let text = ["甲", "乙", "𬭎", "it''s", "a\tb"].randomElement(using: &self) ?? "甲"
                let count = Int.random(in: 1...999, using: &self)
                return switch Int.random(in: 0..<12, using: &self) {
                case 0...2:
                    """
                    INSERT INTO standard (number, title, pages) VALUES ('\(number)', '\(text)', \(count))
                    ON CONFLICT (number) DO UPDATE SET title = excluded.title
                    """
                case 3, 4: "UPDATE standard SET pages = \(count) WHERE number = '\(number)'"
                case 5, 6: "UPDATE standard SET title = '\(text)\(count)', changed = now() WHERE number = '\(number)'"
                case 7: "UPDATE standard SET fee = coalesce(fee, 0) + 1.50 WHERE number LIKE 'GB/T 1%'"
                case 8: "DELETE FROM standard WHERE number = '\(number)'"
                case 9: "UPDATE standard SET number = number || 'x' WHERE number = '\(number)'"
                case 10:
                    #"""
                    INSERT INTO "条目 ""甲""" VALUES ('\#(number)', \#(count % 5), '\#(text)')
                    ON CONFLICT (number, "第 N") DO UPDATE SET "正文" = excluded."正文" || '\#(count)'
                    """#
                default: #"DELETE FROM "条目 ""甲""" WHERE number = '\#(number)'"#
                }
            }
        }

        /// What the writers have done together, and whether they are to go on.
        final class Progress: Sendable {
            private let over = Atomic(false)
            private let count = Atomic(0)

            var isOver: Bool { over.load(ordering: .acquiring) }
            var transactions: Int { count.load(ordering: .relaxed) }

            func end() { over.store(true, ordering: .releasing) }
            func add() { count.add(1, ordering: .relaxed) }
        }

        @Test(arguments: [UInt64(1), 2]) func endsEqual(seed: UInt64) async throws {
            let cluster = try await TestCluster.start()
            let world = try await Federation.make(
                regions: ["50", "51", "52"], replicas: ["cqu": "51"],
                links: [
                    (from: "50", to: "51"), (from: "51", to: "50"), (from: "51", to: "52"), (from: "52", to: "51"),
                    (from: "cqu", to: "51"),
                ], cluster: cluster)
            try await world.startDaemons()
            let progress = Progress()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (place, party) in world.parties.filter({ $0.kind == .region }).enumerated() {
                    group.addTask {
                        try await Self.write(party, Dice(seed: seed &* 100 &+ UInt64(place)), progress)
                    }
                }
                group.addTask {
                    defer { progress.end() }
                    try await Self.disturb(world, Dice(seed: seed), progress)
                }
                try await group.waitForAll()
            }
            try await world.startDaemons()
            try await world.converged(timeout: .seconds(60))
            print("figure rounds: 1")
            print("figure changes: \(try await world["52"].value("SELECT sum(changes) FROM bashu.batch") ?? "0")")
            let differences = try await world.differences()
            #expect(differences == [], "seed \(seed)")
            // It was worth the name.
            let contents = try await world["52"].contents()
            #expect(contents.log.count > 3, "seed \(seed)")
            try await world.stopDaemons()
        }

        /// Writes until the end, several statements to a transaction now and then.
        private static func write(_ party: Party, _ dice: Dice, _ progress: Progress) async throws {
            var dice = dice
            while !progress.isOver {
                let count = Bool.random(using: &dice) ? 1 : Int.random(in: 2...6, using: &dice)
                var statements = (0..<count).map { _ in dice.statement() }
                // People think: mostly between two transactions, now and then within one.
                let thinking = "SELECT pg_sleep(0.0\(Int.random(in: 10...25, using: &dice)))"
                if Int.random(in: 0..<4, using: &dice) == 0 { statements.append(thinking) }
                do {
                    try await party.run(statements.joined(separator: ";\n"))
                    try await party.run(thinking)
                } catch let error as PostgresError {
                    // The server is down, or two writers have met; people's programs live with that too.
                    let isExpected =
                        error.kind != .statementFailed
                        || [.uniqueViolation, .deadlockDetected, .cannotConnectNow].contains(error.sqlState)
                    guard isExpected else { throw error }
                }
                progress.add()
            }
        }

        private static func disturb(_ world: Federation, _ dice: Dice, _ progress: Progress) async throws {
            var dice = dice
            for _ in 0..<8 {
                let enough = progress.transactions + Int.random(in: 10...40, using: &dice)
                try await eventually("people write", timeout: .seconds(60)) { progress.transactions >= enough }
                let party = world.parties[Int.random(in: 0..<world.parties.count, using: &dice)]
                switch Int.random(in: 0..<6, using: &dice) {
                case 0, 1: party.killDaemon()
                case 2:
                    for party in world.parties where party.daemon == nil { try await party.startDaemon() }
                case 3:
                    _ = try await party.rows(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'bashud%'")
                case 4: try await world.cluster.restart(.immediate)
                default: try await party.stopDaemon()
                }
            }
            print("figure faults: 8")
        }
    }
}
