-- Shares a table: captures its changes and publishes its rows with the next cut.
--
-- Parameters
--   relation          the table; of a partitioned one the root
--   excluded          columns that stay local
--   allow_truncate    TRUNCATE is a whole-table comparison instead of an error
--   keys_may_collide  accept serial keys that step by one
--   guard_triggers    re-create the users' triggers so that they leave the daemon's writes alone
--   allow_triggers    accept that they act on them
-- Returns the table's id. Raises BS001 (cannot be shared: every reason in DETAIL), BS002 (user triggers),
-- 42501 (not the owner of schema bashu).
-- Tables touched: shared_table, removed_table, guarded_trigger, pending; node (read). Called by the owner.
CREATE OR REPLACE FUNCTION bashu.table_add(relation regclass, excluded text[] DEFAULT '{}',
    allow_truncate boolean DEFAULT false, keys_may_collide boolean DEFAULT false,
    guard_triggers boolean DEFAULT false, allow_triggers boolean DEFAULT false)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    new_id integer;
BEGIN
    PERFORM bashu.require_owner();
    IF (SELECT c.relkind IN ('r', 'p') FROM pg_class c WHERE c.oid = relation) THEN
        -- Writers in flight end first: whatever commits before the marker below is seen by its comparison.
        EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', relation);
    END IF;
    PERFORM bashu.table_require(relation, excluded, keys_may_collide);
    PERFORM bashu.table_require_triggers(relation, guard_triggers OR allow_triggers);

    INSERT INTO bashu.shared_table AS s (id, schema_name, table_name, relid, key_columns, excluded, allow_truncate)
    OVERRIDING SYSTEM VALUE
    SELECT coalesce(r.id, nextval(pg_get_serial_sequence('bashu.shared_table', 'id'))), n.nspname, c.relname, c.oid,
        (SELECT array_agg(k.name ORDER BY k.place) FROM bashu.table_key(relation) k), table_add.excluded,
        table_add.allow_truncate
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN bashu.removed_table r ON r.schema_name = n.nspname AND r.table_name = c.relname
    WHERE c.oid = relation
    RETURNING s.id INTO new_id;
    DELETE FROM bashu.removed_table r WHERE r.id = new_id;

    IF guard_triggers THEN
        PERFORM bashu.guard_triggers(new_id, relation);
    END IF;
    PERFORM bashu.capture_install(new_id, relation, true);
    PERFORM bashu.table_grant(relation, excluded);
    PERFORM bashu.table_mark(new_id);
    RETURN new_id;
END
$$;

-- The capture functions run with the rights of whoever creates them, so that must be the owner of schema bashu.
CREATE OR REPLACE FUNCTION bashu.require_owner()
RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner name;
BEGIN
    SELECT pg_get_userbyid(n.nspowner) INTO owner FROM pg_namespace n WHERE n.nspname = 'bashu';
    IF current_user <> owner THEN
        RAISE EXCEPTION 'only %, the owner of schema bashu, can do this; you are %',
            quote_ident(owner), quote_ident(current_user)
            USING ERRCODE = '42501', HINT = format('Connect as %1$I, or SET ROLE %1$I.', owner);
    END IF;
END
$$;

-- Raises BS001 with every reason why the table cannot be shared.
CREATE OR REPLACE FUNCTION bashu.table_require(relation regclass, excluded text[], keys_may_collide boolean)
RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reasons text[];
    hints text[];
BEGIN
    SELECT array_agg(r.reason), array_agg(r.hint) INTO reasons, hints
    FROM bashu.table_refusals(relation, excluded, keys_may_collide) r;
    IF reasons IS NOT NULL THEN
        RAISE EXCEPTION 'table % cannot be shared: %', relation, reasons[1]
            USING ERRCODE = 'BS001', DETAIL = array_to_string(reasons, E'\n'),
                HINT = coalesce(array_to_string(hints, E'\n'), '');
    END IF;
END
$$;

-- Raises BS002 when the users' triggers would act on the daemon's writes and nobody has decided about them.
CREATE OR REPLACE FUNCTION bashu.table_require_triggers(relation regclass, decided boolean)
RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    list text;
    late text;
BEGIN
    SELECT string_agg(format('%I on %s', t.name, t.node_name), E'\n') INTO list
    FROM bashu.table_user_triggers(relation) t;
    IF list IS NOT NULL AND NOT decided THEN
        RAISE EXCEPTION 'triggers of % would act a second time on rows that arrive from another region', relation
            USING ERRCODE = 'BS002', DETAIL = list,
                HINT = 'Have them guarded (they then leave the daemon''s writes alone), or say that they may act.';
    END IF;
    -- Such a trigger could change the key after key_move has read it.
    SELECT string_agg(format('%I on %s', t.tgname, n.name), E'\n') INTO late
    FROM bashu.table_nodes(relation) n JOIN pg_trigger t ON t.tgrelid = n.node
    WHERE (SELECT c.relkind = 'p' FROM pg_class c WHERE c.oid = relation)
        AND t.tgtype & 19 = 19 AND NOT t.tgisinternal AND t.tgname > 'zzzz_bashu_key_move' COLLATE "C";
    IF late IS NOT NULL THEN
        RAISE EXCEPTION 'triggers of % fire after Bashu''s and could change a key unseen', relation
            USING ERRCODE = 'BS002', DETAIL = late,
                HINT = 'Rename them: BEFORE triggers fire in the order of their names.';
    END IF;
END
$$;

-- What the daemon's role needs on a shared table.
CREATE OR REPLACE FUNCTION bashu.table_grant(relation regclass, excluded text[])
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    daemon text;
    space text;
    sequence regclass;
BEGIN
    SELECT quote_ident(n.daemon_role), quote_ident(s.nspname) INTO daemon, space
    FROM bashu.node n, pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE c.oid = relation;
    IF NOT has_schema_privilege((SELECT n.daemon_role FROM bashu.node n)::name, space::regnamespace, 'USAGE') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %s TO %s', space, daemon);
    END IF;
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %s', relation, daemon);
    FOR sequence IN SELECT * FROM bashu.local_sequences(relation, excluded) LOOP
        EXECUTE format('GRANT USAGE ON SEQUENCE %s TO %s', sequence, daemon);
    END LOOP;
END
$$;

-- Takes it away again. Parameters: daemon, a role that may be gone.
CREATE OR REPLACE FUNCTION bashu.table_revoke(relation regclass, excluded text[], daemon text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bashu.revoke_if_role('SELECT, INSERT, UPDATE, DELETE', relation::text, daemon);
    PERFORM bashu.revoke_if_role('USAGE', 'SEQUENCE ' || s, daemon) FROM bashu.local_sequences(relation, excluded) s;
END
$$;

-- Sequences behind the defaults of local columns, which the daemon's inserts compute.
CREATE OR REPLACE FUNCTION bashu.local_sequences(relation regclass, excluded text[])
RETURNS SETOF regclass
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT q.seqrelid::regclass
    FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        JOIN pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid
            AND p.refclassid = 'pg_class'::regclass
        JOIN pg_sequence q ON q.seqrelid = p.refobjid
    WHERE a.attrelid = relation AND a.attname = ANY (excluded);
END
$$;

-- A marker: the next cut compares the whole table. A replica cuts nothing.
CREATE OR REPLACE FUNCTION bashu.table_mark(table_id integer)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO bashu.pending (table_id, keys)
    SELECT table_mark.table_id, NULL FROM bashu.node n WHERE n.kind = 'region';
END
$$;
