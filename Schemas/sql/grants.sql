-- Who may do what.

-- What the daemon may change in Bashu's own tables, besides reading all of them.
CREATE OR REPLACE FUNCTION bashu.daemon_rights()
RETURNS TABLE (relation text, rights text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r, 'INSERT, UPDATE, DELETE' FROM unnest('{origin,applied,shape,shape_use,pending,batch,chunk,change,known,
        claim,recheck,held,conflict_case,policy,ruling,link,peer_position,hold,request,forgotten,
        signature,evidence,transfer}'::text[]) r
    UNION ALL
    -- Keys are never deleted: what they have signed is still here.
    SELECT r, 'INSERT, UPDATE' FROM unnest('{public_key,life}'::text[]) r
    UNION ALL
    -- What was declared stays declared; its signature comes later.
    SELECT 'closing', 'INSERT, UPDATE'
    UNION ALL
    -- Rows that are there once, or that the operator makes: the daemon changes them and no more.
    -- (SELECT ... FOR SHARE of the fencing token needs UPDATE too.)
    SELECT r, 'UPDATE' FROM unnest('{node,clock,shared_table,fence,daemon}'::text[]) r
$$;

-- Gives the daemon's role what it needs on Bashu's own objects, and no more: it cannot share a table, change a
-- migration, register a peer or take the triggers away.
-- Parameters: daemon, an existing role. Called by bashuctl init, as the owner, after every install or upgrade.
CREATE OR REPLACE FUNCTION bashu.grant_daemon(daemon name)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    object text;
    rights text;
BEGIN
    -- Temporary tables hold the keys of a large cut. The installer has checked that one of both is so.
    IF (SELECT pg_has_role(d.datdba, 'USAGE') FROM pg_database d WHERE d.datname = current_database()) THEN
        EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I', current_database(), daemon);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA bashu TO %I', daemon);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA bashu TO %I', daemon);
    FOR object, rights IN SELECT r.relation, r.rights FROM bashu.daemon_rights() r LOOP
        EXECUTE format('GRANT %s ON bashu.%I TO %I', rights, object, daemon);
    END LOOP;
    FOR object IN
        SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.pronamespace = 'bashu'::regnamespace AND p.prorettype <> 'trigger'::regtype
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', object, daemon);
    END LOOP;
    PERFORM bashu.guard_history(daemon);
END
$$;

-- Takes from everybody what PostgreSQL gives everybody on a new function.
CREATE OR REPLACE FUNCTION bashu.revoke_public()
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    REVOKE ALL ON SCHEMA bashu FROM PUBLIC;
    REVOKE ALL ON ALL TABLES IN SCHEMA bashu FROM PUBLIC;
    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA bashu FROM PUBLIC;
END
$$;

-- The columns of a shared table that other people than its writers may read: not those that stay local, and not
-- those that are generated from them. As a list for GRANT; NULL: all of them.
-- Parameters: relation; excluded, the columns that stay local.
CREATE OR REPLACE FUNCTION bashu.readable_columns(relation oid, excluded text[])
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN bool_or(c.hidden) THEN string_agg(quote_ident(c.name), ', ' ORDER BY c.n)
        FILTER (WHERE NOT c.hidden) END
    FROM (SELECT a.attname AS name, a.attnum AS n, a.attname = ANY (excluded) OR EXISTS (
            SELECT FROM pg_attrdef d
                JOIN pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid
                    AND p.refclassid = 'pg_class'::regclass AND p.refobjid = relation
                JOIN pg_attribute b ON b.attrelid = relation AND b.attnum = p.refobjsubid
            WHERE d.adrelid = relation AND d.adnum = a.attnum AND a.attgenerated <> ''
                AND b.attname = ANY (excluded)) AS hidden
        FROM pg_attribute a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped) c
$$;

-- The GRANTs that a role of some kind needs, as statements for the DBA to read and run.
-- Parameters: kind, one of
--   peer            the login of another region or of an institution: the feed functions, nothing else
--   reader          reads the shared columns of the shared tables and how fresh they are
--   administrator   reads Bashu's tables, asks for rulings and work, always in its own name
--   monitor         reads what bashuctl status reads: states, counts and times, no key and no value of any row
-- grantee, the role. Returns one statement a row. Raises 22023 for another kind.
CREATE OR REPLACE FUNCTION bashu.grants_text(kind text, grantee name)
RETURNS SETOF text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    receiver text := quote_ident(grantee);
BEGIN
    IF kind NOT IN ('peer', 'reader', 'administrator', 'monitor') THEN
        RAISE EXCEPTION 'there is no kind of role "%"', kind USING ERRCODE = '22023',
            HINT = 'peer, reader, administrator or monitor.';
    END IF;
    RETURN NEXT format('GRANT CONNECT ON DATABASE %I TO %s;', current_database(), receiver);
    RETURN NEXT format('GRANT USAGE ON SCHEMA bashu TO %s;', receiver);
    IF kind = 'peer' THEN
        RETURN QUERY
        SELECT format('GRANT EXECUTE ON FUNCTION %s TO %s;', p.oid::regprocedure, receiver) FROM pg_proc p
        WHERE p.pronamespace = 'bashu'::regnamespace AND p.proname LIKE 'feed\_%' ORDER BY p.proname;
    ELSIF kind = 'administrator' THEN
        RETURN NEXT format('GRANT SELECT ON ALL TABLES IN SCHEMA bashu TO %s;', receiver);
        -- Who asks, and what becomes of it, is not for the one who asks to write.
        RETURN NEXT format('GRANT INSERT (table_id, digest, key, column_groups, frontier, choice, reason) '
            || 'ON bashu.ruling TO %s;', receiver);
        RETURN NEXT format('GRANT INSERT (kind, argument) ON bashu.request TO %s;', receiver);
        RETURN NEXT format('GRANT EXECUTE ON FUNCTION bashu.table_shapes(integer[]), bashu.table_relation(integer), '
            || 'bashu.copy_text(text), bashu.erasure_children(integer, text), bashu.withdraw_request(bigint) TO %s;',
            receiver);
    ELSIF kind = 'monitor' THEN
        RETURN NEXT format('GRANT SELECT ON bashu.freshness, bashu.migration, bashu.node, bashu.origin, bashu.applied, '
            || 'bashu.peer, bashu.link, bashu.peer_position, bashu.hold, bashu.daemon, bashu.shared_table, '
            || 'bashu.pending_state, bashu.held_state, bashu.trouble_state, bashu.life, '
            || 'bashu.closing, bashu.transfer TO %s;', receiver);
        RETURN NEXT format('GRANT SELECT (origin_id, number, changes, bytes, hlc_min, hlc_max, cut_at, received_at, '
            || 'complete) ON bashu.batch TO %s;', receiver);
        RETURN NEXT format('GRANT SELECT (state, closed_by, type, rule, first_seen, clock_alarm) '
            || 'ON bashu.conflict_case TO %s;', receiver);
    ELSE
        RETURN NEXT format('GRANT SELECT ON bashu.freshness TO %s;', receiver);
        RETURN QUERY
        SELECT DISTINCT format('GRANT USAGE ON SCHEMA %I TO %s;', s.schema_name, receiver) FROM bashu.shared_table s;
        RETURN QUERY
        SELECT format('GRANT SELECT%s ON %I.%I TO %s;',
            ' (' || bashu.readable_columns(bashu.table_relation(s.id), s.excluded) || ')',
            s.schema_name, s.table_name, receiver)
        FROM bashu.shared_table s ORDER BY s.id;
    END IF;
END
$$;
