-- Makes the capture of a shared table whole again: a partition attached later, a trigger disabled or dropped,
-- a key column renamed, a table restored from a dump. A marker then has the whole table compared.
--
-- Waits for writers in flight (SHARE ROW EXCLUSIVE): the caller sets lock_timeout. Parameters: table_id.
-- Raises BS003 when the table is gone, BS001 when its key is no longer one that can be shared, 42501 when the
-- owner of schema bashu no longer owns the table, BS004 for what no trigger can make good (row-level security, ...).
-- Tables touched: shared_table, pending; node (read). SECURITY DEFINER: called by the daemon, which owns nothing.
CREATE OR REPLACE FUNCTION bashu.table_repair(table_id integer)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := bashu.table_relation(table_id);
    reason text;
    hint text;
BEGIN
    IF relation IS NULL THEN
        RAISE EXCEPTION 'shared table % is gone', table_id USING ERRCODE = 'BS003';
    END IF;
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', relation);
    SELECT r.reason, r.hint INTO reason, hint FROM bashu.table_refusals_key(relation, true) r;
    IF FOUND THEN
        RAISE EXCEPTION '%', reason USING ERRCODE = 'BS001', HINT = coalesce(hint, '');
    END IF;
    PERFORM bashu.capture_install(table_id, relation, false);
    UPDATE bashu.shared_table s
    SET relid = relation, key_columns = (SELECT array_agg(k.name ORDER BY k.place) FROM bashu.table_key(relation) k)
    WHERE s.id = table_id;
    SELECT s.fault INTO reason FROM bashu.table_shapes(ARRAY[table_id]) s;
    IF reason IS NOT NULL THEN
        RAISE EXCEPTION '%', reason USING ERRCODE = 'BS004';
    END IF;
    PERFORM bashu.table_mark(table_id);
END
$$;
