/// What was asked of a verify: the argument of a `verify` request.
public struct VerifyArgument: Codable, Sendable, Equatable {
    /// Schema-qualified, as `TableName` has them; empty: every shared table.
    public var tables: [TableReference]
    /// The peer to compare with; nil: the log.
    public var against: String?
    /// `publish` or `restore` what differs; nil: only tell.
    public var repair: String?

    public init(tables: [TableReference], against: String? = nil, repair: String? = nil) {
        self.tables = tables
        self.against = against
        self.repair = repair
    }

    /// As a request carries it.
    public func text() throws -> String { try JSONText.encode(self) }
}

/// A table in JSON.
public struct TableReference: Codable, Sendable, Hashable {
    public let schema: String
    public let table: String

    public init(schema: String, table: String) {
        self.schema = schema
        self.table = table
    }

    public init(_ name: TableName) {
        self.init(schema: name.schema, table: name.table)
    }

    public var name: TableName { TableName(schema: schema, table: table) }
}

/// What a verify found: the result of a `verify` request.
public struct VerifyReport: Codable, Sendable, Equatable {
    /// Every table that was compared.
    public var tables: [Table]
    /// The rows that differ, at most as many as a request may carry.
    public var differences: [Difference]
    /// Rows that changed while they were compared and are not judged.
    public var inFlight: Int64
    /// Differences that were published or restored.
    public var repaired: Int64

    public init(tables: [Table], differences: [Difference], inFlight: Int64 = 0, repaired: Int64 = 0) {
        self.tables = tables
        self.differences = differences
        self.inFlight = inFlight
        self.repaired = repaired
    }

    /// One table.
    public struct Table: Codable, Sendable, Equatable {
        public var table: TableReference
        /// Rows here.
        public var rows: Int64
        /// All that differ, listed or not.
        public var differences: Int64
        /// Why it could not be compared; nil when it was.
        public var problem: String?

        public init(table: TableReference, rows: Int64, differences: Int64, problem: String? = nil) {
            self.table = table
            self.rows = rows
            self.differences = differences
            self.problem = problem
        }
    }

    /// One row.
    public struct Difference: Codable, Sendable, Equatable {
        public var table: TableReference
        /// Text of the array of key values.
        public var key: String
        public var found: Found
        /// The columns that differ; empty when one side lacks the row.
        public var columns: [String]

        public init(table: TableReference, key: String, found: Found, columns: [String] = []) {
            self.table = table
            self.key = key
            self.found = found
            self.columns = columns
        }
    }

    /// Where a row was found.
    public enum Found: String, Codable, Sendable {
        /// Here, but not in the log or at the peer.
        case onlyHere = "only_here"
        /// In the log or at the peer, but not here.
        case onlyThere = "only_there"
        /// On both sides, with different values.
        case different
    }

    /// Reads the result of a request.
    public init(text: String) throws {
        self = try JSONText.decode(VerifyReport.self, text)
    }

    /// As a request carries it.
    public func text() throws -> String { try JSONText.encode(self) }

    /// All rows that differ, listed or not.
    public var differenceCount: Int64 { tables.reduce(0) { $0 + $1.differences } }
}

extension RowKey {
    /// The key of a difference.
    public init(of difference: VerifyReport.Difference) throws { try self.init(difference.key) }
}
