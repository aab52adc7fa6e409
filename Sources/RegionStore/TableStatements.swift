internal import Postgres
internal import Replication

/// The SQL text of statements that name a shared table: pure text from its shape, every identifier quoted.
///
/// `k` is a row of a temporary table with the key as text, `t` the user's table, `r` a staged row.
struct TableStatements: Sendable {
    let table: TableInfo

    private func quoted(_ name: String) -> String { Session.quoteIdentifier(name) }

    private func list(_ columns: [String], prefix: String = "") -> String {
        columns.map { prefix + quoted($0) }.joined(separator: ", ")
    }

    /// The key of a row as text: `ARRAY[k1::text, …]::text`.
    func keyText(of alias: String) -> String {
        let parts = table.shape.keyColumns.map { "\(alias).\(quoted($0))::text" }
        return "ARRAY[\(parts.joined(separator: ", "))]::text"
    }

    /// Equality of a row's key with a key text, in a form that uses the primary key's index.
    func keyJoin(row: String, keyText: String) -> String {
        zip(table.shape.keyColumns, table.keyTypes).enumerated().map { index, column in
            "\(row).\(quoted(column.0)) = (\(keyText)::text[])[\(index + 1)]::\(column.1)"
        }.joined(separator: " AND ")
    }

    func keyJoin(row: String, staged: String) -> String {
        table.shape.keyColumns.map { "\(row).\(quoted($0)) = \(staged).\(quoted($0))" }.joined(separator: " AND ")
    }

    // MARK: Cut

    /// All keys of the table, as hints of a comparison.
    var hintAllKeys: String {
        """
        INSERT INTO pg_temp.cut_hint (table_id, key, digest, compared)
        SELECT \(table.id), k.key, substring(sha256(convert_to(k.key, 'UTF8')) FOR 16), true
          FROM (SELECT \(keyText(of: "t")) AS key FROM \(table.source) t) k
        """
    }

    /// One page of the cut: for each key what is known of it and the row that is there.
    ///
    /// Fields: ord, key, digest, at, user, actor, compared, held; where the known image is: origin, number, part,
    /// start, length, kind, shape; has a row in known, its shape, its image, parked; row present; the columns.
    func cutPage(first: Int64, last: Int64, ownOrigin: Int64, _ lookUps: LookUps) -> String {
        """
        COPY (
        SELECT k.ord, k.key, encode(k.digest, 'hex'), k.at, k.session_user_name, k.actor, k.compared,
               \(lookUps.held ? "h.digest IS NOT NULL" : "false"),
               \(lookUps.change
                   ? "p.origin_id, p.number, p.part, p.start, p.length, p.kind, p.shape_id"
                   : "NULL, NULL, NULL, NULL, NULL, NULL, NULL"),
               \(lookUps.known ? "n.digest IS NOT NULL, n.shape_id, n.image, n.parked" : "false, NULL, NULL, false"),
               t.\(quoted(table.shape.keyColumns[0])) IS NOT NULL,
               \(list(table.shape.columns, prefix: "t."))
          FROM pg_temp.cut_key k
          \(lookUps.known ? Self.joinKnown : "")
          \(lookUps.held ? Self.joinHeld : "")
          \(lookUps.change ? joinChange(ownOrigin, known: lookUps.known) : "")
          LEFT JOIN \(table.source) t ON \(keyJoin(row: "t", keyText: "k.key"))
         WHERE k.ord BETWEEN \(first) AND \(last)
         ORDER BY k.ord
        ) TO STDOUT
        """
    }

    /// Which of Bashu's tables have anything of a table at all.
    struct LookUps {
        let change: Bool
        let known: Bool
        let held: Bool

        static let all = LookUps(change: true, known: true, held: true)
    }

    private static let joinKnown = "LEFT JOIN bashu.known n ON n.table_id = k.table_id AND n.digest = k.digest"
    private static let joinHeld = "LEFT JOIN bashu.held h ON h.table_id = k.table_id AND h.digest = k.digest"

    private func joinChange(_ ownOrigin: Int64, known: Bool) -> String {
        let overridden = "n.digest IS NULL OR c.origin_id = \(ownOrigin) AND c.number > n.own_number AND c.kind <> 'r'"
        return """
            LEFT JOIN LATERAL (
                   SELECT c.origin_id, c.number, c.part, c.start, c.length, c.kind, c.shape_id
                     FROM bashu.change c
                    WHERE c.table_id = k.table_id AND c.digest = k.digest\(known ? " AND (\(overridden))" : "")
                    ORDER BY c.hlc DESC LIMIT 1) p ON true
            """
    }

