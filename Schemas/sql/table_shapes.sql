-- What shared tables look like in the caller's snapshot: columns, key, fingerprint, and whether capture is whole.
--
-- The fingerprint changes with everything that can change rows, or their text, without a capture trigger:
-- columns, types (labels of enums and fields of composites included), collations, partitions, persistence,
-- row-level security, a file that was replaced (TRUNCATE, a rewrite), and the triggers themselves - xmin of
-- their catalogue rows, so that DISABLE and ENABLE between two cuts shows too.
-- It is a SHA-256 in hexadecimal (64 characters), a space, and the shared columns as JSON
-- [[attnum, name, type], ...], so that a later cut can tell a renamed column from a dropped one.
--
-- Parameters: ids, tables to report; NULL: all.
-- Returns one row per shared table. `relation` NULL: the table is gone. columns, types, attnums: the shared
-- columns in attnum order, neither generated nor excluded. `intact`: capture sees every write; if not, `fault`
-- says why, and bashu.table_repair(id) may help.
-- Tables touched: shared_table, node (read), the system catalogue. SECURITY DEFINER, so that the functions it
-- is made of need no grants. Called by the daemon, at every cut.
CREATE OR REPLACE FUNCTION bashu.table_shapes(ids integer[] DEFAULT NULL)
RETURNS TABLE (id integer, relation oid, schema_name text, table_name text, partitioned boolean, fingerprint text,
    columns text[], types text[], attnums smallint[], key_columns text[], key_types text[],
    has_identity boolean, intact boolean, fault text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    shared bashu.shared_table%ROWTYPE;
    parts text;
    facts text;
    custom_types oid[];
BEGIN
    FOR shared IN SELECT * FROM bashu.shared_table s WHERE ids IS NULL OR s.id = ANY (ids) ORDER BY s.id LOOP
        id := shared.id;
        schema_name := shared.schema_name;
        table_name := shared.table_name;
        relation := bashu.table_relation(shared.id);
        SELECT array_agg(k.name ORDER BY k.place), array_agg(k.type ORDER BY k.place) INTO key_columns, key_types
        FROM bashu.table_key(relation) k;
        SELECT c.relkind = 'p' INTO partitioned FROM pg_class c WHERE c.oid = relation;

        SELECT array_agg(a.attname::text), array_agg(a.type), array_agg(a.attnum), bool_or(a.attidentity = 'a'),
            coalesce(jsonb_agg(jsonb_build_array(a.attnum, a.attname, a.type))::text, '[]'),
            string_agg(format('%s %s %s', a.attnum, a.attcollation, a.attnotnull), ','),
            array_agg(a.atttypid) FILTER (WHERE a.atttypid >= 16384)
        INTO columns, types, attnums, has_identity, parts, facts, custom_types
        FROM (
            SELECT p.*, format_type(p.atttypid, p.atttypmod) AS type FROM pg_attribute p
            WHERE p.attrelid = relation AND p.attnum > 0 AND NOT p.attisdropped AND p.attgenerated = ''
                AND NOT p.attname = ANY (shared.excluded)
            ORDER BY p.attnum
        ) a;
        facts := concat_ws(E'\n', relation, parts, facts, key_columns, shared.excluded,
            bashu.fingerprint_types(custom_types), bashu.fingerprint_nodes(relation));
        fingerprint := encode(sha256(convert_to(facts, 'UTF8')), 'hex') || ' ' || parts;
        fault := bashu.table_fault(shared, relation, key_columns);
        intact := fault IS NULL;
        RETURN NEXT;
    END LOOP;
END
$$;

-- The fingerprint of one table.
CREATE OR REPLACE FUNCTION bashu.table_fingerprint(table_id integer)
RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT s.fingerprint FROM bashu.table_shapes(ARRAY[table_id]) s);
END
$$;

