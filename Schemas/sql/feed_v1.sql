-- What a peer's login may call, protocol version 1. Run by `bashuctl init` as the owner, after the tables.
--
-- Peers have USAGE on schema "bashu", EXECUTE on these functions and nothing else. Every function runs as the
-- owner with a pinned search_path, takes only values and builds no statement from them. A later protocol version
-- gets functions of its own; these stay for one version more.

-- Who this database is, how far it is, what it shares. One row.
--   protocols      versions of these functions that this database offers
--   schema_version highest migration
--   origin         the origin under which it publishes; NULL where it does not
--   database_id    random, made with the database's Bashu objects
--   applied        {origin: highest batch applied}
--   received       {origin: highest batch that is here complete and verified}
--   freshness      {origin: {"number": n, "through": time}}: with batch n applied, everything that the origin
--                  committed before that time is here
--   tables         [{"schema", "table", "key", "columns", "types"}], columns in the table's own order
-- Tables read: node, migration, origin, applied, batch, shared_table. Written: none.
CREATE OR REPLACE FUNCTION bashu.feed_hello_v1(
    OUT protocols integer[], OUT schema_version integer, OUT kind text, OUT region text, OUT origin text,
    OUT system_identifier text, OUT database_id uuid, OUT clock timestamptz,
    OUT applied jsonb, OUT received jsonb, OUT freshness jsonb, OUT tables jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
    SELECT ARRAY[1], (SELECT max(m.version) FROM bashu.migration m), n.kind, n.region,
           (SELECT o.name FROM bashu.origin o WHERE o.own),
           (SELECT c.system_identifier::text FROM pg_control_system() c), n.database_id, clock_timestamp(),
           v.applied, v.received, v.freshness,
           (SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'schema', t.schema_name, 'table', t.table_name, 'key', t.key_columns,
                       'columns', c.columns, 'types', c.types) ORDER BY t.schema_name, t.table_name), '[]')
              FROM bashu.shared_table t
             CROSS JOIN LATERAL (
                   SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') AS columns,
                          coalesce(array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum), '{}') AS types
                     FROM pg_attribute a
                    WHERE a.attrelid = t.relid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                      AND a.attname <> ALL (t.excluded)) c)
      FROM bashu.node n
     CROSS JOIN (
           SELECT coalesce(jsonb_object_agg(o.name, a.number) FILTER (WHERE a.number > 0), '{}') AS applied,
                  coalesce(jsonb_object_agg(o.name, b.number) FILTER (WHERE b.number > 0), '{}') AS received,
                  coalesce(jsonb_object_agg(o.name, jsonb_build_object('number', a.number, 'through', a.through))
                           FILTER (WHERE a.through IS NOT NULL), '{}') AS freshness
             FROM bashu.origin o
             LEFT JOIN bashu.applied a ON a.origin_id = o.id
             LEFT JOIN LATERAL (
                  SELECT b.number FROM bashu.batch b
                   WHERE b.origin_id = o.id AND b.complete
                   ORDER BY b.number DESC LIMIT 1) b ON true) v
$function$;

-- The complete batches that `have` ({origin: highest batch}) lacks, of every origin, by (origin, number);
-- at most `max_batches` of each origin.
-- Tables read: origin, batch. Written: none.
CREATE OR REPLACE FUNCTION bashu.feed_batches_v1(have jsonb, max_batches integer)
RETURNS TABLE (origin text, number bigint, parts integer, bytes bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
    SELECT o.name, b.number, b.parts, b.bytes
      FROM bashu.origin o
     CROSS JOIN LATERAL (
           SELECT b.number, b.parts, b.bytes FROM bashu.batch b
            WHERE b.origin_id = o.id AND b.complete AND b.number > coalesce((have ->> o.name)::bigint, 0)
            ORDER BY b.number LIMIT least(max_batches, 10000)) b
     ORDER BY o.name, b.number
$function$;

-- The parts of an origin's complete batches from (from_number, from_part) on, in order, until `max_bytes` are
-- exceeded: at least one part, where there is one, so that a reader always gets on.
-- Tables read: origin, batch, chunk. Written: none.
CREATE OR REPLACE FUNCTION bashu.feed_stream_v1(
    origin text, from_number bigint, from_part integer, max_bytes bigint)
RETURNS TABLE (number bigint, part integer, parts integer, bytes bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
    -- The rows wait in the function's result until the last is found: bounded, whatever the caller asks for.
    bytes_left bigint := least(max_bytes, 16777216);
    id integer := (SELECT o.id FROM bashu.origin o WHERE o.name = feed_stream_v1.origin);
    expected bigint := from_number;
BEGIN
    FOR number, parts IN
        SELECT b.number, b.parts FROM bashu.batch b
         WHERE b.origin_id = id AND b.number >= from_number AND b.complete
         ORDER BY b.number LIMIT 10000
    LOOP
        -- Batches are complete without gaps; if ever they are not, nothing after the gap is of use.
        EXIT WHEN number <> expected;
        FOR part, bytes IN
            SELECT c.part, c.bytes FROM bashu.chunk c
             WHERE c.origin_id = id AND c.number = feed_stream_v1.number
               AND c.part >= CASE WHEN feed_stream_v1.number = from_number THEN from_part ELSE 0 END
             ORDER BY c.part
        LOOP
            RETURN NEXT;
            bytes_left := bytes_left - octet_length(bytes);
            IF bytes_left <= 0 THEN
                RETURN;
            END IF;
        END LOOP;
        expected := expected + 1;
    END LOOP;
END
$function$;

-- Stores how far the caller is, in its own words: what it may lose no more, and what is kept for it here.
--   node      {"kind", "region", "origin", "version", …}
--   applied, received   {origin: highest batch}, flushed to its disk
-- Only for logins that are registered as a peer's (`bashuctl peer add`): a position nobody knows would be read by
-- nobody. Tables read: peer. Written: peer_position, the caller's own row.
CREATE OR REPLACE FUNCTION bashu.feed_position_v1(node jsonb, applied jsonb, received jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
    IF NOT EXISTS (SELECT FROM bashu.peer p WHERE p.login = session_user) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('login "%s" is not registered as a peer of this database', session_user),
            HINT = 'Register it here with: bashuctl peer add NAME --login LOGIN';
    END IF;
    IF jsonb_typeof(node) IS DISTINCT FROM 'object' OR jsonb_typeof(applied) IS DISTINCT FROM 'object'
       OR jsonb_typeof(received) IS DISTINCT FROM 'object'
       OR octet_length(node::text) + octet_length(applied::text) + octet_length(received::text) > 1048576
    THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a position is three JSON objects of at most 1 MB together';
    END IF;
    INSERT INTO bashu.peer_position AS p (login, node, applied, received, reported_at)
    VALUES (session_user, node, applied, received, clock_timestamp())
    ON CONFLICT (login) DO UPDATE SET node = excluded.node, applied = excluded.applied,
        received = excluded.received, reported_at = excluded.reported_at;
END
$function$;

REVOKE ALL ON FUNCTION bashu.feed_hello_v1() FROM PUBLIC;
REVOKE ALL ON FUNCTION bashu.feed_batches_v1(jsonb, integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION bashu.feed_stream_v1(text, bigint, integer, bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION bashu.feed_position_v1(jsonb, jsonb, jsonb) FROM PUBLIC;