    // MARK: Apply

    var stageName: String { "apply_row_\(table.id)" }

    /// A staging table with the types of the shared columns and none of their constraints.
    var createStage: String {
        """
        DROP TABLE IF EXISTS pg_temp.\(stageName);
        CREATE TEMP TABLE \(stageName) ON COMMIT DELETE ROWS AS
        SELECT ''::bytea AS "bashu:digest", 0::bigint AS "bashu:number", 0 AS "bashu:position", 0 AS "bashu:origin",
               'i'::"char" AS "bashu:op", ''::text AS "bashu:missing", \(list(table.shape.columns, prefix: "t."))
          FROM \(table.qualified) t WITH NO DATA
        """
    }

    func copyStage(columns: [String]) -> String {
        """
        COPY pg_temp.\(stageName) ("bashu:digest", "bashu:number", "bashu:position", "bashu:origin", "bashu:op",
        "bashu:missing", \(list(columns))) FROM STDIN
        """
    }

    /// Staged rows of keys that turned out to need a merge, and of changes that are not their key's last.
    var unstage: String {
        """
        DELETE FROM pg_temp.\(stageName) r USING pg_temp.apply_change c
         WHERE c.table_id = \(table.id) AND (NOT c.plain OR NOT c.last)
           AND c.digest = r."bashu:digest" AND c.origin_id = r."bashu:origin"
           AND c.number = r."bashu:number" AND c.position = r."bashu:position"
        """
    }

    /// A staged row's op follows its change's, which folding may have turned into m.
    var foldStage: String {
        """
        UPDATE pg_temp.\(stageName) r SET "bashu:op" = 'm'
          FROM pg_temp.apply_change c
         WHERE c.table_id = \(table.id) AND c.last AND c.plain AND c.op = 'm' AND r."bashu:op" <> 'm'
           AND c.digest = r."bashu:digest" AND c.origin_id = r."bashu:origin"
           AND c.number = r."bashu:number" AND c.position = r."bashu:position"
        """
    }

    /// What the planner has to know of a large staging table.
    var analyzeStage: String {
        "ANALYZE pg_temp.\(stageName) (\"bashu:op\", \(list(table.shape.keyColumns)))"
    }

    /// Rows that go into the table as they are; one that meets another row of its key or value fails all.
    func copyRows(columns: [String]) -> String { "COPY \(table.qualified) (\(list(columns))) FROM STDIN" }

    enum LockWait { case skip, wait }

    private func lockStrength(_ deletes: Bool) -> String {
        deletes || !table.uniqueColumns.isEmpty ? "UPDATE" : "NO KEY UPDATE"
    }

    private var lockable: String {
        """
        FROM \(table.source) t
          JOIN pg_temp.apply_change s ON \(keyJoin(row: "t", keyText: "s.key"))
         WHERE s.table_id = \(table.id) AND s.last AND s.op <> 'i'
        """
    }

    /// Locks the rows that exist of the keys to be updated, deleted or merged, in key order; how many there were.
    func lockRows(_ wait: LockWait, deletes: Bool) -> String {
        """
        SELECT count(*) FROM (
        SELECT 1 \(lockable) ORDER BY s.key COLLATE "C"
           FOR \(lockStrength(deletes)) OF t\(wait == .skip ? " SKIP LOCKED" : "")) x
        """
    }

    /// As `lockRows`, for the plain updates that are staged.
    func lockStaged(_ wait: LockWait) -> String {
        """
        SELECT count(*) FROM (
        SELECT 1 FROM \(table.source) t JOIN pg_temp.\(stageName) r ON \(keyJoin(row: "t", staged: "r"))
         WHERE r."bashu:op" = 'u' ORDER BY \(list(table.shape.keyColumns, prefix: "r."))
           FOR \(lockStrength(false)) OF t\(wait == .skip ? " SKIP LOCKED" : "")) x
        """
    }

    /// How many rows there are to lock.
    var countRows: String { "SELECT count(*) \(lockable)" }

    /// Waits for one row that somebody holds. $1: key text.
    func lockOne(deletes: Bool) -> String {
        """
        SELECT 1 FROM \(table.source) t WHERE \(keyJoin(row: "t", keyText: "$1"))
           FOR \(lockStrength(deletes)) OF t
        """
    }

