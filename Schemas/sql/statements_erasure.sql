-- Statements of erasures.

-- name: erasure_any
-- Whether an erasure concerns a key of this apply: nearly always not.
SELECT EXISTS (SELECT FROM bashu.change c WHERE c.kind = 'e')
   AND EXISTS (SELECT FROM pg_temp.apply_change s
                 JOIN bashu.change c ON c.table_id = s.table_id AND c.digest = s.digest AND c.kind = 'e');

-- name: erasure_take_out
-- Takes every change that has not seen an erasure of its key out of the index; where its line stands, for the log.
WITH keys AS (
    SELECT DISTINCT s.table_id, s.digest FROM pg_temp.apply_change s),
doomed AS (
    DELETE FROM bashu.change c
     USING keys k, bashu.change e, bashu.origin eo, bashu.batch b
     WHERE c.table_id = k.table_id AND c.digest = k.digest AND c.kind <> 'e'
       AND e.table_id = k.table_id AND e.digest = k.digest AND e.kind = 'e' AND eo.id = e.origin_id
       AND b.origin_id = c.origin_id AND b.number = c.number
       AND CASE WHEN c.origin_id = e.origin_id THEN c.number < e.number
                ELSE coalesce((b.context ->> eo.name)::bigint, 0) < e.number END
    RETURNING c.origin_id, c.number, c.part, c.start, c.length, c.digest)
SELECT d.origin_id, d.number, d.part, d.start, d.length, encode(d.digest, 'hex') AS digest,
       encode(substring(c.bytes FROM d.start + 1 FOR d.length), 'hex') AS line,
       bashu.batch_algorithm(d.origin_id, d.number) AS algorithm
  FROM doomed d LEFT JOIN bashu.chunk c USING (origin_id, number, part)
 ORDER BY d.origin_id, d.number, d.part;

-- name: log_take_out
-- Changes of one chunk leave the log: see bashu.take_out_lines.
SELECT bashu.take_out_lines($1::integer, $2::bigint, $3::integer, $4::integer[], $5::integer[], $6::bytea[],
                            $7::bytea[]) AS changes;

-- name: erasure_cases
-- Cases of the erased keys that name a change which is gone.
DELETE FROM bashu.conflict_case f
 USING pg_temp.apply_change s, bashu.change e
 WHERE f.table_id = s.table_id AND f.digest = s.digest
   AND e.table_id = s.table_id AND e.digest = s.digest AND e.kind = 'e'
   AND EXISTS (SELECT FROM jsonb_array_elements(f.candidates) x
                WHERE NOT EXISTS (SELECT FROM bashu.change c JOIN bashu.origin o ON o.id = c.origin_id
                                   WHERE o.name = x ->> 'origin' AND c.number = (x ->> 'number')::bigint
                                     AND c.position = (x ->> 'position')::integer));

-- name: erasure_rulings
-- What people ruled on the erased keys: who and when stays, the values and the reason do not.
UPDATE bashu.ruling r SET choice = '{}', reason = '', outcome = 'erased'
  FROM pg_temp.apply_change s, bashu.change e
 WHERE r.table_id = s.table_id AND r.digest = s.digest AND r.state <> 'waiting' AND NOT r.choice ? ''
   AND e.table_id = s.table_id AND e.digest = s.digest AND e.kind = 'e';

-- name: erasure_set
-- A row and everything below it by the shared foreign keys, children first. $1 table, $2 key.
WITH RECURSIVE below AS (
    SELECT $1::integer AS table_id, $2::text AS key, 0 AS depth
    UNION
    SELECT c.table_id, c.key, b.depth + 1
      FROM below b CROSS JOIN LATERAL bashu.erasure_children(b.table_id, b.key) c
     WHERE b.depth < 20)
SELECT b.table_id, s.schema_name, s.table_name, b.key,
       encode(substring(sha256(convert_to(b.key, 'UTF8')) FROM 1 FOR 16), 'hex') AS digest,
       max(b.depth) AS depth, count(c.*) AS changes
  FROM below b
  JOIN bashu.shared_table s ON s.id = b.table_id
  LEFT JOIN bashu.change c ON c.table_id = b.table_id AND c.kind <> 'e'
       AND c.digest = substring(sha256(convert_to(b.key, 'UTF8')) FROM 1 FOR 16)
 GROUP BY 1, 2, 3, 4
 ORDER BY max(b.depth) DESC, s.schema_name COLLATE "C", s.table_name COLLATE "C", b.key COLLATE "C";

-- name: erasure_ask
-- One erasure for the daemon to take. $1 table, $2 digest (hex), $3 key, $4 reason.
INSERT INTO bashu.ruling (table_id, digest, key, column_groups, frontier, choice, reason)
VALUES ($1::integer, decode($2, 'hex'), $3, '{existence}', '{}', '{"": "erase"}', $4) RETURNING id;
