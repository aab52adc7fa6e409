/// Columns that mean something only together: the unit in which conflicts are judged.
public struct ColumnGroup: Hashable, Sendable {
    /// Names the group in conflict cases; no two groups of a table share one.
    public let name: String
    /// Ordinals of its columns in the local table, ascending, at least one.
    public let columns: [Int]

    /// The name of the group that says whether the row is there. It has no columns.
    public static let existence = "existence"

    /// A group of columns.
    public init(name: String, columns: [Int]) {
        self.name = name
        self.columns = columns
    }
}

/// How concurrent changes of a table's rows are merged: the same in every region.
///
/// In a group the newest write wins. An update wins over a concurrent delete.
public struct TablePolicy: Hashable, Sendable {
    /// Number of shared columns of the local table.
    public let columnCount: Int
    /// Every column is in at most one; those in none follow the change that decides that the row is there.
    public let groups: [ColumnGroup]

    /// A policy with these groups.
    public init(columnCount: Int, groups: [ColumnGroup]) {
        self.columnCount = columnCount
        self.groups = groups
    }

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
