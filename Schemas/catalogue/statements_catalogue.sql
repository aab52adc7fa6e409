-- Statements of installing and checking the catalogue.

-- name: catalogue_state
SELECT to_regnamespace('catalogue') IS NOT NULL AS present,
       to_regclass('catalogue.migration') IS NOT NULL AS recorded,
       to_regclass('bashu.freshness') IS NOT NULL AS has_bashu;

-- name: catalogue_memory
-- Which files of the catalogue have been run here.
CREATE TABLE catalogue.migration (
    name         text PRIMARY KEY,
    installed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE catalogue.migration IS
    '安装记录：已执行的安装文件（不共享） / Which files have been run here; not shared';
COMMENT ON COLUMN catalogue.migration.name IS '[key] 文件名 / Name of the file';
COMMENT ON COLUMN catalogue.migration.installed_at IS '[-] 执行时间 / When it was run';

-- name: catalogue_ran
SELECT m.name FROM catalogue.migration m;

-- name: catalogue_run
INSERT INTO catalogue.migration (name) VALUES ($1);

-- name: catalogue_tables
-- The tables that are to be shared, parents before children, with the columns that stay local: their comment begins
-- with [local].
WITH RECURSIVE tables AS (
    SELECT c.oid, c.relname::text AS name FROM pg_class c
     WHERE c.relnamespace = 'catalogue'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname NOT IN ('code_label', 'confirmed', 'migration')),
levels AS (
    SELECT t.oid, 0 AS level FROM tables t
    UNION
    SELECT f.conrelid, l.level + 1 FROM levels l
      JOIN pg_constraint f ON f.contype = 'f' AND f.confrelid = l.oid AND f.conrelid <> f.confrelid
     WHERE l.level < 30)
SELECT t.name,
       array(SELECT a.attname::text FROM pg_attribute a
              WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
                AND col_description(t.oid, a.attnum) LIKE '[local]%' ORDER BY a.attnum)::text AS local_columns
  FROM tables t JOIN levels l ON l.oid = t.oid
 WHERE NOT EXISTS (SELECT FROM bashu.shared_table s WHERE s.schema_name = 'catalogue' AND s.table_name = t.name)
 GROUP BY t.oid, t.name
 ORDER BY max(l.level), t.name COLLATE "C";

-- name: catalogue_alarms
SELECT a.alarm, coalesce(a.number, '') AS number, coalesce(a.other_number, '') AS other_number, a.detail_zh,
       a.detail_en, a.std_id::text AS std_id, a.other_std_id::text AS other_std_id,
       coalesce(a.home_region, '') AS home_region
  FROM reader.alarm a
 WHERE $1::text IS NULL OR a.alarm = $1
 ORDER BY a.alarm, a.number;
