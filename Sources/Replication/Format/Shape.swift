/// What the columns of an image are, in order: a batch spells it out where its origin first uses it.
public struct Shape: Hashable, Sendable {
    /// Schema of the table.
    public let schemaName: String
    /// Name of the table in its schema.
    public let tableName: String
    /// Primary-key columns in key order; all of them are among `columns`.
    public let keyColumns: [String]
    /// The shared columns in the table's own order.
    public let columns: [String]
    /// For every column its type as `format_type` spells it under `search_path = pg_catalog`.
    public let types: [String]

    /// A shape; `columns` and `types` have the same count.
    public init(schemaName: String, tableName: String, keyColumns: [String], columns: [String], types: [String]) {
        precondition(columns.count == types.count, "every column of a shape has a type")
        self.schemaName = schemaName
        self.tableName = tableName
        self.keyColumns = keyColumns
        self.columns = columns
        self.types = types
    }

    /// The line that spells the shape out, without its line end. Its digest names the shape.
    public var line: [UInt8] {
        var output: [UInt8] = []
        var fields = ["shape", schemaName, tableName, String(keyColumns.count)]
        fields += keyColumns
        fields.append(String(columns.count))
        for (column, type) in zip(columns, types) { fields += [column, type] }
        for (index, field) in fields.enumerated() {
            if index > 0 { output.append(CopyText.tab) }
            CopyText.append(field, to: &output)
        }
        return output
    }

    /// Reads a line that spells out a shape.
    ///
    /// - Throws: `FormatError` naming line `number`.
    public init(
        parsing line: UnsafeRawBufferPointer, number: Int, limits: BatchLimits = BatchLimits()
    ) throws(FormatError) {
        var cursor = FieldCursor(line, line: number)
        guard try cursor.text("line kind") == "shape" else { throw cursor.fault(.unexpectedLine, "not a shape") }
        schemaName = try cursor.text("schema")
        tableName = try cursor.text("table")
        let keys = try cursor.number("number of key columns", max: Int64(limits.columnsMax))
        var keyColumns: [String] = []
        for _ in 0..<keys { keyColumns.append(try cursor.text("key column")) }
        let count = try cursor.number("number of columns", max: Int64(limits.columnsMax))
        var columns: [String] = []
        var types: [String] = []
        for _ in 0..<count {
            columns.append(try cursor.text("column"))
            types.append(try cursor.text("type"))
        }
        try cursor.finish()
        let names = Set(columns)
        guard !schemaName.isEmpty, !tableName.isEmpty, !names.contains(""), names.count == columns.count else {
            throw cursor.fault(.badField, "a name of the shape is empty or repeated")
        }
        guard !keyColumns.isEmpty, Set(keyColumns).count == keyColumns.count, names.isSuperset(of: keyColumns) else {
            throw cursor.fault(.badField, "the key of the shape is not made of its columns")
        }
        self.keyColumns = keyColumns
        self.columns = columns
        self.types = types
    }

    /// Bytewise order of (schema, table): the order of tables in a batch.
    static func tablePrecedes(_ left: Shape, _ right: Shape) -> Bool {
        if !left.isSameTable(as: right), left.schemaName == right.schemaName {
            return left.tableName.utf8.lexicographicallyPrecedes(right.tableName.utf8)
        }
        return left.schemaName.utf8.lexicographicallyPrecedes(right.schemaName.utf8)
    }

    /// Whether both are shapes of one table. Bytewise: Swift takes canonically equivalent names for equal,
    /// PostgreSQL does not.
    func isSameTable(as other: Shape) -> Bool {
        schemaName.utf8.elementsEqual(other.schemaName.utf8) && tableName.utf8.elementsEqual(other.tableName.utf8)
    }
}
