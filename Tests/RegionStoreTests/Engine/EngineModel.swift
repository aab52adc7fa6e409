import Postgres
import Replication
import Testing

@testable import RegionStore

/// What the pure core says the tables of a party must hold, from nothing but the party's log.
struct EngineModel {
    /// A unique column and references of a table of the model, by their names.
    struct Constraints {
        var unique: [String] = []
        /// Column of the child and name of the parent table.
        var parents: [(column: String, table: String)] = []
    }

    let party: Party
    let constraints: [String: Constraints]
    /// Expected rows as COPY text, by table name.
    private(set) var rows: [String: Set<String>] = [:]
    private(set) var mergedCases = 0
    private(set) var parked = 0
    private(set) var kept = 0

    private struct Key: Hashable, Comparable {
        let table: String, digest: String

        init(table: String, digest: String) {
            self.table = table
            self.digest = digest
        }

        init(table: String, text: String) {
            self.init(table: table, digest: BatchHasher.digest16(key: text).hex)
        }

        static func < (left: Key, right: Key) -> Bool { (left.table, left.digest) < (right.table, right.digest) }
    }

    init(_ party: Party, _ constraints: [String: Constraints], policy: (TableInfo) -> TablePolicy) throws {
        self.party = party
        self.constraints = constraints
        var outcomes: [Key: (MergeOutcome, TableInfo)] = [:]
        for (key, log) in try Self.logs(party) {
            guard let table = party.engine.catalogue.table(schema: "public", name: key.table) else { continue }
            let outcome = merge(log, policy: policy(table))
            outcomes[key] = (outcome, table)
            mergedCases += outcome.cases.count
        }
        let verdicts = constrain(outcomes.map { row($0.key, $0.value.0, $0.value.1, policy($0.value.1)) })
        for name in constraints.keys { rows[name] = [] }
        for (key, (outcome, _)) in outcomes {
            switch verdicts[key] {
            case .present: if let image = outcome.image { insert(image, key.table) }
            case .kept:
                kept += 1
                if let image = outcome.lastImage { insert(image, key.table) }
            case .parked: parked += 1
            case .absent, nil: break
            }
        }
    }

    private mutating func insert(_ image: RowImage, _ table: String) {
        rows[table, default: []].insert(String(decoding: image.bytes, as: UTF8.self))
    }

    private func row(
        _ key: Key, _ outcome: MergeOutcome, _ table: TableInfo, _ policy: TablePolicy
    ) -> ConstraintRow<Key> {
        let image = outcome.image ?? outcome.lastImage
        let field = { (column: String) -> String? in
            guard let ordinal = table.shape.columns.firstIndex(of: column), let image else { return nil }
            return CopyText.string(image[ordinal])
        }
        let known = constraints[key.table] ?? Constraints()
        let claims = known.unique.compactMap { column -> ConstraintRow<Key>.Claim? in
            guard let value = field(column), let ordinal = table.shape.columns.firstIndex(of: column) else {
                return nil
            }
            let group = policy.groups.firstIndex { $0.columns.contains(ordinal) }
            return .init(
                index: "\(key.table).\(column)", value: value,
                stamp: group.map { outcome.winners[$0] } ?? outcome.existence)
        }
        let parents = known.parents.compactMap { column, parent -> ConstraintRow<Key>.Parent? in
            field(column).map { value in
                let ordinals = [table.shape.columns.firstIndex(of: column)].compactMap { $0 }
                return .init(
                    foreignKey: column, id: Key(table: parent, text: "{\(value)}"),
                    rule: policy.foreignKeyRules[ordinals] ?? .keepParent)
            }
        }
        return ConstraintRow(
            id: key, isAlive: outcome.image != nil, canBeKept: outcome.lastImage != nil, claims: claims,
            parents: parents)
    }

    /// The whole log of every key.
    private static func logs(_ party: Party) throws -> [Key: [LoggedChange]] {
        let session = party.owner
        var result: [Key: [LoggedChange]] = [:]
        for table in party.engine.catalogue.tables.values {
            let keys = try session.query(
                "SELECT DISTINCT encode(digest, 'hex') FROM bashu.change WHERE table_id = $1", [.int(table.id)])
            let digests = try keys.map { try $0.text(0) }
            for (digest, log) in try KeyLogReader().logs(session, table, digests: digests) {
                result[Key(table: table.shape.tableName, digest: digest)] = log.shuffled()
            }
        }
        return result
    }

    /// What a table holds, in the same form.
    static func table(_ party: Party, _ name: String) throws -> Set<String> {
        guard let table = party.engine.catalogue.table(schema: "public", name: name) else { return [] }
        let columns = table.shape.columns.map { Session.quoteIdentifier($0) }.joined(separator: ", ")
        var rows: Set<String> = []
        try party.engine.control.copyOut("COPY (SELECT \(columns) FROM public.\(name)) TO STDOUT") { line in
            rows.insert(String(decoding: line.dropLast(), as: UTF8.self))
        }
        return rows
    }
}
