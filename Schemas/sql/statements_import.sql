-- Statements of `bashuctl import` and `bashuctl export` that serve any table.
--
-- An import goes in four steps. The first three touch temporary tables only and lock nothing:
--   1. import_row    every record of the input as text, in the order of the input (COPY);
--   2. import_new    the records in the types of the table's columns, one row for each row that is meant;
--   3. import_state  what has to be done with each: new, changed, unchanged, stale;
--   4. in one transaction, or one for each announcement: INSERT and UPDATE, in blocks of records.
-- Where a block fails because of what is in it, the program halves it until the row is found that the database
-- does not take; that one is rejected with the database's own words.
--
-- {NAME} stands for a part that the program makes from pg_catalog, every name quoted. Temporary tables are
-- named with pg_temp, so that no other table can stand in for them.

-- name: import_tables_named
-- The ordinary and partitioned tables that a name means, $1 the schema or NULL, $2 the table.
SELECT c.oid, n.nspname AS schema_name, c.relname AS table_name,
    n.nspname = 'catalogue' AND EXISTS (SELECT FROM pg_catalog.pg_class x
        WHERE x.relnamespace = n.oid AND x.relname = 'confirmed') AS has_confirmed
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname = $2
    AND CASE WHEN $1::text IS NULL
        THEN n.nspname NOT IN ('pg_catalog', 'information_schema', 'bashu') AND n.nspname NOT LIKE 'pg\_%'
        ELSE n.nspname = $1 END
ORDER BY n.nspname COLLATE "C";

-- name: import_columns
-- The columns of a table in order: type to cast to, full type, place in the primary key (0: none), default.
SELECT a.attname AS name, format_type(a.atttypid, -1) AS cast_type, format_type(a.atttypid, a.atttypmod) AS type,
    coalesce(array_position(i.indkey::smallint[], a.attnum), -1) AS key_place,
    a.attgenerated <> '' AS is_generated, a.attidentity = 'a' AS is_identity,
    pg_get_expr(d.adbin, d.adrelid) AS default_value,
    a.atttypid IN ('bool'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype) AS is_plain
FROM pg_catalog.pg_attribute a
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated = ''
WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum;

-- name: import_obstacles
-- What keeps this login from writing to the table: it is a replica's; the login is the daemon's, whose writes are
-- not published; rights that are missing.
SELECT session_user::text AS role,
    EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = $1::oid AND t.tgname = 'zzzz_bashu_refuse')
        AS is_replica,
    EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = $1::oid AND t.tgname LIKE 'zzzz\_bashu\_%'
        AND strpos(pg_get_triggerdef(t.oid), format('<> %L', session_user::text)) > 0) AS is_daemon,
    array_to_string(ARRAY(SELECT r.name FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) r (name)
        WHERE NOT has_table_privilege($1::oid, r.name)), ',') AS missing,
    -- Each by itself: a list of rights asks for any of them.
    (SELECT bool_and(has_table_privilege(c.oid, r.name)) FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'catalogue',
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) r (name) WHERE c.relname = 'confirmed') AS may_confirm;

-- name: import_settings
-- Everything that the text of a value depends on.
SET SESSION "DateStyle" = 'ISO, YMD';
SET SESSION "TimeZone" = 'UTC';
SET SESSION "IntervalStyle" = 'postgres';
SET SESSION bytea_output = 'hex';
SET SESSION extra_float_digits = 1;
SET SESSION client_encoding = 'UTF8';
SET SESSION default_transaction_isolation = 'read committed';

-- name: import_staging
-- Compiling a statement takes longer here than running it.
SET jit = off;
CREATE TEMPORARY TABLE import_row (
    record bigint, line bigint, fault text, detail text, raw text, missing integer[]{texts}
);
CREATE TEMPORARY TABLE import_new (record bigint PRIMARY KEY{typed});
CREATE TEMPORARY TABLE import_state (
    record bigint PRIMARY KEY, batch integer NOT NULL DEFAULT 1, state text NOT NULL
);
CREATE TEMPORARY TABLE import_reject (record bigint PRIMARY KEY, fault text NOT NULL, detail text NOT NULL);
CREATE TEMPORARY TABLE import_warning (record bigint, about text, value text);

-- name: import_staged
CREATE INDEX ON pg_temp.import_row (record);
ANALYZE pg_temp.import_row;

