/// A row as the unique and foreign-key rule sees it, after its merge.
public struct ConstraintRow<ID: Hashable & Comparable & Sendable>: Sendable {
    /// A unique value that the row claims.
    public struct Claim: Hashable, Sendable {
        /// Names the unique index, or the foreign key, within all tables.
        public let index: String
        /// The values of the index's columns as one text; rows with equal texts cannot both be in the table.
        public let value: String
        /// The highest stamp among the writes that gave the index's columns their values.
        public let stamp: ChangeStamp

        public init(index: String, value: String, stamp: ChangeStamp) {
            self.index = index
            self.value = value
            self.stamp = stamp
        }
    }

    /// A row that this one refers to.
    public struct Parent: Hashable, Sendable {
        public let foreignKey: String
        public let id: ID
        public let rule: ForeignKeyRule

        public init(foreignKey: String, id: ID, rule: ForeignKeyRule) {
            self.foreignKey = foreignKey
            self.id = id
            self.rule = rule
        }
    }

    public let id: ID
    /// What the merge says.
    public let isAlive: Bool
    /// It is dead, but the log has an image of it.
    public let canBeKept: Bool
    /// Of unique indexes; none where a value is NULL.
    public let claims: [Claim]
    public let parents: [Parent]

    public init(id: ID, isAlive: Bool, canBeKept: Bool, claims: [Claim], parents: [Parent]) {
        self.id = id
        self.isAlive = isAlive
        self.canBeKept = canBeKept
        self.claims = claims
        self.parents = parents
    }
}

/// What the unique and foreign-key rule makes of a row.
public enum ConstraintVerdict<ID: Hashable & Sendable>: Hashable, Sendable {
    /// Alive and in the table.
    case present
    /// Dead and out of the table.
    case absent
    /// Dead, and in the table because an alive row refers to it.
    case kept
    /// Alive, or dead and referred to, but out of the table: each index whose value another row holds, and each
    /// foreign key whose parent is out.
    case parked([Reason])

    public struct Reason: Hashable, Sendable {
        /// Name of the index or foreign key.
        public let constraint: String
        /// The row that holds the value, or the parent that is not in the table.
        public let blocker: ID
    }
}

/// Says which rows are in their tables: a pure function of the merged rows.
///
/// A row exists when it is alive, or dead and referred to by one that exists under `keepParent` (least fixpoint). Of
/// the existing rows that claim one unique value the one with the highest stamp holds it, whether it is in the table or
/// not. A row is in the table when it holds all of its values and all of its parents are in (greatest fixpoint).
///
/// The verdict on a row depends only on the rows it is connected to by values and references, so that a part of a
/// table that is closed under both gives what the whole would. The order of `rows` does not matter.
///
/// - Parameter rows: Each id once. A parent that is not among them counts as not in its table.
public func constrain<ID>(_ rows: [ConstraintRow<ID>]) -> [ID: ConstraintVerdict<ID>] {
    let byID = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0) })
    let existing = existing(rows, byID)
    let unheld = unheld(rows.filter { existing.contains($0.id) })
    var present = existing.subtracting(unheld.keys)
    var shrinks = true
    while shrinks {
        let next = present.filter { id in (byID[id]?.parents ?? []).allSatisfy { present.contains($0.id) } }
        shrinks = next.count < present.count
        present = next
    }
    var verdicts: [ID: ConstraintVerdict<ID>] = [:]
    for row in rows {
        guard existing.contains(row.id) else {
            verdicts[row.id] = .absent
            continue
        }
        guard !present.contains(row.id) else {
            verdicts[row.id] = row.isAlive ? .present : .kept
            continue
        }
        let orphaned = row.parents.filter { !present.contains($0.id) }
            .map { ConstraintVerdict<ID>.Reason(constraint: $0.foreignKey, blocker: $0.id) }
        let reasons = (unheld[row.id] ?? []) + orphaned
        verdicts[row.id] = .parked(reasons.sorted { $0.constraint < $1.constraint })
    }
    return verdicts
}

private func existing<ID>(_ rows: [ConstraintRow<ID>], _ byID: [ID: ConstraintRow<ID>]) -> Set<ID> {
    var existing = Set(rows.filter(\.isAlive).map(\.id))
    var frontier = Array(existing)
    while let id = frontier.popLast() {
        for parent in byID[id]?.parents ?? [] where parent.rule == .keepParent {
            guard let row = byID[parent.id], row.canBeKept, existing.insert(row.id).inserted else { continue }
            frontier.append(row.id)
        }
    }
    return existing
}

private struct ClaimedValue: Hashable { let index: String, value: String }

/// The rows that do not hold every value they claim, each with who does.
private func unheld<ID>(_ rows: [ConstraintRow<ID>]) -> [ID: [ConstraintVerdict<ID>.Reason]] {
    var holders: [ClaimedValue: (stamp: ChangeStamp, id: ID)] = [:]
    for row in rows {
        for claim in row.claims {
            let value = ClaimedValue(index: claim.index, value: claim.value)
            guard let holder = holders[value] else {
                holders[value] = (claim.stamp, row.id)
                continue
            }
            // Stamps of two rows can be the same only when one ruling or batch of a broken origin says so.
            if (holder.stamp, holder.id) < (claim.stamp, row.id) { holders[value] = (claim.stamp, row.id) }
        }
    }
    var result: [ID: [ConstraintVerdict<ID>.Reason]] = [:]
    for row in rows {
        for claim in row.claims {
            guard let holder = holders[ClaimedValue(index: claim.index, value: claim.value)], holder.id != row.id else {
                continue
            }
            result[row.id, default: []].append(.init(constraint: claim.index, blocker: holder.id))
        }
    }
    return result
}
