public import Postgres
internal import Replication

/// What is wrong with a policy in the database at hand.
public struct PolicyProblem: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case unknownTable, ambiguousTable, duplicateTable, unknownColumn, keyColumn, overlap, repeatedColumn
        case noColumns, duplicateGroup, reservedName, nameOfColumn, outsideGroup, noOrder, unionOfSeveral
        case notArray, noHome, noRegions, badRegion, noForeignKey, duplicateForeignKey
        /// Only warnings: the policy can be applied.
        case unknownRegion, splitCheck
    }

    /// The part of the file that has to be corrected.
    public enum Part: Sendable, Hashable {
        case table
        case group(Int)
        case foreignKey(Int)
    }

    public let kind: Kind
    /// The table as the file names it, and its place in it.
    public let table: String
    public let tableIndex: Int
    public let part: Part
    /// The key whose value is wrong.
    public let key: String
    /// What is wrong: a column, a group, a region.
    public let subject: String
    /// What it meets: the group that has the column already, the columns of a check.
    public let other: String

    public var isWarning: Bool { kind == .unknownRegion || kind == .splitCheck }
}

/// A policy as a file has it, for a database to check.
public struct PolicyDraft: Sendable {
    /// `TABLE` or `SCHEMA.TABLE`.
    public let table: String
    public let policy: NamedPolicy

    public init(table: String, policy: NamedPolicy) {
        self.table = table
        self.policy = policy
    }
}

extension PolicyStore {
    /// Checks policies against the shared tables of this database.
    ///
    /// - Returns: everything that is wrong, and the policies by the numbers of their tables: fit to be applied when
    ///   there are only warnings.
    public static func check(
        _ session: Session, _ drafts: [PolicyDraft]
    ) throws -> (problems: [PolicyProblem], policies: [Int: NamedPolicy]) {
        let tables = try session.query(SQLText.named("policy_tables")).map(CheckedTable.init)
        let regions = try session.query(SQLText.named("policy_regions")).map { try $0.text(0) }
        var policies: [Int: NamedPolicy] = [:]
        var problems: [PolicyProblem] = []
        for (index, draft) in drafts.enumerated() {
            let found = tables.filter { $0.isNamed(draft.table) }
            guard let table = found.first, found.count == 1 else {
                let kind: PolicyProblem.Kind = found.isEmpty ? .unknownTable : .ambiguousTable
                problems.append(
                    PolicyProblem(
                        kind: kind, table: draft.table, tableIndex: index, part: .table, key: "name",
                        subject: draft.table, other: found.map(\.fullName).joined(separator: ", ")))
                continue
            }
            var check = PolicyCheck(draft: draft, index: index, table: table, regions: Set(regions))
            if policies[table.id] != nil { check.report(.duplicateTable, .table, "name", draft.table) }
            check.run()
            problems += check.problems
            policies[table.id] = check.resolved
        }
        return (problems, policies)
    }
}

/// A shared table as far as a policy can be wrong about it.
struct CheckedTable {
    struct Column: Decodable {
        let name: String
        let order: String?
        let array: Bool
    }

    let id: Int
    let schema: String
    let name: String
    let keyColumns: [String]
    let columns: [String: Column]
    let foreignKeys: [[String]]
    let checks: [[String]]

    init(_ row: Row) throws {
        id = Int(try row.int("id"))
        schema = try row.text("schema_name")
        name = try row.text("table_name")
        keyColumns = try ArrayText.parse(row.text("key_columns"))
        let list = try JSONText.decode([Column].self, row.text("columns"))
        columns = Dictionary(uniqueKeysWithValues: list.map { ($0.name, $0) })
        foreignKeys = try JSONText.decode([[String]].self, row.text("foreign_keys"))
        checks = try JSONText.decode([[String]].self, row.text("checks"))
    }

    var fullName: String { "\(schema).\(name)" }

    func isNamed(_ text: String) -> Bool { text == fullName || text == name }
}

/// Checks the policy of one table.
private struct PolicyCheck {
    let draft: PolicyDraft
    let index: Int
    let table: CheckedTable
    let regions: Set<String>
    var problems: [PolicyProblem] = []
    /// The policy with what the types of its columns say.
    var resolved: NamedPolicy
    /// Groups by the columns that they have taken.
    private var groups: [String: String] = [:]

    init(draft: PolicyDraft, index: Int, table: CheckedTable, regions: Set<String>) {
        self.draft = draft
        self.index = index
        self.table = table
        self.regions = regions
        resolved = draft.policy
    }

