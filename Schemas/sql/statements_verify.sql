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
