-- What receiving reads and writes in its own database, and (feed_…) what it asks of the peer: see feed_v1.sql.

-- name: receive_local
-- This database in the words of the feed.
SELECT n.database_id::text, (SELECT o.name FROM bashu.origin o WHERE o.own) AS own,
       v.applied::text, v.received::text,
       (SELECT coalesce(jsonb_object_agg(c.origin, c.number), '{}')
          FROM (SELECT c.origin, max(c.number) AS number FROM bashu.closing c GROUP BY c.origin) c)::text AS closed
  FROM bashu.node n
 CROSS JOIN (
       SELECT coalesce(jsonb_object_agg(o.name, a.number) FILTER (WHERE a.number > 0), '{}') AS applied,
              coalesce(jsonb_object_agg(o.name, b.number) FILTER (WHERE b.number > 0), '{}') AS received
         FROM bashu.origin o
         LEFT JOIN bashu.applied a ON a.origin_id = o.id
         LEFT JOIN LATERAL (
              SELECT b.number FROM bashu.batch b
               WHERE b.origin_id = o.id AND b.complete ORDER BY b.number DESC LIMIT 1) b ON true) v;

-- name: receive_position
-- The vectors, an LSN that is behind every commit they show, and how far WAL has been flushed.
SELECT coalesce(jsonb_object_agg(o.name, a.number) FILTER (WHERE a.number > 0), '{}')::text AS applied,
       coalesce(jsonb_object_agg(o.name, b.number) FILTER (WHERE b.number > 0), '{}')::text AS received,
       pg_current_wal_insert_lsn() - '0/0' AS inserted, pg_current_wal_flush_lsn() - '0/0' AS flushed
  FROM bashu.origin o
  LEFT JOIN bashu.applied a ON a.origin_id = o.id
  LEFT JOIN LATERAL (
       SELECT b.number FROM bashu.batch b
        WHERE b.origin_id = o.id AND b.complete ORDER BY b.number DESC LIMIT 1) b ON true;

-- name: receive_new_origin
-- Every origin has its row in "applied": what is applied next is looked up there. Parameters: name, region.
WITH new AS (
    INSERT INTO bashu.origin (name, region) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING RETURNING id)
INSERT INTO bashu.applied (origin_id) SELECT id FROM new;

-- name: receive_lock_origin
-- One link at a time writes the batches of an origin; the others take their turn. Parameters: name.
-- 1650553704 is "bash" in ASCII: no other lock of Bashu has it.
SELECT o.id, pg_try_advisory_xact_lock(1650553704, o.id) AS locked FROM bashu.origin o WHERE o.name = $1;

-- name: receive_state
-- The last complete batch of an origin, and what there is of the next. Parameters: origin's id.
SELECT coalesce(b.number, 0) AS number, b.digest, n.parts, n.fault
  FROM (SELECT) one
  LEFT JOIN LATERAL (
       SELECT b.number, b.digest FROM bashu.batch b
        WHERE b.origin_id = $1 AND b.complete ORDER BY b.number DESC LIMIT 1) b ON true
  LEFT JOIN bashu.batch n ON n.origin_id = $1 AND n.number = coalesce(b.number, 0) + 1;

-- name: receive_stored_parts
-- Parameters: origin's id, number.
SELECT c.part, c.bytes FROM bashu.chunk c WHERE c.origin_id = $1 AND c.number = $2 ORDER BY c.part;

-- name: receive_discard_chunks
-- Parameters: origin's id, number.
DELETE FROM bashu.chunk WHERE origin_id = $1 AND number = $2;

-- name: receive_discard_batch
-- Parameters: origin's id, number.
DELETE FROM bashu.batch WHERE origin_id = $1 AND number = $2 AND NOT complete;

-- name: receive_known_shapes
-- Parameters: origin's id.
SELECT s.digest, s.schema_name, s.table_name, s.key_columns, s.columns, s.types
  FROM bashu.shape_use u JOIN bashu.shape s ON s.id = u.shape_id
 WHERE u.origin_id = $1;

-- name: receive_copy
COPY bashu.chunk (origin_id, number, part, bytes) FROM STDIN (FORMAT binary);

-- name: receive_fence
SELECT token FROM bashu.fence FOR SHARE;

-- name: receive_batch
-- Parameters: origin's id, number, previous, digest, context, parts, changes, bytes, hlc_min, hlc_max,
-- cut_at in microseconds, received_from, complete, fault.
INSERT INTO bashu.batch AS b (origin_id, number, previous, digest, context, parts, changes, bytes, hlc_min, hlc_max,
                              cut_at, received_at, received_from, complete, fault)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
        timestamptz 'epoch' + $11::bigint * interval '1 microsecond', clock_timestamp(), $12, $13, $14)
