-- Digests of shared rows, so that two databases can be compared without sending their rows: protocol version 1.
-- Peers' logins may call these, and the daemon calls them on its own database: both sides compute the same.

-- Digests of the rows of one shared table, in one snapshot.
-- Parameters:
--   schema, name   the shared table
--   columns        columns to compare, in the order of the digest; all must be shared here
--   buckets        NULL: one row for each of 4,096 buckets of keys that has rows (bucket, rows, digest of all);
--                  else one row for each row in these buckets (bucket, key, digest)
--   keys           NULL, or: only these keys, one row each
-- The first row has bucket -1 and the vector that the snapshot has applied, as JSON in `digest`.
-- Values are compared as text under pinned settings. Raises 42704 for a table or a column that is not shared here.
-- Tables read: shared_table, applied, origin, the shared table. Written: none.
CREATE OR REPLACE FUNCTION bashu.feed_digests_v1(
    schema text, name text, columns text[], buckets integer[] DEFAULT NULL, keys text[] DEFAULT NULL)
RETURNS TABLE (bucket integer, key text, rows bigint, digest text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET extra_float_digits = 1 SET TimeZone = 'UTC' SET IntervalStyle = 'iso_8601'
SET bytea_output = 'hex' SET DateStyle = 'ISO' SET quote_all_identifiers = off SET lc_monetary = 'C'
SET row_security = off
AS $function$
DECLARE
    shape record;
    source text;
    key_text text;
    row_text text;
    each_row text;
BEGIN
    SELECT s.* INTO shape
      FROM bashu.table_shapes(ARRAY(SELECT t.id FROM bashu.shared_table t
                                     WHERE t.schema_name = schema AND t.table_name = name)) s;
    IF shape.relation IS NULL THEN
        RAISE EXCEPTION 'table %.% is not shared here', schema, name USING ERRCODE = '42704';
    END IF;
    IF NOT columns <@ shape.columns OR cardinality(columns) = 0 THEN
        RAISE EXCEPTION 'table %.% does not share all of the columns (%) here', schema, name,
            array_to_string(columns, ', ') USING ERRCODE = '42704';
    END IF;
    source := format('%s%I.%I t', CASE WHEN shape.partitioned THEN '' ELSE 'ONLY ' END, schema, name);
    SELECT format('ARRAY[%s]::text', string_agg(format('t.%I::text', k.name), ', ' ORDER BY k.n)) INTO key_text
      FROM unnest(shape.key_columns) WITH ORDINALITY k(name, n);
    SELECT format('md5(ROW(%s)::text)', string_agg(format('t.%I', c.name), ', ' ORDER BY c.n)) INTO row_text
      FROM unnest(columns) WITH ORDINALITY c(name, n);
    each_row := format(
        'SELECT (get_byte(k.sha, 0) << 4) | (get_byte(k.sha, 1) >> 4) AS bucket, k.key, k.sha, k.digest
           FROM (SELECT r.key, sha256(convert_to(r.key, ''UTF8'')) AS sha, r.digest
                   FROM (SELECT %s AS key, %s AS digest FROM %s) r
                  WHERE $2 IS NULL OR r.key = ANY ($2)) k', key_text, row_text, source);

    RETURN QUERY
    SELECT -1, NULL::text, NULL::bigint,
           (SELECT coalesce(jsonb_object_agg(o.name, a.number) FILTER (WHERE a.number > 0), '{}')::text
              FROM bashu.origin o LEFT JOIN bashu.applied a ON a.origin_id = o.id);
    IF buckets IS NULL AND keys IS NULL THEN
        RETURN QUERY EXECUTE format(
            'SELECT e.bucket, NULL::text, count(*),
                    md5(string_agg(encode(e.sha, ''hex'') || e.digest, '''' ORDER BY e.sha))
               FROM (%s) e GROUP BY e.bucket', each_row) USING buckets, keys;
    ELSE
        RETURN QUERY EXECUTE format(
            'SELECT e.bucket, e.key, 1::bigint, e.digest FROM (%s) e WHERE $1 IS NULL OR e.bucket = ANY ($1)',
            each_row) USING buckets, keys;
    END IF;
END
$function$;

REVOKE ALL ON FUNCTION bashu.feed_digests_v1(text, text, text[], integer[], text[]) FROM PUBLIC;
