@testable import Replication

/// Random logs of one key as regions could have written them: three columns, two of them a group.
struct RandomLog {
    static let policy = TablePolicy(
        columnCount: 3,
        groups: [ColumnGroup(name: "状态", columns: [0, 1]), ColumnGroup(name: "公告", columns: [2])])
    static let origins = ["50-x", "51-x", "52-x"].map { OriginID($0) }

    private(set) var changes: [LoggedChange] = []
    private var random: SplitMix64
    /// For every origin the changes in its log, by index.
    private var logs = [[Int]](repeating: [], count: 3)

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        let count = 1 + random.below(14)
        while changes.count < count {
            let region = random.below(3)
            if random.chance(65) { receive(region) } else { write(region) }
        }
    }

    /// Takes over all that another region has.
    private mutating func receive(_ region: Int) {
        let peer = random.below(3)
        logs[region] = Set(logs[region]).union(logs[peer]).sorted()
    }

    private mutating func write(_ region: Int) {
        let log = logs[region].map { changes[$0] }
        var context = Vector()
        for change in log { context[change.id.origin] = max(context[change.id.origin], change.id.number) }
        let before = log.isEmpty ? nil : merge(log, policy: RandomLog.policy).image
        let present = random.chance(20) ? ColumnSet([0, 1]) : ColumnSet(first: 3)
        let number = context[RandomLog.origins[region]] + 1
        var change = LoggedChange(
            id: ChangeID(origin: RandomLog.origins[region], number: number, position: Int32(random.below(2))),
            kind: .insert, hlc: (log.map(\.hlc).max() ?? 0) + 1 + Int64(random.below(3)), context: context,
            written: present, image: image(present, before), present: present)
        if let before {
            switch random.below(10) {
            case 0..<2:
                change.kind = .delete
                change.image = nil
                change.written = ColumnSet()
                change.present = ColumnSet()
            case 2..<4:
                // Rules on what it changes, and on some of what stays.
                change.kind = .ruling
                change.written = ColumnSet(
                    present.filter { change.image?[$0] != before[$0] || random.chance(30) })
                change.writesExistence = change.written.isEmpty || random.chance(30)
                if change.written.isEmpty, random.chance(50) {
                    change.image = nil
                    change.present = ColumnSet()
                }
            default:
                change.kind = .update
                change.written = ColumnSet(present.filter { change.image?[$0] != before[$0] })
                change.base = before
                if change.written.isEmpty { return }
            }
        }
        logs[region].append(changes.count)
        changes.append(change)
    }

    /// A row that differs from the one before in some of the columns that the shape has.
    private mutating func image(_ present: ColumnSet, _ before: RowImage?) -> RowImage {
        let fields = (0..<3).map { column -> ArraySlice<UInt8> in
            guard present.contains(column) else { return RowImage.null }
            if let before, random.chance(50) { return before[column] }
            return Array("𬭎\(random.below(3))".utf8)[...]
        }
        return RowImage(fields: fields)
    }
}

/// Every order of the elements.
func permutations<T>(_ elements: [T]) -> [[T]] {
    guard elements.count > 1 else { return [elements] }
    return elements.indices.flatMap { index in
        var rest = elements
        let first = rest.remove(at: index)
        return permutations(rest).map { [first] + $0 }
    }
}
