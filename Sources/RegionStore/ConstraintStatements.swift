internal import Postgres
internal import Replication

/// The SQL text of the unique and foreign-key rule about one shared table. See `TableStatements` for its style.
struct ConstraintStatements {
    let table: TableInfo
    private let statements: TableStatements

    init(table: TableInfo) {
        self.table = table
        statements = TableStatements(table: table)
    }

    private func quoted(_ name: String) -> String { Session.quoteIdentifier(name) }
    private func literal(_ text: String) -> String { Session.quoteLiteral(text) }
    private var stage: String { "pg_temp.\(statements.stageName)" }

    /// The values that a row claims in the index as one text; NULL where it claims none.
    private func value(_ index: TableInfo.UniqueIndex, of alias: String) -> String {
        let columns = index.columns.map { "\(alias).\(quoted($0))" }.joined(separator: ", ")
        let texts = index.expressions.map { "(\($0))::text" }.joined(separator: ", ")
        var conditions = index.nullsNotDistinct ? [] : index.expressions.map { "(\($0)) IS NOT NULL" }
        if let predicate = index.predicate { conditions.append("(\(predicate))") }
        let test = conditions.isEmpty ? "true" : conditions.joined(separator: " AND ")
        return "(SELECT CASE WHEN \(test) THEN ARRAY[\(texts)]::text END FROM (SELECT \(columns)) claimed)"
    }

    /// Whether two rows have one value, in a form that uses the index where it can.
    private func same(_ index: TableInfo.UniqueIndex, _ left: String, _ right: String) -> String {
        guard index.isPlain else { return "\(value(index, of: left)) = \(value(index, of: right))" }
        let sign = index.nullsNotDistinct ? "IS NOT DISTINCT FROM" : "="
        let columns = index.columns.map { "\(left).\(quoted($0)) \(sign) \(right).\(quoted($0))" }
        let tests = index.predicate == nil
            ? columns
            : columns + ["\(value(index, of: left)) IS NOT NULL", "\(value(index, of: right)) IS NOT NULL"]
        return tests.joined(separator: " AND ")
    }

    /// The key of the row's parent as text; NULL where it has none.
    private func parent(_ key: TableInfo.ForeignKey, of alias: String) -> String {
        let columns = key.columns.map { "\(alias).\(quoted($0))" }
        let present = columns.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        return "CASE WHEN \(present) THEN ARRAY[\(columns.map { "\($0)::text" }.joined(separator: ", "))]::text END"
    }

    // MARK: What staged rows claim

    var fillValues: [String] {
        table.uniqueIndexes.map { fill($0.rule, value($0, of: "r")) }
            + table.foreignKeys.map { fill($0.rule, parent($0, of: "r")) }
    }

    private func fill(_ rule: String, _ value: String) -> String {
        """
        INSERT INTO pg_temp.apply_value (table_id, digest, rule, value)
        SELECT \(table.id), r."bashu:digest", \(literal(rule)), v.value
          FROM \(stage) r CROSS JOIN LATERAL (SELECT \(value) AS value) v
         WHERE v.value IS NOT NULL
        """
    }

    /// Rows out of their table that claim a value which rows of a cut's page have now. $1: places in the page.
    func claimsMet(_ index: TableInfo.UniqueIndex) -> String {
        """
        SELECT c.table_id, encode(c.digest, 'hex') AS digest, c.key
          FROM pg_temp.cut_key k
          JOIN \(table.source) t ON \(statements.keyJoin(row: "t", keyText: "k.key"))
          JOIN bashu.claim c ON c.table_id = \(table.id) AND c.rule = \(literal(index.rule)) AND c.digest <> k.digest
                            AND c.value_digest = sha256(convert_to(\(value(index, of: "t")), 'UTF8'))
         WHERE k.ord = ANY ($1::bigint[])
        """
    }

    // MARK: Whom they meet

