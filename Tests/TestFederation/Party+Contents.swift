/// What a database holds, for comparison with others: the same text where the contents are the same.
struct Contents: Sendable, Equatable {
    /// Rows by table, sorted.
    var tables: [String: [String]] = [:]
    /// Complete batches with their digests, sorted.
    var log: [String] = []
    /// Recorded conflicts without what is local to a database, sorted.
    var cases: [String] = []

    /// Differences in words, a few of each kind; empty when there are none.
    func differences(from other: Contents, named names: (String, String)) -> [String] {
        var found: [String] = []
        for table in Set(tables.keys).union(other.tables.keys).sorted() {
            found += Self.compare("table \(table)", tables[table] ?? [], other.tables[table] ?? [], names)
        }
        found += Self.compare("log", log, other.log, names)
        found += Self.compare("cases", cases, other.cases, names)
        return found
    }

    private static func compare(
        _ what: String, _ left: [String], _ right: [String], _ names: (String, String)
    ) -> [String] {
        let onlyLeft = Set(left).subtracting(right).sorted()
        let onlyRight = Set(right).subtracting(left).sorted()
        return onlyLeft.prefix(3).map { "\(what): only in \(names.0): \($0)" }
            + onlyRight.prefix(3).map { "\(what): only in \(names.1): \($0)" }
    }
}

extension Party {
    /// Everything of this database that has to be the same in all of them.
    func contents() async throws -> Contents {
        var contents = Contents()
        for table in tables.names {
            contents.tables[table] = try await rows(
                #"SELECT t::text FROM \#(table) t ORDER BY t::text COLLATE "C""#
            ).compactMap { $0[0] }
        }
        contents.log = try await rows(
            """
            SELECT format('%s:%s %s', o.name, b.number, encode(b.digest, 'hex'))
              FROM bashu.batch b JOIN bashu.origin o ON o.id = b.origin_id
             WHERE b.complete ORDER BY o.name COLLATE "C", b.number
            """
        ).compactMap { $0[0] }
        contents.cases = try await cases()
        return contents
    }

    /// Recorded conflicts, one text each.
    func cases() async throws -> [String] {
        try await rows(
            """
            SELECT format('%I.%I %s %s [%s] %s %s winner %s by %s of %s', s.schema_name, s.table_name, c.key,
                          c.column_group, c.closed_by, c.type, c.state, c.winner, c.rule, c.candidates)
              FROM bashu.conflict_case c JOIN bashu.shared_table s ON s.id = c.table_id
             ORDER BY 1
            """
        ).compactMap { $0[0] }.sorted()
    }
}
