import Postgres
import TestCluster
import Testing

@testable import RegionStore
@testable import Replication

@Suite("What is not received")
struct ReceiveRefusalTests {
    private let origin = OriginID("50-7f3a0c91d2e4")
    private let own = OriginID("51-00aa11bb22cc")

    private struct Pair {
        let first: Session
        let second: Session
        let daemon: Session
        let peer: Session
        let databases: (first: ReceiveDatabase, second: ReceiveDatabase)
        var history: ReceiveFixture.History
    }

    private func pair(batches: Int, changes: Int = 6) async throws -> Pair {
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51")
        try ReceiveFixture.own(origin, in: first.session)
        try ReceiveFixture.own(own, in: second.session)
        var history = ReceiveFixture.History(origin)
        for _ in 0..<batches { try ReceiveFixture.publish(&history, in: first.session, changes: changes) }
        return Pair(
            first: first.session, second: second.session, daemon: second.daemon, peer: try first.peer(),
            databases: (first, second), history: history)
    }

    @Test("A lost fence ends the work and leaves nothing behind")
    func fence() async throws {
        let pair = try await pair(batches: 2)
        try pair.second.execute("UPDATE bashu.fence SET token = 8")
        let before = try ReceiveFixture.rest(pair.second)
        #expect(throws: StoreError.fenceLost) {
            try ReceiveFixture.receiver(token: 7).receive(into: pair.daemon, from: pair.peer)
        }
        #expect(try ReceiveFixture.log(pair.second).isEmpty)
        #expect(try ReceiveFixture.rest(pair.second) == before)
        #expect(try ReceiveFixture.receiver(token: 8).receive(into: pair.daemon, from: pair.peer).batches == 2)
    }

    @Test("A peer that has more of our own origin than we have is not received from")
    func ownOriginAhead() async throws {
        let pair = try await pair(batches: 1)
        var mine = ReceiveFixture.History(own)
        try ReceiveFixture.publish(&mine, in: pair.second, changes: 2)
        let back = try pair.databases.second.peer()
        #expect(try ReceiveFixture.receiver().receive(into: pair.databases.first.daemon, from: back).batches == 1)
        // As after a restore of an older backup.
        try pair.second.execute("DELETE FROM bashu.batch WHERE number = 1")
        try pair.second.execute("DELETE FROM bashu.applied")
        var caught: ReceiveError?
        do {
            _ = try ReceiveFixture.receiver("chongqing").receive(into: pair.daemon, from: pair.peer)
        } catch let error as ReceiveError {
            caught = error
        }
        guard case .ownOriginAhead("chongqing", own, 1, 0) = caught else {
            Issue.record("another error: \(String(describing: caught))")
            return
        }
        #expect(try pair.second.query("SELECT FROM bashu.batch").isEmpty)
    }

    @Test("A database does not receive from itself, nor from a copy of itself")
    func sameDatabase() async throws {
        let pair = try await pair(batches: 1)
        #expect(throws: ReceiveError.self) {
            try ReceiveFixture.receiver().receive(into: pair.databases.first.daemon, from: pair.peer)
        }
    }

    @Test("A peer that speaks no version of ours is told apart")
    func protocols() async throws {
        let pair = try await pair(batches: 1)
        let definition = try pair.first.queryOne("SELECT pg_get_functiondef('bashu.feed_hello_v1()'::regprocedure)")
        let changed = try #require(try definition?.text(0)).replacing("ARRAY[1]", with: "ARRAY[2,3]")
        try pair.first.script(changed)
        var caught: ReceiveError?
        do {
            _ = try ReceiveFixture.receiver().receive(into: pair.daemon, from: pair.peer)
        } catch let error as ReceiveError {
            caught = error
        }
        guard case .unsupportedProtocol(_, "{2,3}") = caught else {
            Issue.record("another error: \(String(describing: caught))")
            return
        }
    }

    @Test("A peer that lies about what it has is found out")
    func liar() async throws {
        let pair = try await pair(batches: 1)
        // The row says complete, the bytes are missing.
        try pair.first.execute("DELETE FROM bashu.chunk")
        #expect(throws: ReceiveError.self) {
            try ReceiveFixture.receiver().receive(into: pair.daemon, from: pair.peer)
        }
        #expect(try ReceiveFixture.log(pair.second).isEmpty)
        // Other parts than those asked for.
        try ReceiveFixture.replace([[0x41]], origin, 1, in: pair.first)
        try pair.first.execute("UPDATE bashu.chunk SET part = 1")
        #expect(throws: ReceiveError.self) {
            try ReceiveFixture.receiver().receive(into: pair.daemon, from: pair.peer)
        }
        #expect(try ReceiveFixture.log(pair.second).isEmpty)
    }

    @Test("Any damaged byte is refused, changes nothing else, and the good batch is taken afterwards")
    func damagedBytes() async throws {
        let pair = try await pair(batches: 2, changes: 30)
        #expect(try ReceiveFixture.receiver().receive(into: pair.daemon, from: pair.peer).batches == 2)
        var history = pair.history
        try ReceiveFixture.publish(&history, in: pair.first, changes: 30, titleBytes: 3_000)
        let good = try ReceiveFixture.storedParts(origin, 3, in: pair.first)
        #expect(good.count == 2)
        let before = try ReceiveFixture.rest(pair.second)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<60 {
            var damaged = good
            let part = Int.random(in: 0..<good.count, using: &generator)
            let offset = Int.random(in: 0..<good[part].count, using: &generator)
            damaged[part][offset] ^= UInt8.random(in: 1...255, using: &generator)
            try expectRefused(damaged, pair, number: 3, "byte \(offset) of part \(part)")
            #expect(try ReceiveFixture.rest(pair.second) == before)
        }
        try ReceiveFixture.replace(good, origin, 3, in: pair.first)
        #expect(try ReceiveFixture.receiver().receive(into: pair.daemon, from: pair.peer).batches == 1)
        #expect(try ReceiveFixture.log(pair.second) == ReceiveFixture.log(pair.first))
        #expect(try ReceiveFixture.fault(pair.second)?.fault == nil)
    }

    @Test("Truncated, reordered, repeated and foreign lines are refused, also under a root that fits them")
    func damagedLines() async throws {
        let pair = try await pair(batches: 1)
        #expect(try ReceiveFixture.receiver().receive(into: pair.daemon, from: pair.peer).batches == 1)
        var history = pair.history
        try ReceiveFixture.publish(&history, in: pair.first, changes: 5)
        let good = Array(try ReceiveFixture.storedParts(origin, 2, in: pair.first).joined())
        let lines = good.split(separator: 0x0a).map(Array.init)
        let end = lines.count - 2
        func edited(_ index: Int, _ from: String, _ to: String) -> [[UInt8]] {
            var copy = lines
            copy[index] = Array(String(decoding: lines[index], as: UTF8.self).replacing(from, with: to).utf8)
            #expect(copy != lines)
            return copy
        }
        func without(_ index: Int) -> [[UInt8]] { Array(lines[..<index] + lines[(index + 1)...]) }
        var swapped = lines
        swapped.swapAt(1, 2)
        let shape = String(decoding: lines[1].split(separator: 0x09)[1], as: UTF8.self)
        let previous = String(decoding: lines[0].split(separator: 0x09)[6], as: UTF8.self)
        let cases: [(String, [[UInt8]], FormatError.Reason)] = [
            ("reordered", swapped, .order),
            ("repeated", Array(lines[...1] + lines[1...]), .order),
            ("missing", without(1), .count),
            ("without a header", without(0), .unexpectedLine),
            ("without a trailer", without(end), .unexpectedLine),
            ("another number", edited(0, "\t2\t", "\t3\t"), .badField),
            ("another origin", edited(0, origin.name, "50-999999999999"), .wrongOrigin),
            ("another predecessor", edited(0, previous, String(repeating: "0", count: 64)), .wrongPrevious),
            ("a later version", edited(0, "bashu\t1\t", "bashu\t2\t"), .unsupported),
            ("an unknown shape", edited(1, shape, String(repeating: "0", count: 32)), .unknownShape),
            ("a count too high", edited(end, "end\t5", "end\t6"), .count),
            ("another hlc range", edited(end, "\t1700000000000004", "\t1700000000000005"), .hlcRange),
        ]
        for (name, lines, reason) in cases {
            let fault = try expectRefused([resealed(lines)], pair, number: 2, name)
            guard case .malformedBatch(_, _, _, _, let error) = fault else { continue }
            #expect(error.reason == reason, "\(name): \(error)")
        }
        for length in [0, 1, 40, good.count / 2, good.count - 70, good.count - 1] where length > 0 {
            try expectRefused([Array(good[..<length])], pair, number: 2, "\(length) bytes")
        }
        try expectRefused([good, Array("more\n".utf8)], pair, number: 2, "a part too many", alsoNext: true)
        // A whole batch of the same origin, under another number.
        let first = try ReceiveFixture.storedParts(origin, 1, in: pair.first)
        try expectRefused(first, pair, number: 2, "batch 1 as batch 2")
        try ReceiveFixture.replace([good], origin, 2, in: pair.first)
        #expect(try ReceiveFixture.receiver().receive(into: pair.daemon, from: pair.peer).batches == 1)
    }

    @Test("A refused batch does not stop another origin, and is asked for again later")
    func otherOriginsGoOn() async throws {
        var pair = try await pair(batches: 1)
        let old = OriginID("50-000000000001")
        try pair.first.execute("INSERT INTO bashu.origin (name, region) VALUES ($1, '50')", [.text(old.name)])
        var history = ReceiveFixture.History(old)
        try ReceiveFixture.publish(&history, in: pair.first, changes: 2)
        let good = try ReceiveFixture.storedParts(origin, 1, in: pair.first)
        var damaged = good
        damaged[0][200] ^= 1
        try ReceiveFixture.replace(damaged, origin, 1, in: pair.first)
        let receiver = ReceiveFixture.receiver()
        let now = ContinuousClock.now
        let report = try receiver.receive(into: pair.daemon, from: pair.peer, now: now)
        #expect(report.advanced == [old: 1])
        #expect(report.faults.count == 1)
        #expect("\(report.faults)".contains("\(origin)"))
        // Good batches before the bad one are kept, and the pause before the next try grows.
        try ReceiveFixture.publish(&history, in: pair.first, changes: 2)
        let soon = try receiver.receive(into: pair.daemon, from: pair.peer, now: now + .seconds(1))
        #expect(soon.advanced == [old: 2] && soon.faults.count == 1)
        try ReceiveFixture.replace(good, origin, 1, in: pair.first)
        try ReceiveFixture.publish(&pair.history, in: pair.first, changes: 2)
        let later = try receiver.receive(into: pair.daemon, from: pair.peer, now: now + .seconds(3))
        #expect(later.advanced == [origin: 2] && later.faults.isEmpty)
        #expect(try ReceiveFixture.log(pair.second) == ReceiveFixture.log(pair.first))
    }

    @Test("Good batches before a bad one in the same step are kept")
    func goodBeforeBad() async throws {
        let pair = try await pair(batches: 5)
        var damaged = try ReceiveFixture.storedParts(origin, 4, in: pair.first)
        damaged[0][damaged[0].count - 3] ^= 1
        try ReceiveFixture.replace(damaged, origin, 4, in: pair.first)
        let report = try ReceiveFixture.receiver().receive(into: pair.daemon, from: pair.peer)
        #expect(report.advanced == [origin: 3])
        #expect(report.faults.count == 1)
        #expect(try pair.second.query("SELECT FROM bashu.batch WHERE complete").count == 3)
        #expect(try ReceiveFixture.storedParts(origin, 4, in: pair.second) == damaged)
        #expect(try pair.second.query("SELECT FROM bashu.batch WHERE number = 5").isEmpty)
    }

    @discardableResult
    private func expectRefused(
        _ parts: [[UInt8]], _ pair: Pair, number: Int64, _ what: String, alsoNext: Bool = false
    ) throws -> ReceiveError? {
        try ReceiveFixture.replace(parts, origin, number, in: pair.first)
        if alsoNext {
            // The surplus part belongs to no batch: whatever follows it is out of step.
            #expect(throws: (any Error).self, "\(what)") {
                let report = try ReceiveFixture.receiver().receive(into: pair.daemon, from: pair.peer)
                if let fault = report.faults.first { throw fault }
            }
            try pair.second.execute("DELETE FROM bashu.chunk WHERE number >= $1", [.int(number)])
            try pair.second.execute("DELETE FROM bashu.batch WHERE number >= $1", [.int(number)])
            return nil
        }
        do {
            let report = try ReceiveFixture.receiver("bad").receive(into: pair.daemon, from: pair.peer)
            #expect(report.batches == 0, "\(what)")
            let stored = try #require(try ReceiveFixture.fault(pair.second))
            guard let fault = report.faults.first else {
                // Cut at a part's end: nothing wrong so far, only not complete.
                #expect(!stored.complete, "\(what)")
                return nil
            }
            #expect("\(fault)".contains("bad") && "\(fault)".contains("\(origin)"), "\(what)")
            #expect(!stored.complete && stored.fault == fault.description, "\(what)")
            // The evidence is here, byte by byte.
            let evidence = try ReceiveFixture.storedParts(origin, number, in: pair.second)
            #expect(evidence == Array(parts.prefix(evidence.count)) && Int64(evidence.count) == stored.parts, "\(what)")
            return fault
        } catch let error as ReceiveError {
            // Nothing came where something was promised.
            return error
        }
    }

    private func resealed(_ lines: [[UInt8]]) -> [UInt8] {
        var hasher = BatchHasher()
        for line in lines.dropLast() { line.withUnsafeBytes { hasher.leaf($0) } }
        let all = lines.dropLast() + [Array("root\t\(Hex.text(hasher.root()))".utf8)]
        return Array(all.map { $0 + [0x0a] }.joined())
    }
}
