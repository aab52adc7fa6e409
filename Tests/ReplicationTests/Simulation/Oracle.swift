@testable import Replication

/// What the definitions say of one row, as literally and as slowly as possible: who had seen what is taken from
/// what was really in the writer's log, never from contexts or numbers.
struct Oracle {
    private(set) var row: RowImage?
    private(set) var cases: Set<ConflictCase> = []

    private let world: World
    private let published: [Int]

    init(_ world: World, _ published: [Int]) {
        self.world = world
        self.published = published
        let existence = judge(nil)
        guard let existence else { return }
        let columns = (0..<World.columnCount).map { judge($0) ?? existence }
        guard change(existence).image != nil else { return }
        row = RowImage(fields: columns.enumerated().map { column, winner in change(winner).image?[column] ?? [] })
    }

    private func change(_ index: Int) -> LoggedChange { world.changes[index].change }

    private func hasSeen(_ later: Int, _ earlier: Int) -> Bool { world.changes[later].sight.contains(earlier) }

    /// Derives the cases of a column, or of existence for nil, and returns the index of the winning write.
    private mutating func judge(_ column: Int?) -> Int? {
        let writes = published.filter { index in
            guard let column else { return true }
            return change(index).written.contains(column)
        }
        for write in writes { record(maximal(writes.filter { hasSeen(write, $0) }), column, closedBy: write) }
        let frontier = maximal(writes)
        record(frontier, column, closedBy: nil)
        return winner(frontier, column)
    }

    private func maximal(_ writes: [Int]) -> [Int] {
        writes.filter { write in !writes.contains { hasSeen($0, write) } }
    }

    private func winner(_ writes: [Int], _ column: Int?) -> Int? {
        let alive = writes.filter { change($0).image != nil }
        return (alive.isEmpty ? writes : alive).max { stampPrecedes($0, $1) }
    }

    private func stampPrecedes(_ left: Int, _ right: Int) -> Bool {
        let (one, other) = (change(left), change(right))
        if one.hlc != other.hlc { return one.hlc < other.hlc }
        if one.id.origin != other.id.origin { return one.id.origin.name < other.id.origin.name }
        return one.id.number < other.id.number
    }

    private func values(_ index: Int, _ column: Int?) -> [ArraySlice<UInt8>]? {
        guard let image = change(index).image else { return nil }
        guard let column else { return [image[0], image[1]] }
        return [image[column]]
    }

    private mutating func record(_ writes: [Int], _ column: Int?, closedBy closer: Int?) {
        let different = Set(writes.map { column == nil ? nil : values($0, column) })
        let alive = Set(writes.map { change($0).image == nil })
        guard (column == nil ? alive.count : different.count) > 1 else { return }
        let ordered = writes.sorted(by: stampPrecedes)
        let kinds = ordered.map { change($0).kind }
        var type = column == nil ? "update_deleted" : "update_origin_differs"
        if column != nil, kinds.filter({ $0 == .insert }).count > 1 { type = "insert_exists" }
        if kinds.contains(.ruling) { type = "ruling_origin_differs" }
        let candidates = ordered.map { index in
            let base = column.flatMap { column in change(index).base.map { [$0[column]] } }
            return ConflictCandidate(
                id: change(index).id, hlc: change(index).hlc, kind: change(index).kind,
                values: values(index, column), base: base)
        }
        let closing = closer.map { change($0) }
        let isRuled = closing.map { $0.kind == .ruling && (column != nil || $0.writesExistence) }
        cases.insert(
            ConflictCase(
                group: column.map { World.policy.groups[$0].name } ?? ColumnGroup.existence, closedBy: closing?.id,
                type: type,
                state: isRuled.map { $0 ? ConflictState.ruled : .superseded } ?? .decided,
                candidates: candidates, winner: ordered.firstIndex(of: winner(writes, column) ?? -1) ?? -1,
                rule: column == nil ? "keep" : "newest"))
    }
}
