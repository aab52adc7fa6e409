/// What the log of one key says.
public struct MergeOutcome: Hashable, Sendable {
    /// The row, a field for every local column; nil: absent.
    public let image: RowImage?
    /// The columns that some change gives a value; in the others `image` has `\N` and nobody has a say: what the
    /// table has stays.
    public let present: ColumnSet
    /// The last change: the highest in hybrid time, then origin, number and position.
    public let last: ChangeID
    /// Whether the last change alone says it all: it has seen every other change, nothing is contested, and the
    /// row is the one in its image, with every column. Then what is known of the key needs no row of its own.
    public let isPlain: Bool
    /// The write that says whether the row is there.
    public let existence: ChangeStamp
    /// For every group of the policy the write that gives it its value; where none does, that of existence.
    public let winners: [ChangeStamp]
    /// Of an absent row the newest image before: what it is if the foreign-key rule keeps it.
    public let lastImage: RowImage?
    /// All cases in the given log: existence first, then by group; the closed ones by the stamp of what closed
    /// them, and the one of the current frontier last.
    public let cases: [ConflictCase]
}

/// Merges the log of one key.
///
/// A pure function of the set of changes and the policy: the order of `log` does not matter. What an erasure takes out
/// of the log has no part in it, whether or not it has been taken out already.
///
/// - Parameter log: At least one change, each once.
/// - Complexity: O(changes · groups) and, for each group written, O(origins · log(changes) + origins²).
public func merge(_ log: [LoggedChange], policy: TablePolicy) -> MergeOutcome {
    precondition(!log.isEmpty, "a key without a change has no outcome")
    let merge = KeyMerge(graph: MergeGraph(remaining(of: log)), policy: policy)
    return merge.outcome()
}

/// The changes of a key that its erasures leave: themselves, and what has seen every one of them.
public func remaining(of log: [LoggedChange]) -> [LoggedChange] {
    let erasures = log.filter { $0.kind == .erasure }
    guard !erasures.isEmpty else { return log }
    return log.filter { change in
        change.kind == .erasure || erasures.allSatisfy { change.hasSeen($0) }
    }
}

private struct KeyMerge {
    let graph: MergeGraph
    let policy: TablePolicy

    func outcome() -> MergeOutcome {
        let existence = judge(ExistenceGroup(policy))
        let groups = policy.groups.map { judge(ValueGroup($0, policy)) }
        let (image, present) = row(existence: existence.winner, groups: groups)
        let last = graph.changes.indices.max(by: graph.stampPrecedes) ?? 0
        let judgements = [existence] + groups
        return MergeOutcome(
            image: image, present: present, last: graph.changes[last].id,
            isPlain: isPlain(last, image: image) && !judgements.contains(where: \.isContested),
            existence: stamp(existence.winner ?? last),
            winners: groups.map { stamp($0.winner ?? existence.winner ?? last) },
            lastImage: image == nil ? lastImage() : nil,
            cases: judgements.flatMap(\.cases))
    }

    private func stamp(_ index: Int) -> ChangeStamp {
        ChangeStamp(hlc: graph.changes[index].hlc, id: graph.changes[index].id)
    }

    /// The newest image that has every column.
    private func lastImage() -> RowImage? {
        let columns = ColumnSet(first: policy.columnCount)
        return graph.changes.indices.filter { index in
            graph.changes[index].image != nil && graph.changes[index].present.isSuperset(of: columns)
        }.max(by: graph.stampPrecedes).flatMap { graph.changes[$0].image }
    }

    private func isPlain(_ last: Int, image: RowImage?) -> Bool {
        let change = graph.changes[last]
        guard change.image == image else { return false }
        guard image == nil || change.present.isSuperset(of: ColumnSet(first: policy.columnCount)) else { return false }
        return graph.changes.indices.allSatisfy { $0 == last || graph.precedes($0, last) }
    }

