-- The history is append-only for people too: the tables that hold it are written by bashud alone. Whoever owns them
-- does not change them by mistake, and a superuser who does it on purpose is found by `bashuctl audit`.

-- Refuses a statement. Tables touched: none. Called by the triggers bashu_history only.
CREATE OR REPLACE FUNCTION bashu.refuse_rewriting()
RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'bashu.% is history, which only bashud writes: % by "%" is refused', quote_ident(TG_TABLE_NAME),
        TG_OP, session_user
        USING ERRCODE = '42501', HINT = 'Correct the row in its own table: that is published as a new change. '
            || 'Personal data is erased with bashuctl erase.';
END
$$;
REVOKE ALL ON FUNCTION bashu.refuse_rewriting() FROM PUBLIC;

-- What is guarded: table, and the operations that are the daemon's alone. Ends of origins and rulings may be added by
-- others.
CREATE OR REPLACE FUNCTION bashu.guarded_history()
RETURNS TABLE (name text, operations text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t, 'INSERT OR UPDATE OR DELETE OR TRUNCATE'
    FROM unnest('{batch,chunk,change,signature,evidence,forgotten}'::text[]) t
    UNION ALL
    SELECT t, 'UPDATE OR DELETE OR TRUNCATE' FROM unnest('{closing,ruling}'::text[]) t
$$;
REVOKE ALL ON FUNCTION bashu.guarded_history() FROM PUBLIC;

-- Puts the triggers on the tables, for a daemon of that name.
-- A migration that has to change such a table takes its trigger off and lets bashuctl init put it back.
-- Parameters: daemon, an existing role. Called by bashu.grant_daemon.
CREATE OR REPLACE FUNCTION bashu.guard_history(daemon name)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    guarded record;
BEGIN
    FOR guarded IN SELECT g.name, g.operations FROM bashu.guarded_history() g LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER bashu_history BEFORE %s ON bashu.%I FOR EACH STATEMENT '
            || 'WHEN (session_user <> %L) EXECUTE FUNCTION bashu.refuse_rewriting()',
            guarded.operations, guarded.name, daemon);
        EXECUTE format('ALTER TABLE bashu.%I ENABLE TRIGGER bashu_history', guarded.name);
    END LOOP;
END
$$;
