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
