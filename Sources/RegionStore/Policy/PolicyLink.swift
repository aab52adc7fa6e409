public import Postgres
public import Reasons

extension PolicyStore {
    /// Compares the policies of a peer with ours; a replica takes them over from one of its peers instead.
    ///
    /// - Parameter offered: what the peer says; nil: it knows of no policies, every table has the default.
    /// - Returns: what differs on the tables that both share, a sentence each.
    public static func compare(
        _ local: Session, peer: String, _ offered: [TableName: NamedPolicy]?
    ) throws -> [Reason] {
        let stored = try list(local)
        var differences: [Reason] = []
        var adopted: [Int: NamedPolicy] = [:]
        for one in stored {
            guard let theirs = offered == nil ? NamedPolicy() : offered?[one.table] else { continue }
            adopted[one.tableID] = theirs
            differences += NamedPolicy.differences(
                "\(one.table.schema).\(one.table.table)", here: one.policy, there: theirs)
        }
        guard !differences.isEmpty, let row = try local.queryOne(SQLText.named("policy_adopts")) else {
            return differences
        }
        let source = row[text: "peer"] ?? ""
        guard source == peer else {
            return differences + [Reason(DifferenceReason.policy_elsewhere, ["peer": source])]
        }
        try apply(local, adopted, by: "peer \(peer)")
        return []
    }
}
