@testable import Replication

/// Random logs of one key as regions could have written them: three columns, two of them a group.
struct RandomLog {
    static let policy = TablePolicy(
        columnCount: 3,
        groups: [ColumnGroup(name: "状态", columns: [0, 1]), ColumnGroup(name: "公告", columns: [2])])
    /// Column 0 a number, column 1 the code of the home region, column 2 an array; rules as they come.
    static func policy(_ random: inout SplitMix64) -> TablePolicy {
        let rule = { (random: inout SplitMix64) -> ConflictRule in
            [.home, .newest, .newestBy(column: 0, order: .number), .prefer(["51", "50"]), .manual][random.below(5)]
        }
        let array: [ConflictRule] = [.union, .union, .newest, .home, .prefer(["52"])]
        return TablePolicy(
            columnCount: 3,
            groups: [
                ColumnGroup(name: "状态", columns: [0, 1], rule: rule(&random)),
                ColumnGroup(name: "公告", columns: [2], rule: array[random.below(5)]),
            ], homeColumn: random.chance(80) ? 1 : nil, deleteRule: DeleteRule.allCases[random.below(4)])
    }

    let policy: TablePolicy
    /// Values as `policy(_:)` wants them.
    private let isTyped: Bool
    private let erases: Bool

    static let origins = ["50-x", "51-x", "52-x"].map { OriginID($0) }

    private(set) var changes: [LoggedChange] = []
    private var random: SplitMix64
    /// For every origin the changes in its log, by index.
    private var logs = [[Int]](repeating: [], count: 3)

    /// - Parameters:
    ///   - anyRules: a random policy, with values to match, and blind changes.
    ///   - erases: some of the changes are erasures.
    init(seed: UInt64, anyRules: Bool = false, erases: Bool = false) {
        self.erases = erases
        random = SplitMix64(seed: seed)
        isTyped = anyRules
        policy = anyRules ? RandomLog.policy(&random) : RandomLog.policy
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
        let before = log.isEmpty ? nil : merge(log, policy: policy).image
        let present = random.chance(20) ? ColumnSet([0, 1]) : ColumnSet(first: 3)
        let number = context[RandomLog.origins[region]] + 1
        var change = LoggedChange(
            id: ChangeID(origin: RandomLog.origins[region], number: number, position: Int32(random.below(2))),
            kind: .insert, hlc: (log.map(\.hlc).max() ?? 0) + 1 + Int64(random.below(3)), context: context,
            written: present, image: image(present, before), present: present)
        if before != nil || !log.isEmpty, erases, random.chance(15) {
            change.kind = .erasure
            change.image = nil
            change.written = ColumnSet()
            change.present = ColumnSet()
        } else if let before {
            switch random.below(isTyped ? 11 : 10) {
            case 10:
                change.kind = .blind
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
            guard isTyped else { return Array("𬭎\(random.below(3))".utf8)[...] }
            let values = [
                ["1", "9.5", "10", "-3", "\\N", "2e3"], ["50", "51", "52", "50", "51", "\\N"],
                ["{}", "{a}", "{b}", "{a,b}", "{a,b,甲}", "\\N"],
            ]
            return Array(values[column][random.below(6)].utf8)[...]
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
