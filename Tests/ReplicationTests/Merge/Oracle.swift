@testable import Replication

/// What the definitions say of one row, as literally and as slowly as possible.
///
/// Who had seen what is for the caller to say: the simulation takes it from what was really in the writer's log,
/// never from contexts or numbers.
struct Oracle {
    private(set) var row: RowImage?
    private(set) var cases: Set<ConflictCase> = []

    private let log: [LoggedChange]
    private let policy: TablePolicy
    /// For every change the indices of those its writer had seen.
    private let sight: [Set<Int>]

    init(_ log: [LoggedChange], policy: TablePolicy, hasSeen: (_ later: Int, _ earlier: Int) -> Bool) {
        self.log = log
        self.policy = policy
        sight = log.indices.map { later in Set(log.indices.filter { hasSeen(later, $0) }) }
        guard let existence = judge(nil) else { return }
        let winners = policy.groups.map { judge($0) }
        guard log[existence].image != nil else { return }
        let fields = (0..<policy.columnCount).map { column in
            let group = policy.groups.firstIndex { $0.columns.contains(column) }
            return field(column, of: group.flatMap { winners[$0] } ?? existence)
        }
        row = RowImage(fields: fields)
    }

    /// The field in the image of a change; where its shape lacks the column in the newest that has it.
    private func field(_ column: Int, of index: Int) -> ArraySlice<UInt8> {
        let having = log.indices.filter { log[$0].image != nil && log[$0].present.contains(column) }
        let source = having.contains(index) ? index : having.max { stampPrecedes($0, $1) }
        return source.flatMap { log[$0].image?[column] } ?? RowImage.null
    }

    /// Derives the cases of a group, or of existence for nil, and returns the index of the winning write.
    private mutating func judge(_ group: ColumnGroup?) -> Int? {
        let writes = log.indices.filter { index in
            guard let group else { return true }
            return group.columns.contains { log[index].written.contains($0) }
        }
        for write in writes { record(maximal(writes.filter { sight[write].contains($0) }), group, closedBy: write) }
        let frontier = maximal(writes)
        record(frontier, group, closedBy: nil)
        return winner(frontier)
    }

    private func maximal(_ writes: [Int]) -> [Int] {
        writes.filter { write in !writes.contains { sight[$0].contains(write) } }
    }

    /// The newest; but the row is there before it is absent.
    private func winner(_ writes: [Int]) -> Int? {
        let alive = writes.filter { log[$0].image != nil }
        return (alive.isEmpty ? writes : alive).max { stampPrecedes($0, $1) }
    }

    private func stampPrecedes(_ left: Int, _ right: Int) -> Bool {
        let (one, other) = (log[left], log[right])
        if one.hlc != other.hlc { return one.hlc < other.hlc }
        if one.id.origin != other.id.origin { return one.id.origin.name < other.id.origin.name }
        return one.id.number < other.id.number
    }

    private func values(_ index: Int, _ group: ColumnGroup?) -> [ArraySlice<UInt8>]? {
        let image = log[index].image
        return image.map { image in (group?.columns ?? Array(0..<policy.columnCount)).map { image[$0] } }
    }

    private func base(_ index: Int, _ group: ColumnGroup?) -> [ArraySlice<UInt8>]? {
        guard let group, let before = log[index].base, let after = log[index].image else { return nil }
        return group.columns.map { log[index].written.contains($0) ? before[$0] : after[$0] }
    }

    private mutating func record(_ writes: [Int], _ group: ColumnGroup?, closedBy closer: Int?) {
        let isDifferent =
            group == nil
            ? Set(writes.map { log[$0].image == nil }).count > 1
            : Set(writes.map { values($0, group) }).count > 1
        guard isDifferent else { return }
        let ordered = writes.sorted(by: stampPrecedes)
        let kinds = ordered.map { log[$0].kind }
        var type = group == nil ? "update_deleted" : "update_origin_differs"
        if group != nil, kinds.filter({ $0 == .insert }).count > 1 { type = "insert_exists" }
        if kinds.contains(.ruling) { type = "ruling_origin_differs" }
        var state = ConflictState.decided
        if let closer {
            let isRuled = log[closer].kind == .ruling && (group != nil || log[closer].writesExistence)
            state = isRuled ? .ruled : .superseded
        }
        let winner = winner(writes)
        cases.insert(
            ConflictCase(
                group: group?.name ?? "existence", closedBy: closer.map { log[$0].id }, type: type, state: state,
                candidates: ordered.map { index in
                    ConflictCandidate(
                        id: log[index].id, hlc: log[index].hlc, kind: log[index].kind, values: values(index, group),
                        base: base(index, group))
                },
                winner: ordered.firstIndex { $0 == winner } ?? -1, rule: group == nil ? "keep" : "newest"))
    }
}