    /// Staged rows and rows of the table outside of the set with one value: both are touched.
    func touchHolders(_ index: TableInfo.UniqueIndex) -> String {
        """
        WITH met AS (
            SELECT r."bashu:digest" AS digest, \(statements.keyText(of: "t")) AS key
              FROM \(stage) r JOIN \(table.source) t ON \(same(index, "t", "r")))
        INSERT INTO pg_temp.apply_touched (table_id, digest, key)
        SELECT \(table.id), u.digest, u.key
          FROM (SELECT m.digest, NULL::text AS key, m.key AS other FROM met m
                 UNION ALL
                SELECT substring(sha256(convert_to(m.key, 'UTF8')) FOR 16), m.key, m.key FROM met m) u
         WHERE NOT EXISTS (SELECT FROM pg_temp.apply_change s
                            WHERE s.table_id = \(table.id) AND s.key = u.other AND s.last)
        """
    }

    /// Staged rows and other rows of the table with one value: the value, and the other's key.
    func holders(_ index: TableInfo.UniqueIndex) -> String {
        """
        SELECT DISTINCT \(statements.keyText(of: "t")) AS key, \(value(index, of: "t")) AS value
          FROM \(stage) r JOIN \(table.source) t ON \(same(index, "t", "r"))
         WHERE NOT (\(statements.keyJoin(row: "t", staged: "r"))) AND \(value(index, of: "t")) IS NOT NULL
        """
    }

    /// Digests of staged rows of `parent` that rows of this table refer to which are not staged themselves.
    func anchors(_ key: TableInfo.ForeignKey, _ parent: TableInfo) -> String {
        let above = TableStatements(table: parent)
        return """
            SELECT DISTINCT encode(r."bashu:digest", 'hex')
              FROM pg_temp.\(above.stageName) r
              JOIN \(table.source) t ON \(self.parent(key, of: "t")) = \(above.keyText(of: "r"))
             WHERE NOT EXISTS (SELECT FROM \(stage) x WHERE \(statements.keyJoin(row: "t", staged: "x")))
            """
    }

    /// Keys of parents that rows of this table refer to and that are not there; the first thousand.
    func dangling(_ key: TableInfo.ForeignKey, _ parent: TableInfo) -> String {
        let join = zip(key.columns, parent.shape.keyColumns)
            .map { "p.\(quoted($1)) = t.\(quoted($0))" }.joined(separator: " AND ")
        return """
            SELECT DISTINCT \(self.parent(key, of: "t")) FROM \(table.source) t
             WHERE \(self.parent(key, of: "t")) IS NOT NULL
               AND NOT EXISTS (SELECT FROM \(parent.source) p WHERE \(join))
             LIMIT 1000
            """
    }

    /// Staged rows whose parent is neither in the set nor in its table: both are touched.
    func touchMissingParents(_ key: TableInfo.ForeignKey, _ parent: TableInfo) -> String {
        let inTable = TableStatements(table: parent).keyJoin(row: "p", keyText: "v.value")
        return """
            WITH met AS (
                SELECT v.digest, v.value
                  FROM pg_temp.apply_value v
                 WHERE v.table_id = \(table.id) AND v.rule = \(literal(key.rule))
                   AND NOT EXISTS (SELECT FROM pg_temp.apply_change s
                                    WHERE s.table_id = \(parent.id) AND s.key = v.value AND s.last)
                   AND NOT EXISTS (SELECT FROM \(parent.source) p WHERE \(inTable)))
            INSERT INTO pg_temp.apply_touched (table_id, digest, key)
            SELECT \(table.id), m.digest, NULL FROM met m UNION ALL
            SELECT \(parent.id), substring(sha256(convert_to(m.value, 'UTF8')) FOR 16), m.value FROM met m
            """
    }

