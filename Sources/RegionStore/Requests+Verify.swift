extension Requests {
    /// What a `verify` request asks.
    public struct VerifyArgument: Encodable, Sendable {
        /// The tables to compare, as `SCHEMA.TABLE`; nil: every shared one.
        public var tables: [String]?
        /// The peer to compare with; nil: the log.
        public var against: String?
        /// `publish` or `restore` what differs; nil: only tell.
        public var repair: String?

        public init(tables: [TableName], against: String?, repair: String?) {
            self.tables = tables.isEmpty ? nil : tables.map { "\($0.schema).\($0.table)" }
            self.against = against
            self.repair = repair
        }

        /// As the request carries it.
        public func text() throws -> String { try JSONText.encode(self) }
    }

    /// What a `verify` request was answered with.
    ///
    /// - Throws: `StoreError` for an answer of another form.
    public static func verifyReport(_ result: String) throws -> VerifyReport {
        try JSONText.decode(VerifyReport.self, result)
    }
}

extension RowDifference {
    /// The values of the key, in key order.
    public var keyValues: [String] { (try? ArrayText.parse(key)) ?? [key] }
}
