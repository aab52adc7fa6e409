import Glibc
import Testing

@testable import Replication

/// What must hold of any log.
@Suite struct MergePropertyTests {
    @Test(arguments: [false, true]) func agreesWithTheDefinitions(_ anyRules: Bool) {
        for seed in UInt64(0)..<6_000 {
            let history = RandomLog(seed: seed, anyRules: anyRules)
            let log = history.changes
            let outcome = merge(log, policy: history.policy)
            let oracle = Oracle(log, policy: history.policy) { later, earlier in
                let (one, other) = (log[later].id, log[earlier].id)
                if one.origin == other.origin {
                    return (other.number, other.position) < (one.number, one.position)
                }
                return other.number <= log[later].context[other.origin]
            }
            let last = log.max { ($0.hlc, $0.id) < ($1.hlc, $1.id) }
            let isPlain =
                log.allSatisfy { $0.id == last?.id || last?.hasSeen($0) == true } && last?.image == outcome.image
                && (outcome.image == nil || last?.present.count == 3)
                && oracle.cases.allSatisfy { $0.closedBy != nil && $0.state != .open }
            guard outcome.image == oracle.row, Set(outcome.cases) == oracle.cases, outcome.last == last?.id,
                outcome.cases.count == oracle.cases.count, outcome.isPlain == isPlain
            else {
                Issue.record("log \(seed): \(outcome.summaries), by definition \(oracle.cases.map(\.summary))")
                return
            }
        }
    }

    /// What an erasure takes out has no part in the result, however much of it is still there: regions take it out at
    /// different times.
    @Test(arguments: [false, true]) func whatIsErasedHasNoPart(_ anyRules: Bool) {
        var random = SplitMix64(seed: 15)
        var taken = 0
        for seed in UInt64(0)..<4_000 {
            let history = RandomLog(seed: seed, anyRules: anyRules, erases: true)
            let log = history.changes
            guard !log.isEmpty else { continue }
            let erasures = log.filter { $0.kind == .erasure }
            let rest = log.filter { change in
                change.kind == .erasure || erasures.allSatisfy { change.hasSeen($0) }
            }
            taken += log.count - rest.count
            let outcome = merge(log, policy: history.policy)
            for _ in 0..<4 {
                let some = log.filter { change in rest.contains { $0.id == change.id } || random.chance(50) }
                guard merge(some.shuffled(using: &random), policy: history.policy) == outcome else {
                    Issue.record("log \(seed): what is erased still counts")
                    return
                }
            }
            let last = rest.max { ($0.hlc, $0.id) < ($1.hlc, $1.id) }
            guard last?.kind != .erasure || outcome.image == nil || rest.count > erasures.count else {
                Issue.record("log \(seed): an erased row is there")
                return
            }
        }
        #expect(taken > 5_000, "the logs have something to erase: \(taken)")
    }

    @Test(arguments: [false, true]) func everyOrderOfASmallLogGivesTheSame(_ anyRules: Bool) {
        for seed in UInt64(0)..<300 {
            let history = RandomLog(seed: seed, anyRules: anyRules)
            let log = Array(history.changes.prefix(5))
            let outcome = merge(log, policy: history.policy)
            for order in permutations(log) where merge(order, policy: history.policy) != outcome {
                Issue.record("log \(seed) depends on the order")
                return
            }
        }
    }

    /// Contexts and times that no region could have written: damaged, or made up by a peer.
    @Test func brokenLogsGiveTheSameInEveryOrder() {
        var random = SplitMix64(seed: 7)
        for seed in UInt64(0)..<2_000 {
            var log = RandomLog(seed: seed).changes
            for index in log.indices where random.chance(60) {
                log[index].hlc = Int64(random.below(4))
                for origin in RandomLog.origins { log[index].context[origin] = Int64(random.below(6)) }
                if random.chance(20) { log[index].image = nil }
            }
            let outcome = merge(log, policy: RandomLog.policy)
            for _ in 0..<5 where merge(log.shuffled(using: &random), policy: RandomLog.policy) != outcome {
                Issue.record("log \(seed) depends on the order")
                return
            }
        }
    }

    @Test func changesThatClaimToHaveSeenEachOtherStillHaveAWinner() {
        var log = KeyLog()
        log.insert("50", at: 1, "甲|x")
        log.insert("51", at: 2, "乙|x")
        let circle = log.changes.map { change in
            var copy = change
            copy.context = Vector([OriginID("50-x"): 1, OriginID("51-x"): 1])
            return copy
        }
        #expect(KeyLog.text(merge(circle, policy: log.policy).image) == "乙|x")
    }