    /// Rows of this table outside of the set that refer to rows of the set which leave their table: the parents are
    /// touched, and the children where the parent is parked or the rule parks them.
    func touchOrphans(_ key: TableInfo.ForeignKey, parks: Bool) -> String {
        """
        WITH met AS (
            SELECT s.table_id, s.digest, s.parked, \(statements.keyText(of: "t")) AS key
              FROM pg_temp.apply_change s
              JOIN \(table.source) t ON \(parent(key, of: "t")) = s.key
             WHERE s.table_id = \(key.parent) AND s.last AND s.op = 'd'),
        outside AS (
            SELECT m.* FROM met m
             WHERE NOT EXISTS (SELECT FROM pg_temp.apply_change o
                                WHERE o.table_id = \(table.id) AND o.key = m.key AND o.last))
        INSERT INTO pg_temp.apply_touched (table_id, digest, key)
        SELECT o.table_id, o.digest, NULL FROM outside o UNION ALL
        SELECT \(table.id), substring(sha256(convert_to(o.key, 'UTF8')) FOR 16), o.key
          FROM outside o WHERE o.parked OR \(parks)
        """
    }

    /// Staged updates of rows that are not in the table because the log has them dead: where they were updated, the
    /// foreign-key rule had kept them. Touched.
    var touchRevived: String {
        """
        INSERT INTO pg_temp.apply_touched (table_id, digest)
        SELECT \(table.id), r."bashu:digest" \(revived)
        """
    }

    /// Whether there are any.
    var anyRevived: String { "SELECT EXISTS (SELECT \(revived))" }

    private var revived: String {
        """
          FROM \(stage) r
         WHERE r."bashu:op" = 'u'
           AND NOT EXISTS (SELECT FROM \(table.source) t WHERE \(statements.keyJoin(row: "t", staged: "r")))
           AND (SELECT c.kind IN ('d', 'e') OR c.kind = 'r' AND c.written = 'x' FROM bashu.change c
                 WHERE c.table_id = \(table.id) AND c.digest = r."bashu:digest"
                 ORDER BY c.hlc DESC, c.origin_id, c.number DESC LIMIT 1)
        """
    }

    /// Keys of dead rows of the set that a row of this table outside of the set refers to, and one such row each.
    func remainingChildren(_ key: TableInfo.ForeignKey) -> String {
        """
        SELECT encode(s.digest, 'hex') AS digest, min(\(statements.keyText(of: "t")) COLLATE "C") AS child
          FROM pg_temp.apply_change s
          JOIN \(table.source) t ON \(parent(key, of: "t")) = s.key
         WHERE s.table_id = \(key.parent) AND s.last AND NOT s.plain
           AND NOT EXISTS (SELECT FROM pg_temp.apply_change o
                            WHERE o.table_id = \(table.id) AND o.key = \(statements.keyText(of: "t")) AND o.last)
         GROUP BY s.digest
        """
    }

    /// Which parents, of those that the set's rows refer to, are in this table and not in the set. $1: key texts.
    var present: String {
        """
        SELECT u.key FROM unnest($1::text[]) u(key)
          JOIN \(table.source) t ON \(statements.keyJoin(row: "t", keyText: "u.key"))
        """
    }

    /// Locks rows that join the set. $1: key texts.
    var lockJoined: String {
        """
        SELECT 1 FROM \(table.source) t JOIN unnest($1::text[]) u(key)
            ON \(statements.keyJoin(row: "t", keyText: "u.key")) ORDER BY u.key COLLATE "C" FOR UPDATE OF t
        """
    }

    /// Rows that joined the set and are not in the table as the log has them, although no change of theirs is new.
    var drifted: String {
        let columns = table.shape.columns.filter { !table.shape.keyColumns.contains($0) }
        let differs = columns.isEmpty
            ? "false"
            : columns.map { "t.\(quoted($0))::text IS DISTINCT FROM r.\(quoted($0))::text" }.joined(separator: " OR ")
        return """
            SELECT s.key FROM pg_temp.apply_change s
              JOIN \(stage) r ON r."bashu:digest" = s.digest AND r."bashu:op" <> 'x'
              JOIN \(table.source) t ON \(statements.keyJoin(row: "t", keyText: "s.key"))
             WHERE s.table_id = \(table.id) AND s.joined AND (\(differs))
             LIMIT 1000
            """
    }

