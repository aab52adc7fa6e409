-- Statements of verify: they read, and leave nothing behind.

-- name: verify_unhint
-- Keys that somebody is writing: they are in flight, not different.
DELETE FROM pg_temp.cut_key k
 USING (SELECT p.table_id, u.key FROM bashu.pending p CROSS JOIN LATERAL unnest(p.keys) u(key)) f
 WHERE k.table_id = f.table_id AND k.key = f.key;

-- name: verify_log
-- Changes of our own and received batches that are applied, but whose index is missing, per origin.
SELECT o.name AS origin, b.number, b.changes, count(c.position) AS indexed
  FROM bashu.batch b
  JOIN bashu.origin o ON o.id = b.origin_id
  JOIN bashu.applied a ON a.origin_id = b.origin_id AND b.number <= a.number
  LEFT JOIN bashu.change c ON c.origin_id = b.origin_id AND c.number = b.number
 GROUP BY o.name, b.number, b.changes
HAVING count(c.position) <> b.changes
 ORDER BY o.name, b.number LIMIT 100;

-- name: comparison_take
-- A request to compare with peer $1. One that is running was taken by a connection of the same link that is gone.
UPDATE bashu.request SET state = 'running'
 WHERE id = (SELECT r.id FROM bashu.request r
              WHERE r.state IN ('waiting', 'running') AND r.kind = 'verify' AND r.argument ->> 'against' = $1
              ORDER BY r.id LIMIT 1)
RETURNING id, argument::text AS argument;
