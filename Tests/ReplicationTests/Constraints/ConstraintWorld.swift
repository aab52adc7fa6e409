@testable import Replication

/// Regions with two tables that the unique and foreign-key rule connects, and nothing else: parents with a unique
/// column, and items with a unique column, a parent, and another item that they belong to.
///
/// What a database would refuse its own writers is refused here too; batches arrive in an order that respects cause;
/// an origin may end and begin again under a new name.
struct ConstraintWorld {
    struct Key: Hashable, Comparable, Sendable {
        let table: String
        let id: Int

        static func < (left: Key, right: Key) -> Bool { (left.table, left.id) < (right.table, right.id) }
    }

    struct Region {
        var origin: OriginID
        var lives = 1
        var number: Int64 = 0
        var seen = Vector()
        /// Indices of the changes it has applied.
        var log: [Int] = []
        var skew: Int64
    }

    typealias Verdicts = [Key: ConstraintVerdict<Key>]

    let policy: [String: TablePolicy]
    var regions: [Region]
    var changes: [(key: Key, change: LoggedChange)] = []
    private(set) var time: Int64 = 1_000

    static let parents = (0..<3).map { Key(table: "par", id: $0) }
    static let items = (0..<4).map { Key(table: "item", id: $0) }

    init(_ random: inout SplitMix64) {
        let count = 2 + random.below(5)
        regions = (0..<count).map { index in
            Region(origin: OriginID("5\(index)-a"), skew: Int64(random.below(3)) * 50 - 50)
        }
        let delete = DeleteRule.allCases[random.below(4)]
        let rule: ForeignKeyRule = random.chance(50) ? .keepParent : .parkChild
        let value: [ConflictRule] = [.newest, .home, .prefer(["51", "50"]), .manual]
        let group = { (name: String, column: Int, random: inout SplitMix64) in
            ColumnGroup(name: name, columns: [column], rule: value[random.below(value.count)])
        }
        policy = [
            "par": TablePolicy(
                columnCount: 2, groups: [group("名", 0, &random), group("v", 1, &random)], deleteRule: delete),
            "item": TablePolicy(
                columnCount: 3, groups: [group("u", 0, &random), group("pid", 1, &random), group("sub", 2, &random)],
                deleteRule: delete, foreignKeyRules: [[1]: rule]),
        ]
    }

    // MARK: What a region holds

    func rows(_ region: Int) -> [ConstraintRow<Key>] {
        merged(region).map { row($0.key, $0.value) }
    }

    func merged(_ region: Int) -> [Key: MergeOutcome] {
        let logs = Dictionary(grouping: regions[region].log, by: { changes[$0].key })
        return logs.reduce(into: [:]) { result, entry in
            guard let policy = policy[entry.key.table] else { return }
            result[entry.key] = merge(entry.value.map { changes[$0].change }, policy: policy)
        }
    }

    private func row(_ key: Key, _ outcome: MergeOutcome) -> ConstraintRow<Key> {
        let image = outcome.image ?? outcome.lastImage
        let unique = key.table == "par" ? 1 : 0
        var claims: [ConstraintRow<Key>.Claim] = []
        if let value = text(image, unique) {
            claims.append(.init(index: key.table, value: value, stamp: outcome.winners[unique]))
        }
        var parents: [ConstraintRow<Key>.Parent] = []
        if key.table == "item" {
            for (column, table) in [(1, "par"), (2, "item")] {
                guard let id = text(image, column).flatMap({ Int($0) }) else { continue }
                parents.append(
                    .init(
                        foreignKey: "fk\(column)", id: Key(table: table, id: id),
                        rule: policy["item"]?.foreignKeyRules[[column]] ?? .keepParent))
            }
        }
        return ConstraintRow(
            id: key, isAlive: outcome.image != nil, canBeKept: outcome.lastImage != nil, claims: claims,
            parents: parents)
    }

    func text(_ image: RowImage?, _ column: Int) -> String? { image.flatMap { CopyText.string($0[column]) } }

    /// The rows in the tables of a region.
    func tables(_ region: Int) -> [Key: RowImage] {
        let merged = merged(region)
        let verdicts = constrain(rows(region))
        return merged.reduce(into: [:]) { result, entry in
            switch verdicts[entry.key] {
            case .present: result[entry.key] = entry.value.image
            case .kept: result[entry.key] = entry.value.lastImage
            case .absent, .parked, nil: break
            }
        }
    }

