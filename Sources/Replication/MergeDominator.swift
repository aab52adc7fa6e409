/// Finds where the history of a key may be cut off before it is merged with `incoming`.
///
/// The result is the last applied insert or update that splits the history: every other applied change precedes it
/// or has seen it, every incoming one has seen it, nothing before it is contested any more, and its image has every
/// column. Merging it with what has seen it gives the row, the last change and the plainness of the whole log, and
/// every case but those closed by the result or by what precedes it, which the region has recorded already.
///
/// - Parameters:
///   - applied: The key's changes in the local log whose cases are recorded, in any order. Their images are not
///     looked at.
///   - incoming: The changes about to be applied, and those that cuts here have published since the key was last
///     merged.
/// - Returns: Index in `applied`; nil when the whole history is needed.
public func dominator(of applied: [LoggedChange], before incoming: [LoggedChange], policy: TablePolicy) -> Int? {
    // Cases that only a ruling closes are derived from their beginning.
    guard !policy.keepsCasesOpen, !(applied + incoming).contains(where: { $0.kind == .blind }) else { return nil }
    let graph = MergeGraph(applied)
    let all = graph.writes { _ in true }
    let groups = policy.groups.map { (ValueGroup($0, policy), graph.writes(where: ValueGroup($0, policy).isWrittenBy)) }
    let columns = ColumnSet(first: policy.columnCount)
    let newestFirst = graph.changes.indices.sorted { graph.stampPrecedes($1, $0) }
    let found = newestFirst.first { index in
        let change = graph.changes[index]
        return (change.kind == .insert || change.kind == .update)
            && change.present.isSuperset(of: columns)
            && incoming.allSatisfy { $0.hasSeen(change) }
            && graph.splits(at: index, all)
            && groups.allSatisfy {
                // What was in an array is known to the writes after it only where it wrote the array.
                $0.isWrittenBy(change) || !$0.isUnion && graph.past(of: index, in: $1).count < 2
            }
    }
    return found.flatMap { index in applied.firstIndex { $0.id == graph.changes[index].id } }
}
