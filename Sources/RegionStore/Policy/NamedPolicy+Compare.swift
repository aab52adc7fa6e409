internal import Integrity
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
    static func differences(_ table: String, here: NamedPolicy, there: NamedPolicy) -> [String] {
        let (here, there) = (here.normalised, there.normalised)
        var found: [String] = []
        func compare(_ what: String, _ mine: String?, _ theirs: String?) {
            guard mine != theirs else { return }
            found.append("\(what) of table \(table) differs: here \(mine ?? "none"), there \(theirs ?? "none")")
        }
        let mine = Dictionary(here.groups.map { ($0.name, $0.text) }) { first, _ in first }
        let theirs = Dictionary(there.groups.map { ($0.name, $0.text) }) { first, _ in first }
        for name in Set(mine.keys).union(theirs.keys).sorted() {
            compare("the policy of group \(name)", mine[name], theirs[name])
        }
        compare("the policy's home column", here.home, there.home)
        compare("the policy's as_of column", here.asOf, there.asOf)
        compare("the policy's rule for deletes", here.delete.rawValue, there.delete.rawValue)
        compare("the policy's default rule", here.defaultRule.rawValue, there.defaultRule.rawValue)
        let keys = { (policy: NamedPolicy) in
            policy.foreignKeys.isEmpty
                ? nil
                : policy.foreignKeys.map { "(\($0.columns.joined(separator: ", "))) \($0.rule.rawValue)" }
                    .joined(separator: ", ")
        }
        compare("the policy's rule for foreign keys", keys(here), keys(there))
        if found.isEmpty, here.fingerprint != there.fingerprint {
            found.append("the policy of table \(table) differs in what its columns' types say")
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
