/// A group as the merge judges it: what writes it, when values are the same, and who wins.
protocol JudgedGroup {
    var name: String { get }
    /// Names in cases what chose the winner.
    var rule: String { get }
    func isWrittenBy(_ change: LoggedChange) -> Bool
    /// Whether a ruling that writes the group is a decision on it.
    func isDecidedBy(_ change: LoggedChange) -> Bool
    /// Whether two writes of the group give it the same value.
    func isEqual(_ left: LoggedChange, _ right: LoggedChange) -> Bool
    /// The highest in the frontier wins; among equals the newest.
    func rank(_ write: LoggedChange) -> Int
    func candidate(_ write: LoggedChange) -> ConflictCandidate
    /// The type of a case between writes of these kinds.
    func conflictType(_ kinds: [ChangeKind]) -> String
}

/// Columns: the newest write wins.
struct ValueGroup: JudgedGroup {
    let rule = "newest"
    private let group: ColumnGroup
    private let columns: ColumnSet

    init(_ group: ColumnGroup) {
        self.group = group
        columns = ColumnSet(group.columns)
    }

    var name: String { group.name }

    func isWrittenBy(_ change: LoggedChange) -> Bool { !change.written.isDisjoint(with: columns) }

    func isDecidedBy(_ change: LoggedChange) -> Bool { isWrittenBy(change) }

    func isEqual(_ left: LoggedChange, _ right: LoggedChange) -> Bool {
        group.columns.allSatisfy { left.image?[$0] == right.image?[$0] }
    }

    func rank(_ write: LoggedChange) -> Int { 0 }

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
        return kinds.count { $0 == .insert } > 1 ? "insert_exists" : "update_origin_differs"
    }
}

/// Whether the row is there: an update wins over a concurrent delete.
struct ExistenceGroup: JudgedGroup {
    let name = ColumnGroup.existence
    let rule = "keep"

    /// A ruling on columns keeps the row there as an update does: else a concurrent delete would bury it unseen.
    func isWrittenBy(_ change: LoggedChange) -> Bool { change.writesExistence || change.image != nil }

    func isDecidedBy(_ change: LoggedChange) -> Bool { change.writesExistence }

    func isEqual(_ left: LoggedChange, _ right: LoggedChange) -> Bool {
        (left.image == nil) == (right.image == nil)
    }

    func rank(_ write: LoggedChange) -> Int { write.image == nil ? 0 : 1 }

    /// The whole row, so that either side can be brought back.
    func candidate(_ write: LoggedChange) -> ConflictCandidate {
        let values = write.image.map { image in (0..<image.count).map { image[$0] } }
        return ConflictCandidate(id: write.id, hlc: write.hlc, kind: write.kind, values: values, base: nil)
    }

    func conflictType(_ kinds: [ChangeKind]) -> String {
        kinds.contains(.ruling) ? "ruling_origin_differs" : "update_deleted"
    }
}
