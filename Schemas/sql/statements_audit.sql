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
             FROM bashu.signature s WHERE s.origin_id = b.origin_id AND s.number = b.number) END AS signatures,
       b.previous, b.context::text AS context, (extract(epoch FROM b.cut_at) * 1000000)::bigint AS cut_at
  FROM bashu.batch b
  LEFT JOIN bashu.chunk c ON c.origin_id = b.origin_id AND c.number = b.number
 WHERE b.origin_id = $1::integer AND b.complete
 ORDER BY b.number, c.part;

-- name: audit_erased
-- The beginnings of the names of keys that somebody has erased.
SELECT DISTINCT substring(c.digest FROM 1 FOR 8) AS digest FROM bashu.change c WHERE c.kind = 'e';

-- name: audit_tables
-- Names of the tables that the index of changes knows.
SELECT s.id, s.schema_name, s.table_name FROM bashu.shared_table s
UNION ALL SELECT r.id, r.schema_name, r.table_name FROM bashu.removed_table r;

-- name: audit_shapes
-- Ids of the shapes and of their tables.
SELECT h.id, h.digest, coalesce(s.id, r.id, 0) AS table_id
  FROM bashu.shape h
  LEFT JOIN bashu.shared_table s ON s.schema_name = h.schema_name AND s.table_name = h.table_name
  LEFT JOIN bashu.removed_table r ON r.schema_name = h.schema_name AND r.table_name = h.table_name;

-- name: audit_key_text
-- A record's key, where it is known. $1 table, $2 digest (hex).
SELECT n.key FROM bashu.known n WHERE n.table_id = $1::integer AND n.digest = decode($2, 'hex');

-- name: audit_index
-- The index of an origin's changes, in the order of the log. $1: the origin's id.
SELECT c.number, c.position, c.table_id, c.digest, c.part, c.start, c.length, c.kind::text, c.shape_id, c.written,
       c.hlc
  FROM bashu.change c WHERE c.origin_id = $1::integer ORDER BY c.number, c.position;

-- name: audit_rights
-- Whether the role may make temporary tables, and which shared tables it may read.
SELECT s.id, s.schema_name, s.table_name, s.relid IS NOT NULL AND c.oid IS NOT NULL AS there,
       has_database_privilege(current_database(), 'TEMPORARY') AS temporary,
       coalesce(has_table_privilege(c.oid, 'SELECT'), false)
           AND has_schema_privilege(n.oid, 'USAGE') AS readable
  FROM bashu.shared_table s
  LEFT JOIN pg_namespace n ON n.nspname = s.schema_name
  LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.table_name
 ORDER BY s.schema_name COLLATE "C", s.table_name COLLATE "C";

-- name: audit_temp
-- Records that are not compared with the image of their last change. state: m merged again, o in flight, left out.
CREATE TEMP TABLE IF NOT EXISTS audit_key (
    digest       bytea PRIMARY KEY,
    state        "char" NOT NULL
) ON COMMIT DELETE ROWS;

-- name: audit_marked
-- Whether the table as a whole is in flight. $1 table.
SELECT EXISTS (SELECT FROM bashu.pending p WHERE p.table_id = $1::integer AND p.keys IS NULL) AS marked;

-- name: audit_left_out
-- $1 table.
INSERT INTO pg_temp.audit_key (digest, state)
SELECT substring(sha256(convert_to(u.key, 'UTF8')) FOR 16), 'o'
  FROM bashu.pending p CROSS JOIN LATERAL unnest(p.keys) u(key) WHERE p.table_id = $1::integer
UNION SELECT h.digest, 'o' FROM bashu.held h WHERE h.table_id = $1::integer
UNION SELECT r.digest, 'o' FROM bashu.recheck r WHERE r.table_id = $1::integer;

-- name: audit_merged
-- Records that more than one origin has written, or that a person has ruled on. $1 table; $2 m, or o where those are
-- not projected by the policy of the day yet.
INSERT INTO pg_temp.audit_key (digest, state)
SELECT c.digest, $2::"char" FROM bashu.change c WHERE c.table_id = $1::integer
 GROUP BY c.digest
HAVING min(c.origin_id) <> max(c.origin_id) OR bool_or(c.kind NOT IN ('i', 'u', 'd'))
    ON CONFLICT (digest) DO NOTHING;

-- name: audit_contested
-- Records of which a conflict is recorded that the merge has found. $1 table; $2 as above.
INSERT INTO pg_temp.audit_key (digest, state)
SELECT DISTINCT c.digest, $2::"char" FROM bashu.conflict_case c
 WHERE c.table_id = $1::integer AND NOT (c.column_group = 'kept' OR c.column_group LIKE 'unique:%'
                                         OR c.column_group LIKE 'foreign\_key:%')
    ON CONFLICT (digest) DO NOTHING;

