/// How the records of an input fill a table.
public enum ImportShape: String, Sendable, CaseIterable {
    /// Names are columns, values are exact, NULL is NULL: what an export writes.
    case rows
    /// A published list of standards, or a platform's records.
    case list
}

/// From a record's own order to that of the staging columns.
struct ImportMapper {
    /// A column of the staging table.
    struct Target {
        let name: String
        var type: String
    }

    let shape: ImportShape
    /// The staging columns, in order.
    let targets: [String]
    /// For fields: the staging column of each, nil for one that is passed over.
    private let places: [Int?]
    private let byName: [String: Int]
    /// Names that are passed over on purpose.
    private let ignored: Set<String>
    /// Columns that occurred, by place.
    private(set) var seen: Set<Int>
    /// Names that no list field has, for a remark to the user.
    private(set) var unknown: [String] = []

    /// What an earlier import wrote beside a rejected record.
    static let ownColumns: Set<String> = ["import_line", "import_reason", "import_raw"]

    /// Rows of a table. `header` is nil for JSON, whose records name their members themselves.
    ///
    /// Throws when the header has names that the table has not.
    init(rows table: ImportTable, header: [String]?) throws {
        shape = .rows
        targets = table.columns.map(\.name)
        byName = Dictionary(uniqueKeysWithValues: targets.enumerated().map { ($0.element, $0.offset) })
        ignored = Self.ownColumns.union(table.all.filter(\.isGenerated).map(\.name))
        let header = header ?? []
        let byName = byName
        let ignored = ignored
        places = header.map { byName[$0] }
        let strangers = header.filter { byName[$0] == nil && !ignored.contains($0) }
        guard strangers.isEmpty else {
            throw ImportError.unknownColumns(strangers, table: table.shown, columns: targets)
        }
        seen = Set(places.compactMap { $0 })
    }

    /// A published list.
    init(list header: [String]?) throws {
        shape = .list
        targets = ListField.allCases.map(\.rawValue)
        byName = Dictionary(uniqueKeysWithValues: targets.enumerated().map { ($0.element, $0.offset) })
        ignored = Self.ownColumns
        let header = header ?? []
        var taken: Set<ListField> = []
        var places: [Int?] = []
        for name in header {
            let field = ListField.of(name)
            // Of two columns that mean the same the first counts.
            let isNew = field.map { taken.insert($0).inserted } ?? false
            places.append(isNew ? field.flatMap { ListField.allCases.firstIndex(of: $0) } : nil)
            let isIdle = Self.ownColumns.contains(name) || name.isEmpty || ListField.isIdle(name)
            if !isNew, !isIdle { unknown.append(name) }
        }
        self.places = places
        seen = Set(places.compactMap { $0 })
    }

    /// A record's values by staging column, and the columns that it does not name; or why it cannot be taken.
    mutating func map(
        _ content: ImportRecord.Content
    ) -> (values: [[UInt8]?], missing: [Int], fault: (ImportFault, String)?) {
        var values = [[UInt8]?](repeating: nil, count: targets.count)
        switch content {
        case .broken(let fault, let detail): return (values, [], (fault, detail))
        case .fields(let fields):
            for (index, field) in fields.enumerated() {
                guard index < places.count, let place = places[index] else { continue }
                values[place] = shape == .list ? ListField.value(field) : field
            }
            return (values, [], nil)
        case .members(let members):
            var named: Set<Int> = []
            for member in members where !ignored.contains(member.name) {
                guard let place = place(of: member.name) else {
                    if shape == .rows { return (values, [], (.unknownColumn, member.name)) }
                    continue
                }
                guard named.insert(place).inserted else { continue }
                values[place] = shape == .list ? ListField.value(member.value) : member.value
            }
            seen.formUnion(named)
            let missing = shape == .rows ? targets.indices.filter { !named.contains($0) } : []
            return (values, missing, nil)
        }
    }

    private mutating func place(of name: String) -> Int? {
        guard shape == .list else { return byName[name] }
        if let field = ListField.of(name) { return byName[field.rawValue] }
        if !ListField.isIdle(name), !unknown.contains(name), unknown.count < 20 { unknown.append(name) }
        return nil
    }
}