    // MARK: Verdicts

    /// Staged rows take their verdict: m in the table, p and x out of it. $1 digests, $2 operations.
    var verdicts: String {
        """
        UPDATE \(stage) r SET "bashu:op" = u.op::"char"
          FROM unnest($1::text[], $2::text[]) u(digest, op)
         WHERE r."bashu:digest" = decode(u.digest, 'hex') AND r."bashu:op" <> u.op::"char"
        """
    }

    /// The values of staged rows as {column: text}. $1 digests.
    var values: String {
        let names = table.shape.columns.map(literal).joined(separator: ", ")
        let texts = table.shape.columns.map { "r.\(quoted($0))::text" }.joined(separator: ", ")
        return """
            SELECT encode(r."bashu:digest", 'hex') AS digest,
                   jsonb_object(ARRAY[\(names)], ARRAY[\(texts)])::text AS row
              FROM \(stage) r
             WHERE r."bashu:digest" = ANY (array(SELECT decode(d, 'hex') FROM unnest($1::text[]) d))
            """
    }

    private func keyEquality(_ left: String, _ right: String) -> String {
        table.shape.keyColumns.map { "\(left).\(quoted($0)) = \(right).\(quoted($0))" }.joined(separator: " AND ")
    }

    // MARK: Writing in waves

    /// Deletes rows of the set that nothing refers to any more; how many.
    func deleteFree(_ children: [(key: TableInfo.ForeignKey, table: TableInfo)]) -> String {
        let unreferenced = children.map { child in
            let join = zip(child.key.columns, table.shape.keyColumns)
                .map { "c.\(quoted($0)) = t.\(quoted($1))" }.joined(separator: " AND ")
            let isSelf = child.table.id == table.id
                ? " AND NOT (\(keyEquality("c", "t")))"
                : ""
            return " AND NOT EXISTS (SELECT FROM \(child.table.source) c WHERE \(join)\(isSelf))"
        }
        return statements.delete + unreferenced.joined()
    }

    /// No other row of the table has one of the staged row's values now.
    private var isFree: String {
        let others = table.shape.keyColumns.map { "o.\(quoted($0)) = r.\(quoted($0))" }.joined(separator: " AND ")
        return table.uniqueIndexes.map { index in
            """
             AND NOT EXISTS (SELECT FROM \(table.source) o WHERE \(same(index, "o", "r")) AND NOT (\(others)))
            """
        }.joined()
    }

    /// The staged row's parents are in their tables now.
    private func hasParents(_ parents: [Int: TableInfo], evenOwn: Bool) -> String {
        table.foreignKeys.compactMap { key in
            guard let parent = parents[key.parent], evenOwn || parent.id != table.id else { return nil }
            let columns = zip(key.columns, parent.shape.keyColumns)
                .map { "p.\(quoted($1)) = r.\(quoted($0))" }.joined(separator: " AND ")
            let isNull = key.columns.map { "r.\(quoted($0)) IS NULL" }.joined(separator: " OR ")
            let itself = parent.id == table.id
                ? " OR (" + zip(key.columns, table.shape.keyColumns).map { "r.\(quoted($0)) = r.\(quoted($1))" }
                    .joined(separator: " AND ") + ")"
                : ""
            return " AND (\(isNull)\(itself) OR EXISTS (SELECT FROM \(parent.source) p WHERE \(columns)))"
        }.joined()
    }

    /// As `TableStatements.update`, only of what can be updated now.
    func updateFree(
        plain: Bool, columns: [String], missing: String, _ parents: [Int: TableInfo], evenOwn: Bool
    ) -> String? {
        statements.update(plain: plain, columns: columns, missing: missing, differingOnly: true)
            .map { $0 + isFree + hasParents(parents, evenOwn: evenOwn) }
    }

    /// As `TableStatements.insert`, only of what can be inserted now.
    func insertFree(columns: [String], missing: String, _ parents: [Int: TableInfo], evenOwn: Bool) -> String {
        statements.insertAbsent(
            columns: columns, missing: missing, also: isFree + hasParents(parents, evenOwn: evenOwn))
    }

