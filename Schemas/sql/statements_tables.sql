-- Statements about the shared tables.

-- name: tables_all
SELECT s.id FROM bashu.shared_table s ORDER BY s.schema_name COLLATE "C", s.table_name COLLATE "C";

-- name: tables_info
-- What statements about a table need beyond its shape.
--   unique_columns  columns of unique indexes other than the primary key
--   identity_always columns that an UPDATE must not name
--   uniques         unique indexes other than the primary key, as far as all their columns are shared
--   foreign_keys    foreign keys to the primary keys of shared tables, columns in the order of the parent's key
--   refers          the table refers to others by foreign keys
--   cascades        foreign keys of other tables that would delete or change their rows with a row of this one
SELECT s.id, s.schema_name, s.table_name, c.relkind = 'p' AS partitioned,
       array(SELECT DISTINCT a.attname::text
               FROM pg_index i
              CROSS JOIN LATERAL unnest(i.indkey) k(attnum)
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
              WHERE i.indrelid = c.oid AND i.indisunique AND NOT i.indisprimary)::text AS unique_columns,
       array(SELECT a.attname::text FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attidentity = 'a' AND NOT a.attisdropped)::text AS identity_always,
       (SELECT coalesce(json_agg(json_build_object(
                   'name', ic.relname,
                   'expressions', (SELECT json_agg(pg_get_indexdef(i.indexrelid, k.n, true) ORDER BY k.n)
                                     FROM generate_series(1, i.indnkeyatts::integer) k(n)),
                   'is_plain', NOT EXISTS (SELECT FROM generate_series(0, i.indnkeyatts - 1) k(n)
                                            WHERE i.indkey[k.n] = 0),
                   'predicate', pg_get_expr(i.indpred, i.indrelid),
                   'nulls_not_distinct', coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false),
                   'columns', u.columns) ORDER BY ic.relname COLLATE "C"), '[]')
          FROM pg_index i
          JOIN pg_class ic ON ic.oid = i.indexrelid
         CROSS JOIN LATERAL (
               SELECT json_agg(a.attname ORDER BY a.attnum) AS columns,
                      bool_or(a.attname = ANY (s.excluded)) AS excluded
                 FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0
                  AND (a.attnum = ANY (i.indkey::smallint[])
                       OR EXISTS (SELECT FROM pg_depend d
                                   WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                                     AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
                                     AND d.refobjsubid = a.attnum))) u
         WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND NOT i.indisprimary
           AND NOT u.excluded)::text AS uniques,
       (SELECT coalesce(json_agg(json_build_object(
                   'name', f.conname, 'parent', ps.id,
                   'columns', (SELECT json_agg(a.attname ORDER BY array_position(ps.key_columns, pa.attname::text))
                                 FROM unnest(f.conkey, f.confkey) k(child, parent)
                                 JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.child
                                 JOIN pg_attribute pa ON pa.attrelid = f.confrelid AND pa.attnum = k.parent))
                   ORDER BY f.conname COLLATE "C"), '[]')
          FROM pg_constraint f
          JOIN bashu.shared_table ps ON ps.relid = f.confrelid
         WHERE f.conrelid = c.oid AND f.contype = 'f'
           AND (SELECT array_agg(pa.attname::text ORDER BY pa.attname)
                  FROM unnest(f.confkey) k(attnum)
                  JOIN pg_attribute pa ON pa.attrelid = f.confrelid AND pa.attnum = k.attnum)
             = (SELECT array_agg(k.name ORDER BY k.name) FROM unnest(ps.key_columns) k(name)))::text AS foreign_keys,
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