ON CONFLICT (origin_id, number) DO UPDATE
   SET previous = excluded.previous, digest = excluded.digest, context = excluded.context, parts = excluded.parts,
       changes = excluded.changes, bytes = excluded.bytes, hlc_min = excluded.hlc_min, hlc_max = excluded.hlc_max,
       cut_at = excluded.cut_at, received_at = excluded.received_at, received_from = excluded.received_from,
       complete = excluded.complete, fault = excluded.fault
 WHERE NOT b.complete;

-- name: receive_shape
-- Parameters: digest, schema, table, key columns, columns, types.
INSERT INTO bashu.shape (digest, schema_name, table_name, key_columns, columns, types)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (digest) DO NOTHING;

-- name: receive_shape_use
-- Parameters: origin's id, number, digest.
INSERT INTO bashu.shape_use (origin_id, shape_id, number)
SELECT $1, s.id, $2 FROM bashu.shape s WHERE s.digest = $3 ON CONFLICT (origin_id, shape_id) DO NOTHING;

-- name: receive_freshness
-- Adopts what a peer says about freshness where the batch it speaks of is applied here.
-- Parameters: {origin: {"number": n, "through": time}}.
UPDATE bashu.applied a SET through = greatest(a.through, f.through)
  FROM (SELECT o.id, (e.value ->> 'number')::bigint AS number, (e.value ->> 'through')::timestamptz AS through
          FROM jsonb_each($1::jsonb) e JOIN bashu.origin o ON o.name = e.key AND NOT o.own) f
 WHERE a.origin_id = f.id AND a.number >= f.number AND f.through IS NOT NULL
   AND (a.through IS NULL OR a.through < f.through);

-- name: receive_table_differences
-- Tables and columns of a peer that differ from those here, one sentence each. Parameters: the peer's `tables`,
-- this database's `tables`.
WITH theirs AS (SELECT * FROM jsonb_to_recordset($1::jsonb) t ("schema" text, "table" text, key jsonb, columns jsonb,
                                                                types jsonb)),
     ours AS (SELECT * FROM jsonb_to_recordset($2::jsonb) t ("schema" text, "table" text, key jsonb, columns jsonb,
                                                              types jsonb)),
     their_columns AS (
         SELECT t."schema", t."table", c.name, t.types ->> (c.place - 1)::integer AS type
           FROM theirs t, jsonb_array_elements_text(t.columns) WITH ORDINALITY c (name, place)),
     our_columns AS (
         SELECT t."schema", t."table", c.name, t.types ->> (c.place - 1)::integer AS type
           FROM ours t, jsonb_array_elements_text(t.columns) WITH ORDINALITY c (name, place))
SELECT difference FROM (
    SELECT coalesce(t."schema", o."schema") AS "schema", coalesce(t."table", o."table") AS "table", 0 AS place,
           CASE WHEN o."table" IS NULL THEN format('table %I.%I is shared there and not here', t."schema", t."table")
                WHEN t."table" IS NULL THEN format('table %I.%I is shared here and not there', o."schema", o."table")
                ELSE format('table %I.%I has another key there', t."schema", t."table") END AS difference
      FROM theirs t FULL JOIN ours o USING ("schema", "table")
     WHERE o."table" IS NULL OR t."table" IS NULL OR o.key <> t.key
    UNION ALL
    SELECT "schema", "table", 1,
           CASE WHEN o.name IS NULL
                THEN format('column %I of %I.%I is shared there and not here', name, "schema", "table")
                WHEN t.name IS NULL
                THEN format('column %I of %I.%I is shared here and not there', name, "schema", "table")
                ELSE format('column %I of %I.%I is %s there and %s here', name, "schema", "table", t.type, o.type) END
      FROM their_columns t FULL JOIN our_columns o USING ("schema", "table", name)
     WHERE (o.name IS NULL OR t.name IS NULL OR o.type <> t.type)
       AND ("schema", "table") IN (SELECT "schema", "table" FROM theirs)
       AND ("schema", "table") IN (SELECT "schema", "table" FROM ours)) d
 ORDER BY "schema", "table", place, difference;

-- name: receive_own_tables
SELECT h.tables::text FROM bashu.feed_hello_v1() h;

-- name: feed_hello
-- In the peer's database, as are the others named feed_.
SELECT h.protocols::text, h.schema_version, h.kind, h.region, h.origin, h.system_identifier, h.database_id::text,
       (extract(epoch FROM h.clock) * 1e6)::bigint, h.applied::text, h.received::text, h.freshness::text,
       h.tables::text
  FROM bashu.feed_hello_v1() h;

-- name: feed_batches
-- Parameters: {origin: highest batch}, maximum for each origin.
SELECT b.origin, b.number, b.parts, b.bytes FROM bashu.feed_batches_v1($1, $2) b;

-- name: feed_stream
-- Parameters: origin, number, part, maximal bytes.
SELECT s.number, s.part, s.bytes FROM bashu.feed_stream_v1($1, $2, $3, $4) s;

-- name: feed_position
-- Parameters: the node as JSON, applied, received.
SELECT bashu.feed_position_v1($1, $2, $3);
