-- Statements about the shared tables.

-- name: tables_all
SELECT s.id FROM bashu.shared_table s ORDER BY s.schema_name COLLATE "C", s.table_name COLLATE "C";

-- name: tables_info
-- What statements about a table need beyond its shape.
--   unique_columns  columns of unique indexes other than the primary key
--   identity_always columns that an UPDATE must not name
--   refers          the table refers to others by foreign keys
--   cascades        foreign keys of other tables that would delete or change their rows with a row of this one
SELECT s.id, s.schema_name, s.table_name, c.relkind = 'p' AS partitioned,
       array(SELECT format_type(a.atttypid, a.atttypmod)
               FROM unnest(s.key_columns) WITH ORDINALITY k(name, n)
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = k.name AND NOT a.attisdropped
              ORDER BY k.n)::text AS key_types,
       array(SELECT DISTINCT a.attname::text
               FROM pg_index i
              CROSS JOIN LATERAL unnest(i.indkey) k(attnum)
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
              WHERE i.indrelid = c.oid AND i.indisunique AND NOT i.indisprimary)::text AS unique_columns,
       array(SELECT a.attname::text FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attidentity = 'a' AND NOT a.attisdropped)::text AS identity_always,
       EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f') AS refers,
       (SELECT coalesce(json_agg(json_build_object(
                   'schema', fn.nspname, 'table', fc.relname, 'only', fc.relkind <> 'p',
                   'columns', (SELECT json_agg(a.attname ORDER BY k.n)
                                 FROM unnest(f.conkey) WITH ORDINALITY k(attnum, n)
                                 JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.attnum),
                   'parents', (SELECT json_agg(a.attname ORDER BY k.n)
                                 FROM unnest(f.confkey) WITH ORDINALITY k(attnum, n)
                                 JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.attnum))), '[]')
          FROM pg_constraint f
          JOIN pg_class fc ON fc.oid = f.conrelid
          JOIN pg_namespace fn ON fn.oid = fc.relnamespace
         WHERE f.confrelid = c.oid AND f.contype = 'f' AND f.conparentid = 0
           AND f.confdeltype IN ('c', 'n', 'd'))::text AS cascades
  FROM bashu.shared_table s
  JOIN pg_namespace n ON n.nspname = s.schema_name
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.table_name
 WHERE s.id = ANY ($1::integer[]);

-- name: tables_parents
-- Foreign keys between shared tables, for the order of writing: parents before children.
SELECT DISTINCT child.id AS child, parent.id AS parent
  FROM pg_constraint f
  JOIN bashu.shared_table child ON child.relid = f.conrelid
  JOIN bashu.shared_table parent ON parent.relid = f.confrelid
 WHERE f.contype = 'f' AND child.id <> parent.id;