    // MARK: What happens

    /// A statement of a local writer, cut at once; nil: the database refuses it, or it changes nothing.
    mutating func write(_ region: Int, _ random: inout SplitMix64) -> Key? {
        let tables = tables(region)
        let key = random.chance(35) ? Self.parents[random.below(3)] : Self.items[random.below(4)]
        let before = tables[key]
        if before != nil, random.chance(25) {
            let isReferred = tables.contains { refers($0.key, $0.value, to: key) && $0.key != key }
            guard !isReferred else { return nil }
            publish(region, key, before: before, after: nil)
            return key
        }
        let number = { (random: inout SplitMix64) in random.chance(30) ? nil : random.below(3) }
        var fields: [Int?] =
            key.table == "par"
            ? [random.below(9), number(&random)] : [number(&random), number(&random), number(&random)]
        if let before {
            for column in fields.indices where random.chance(50) {
                fields[column] = text(before, column).flatMap { Int($0) }
            }
        }
        let after = RowImage(
            fields: fields.map { $0.map { Array(String($0).utf8)[...] } ?? RowImage.null })
        let unique = key.table == "par" ? 1 : 0
        let isTaken = tables.contains { other, image in
            other != key && other.table == key.table && text(image, unique) != nil
                && text(image, unique) == text(after, unique)
        }
        let hasParents = key.table == "par" || parentsAreThere(key, after, tables)
        guard !isTaken, hasParents, after != before else { return nil }
        publish(region, key, before: before, after: after)
        return key
    }

    /// The change made last, in words.
    var last: String {
        guard let change = changes.last?.change else { return "" }
        let image = change.image.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "deleted"
        return "\(change.kind.word) \(image)"
    }

    private func refers(_ key: Key, _ image: RowImage, to parent: Key) -> Bool {
        guard key.table == "item" else { return false }
        let column = parent.table == "par" ? 1 : 2
        return text(image, column) == String(parent.id)
    }

    private func parentsAreThere(_ key: Key, _ image: RowImage, _ tables: [Key: RowImage]) -> Bool {
        [(1, "par"), (2, "item")].allSatisfy { column, table in
            guard let id = text(image, column).flatMap({ Int($0) }) else { return true }
            let parent = Key(table: table, id: id)
            return parent == key || tables[parent] != nil
        }
    }

    private mutating func publish(_ region: Int, _ key: Key, before: RowImage?, after: RowImage?) {
        let isAlive = merged(region)[key]?.image != nil
        let log = regions[region].log.map { changes[$0].change }
        time += 1
        let count = key.table == "par" ? 2 : 3
        let columns = (0..<count).filter { before == nil || before?[$0] != after?[$0] }
        let kind: ChangeKind = after == nil ? .delete : before != nil ? .update : isAlive ? .blind : .insert
        regions[region].number += 1
        let origin = regions[region].origin
        let change = LoggedChange(
            id: ChangeID(origin: origin, number: regions[region].number, position: 0), kind: kind,
            hlc: max(time + regions[region].skew, (log.map(\.hlc).max() ?? 0) + 1), context: regions[region].seen,
            written: ColumnSet(after == nil ? [] : columns), image: after,
            present: after == nil ? ColumnSet() : ColumnSet(first: count), base: kind == .update ? before : nil)
        changes.append((key, change))
        regions[region].log.append(changes.count - 1)
        regions[region].seen[origin] = regions[region].number
    }

    /// One batch that the region lacks and may apply; false: there is none.
    mutating func receive(_ region: Int, from peer: Int) -> Bool {
        let known = Set(regions[region].log)
        let next = regions[peer].log.first { index in
            let change = changes[index].change
            return !known.contains(index) && regions[region].seen.covers(change.context)
                && change.id.number == regions[region].seen[change.id.origin] + 1
        }
        guard let next else { return false }
        regions[region].log.append(next)
        regions[region].seen[changes[next].change.id.origin] = changes[next].change.id.number
        return true
    }

    /// The database is restored elsewhere: a new life of the region.
    mutating func restart(_ region: Int) {
        regions[region].lives += 1
        regions[region].number = 0
        regions[region].origin = OriginID("5\(region)-\(regions[region].lives)")
    }
}