    /// For logs of which the older part has been applied: the rest says the same.
    @Test(arguments: [false, true]) func historyMayBeCutOffAtTheDominator(_ anyRules: Bool) throws {
        var cutOff = 0
        for seed in UInt64(0)..<8_000 {
            let history = RandomLog(seed: seed, anyRules: anyRules)
            let log = history.changes
            let (applied, incoming) = split(log)
            let stubs = applied.map { change in
                var stub = change
                stub.image = nil
                return stub
            }
            guard let index = dominator(of: stubs, before: incoming, policy: history.policy) else { continue }
            let base = applied[index]
            let rest = log.filter { $0.id == base.id || $0.hasSeen(base) }
            cutOff += rest.count < log.count ? 1 : 0
            let whole = merge(log, policy: history.policy)
            let short = merge(rest, policy: history.policy)
            let kept = Set(rest.map(\.id)).subtracting([base.id])
            let expected = whole.cases.filter { record in record.closedBy.map { kept.contains($0) } ?? true }
            guard short.image == whole.image, short.present == whole.present, short.last == whole.last,
                short.isPlain == whole.isPlain, short.cases == expected,
                log.allSatisfy({ rest.contains($0) || base.hasSeen($0) })
            else {
                Issue.record("log \(seed) cut off at \(base.id): \(short.summaries), whole \(whole.summaries)")
                return
            }
        }
        #expect(cutOff > (anyRules ? 100 : 500), "most of the logs were of no use: \(cutOff)")
    }

    /// A causally closed first part, and what comes after.
    private func split(_ log: [LoggedChange]) -> (applied: [LoggedChange], incoming: [LoggedChange]) {
        let count = log.count - min(log.count - 1, 1 + log.count % 3)
        return (Array(log.prefix(count)), Array(log.dropFirst(count)))
    }

    @Test func aContestedGroupIsNotCutOff() {
        var log = KeyLog()
        let one = log.insert("50", at: 1, "甲|x")
        let other = log.insert("51", at: 2, "乙|x")
        let edit = log.update("52", at: 3, "乙|y", writes: [1], seen: [one, other])
        #expect(dominator(of: log.changes, before: [], policy: log.policy) == nil)
        log.update("52", at: 4, "丙|y", writes: [0])
        #expect(dominator(of: log.changes, before: [], policy: log.policy) == 3)
        let applied = log.changes
        log.update("50", at: 9, "丁|y", writes: [0], seen: [edit])
        #expect(dominator(of: applied, before: [log.changes[4]], policy: log.policy) == nil, "it has not seen 52:2")
    }

    /// Two regions that hear of each other from time to time, or never. Eight times the changes may cost little
    /// more than eight times the work, not sixty-four times. The thread's own time, so that load does not count.
    @Test(arguments: [true, false]) func workGrowsWithTheLog(_ hears: Bool) {
        let policy = TablePolicy.columns(names: ["状态", "公告"])
        let work = [10_000, 80_000].map { count in
            let log = hotLog(count: count, hears: hears)
            let start = threadTime()
            let outcome = merge(log, policy: policy)
            let isCutOff = dominator(of: log, before: [], policy: policy) != nil
            let end = threadTime()
            #expect(hears ? outcome.cases.count > count / 10 : outcome.cases.count == 2)
            #expect(!isCutOff)
            return end - start
        }
        #expect(work[1] < 24 * work[0], "\(work) ns")
    }

    /// Nanoseconds that this thread has computed.
    private func threadTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    private func hotLog(count: Int, hears: Bool = true) -> [LoggedChange] {
        let origins = [OriginID("50-x"), OriginID("51-x")]
        return (0..<count).map { index in
            let (own, number) = (index % 2, Int64(index / 2) + 1)
            let heard = hears ? max(0, number - 1 - number % 7) : 0
            let image = RowImage(fields: [Array("𬭎\(index)".utf8)[...], Array("\(index / 1000)".utf8)[...]])
            return LoggedChange(
                id: ChangeID(origin: origins[own], number: number, position: 0), kind: .update, hlc: Int64(index),
                context: Vector([origins[own]: number - 1, origins[1 - own]: heard]),
                written: ColumnSet(index % 1000 == 0 || index < 2 ? [0, 1] : [0]), image: image,
                present: ColumnSet(first: 2))
        }
    }
}
