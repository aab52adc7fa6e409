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
        let fields = (0..<policy.columnCount).map { column -> ArraySlice<UInt8> in
            let group = policy.groups.firstIndex { $0.columns.contains(column) }
            if let group, let union = union(policy.groups[group]) { return union[...] }
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
        for write in writes {
            let seen = maximal(writes.filter { sight[write].contains($0) })
            record(log[write].kind == .blind ? seen + [write] : seen, group, closedBy: write)
        }
        let frontier = maximal(writes)
        record(frontier, group, closedBy: nil)
        return winner(frontier, group)
    }

    private func maximal(_ writes: [Int]) -> [Int] {
        writes.filter { write in !writes.contains { sight[$0].contains(write) } }
    }

    /// Those that the rule prefers, and of them the newest.
    private func winner(_ writes: [Int], _ group: ColumnGroup?) -> Int? {
        let preferred = writes.filter { write in !writes.contains { rulePrefers($0, to: write, group) } }
        return preferred.max { stampPrecedes($0, $1) }
    }

    private func rulePrefers(_ one: Int, to other: Int, _ group: ColumnGroup?) -> Bool {
        guard let group else {
            let isAlive = { (index: Int) in log[index].image != nil }
            switch policy.deleteRule {
            case .keep: return isAlive(one) && !isAlive(other)
            case .delete: return !isAlive(one) && isAlive(other)
            case .home, .manual: return isHome(one) && !isHome(other)
            }
        }
        switch group.rule {
        case .newest, .union: return false
        case .home, .manual: return isHome(one) && !isHome(other)
        case .prefer(let regions):
            let place = { (index: Int) in regions.firstIndex(of: log[index].id.origin.region) ?? .max }
            return place(one) < place(other)
        case .newestBy(let column, _):
            let value = { (index: Int) -> Double in
                guard let field = log[index].image?[column], field != RowImage.null else { return -.infinity }
                return Double(String(decoding: field, as: UTF8.self)) ?? -1e9
            }
            return value(one) > value(other)
        }
    }

    private func isHome(_ index: Int) -> Bool {
        guard let column = policy.homeColumn else { return false }
        let change = log[index]
        var code = change.image.flatMap { change.present.contains(column) ? $0[column] : nil }
        if change.kind == .update, change.written.contains(column), let base = change.base { code = base[column] }
        if change.image == nil {
            let images = sight[index].filter { log[$0].image != nil && log[$0].present.contains(column) }
            let codes = Set(maximal(Array(images)).compactMap { log[$0].image?[column] })
            code = codes.count == 1 ? codes.first : nil
        }
        return code.map { String(decoding: $0, as: UTF8.self) } == change.id.origin.region
    }

    /// The elements of a contested array: every addition that no write which had seen it took back.
    private func union(_ group: ColumnGroup) -> [UInt8]? {
        let column = group.columns[0]
        let writes = log.indices.filter { log[$0].written.contains(column) && log[$0].image != nil }
        let frontier = maximal(writes)
        guard group.rule == .union, Set(frontier.map { values($0, group) }).count > 1 else { return nil }
        if frontier.allSatisfy({ log[$0].image?[column] == RowImage.null }) { return Array(RowImage.null) }
        let set = { (field: ArraySlice<UInt8>?) -> Set<Substring> in
            guard let field, field != RowImage.null else { return [] }
            return Set(String(decoding: field, as: UTF8.self).dropFirst().dropLast().split(separator: ","))
        }
        let after = { (index: Int) in set(log[index].image?[column]) }
        let before = { (index: Int) in log[index].kind == .update ? set(log[index].base?[column]) : [] }
        func adds(_ write: Int, _ element: Substring) -> Bool {
            guard before(write).contains(element) else { return after(write).contains(element) }
            return !writes.contains { sight[write].contains($0) && adds($0, element) }
        }
        var elements: Set<Substring> = []
        for write in writes {
            for element in after(write) where adds(write, element) {
                let isTakenBack = writes.contains { sight[$0].contains(write) && !after($0).contains(element) }
                if !isTakenBack { elements.insert(element) }
            }
        }
        return Array("{\(elements.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: ","))}".utf8)
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
        let isBlind = closer.map { log[$0].kind == .blind } ?? false
        if group != nil, kinds.filter({ $0 == .insert || $0 == .blind }).count > 1 || kinds.contains(.blind) {
            type = "insert_exists"
        }
        if kinds.contains(.ruling) { type = "ruling_origin_differs" }
        let winner = isBlind ? closer : winner(writes, group)
        cases.insert(
            ConflictCase(
                group: group?.name ?? "existence", closedBy: closer.map { log[$0].id }, type: type,
                state: state(group, writes, closer, isBlind),
                candidates: ordered.map { index in
                    ConflictCandidate(
                        id: log[index].id, hlc: log[index].hlc, kind: log[index].kind, values: values(index, group),
                        base: base(index, group))
                },
                winner: ordered.firstIndex { $0 == winner } ?? -1, rule: isBlind ? "blind" : rule(group)))
    }

    private func state(_ group: ColumnGroup?, _ writes: [Int], _ closer: Int?, _ isBlind: Bool) -> ConflictState {
        let waits = isBlind || (group.map { $0.rule == .manual } ?? (policy.deleteRule == .manual))
        let rules = { (index: Int) -> Bool in
            guard log[index].kind == .ruling else { return false }
            if log[index].image == nil { return true }
            guard let group else { return log[index].writesExistence }
            return group.columns.contains { log[index].written.contains($0) }
        }
        guard let closer else {
            if log.indices.contains(where: { rules($0) && sight[$0].isSuperset(of: writes) }) { return .ruled }
            return waits ? .open : .decided
        }
        if rules(closer) { return .ruled }
        guard waits else { return .superseded }
        return log.indices.contains { rules($0) && sight[$0].contains(closer) } ? .ruled : .open
    }

    private func rule(_ group: ColumnGroup?) -> String {
        guard let group else { return policy.deleteRule.rawValue }
        switch group.rule {
        case .home: return "home"
        case .newest: return "newest"
        case .newestBy: return "newest_by"
        case .prefer: return "prefer"
        case .union: return "union"
        case .manual: return "manual"
        }
    }
}
