-- Statements of forgetting. The rules, and why they are safe: Deploy/guide/retention.md.

-- name: retention_walked
-- How far each origin's batches have been looked at.
SELECT o.id, o.name, coalesce(f.walked, 0) AS walked
  FROM bashu.origin o LEFT JOIN bashu.forgotten f ON f.origin_id = o.id;

-- name: retention_next
-- The next batches that everybody has seen and that are of age. $1: the age in days as a time, µs since 1970 UTC;
-- $2: how many of each origin.
SELECT b.origin_id, b.number, b.changes, b.bytes, b.context::text AS context, encode(b.digest, 'hex') AS digest,
       coalesce(b.hlc_max, (extract(epoch FROM b.cut_at) * 1000000)::bigint) AS hlc_max
  FROM bashu.seen_by_all() s
  LEFT JOIN bashu.forgotten f ON f.origin_id = s.origin_id
  JOIN bashu.batch b ON b.origin_id = s.origin_id AND b.complete AND b.number <= s.number
       AND b.number > coalesce(f.walked, 0) AND b.number <= coalesce(f.walked, 0) + $2::bigint
 WHERE coalesce(b.hlc_max, (extract(epoch FROM b.cut_at) * 1000000)::bigint) <= $1::bigint
 ORDER BY b.origin_id, b.number;

-- name: retention_temp
-- limits: up to which batch of each origin a change may be forgotten or count as overwriting another.
CREATE TEMP TABLE IF NOT EXISTS retention_limit (origin_id integer PRIMARY KEY, walked bigint, number bigint)
    ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS retention_key (table_id integer, digest bytea) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS retention_log (
    table_id integer, digest bytea, origin_id integer, name text, number bigint, position integer, part integer,
    start integer, length integer, kind "char", columns text[], context jsonb, within boolean,
    doomed boolean NOT NULL DEFAULT false) ON COMMIT DELETE ROWS;

-- name: retention_limits
-- $1 origins, $2 their last batch of this step.
INSERT INTO pg_temp.retention_limit
SELECT o.id, coalesce(f.walked, 0), greatest(u.number, coalesce(f.walked, 0))
  FROM bashu.origin o
  LEFT JOIN bashu.forgotten f ON f.origin_id = o.id
  LEFT JOIN unnest($1::integer[], $2::bigint[]) u (id, number) ON u.id = o.id;

-- name: retention_keys
-- The keys of the batches of this step whose digest begins with $1 to $2: of shared tables, never contested, parked
-- or held, and with nothing in their log but inserts, updates and deletes.
INSERT INTO pg_temp.retention_key
SELECT DISTINCT c.table_id, c.digest
  FROM pg_temp.retention_limit l
  JOIN bashu.change c ON c.origin_id = l.origin_id AND c.number > l.walked AND c.number <= l.number
  JOIN bashu.shared_table t ON t.id = c.table_id
 WHERE get_byte(c.digest, 0) BETWEEN $1::integer AND $2::integer
   AND NOT EXISTS (SELECT FROM bashu.known x WHERE x.table_id = c.table_id AND x.digest = c.digest)
   AND NOT EXISTS (SELECT FROM bashu.recheck x WHERE x.table_id = c.table_id AND x.digest = c.digest)
   AND NOT EXISTS (SELECT FROM bashu.held x WHERE x.table_id = c.table_id AND x.digest = c.digest)
   AND NOT EXISTS (SELECT FROM bashu.claim x WHERE x.table_id = c.table_id AND x.digest = c.digest)
   AND NOT EXISTS (SELECT FROM bashu.claim x WHERE x.blocker_table = c.table_id AND x.blocker = c.digest)
   AND NOT EXISTS (SELECT FROM bashu.conflict_case x WHERE x.table_id = c.table_id AND x.digest = c.digest)
   AND NOT EXISTS (SELECT FROM bashu.change x
                    WHERE x.table_id = c.table_id AND x.digest = c.digest AND x.kind NOT IN ('i', 'u', 'd'));