    /// The keys that exist and that SKIP LOCKED passes over.
    func lockedByOthers(deletes: Bool) -> String {
        """
        SELECT s.key \(lockable)
           AND NOT EXISTS (SELECT FROM (SELECT 1 FROM \(table.source) u
                                         WHERE \(keyJoin(row: "u", keyText: "s.key"))
                                           FOR \(lockStrength(deletes)) OF u SKIP LOCKED) f)
         ORDER BY s.key COLLATE "C" LIMIT 1
        """
    }

    /// Writes staged rows over existing ones. `plain`: every row must be there, and is rewritten; else only what
    /// differs is.
    func update(plain: Bool, columns: [String], missing: String, differingOnly: Bool = false) -> String? {
        let written = columns.filter { !table.shape.keyColumns.contains($0) && !table.identityAlways.contains($0) }
        guard !written.isEmpty else { return nil }
        let assignments = written.map { "\(quoted($0)) = r.\(quoted($0))" }.joined(separator: ", ")
        let differs = written.map { "t.\(quoted($0))::text IS DISTINCT FROM r.\(quoted($0))::text" }
            .joined(separator: " OR ")
        return """
            UPDATE \(table.source) t SET \(assignments)
              FROM pg_temp.\(stageName) r
             WHERE r."bashu:op" = '\(plain ? "u" : "m")' AND r."bashu:missing" = '\(missing)'
               AND \(keyJoin(row: "t", staged: "r"))\(plain && !differingOnly ? "" : " AND (\(differs))")
            """
    }

    /// Inserts staged rows that are not in the table and meet a further condition on `r`.
    func insertAbsent(columns: [String], missing: String, also condition: String) -> String {
        """
        INSERT INTO \(table.qualified) (\(list(columns))) OVERRIDING SYSTEM VALUE
        SELECT \(list(columns, prefix: "r.")) FROM pg_temp.\(stageName) r
         WHERE r."bashu:op" IN ('i', 'm') AND r."bashu:missing" = '\(missing)'
           AND NOT EXISTS (SELECT FROM \(table.source) t WHERE \(keyJoin(row: "t", staged: "r")))\(condition)
            ON CONFLICT (\(list(table.shape.keyColumns))) DO NOTHING
        """
    }

    /// Inserts staged rows; rows that meet an existing one, or one in flight that is then committed, are skipped.
    func insert(plain: Bool, columns: [String], missing: String) -> String {
        let absent = """
             AND NOT EXISTS (SELECT FROM \(table.source) t WHERE \(keyJoin(row: "t", staged: "r")))
            """
        return """
            INSERT INTO \(table.qualified) (\(list(columns))) OVERRIDING SYSTEM VALUE
            SELECT \(list(columns, prefix: "r.")) FROM pg_temp.\(stageName) r
             WHERE r."bashu:op" = '\(plain ? "i" : "m")' AND r."bashu:missing" = '\(missing)'\(plain ? "" : absent)
                ON CONFLICT (\(list(table.shape.keyColumns))) DO NOTHING
            """
    }

    private var isMergedAbsent: String {
        """
        r."bashu:op" = 'm' AND NOT EXISTS (SELECT FROM \(table.source) t WHERE \(keyJoin(row: "t", staged: "r")))
        """
    }

    /// How many merged rows are not in the table.
    var mergedAbsent: String { "SELECT count(*) FROM pg_temp.\(stageName) r WHERE \(isMergedAbsent)" }

    /// `insert` of plain and of merged rows in one statement.
    func insertMixed(columns: [String], missing: String) -> String {
        """
        INSERT INTO \(table.qualified) (\(list(columns))) OVERRIDING SYSTEM VALUE
        SELECT \(list(columns, prefix: "r.")) FROM pg_temp.\(stageName) r
         WHERE r."bashu:missing" = '\(missing)' AND (r."bashu:op" = 'i' OR \(isMergedAbsent))
            ON CONFLICT (\(list(table.shape.keyColumns))) DO NOTHING
        """
    }

    /// The staged insertions whose row is not in the table: another row holds one of their unique values.
    var notInserted: String {
        """
        SELECT \(keyText(of: "r")) FROM pg_temp.\(stageName) r
         WHERE r."bashu:op" IN ('i', 'm')
           AND NOT EXISTS (SELECT FROM \(table.source) t WHERE \(keyJoin(row: "t", staged: "r")))
         LIMIT 1
        """
    }

