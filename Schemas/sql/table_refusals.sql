-- Why a table cannot be shared. Every reason, not the first.
--
-- Parameters: relation; excluded, the columns that are to stay local; keys_may_collide, the operator's word
-- that serial keys of several regions may meet.
-- Returns (code, reason, hint); no row: it can be shared. Tables touched: node, shared_table (read), the
-- system catalogue. Called by bashu.table_add and by bashuctl, as the owner.

-- Reasons in the kind of table.
CREATE OR REPLACE FUNCTION bashu.table_refusals_kind(relation regclass)
RETURNS TABLE (code text, reason text, hint text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class pg_class%ROWTYPE;
    known text;
BEGIN
    SELECT * INTO class FROM pg_class c WHERE c.oid = relation;
    IF class.relkind NOT IN ('r', 'p') THEN
        RETURN QUERY SELECT 'kind', format('%s is not a table', relation),
            'Share the tables that it reads from.';
        RETURN;
    END IF;
    IF class.relnamespace = ANY ('{pg_catalog,information_schema,bashu}'::regnamespace[]) THEN
        RETURN QUERY SELECT 'system', format('%s belongs to PostgreSQL or to Bashu', relation), NULL;
    END IF;
    IF class.relispartition THEN
        SELECT i.inhparent::regclass::text INTO known FROM pg_inherits i WHERE i.inhrelid = relation;
        RETURN QUERY SELECT 'partition', format('%s is a partition of %s', relation, known),
            'Share the table that is partitioned: its partitions are shared with it.';
    ELSIF EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = relation
            OR (i.inhparent = relation AND class.relkind = 'r')) THEN
        RETURN QUERY SELECT 'inheritance', format('%s is a parent or a child by INHERITS', relation),
            'A row of the child is a row of the parent too. Use declarative partitioning, or NO INHERIT.';
    END IF;
    IF EXISTS (SELECT FROM bashu.shared_table s WHERE bashu.table_relation(s.id) = relation) THEN
        RETURN QUERY SELECT 'shared', format('%s is shared already', relation), NULL;
    END IF;
END
$$;

-- Reasons in the table or in one of its partitions.
CREATE OR REPLACE FUNCTION bashu.table_refusals_node(relation regclass)
RETURNS TABLE (code text, reason text, hint text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT v.code, n.name || ' ' || v.reason, v.hint
    FROM bashu.table_nodes(relation) n JOIN pg_class c ON c.oid = n.node CROSS JOIN LATERAL (VALUES
        (NOT pg_has_role(c.relowner, 'USAGE'), 'owner',
            format('belongs to %s, and %s is not a member of that role', c.relowner::regrole, current_user),
            'Run this as a role that owns the table, or grant that role to the owner of schema bashu.'),
        (c.relpersistence = 'u', 'unlogged', 'is unlogged: a crash empties it without a trigger',
            'ALTER TABLE ... SET LOGGED.'),
        (c.relpersistence = 't', 'temporary', 'is temporary', NULL),
        (c.relkind NOT IN ('r', 'p'), 'foreign', 'is a foreign table: others write it without a trigger', NULL),
        (c.relrowsecurity, 'row_security', 'has row-level security: policies would hide rows from the comparison',
            'ALTER TABLE ... DISABLE ROW LEVEL SECURITY, and give readers a view.'),
        (c.relhasrules AND EXISTS (SELECT FROM pg_rewrite w WHERE w.ev_class = c.oid), 'rules',
            'has rules, which would act on the daemon''s writes too', 'Use triggers, which can be guarded.'),
        (EXISTS (SELECT FROM pg_constraint x WHERE x.conrelid = c.oid AND x.contype = 'x'), 'exclusion',
            'has an exclusion constraint, which two regions can break together', 'Drop it, or share another table.'),
        (EXISTS (SELECT FROM pg_subscription_rel s WHERE s.srrelid = c.oid), 'subscribed',
            'is written by a logical replication subscription, which fires no statement trigger',
            'ALTER SUBSCRIPTION ... without this table.')
    ) v(refused, code, reason, hint)
    WHERE v.refused;
END
$$;

-- Reasons in the columns that are to stay local.
CREATE OR REPLACE FUNCTION bashu.table_refusals_excluded(relation regclass, excluded text[])
RETURNS TABLE (code text, reason text, hint text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT v.code, format('column %I of %s %s', e.name, relation, v.reason), v.hint
    FROM unnest(excluded) AS e(name)
        LEFT JOIN pg_attribute a ON a.attrelid = relation AND a.attname = e.name AND a.attnum > 0 AND NOT a.attisdropped
        CROSS JOIN LATERAL (VALUES
        (a.attnum IS NULL, 'no_column', 'does not exist', NULL),
        (EXISTS (SELECT FROM bashu.table_key(relation) k WHERE k.attnum = a.attnum), 'excluded_key',
            'is part of the primary key and cannot stay local', NULL),
        (EXISTS (SELECT FROM pg_index i WHERE i.indrelid = relation AND i.indisunique AND NOT i.indisprimary
                AND a.attnum = ANY (i.indkey::smallint[])), 'excluded_unique',
            'is part of a unique index: its local values could refuse rows of another region',
            'Share the column, or drop the index.'),
        (a.attgenerated <> '', 'excluded_generated', 'is generated: it is never sent', 'Leave it out of the list.'),
        ((a.attnotnull OR EXISTS (SELECT FROM pg_type t WHERE t.oid = a.atttypid AND t.typnotnull))
            AND NOT a.atthasdef AND a.attidentity = ''
            AND NOT EXISTS (SELECT FROM bashu.table_key(relation) k WHERE k.attnum = a.attnum), 'excluded_not_null',
            'is NOT NULL and has no default, so that no row of another region could be inserted',
            'Give it a default, or share it.')
    ) v(refused, code, reason, hint)
    WHERE v.refused;
END
$$;

CREATE OR REPLACE FUNCTION bashu.table_refusals(relation regclass, excluded text[], keys_may_collide boolean)
RETURNS TABLE (code text, reason text, hint text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM bashu.table_refusals_kind(relation);
    IF NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = relation AND c.relkind IN ('r', 'p')) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM bashu.table_refusals_node(relation);
    RETURN QUERY SELECT * FROM bashu.table_refusals_key(relation, keys_may_collide);
    RETURN QUERY SELECT * FROM bashu.table_refusals_excluded(relation, excluded);
END
$$;
