internal import Postgres
internal import Reasons
internal import Replication

/// One shared table as the daemon works with it: its shape, and what statements about it need.
struct TableInfo: Sendable, Equatable {
    let id: Int
    let shape: Shape
    /// SQL types of the key columns, in key order.
    let keyTypes: [String]
    /// A partitioned root is read with its partitions, any other table with ONLY.
    let isPartitioned: Bool
    /// Columns of unique indexes besides the primary key.
    let uniqueColumns: [String]
    /// Identity columns of which an UPDATE may not name a value: they keep the one they were inserted with.
    let identityAlways: [String]
    /// Unique indexes other than the primary key whose columns are all shared.
    let uniqueIndexes: [UniqueIndex]
    /// Foreign keys to the primary keys of shared tables.
    let foreignKeys: [ForeignKey]
    /// It refers to other tables, or to itself, by foreign keys.
    let refers: Bool
    /// Foreign keys by which PostgreSQL itself would change other tables when a row of this one goes.
    let cascades: [Cascade]
    /// What `bashu.table_shapes` said of the table when this was read.
    let fingerprint: String
    /// Why capture is not to be trusted at present; nil when it is whole.
    let captureFault: String?

    struct UniqueIndex: Sendable, Equatable, Decodable {
        let name: String
        /// What it indexes, over the columns' plain names.
        let expressions: [String]
        /// Columns only.
        let isPlain: Bool
        let predicate: String?
        let nullsNotDistinct: Bool
        /// Every column that its entries depend on.
        let columns: [String]

        var rule: String { "unique:\(name)" }

        enum CodingKeys: String, CodingKey {
            case name, expressions, predicate, columns
            case isPlain = "is_plain"
            case nullsNotDistinct = "nulls_not_distinct"
        }
    }

    struct ForeignKey: Sendable, Equatable, Decodable {
        let name: String
        /// Id of the table it refers to.
        let parent: Int
        /// In the order of the parent's key.
        let columns: [String]

        var rule: String { "foreign_key:\(name)" }
    }

    struct Cascade: Sendable, Equatable, Decodable {
        let schema: String
        let table: String
        /// Not partitioned.
        let only: Bool
        let columns: [String]
        let parents: [String]

        var source: String { (only ? "ONLY " : "") + Session.qualified(schema, table) }
    }

    /// What is said of a shared table that is not there under its name.
    static let missing = Reason(TableReason.named_otherwise).text

    var name: String { "\(shape.schemaName).\(shape.tableName)" }
    var qualified: String { Session.qualified(shape.schemaName, shape.tableName) }
    /// How the table stands in FROM.
    var source: String { isPartitioned ? qualified : "ONLY \(qualified)" }
}

/// The shared tables of this database, read again whenever a fingerprint differs.
struct TableCatalogue {
    private(set) var tables: [Int: TableInfo] = [:]
    /// Ids with parents before children; tables in a cycle keep the order of their names.
    private(set) var writeOrder: [Int] = []

    func table(id: Int) -> TableInfo? { tables[id] }

    func table(schema: String, name: String) -> TableInfo? {
        tables.values.first { $0.shape.schemaName == schema && $0.shape.tableName == name }
    }

    /// Reads every shared table anew.
    mutating func reload(_ session: Session) throws {
        let ids = try session.query(SQLText.named("tables_all")).map { Int(try $0.int(0)) }
        tables = try Self.read(session, ids: ids)
        writeOrder = try Self.order(session, ids: ids)
    }

    /// The fingerprints of these tables in the session's snapshot; tables that do not exist are missing.
    static func fingerprints(_ session: Session, ids: [Int]) throws -> [Int: String] {
        var result: [Int: String] = [:]
        let parameter = Parameter.intArray(ids.map(Int64.init))
        for row in try session.query(
            "SELECT id, fingerprint FROM bashu.table_shapes($1::integer[]) WHERE relation IS NOT NULL", [parameter])
        {
            result[Int(try row.int(0))] = row[text: 1]
        }
        return result
    }

    /// Reads these tables in the session's snapshot; tables that do not exist are missing in the result.
    static func read(_ session: Session, ids: [Int]) throws -> [Int: TableInfo] {
        guard !ids.isEmpty else { return [:] }
        let parameter = Parameter.intArray(ids.map(Int64.init))
        var shapes: [Int: (shape: Shape, keyTypes: [String], fingerprint: String, fault: String?)] = [:]
        for row in try session.query("SELECT * FROM bashu.table_shapes($1::integer[])", [parameter]) {
            // A table that is gone has no columns.
            guard !row.isNull("relation"), !row.isNull("columns"), !row.isNull("key_columns") else { continue }
            let shape = Shape(
                schemaName: try row.text("schema_name"), tableName: try row.text("table_name"),
                keyColumns: try ArrayText.parse(row.text("key_columns")),
                columns: try ArrayText.parse(row.text("columns")),
                types: try ArrayText.parse(row.text("types")))
            let intact = try row.bool("intact")
            let fault = intact ? nil : (row[text: "fault"] ?? "capture is not whole")
            shapes[Int(try row.int("id"))] = (
                shape, try ArrayText.parse(row.text("key_types")), try row.text("fingerprint"), fault)
        }
        var result: [Int: TableInfo] = [:]
        for row in try session.query(SQLText.named("tables_info"), [parameter]) {
            let id = Int(try row.int("id"))
            guard let known = shapes[id] else { continue }
            result[id] = TableInfo(
                id: id, shape: known.shape,
                keyTypes: known.keyTypes,
                isPartitioned: try row.bool("partitioned"),
                uniqueColumns: try ArrayText.parse(row.text("unique_columns")),
                identityAlways: try ArrayText.parse(row.text("identity_always")),
                uniqueIndexes: try JSONText.decode([TableInfo.UniqueIndex].self, row.text("uniques")),
                foreignKeys: try JSONText.decode([TableInfo.ForeignKey].self, row.text("foreign_keys")),
                refers: try row.bool("refers"),
                cascades: try JSONText.decode([TableInfo.Cascade].self, row.text("cascades")),
                fingerprint: known.fingerprint, captureFault: known.fault)
        }
        return result
    }

    private static func order(_ session: Session, ids: [Int]) throws -> [Int] {
        var parents: [Int: Set<Int>] = [:]
        for row in try session.query(SQLText.named("tables_parents")) {
            parents[Int(try row.int(0)), default: []].insert(Int(try row.int(1)))
        }
        var ordered: [Int] = []
        var remaining = ids
        while !remaining.isEmpty {
            let ready = remaining.filter { parents[$0, default: []].isDisjoint(with: remaining) }
            // A cycle of foreign keys: the first by name goes first, its constraint decides.
            let next = ready.isEmpty ? [remaining[0]] : ready
            ordered += next
            remaining.removeAll { next.contains($0) }
        }
        return ordered
    }
}
