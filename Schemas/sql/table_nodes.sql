-- Facts about a table that capture, refusals and fingerprints share.
-- Tables touched: the system catalogue only. Called by the other functions of this schema; everything is
-- read through the caller's snapshot (pg_partition_tree and the like would look past it).

-- The table itself and, for a partitioned one, every partition below it.
CREATE OR REPLACE FUNCTION bashu.table_nodes(relation oid)
RETURNS TABLE (node oid, name text, kind "char")
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Most tables have no partitions, and a cut asks often.
    RETURN QUERY
    SELECT c.oid, format('%I.%I', n.nspname, c.relname), c.relkind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation AND c.relkind <> 'p';
    IF FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH RECURSIVE tree AS (
        SELECT relation AS node
        UNION ALL
        SELECT i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.node
    )
    SELECT c.oid, format('%I.%I', n.nspname, c.relname), c.relkind
    FROM tree t JOIN pg_class c ON c.oid = t.node JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = relation OR c.relispartition
    ORDER BY c.oid <> relation, c.oid;
END
$$;

-- The type under all layers of a domain, with the modifier that holds there.
CREATE OR REPLACE FUNCTION bashu.base_type(INOUT type oid, INOUT modifier integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    below pg_type%ROWTYPE;
BEGIN
    LOOP
        SELECT * INTO below FROM pg_type t WHERE t.oid = type AND t.typtype = 'd';
        EXIT WHEN NOT FOUND;
        type := below.typbasetype;
        modifier := below.typtypmod;
    END LOOP;
END
$$;

-- The primary key's columns in key order, with the types their text depends on.
CREATE OR REPLACE FUNCTION bashu.table_key(relation oid)
RETURNS TABLE (place integer, attnum smallint, name text, type text, base oid, modifier integer, collation_id oid)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT k.place::integer, a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod),
        b.type, b.modifier, a.attcollation
    FROM pg_index i
        CROSS JOIN unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(attnum, place)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        CROSS JOIN bashu.base_type(a.atttypid, a.atttypmod) b
    WHERE i.indrelid = relation AND i.indisprimary AND k.place <= i.indnkeyatts
    ORDER BY k.place;
END
$$;

-- What the capture functions of a table are made for: the daemon's role and the key. They are written anew
-- when it no longer fits.
CREATE OR REPLACE FUNCTION bashu.capture_signature(relation oid)
RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    signature text;
BEGIN
    SELECT format('daemon %I, key %s', n.daemon_role,
        string_agg(format('%I %s', k.name, k.type), ', ' ORDER BY k.place))
    INTO signature
    FROM bashu.node n LEFT JOIN bashu.table_key(relation) k ON true
    GROUP BY n.daemon_role;
    RETURN signature;
END
$$;

-- The relation of a shared table today: by its number if that still has the name, else by name (restored
-- from a dump, dropped and created again); NULL when there is none.
CREATE OR REPLACE FUNCTION bashu.table_relation(table_id integer)
RETURNS oid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation oid;
BEGIN
    SELECT c.oid INTO relation
    FROM bashu.shared_table s
        JOIN pg_namespace n ON n.nspname = s.schema_name
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.table_name AND c.relkind IN ('r', 'p')
    WHERE s.id = table_id;
    RETURN relation;
END
$$;

-- The table that people mean by a name: first as it is ("标准", "Sch.T x"), then as SQL ("Sch"."T x"); NULL when
-- there is none. Without a schema the caller's search_path counts, so it is not pinned here.
-- Called by bashuctl.
CREATE OR REPLACE FUNCTION bashu.find_table(name text)
RETURNS oid
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    relation pg_catalog.oid;
BEGIN
    SELECT c.oid INTO relation
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
    WHERE (pg_catalog.pg_table_is_visible(c.oid) AND c.relname OPERATOR(pg_catalog.=) find_table.name)
        OR pg_catalog.concat(n.nspname, '.', c.relname) OPERATOR(pg_catalog.=) find_table.name
    ORDER BY pg_catalog.pg_table_is_visible(c.oid) DESC LIMIT 1;
    IF FOUND THEN
        RETURN relation;
    END IF;
    RETURN pg_catalog.to_regclass(find_table.name);
EXCEPTION WHEN syntax_error OR invalid_name OR invalid_parameter_value OR feature_not_supported THEN
    RETURN NULL;
END
$$;
