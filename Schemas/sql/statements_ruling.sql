-- Statements of rulings.

-- name: ruling_take
SELECT r.id, r.table_id, encode(r.digest, 'hex') AS digest, r.key, r.column_groups::text AS column_groups,
       r.frontier::text AS frontier, r.choice::text AS choice, r.reason, r.person
  FROM bashu.ruling r WHERE r.state = 'waiting' ORDER BY r.id LIMIT 1;

-- name: ruling_done
UPDATE bashu.ruling SET state = $2, outcome = $3, done_at = clock_timestamp() WHERE id = $1::bigint;

-- name: ruling_case
-- The candidates of a case of the unique or foreign-key rule.
SELECT c.candidates::text AS candidates
  FROM bashu.conflict_case c
 WHERE c.table_id = $1::integer AND c.digest = decode($2, 'hex') AND c.column_group = $3 AND c.closed_by = '';

-- name: ruling_put
-- The ruling itself as an incoming change of our own origin.
INSERT INTO pg_temp.apply_change (table_id, digest, key, origin_id, number, position, part, start, length, kind,
                                  shape_id, written, hlc, op, last, plain)
VALUES ($1::integer, decode($2, 'hex'), $3, $4::integer, $5::bigint, $6::integer, $7::integer, $8::integer,
        $9::integer, $13::"char", $10::integer, $11, $12::bigint, 'm', true, false);

-- name: ruling_history
SELECT EXISTS (SELECT FROM bashu.change c
                WHERE c.table_id = $1::integer AND c.digest = decode($2, 'hex') AND c.kind <> 'e');

-- name: ruling_rechecked
SELECT EXISTS (SELECT FROM bashu.recheck r WHERE r.table_id = $1::integer AND r.digest = decode($2, 'hex'));
