-- Ends the sharing of a table here. The rows stay, the log stays, the table's triggers are as they were.
--
-- Parameters: table_id. The table may be gone already.
-- Tables touched: shared_table, removed_table, guarded_trigger, pending, recheck, held. Called by the owner.
CREATE OR REPLACE FUNCTION bashu.table_remove(table_id integer)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation oid := bashu.table_relation(table_id);
    daemon text;
    space text;
    event text;
BEGIN
    PERFORM bashu.require_owner();
    SELECT n.daemon_role INTO daemon FROM bashu.node n;
    IF relation IS NOT NULL THEN
        PERFORM bashu.capture_drop(table_id, relation);
        PERFORM bashu.table_revoke(relation::regclass, s.excluded, daemon)
        FROM bashu.shared_table s WHERE s.id = table_id;
    ELSE
        PERFORM bashu.capture_drop_strays(table_id, 0);
    END IF;
    PERFORM bashu.unguard_triggers(table_id);
    FOREACH event IN ARRAY '{insert,update,delete,truncate,key_move}'::text[] LOOP
        EXECUTE format('DROP FUNCTION IF EXISTS bashu.%I()', format('capture_%s_%s', table_id, event));
    END LOOP;
    DELETE FROM bashu.pending p WHERE p.table_id = table_remove.table_id;
    DELETE FROM bashu.recheck r WHERE r.table_id = table_remove.table_id;
    DELETE FROM bashu.held h WHERE h.table_id = table_remove.table_id;
    WITH gone AS (DELETE FROM bashu.shared_table s WHERE s.id = table_remove.table_id RETURNING s.*)
    INSERT INTO bashu.removed_table (id, schema_name, table_name) SELECT g.id, g.schema_name, g.table_name FROM gone g
    RETURNING schema_name INTO space;
    IF relation IS NOT NULL AND NOT EXISTS (SELECT FROM bashu.shared_table s WHERE s.schema_name = space) THEN
        PERFORM bashu.revoke_if_role('USAGE', 'SCHEMA ' || quote_ident(space), daemon);
    END IF;
END
$$;

-- REVOKE, unless the role is gone.
CREATE OR REPLACE FUNCTION bashu.revoke_if_role(privileges text, object text, role text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role) THEN
        EXECUTE format('REVOKE %s ON %s FROM %I', privileges, object, role);
    END IF;
END
$$;
