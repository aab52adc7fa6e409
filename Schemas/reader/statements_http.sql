-- What the server for readers sends. Every row of an answer comes as one JSON object; those who page ask for one
-- row more than they show. Nothing here writes, and nothing reads anything but the schema "reader".

-- name: http_role
-- Why the role of this session may not be used by readers; no row when it may. Roles that it could turn into count.
SELECT CASE WHEN bool_or(r.rolsuper) THEN 'is a superuser, or may become one' ELSE 'may write' END AS reason,
       current_user AS role, min(c.oid::regclass::text COLLATE "C") AS relation
  FROM pg_roles r
  LEFT JOIN pg_class c ON c.relkind IN ('r', 'p', 'v')
       AND c.relnamespace IN (SELECT n.oid FROM pg_namespace n WHERE n.nspname IN ('catalogue', 'reader', 'bashu'))
       AND has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
 WHERE pg_has_role(current_user, r.oid, 'MEMBER')
   AND (r.rolsuper OR c.oid IS NOT NULL)
HAVING count(*) > 0;

-- name: http_position
-- What is applied here, the day in Beijing, and a name for all that an answer depends on: these two and $1.
SELECT p.position, p.day, encode(sha256(convert_to(p.position || ' ' || p.day || ' ' || $1, 'UTF8')), 'hex') AS tag
  FROM (SELECT reader.position()::text AS position,
               (now() AT TIME ZONE 'Asia/Shanghai')::date::text AS day) p;

-- name: http_alive
SELECT 1;

-- name: http_search
SELECT row_to_json(x)::text FROM (
    SELECT s.std_id, s.number, s.title_zh, s.title_en, s.kind, s.status, s.implement_date, s.disputed
      FROM reader.search($1, $2::date, $3, $4, $5, $6, $7::boolean, $8::integer, $9::integer)
           WITH ORDINALITY s
     ORDER BY s.ordinality) x;

-- name: http_record
SELECT reader.record($1, $2::date)::text;

-- name: http_exists
SELECT EXISTS (SELECT FROM reader.standards_of($1));

-- name: http_status
SELECT row_to_json(x)::text FROM (
    SELECT s.std_id, s.number, s.status, s.newer_edition, s.issue_date, s.implement_date, s.abolish_date,
           s.abolish_reason, s.announcement
      FROM reader.status_at($1, $2::date) WITH ORDINALITY s
     ORDER BY s.ordinality
     LIMIT $3::integer OFFSET $4::integer) x;

-- name: http_replacement_chain
SELECT row_to_json(x)::text FROM (
    SELECT c.step, c.std_id, c.number, c.title_zh, c.status, c.issue_date, c.implement_date, c.abolish_date,
           c.extent, c.cycle
      FROM reader.replacement_chain($1) WITH ORDINALITY c
     ORDER BY c.ordinality LIMIT $2::integer OFFSET $3::integer) x;

-- name: http_references
SELECT row_to_json(x)::text FROM (
    SELECT r.number, r.cited, r.dated, r.title, r.std_id, r.status, r.in_force, r.successor_std_id, r.successor
      FROM reader.reference_status($1, $2::date) WITH ORDINALITY r
     ORDER BY r.ordinality LIMIT $3::integer OFFSET $4::integer) x;

-- name: http_provenance
SELECT row_to_json(x)::text FROM (
    SELECT p.value, p.origin, p.region, p."session_user", p.actor, p.batch, p.position, p.written_at, p.losing
      FROM reader.provenance('standard', (reader.record($1)) ->> 'std_id', $2) p
     LIMIT $3::integer OFFSET $4::integer) x;

-- name: http_changes
SELECT row_to_json(x)::text FROM (
    SELECT c.cursor, c.origin, c.region, c.number, c.position, c.committed_at, c.table_name, c.key, c.std_id, c.kind,
           c.columns, c.old, c.new, c.announcement, c."session_user", c.actor
      FROM reader.changes(coalesce($1::jsonb, '{}'), $2::integer, $3::jsonb) WITH ORDINALITY c
     ORDER BY c.ordinality) x;

-- name: http_history
SELECT row_to_json(x)::text FROM (
    SELECT h.*, to_char(h.committed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') AS local_time
      FROM reader.history($1::uuid) WITH ORDINALITY h
     ORDER BY h.ordinality) x;

-- name: http_page_freshness
SELECT f.region, f.own, CASE WHEN f.through IS NULL THEN -1 ELSE extract(epoch FROM f.age)::bigint END AS age,
       to_char(f.through AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') AS through
  FROM reader.freshness f ORDER BY f.own DESC, f.origin COLLATE "C";

-- name: http_freshness
SELECT row_to_json(x)::text FROM (
    SELECT f.origin, f.region, f.own, f.number, f.through, extract(epoch FROM f.age)::bigint AS age_seconds,
           f.unapplied, f.oldest_unapplied, f.held_because
      FROM reader.freshness f ORDER BY f.own DESC, f.origin COLLATE "C" LIMIT $1::integer OFFSET $2::integer) x;

-- name: http_joint_standards
SELECT row_to_json(x)::text FROM (
    SELECT j.joint_group_id, j.title_zh, j.number_50, j.number_51, j.record_no_50, j.record_no_51, j.std_id_50,
           j.std_id_51, j.differing
      FROM reader.joint_standard j ORDER BY j.joint_group_id LIMIT $1::integer OFFSET $2::integer) x;

-- name: http_classification
SELECT row_to_json(x)::text FROM (
    SELECT c.code, c.standards, c.in_force
      FROM reader.classification($1, $2, $3::date) c
     ORDER BY c.code COLLATE "C" LIMIT $4::integer OFFSET $5::integer) x;

-- name: http_review_due
SELECT row_to_json(x)::text FROM (
    SELECT r.std_id, r.number, r.title_zh, r.age_years, r.jurisdiction, r.last_date, r.due_date, r.days_overdue
      FROM reader.review_due($1, $2::date) WITH ORDINALITY r
     ORDER BY r.ordinality LIMIT $3::integer OFFSET $4::integer) x;

-- name: http_drafting_ranking
SELECT row_to_json(x)::text FROM (
    SELECT r.org_id, r.name_zh, r.kind, r.year, r.standards, r.in_force
      FROM reader.drafting_ranking($1) WITH ORDINALITY r
     ORDER BY r.ordinality LIMIT $2::integer OFFSET $3::integer) x;

-- name: http_alarms
SELECT row_to_json(x)::text FROM (
    SELECT a.alarm, a.std_id, a.number, a.other_std_id, a.other_number, a.detail_zh, a.detail_en, a.home_region
      FROM reader.alarm a
     ORDER BY a.alarm, a.number COLLATE "C", a.std_id, a.other_std_id LIMIT $1::integer OFFSET $2::integer) x;

-- name: http_labels
SELECT table_name, column_name, zh, en FROM reader.label;

-- name: http_codes
SELECT list, code, zh, en FROM reader.code_label;
