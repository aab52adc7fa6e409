/// The changes of one key as a graph of who had seen whom.
///
/// Changes are kept in chains, one for each origin. Within a chain every change has seen those before it, and its
/// context only grows. So of all the writes that some change has seen, only the last in each chain can be unseen
/// by the others: what is maximal is found among as many changes as there are origins, however long the log.
struct MergeGraph {
    /// In order of origin, number and position: chain after chain.
    let changes: [LoggedChange]
    /// For every change the index of its chain.
    private let chain: [Int]
    private let chainCount: Int
    /// For every change and chain the highest batch number that the change's writer had seen of that origin.
    private let seen: [Int64]

    /// The graph of a log, which may be in any order.
    init(_ log: [LoggedChange]) {
        var byOrigin: [OriginID: [LoggedChange]] = [:]
        for change in log { byOrigin[change.id.origin, default: []].append(change) }
        let origins = byOrigin.keys.sorted()
        var changes: [LoggedChange] = []
        var chain: [Int] = []
        var seen: [Int64] = []
        changes.reserveCapacity(log.count)
        chain.reserveCapacity(log.count)
        seen.reserveCapacity(log.count * origins.count)
        for (index, origin) in origins.enumerated() {
            let ordered = (byOrigin[origin] ?? []).sorted {
                ($0.id.number, $0.id.position) < ($1.id.number, $1.id.position)
            }
            // Contexts of an origin grow; should a broken one shrink, the merge must still be a function.
            var highest = [Int64](repeating: 0, count: origins.count)
            for change in ordered {
                for (other, name) in origins.enumerated() {
                    highest[other] = max(highest[other], change.context[name])
                }
                seen += highest
                chain.append(index)
            }
            changes += ordered
        }
        self.changes = changes
        self.chain = chain
        self.seen = seen
        chainCount = origins.count
    }

    /// Whether the writer of `later` had seen `earlier`.
    func precedes(_ earlier: Int, _ later: Int) -> Bool {
        guard chain[earlier] != chain[later] else { return earlier < later }
        return changes[earlier].id.number <= seen[later * chainCount + chain[earlier]]
    }

    /// Order of hybrid time, then origin, number and position.
    func stampPrecedes(_ left: Int, _ right: Int) -> Bool {
        let (leftTime, rightTime) = (changes[left].hlc, changes[right].hlc)
        return leftTime != rightTime ? leftTime < rightTime : left < right
    }

    /// The changes for which `isWrite` holds, by chain.
    func writes(where isWrite: (LoggedChange) -> Bool) -> [[Int]] {
        var result = [[Int]](repeating: [], count: chainCount)
        for index in changes.indices where isWrite(changes[index]) { result[chain[index]].append(index) }
        return result
    }

    /// Of `writes` those that no other of them follows.
    func frontier(of writes: [[Int]]) -> [Int] {
        maximal(writes.compactMap(\.last))
    }

    /// Of the `writes` that the writer of `index` had seen, those that no other of them follows.
    func past(of index: Int, in writes: [[Int]]) -> [Int] {
        maximal(writes.compactMap { lastPreceding(index, in: $0) })
    }

    /// Whether every other change precedes `index` or has seen it.
    func splits(at index: Int, _ all: [[Int]]) -> Bool {
        all.allSatisfy { chain in
            let count = countPreceding(index, in: chain)
            guard count < chain.count, chain[count] != index else { return true }
            return precedes(index, chain[count])
        }
    }

    private func lastPreceding(_ index: Int, in writes: [Int]) -> Int? {
        let count = countPreceding(index, in: writes)
        return count == 0 ? nil : writes[count - 1]
    }

    /// How many of `writes`, which are of one chain, precede `index`: they stand at its beginning.
    private func countPreceding(_ index: Int, in writes: [Int]) -> Int {
        guard let last = writes.last, !precedes(last, index) else { return writes.count }
        var range = 0..<(writes.count - 1)
        while let middle = range.isEmpty ? nil : (range.lowerBound + range.upperBound) / 2 {
            range = precedes(writes[middle], index) ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }

    /// Of `candidates`, the last writes of their chains, those that no other of them follows.
    private func maximal(_ candidates: [Int]) -> [Int] {
        guard candidates.count > 1 else { return candidates }
        let result = candidates.filter { candidate in
            !candidates.contains { $0 != candidate && precedes(candidate, $0) }
        }
        // Contexts that claim to have seen each other: no region can apply them, but nothing may break.
        return result.isEmpty ? candidates : result
    }
}
