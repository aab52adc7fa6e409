/// Columns that mean something only together: the unit in which conflicts are judged.
public struct ColumnGroup: Hashable, Sendable {
    /// Names the group in conflict cases; no two groups of a table share one.
    public let name: String
    /// Ordinals of its columns in the local table, ascending, at least one.
    public let columns: [Int]
    /// What chooses the winner among concurrent writes of different values.
    public let rule: ConflictRule

    /// The name of the group that says whether the row is there. It has no columns.
    public static let existence = "existence"

    /// A group of columns.
    public init(name: String, columns: [Int], rule: ConflictRule = .newest) {
        self.name = name
        self.columns = columns
        self.rule = rule
    }
}

/// What chooses the winner among the concurrent writes of a column group. Every rule ends in `newest`.
public enum ConflictRule: Hashable, Sendable {
    /// The write made in the row's home region: the value of the home column before that write, of an insert its own.
    case home
    /// The highest in hybrid time, then origin, number and position.
    case newest
    /// The highest value of a column of the group in the write; NULL is the lowest.
    case newestBy(column: Int, order: ValueOrder)
    /// The first of these regions that has a write.
    case prefer([String])
    /// Arrays, element by element: what some write added, and no write that had seen that addition lacks.
    case union
    /// As `home`, and the case stays open until a person rules.
    case manual
}

/// How values of a type are compared by `ConflictRule.newestBy`, given as COPY text in the daemon's settings.
public enum ValueOrder: String, Hashable, Sendable {
    /// Integers, numeric and floating point.
    case number
    /// date, timestamp and timestamptz, the latter in UTC; years before Christ and infinities too.
    case time
}

/// What chooses between a delete and concurrent updates of the same row.
public enum DeleteRule: String, Hashable, Sendable, CaseIterable {
    /// The side made in the row's home region, as `ConflictRule.home`.
    case home
    /// The update.
    case keep
    /// The delete.
    case delete
    /// As `home`, and the case stays open until a person rules.
    case manual
}

/// What becomes of a row whose parent is deleted in one region while another still refers to it.
public enum ForeignKeyRule: String, Hashable, Sendable, CaseIterable {
    /// The parent stays in the table until its last child goes.
    case keepParent = "keep_parent"
    /// The child leaves the table until its parent is back.
    case parkChild = "park_child"
}

/// How concurrent changes of a table's rows are merged: the same in every region.
///
/// Without a policy file: every column a group of its own, `newest`; an update wins over a concurrent delete.
public struct TablePolicy: Hashable, Sendable {
    /// Number of shared columns of the local table.
    public let columnCount: Int
    /// Every column is in at most one; those in none follow the change that decides that the row is there.
    public let groups: [ColumnGroup]
    /// Ordinal of the column that holds the code of the row's home region.
    public let homeColumn: Int?
    /// Ordinal of the column with the date of the source that a row was taken from. Where `home` finds no write of the
    /// home region, or several, the one with the highest date wins, then the newest.
    public let asOfColumn: Int?
    public let deleteRule: DeleteRule
    /// By the ordinals of the referring columns; `keepParent` where there is none.
    public let foreignKeyRules: [[Int]: ForeignKeyRule]

    /// A policy with these groups.
    public init(
        columnCount: Int, groups: [ColumnGroup], homeColumn: Int? = nil, asOfColumn: Int? = nil,
        deleteRule: DeleteRule = .keep,
        foreignKeyRules: [[Int]: ForeignKeyRule] = [:]
    ) {
        self.columnCount = columnCount
        self.groups = groups
        self.homeColumn = homeColumn
        self.asOfColumn = asOfColumn
        self.deleteRule = deleteRule
        self.foreignKeyRules = foreignKeyRules
    }

    /// Some cases stay open until a person rules, whatever is written later.
    var keepsCasesOpen: Bool { deleteRule == .manual || groups.contains { $0.rule == .manual } }

    /// Every column a group of its own, named like the column.
    ///
    /// A name that could be taken for the group of existence is quoted, as SQL quotes it.
    public static func columns(names: [String]) -> TablePolicy {
        let groups = names.enumerated().map { ordinal, name in
            guard name == ColumnGroup.existence || name.first == "\"" else {
                return ColumnGroup(name: name, columns: [ordinal])
            }
            let quoted = name.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
            return ColumnGroup(name: "\"\(quoted)\"", columns: [ordinal])
        }
        return TablePolicy(columnCount: names.count, groups: groups)
    }
}
