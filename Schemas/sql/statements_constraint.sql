-- Statements of the unique and foreign-key rule, as apply uses them.

-- name: constraint_temp
-- What the staged rows claim, and the keys that this draws into the set.
CREATE TEMP TABLE IF NOT EXISTS apply_value (
    table_id     integer NOT NULL,
    digest       bytea NOT NULL,
    rule         text COLLATE "C" NOT NULL,
    value        text NOT NULL
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS apply_touched (
    table_id     integer NOT NULL,
    digest       bytea NOT NULL,
    key          text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS apply_claim (
    table_id     integer NOT NULL,
    digest       bytea NOT NULL,
    key          text NOT NULL,
    rule         text COLLATE "C" NOT NULL,
    kept         boolean NOT NULL,
    value        text,
    blocker_table integer,
    blocker      bytea
) ON COMMIT DELETE ROWS;

-- name: constraint_any_claim
-- Whether a row that is parked or kept may be concerned by changes of tables $1. $2: those, and the tables that refer
-- to them.
SELECT EXISTS (SELECT FROM bashu.claim c
                WHERE c.table_id = ANY ($2::integer[]) OR c.blocker_table = ANY ($1::integer[]));

-- name: constraint_set_size
SELECT count(*) FROM pg_temp.apply_change;

-- name: constraint_clear
DELETE FROM pg_temp.apply_value;

-- name: constraint_clear_touched
DELETE FROM pg_temp.apply_touched;

-- name: constraint_touch_same
-- Two staged rows with one value.
INSERT INTO pg_temp.apply_touched (table_id, digest)
SELECT v.table_id, v.digest
  FROM (SELECT v.table_id, v.digest, count(*) OVER (PARTITION BY v.table_id, v.rule, v.value) AS n
          FROM pg_temp.apply_value v WHERE v.rule LIKE 'unique:%') v
 WHERE v.n > 1;

-- name: constraint_touch_claims
-- A staged row and a row out of its table with one value; and rows that are where they are because of a staged one.
WITH met AS (
    SELECT v.table_id, v.digest, c.digest AS other, c.key
      FROM pg_temp.apply_value v
      JOIN bashu.claim c ON c.table_id = v.table_id AND c.rule = v.rule AND c.digest <> v.digest
                        AND c.value_digest = sha256(convert_to(v.value, 'UTF8'))
     WHERE v.rule LIKE 'unique:%'),
blocked AS (
    SELECT c.table_id, c.digest, c.key
      FROM pg_temp.apply_change s
      JOIN bashu.claim c ON c.blocker_table = s.table_id AND c.blocker = s.digest
     WHERE s.last)
INSERT INTO pg_temp.apply_touched (table_id, digest, key)
SELECT table_id, digest, NULL FROM met UNION ALL
SELECT table_id, other, key FROM met UNION ALL
SELECT table_id, digest, key FROM blocked;

-- name: constraint_touch_parents
-- $1 child table, $2 rule, $3 parent table: staged rows whose parent is staged too and does not stay.
WITH met AS (
    SELECT v.digest, p.digest AS parent
      FROM pg_temp.apply_value v
      JOIN pg_temp.apply_change p ON p.table_id = $3::integer AND p.key = v.value AND p.last
     WHERE v.table_id = $1::integer AND v.rule = $2 AND (p.op = 'd' OR NOT p.plain))
INSERT INTO pg_temp.apply_touched (table_id, digest)
SELECT $1::integer, m.digest FROM met m UNION ALL SELECT $3::integer, m.parent FROM met m;

-- name: constraint_touch_children
-- $1 child table, $2 rule, $3 parent table: rows out of their table, or kept in it, that refer to rows of the set
-- which may leave theirs.
INSERT INTO pg_temp.apply_touched (table_id, digest, key)
SELECT c.table_id, c.digest, c.key
  FROM pg_temp.apply_change s
  JOIN bashu.claim c ON c.table_id = $1::integer AND c.rule = $2
                    AND c.value_digest = sha256(convert_to(s.key, 'UTF8'))
 WHERE s.table_id = $3::integer AND s.last AND (s.op = 'd' OR NOT s.plain);

-- name: constraint_mark
-- Keys that turn out to need a merge: those in the set, and those that join it. How many.
WITH touched AS (
    SELECT t.table_id, t.digest, max(t.key) AS key FROM pg_temp.apply_touched t GROUP BY 1, 2),
marked AS (
    UPDATE pg_temp.apply_change c SET plain = false
      FROM touched t
     WHERE c.table_id = t.table_id AND c.digest = t.digest AND c.plain
    RETURNING c.table_id),
joined AS (
    INSERT INTO pg_temp.apply_change (table_id, digest, key, op, last, plain, joined)
    SELECT t.table_id, t.digest, t.key, 'm', true, false, true
      FROM touched t
     WHERE t.key IS NOT NULL
       AND NOT EXISTS (SELECT FROM pg_temp.apply_change c WHERE c.table_id = t.table_id AND c.digest = t.digest)
    RETURNING table_id)
SELECT (SELECT count(*) FROM marked) AS marked, (SELECT count(*) FROM joined) AS joined;

-- name: constraint_joined
-- Keys that joined the set and are not merged yet, by table.
SELECT c.table_id, array_agg(c.key ORDER BY c.key COLLATE "C")::text AS keys
  FROM pg_temp.apply_change c WHERE c.joined AND NOT c.merged GROUP BY c.table_id ORDER BY c.table_id;

-- name: constraint_values
-- What the merged rows of the set claim.
SELECT v.table_id, encode(v.digest, 'hex') AS digest, v.rule, v.value
  FROM pg_temp.apply_value v
  JOIN pg_temp.apply_change c ON c.table_id = v.table_id AND c.digest = v.digest AND c.last AND NOT c.plain;

-- name: constraint_ops
-- The verdicts: m in the table, d out of it, p parked (out of it too).
UPDATE pg_temp.apply_change c
   SET op = CASE WHEN u.op = 'm' THEN 'm' ELSE 'd' END::"char", parked = u.op = 'p'
  FROM unnest($1::integer[], $2::text[], $3::text[]) u(table_id, digest, op)
 WHERE c.table_id = u.table_id AND c.digest = decode(u.digest, 'hex') AND c.last;

-- name: constraint_known_forget
DELETE FROM pg_temp.apply_known k
 USING unnest($1::integer[], $2::text[]) u(table_id, digest)
 WHERE k.table_id = u.table_id AND k.digest = decode(u.digest, 'hex');

-- name: constraint_store
DELETE FROM bashu.claim c USING pg_temp.apply_change s
 WHERE NOT s.plain AND s.last AND c.table_id = s.table_id AND c.digest = s.digest;

-- name: constraint_store_claims
INSERT INTO bashu.claim (table_id, digest, key, rule, kept, value, value_digest, blocker_table, blocker)
SELECT c.table_id, c.digest, c.key, c.rule, c.kept, c.value, sha256(convert_to(c.value, 'UTF8')), c.blocker_table,
       c.blocker
  FROM pg_temp.apply_claim c;

-- name: cut_blocked
-- Rows that are out of their tables, or kept in them, because of a row of a cut's page. $1: places in cut_key.
SELECT c.table_id, encode(c.digest, 'hex') AS digest, c.key
  FROM pg_temp.cut_key k
  JOIN bashu.claim c ON c.blocker_table = k.table_id AND c.blocker = k.digest
 WHERE k.ord = ANY ($1::bigint[]);

-- name: cut_parents
-- Rows of a cut's page that rows out of their table refer to: deleted here, where nothing in a table did.
-- $1: places in cut_key.
SELECT DISTINCT k.table_id, encode(k.digest, 'hex') AS digest, k.key
  FROM pg_temp.cut_key k
  JOIN bashu.claim c ON c.rule LIKE 'foreign\_key:%' AND c.value_digest = sha256(convert_to(k.key, 'UTF8'))
 WHERE k.ord = ANY ($1::bigint[]);

-- name: constraint_nullable
-- Columns of a shared table that may be NULL.
SELECT a.attname::text
  FROM bashu.shared_table s
  JOIN pg_attribute a ON a.attrelid = s.relid AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attnotnull
 WHERE s.id = $1::integer;

-- name: constraint_replaceable
-- Whether a row may be deleted and inserted again in one statement: every column is shared, no RESTRICT refers to it.
SELECT s.excluded = '{}'
       AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.confrelid = s.relid AND f.confdeltype = 'r')
  FROM bashu.shared_table s WHERE s.id = $1::integer;

-- name: constraint_staged
-- Which of the keys $2 of table $1 the set is about to put into the table without a merge.
SELECT s.key FROM pg_temp.apply_change s
 WHERE s.table_id = $1::integer AND s.key = ANY ($2::text[]) AND s.last AND s.plain AND s.op IN ('i', 'u', 'm');
