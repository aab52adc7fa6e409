internal import Integrity
internal import Reasons
internal import Replication

extension NamedPolicy {
    /// SHA-256 of a text that does not depend on order, comments or the place of columns; in hexadecimal.
    public var fingerprint: String { Self.digest(normalised.words) }

    /// The same of every column group.
    public var groupFingerprints: [String: String] {
        Dictionary(normalised.groups.map { ($0.name, Self.digest($0.words)) }) { first, _ in first }
    }

    private var words: [String] {
        [home ?? "", asOf ?? "", delete.rawValue, defaultRule.rawValue, "\(groups.count)"] + groups.flatMap(\.words)
            + foreignKeys.flatMap { ["\($0.columns.count)"] + $0.columns + [$0.rule.rawValue] }
    }

    /// Every word with its length before it: no two lists of words have the same text.
    private static func digest(_ words: [String]) -> String {
        let text = words.map { "\($0.utf8.count):\($0)" }.joined()
        return Hex.text(HashFunction.digest(Array(text.utf8)))
    }

    /// What differs between this database's policy of a table and a peer's, a sentence each.
    static func differences(_ table: String, here: NamedPolicy, there: NamedPolicy) -> [Reason] {
        let (here, there) = (here.normalised, there.normalised)
        var found: [Reason] = []
        func compare(_ what: DifferenceReason, _ mine: String?, _ theirs: String?, group: String = "") {
            guard mine != theirs else { return }
            found.append(
                Reason(what, ["table": table, "group": group, "ours": mine ?? "-", "theirs": theirs ?? "-"]))
        }
        let mine = Dictionary(here.groups.map { ($0.name, $0.text) }) { first, _ in first }
        let theirs = Dictionary(there.groups.map { ($0.name, $0.text) }) { first, _ in first }
        for name in Set(mine.keys).union(theirs.keys).sorted() {
            compare(.policy_group, mine[name], theirs[name], group: name)
        }
        compare(.policy_home, here.home, there.home)
        compare(.policy_as_of, here.asOf, there.asOf)
        compare(.policy_delete, here.delete.rawValue, there.delete.rawValue)
        compare(.policy_default, here.defaultRule.rawValue, there.defaultRule.rawValue)
        let keys = { (policy: NamedPolicy) in
            policy.foreignKeys.isEmpty
                ? nil
                : policy.foreignKeys.map { "(\($0.columns.joined(separator: ", "))) \($0.rule.rawValue)" }
                    .joined(separator: ", ")
        }
        compare(.policy_foreign_keys, keys(here), keys(there))
        if found.isEmpty, here.fingerprint != there.fingerprint {
            found.append(Reason(DifferenceReason.policy_types, ["table": table]))
        }
        return found
    }
}

extension NamedPolicy.Group {
    fileprivate var words: [String] {
        [name, rule.rawValue, column ?? "", order?.rawValue ?? "", "\(regions?.count ?? 0)"] + (regions ?? [])
            + ["\(columns.count)"] + columns
    }

    fileprivate var text: String { "\(ruleText) over (\(columns.joined(separator: ", ")))" }
}
