public import Replication

extension DeleteRule: Codable {}
extension ForeignKeyRule: Codable {}
extension ValueOrder: Codable {}

/// How concurrent changes of a table are merged, by names: what travels, is stored and is compared.
public struct NamedPolicy: Sendable, Hashable, Codable {
    /// What chooses the winner in a column group.
    public enum Rule: String, Sendable, Hashable, Codable, CaseIterable {
        case home, newest, prefer, union, manual
        case newestBy = "newest_by"
    }

    /// A column group.
    public struct Group: Sendable, Hashable, Codable {
        public var name: String
        public var columns: [String]
        public var rule: Rule
        /// Of `newestBy`.
        public var column: String?
        /// How its values compare: from its type, when the policy is applied.
        public var order: ValueOrder?
        /// Of `prefer`.
        public var regions: [String]?

        public init(name: String, columns: [String], rule: Rule, column: String? = nil, regions: [String]? = nil) {
            self.name = name
            self.columns = columns
            self.rule = rule
            self.column = column
            self.regions = regions
        }
    }

    /// A foreign key of the table, by its referring columns.
    public struct ForeignKey: Sendable, Hashable, Codable {
        public var columns: [String]
        public var rule: ForeignKeyRule

        public init(columns: [String], rule: ForeignKeyRule) {
            self.columns = columns
            self.rule = rule
        }
    }

    /// The column with the code of the row's home region.
    public var home: String?
    /// The column with the date of the source a row was taken from: it decides where `home` does not.
    public var asOf: String?
    public var delete = DeleteRule.keep
    /// Of columns that are in no group: `home`, `newest` or `manual`.
    public var defaultRule = Rule.newest
    public var groups: [Group] = []
    public var foreignKeys: [ForeignKey] = []

    enum CodingKeys: String, CodingKey {
        case home, delete, groups
        case asOf = "as_of"
        case defaultRule = "default"
        case foreignKeys = "foreign_keys"
    }

    /// The default: every column a group of its own, `newest`; an update wins over a delete.
    public init() {}

    /// Whether it is what a table without a policy has.
    public var isDefault: Bool { normalised == NamedPolicy() }

    /// In an order of its own, without what says nothing: equal for policies that merge alike.
    public var normalised: NamedPolicy {
        var result = self
        result.groups = groups.map { group in
            var group = group
            group.columns.sort()
            return group
        }
        .filter { !($0.columns == [$0.name] && $0.rule == defaultRule) }
        .sorted { $0.name < $1.name }
        result.foreignKeys = foreignKeys.map { ForeignKey(columns: $0.columns.sorted(), rule: $0.rule) }
            .filter { $0.rule != .keepParent }
            .sorted { $0.columns.lexicographicallyPrecedes($1.columns) }
        return result
    }

    /// Names that a group cannot have: that of existence, and those that columns get.
    public static func isReserved(_ name: String) -> Bool {
        name == ColumnGroup.existence || name.hasPrefix("\"") || name.isEmpty
    }

    /// Whether its groups can be told apart: so is every policy that was checked, what comes from a peer may not be.
    var isWellFormed: Bool {
        let columns = groups.flatMap(\.columns)
        return Set(groups.map(\.name)).count == groups.count && Set(columns).count == columns.count
            && groups.allSatisfy { !Self.isReserved($0.name) && !$0.columns.isEmpty }
            && groups.allSatisfy { $0.rule != .newestBy || ($0.column != nil && $0.order != nil) }
            && groups.allSatisfy { $0.rule != .prefer || $0.regions?.isEmpty == false }
    }
}

extension NamedPolicy {
    /// The policy over the columns of the local table.
    func tablePolicy(for table: TableInfo) -> TablePolicy { tablePolicy(columns: table.shape.columns) }

    /// The policy over these columns. Columns that are not there are left out, columns in no group are each a group.
    func tablePolicy(columns names: [String]) -> TablePolicy {
        let ordinals = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
        var taken: Set<Int> = []
        var found: [ColumnGroup] = []
        var used: Set<String> = []
        for group in normalised.groups {
            let columns = group.columns.compactMap { ordinals[$0] }.filter { !taken.contains($0) }.sorted()
            guard !columns.isEmpty, used.insert(group.name).inserted else { continue }
            taken.formUnion(columns)
            found.append(ColumnGroup(name: group.name, columns: columns, rule: group.conflictRule(ordinals)))
        }
        for (ordinal, name) in names.enumerated() where !taken.contains(ordinal) {
            // A column that came later may bear a group's name.
            let isTaken = Self.isReserved(name) || used.contains(name)
            let label = isTaken ? Self.quoted(name) : name
            found.append(ColumnGroup(name: label, columns: [ordinal], rule: defaultRule.plain))
        }
        let keys = foreignKeys.compactMap { key -> ([Int], ForeignKeyRule)? in
            let columns = key.columns.compactMap { ordinals[$0] }
            return columns.count == key.columns.count ? (columns.sorted(), key.rule) : nil
        }
        return TablePolicy(
            columnCount: names.count, groups: found.sorted { $0.columns[0] < $1.columns[0] },
            homeColumn: home.flatMap { ordinals[$0] }, asOfColumn: asOf.flatMap { ordinals[$0] }, deleteRule: delete,
            foreignKeyRules: Dictionary(keys) { first, _ in first })
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }
}

extension NamedPolicy.Rule {
    /// A rule that needs nothing beside its name.
    fileprivate var plain: ConflictRule {
        switch self {
        case .home: .home
        case .manual: .manual
        case .union: .union
        case .newest, .newestBy, .prefer: .newest
        }
    }
}

extension NamedPolicy.Group {
    fileprivate func conflictRule(_ ordinals: [String: Int]) -> ConflictRule {
        switch rule {
        case .newestBy:
            guard let ordinal = column.flatMap({ ordinals[$0] }), let order else { return .newest }
            return .newestBy(column: ordinal, order: order)
        case .prefer: return .prefer(regions ?? [])
        case .home, .newest, .union, .manual: return rule.plain
        }
    }

    /// The rule with what belongs to it, as people write it.
    public var ruleText: String {
        switch rule {
        case .newestBy: "newest_by \(column ?? "")"
        case .prefer: "prefer " + (regions ?? []).joined(separator: ", ")
        case .home, .newest, .union, .manual: rule.rawValue
        }
    }
}
