-- What depends on the name of the daemon's role, and on the text of the capture functions.

-- Makes another role the daemon's: capture leaves its writes out instead of the old one's. Waits for writers in
-- flight on every shared table. Parameters: daemon, an existing role.
-- Tables touched: node, guarded_trigger, shared_table. Called by bashuctl init, as the owner.
CREATE OR REPLACE FUNCTION bashu.set_daemon_role(daemon name)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    former text;
    shared record;
    guarded boolean;
BEGIN
    SELECT n.daemon_role INTO former FROM bashu.node n;
    PERFORM bashu.revoke_if_role('ALL', 'SCHEMA bashu', former);
    PERFORM bashu.revoke_if_role('ALL', 'ALL TABLES IN SCHEMA bashu', former);
    PERFORM bashu.revoke_if_role('ALL', 'ALL FUNCTIONS IN SCHEMA bashu', former);
    UPDATE bashu.node SET daemon_role = daemon;
    FOR shared IN
        SELECT s.id, s.excluded, bashu.table_relation(s.id)::regclass AS relation
        FROM bashu.shared_table s ORDER BY s.id
    LOOP
        CONTINUE WHEN shared.relation IS NULL;
        EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', shared.relation);
        guarded := EXISTS (SELECT FROM bashu.guarded_trigger g WHERE g.table_id = shared.id);
        PERFORM bashu.unguard_triggers(shared.id);
        IF guarded THEN
            PERFORM bashu.guard_triggers(shared.id, shared.relation);
        END IF;
        PERFORM bashu.table_revoke(shared.relation, shared.excluded, former);
        PERFORM bashu.table_grant(shared.relation, shared.excluded);
        PERFORM bashu.capture_install(shared.id, shared.relation, true);
    END LOOP;
END
$$;

-- Writes the capture functions of every table anew, after an upgrade. Takes no lock on the tables: the triggers
-- stay, and a writer in flight goes on with the text it has begun with.
-- Tables touched: shared_table, node (read). Called by bashuctl init, as the owner.
CREATE OR REPLACE FUNCTION bashu.capture_refresh()
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    shared record;
BEGIN
    IF (SELECT n.kind = 'replica' FROM bashu.node n) THEN
        RETURN;
    END IF;
    FOR shared IN SELECT s.id, bashu.table_relation(s.id) AS relation FROM bashu.shared_table s LOOP
        -- Without a key the daemon reports the table at its next cut.
        CONTINUE WHEN NOT EXISTS (SELECT FROM bashu.table_key(shared.relation));
        PERFORM bashu.capture_functions(shared.id, shared.relation);
    END LOOP;
END
$$;
