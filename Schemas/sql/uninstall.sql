-- Removes Bashu from this database: its triggers, its functions, its log. The shared tables, their rows and
-- their owners' triggers stay as they were. The caller holds the daemon's lock, so no daemon runs.
-- Tables touched: all of schema bashu. Called by bashuctl uninstall, as the owner, in one transaction.
DO $$
BEGIN
    PERFORM bashu.require_owner();
    PERFORM bashu.table_remove(s.id) FROM bashu.shared_table s;
    PERFORM bashu.revoke_if_role('CONNECT, TEMPORARY', format('DATABASE %I', current_database()), n.daemon_role)
    FROM bashu.node n, pg_database d WHERE d.datname = current_database() AND pg_has_role(d.datdba, 'USAGE');
END
$$;
DROP SCHEMA bashu CASCADE;