-- name: import_broken
-- What the reader could not read.
INSERT INTO pg_temp.import_reject
SELECT record, fault, coalesce(detail, '') FROM pg_temp.import_row WHERE fault IS NOT NULL;

-- name: import_convert
-- Records $1 to $2 in the columns' types.
INSERT INTO pg_temp.import_new (record{names})
SELECT r.record{values}
FROM pg_temp.import_row r
WHERE r.record BETWEEN $1::bigint AND $2::bigint AND r.fault IS NULL;

-- name: import_keys
-- A row without its key, and one whose key an earlier record has, cannot be stored.
INSERT INTO pg_temp.import_reject
SELECT n.record, 'noKey', '' FROM pg_temp.import_new n WHERE {null_key}
UNION ALL
SELECT d.record, 'sameKey', r.line::text
FROM (
    SELECT n.record, min(n.record) OVER (PARTITION BY {key}) AS first
    FROM pg_temp.import_new n WHERE NOT ({null_key})
) d JOIN pg_temp.import_row r ON r.record = d.first
WHERE d.record > d.first;

-- name: import_compare
-- What has to be done with each row. An older state of the source never overwrites a newer one.
INSERT INTO pg_temp.import_state (record, state)
SELECT n.record, CASE
    WHEN t.{first_key} IS NULL THEN 'new'
    WHEN NOT ({distinct}) THEN 'unchanged'
    WHEN {stale} THEN 'stale'
    ELSE 'changed' END
FROM pg_temp.import_new n
JOIN pg_temp.import_row r ON r.record = n.record
LEFT JOIN {table} t ON {join}
WHERE NOT EXISTS (SELECT FROM pg_temp.import_reject x WHERE x.record = n.record)
ORDER BY n.record;

-- name: import_batches
-- One transaction for each announcement, in the order in which they first appear; what has none comes last.
UPDATE pg_temp.import_state s SET batch = b.batch
FROM (
    SELECT f.record, dense_rank() OVER (ORDER BY f.announcement IS NULL, f.first) AS batch
    FROM (
        SELECT n.record, {announcement}::text AS announcement,
            min(n.record) OVER (PARTITION BY {announcement}) AS first
        FROM pg_temp.import_new n JOIN pg_temp.import_row r ON r.record = n.record
    ) f
) b
WHERE b.record = s.record;

-- name: import_ready
CREATE INDEX ON pg_temp.import_state (batch, record);
ANALYZE pg_temp.import_new, pg_temp.import_state;

-- name: import_batch_list
-- The transactions: their numbers and the records that each spans.
SELECT batch, min(record) AS first, max(record) AS last, count(*) AS records,
    count(*) FILTER (WHERE state = 'new') AS new, count(*) FILTER (WHERE state = 'changed') AS changed
FROM pg_temp.import_state GROUP BY batch ORDER BY batch;

-- name: import_first_fill
-- The indexes that an import into an empty table makes after the rows, which takes half as long: those that guard
-- nothing, hold nothing but what pg_get_indexdef tells, and may be made again by this login. None where there are rows.
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid AND t.relkind = 'r' AND NOT t.relispartition
WHERE i.indrelid = $1::oid AND NOT EXISTS (SELECT FROM {table})
    AND i.indisvalid AND NOT (i.indisunique OR i.indisexclusion OR i.indisclustered OR i.indisreplident)
    AND x.reltablespace = 0 AND pg_has_role(t.relowner, 'USAGE')
    AND has_schema_privilege(t.relnamespace, 'CREATE')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = x.oid AND a.attstattarget >= 0)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.refobjid = x.oid)
    AND obj_description(x.oid, 'pg_class') IS NULL
ORDER BY x.relname;

-- name: import_first_fill_lock
LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE NOWAIT;

-- name: import_insert
-- Only of batch $3. A row that somebody else has inserted since it was compared is left for the next step.
INSERT INTO {table} ({insert_names}) {overriding}
SELECT {insert_values}
FROM pg_temp.import_new n
JOIN pg_temp.import_row r ON r.record = n.record
JOIN pg_temp.import_state s ON s.record = n.record AND s.state = 'new'
WHERE n.record BETWEEN $1::bigint AND $2::bigint AND s.batch = $3::integer
    AND NOT EXISTS (SELECT FROM pg_temp.import_reject x WHERE x.record = n.record)
