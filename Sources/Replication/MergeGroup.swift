/// A group as the merge judges it: what writes it, when values are the same, and who wins.
protocol JudgedGroup {
    var name: String { get }
    /// Names in cases what chose the winner.
    var rule: String { get }
    /// Only a person closes its cases.
    var needsPerson: Bool { get }
    func isWrittenBy(_ change: LoggedChange) -> Bool
    /// Whether a ruling that writes the group is a decision on it.
    func isDecidedBy(_ change: LoggedChange) -> Bool
    /// Whether two writes of the group give it the same value.
    func isEqual(_ left: LoggedChange, _ right: LoggedChange) -> Bool
    /// Above 0 when the rule prefers `left`, below when `right`; 0 leaves it to the newest.
    func order(_ left: Int, _ right: Int, _ graph: MergeGraph) -> Int
    /// What concurrent writes make together where no single one wins; `writes` are all of the group, by chain.
    func union(_ writes: [[Int]], _ graph: MergeGraph) -> [UInt8]?
    func candidate(_ write: LoggedChange) -> ConflictCandidate
    /// The type of a case between writes of these kinds.
    func conflictType(_ kinds: [ChangeKind]) -> String
}

/// Columns, under the rule of their group.
struct ValueGroup: JudgedGroup {
    private let group: ColumnGroup
    private let columns: ColumnSet
    private let home: HomeRegion

    init(_ group: ColumnGroup, _ policy: TablePolicy) {
        self.group = group
        columns = ColumnSet(group.columns)
        home = HomeRegion(policy)
    }

    var name: String { group.name }

    var rule: String {
        switch group.rule {
        case .home: "home"
        case .newest: "newest"
        case .newestBy: "newest_by"
        case .prefer: "prefer"
        case .union: "union"
        case .manual: "manual"
        }
    }

    var needsPerson: Bool { group.rule == .manual }
    var isUnion: Bool { group.rule == .union }

    func isWrittenBy(_ change: LoggedChange) -> Bool { !change.written.isDisjoint(with: columns) }

    func isDecidedBy(_ change: LoggedChange) -> Bool { isWrittenBy(change) }

    func isEqual(_ left: LoggedChange, _ right: LoggedChange) -> Bool {
        group.columns.allSatisfy { left.image?[$0] == right.image?[$0] }
    }

    func order(_ left: Int, _ right: Int, _ graph: MergeGraph) -> Int {
        let (one, other) = (graph.changes[left], graph.changes[right])
        switch group.rule {
        case .newest, .union: return 0
        case .home, .manual: return home.order(left, right, graph)
        case .prefer(let regions):
            let rank = { (change: LoggedChange) in
                regions.firstIndex(of: change.id.origin.region) ?? regions.count
            }
            return rank(other) - rank(one)
        case .newestBy(let column, let order):
            return order.compare(one.image?[column] ?? RowImage.null, other.image?[column] ?? RowImage.null)
        }
    }

    func union(_ writes: [[Int]], _ graph: MergeGraph) -> [UInt8]? {
        guard group.rule == .union, group.columns.count == 1 else { return nil }
        return UnionMerge(column: group.columns[0], writes: Array(writes.joined()), graph: graph)?.value
    }

    func candidate(_ write: LoggedChange) -> ConflictCandidate {
        let values = write.image.map { image in group.columns.map { image[$0] } }
        // What an update did not write was the same before.
        let base = write.base.map { base in
            group.columns.map { write.written.contains($0) ? base[$0] : write.image?[$0] ?? RowImage.null }
        }
        return ConflictCandidate(id: write.id, hlc: write.hlc, kind: write.kind, values: values, base: base)
    }

    func conflictType(_ kinds: [ChangeKind]) -> String {
        if kinds.contains(.ruling) { return "ruling_origin_differs" }
        return kinds.count { $0.isInsert } > 1 || kinds.contains(.blind) ? "insert_exists" : "update_origin_differs"
    }
}

/// Whether the row is there, under the table's rule for deletes.
struct ExistenceGroup: JudgedGroup {
    let name = ColumnGroup.existence
    private let deleteRule: DeleteRule
    private let home: HomeRegion

    init(_ policy: TablePolicy) {
        deleteRule = policy.deleteRule
        home = HomeRegion(policy)
    }

    var rule: String { deleteRule.rawValue }
    var needsPerson: Bool { deleteRule == .manual }

    /// A ruling on columns keeps the row there as an update does: else a concurrent delete would bury it unseen.
    func isWrittenBy(_ change: LoggedChange) -> Bool { change.writesExistence || change.image != nil }

    func isDecidedBy(_ change: LoggedChange) -> Bool { change.writesExistence }

    func isEqual(_ left: LoggedChange, _ right: LoggedChange) -> Bool {
        (left.image == nil) == (right.image == nil)
    }

    func order(_ left: Int, _ right: Int, _ graph: MergeGraph) -> Int {
        let rank = { (index: Int) in graph.changes[index].image == nil ? 0 : 1 }
        switch deleteRule {
        case .keep: return rank(left) - rank(right)
        case .delete: return rank(right) - rank(left)
        case .home, .manual: return home.order(left, right, graph)
        }
    }

    func union(_ writes: [[Int]], _ graph: MergeGraph) -> [UInt8]? { nil }

    /// The whole row, so that either side can be brought back.
    func candidate(_ write: LoggedChange) -> ConflictCandidate {
        let values = write.image.map { image in (0..<image.count).map { image[$0] } }
        return ConflictCandidate(id: write.id, hlc: write.hlc, kind: write.kind, values: values, base: nil)
    }

    func conflictType(_ kinds: [ChangeKind]) -> String {
        kinds.contains(.ruling) ? "ruling_origin_differs" : "update_deleted"
    }
}

/// Prefers writes made in the row's home region.
struct HomeRegion {
    /// Holds the code of the region.
    private let column: Int?
    /// Holds the date of the source, which decides where home does not.
    private let asOf: Int?

    init(_ policy: TablePolicy) {
        column = policy.homeColumn
        asOf = policy.asOfColumn
    }

    func order(_ left: Int, _ right: Int, _ graph: MergeGraph) -> Int {
        let order = (isHome(left, graph) ? 1 : 0) - (isHome(right, graph) ? 1 : 0)
        guard order == 0, let asOf else { return order }
        let date = { (index: Int) in graph.changes[index].image?[asOf] ?? RowImage.null }
        return ValueOrder.time.compare(date(left), date(right))
    }

    /// Whether the write was made in the region that the row belonged to before it: read from the write itself, so
    /// that every region comes to the same answer.
    func isHome(_ index: Int, _ graph: MergeGraph) -> Bool {
        guard let column, let code = code(before: index, column, graph) else { return false }
        return code.elementsEqual(graph.changes[index].id.origin.region.utf8)
    }

    private func code(before index: Int, _ column: Int, _ graph: MergeGraph) -> ArraySlice<UInt8>? {
        let change = graph.changes[index]
        guard let image = change.image else {
            // A delete carries no row: the one that it deleted, as far as those before it agree.
            let images = graph.writes { $0.image != nil && $0.present.contains(column) }
            let codes = Set(graph.past(of: index, in: images).compactMap { graph.changes[$0].image?[column] })
            return codes.count == 1 ? codes.first : nil
        }
        if change.kind == .update, change.written.contains(column), let base = change.base { return base[column] }
        return change.present.contains(column) ? image[column] : nil
    }
}
