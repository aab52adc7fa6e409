-- Writes the capture functions of one shared table: bashu.capture_<id>_insert, _update, _delete, _key_move
-- and _truncate.
--
-- A capture function notes, in the writer's own transaction, the keys that a statement touched, and never
-- fails the writer: whatever goes wrong while it reads the keys becomes a marker (keys NULL), "compare the
-- whole table". Its parts:
--   * up to 500 rows the keys are read inside the exception block and written outside it, because a write
--     inside costs the writer's transaction a subtransaction id;
--   * more are written inside it, in arrays of 500: there the id does not count, and memory does;
--   * an update notes the keys of the old and of the new rows;
--   * a statement that touched nothing notes nothing;
--   * the settings on which the text of a key depends are pinned, each only where a key type needs it, since
--     every pinned setting costs every statement about a microsecond.
-- SECURITY DEFINER, so that writers need no right on Bashu's tables; session_user stays the writer.
--
-- Tables touched by the generated functions: pending (insert); shared_table (truncate: read).
-- Called by bashu.capture_install, as the owner.

-- ARRAY[k1::text, k2::text]::text over the columns `names` of `alias`.
CREATE OR REPLACE FUNCTION bashu.key_expression(alias text, names text[])
RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'ARRAY[' || string_agg(format('%s.%I::text', alias, c.name), ', ' ORDER BY c.place) || ']::text'
    FROM unnest(names) WITH ORDINALITY AS c(name, place)
$$;

-- The SET clauses on which the text of these types depends.
CREATE OR REPLACE FUNCTION bashu.key_settings(types oid[])
RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'SET search_path = pg_catalog, pg_temp'
        || CASE WHEN types && '{date,timestamp,timestamptz}'::regtype[]::oid[]
            THEN ' SET "DateStyle" = ''ISO''' ELSE '' END
        || CASE WHEN types && '{timestamptz}'::regtype[]::oid[] THEN ' SET "TimeZone" = ''UTC''' ELSE '' END
        || CASE WHEN types && '{bytea}'::regtype[]::oid[] THEN ' SET bytea_output = hex' ELSE '' END
$$;

-- The body of a statement trigger function.
--   small, large   queries that give the key columns as k1, k2, ...: at most 501 rows of each transition
--                  table, and all rows
CREATE OR REPLACE FUNCTION bashu.capture_body(table_id integer, small text, large text, key text, repeats boolean)
RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($body$
DECLARE
    touched text[];
    rows_read bigint;
    failed boolean := false;
BEGIN
    BEGIN
        SELECT array_agg(%5$s %4$s), count(*) INTO touched, rows_read FROM (%2$s) r;
        IF rows_read > 500 THEN
            INSERT INTO bashu.pending (table_id, keys)
            SELECT %1$s, array_agg(%4$s)
            FROM (SELECT s.*, (row_number() OVER () - 1) / 500 AS part FROM (%3$s) s) r
            GROUP BY r.part;
            RETURN NULL;
        END IF;
    EXCEPTION WHEN OTHERS THEN
        failed := true;
    END;
    IF failed THEN
        INSERT INTO bashu.pending (table_id, keys) VALUES (%1$s, NULL);
    ELSIF touched IS NOT NULL THEN
        INSERT INTO bashu.pending (table_id, keys) VALUES (%1$s, touched);
    END IF;
    RETURN NULL;
END
$body$, table_id, small, large, key, CASE WHEN repeats THEN 'DISTINCT' ELSE '' END)
$$;

-- Creates or replaces one trigger function and lets nobody call it.
CREATE OR REPLACE FUNCTION bashu.capture_function(name text, settings text, body text, signature text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION bashu.%I() RETURNS trigger '
        || 'LANGUAGE plpgsql SECURITY DEFINER VOLATILE %s AS %L', name, settings, body);
    EXECUTE format('REVOKE ALL ON FUNCTION bashu.%I() FROM PUBLIC', name);
    EXECUTE format('COMMENT ON FUNCTION bashu.%I() IS %L', name, signature);
END
$$;

CREATE OR REPLACE FUNCTION bashu.capture_functions(table_id integer, relation oid)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    names text[];       -- key columns
    short text[];       -- k1, k2, ...: what the queries call them
    columns text;       -- t."a" AS k1, t."b" AS k2
    settings text;
    signature text := bashu.capture_signature(relation);
    prefix text := format('capture_%s_', table_id);
    key text;
    rows_old text;
    rows_new text;
BEGIN
    SELECT array_agg(k.name ORDER BY k.place), array_agg('k' || k.place ORDER BY k.place),
        string_agg(format('t.%I AS k%s', k.name, k.place), ', ' ORDER BY k.place), bashu.key_settings(array_agg(k.base))
    INTO names, short, columns, settings
    FROM bashu.table_key(relation) k;
    key := bashu.key_expression('r', short);
    rows_old := format('SELECT %s FROM bashu_old t', columns);
    rows_new := format('SELECT %s FROM bashu_new t', columns);

    PERFORM bashu.capture_function(prefix || 'insert', settings,
        bashu.capture_body(table_id, rows_new || ' LIMIT 501', rows_new, key, false), signature);
    PERFORM bashu.capture_function(prefix || 'delete', settings,
        bashu.capture_body(table_id, rows_old || ' LIMIT 501', rows_old, key, false), signature);
    PERFORM bashu.capture_function(prefix || 'update', settings,
        bashu.capture_body(table_id, format('(%s LIMIT 501) UNION ALL (%s LIMIT 501)', rows_old, rows_new),
            format('%s UNION %s', rows_old, rows_new), key, true), signature);
    PERFORM bashu.capture_function(prefix || 'key_move', settings, format($body$
DECLARE
    touched text[];
BEGIN
    BEGIN
        touched := ARRAY[%2$s, %3$s];
    EXCEPTION WHEN OTHERS THEN
        touched := NULL;
    END;
    INSERT INTO bashu.pending (table_id, keys) VALUES (%1$s, touched);
    RETURN NEW;
END
$body$, table_id, bashu.key_expression('OLD', names), bashu.key_expression('NEW', names)), signature);
    PERFORM bashu.capture_function(prefix || 'truncate', settings, format($body$
BEGIN
    IF NOT EXISTS (SELECT FROM bashu.shared_table s WHERE s.id = %1$s AND s.allow_truncate) THEN
        RAISE EXCEPTION 'TRUNCATE of the shared table %%.%% would delete its rows in every region',
            quote_ident(TG_TABLE_SCHEMA), quote_ident(TG_TABLE_NAME)
            USING ERRCODE = '55000', HINT = 'Use DELETE, or share the table with TRUNCATE allowed.';
    END IF;
    INSERT INTO bashu.pending (table_id, keys) VALUES (%1$s, NULL);
    RETURN NULL;
END
$body$, table_id), signature);
END
$$;