-- User-defined types under the given ones: what a value of them looks like as text.
CREATE OR REPLACE FUNCTION bashu.fingerprint_types(custom_types oid[])
RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF custom_types IS NULL THEN
        RETURN '';
    END IF;
    RETURN (
        WITH RECURSIVE tree(type) AS (
            SELECT unnest(custom_types)
            UNION
            SELECT below.type
            FROM tree JOIN pg_type t ON t.oid = tree.type CROSS JOIN LATERAL (
                SELECT v.type FROM (VALUES (t.typelem), (t.typbasetype)) v(type)
                UNION ALL
                SELECT r.rngsubtype FROM pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid)
                UNION ALL
                SELECT a.atttypid FROM pg_attribute a
                WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
            ) below WHERE below.type >= 16384
        )
        SELECT string_agg(format('%s %s(%s)', t.oid, t.typname, coalesce(
            (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
            (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ',' ORDER BY a.attnum)
                FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))),
            E'\n' ORDER BY t.oid)
        FROM tree JOIN pg_type t ON t.oid = tree.type
    );
END
$$;

-- The files and triggers of a table and of its partitions.
CREATE OR REPLACE FUNCTION bashu.fingerprint_nodes(relation oid)
RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT string_agg(concat_ws(' ', c.oid, c.relfilenode, c.relpersistence, c.relrowsecurity,
                c.relforcerowsecurity, c.relhasrules, t.triggers),
            E'\n' ORDER BY c.oid)
        FROM bashu.table_nodes(relation) n JOIN pg_class c ON c.oid = n.node CROSS JOIN LATERAL (
            SELECT string_agg(concat_ws(' ', t.tgname, t.tgfoid, t.tgenabled, t.xmin), ',' ORDER BY t.tgname)
            FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname >= 'zzzz_bashu_' AND t.tgname < 'zzzz_bashu`'
        ) t(triggers)
    );
END
$$;

-- Why capture of a table may miss writes; NULL when it misses none.
CREATE OR REPLACE FUNCTION bashu.table_fault(shared bashu.shared_table, relation oid, key_now text[])
RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF relation IS NULL THEN
        RETURN 'the table is gone or has another name';
    END IF;
    IF key_now IS NULL THEN
        RETURN 'the table has no primary key any more';
    END IF;
    IF relation <> shared.relid THEN
        RETURN 'the table is not the one that was shared, but another of that name';
    END IF;
    IF key_now <> shared.key_columns THEN
        RETURN format('the primary key was (%s) and is (%s) now', array_to_string(shared.key_columns, ', '),
            array_to_string(key_now, ', '));
    END IF;
    IF NOT bashu.capture_is_current(shared.id, relation) THEN
        RETURN 'the capture functions are missing, or made for another key or daemon role';
    END IF;
    RETURN coalesce(bashu.node_fault(relation), (
        SELECT format('trigger %I on %s %s', f.trigger_name, f.node_name, f.fault)
        FROM bashu.capture_faults(shared.id, relation) f LIMIT 1));
END
$$;

-- What has happened to a table, or to a partition of it, that no trigger can make good; NULL when nothing has.
CREATE OR REPLACE FUNCTION bashu.node_fault(relation oid)
RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT n.name || CASE
            WHEN c.relrowsecurity THEN ' has row-level security: policies would hide rows from the comparison'
            WHEN c.relpersistence = 'u' THEN ' is unlogged: a crash empties it without a trigger'
            WHEN c.oid = relation AND c.relispartition
                THEN ' has become a partition: what is written through its parent fires no trigger here'
            ELSE ' is written by a logical replication subscription, which fires no statement trigger' END
        FROM bashu.table_nodes(relation) n JOIN pg_class c ON c.oid = n.node
        WHERE c.relrowsecurity OR c.relpersistence = 'u' OR (c.oid = relation AND c.relispartition)
            OR EXISTS (SELECT FROM pg_subscription_rel s WHERE s.srrelid = c.oid)
        LIMIT 1
    );
END
$$;

-- Whether the capture functions were written for the key and the daemon role of today.
CREATE OR REPLACE FUNCTION bashu.capture_is_current(table_id integer, relation oid)
RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (SELECT n.kind = 'replica' FROM bashu.node n) THEN
        RETURN true;
    END IF;
    -- They are written together, so one of them speaks for all; a missing one shows in its trigger.
    RETURN EXISTS (
        SELECT FROM pg_proc p JOIN pg_description d
            ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass AND d.objsubid = 0
        WHERE p.pronamespace = 'bashu'::regnamespace AND p.proname = format('capture_%s_insert', table_id)::name
            AND d.description = bashu.capture_signature(relation)
    );
END
$$;