    /// Staged changes that met what nobody wrote: insertions over a row that is there with other values, and updates
    /// of a row that is not there.
    var unexpected: String {
        let columns = table.shape.columns.filter { !table.shape.keyColumns.contains($0) }
        let differs = columns.isEmpty
            ? "false"
            : columns.map { "t.\(quoted($0))::text IS DISTINCT FROM r.\(quoted($0))::text" }.joined(separator: " OR ")
        return """
            SELECT \(keyText(of: "r")) FROM pg_temp.\(stageName) r
              LEFT JOIN \(table.source) t ON \(keyJoin(row: "t", staged: "r"))
             WHERE r."bashu:op" = 'i' AND t.\(quoted(table.shape.keyColumns[0])) IS NOT NULL AND (\(differs))
                OR r."bashu:op" = 'u' AND t.\(quoted(table.shape.keyColumns[0])) IS NULL
             LIMIT 1000
            """
    }

    var delete: String {
        """
        DELETE FROM \(table.source) t USING pg_temp.apply_change s
         WHERE s.table_id = \(table.id) AND s.last AND s.op = 'd'
           AND \(keyJoin(row: "t", keyText: "s.key"))
        """
    }

    /// Rows of other tables that a deletion here would make PostgreSQL delete or change by itself.
    func dependents(_ cascade: TableInfo.Cascade) -> String {
        let join = zip(cascade.columns, cascade.parents).map { "c.\(quoted($0)) = t.\(quoted($1))" }
            .joined(separator: " AND ")
        let isSelf = cascade.schema == table.shape.schemaName && cascade.table == table.shape.tableName
        let goesToo = """
             AND NOT EXISTS (SELECT FROM pg_temp.apply_change o
                              WHERE o.table_id = \(table.id) AND o.last AND o.op = 'd' AND o.key = \(keyText(of: "c")))
            """
        return """
            SELECT s.key FROM pg_temp.apply_change s
              JOIN \(table.source) t ON \(keyJoin(row: "t", keyText: "s.key"))
              JOIN \(cascade.source) c ON \(join)
             WHERE s.table_id = \(table.id) AND s.last AND s.op = 'd'\(isSelf ? goesToo : "")
             LIMIT 1
            """
    }

    var missingMasks: String {
        "SELECT DISTINCT \"bashu:missing\" FROM pg_temp.\(stageName)"
    }

    /// Keys of inserted rows whose missing columns took this database's defaults: to be compared by the next cut.
    var defaulted: String {
        """
        INSERT INTO bashu.pending (table_id, keys, actor)
        SELECT \(table.id), array_agg(\(keyText(of: "r"))), NULL FROM pg_temp.\(stageName) r
         WHERE r."bashu:missing" <> '' HAVING count(*) > 0
        """
    }

    // MARK: Verify

    /// The key and the shared columns, as COPY gives them, of the rows whose keys are in $1.
    var rows: String {
        let columns = table.shape.columns.map { quoted($0) }.map {
            "CASE WHEN num_nulls(t.\($0)) = 0 THEN format('%s', t.\($0)) END"
        }
        return """
            SELECT \(keyText(of: "t")), \(columns.joined(separator: ", "))
              FROM unnest($1::text[]) k (key) JOIN \(table.source) t ON \(keyJoin(row: "t", keyText: "k.key"))
            """
    }

    /// The keys in their order for a comparison; $1 and $2: bounds of their digests (hex), $2 empty for no end.
    var verifyKeys: String {
        """
        INSERT INTO pg_temp.cut_key (ord, table_id, key, digest, compared)
        SELECT row_number() OVER (ORDER BY k.key COLLATE "C"), \(table.id), k.key, k.digest, true
          FROM (SELECT q.key, substring(sha256(convert_to(q.key, 'UTF8')) FOR 16) AS digest
                  FROM (SELECT \(keyText(of: "t")) AS key FROM \(table.source) t OFFSET 0) q OFFSET 0) k
         WHERE k.digest >= decode($1, 'hex') AND ($2 = '' OR k.digest < decode($2, 'hex'))
        """
    }

    /// The keys in their order, as far as `audit_key` does not name them.
    var auditKeys: String {
        """
        INSERT INTO pg_temp.cut_key (ord, table_id, key, digest, compared)
        SELECT row_number() OVER (ORDER BY k.key COLLATE "C"), \(table.id), k.key, k.digest, true
          FROM (SELECT q.key, substring(sha256(convert_to(q.key, 'UTF8')) FOR 16) AS digest
                  FROM (SELECT \(keyText(of: "t")) AS key FROM \(table.source) t OFFSET 0) q OFFSET 0) k
         WHERE NOT EXISTS (SELECT FROM pg_temp.audit_key a WHERE a.digest = k.digest)
        """
    }

    /// Every key of the table.
    var allKeys: String { "SELECT \(keyText(of: "t")) FROM \(table.source) t" }
}