    mutating func report(
        _ kind: PolicyProblem.Kind, _ part: PolicyProblem.Part, _ key: String, _ subject: String,
        _ other: String = ""
    ) {
        problems.append(
            PolicyProblem(
                kind: kind, table: draft.table, tableIndex: index, part: part, key: key, subject: subject,
                other: other))
    }

    mutating func run() {
        let policy = draft.policy
        if let home = policy.home, table.columns[home] == nil { report(.unknownColumn, .table, "home", home) }
        if let asOf = policy.asOf {
            if let column = table.columns[asOf] {
                if column.order != ValueOrder.time.rawValue { report(.noOrder, .table, "as_of", asOf) }
            } else {
                report(.unknownColumn, .table, "as_of", asOf)
            }
        }
        if policy.home == nil {
            if policy.delete == .home { report(.noHome, .table, "delete", "home") }
            if policy.defaultRule == .home { report(.noHome, .table, "default", "home") }
        }
        var names: Set<String> = []
        for (place, group) in policy.groups.enumerated() {
            if !names.insert(group.name).inserted { report(.duplicateGroup, .group(place), "name", group.name) }
            checkName(group, .group(place))
            checkColumns(group, .group(place))
            checkRule(group, place)
        }
        checkForeignKeys()
        for checked in table.checks where checked.allSatisfy({ table.columns[$0] != nil }) {
            // The key's columns are never merged apart.
            let columns = checked.filter { !table.keyColumns.contains($0) }
            let found = Set(columns.map { groups[$0] ?? "\"\($0)\"" })
            guard found.count > 1, let column = columns.first(where: { groups[$0] != nil }) ?? columns.first else {
                continue
            }
            let place = policy.groups.firstIndex { $0.name == groups[column] }
            report(
                .splitCheck, place.map { .group($0) } ?? .table, place == nil ? "" : "columns",
                columns.joined(separator: ", "))
        }
    }

    private mutating func checkName(_ group: NamedPolicy.Group, _ part: PolicyProblem.Part) {
        if NamedPolicy.isReserved(group.name) {
            report(.reservedName, part, "name", group.name)
        } else if table.columns[group.name] != nil, !group.columns.contains(group.name) {
            report(.nameOfColumn, part, "name", group.name)
        }
    }

    private mutating func checkColumns(_ group: NamedPolicy.Group, _ part: PolicyProblem.Part) {
        if group.columns.isEmpty { report(.noColumns, part, "columns", group.name) }
        var own: Set<String> = []
        for column in group.columns {
            if table.columns[column] == nil {
                report(.unknownColumn, part, "columns", column)
            } else if table.keyColumns.contains(column) {
                report(.keyColumn, part, "columns", column)
            } else if !own.insert(column).inserted {
                report(.repeatedColumn, part, "columns", column)
            } else if let other = groups[column] {
                report(.overlap, part, "columns", column, other)
            } else {
                groups[column] = group.name
            }
        }
    }

    private mutating func checkRule(_ group: NamedPolicy.Group, _ place: Int) {
        let part = PolicyProblem.Part.group(place)
        switch group.rule {
        case .newest, .manual: break
        case .home:
            if draft.policy.home == nil { report(.noHome, part, "rule", "home") }
        case .newestBy:
            let name = group.column ?? ""
            guard let column = table.columns[name] else { return report(.unknownColumn, part, "column", name) }
            if !group.columns.contains(name) { report(.outsideGroup, part, "column", name, group.name) }
            resolved.groups[place].order = column.order.flatMap(ValueOrder.init)
            if column.order == nil { report(.noOrder, part, "column", name) }
        case .prefer:
            if group.regions?.isEmpty != false { report(.noRegions, part, "regions", group.name) }
            for region in group.regions ?? [] {
                if region.isEmpty || region.utf8.count > 32 || !region.allSatisfy(Self.isCode) {
                    report(.badRegion, part, "regions", region)
                } else if !regions.contains(region) {
                    report(.unknownRegion, part, "regions", region, regions.sorted().joined(separator: ", "))
                }
            }
        case .union:
            guard group.columns.count <= 1 else { return report(.unionOfSeveral, part, "columns", group.name) }
            for name in group.columns where table.columns[name]?.array == false {
                report(.notArray, part, "columns", name)
            }
        }
    }

    private static func isCode(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }

    private mutating func checkForeignKeys() {
        var seen: Set<[String]> = []
        for (place, key) in draft.policy.foreignKeys.enumerated() {
            let columns = key.columns.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
            let text = key.columns.joined(separator: ", ")
            if !table.foreignKeys.contains(columns) {
                report(.noForeignKey, .foreignKey(place), "columns", text)
            } else if !seen.insert(columns).inserted {
                report(.duplicateForeignKey, .foreignKey(place), "columns", text)
            }
        }
    }
}
