internal import Postgres
internal import Replication

/// A person's choice worked out for one row: which groups it rules, and what they are to hold.
struct Decision {
    private let shown: CaseList.Shown
    private let cases: [CaseList.Case]
    private let row: RowLog
    private let image: RowImage?
    private(set) var groups: Set<String> = []
    private var values: [String: String?] = [:]
    private var deletes = false
    /// The candidate whose row an absent row becomes.
    private var revived: CaseList.Candidate?

    /// - Parameter cases: Those of the row that are ruled on.
    init(_ shown: CaseList.Shown, _ cases: [CaseList.Case], _ row: RowLog) {
        self.shown = shown
        self.cases = cases
        self.row = row
        image = row.image
    }

    /// As `bashu.ruling` has it: column to text or null; an entry for the empty name rules that the row is absent.
    var choice: [String: String?] { deletes ? ["": "delete"] : values }

    /// For every ruled group the handles that the person was shown; with them the candidates of cases of the unique and
    /// foreign-key rule.
    var frontier: [String: [String]] {
        var result: [String: [String]] = [:]
        for group in groups { result[group] = (row.frontier(of: group) ?? []).map(\.description) }
        for one in cases where one.isOfConstraint && one.summary.closedBy == nil {
            result[one.summary.group] = one.candidates.map(\.id.description)
        }
        return result
    }

    /// - Throws: `ControlError` when the choice does not fit the cases.
    mutating func make(_ choice: CaseList.Choice) throws {
        switch choice {
        case .delete:
            deletes = true
            groups = Set(cases.filter { !$0.isOfConstraint }.map(\.summary.group))
            groups.insert(ColumnGroup.existence)
        case .values(let values):
            for value in values { try set(value) }
        case .candidate(let id, let values):
            let ruled = cases.filter { $0.candidates.contains { $0.id == id } }
            guard !ruled.isEmpty else { throw ControlError.notACandidate(id.description) }
            for one in ruled { try take(id, in: one) }
            for value in values { try set(value) }
        case .groups(let chosen, let values):
            for (group, id) in chosen.sorted(by: { $0.key < $1.key }) {
                let named = cases.filter { $0.summary.group == group }
                guard let one = named.first(where: { $0.candidates.contains { $0.id == id } }) else {
                    throw ControlError.notACandidate(id.description)
                }
                try take(id, in: one)
            }
            for value in values { try set(value) }
        }
        try complete()
    }

    private mutating func take(_ id: ChangeID, in one: CaseList.Case) throws {
        let mine = one.candidates.filter { $0.id == id }
        guard let candidate = mine.first(where: { !$0.deletes }) ?? mine.first else { return }
        if one.isOfConstraint, one.summary.group != CaseList.keptGroup {
            throw ControlError.needsValue(group: one.summary.group)
        }
        if one.isOfExistence {
            groups.insert(ColumnGroup.existence)
            deletes = candidate.deletes
            revived = candidate
            // Of a case that is over, the row may have been written anew since.
            guard !one.summary.state.isCurrent, !candidate.deletes else { return }
            for value in candidate.values { values.updateValue(value.value, forKey: value.column) }
            groups.formUnion(candidate.values.map { row.group(of: $0.column) })
        } else {
            groups.insert(one.summary.group)
            for value in candidate.values { values.updateValue(value.value, forKey: value.column) }
        }
    }

    private mutating func set(_ value: CaseList.ColumnValue) throws {
        let column = value.column
        let open = cases.contains { $0.isOfConstraint || $0.isOfExistence }
        let known = cases.contains { !$0.isOfExistence && $0.columns.contains(column) }
        guard known || (open && row.table.shape.columns.contains(column)) else {
            throw ControlError.notInCase(column: column, groups: cases.map(\.summary.group))
        }
        guard !row.table.shape.keyColumns.contains(column) else { throw ControlError.keyColumn(column) }
        values.updateValue(value.value, forKey: column)
        groups.insert(row.group(of: column))
        // A row to which a value is given is meant to exist.
        if cases.contains(where: \.isOfExistence) { groups.insert(ColumnGroup.existence) }
    }

    /// What the choice leaves open: the other columns of a ruled group stay, an absent row comes back whole.
    private mutating func complete() throws {
        guard !deletes else { return }
        let columns = row.table.shape.columns
        if let image {
            for group in groups {
                for column in row.columns(of: group) ?? [] where values[column] == nil {
                    guard let ordinal = columns.firstIndex(of: column) else { continue }
                    values.updateValue(CopyText.string(image[ordinal]), forKey: column)
                }
            }
            return
        }
        guard groups.contains(ColumnGroup.existence) else { throw ControlError.rowIsGone(shown.key.description) }
        let last = row.lastImage
        let candidate = revived ?? cases.filter(\.isOfExistence).flatMap(\.candidates).last { !$0.deletes }
        let before = Dictionary((candidate?.values ?? []).map { ($0.column, $0.value) }) { first, _ in first }
        for (ordinal, column) in columns.enumerated() where values[column] == nil {
            values.updateValue(before[column] ?? last.flatMap { CopyText.string($0[ordinal]) }, forKey: column)
        }
        groups.formUnion(values.keys.map(row.group(of:)))
    }
}

extension CaseList.Case {
    /// A case of the unique or foreign-key rule: its candidates are whole rows, of which one is out of its table.
    public var isOfConstraint: Bool { CaseList.isConstraint(summary.group) }

    /// Whether the row itself is in question.
    public var isOfExistence: Bool {
        summary.group == CaseList.existenceGroup || summary.group == CaseList.keptGroup
    }

    /// The columns that its candidates give values to.
    var columns: Set<String> { Set(candidates.flatMap { $0.values.map(\.column) }) }
}
