import Postgres

/// Tries everything that a role could do to the objects of some schemas, in the database itself, and undoes it.
///
/// Refused is what ends with 42501; any error that is not the object's own contents' stops the attempt.
enum RoleAttempts {
    /// Objects of the server that try one thing and undo it. They run with the caller's rights.
    static let helpers = """
        CREATE SCHEMA attempt;
        GRANT USAGE ON SCHEMA attempt TO PUBLIC;
        CREATE FUNCTION attempt.may(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN
            EXECUTE statement;
            RAISE EXCEPTION USING ERRCODE = 'ZZ000';
        EXCEPTION
            WHEN SQLSTATE 'ZZ000' OR integrity_constraint_violation THEN RETURN true;
            WHEN insufficient_privilege THEN RETURN false;
        END $$;
        -- Whatever the function itself has to say comes after the question whether it may be called.
        CREATE FUNCTION attempt.may_call(name text, statement text) RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN
            EXECUTE statement;
            RAISE EXCEPTION USING ERRCODE = 'ZZ000';
        EXCEPTION WHEN OTHERS THEN
            RETURN SQLSTATE <> '42501' OR SQLERRM NOT IN
                ('permission denied for function ' || name, 'permission denied for schema bashu');
        END $$;
        CREATE FUNCTION attempt.columns(relation oid, template text) RETURNS text LANGUAGE sql AS $$
            SELECT CASE WHEN count(*) FILTER (WHERE NOT m.allowed) = 0 THEN '(*)'
                ELSE '(' || string_agg(a.attname, ',' ORDER BY a.attnum) FILTER (WHERE m.allowed) || ')' END
            FROM pg_attribute a
                CROSS JOIN LATERAL (SELECT attempt.may(format(template, relation::regclass, a.attname)) AS allowed) m
            WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
        $$;
        """

    /// Every function and table of `schemas` that the session's role may do anything with: "NAME: WHAT", by name.
    static func allowed(_ session: Session, schemas: [String]) throws -> [String] {
        try session.transaction {
            let tables = try session.query(
                """
                SELECT n.nspname || '.' || c.relname AS object, c.relkind IN ('r', 'p') AS writable,
                    attempt.columns(c.oid, 'SELECT %2$I FROM %1$s LIMIT 0') AS read,
                    CASE WHEN c.relkind <> 'v'
                        THEN attempt.columns(c.oid, 'INSERT INTO %1$s (%2$I) VALUES (DEFAULT)') END AS insert,
                    CASE WHEN c.relkind <> 'v'
                        THEN attempt.columns(c.oid, 'UPDATE %1$s SET %2$I = DEFAULT WHERE false') END AS update,
                    CASE WHEN c.relkind <> 'v'
                        THEN attempt.may(format('DELETE FROM %s WHERE false', c.oid::regclass))
                        ELSE has_table_privilege(c.oid, 'INSERT') END AS delete,
                    has_table_privilege(c.oid, 'TRUNCATE') OR has_table_privilege(c.oid, 'REFERENCES')
                        OR has_table_privilege(c.oid, 'TRIGGER') AS more
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
                """, [.textArray(schemas)])
            return try tables.compactMap(line) + functions(session, schemas) + sequences(session, schemas)
        }
    }

    private static func line(_ row: Row) throws -> String? {
        var rights: [String] = []
        for (right, column) in [("SELECT", "read"), ("INSERT", "insert"), ("UPDATE", "update")] {
            if let columns = row[text: column] { rights.append(right + (columns == "(*)" ? "" : columns)) }
        }
        if try row.bool("delete") { rights.append("DELETE") }
        if try row.bool("more") { rights.append("MORE") }
        return rights.isEmpty ? nil : "\(try row.text("object")): \(rights.joined(separator: " "))"
    }

    private static func functions(_ session: Session, _ schemas: [String]) throws -> [String] {
        // Arguments that are no constants, so that nothing is computed before the question.
        try session.query(
            """
            SELECT n.nspname || '.' || p.proname || '()' AS object
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                CROSS JOIN LATERAL (
                    SELECT coalesce(string_agg('x.a' || t.n, ', ' ORDER BY t.n), '') AS arguments,
                        coalesce(string_agg(format('NULL::%s AS a%s', format_type(t.type, NULL), t.n), ', '), '1')
                            AS nulls
                    FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY t (type, n)) s
            WHERE n.nspname = ANY ($1::text[])
                AND attempt.may_call(p.proname, format('SELECT %I.%I(%s) FROM (SELECT %s OFFSET 0) x',
                    n.nspname, p.proname, s.arguments, s.nulls))
            ORDER BY n.nspname COLLATE "C", p.proname COLLATE "C"
            """, [.textArray(schemas)]
        ).map { try $0.text("object") }
    }

    private static func sequences(_ session: Session, _ schemas: [String]) throws -> [String] {
        try session.query(
            """
            SELECT c.relname || ': sequence' AS object FROM pg_class c
            WHERE c.relnamespace = ANY (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1::text[]))
                AND c.relkind = 'S' AND attempt.may(format('SELECT nextval(%L)', c.oid::regclass))
            ORDER BY 1
            """, [.textArray(schemas)]
        ).map { try $0.text("object") }
    }
}
