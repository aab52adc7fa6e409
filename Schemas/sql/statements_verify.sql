-- Statements of verify: they read, and leave nothing behind.

-- name: verify_unhint
-- Keys that somebody is writing: they are in flight, not different.
DELETE FROM pg_temp.cut_key k
 USING (SELECT p.table_id, u.key FROM bashu.pending p CROSS JOIN LATERAL unnest(p.keys) u(key)) f
 WHERE k.table_id = f.table_id AND k.key = f.key;

-- name: comparison_take
-- A request to compare with peer $1. One that is running was taken by a connection of the same link that is gone.
UPDATE bashu.request SET state = 'running'
 WHERE id = (SELECT r.id FROM bashu.request r
              WHERE r.state IN ('waiting', 'running') AND r.kind = 'verify' AND r.argument ->> 'against' = $1
              ORDER BY r.id LIMIT 1)
RETURNING id, argument::text AS argument;

-- name: invariant_begin
-- The hints of the cut itself are done with.
DELETE FROM pg_temp.cut_hint;

-- name: invariant_others
-- Leaves the keys that nobody has touched: not in the cut, not held, not to be projected again.
DELETE FROM pg_temp.cut_hint h
 WHERE EXISTS (SELECT FROM pg_temp.cut_key k WHERE k.table_id = h.table_id AND k.key = h.key)
    OR EXISTS (SELECT FROM bashu.held e WHERE e.table_id = h.table_id AND e.digest = h.digest)
    OR EXISTS (SELECT FROM bashu.recheck r WHERE r.table_id = h.table_id AND r.digest = h.digest);
DELETE FROM pg_temp.cut_key;

-- name: invariant_changes
SELECT count(*) FROM (SELECT FROM bashu.change c WHERE c.table_id = $1::integer LIMIT 3001) c;

-- name: invariant_applied
-- Keys that an apply has projected, up to $1, of rows that are where the log says and that nobody has written since.
SELECT s.table_id, encode(s.digest, 'hex') AS digest, s.key
  FROM pg_temp.apply_change s
 WHERE s.last
   AND NOT EXISTS (SELECT FROM bashu.claim c WHERE c.table_id = s.table_id AND c.digest = s.digest)
   AND NOT EXISTS (SELECT FROM bashu.known n WHERE n.table_id = s.table_id AND n.digest = s.digest AND n.parked)
   AND NOT EXISTS (SELECT FROM bashu.pending p
                    WHERE p.table_id = s.table_id AND (p.keys IS NULL OR s.key = ANY (p.keys)))
 LIMIT $1::integer;
