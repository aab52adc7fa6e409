-- Who may read.

-- The GRANTs that a role of readers needs, as statements for the DBA to read and run: it reads the catalogue and
-- this schema, and nothing of Bashu's own. Of tables with columns that stay in one region (personal data) only the
-- others. Returns one statement a row.
CREATE OR REPLACE FUNCTION reader.grants_text(grantee name) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('GRANT CONNECT ON DATABASE %I TO %I;', current_database(), grantee)
    UNION ALL
    SELECT format('GRANT USAGE ON SCHEMA catalogue, reader TO %I;', grantee)
    UNION ALL
    (SELECT CASE WHEN l.kept IS NULL THEN format('GRANT SELECT ON catalogue.%I TO %I;', c.relname, grantee)
        ELSE format('GRANT SELECT (%s) ON catalogue.%I TO %I;', l.kept, c.relname, grantee) END
    FROM pg_class c CROSS JOIN LATERAL (
        SELECT CASE WHEN bool_or(d.local) THEN string_agg(quote_ident(d.name), ', ' ORDER BY d.n)
            FILTER (WHERE NOT d.local) END AS kept
        FROM (SELECT a.attname AS name, a.attnum AS n,
                coalesce(col_description(c.oid, a.attnum) LIKE '[local]%', false) AS local
            FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) d) l
    WHERE c.relnamespace = 'catalogue'::regnamespace AND c.relkind IN ('r', 'p', 'v')
    ORDER BY c.relname COLLATE "C")
    UNION ALL
    SELECT format('GRANT SELECT ON ALL TABLES IN SCHEMA reader TO %I;', grantee)
    UNION ALL
    SELECT format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA catalogue, reader TO %I;', grantee)
$$;
COMMENT ON FUNCTION reader.grants_text(name) IS
    '读者角色所需的授权语句 / The GRANTs that a role of readers needs';
