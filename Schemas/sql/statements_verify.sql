-- Statements of verify: they read, and leave nothing behind.

-- name: verify_estimate
-- About how many rows a table has: what statistics say may be of when it was empty.
SELECT coalesce(sum(greatest(c.reltuples, pg_relation_size(c.oid) / 1000)), 0)::bigint
  FROM bashu.shared_table s
  JOIN pg_class c ON c.oid = s.relid
                  OR c.oid IN (SELECT p.relid FROM pg_partition_tree(s.relid::regclass) p WHERE p.isleaf)
 WHERE s.id = $1::integer;

-- name: verify_vanished
-- What the log or known has alive of table $1, with a digest from $2 (hex) to below $3, that no key in cut_key has.
SELECT encode(l.digest, 'hex') AS digest, l.origin_id, l.number, l.part, l.start, l.length, n.key
  FROM (SELECT DISTINCT c.digest
          FROM bashu.change c
         WHERE c.table_id = $1::integer
           AND c.digest >= decode($2, 'hex') AND ($3 = '' OR c.digest < decode($3, 'hex'))
           AND NOT EXISTS (SELECT FROM pg_temp.cut_key k WHERE k.digest = c.digest)) g
 CROSS JOIN LATERAL (
       SELECT c.* FROM bashu.change c
        WHERE c.table_id = $1::integer AND c.digest = g.digest
        ORDER BY c.hlc DESC, c.origin_id, c.number DESC LIMIT 1) l
  LEFT JOIN bashu.known n ON n.table_id = $1::integer AND n.digest = l.digest
 WHERE CASE WHEN n.digest IS NULL THEN l.kind NOT IN ('d', 'e') ELSE true END;

-- name: verify_vanished_keys
INSERT INTO pg_temp.cut_key (ord, table_id, key, digest, compared)
SELECT (SELECT coalesce(max(c.ord), 0) FROM pg_temp.cut_key c) + k.place, $1::integer, k.key,
       substring(sha256(convert_to(k.key, 'UTF8')) FOR 16), true
  FROM unnest($2::text[]) WITH ORDINALITY k(key, place);

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
-- How many changes the log has of table $1, counted up to $2.
SELECT count(*) FROM (SELECT FROM bashu.change c WHERE c.table_id = $1::integer LIMIT $2::bigint) c;

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

-- name: invariant_pending
-- Whether somebody has written key $2 of table $1, or all of the table.
SELECT EXISTS (SELECT FROM bashu.pending p
                WHERE p.table_id = $1::integer AND (p.keys IS NULL OR $2 = ANY (p.keys)));
