-- The users' own triggers on shared tables.
--
-- Apply writes whole rows as they are in another region. A trigger that acts on these writes would act twice:
-- change the row once more, or write a row that arrives as a change of its own. So `table add` lists the
-- triggers that would fire for the daemon and, when asked, re-creates each with the condition
-- session_user <> daemon role, in front of the condition it had.
--
-- Tables touched: guarded_trigger; node (read). Called by the owner.

-- Triggers of the tree that would act on the daemon's writes: enabled for ordinary sessions and not guarded.
CREATE OR REPLACE FUNCTION bashu.table_user_triggers(relation oid)
RETURNS TABLE (trigger_id oid, node oid, node_name text, name text, enabled "char", definition text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    guard text;
BEGIN
    SELECT format('(SESSION_USER <> %L::name)', n.daemon_role) INTO guard FROM bashu.node n;
    RETURN QUERY
    SELECT t.oid, n.node, n.name, t.tgname::text, t.tgenabled, pg_get_triggerdef(t.oid)
    FROM bashu.table_nodes(relation) n
        JOIN pg_trigger t ON t.tgrelid = n.node AND NOT t.tgisinternal AND t.tgparentid = 0
            AND t.tgenabled IN ('O', 'A')
        JOIN pg_proc p ON p.oid = t.tgfoid AND p.pronamespace <> 'bashu'::regnamespace
    WHERE position(guard IN pg_get_triggerdef(t.oid)) = 0
    ORDER BY n.name, t.tgname;
END
$$;

-- A trigger's definition with the guard in it. pg_get_triggerdef puts every operator expression in brackets,
-- so that `guard AND` may stand before it; the head is matched by tokens, because a quoted name may contain
-- anything.
CREATE OR REPLACE FUNCTION bashu.guarded_definition(definition text, guard text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    head text := (regexp_match(definition, '^(?:[^"]|"[^"]*")*? FOR EACH (?:ROW|STATEMENT) '))[1];
    tail text := substr(definition, length(head) + 1);
BEGIN
    IF starts_with(tail, 'WHEN (') THEN
        RETURN head || 'WHEN (' || guard || ' AND ' || substr(tail, length('WHEN (') + 1);
    END IF;
    RETURN head || 'WHEN (' || guard || ') ' || tail;
END
$$;

-- Puts `definition` in the place of the trigger of that name.
CREATE OR REPLACE FUNCTION bashu.replace_trigger(relation text, name text, definition text, enabled "char")
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF starts_with(definition, 'CREATE TRIGGER ') THEN
        EXECUTE overlay(definition PLACING 'CREATE OR REPLACE TRIGGER ' FROM 1 FOR length('CREATE TRIGGER '));
    ELSE
        EXECUTE format('DROP TRIGGER %I ON %s', name, relation);
        EXECUTE definition;
    END IF;
    IF enabled = 'A' THEN
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', relation, name);
    END IF;
END
$$;

-- Guards every trigger that table_user_triggers lists.
CREATE OR REPLACE FUNCTION bashu.guard_triggers(table_id integer, relation oid)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    guard text;
    old record;
BEGIN
    SELECT format('session_user <> %L::name', n.daemon_role) INTO guard FROM bashu.node n;
    FOR old IN SELECT * FROM bashu.table_user_triggers(relation) LOOP
        PERFORM bashu.replace_trigger(old.node_name, old.name, bashu.guarded_definition(old.definition, guard),
            old.enabled);
        INSERT INTO bashu.guarded_trigger AS g (table_id, relation, trigger_name, enabled, original, guarded)
        SELECT table_id, old.node, old.name, old.enabled, old.definition, pg_get_triggerdef(t.oid)
        FROM pg_trigger t WHERE t.tgrelid = old.node AND t.tgname = old.name AND NOT t.tgisinternal
        ON CONFLICT ON CONSTRAINT guarded_trigger_pkey DO UPDATE
        SET table_id = excluded.table_id, enabled = excluded.enabled,
            original = excluded.original, guarded = excluded.guarded;
    END LOOP;
END
$$;

-- Puts back the triggers of a table as they were, except those that somebody has changed since.
CREATE OR REPLACE FUNCTION bashu.unguard_triggers(table_id integer)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    old record;
BEGIN
    FOR old IN
        SELECT g.*, format('%I.%I', n.nspname, c.relname) AS node_name
        FROM bashu.guarded_trigger g
            JOIN pg_trigger t ON t.tgrelid = g.relation AND t.tgname = g.trigger_name
            JOIN pg_class c ON c.oid = g.relation JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE g.table_id = unguard_triggers.table_id AND pg_get_triggerdef(t.oid) = g.guarded
    LOOP
        PERFORM bashu.replace_trigger(old.node_name, old.trigger_name, old.original, old.enabled);
    END LOOP;
    DELETE FROM bashu.guarded_trigger g WHERE g.table_id = unguard_triggers.table_id;
END
$$;