    /// The winner and the cases of one group.
    private func judge(_ group: some JudgedGroup) -> Judgement {
        let writes = graph.writes(where: group.isWrittenBy)
        let frontier = graph.frontier(of: writes)
        var closed: [(by: Int, record: ConflictCase)] = []
        for write in writes.joined() {
            var met = graph.past(of: write, in: writes)
            // It has not replaced what its writer could not see.
            let isBlind = graph.changes[write].kind == .blind
            if isBlind { met.append(write) }
            guard differ(met, in: group) else { continue }
            closed.append((write, record(met, in: group, closedBy: write, isBlind: isBlind)))
        }
        closed.sort { graph.stampPrecedes($0.by, $1.by) }
        var cases = closed.map(\.record)
        let isContested = differ(frontier, in: group)
        if isContested { cases.append(record(frontier, in: group, closedBy: nil, isBlind: false)) }
        return Judgement(
            winner: winner(of: frontier, in: group), union: isContested ? group.union(writes, graph) : nil,
            isContested: isContested || cases.contains { $0.state == .open }, cases: cases)
    }

    private func differ(_ writes: [Int], in group: some JudgedGroup) -> Bool {
        guard writes.count > 1 else { return false }
        let first = graph.changes[writes[0]]
        return writes.dropFirst().contains { !group.isEqual(first, graph.changes[$0]) }
    }

    private func winner(of writes: [Int], in group: some JudgedGroup) -> Int? {
        writes.max { left, right in
            let order = group.order(left, right, graph)
            return order != 0 ? order < 0 : graph.stampPrecedes(left, right)
        }
    }

    private func record(
        _ writes: [Int], in group: some JudgedGroup, closedBy closer: Int?, isBlind: Bool
    ) -> ConflictCase {
        let ordered = writes.sorted(by: graph.stampPrecedes)
        let winner = isBlind ? closer : winner(of: ordered, in: group)
        return ConflictCase(
            group: group.name, closedBy: closer.map { graph.changes[$0].id },
            type: group.conflictType(ordered.map { graph.changes[$0].kind }),
            state: state(of: group, ordered, closedBy: closer, isBlind: isBlind),
            candidates: ordered.map { group.candidate(graph.changes[$0]) },
            winner: ordered.firstIndex { $0 == winner } ?? 0, rule: isBlind ? "blind" : group.rule)
    }

    private func state(
        of group: some JudgedGroup, _ writes: [Int], closedBy closer: Int?, isBlind: Bool
    ) -> ConflictState {
        // Who rules that the row is absent has decided on all of it.
        let isRuling = { (index: Int) in
            let change = graph.changes[index]
            return change.kind == .ruling && (group.isDecidedBy(change) || change.image == nil)
        }
        guard let closer else {
            let isRuled = graph.changes.indices.contains { index in
                isRuling(index) && writes.allSatisfy { graph.precedes($0, index) }
            }
            return isRuled ? .ruled : group.needsPerson ? .open : .decided
        }
        if isRuling(closer) { return .ruled }
        guard isBlind || group.needsPerson else { return .superseded }
        return graph.changes.indices.contains { isRuling($0) && graph.precedes(closer, $0) } ? .ruled : .open
    }

    /// Puts the row together. A column that no write decides comes from the change that decides that the row is
    /// there, or, where its shape lacks the column, from the newest image that has it.
    private func row(existence: Int?, groups: [Judgement]) -> (RowImage?, ColumnSet) {
        guard let existence, graph.changes[existence].image != nil else { return (nil, ColumnSet()) }
        var source = [Int](repeating: existence, count: policy.columnCount)
        var unions: [Int: [UInt8]] = [:]
        for (group, judgement) in zip(policy.groups, groups) {
            guard let winner = judgement.winner else { continue }
            for column in group.columns { source[column] = winner }
            if let union = judgement.union { unions[group.columns[0]] = union }
        }
        var present = ColumnSet()
        let fields = source.indices.map { column in
            guard let change = provider(of: column, preferring: source[column]), let image = change.image else {
                return RowImage.null
            }
            present.insert(column)
            return unions[column].map { $0[...] } ?? image[column]
        }
        return (RowImage(fields: fields), present)
    }

    private func provider(of column: Int, preferring index: Int) -> LoggedChange? {
        let gives = { (change: LoggedChange) in change.image != nil && change.present.contains(column) }
        if gives(graph.changes[index]) { return graph.changes[index] }
        return graph.changes.indices.filter { gives(graph.changes[$0]) }.max(by: graph.stampPrecedes)
            .map { graph.changes[$0] }
    }
}

private struct Judgement {
    /// Nil when the log has no write of the group.
    let winner: Int?
    /// What the elements of all sides make together, as COPY text, under the rule `union`.
    let union: [UInt8]?
    /// Whether the frontier has different values, or a case is open: then what is known needs a row of its own.
    let isContested: Bool
    let cases: [ConflictCase]
}
