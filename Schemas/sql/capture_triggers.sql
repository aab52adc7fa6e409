-- Puts the capture triggers on a shared table and on every partition of it, and tells what is wrong with them.
--
-- A statement trigger fires only on the table that the statement names, so root, middle and leaf each have
-- their own. MERGE that moves a row between partitions fires no statement trigger that sees the row, hence
-- the row trigger on partitioned tables (created on the root, cloned to the partitions by PostgreSQL); its
-- name makes it fire after the other BEFORE triggers, which may change the key once more.
-- All are ENABLE ALWAYS, so that session_replication_role does not silence them, and all leave out the
-- daemon's own writes by session_user, which only a superuser can change.
--
-- Tables touched: node, shared_table (read); pending (through the triggers). Called by the owner.

-- The triggers that each table of a shared table should have. `type` is pg_trigger.tgtype:
-- 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate.
CREATE OR REPLACE FUNCTION bashu.capture_expected(table_id integer, partitioned boolean)
RETURNS TABLE (name text, type smallint, function text, clause text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (SELECT n.kind = 'replica' FROM bashu.node n) THEN
        RETURN QUERY SELECT 'zzzz_bashu_refuse', 62::smallint, 'refuse_write',
            'BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT';
        RETURN;
    END IF;
    RETURN QUERY
    SELECT 'zzzz_bashu_' || v.event, v.type::smallint, format('capture_%s_%s', table_id, v.event), v.clause
    FROM (VALUES
        ('insert', 4, 'AFTER INSERT ON %s REFERENCING NEW TABLE AS bashu_new FOR EACH STATEMENT'),
        ('update', 16,
            'AFTER UPDATE ON %s REFERENCING OLD TABLE AS bashu_old NEW TABLE AS bashu_new FOR EACH STATEMENT'),
        ('delete', 8, 'AFTER DELETE ON %s REFERENCING OLD TABLE AS bashu_old FOR EACH STATEMENT'),
        ('truncate', 34, 'BEFORE TRUNCATE ON %s FOR EACH STATEMENT'),
        ('key_move', 19, 'BEFORE UPDATE ON %s FOR EACH ROW')
    ) v(event, type, clause)
    WHERE partitioned OR v.event <> 'key_move';
END
$$;

-- Every expected trigger that is missing, of another make, or not ALWAYS.
CREATE OR REPLACE FUNCTION bashu.capture_faults(table_id integer, relation oid)
RETURNS TABLE (node oid, node_name text, trigger_name text, function text, clause text, fault text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT n.node, n.name, e.name, e.function, e.clause,
        CASE WHEN t.oid IS NULL THEN 'is missing'
            WHEN t.tgenabled = 'D' THEN 'is disabled'
            WHEN t.tgenabled <> 'A' THEN 'is not ENABLE ALWAYS'
            ELSE 'is not Bashu''s' END
    FROM bashu.table_nodes(relation) n
        CROSS JOIN bashu.capture_expected(table_id,
            (SELECT c.relkind = 'p' FROM pg_class c WHERE c.oid = relation)) e
        LEFT JOIN pg_trigger t ON t.tgrelid = n.node AND t.tgname = e.name
        LEFT JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgenabled IS DISTINCT FROM 'A' OR t.tgtype <> e.type OR t.tgqual IS NULL OR t.tgattr <> ''
        OR p.proname <> e.function OR p.pronamespace <> 'bashu'::regnamespace;
END
$$;

-- The condition of a trigger: not the daemon, and for key_move also that the key changes.
CREATE OR REPLACE FUNCTION bashu.capture_condition(relation oid, trigger_name text)
RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    condition text;
BEGIN
    SELECT format('session_user <> %L', n.daemon_role) INTO condition FROM bashu.node n;
    IF trigger_name = 'zzzz_bashu_key_move' THEN
        SELECT condition || ' AND (' || string_agg(format('OLD.%1$I IS DISTINCT FROM NEW.%1$I', k.name), ' OR ') || ')'
        INTO condition FROM bashu.table_key(relation) k;
    END IF;
    RETURN condition;
END
$$;

-- Writes functions and triggers where they are missing or wrong (all of them with `afresh`), and removes
-- those that a detached partition has kept. The caller holds SHARE ROW EXCLUSIVE on the table.
CREATE OR REPLACE FUNCTION bashu.capture_install(table_id integer, relation oid, afresh boolean)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    bad record;
BEGIN
    IF (SELECT n.kind = 'region' FROM bashu.node n) THEN
        PERFORM bashu.capture_functions(table_id, relation);
    END IF;
    IF afresh THEN
        PERFORM bashu.capture_drop(table_id, relation);
    END IF;
    FOR bad IN SELECT * FROM bashu.capture_faults(table_id, relation) LOOP
        -- A partition's key_move is PostgreSQL's clone of its root's, which comes first in the list.
        IF bad.trigger_name <> 'zzzz_bashu_key_move' OR bad.node = relation THEN
            EXECUTE format('CREATE OR REPLACE TRIGGER %I ' || bad.clause || ' WHEN (%s) EXECUTE FUNCTION bashu.%I()',
                bad.trigger_name, bad.node_name, bashu.capture_condition(relation, bad.trigger_name), bad.function);
        END IF;
        EXECUTE format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER %I', bad.node_name, bad.trigger_name);
    END LOOP;
    PERFORM bashu.capture_drop_strays(table_id, relation);
END
$$;

-- Removes the capture triggers of a table from its whole tree.
CREATE OR REPLACE FUNCTION bashu.capture_drop(table_id integer, relation oid)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    old record;
BEGIN
    FOR old IN
        SELECT n.name AS node_name, t.tgname
        FROM bashu.table_nodes(relation) n JOIN pg_trigger t ON t.tgrelid = n.node
            JOIN pg_proc p ON p.oid = t.tgfoid AND p.pronamespace = 'bashu'::regnamespace
        WHERE t.tgparentid = 0
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', old.tgname, old.node_name);
    END LOOP;
    PERFORM bashu.capture_drop_strays(table_id, relation);
END
$$;

-- Removes this table's capture triggers from tables that are not (any more) in its tree.
CREATE OR REPLACE FUNCTION bashu.capture_drop_strays(table_id integer, relation oid)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    stray record;
BEGIN
    FOR stray IN
        SELECT format('%I.%I', s.nspname, c.relname) AS node_name, t.tgname
        FROM pg_trigger t
            JOIN pg_proc p ON p.oid = t.tgfoid AND p.pronamespace = 'bashu'::regnamespace
            JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace s ON s.oid = c.relnamespace
        WHERE p.proname LIKE format('capture\_%s\_%%', table_id) AND t.tgparentid = 0
            AND t.tgrelid NOT IN (SELECT n.node FROM bashu.table_nodes(relation) n)
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', stray.tgname, stray.node_name);
    END LOOP;
END
$$;
