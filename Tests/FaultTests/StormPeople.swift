import Postgres
import Synchronization
import TestCluster
import Testing

@testable import TestFederation

/// What the people of a storm have done together, and whether they are to go on.
final class StormProgress: Sendable {
    private let over = Atomic(false)
    private let tries = Atomic(0)
    private let committed = Mutex<[String: Int]>([:])
    private let findings = Mutex<[String]>([])

    var isOver: Bool { over.load(ordering: .acquiring) }
    /// Transactions that were tried, whatever became of them.
    var tried: Int { tries.load(ordering: .relaxed) }
    /// What somebody saw that nobody must see.
    var seen: [String] { findings.withLock { $0 } }

    func end() { over.store(true, ordering: .releasing) }
    func add() { tries.add(1, ordering: .relaxed) }
    func commit(_ region: String) { committed.withLock { $0[region, default: 0] += 1 } }
    /// Transactions that were acknowledged, by region.
    var commits: [String: Int] { committed.withLock { $0 } }
    func find(_ text: String) { findings.withLock { $0.append(text) } }
}

/// People who write in a region, and people who look.
enum StormPeople {
    /// Writes until the end: conflicts on purpose, and with each transaction a line of the region's own ledger, which
    /// says what its writer had seen of the others'.
    static func write(_ party: Party, _ dice: Dice, _ progress: StormProgress) async throws {
        var dice = dice
        let seen = ["50", "51", "52"].map {
            "seen_\($0) = coalesce((SELECT n FROM ledger WHERE region = '\($0)' AND half = 1), 0)"
        }
        let ledger =
            "UPDATE ledger SET n = n + 1, \(seen.joined(separator: ", ")) WHERE region = '\(party.name)'"
        while !progress.isOver {
            var statements = (0..<(1 + dice.below(4))).map { _ in statement(&dice) }
            statements.insert(ledger, at: dice.below(statements.count + 1))
            do {
                try await party.run(statements.joined(separator: ";\n"))
                progress.commit(party.name)
            } catch let error as PostgresError {
                guard isExpected(error) else { throw error }
            }
            progress.add()
            // People think. Not by pg_sleep: a server whose clock is set back would sleep for hours.
            try await Task.sleep(until: .now + .milliseconds(10 + dice.below(20)), clock: .continuous)
        }
    }

    /// The server is down or its disk full, two writers have met, or a constraint says no.
    private static func isExpected(_ error: PostgresError) -> Bool {
        error.kind != .statementFailed
            || [
                .uniqueViolation, .foreignKeyViolation, .deadlockDetected, .cannotConnectNow, .diskFull,
                .adminShutdown, .crashShutdown,
            ].contains(error.sqlState)
    }

    private static func statement(_ dice: inout Dice) -> String {
        let number = "GB/T \(1 + dice.below(15))"
        let text = dice.pick(["甲", "乙", "𬭎", "it''s", "a\tb", "引\"号"]) ?? "甲"
        let count = dice.below(1_000)
        let code = dice.below(3) == 0 ? "NULL" : "'C\(dice.below(6))'"
        switch dice.below(12) {
        case 0...2:
            return """
                INSERT INTO standard VALUES ('\(number)', '\(text)\(count)', \(count), \(code))
                ON CONFLICT (number) DO UPDATE SET title = excluded.title
                """
        case 3, 4: return "UPDATE standard SET pages = \(count) WHERE number = '\(number)'"
        case 5, 6: return "UPDATE standard SET title = '\(text)\(count)' WHERE number = '\(number)'"
        case 7: return "UPDATE standard SET code = \(code) WHERE number = '\(number)'"
        case 8: return "DELETE FROM standard WHERE number = '\(number)'"
        case 9:
            return #"DELETE FROM "条目 ""甲""" WHERE number = '\#(number)'"#
        default:
            return #"""
                INSERT INTO "条目 ""甲"""
                SELECT number, \#(count % 4), '\#(text)\#(count)' FROM standard WHERE number = '\#(number)'
                ON CONFLICT (number, "第 N") DO UPDATE SET "正文" = excluded."正文"
                """#
        }
    }

    /// Looks until the end. Half of a transaction, or a write without what its writer had seen, is a finding.
    static func look(_ party: Party, _ progress: StormProgress) async throws {
        while !progress.isOver {
            do {
                for finding in try await findings(party) { progress.find("\(party.name) shows \(finding)") }
            } catch is PostgresError {
                // Its server is down: somebody else's fault.
            }
            try await Task.sleep(until: .now + .milliseconds(20), clock: .continuous)
        }
    }

    /// What nobody must see, and can be seen now.
    static func findings(_ party: Party) async throws -> [String] {
        try await party.rows(question).map { row in row.map { $0 ?? "NULL" }.joined(separator: " ") }
    }

    private static let question = """
        SELECT 'half of a transaction', a.region, a.n, b.n
          FROM ledger a FULL JOIN ledger b ON a.region = b.region AND a.half <> b.half
         WHERE (a.n, a.seen_50, a.seen_51, a.seen_52) IS DISTINCT FROM (b.n, b.seen_50, b.seen_51, b.seen_52)
        UNION ALL
        SELECT 'an effect without its cause', a.region || ' of ' || o.region, o.seen, b.n
          FROM ledger a
         CROSS JOIN LATERAL (VALUES ('50', a.seen_50), ('51', a.seen_51), ('52', a.seen_52)) AS o (region, seen)
          LEFT JOIN ledger b ON b.region = o.region AND b.half = 1
         WHERE o.region <> a.region AND o.seen > coalesce(b.n, 0)
        """
}