-- name: retention_log
-- Their whole log. columns: what a change writes; '' is the existence of the row, which all of them write. An insert
-- writes the key too, so that nothing but another insert overwrites it as a whole.
INSERT INTO pg_temp.retention_log
SELECT c.table_id, c.digest, c.origin_id, o.name, c.number, c.position, c.part, c.start, c.length, c.kind,
       CASE WHEN c.kind = 'd' THEN '{""}'::text[]
            WHEN c.written = '*' THEN s.columns || ''::text
            ELSE array(SELECT s.columns[w::integer + 1] FROM unnest(string_to_array(c.written, ',')) w) || ''::text END,
       b.context, c.number <= l.number
  FROM pg_temp.retention_key k
  JOIN bashu.change c ON c.table_id = k.table_id AND c.digest = k.digest
  JOIN bashu.origin o ON o.id = c.origin_id
  JOIN bashu.batch b ON b.origin_id = c.origin_id AND b.number = c.number
  JOIN bashu.shape s ON s.id = c.shape_id
  JOIN pg_temp.retention_limit l ON l.origin_id = c.origin_id;

-- name: retention_ready
CREATE INDEX IF NOT EXISTS retention_log_key ON pg_temp.retention_log (table_id, digest);

-- name: retention_overwritten
-- Inserts and updates: everything that they wrote was written again by changes that had seen them.
UPDATE pg_temp.retention_log c SET doomed = true
 WHERE c.within AND c.kind <> 'd'
   AND c.columns <@ array(
       SELECT unnest(d.columns) FROM pg_temp.retention_log d
        WHERE d.table_id = c.table_id AND d.digest = c.digest AND d.within
          AND CASE WHEN d.origin_id = c.origin_id THEN d.number > c.number
                   ELSE coalesce((d.context ->> c.name)::bigint, 0) >= c.number END);

-- name: retention_undone
-- Deletes: the row was made again by a change that had seen them, and nothing that they had seen stays.
UPDATE pg_temp.retention_log c SET doomed = true
 WHERE c.within AND c.kind = 'd'
   AND EXISTS (
       SELECT FROM pg_temp.retention_log d
        WHERE d.table_id = c.table_id AND d.digest = c.digest AND d.within AND d.kind <> 'd'
          AND CASE WHEN d.origin_id = c.origin_id THEN d.number > c.number
                   ELSE coalesce((d.context ->> c.name)::bigint, 0) >= c.number END)
   AND NOT EXISTS (
       SELECT FROM pg_temp.retention_log p
        WHERE p.table_id = c.table_id AND p.digest = c.digest AND p.kind <> 'd' AND NOT p.doomed
          AND CASE WHEN p.origin_id = c.origin_id THEN p.number < c.number
                   ELSE coalesce((c.context ->> p.name)::bigint, 0) >= p.number END);

-- name: retention_dead
-- Rows that are dead: the last word is a delete that has seen everything else of its key, and no shared table refers
-- to theirs. As a whole, or not at all.
UPDATE pg_temp.retention_log c SET doomed = true
  FROM (SELECT k.table_id, k.digest
          FROM pg_temp.retention_log k
         GROUP BY k.table_id, k.digest
        HAVING bool_and(k.within)) k
 WHERE c.table_id = k.table_id AND c.digest = k.digest
   AND EXISTS (
       SELECT FROM pg_temp.retention_log d
        WHERE d.table_id = k.table_id AND d.digest = k.digest AND d.kind = 'd'
          AND NOT EXISTS (
              SELECT FROM pg_temp.retention_log o
               WHERE o.table_id = k.table_id AND o.digest = k.digest
                 AND (o.origin_id, o.number) <> (d.origin_id, d.number)
                 AND NOT CASE WHEN o.origin_id = d.origin_id THEN o.number < d.number
                              ELSE coalesce((d.context ->> o.name)::bigint, 0) >= o.number END))
   AND NOT EXISTS (
       SELECT FROM pg_catalog.pg_constraint f
        WHERE f.contype = 'f' AND f.confrelid = bashu.table_relation(c.table_id)
          AND EXISTS (SELECT FROM bashu.shared_table s WHERE bashu.table_relation(s.id) = f.conrelid));

-- name: retention_spare
-- What stays must still have an insert before it: whoever is filled from here would otherwise update a row that is
-- not there. Keys for which that is not so stay whole.
UPDATE pg_temp.retention_log c SET doomed = false
 WHERE EXISTS (
       SELECT FROM pg_temp.retention_log k
        WHERE k.table_id = c.table_id AND k.digest = c.digest AND NOT k.doomed AND k.kind <> 'i'
          AND NOT EXISTS (
              SELECT FROM pg_temp.retention_log i
               WHERE i.table_id = k.table_id AND i.digest = k.digest AND NOT i.doomed AND i.kind = 'i'
                 AND CASE WHEN i.origin_id = k.origin_id THEN i.number < k.number
                          ELSE coalesce((k.context ->> i.name)::bigint, 0) >= i.number END));

