/// What a policy makes of one column group of a contested row.
public struct GroupOutcome: Hashable, Sendable {
    /// What won each of the cases at hand; empty where nothing was in conflict.
    public let winners: [ChangeID]
    /// The rules that chose them, each once.
    public let rules: [String]
    /// Whether a person is needed.
    public let isOpen: Bool
    /// What the row has in the group's columns, nil for NULL; nil: the row is absent.
    public let values: [String?]?
}

/// A column group of which another policy would make something else.
public struct RehearsedGroup: Hashable, Sendable {
    /// A group of the new policy, or `ColumnGroup.existence`.
    public let group: String
    /// Its columns; none of existence.
    public let columns: [Int]
    public let old: GroupOutcome
    public let new: GroupOutcome
}

/// Merges a row under two policies and gives the groups whose value, or whose need of a person, differs: existence
/// first, then those of the new policy in its order.
///
/// Only what is or would be in conflict is looked at; cases that somebody has closed for good are not.
public func rehearse(_ log: [LoggedChange], old: TablePolicy, new: TablePolicy) -> [RehearsedGroup] {
    guard !log.isEmpty else { return [] }
    let (before, after) = (RehearsedRow(log, old), RehearsedRow(log, new))
    var found: [RehearsedGroup] = []
    func compare(_ group: String, _ columns: [Int], _ mine: [ConflictCase], _ theirs: [ConflictCase]) {
        guard !mine.isEmpty || !theirs.isEmpty else { return }
        let (then, now) = (before.outcome(columns, mine), after.outcome(columns, theirs))
        let isSame = columns.isEmpty ? (then.values == nil) == (now.values == nil) : then.values == now.values
        guard !isSame || then.isOpen != now.isOpen else { return }
        found.append(RehearsedGroup(group: group, columns: columns, old: then, new: now))
    }
    compare(ColumnGroup.existence, [], before.existence, after.existence)
    for group in new.groups {
        compare(group.name, group.columns, before.cases(of: group.columns), after.cases(of: group.columns))
    }
    return found
}

/// A row as one policy has it.
private struct RehearsedRow {
    private let policy: TablePolicy
    private let values: [String?]?
    private let cases: [ConflictCase]

    init(_ log: [LoggedChange], _ policy: TablePolicy) {
        self.policy = policy
        let outcome = merge(log, policy: policy)
        values = outcome.image.map { image in image.bytes.withUnsafeBytes { CopyText.values($0) } }
        cases = outcome.cases.filter { $0.closedBy == nil || $0.state == .open }
    }

    var existence: [ConflictCase] { cases.filter { $0.group == ColumnGroup.existence } }

    /// Those of groups that have one of the columns.
    func cases(of columns: [Int]) -> [ConflictCase] {
        let groups = policy.groups.filter { !Set($0.columns).isDisjoint(with: columns) }.map(\.name)
        return cases.filter { $0.group != ColumnGroup.existence && groups.contains($0.group) }
    }

    func outcome(_ columns: [Int], _ cases: [ConflictCase]) -> GroupOutcome {
        var winners: [ChangeID] = []
        for one in cases where !winners.contains(one.candidates[one.winner].id) {
            winners.append(one.candidates[one.winner].id)
        }
        return GroupOutcome(
            winners: winners, rules: Set(cases.map(\.rule)).sorted(),
            isOpen: cases.contains { $0.state == .open },
            values: values.map { values in columns.map { values[$0] } })
    }
}
