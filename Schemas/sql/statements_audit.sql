-- Statements of `bashuctl audit`, all of them reads in one snapshot.

-- name: audit_origins
-- Every origin, how far it is applied, up to which batch changes may have been forgotten, and its declared end.
SELECT o.id, o.name, o.region, o.own, coalesce(a.number, 0) AS applied,
       coalesce(encode(a.digest, 'hex'), '') AS digest, coalesce(f.number, 0) AS forgotten,
       (SELECT count(*) FROM bashu.batch b WHERE b.origin_id = o.id AND b.complete) AS batches
  FROM bashu.origin o
  LEFT JOIN bashu.applied a ON a.origin_id = o.id
  LEFT JOIN bashu.forgotten f ON f.origin_id = o.id
 ORDER BY o.name COLLATE "C";

-- name: audit_parts
-- The bytes of an origin's complete batches, in order, with what is recorded of each batch; with the first part its
-- signatures, as FINGERPRINT:ALGORITHM:SIGNATURE. $1: the origin's id.
SELECT b.number, c.part, c.bytes, b.digest,
       CASE WHEN coalesce(c.part, 0) = 0 THEN (
           SELECT string_agg(concat_ws(':', encode(s.fingerprint, 'hex'), s.algorithm, encode(s.signature, 'hex')), ' ')
             FROM bashu.signature s WHERE s.origin_id = b.origin_id AND s.number = b.number) END AS signatures
  FROM bashu.batch b
  LEFT JOIN bashu.chunk c ON c.origin_id = b.origin_id AND c.number = b.number
 WHERE b.origin_id = $1::integer AND b.complete
 ORDER BY b.number, c.part;

-- name: audit_erased
-- The beginnings of the names of keys that somebody has erased.
SELECT DISTINCT substring(c.digest FROM 1 FOR 8) AS digest FROM bashu.change c WHERE c.kind = 'e';

-- Of `bashuctl audit record`.

-- name: proof_maker
-- Who makes the file, and when.
SELECT n.region, (SELECT o.name FROM bashu.origin o WHERE o.own) AS origin, n.database_id::text AS database_id,
       (extract(epoch FROM clock_timestamp()) * 1e6)::bigint AS made_at
  FROM bashu.node n;

-- name: proof_changes
-- Every change of the record that the log still has, oldest first. $1 table, $2 digest of the key (hex).
SELECT o.name AS origin, c.origin_id, c.number, c.position, c.part, c.start, c.length, b.digest AS root
  FROM bashu.change c
  JOIN bashu.origin o ON o.id = c.origin_id
  JOIN bashu.batch b ON b.origin_id = c.origin_id AND b.number = c.number
 WHERE c.table_id = $1::integer AND c.digest = decode($2, 'hex')
 ORDER BY c.hlc, o.name COLLATE "C", c.number, c.position;

-- name: proof_chunks
-- The bytes of a batch. $1 origin's id, $2 number.
SELECT c.part, c.bytes FROM bashu.chunk c WHERE c.origin_id = $1::integer AND c.number = $2::bigint ORDER BY c.part;

-- name: proof_signatures
-- Signatures of a batch. $1 origin's id, $2 number.
SELECT s.fingerprint, s.algorithm, s.signature FROM bashu.signature s
 WHERE s.origin_id = $1::integer AND s.number = $2::bigint ORDER BY s.fingerprint;

-- name: proof_row
-- How the table has the record. $1 table, $2 digest of the key (hex).
SELECT EXISTS (SELECT FROM bashu.claim c WHERE c.table_id = $1::integer AND c.digest = decode($2, 'hex') AND c.kept)
           AS kept,
       EXISTS (SELECT FROM bashu.claim c WHERE c.table_id = $1::integer AND c.digest = decode($2, 'hex')
                                           AND NOT c.kept)
    OR EXISTS (SELECT FROM bashu.known n WHERE n.table_id = $1::integer AND n.digest = decode($2, 'hex') AND n.parked)
           AS parked;

-- name: proof_gaps
-- Origins of which changes may be missing, up to which batch, and in how many batches a change of the record is:
-- what stands in its place has the beginning of the key's digest. $1 digest of the key (hex), $2 whether somebody has
-- erased the record, which no batch need be old for.
SELECT o.name AS origin, coalesce(f.number, 0) AS number,
       (SELECT count(DISTINCT c.number) FROM bashu.chunk c
         WHERE c.origin_id = o.id AND ($2::boolean OR c.number <= f.number)
           AND position(convert_to(E'\t' || left($1, 16) || E'\t-', 'UTF8') IN c.bytes) > 0) AS changes
  FROM bashu.origin o LEFT JOIN bashu.forgotten f ON f.origin_id = o.id
 WHERE $2::boolean OR f.number > 0
 ORDER BY o.name COLLATE "C";