    /// Sets a column of an index to NULL in the rows of the set that stand in each other's way.
    func vacate(_ index: TableInfo.UniqueIndex, _ column: String) -> String {
        let others = table.shape.keyColumns.map { "o.\(quoted($0)) = r.\(quoted($0))" }.joined(separator: " AND ")
        let own = table.shape.keyColumns.map { "t.\(quoted($0)) = r.\(quoted($0))" }.joined(separator: " AND ")
        return """
            UPDATE \(table.source) t SET \(quoted(column)) = NULL
              FROM \(stage) r
             WHERE r."bashu:op" IN ('u', 'm') AND \(own) AND NOT (\(same(index, "t", "r")))
               AND EXISTS (SELECT FROM \(stage) x JOIN \(table.source) o ON \(same(index, "o", "x"))
                            WHERE x."bashu:op" IN ('i', 'u', 'm') AND \(others))
            """
    }

    /// Sets a column of a foreign key to NULL in rows of the set that leave a parent which is deleted: it may have to
    /// go before they can be written, for a value that they take over.
    func release(_ key: TableInfo.ForeignKey, _ column: String) -> String {
        let own = table.shape.keyColumns.map { "t.\(quoted($0)) = r.\(quoted($0))" }.joined(separator: " AND ")
        return """
            UPDATE \(table.source) t SET \(quoted(column)) = NULL
              FROM \(stage) r
             WHERE r."bashu:op" IN ('u', 'm') AND \(own)
               AND t.\(quoted(column))::text IS DISTINCT FROM r.\(quoted(column))::text
               AND EXISTS (SELECT FROM pg_temp.apply_change d
                            WHERE d.table_id = \(key.parent) AND d.last AND d.op = 'd'
                              AND d.key = \(parent(key, of: "t")))
            """
    }

    /// Takes rows of the set that stand in each other's way out and puts them in again, in one statement.
    func replace(columns: [String]) -> String {
        let own = table.shape.keyColumns.map { "t.\(quoted($0)) = r.\(quoted($0))" }.joined(separator: " AND ")
        let list = columns.map(quoted).joined(separator: ", ")
        let gone = table.shape.keyColumns.map { "g.\(quoted($0)) = r.\(quoted($0))" }.joined(separator: " AND ")
        let keys = table.shape.keyColumns.map { "t.\(quoted($0))" }.joined(separator: ", ")
        return """
            WITH gone AS (
                DELETE FROM \(table.source) t USING \(stage) r
                 WHERE r."bashu:op" IN ('u', 'm') AND r."bashu:missing" = '' AND \(own)
                   AND (\(differs)) RETURNING \(keys)),
            all_gone AS (SELECT count(*) AS n FROM gone)
            INSERT INTO \(table.qualified) (\(list)) OVERRIDING SYSTEM VALUE
            SELECT \(columns.map { "r.\(quoted($0))" }.joined(separator: ", "))
              FROM all_gone a JOIN \(stage) r ON a.n > 0
             WHERE EXISTS (SELECT FROM gone g WHERE \(gone))
            """
    }

    private var differs: String {
        let columns = table.shape.columns.filter { !table.shape.keyColumns.contains($0) }
        guard !columns.isEmpty else { return "false" }
        return columns.map { "t.\(quoted($0))::text IS DISTINCT FROM r.\(quoted($0))::text" }.joined(separator: " OR ")
    }

    /// How many rows of the set are not in the table as they are staged.
    var unwritten: String {
        """
        SELECT count(*) FROM \(stage) r
          LEFT JOIN \(table.source) t ON \(table.shape.keyColumns.map { "t.\(quoted($0)) = r.\(quoted($0))" }
            .joined(separator: " AND "))
         WHERE r."bashu:op" IN ('i', 'u', 'm') AND r."bashu:missing" = ''
           AND (t.\(quoted(table.shape.keyColumns[0])) IS NULL OR \(differs))
        """
    }
}
