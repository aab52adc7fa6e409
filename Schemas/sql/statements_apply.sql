-- Statements of apply.

-- name: apply_temp
-- Incoming changes of one group of batches, and keys to project again (origin_id NULL).
--   op      i insert, u update, d delete (as the change says, while plain); m merged and alive, d merged and absent
--   last    the last change of its key in the group
--   joined  drawn into the set by the unique or foreign-key rule; merged: ApplyMerge has seen it
--   parked  alive, and out of its table by that rule
--   plain   fast-forward: the change has seen every other change of its key
CREATE TEMP TABLE IF NOT EXISTS apply_change (
    table_id     integer NOT NULL,
    digest       bytea NOT NULL,
    key          text NOT NULL,
    origin_id    integer,
    number       bigint,
    position     integer,
    part         integer,
    start        integer,
    length       integer,
    kind         "char",
    shape_id     integer,
    written      text,
    hlc          bigint,
    op           "char" NOT NULL,
    last         boolean NOT NULL,
    plain        boolean NOT NULL,
    joined       boolean NOT NULL DEFAULT false,
    merged       boolean NOT NULL DEFAULT false,
    parked       boolean NOT NULL DEFAULT false
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS apply_known (
    table_id     integer NOT NULL,
    digest       bytea NOT NULL,
    key          text NOT NULL,
    shape_id     integer NOT NULL,
    image        text,
    parked       boolean NOT NULL DEFAULT false
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS apply_case (
    table_id     integer NOT NULL,
    digest       bytea NOT NULL,
    key          text NOT NULL,
    column_group text NOT NULL,
    closed_by    text NOT NULL,
    type         text NOT NULL,
    state        text NOT NULL,
    candidates   jsonb NOT NULL,
    winner       integer NOT NULL,
    rule         text NOT NULL
) ON COMMIT DELETE ROWS;

-- name: apply_begin
-- The fencing token; FOR SHARE: a newer daemon's token waits for us or ends us.
SELECT f.token FROM bashu.fence f FOR SHARE;

-- name: apply_vector
-- forgotten, seen: see bashu.forgotten.
SELECT o.id, o.name, o.region, o.own, coalesce(a.number, 0) AS number, coalesce(f.number, 0) AS forgotten,
       coalesce(f.seen, 0) AS seen
  FROM bashu.origin o
  LEFT JOIN bashu.applied a ON a.origin_id = o.id
  LEFT JOIN bashu.forgotten f ON f.origin_id = o.id;

-- name: apply_next
-- Received batches beyond what is applied, in the order of their origins' histories.
SELECT b.origin_id, b.number, b.parts, b.changes, b.bytes, b.context::text AS context,
       encode(b.digest, 'hex') AS digest, coalesce(b.hlc_max, 0) AS hlc_max
  FROM bashu.origin o
  LEFT JOIN bashu.applied a ON a.origin_id = o.id
  JOIN bashu.batch b ON b.origin_id = o.id AND b.complete
                    AND b.number > coalesce(a.number, 0) AND b.number <= coalesce(a.number, 0) + $1::bigint
                    AND b.number <= coalesce(bashu.closed_at(o.name), b.number)
 WHERE NOT o.own
 ORDER BY b.origin_id, b.number;

-- name: apply_chunks
-- The bytes of consecutive batches of one origin.
SELECT c.number, c.part, c.bytes
  FROM bashu.chunk c
 WHERE c.origin_id = $1::integer AND c.number BETWEEN $2::bigint AND $3::bigint
 ORDER BY c.number, c.part;

-- name: apply_fold
-- Several changes of one key in the group: only the last counts, and whether its row exists is found out later.
WITH ranked AS (
    SELECT c.ctid AS id, row_number() OVER (PARTITION BY c.table_id, c.digest
                                            ORDER BY c.hlc DESC, c.origin_id DESC, c.number DESC, c.position DESC) AS n,
           count(*) OVER w AS several,
           min(c.origin_id) OVER w <> max(c.origin_id) OVER w AS mixed
      FROM pg_temp.apply_change c
    WINDOW w AS (PARTITION BY c.table_id, c.digest))
UPDATE pg_temp.apply_change c
   SET last = r.n = 1,
       op = CASE WHEN r.n > 1 OR c.kind = 'd' OR c.op = 'd' THEN c.op ELSE 'm' END,
       plain = c.plain AND NOT r.mixed
  FROM ranked r
 WHERE r.id = c.ctid AND r.several > 1;

-- name: apply_unseen
-- Keys with a change in our log beyond $2 of origin $1 (arrays): the group's contexts do not cover it.
UPDATE pg_temp.apply_change s SET plain = false
  FROM unnest($1::integer[], $2::bigint[]) u(origin_id, above)
  JOIN bashu.change c ON c.origin_id = u.origin_id AND c.number > u.above
 WHERE s.table_id = c.table_id AND s.digest = c.digest AND s.plain;

-- name: apply_contested
UPDATE pg_temp.apply_change s SET plain = false
  FROM bashu.known k
 WHERE s.table_id = k.table_id AND s.digest = k.digest AND s.plain;

-- name: apply_spread
-- plain belongs to the key, not to one of its changes.
UPDATE pg_temp.apply_change s SET plain = false
  FROM pg_temp.apply_change o
 WHERE s.plain AND NOT o.plain AND s.table_id = o.table_id AND s.digest = o.digest;

-- name: apply_counts
SELECT c.table_id, c.op, c.plain, count(*) AS changes
  FROM pg_temp.apply_change c WHERE c.last GROUP BY 1, 2, 3;

-- name: apply_merge_keys
-- Keys to be merged, a page in digest order.
SELECT DISTINCT ON (c.table_id, c.digest) c.table_id, encode(c.digest, 'hex') AS digest, c.key
  FROM pg_temp.apply_change c
 WHERE NOT c.plain AND c.last AND NOT c.merged
   AND (c.table_id, c.digest) > ($1::integer, decode($2, 'hex'))
 ORDER BY c.table_id, c.digest
 LIMIT $3::integer;

-- name: apply_log
-- Every change of the keys, without their bytes: logged or incoming. $1 table, $2 digests (hex).
-- incoming: no merge has judged it yet. So are our own changes that a cut has logged since what is known of the
-- key was written: the cases that they close are not recorded.
SELECT encode(l.digest, 'hex') AS digest, l.origin_id, l.number, l.position, l.part, l.start, l.length,
       l.kind, l.shape_id, l.written, l.hlc, l.incoming
  FROM (SELECT c.digest, c.origin_id, c.number, c.position, c.part, c.start, c.length, c.kind, c.shape_id,
               c.written, c.hlc, coalesce(o.own AND c.number > k.own_number, false) AS incoming
          FROM bashu.change c
          LEFT JOIN bashu.known k ON k.table_id = c.table_id AND k.digest = c.digest
          LEFT JOIN bashu.origin o ON o.id = c.origin_id AND o.own
         WHERE c.table_id = $1::integer
           AND c.digest = ANY (array(SELECT decode(d, 'hex') FROM unnest($2::text[]) d))
        UNION ALL
        SELECT c.digest, c.origin_id, c.number, c.position, c.part, c.start, c.length, c.kind, c.shape_id,
               c.written, c.hlc, true
          FROM pg_temp.apply_change c
         WHERE c.table_id = $1::integer AND c.origin_id IS NOT NULL
           -- There is no index on it, and a list is hashed where an array would be gone through for every row.
           AND c.digest IN (SELECT decode(d, 'hex') FROM unnest($2::text[]) d)) l
 ORDER BY l.digest, l.hlc;

-- name: log_contexts
SELECT b.origin_id, b.number, b.context::text AS context
  FROM unnest($1::integer[], $2::bigint[]) u(origin_id, number)
  JOIN bashu.batch b ON b.origin_id = u.origin_id AND b.number = u.number;

-- name: log_lines
-- The bytes of single changes, one by one.
SELECT u.n, substring(c.bytes FROM u.start + 1 FOR u.length) AS line
  FROM unnest($1::integer[], $2::bigint[], $3::integer[], $4::integer[], $5::integer[])
       WITH ORDINALITY u(origin_id, number, part, start, length, n)
  JOIN bashu.chunk c ON c.origin_id = u.origin_id AND c.number = u.number AND c.part = u.part;

-- name: log_chunks
-- Whole chunks, for many changes at once: sliced by the daemon.
SELECT u.n, c.bytes
  FROM unnest($1::integer[], $2::bigint[], $3::integer[]) WITH ORDINALITY u(origin_id, number, part, n)
  JOIN bashu.chunk c ON c.origin_id = u.origin_id AND c.number = u.number AND c.part = u.part
 ORDER BY u.n;

-- name: log_shapes
-- Shapes by id ($1), by digest ($2, hex), and those that the origins $3 have spelled out.
SELECT s.id, encode(s.digest, 'hex') AS digest, s.schema_name, s.table_name, s.key_columns::text AS key_columns,
       s.columns::text AS columns, s.types::text AS types
  FROM bashu.shape s
 WHERE s.id = ANY ($1::integer[]) OR encode(s.digest, 'hex') = ANY ($2::text[])
    OR s.id IN (SELECT u.shape_id FROM bashu.shape_use u WHERE u.origin_id = ANY ($3::integer[]));

-- name: apply_pending
-- Pending rows for a key of the set, or a marker for one of its tables: somebody wrote before us.
SELECT EXISTS (SELECT FROM bashu.pending p WHERE p.table_id = ANY ($1::integer[]) AND p.keys IS NULL) AS marker,
       EXISTS (SELECT FROM bashu.pending p
                CROSS JOIN LATERAL unnest(p.keys) k(key)
                 JOIN pg_temp.apply_change s ON s.table_id = p.table_id AND s.key = k.key
                WHERE p.table_id = ANY ($1::integer[])) AS touched;

-- name: apply_pending_logged
-- As apply_pending, for changes that are in the index already: those beyond what is applied.
SELECT EXISTS (SELECT FROM bashu.pending p
                CROSS JOIN LATERAL unnest(p.keys) k(key)
                 JOIN bashu.change c ON c.table_id = p.table_id
                                    AND c.digest = substring(sha256(convert_to(k.key, 'UTF8')) FOR 16)
                 LEFT JOIN bashu.applied a ON a.origin_id = c.origin_id
                WHERE p.table_id = ANY ($1::integer[]) AND c.number > coalesce(a.number, 0));

-- name: apply_any_contested
-- Whether a change of the group that is in the index already, or staged, is of a key that is contested or held back.
-- $1: its tables.
WITH special AS (
    SELECT k.table_id, k.digest FROM bashu.known k WHERE k.table_id = ANY ($1::integer[])
     UNION ALL
    SELECT h.table_id, h.digest FROM bashu.held h WHERE h.table_id = ANY ($1::integer[]))
SELECT EXISTS (SELECT FROM special s
                -- One look into the index for each; mostly there are none.
                CROSS JOIN LATERAL (
                      SELECT FROM bashu.change c
                        LEFT JOIN bashu.applied a ON a.origin_id = c.origin_id
                       WHERE c.table_id = s.table_id AND c.digest = s.digest AND c.number > coalesce(a.number, 0)
                       LIMIT 1) l)
    OR EXISTS (SELECT FROM special s
                 JOIN pg_temp.apply_change c ON c.table_id = s.table_id AND c.digest = s.digest);

-- name: apply_any_pending
SELECT EXISTS (SELECT FROM bashu.pending p WHERE p.table_id = ANY ($1::integer[]));

-- name: apply_held
-- A key of the group that a cut holds back: the batch waits for an operator.
SELECT s.key, h.reason, t.schema_name, t.table_name
  FROM pg_temp.apply_change s
  JOIN bashu.held h ON h.table_id = s.table_id AND h.digest = s.digest
  JOIN bashu.shared_table t ON t.id = s.table_id
 LIMIT 1;

-- name: apply_any_held
SELECT EXISTS (SELECT FROM bashu.held);

-- name: apply_any_known
SELECT EXISTS (SELECT FROM bashu.known);

-- name: apply_index
INSERT INTO bashu.change (origin_id, number, position, table_id, digest, part, start, length, kind, shape_id,
                          written, hlc)
SELECT c.origin_id, c.number, c.position, c.table_id, c.digest, c.part, c.start, c.length, c.kind, c.shape_id,
       c.written, c.hlc
  FROM pg_temp.apply_change c WHERE c.origin_id IS NOT NULL;

-- name: apply_known_forget
DELETE FROM bashu.known k USING pg_temp.apply_change s
 WHERE NOT s.plain AND s.last AND k.table_id = s.table_id AND k.digest = s.digest;

-- name: apply_known_store
INSERT INTO bashu.known (table_id, digest, key, shape_id, image, own_number, parked)
SELECT k.table_id, k.digest, k.key, k.shape_id, k.image, $1::bigint, k.parked FROM pg_temp.apply_known k;

-- name: apply_cases_forget
-- Cases that were open or decided until now and are not any more; those closed earlier are facts of the log.
DELETE FROM bashu.conflict_case f USING pg_temp.apply_change s
 WHERE NOT s.plain AND s.last AND f.table_id = s.table_id AND f.digest = s.digest AND f.closed_by = ''
   AND NOT EXISTS (SELECT FROM pg_temp.apply_case c
                    WHERE c.table_id = f.table_id AND c.digest = f.digest
                      AND c.column_group = f.column_group AND c.closed_by = '');

-- name: apply_cases_store
INSERT INTO bashu.conflict_case (table_id, digest, key, column_group, closed_by, type, state, candidates, winner, rule)
SELECT c.table_id, c.digest, c.key, c.column_group, c.closed_by, c.type, c.state, c.candidates, c.winner, c.rule
  FROM pg_temp.apply_case c
    ON CONFLICT (table_id, digest, column_group, closed_by) DO UPDATE
   SET type = excluded.type, state = excluded.state, candidates = excluded.candidates,
       winner = excluded.winner, rule = excluded.rule,
       clock_alarm = conflict_case.clock_alarm
           AND conflict_case.candidates -> conflict_case.winner = excluded.candidates -> excluded.winner;

-- name: apply_cases_alarm
-- Cases won as the newest by a region whose clock is off: a person should look. No part of their state.
UPDATE bashu.conflict_case c SET clock_alarm = true
  FROM pg_temp.apply_case t
  JOIN bashu.origin o ON o.name = t.candidates -> t.winner ->> 'origin'
 WHERE c.table_id = t.table_id AND c.digest = t.digest AND c.column_group = t.column_group
   AND c.closed_by = '' AND t.closed_by = '' AND t.rule = 'newest' AND NOT c.clock_alarm
   AND EXISTS (SELECT FROM bashu.link l WHERE l.clock_off AND l.peer_node ->> 'region' = o.region);

-- name: apply_recheck_done
DELETE FROM bashu.recheck r USING pg_temp.apply_change s
 WHERE NOT s.plain AND s.last AND r.table_id = s.table_id AND r.digest = s.digest;

-- name: apply_applied
INSERT INTO bashu.applied (origin_id, number, digest) VALUES ($1::integer, $2::bigint, decode($3, 'hex'))
    ON CONFLICT (origin_id) DO UPDATE
   SET number = excluded.number, digest = excluded.digest, applied_at = clock_timestamp();

-- name: apply_unhold
DELETE FROM bashu.hold WHERE origin_id = $1::integer;

-- name: apply_hint
-- A row that differs from what is known although nothing is pending: the next cut compares it.
INSERT INTO bashu.pending (table_id, keys, actor) VALUES ($1::integer, $2::text[], NULL);

-- name: recheck_take
SELECT r.table_id, encode(r.digest, 'hex') AS digest, r.key, coalesce(r.reason, '') AS reason
  FROM bashu.recheck r
 WHERE r.attempts < 1 OR $2::boolean
 ORDER BY r.table_id, r.digest LIMIT $1::integer;

-- name: recheck_put
INSERT INTO pg_temp.apply_change (table_id, digest, key, op, last, plain)
SELECT u.table_id, decode(u.digest, 'hex'), u.key, 'm', true, false
  FROM unnest($1::integer[], $2::text[], $3::text[]) u(table_id, digest, key);

-- name: recheck_failed
UPDATE bashu.recheck SET attempts = attempts + 1, reason = $3
 WHERE table_id = $1::integer AND digest = decode($2, 'hex');

-- name: apply_ops
-- What the merge says of each key of table $1: m alive, d absent.
UPDATE pg_temp.apply_change c SET op = u.op::"char", merged = true
  FROM unnest($2::text[], $3::text[]) u(digest, op)
 WHERE c.table_id = $1::integer AND c.digest = decode(u.digest, 'hex') AND c.last;

-- name: recheck_restore
-- Rows to be put back as the log has them, whatever the table holds.
INSERT INTO bashu.recheck (table_id, digest, key, reason)
SELECT $1::integer, decode(u.digest, 'hex'), u.key, 'restore' FROM unnest($2::text[], $3::text[]) u(digest, key)
    ON CONFLICT (table_id, digest) DO UPDATE SET reason = 'restore', attempts = 0;