-- name: audit_vanished
-- Records that the history has alive, and that are neither in the table nor to be merged. $1 table.
INSERT INTO pg_temp.audit_key (digest, state)
SELECT g.digest, 'm'
  FROM (SELECT DISTINCT c.digest FROM bashu.change c
         WHERE c.table_id = $1::integer
           AND NOT EXISTS (SELECT FROM pg_temp.cut_key k WHERE k.digest = c.digest)
           AND NOT EXISTS (SELECT FROM pg_temp.audit_key a WHERE a.digest = c.digest)) g
 CROSS JOIN LATERAL (SELECT c.kind FROM bashu.change c
                      WHERE c.table_id = $1::integer AND c.digest = g.digest ORDER BY c.hlc DESC LIMIT 1) l
 WHERE l.kind <> 'd';

-- name: audit_add
-- $1 digests (hex).
INSERT INTO pg_temp.audit_key (digest, state) SELECT decode(d, 'hex'), 'm' FROM unnest($1::text[]) d
    ON CONFLICT (digest) DO NOTHING;

-- name: audit_counts
SELECT count(*) FILTER (WHERE a.state = 'o') AS left_out, count(*) FILTER (WHERE a.state = 'm') AS merged
  FROM pg_temp.audit_key a;

-- name: audit_page
-- The next $2 records to be merged after $1 (hex).
SELECT encode(a.digest, 'hex') AS digest FROM pg_temp.audit_key a
 WHERE a.state = 'm' AND a.digest > decode($1, 'hex') ORDER BY a.digest LIMIT $2::integer;

-- name: audit_cases
-- Which recorded conflicts of these records are not those of their history; those of the unique and the foreign-key
-- rule apart. $1 table, $2 the records' digests (hex); then the conflicts that there must be: $3 digests, $4 keys,
-- $5 groups, $6 closed by, $7 types, $8 states, $9 candidates, $10 winners, $11 rules, $12 whether their candidates are
-- compared too.
SELECT coalesce(e.key, c.key) AS key, coalesce(e.column_group, c.column_group) AS column_group,
       c.digest IS NULL AS missing, e.digest IS NULL AS extra
  FROM (SELECT decode(u.digest, 'hex') AS digest, u.key, u.column_group, u.closed_by, u.type, u.state,
               u.candidates::jsonb AS candidates, u.winner, u.rule, u.exact
          FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                      $10::integer[], $11::text[], $12::boolean[])
               u (digest, key, column_group, closed_by, type, state, candidates, winner, rule, exact)) e
  FULL JOIN (SELECT o.* FROM bashu.conflict_case o
              WHERE o.table_id = $1::integer AND o.digest IN (SELECT decode(d, 'hex') FROM unnest($2::text[]) d)
                AND NOT (o.column_group = 'kept' OR o.column_group LIKE 'unique:%'
                         OR o.column_group LIKE 'foreign\_key:%')) c
    ON c.digest = e.digest AND c.column_group = e.column_group AND c.closed_by = e.closed_by
 WHERE c.digest IS NULL OR e.digest IS NULL OR c.key <> e.key OR c.type <> e.type OR c.state <> e.state
    OR c.winner <> e.winner OR c.rule <> e.rule OR e.exact AND c.candidates <> e.candidates;

-- name: audit_values
-- What the records that are looked at claim.
SELECT v.table_id, encode(v.digest, 'hex') AS digest, v.rule, v.value FROM pg_temp.apply_value v;

-- name: audit_in_flight
-- Rows parked or kept because of one that somebody is writing, that is held, or that is to be projected again.
-- $1 tables, $2 digests (hex).
SELECT c.table_id, encode(c.digest, 'hex') AS digest
  FROM unnest($1::integer[], $2::text[]) u(table_id, digest)
  JOIN bashu.claim c ON c.table_id = u.table_id AND c.digest = decode(u.digest, 'hex')
 WHERE EXISTS (SELECT FROM bashu.recheck r WHERE r.table_id = c.blocker_table AND r.digest = c.blocker)
    OR EXISTS (SELECT FROM bashu.held h WHERE h.table_id = c.blocker_table AND h.digest = c.blocker)
    OR EXISTS (SELECT FROM bashu.pending p
                WHERE p.table_id = c.blocker_table
                  AND (p.keys IS NULL
                       OR EXISTS (SELECT FROM unnest(p.keys) k(key)
                                   WHERE substring(sha256(convert_to(k.key, 'UTF8')) FOR 16) = c.blocker)));

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