-- name: retention_forget
-- Out of the index; where the lines stand, for the log.
WITH gone AS (
    DELETE FROM bashu.change c
     USING pg_temp.retention_log d
     WHERE d.doomed AND c.origin_id = d.origin_id AND c.number = d.number AND c.position = d.position
    RETURNING c.origin_id, c.number, c.part, c.start, c.length, c.digest),
algorithms AS (
    SELECT b.origin_id, b.number, bashu.batch_algorithm(b.origin_id, b.number) AS algorithm
      FROM (SELECT DISTINCT g.origin_id, g.number FROM gone g) b)
SELECT g.origin_id, g.number, g.part, g.start, g.length, encode(g.digest, 'hex') AS digest,
       encode(substring(c.bytes FROM g.start + 1 FOR g.length), 'hex') AS line, a.algorithm
  FROM gone g JOIN algorithms a USING (origin_id, number) LEFT JOIN bashu.chunk c USING (origin_id, number, part)
 ORDER BY g.origin_id, g.number, g.part;

-- name: retention_note
-- Something was forgotten: from now on every batch must have seen what that depends on. $1 origins, $2 changes.
INSERT INTO bashu.forgotten AS f (origin_id, number, seen, changes)
SELECT l.origin_id, l.number, coalesce(a.number, 0), coalesce(u.changes, 0)
  FROM pg_temp.retention_limit l
  LEFT JOIN bashu.applied a ON a.origin_id = l.origin_id
  LEFT JOIN unnest($1::integer[], $2::bigint[]) u (id, changes) ON u.id = l.origin_id
    ON CONFLICT (origin_id) DO UPDATE
   SET number = greatest(f.number, excluded.number), seen = greatest(f.seen, excluded.seen),
       changes = f.changes + excluded.changes;

-- name: retention_walk
-- $1 origins, $2 the last batch looked at of each.
INSERT INTO bashu.forgotten AS f (origin_id, walked)
SELECT u.id, u.number FROM unnest($1::integer[], $2::bigint[]) u (id, number)
    ON CONFLICT (origin_id) DO UPDATE SET walked = excluded.walked, walked_at = clock_timestamp();

-- name: retention_days
UPDATE bashu.daemon SET retention_days = $1::integer;

-- name: retention_heartbeat_due
-- Whether our last batch is older than $1 seconds, and others have published since what it had not seen.
SELECT coalesce((
    SELECT b.cut_at < clock_timestamp() - make_interval(secs => $1::double precision) AND EXISTS (
               SELECT FROM bashu.applied x JOIN bashu.origin o ON o.id = x.origin_id AND NOT o.own
                WHERE x.number > coalesce((b.context ->> o.name)::bigint, 0))
      FROM bashu.origin o JOIN bashu.applied a ON a.origin_id = o.id
      JOIN bashu.batch b ON b.origin_id = o.id AND b.number = a.number
     WHERE o.own), false) AS due;

-- name: feed_forgotten
SELECT f.origin, f.number, f.seen FROM bashu.feed_forgotten_v1() f;

-- name: link_forgotten
-- What a peer has forgotten ($1: [{"origin", "number", "seen"}]) beyond what is in the tables here, the first of it;
-- none while this database is being filled from that very peer ($2).
SELECT f.origin, f.number, coalesce(a.number, 0) AS applied
  FROM jsonb_to_recordset($1::jsonb) f (origin text, number bigint)
  LEFT JOIN bashu.origin o ON o.name = f.origin
  LEFT JOIN bashu.applied a ON a.origin_id = o.id
 WHERE f.number > coalesce(a.number, 0)
   AND NOT EXISTS (SELECT FROM bashu.node n WHERE n.state = 'joining' AND n.join_peer = $2)
 ORDER BY f.origin COLLATE "C" LIMIT 1;

-- name: link_joins
-- Whether this database is being filled from peer $1.
SELECT EXISTS (SELECT FROM bashu.node n WHERE n.state = 'joining' AND n.join_peer = $1);

-- name: link_forgotten_adopt
-- Who is filled from a peer has what that peer has forgotten no more than it: $1 origin, $2 number, $3 seen.
INSERT INTO bashu.forgotten AS x (origin_id, number, seen)
SELECT o.id, $2::bigint, $3::bigint FROM bashu.origin o WHERE o.name = $1
    ON CONFLICT (origin_id) DO UPDATE
   SET number = greatest(x.number, excluded.number), seen = greatest(x.seen, excluded.seen)
 WHERE x.number < excluded.number OR x.seen < excluded.seen;
