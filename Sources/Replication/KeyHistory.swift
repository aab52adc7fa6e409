/// The log of one key for those who ask about single writes of it: the merge's own graph and rules.
public struct KeyHistory: Sendable {
    private let graph: MergeGraph
    private let policy: TablePolicy

    /// The history of a log in any order, which may be empty.
    public init(_ log: [LoggedChange], policy: TablePolicy) {
        graph = MergeGraph(log)
        self.policy = policy
    }

    /// The writes of these columns that no other write of them follows, oldest first.
    public func frontier(of columns: ColumnSet) -> [ChangeID] {
        frontier { !$0.written.isDisjoint(with: columns) }
    }

    /// The writes that say whether the row is there and that no other such write follows, oldest first.
    public var existenceFrontier: [ChangeID] { frontier(where: ExistenceGroup(policy).isWrittenBy) }

    /// Whether a change was made in the row's home region, as rule `home` sees it; false where the log lacks it.
    public func isMadeAtHome(_ id: ChangeID) -> Bool {
        guard let index = graph.changes.firstIndex(where: { $0.id == id }) else { return false }
        return HomeRegion(policy).isHome(index, graph)
    }

    private func frontier(where isWrite: (LoggedChange) -> Bool) -> [ChangeID] {
        graph.frontier(of: graph.writes(where: isWrite)).sorted(by: graph.stampPrecedes).map { graph.changes[$0].id }
    }
}
