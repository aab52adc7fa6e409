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
/// A pure function of the set of changes and the policy: the order of `log` does not matter.
///
/// - Parameter log: At least one change, each once.
/// - Complexity: O(changes · groups) and, for each group written, O(origins · log(changes) + origins²).
public func merge(_ log: [LoggedChange], policy: TablePolicy) -> MergeOutcome {
    precondition(!log.isEmpty, "a key without a change has no outcome")
    let merge = KeyMerge(graph: MergeGraph(log), policy: policy)
    return merge.outcome()
}

private struct KeyMerge {
    let graph: MergeGraph
    let policy: TablePolicy

    func outcome() -> MergeOutcome {
        let existence = judge(ExistenceGroup())
        let groups = policy.groups.map { judge(ValueGroup($0)) }
        let (image, present) = row(existence: existence.winner, groups: groups.map(\.winner))
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
            let past = graph.past(of: write, in: writes)
            guard differ(past, in: group) else { continue }
            closed.append((write, record(past, in: group, closedBy: graph.changes[write])))
        }
        closed.sort { graph.stampPrecedes($0.by, $1.by) }
        var cases = closed.map(\.record)
        let isContested = differ(frontier, in: group)
        if isContested { cases.append(record(frontier, in: group, closedBy: nil)) }
        return Judgement(winner: winner(of: frontier, in: group), isContested: isContested, cases: cases)
    }

    private func differ(_ writes: [Int], in group: some JudgedGroup) -> Bool {
        guard writes.count > 1 else { return false }
        let first = graph.changes[writes[0]]
        return writes.dropFirst().contains { !group.isEqual(first, graph.changes[$0]) }
    }

    private func winner(of writes: [Int], in group: some JudgedGroup) -> Int? {
        writes.max { left, right in
            let (leftRank, rightRank) = (group.rank(graph.changes[left]), group.rank(graph.changes[right]))
            return leftRank != rightRank ? leftRank < rightRank : graph.stampPrecedes(left, right)
        }
    }

    private func record(_ writes: [Int], in group: some JudgedGroup, closedBy closer: LoggedChange?) -> ConflictCase {
        let ordered = writes.sorted(by: graph.stampPrecedes)
        let winner = winner(of: ordered, in: group)
        let state: ConflictState =
            switch closer {
            case nil: .decided
            case let closer?: closer.kind == .ruling && group.isDecidedBy(closer) ? .ruled : .superseded
            }
        return ConflictCase(
            group: group.name, closedBy: closer?.id, type: group.conflictType(ordered.map { graph.changes[$0].kind }),
            state: state, candidates: ordered.map { group.candidate(graph.changes[$0]) },
            winner: ordered.firstIndex { $0 == winner } ?? 0, rule: group.rule)
    }

    /// Puts the row together. A column that no write decides comes from the change that decides that the row is
    /// there, or, where its shape lacks the column, from the newest image that has it.
    private func row(existence: Int?, groups: [Int?]) -> (RowImage?, ColumnSet) {
        guard let existence, graph.changes[existence].image != nil else { return (nil, ColumnSet()) }
        var source = [Int](repeating: existence, count: policy.columnCount)
        for (group, winner) in zip(policy.groups, groups) {
            guard let winner else { continue }
            for column in group.columns { source[column] = winner }
        }
        var present = ColumnSet()
        let fields = source.indices.map { column in
            guard let change = provider(of: column, preferring: source[column]), let image = change.image else {
                return RowImage.null
            }
            present.insert(column)
            return image[column]
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
    /// Whether the frontier has different values.
    let isContested: Bool
    let cases: [ConflictCase]
}