ORDER BY n.record
ON CONFLICT ({key_names}) DO NOTHING;

-- name: import_recompare
-- New rows that are there by now and are not the ones we inserted.
UPDATE pg_temp.import_state s
SET state = CASE WHEN NOT ({distinct}) THEN s.state WHEN {stale} THEN 'stale' ELSE 'changed' END
FROM pg_temp.import_new n
JOIN pg_temp.import_row r ON r.record = n.record
JOIN {table} t ON {join}
WHERE n.record = s.record AND s.state = 'new'
    AND n.record BETWEEN $1::bigint AND $2::bigint AND s.batch = $3::integer;

-- name: import_update
-- The comparison is made again by the UPDATE itself: it judges the row as it is when the lock is had, so that
-- what somebody has committed meanwhile is seen and not undone by an older state of the source.
UPDATE {table} t SET {assignments}
FROM pg_temp.import_new n
JOIN pg_temp.import_row r ON r.record = n.record
JOIN pg_temp.import_state s ON s.record = n.record AND s.state = 'changed'
WHERE {join} AND n.record BETWEEN $1::bigint AND $2::bigint AND s.batch = $3::integer
    AND ({distinct}) AND NOT ({stale})
    AND NOT EXISTS (SELECT FROM pg_temp.import_reject x WHERE x.record = n.record);

-- name: import_confirm
-- What a later state of the source has left as it is.
INSERT INTO catalogue.confirmed AS c (relation, key, source_asof)
SELECT {relation}, {key_text}, n.{asof}
FROM pg_temp.import_new n
JOIN pg_temp.import_row r ON r.record = n.record
JOIN pg_temp.import_state s ON s.record = n.record AND s.state = 'unchanged'
JOIN {table} t ON {join}
WHERE n.record BETWEEN $1::bigint AND $2::bigint AND s.batch = $3::integer
    AND n.{asof} > coalesce(t.source_asof, '-infinity') AND NOT ({distinct})
ON CONFLICT (relation, key) DO UPDATE SET source_asof = EXCLUDED.source_asof
WHERE c.source_asof < EXCLUDED.source_asof;

-- name: import_counts
SELECT (SELECT count(*) FROM pg_temp.import_row) AS records,
    (SELECT count(*) FROM pg_temp.import_reject) AS rejected,
    (SELECT count(*) FROM pg_temp.import_state s WHERE s.state = 'stale'
        AND NOT EXISTS (SELECT FROM pg_temp.import_reject x WHERE x.record = s.record)) AS stale,
    (SELECT count(*) FROM pg_temp.import_state s
        WHERE NOT EXISTS (SELECT FROM pg_temp.import_reject x WHERE x.record = s.record)) AS judged,
    (SELECT count(*) FROM pg_temp.import_warning) AS warnings;

-- name: import_rejects
SELECT r.line, x.fault, x.detail, r.raw
FROM pg_temp.import_reject x JOIN pg_temp.import_row r ON r.record = x.record
ORDER BY x.record LIMIT $1::bigint;

-- name: import_warnings
SELECT r.line, w.about, w.value
FROM pg_temp.import_warning w JOIN pg_temp.import_row r ON r.record = w.record
ORDER BY w.about = 'otherwise', w.record, w.about LIMIT $1::bigint;

-- name: import_examples
-- The first rows that are changed, and their columns that differ.
SELECT r.line, concat_ws(', ', {key_texts}) AS key, array_to_string(array_remove(ARRAY[{differing}]::text[], NULL), ',')
    AS columns
FROM pg_temp.import_state s
JOIN pg_temp.import_new n ON n.record = s.record
JOIN pg_temp.import_row r ON r.record = s.record
JOIN {table} t ON {join}
WHERE s.state = 'changed'
ORDER BY s.record LIMIT $1::bigint;

-- name: export_csv
COPY (SELECT {columns} FROM {table} ORDER BY {key}) TO STDOUT (FORMAT csv, HEADER true, ENCODING 'UTF8')

-- name: export_jsonl
COPY (SELECT row_to_json(x) FROM (SELECT {columns} FROM {table} ORDER BY {key}) x) TO STDOUT (ENCODING 'UTF8')
