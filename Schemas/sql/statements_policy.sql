-- Statements about policies.

-- name: policy_tables
-- What a policy is checked against.
--   columns       [{"name", "order", "array"}] that are shared; order: number, time, or NULL for other types
--   foreign_keys  columns of each, ascending by name; checks: columns of each CHECK over several columns
SELECT s.id, s.schema_name, s.table_name, s.key_columns::text AS key_columns,
       (SELECT coalesce(json_agg(json_build_object('name', a.attname,
                   'order', CASE WHEN b.oid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype,
                                                'float4'::regtype, 'float8'::regtype) THEN 'number'
                                 WHEN b.oid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
                                 THEN 'time' END,
                   'array', b.typcategory = 'A') ORDER BY a.attnum), '[]')
          FROM pg_attribute a
         CROSS JOIN LATERAL (
               WITH RECURSIVE base AS (
                   SELECT t.oid, t.typcategory, t.typtype, t.typbasetype FROM pg_type t WHERE t.oid = a.atttypid
                   UNION ALL
                   SELECT t.oid, t.typcategory, t.typtype, t.typbasetype
                     FROM base d JOIN pg_type t ON d.typtype = 'd' AND t.oid = d.typbasetype)
               SELECT base.oid, base.typcategory FROM base WHERE base.typtype <> 'd') b
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
           AND a.attname <> ALL (s.excluded))::text AS columns,
       (SELECT coalesce(json_agg((SELECT json_agg(a.attname ORDER BY a.attname COLLATE "C") FROM pg_attribute a
                                   WHERE a.attrelid = c.oid AND a.attnum = ANY (f.conkey)) ORDER BY f.conname), '[]')
          FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f')::text AS foreign_keys,
       (SELECT coalesce(json_agg((SELECT json_agg(a.attname ORDER BY a.attname COLLATE "C") FROM pg_attribute a
                                   WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey)) ORDER BY k.conname), '[]')
          FROM pg_constraint k
         WHERE k.conrelid = c.oid AND k.contype = 'c' AND cardinality(k.conkey) > 1)::text AS checks
  FROM bashu.shared_table s
  JOIN pg_namespace n ON n.nspname = s.schema_name
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.table_name
 ORDER BY s.schema_name COLLATE "C", s.table_name COLLATE "C";

-- name: policy_regions
-- Regions that are known here.
SELECT n.region FROM bashu.node n WHERE n.kind = 'region'
UNION SELECT o.region FROM bashu.origin o
UNION SELECT l.peer_node ->> 'region' FROM bashu.link l
 WHERE l.peer_node ->> 'kind' = 'region' AND l.peer_node ->> 'region' IS NOT NULL;

-- name: policy_lock
LOCK TABLE bashu.policy IN SHARE ROW EXCLUSIVE MODE;

-- name: policy_rows
SELECT s.id, s.schema_name, s.table_name, p.policy::text AS policy, coalesce(p.evaluated, true) AS evaluated,
       coalesce(p.version, 0) AS version, (extract(epoch FROM p.applied_at) * 1e6)::bigint AS applied_at, p.applied_by
  FROM bashu.shared_table s LEFT JOIN bashu.policy p ON p.table_id = s.id
 ORDER BY s.schema_name COLLATE "C", s.table_name COLLATE "C";

-- name: policy_store
-- $1 table, $2 policy, $3 fingerprint, $4 fingerprints of its groups, $5 version, $6 who, NULL: this login,
-- $7 fingerprint of the default, which a table without a row has.
INSERT INTO bashu.policy AS p (table_id, policy, fingerprint, groups, evaluated, version, applied_by)
VALUES ($1::integer, $2::jsonb, $3, $4::jsonb, $3 = $7, $5::bigint, coalesce($6, session_user))
    ON CONFLICT (table_id) DO UPDATE
   SET policy = excluded.policy, fingerprint = excluded.fingerprint, groups = excluded.groups,
       evaluated = p.evaluated AND p.fingerprint = excluded.fingerprint, version = excluded.version,
       applied_at = clock_timestamp(), applied_by = excluded.applied_by;

-- name: policy_contested
-- Keys of these tables whose row, or a case of it, a policy may have decided: closed cases too, so that every region
-- tells them in the same way, whenever it applied their changes; and rows of other tables that are kept or parked
-- because of rows of these. $1: tables.
SELECT k.table_id, encode(k.digest, 'hex') AS digest, k.key
  FROM (SELECT n.table_id, n.digest, n.key FROM bashu.known n WHERE n.table_id = ANY ($1::integer[])
        UNION SELECT c.table_id, c.digest, c.key FROM bashu.conflict_case c WHERE c.table_id = ANY ($1::integer[])
        UNION SELECT m.table_id, m.digest, m.key FROM bashu.claim m
               WHERE m.table_id = ANY ($1::integer[]) OR m.blocker_table = ANY ($1::integer[])) k
 ORDER BY k.table_id, k.digest;

-- name: policy_evaluated
-- $1 tables, $2 the version that they were projected with.
UPDATE bashu.policy SET evaluated = true WHERE table_id = ANY ($1::integer[]) AND version = $2::bigint;

-- name: policy_cases_close
-- Cases of rows just projected again from their whole history that the policy does not know: of another group, or
-- such as only a person could close.
DELETE FROM bashu.conflict_case f USING pg_temp.apply_change s
 WHERE s.last AND f.table_id = s.table_id AND f.digest = s.digest
   AND NOT EXISTS (SELECT FROM pg_temp.apply_case c
                    WHERE c.table_id = f.table_id AND c.digest = f.digest
                      AND c.column_group = f.column_group AND c.closed_by = f.closed_by);

-- name: policy_adopts
-- The one peer from which a replica takes its policy, by a link or else by files; no row: this is no replica.
SELECT coalesce((SELECT min(p.name COLLATE "C") FROM bashu.peer p WHERE p.conninfo IS NOT NULL AND NOT p.paused),
                (SELECT min(p.name COLLATE "C") FROM bashu.peer p WHERE p.login LIKE 'file:%')) AS peer
  FROM bashu.node n WHERE n.kind = 'replica';

-- name: feed_policy
SELECT schema_name, table_name, fingerprint, policy::text FROM bashu.feed_policy_v1();

-- name: policy_log
-- Every change of the keys in the log, without their bytes. $1 table, $2 digests (hex).
SELECT encode(c.digest, 'hex') AS digest, o.name AS origin, c.origin_id, c.number, c.position, c.part, c.start,
       c.length
  FROM bashu.change c JOIN bashu.origin o ON o.id = c.origin_id
 WHERE c.table_id = $1::integer
   AND c.digest = ANY (array(SELECT decode(d, 'hex') FROM unnest($2::text[]) d))
 ORDER BY c.digest, c.hlc;
