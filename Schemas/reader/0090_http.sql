-- What the pages over HTTP need beside the functions for readers: the history of one record, and the words for
-- columns and codes.

-- Every published change of one record of catalogue.standard, newest first, one row for each column written; a
-- change without columns (a deletion, an erasure) is one row with column_name NULL.
--
-- old_value is NULL where the change does not say (a new record, a decision by a person) and where it was NULL.
-- Tables touched: shared_table, change, chunk, shape, batch, origin (read).
CREATE OR REPLACE FUNCTION reader.history(std_id uuid, max_rows integer DEFAULT 200)
RETURNS TABLE (origin text, region text, number bigint, "position" integer, committed_at timestamptz, kind text,
    column_name text, old_value text, new_value text, "session_user" text, actor text, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH line AS (
        SELECT o.name, o.region, c.number, c.position, c.hlc, s.columns,
            convert_from(substring(k.bytes FROM c.start + 1 FOR c.length), 'UTF8') AS text
        FROM bashu.shared_table t
        JOIN bashu.change c ON c.table_id = t.id
            AND c.digest = substring(sha256(convert_to(ARRAY[history.std_id::text]::text, 'UTF8')) FOR 16)
        JOIN bashu.origin o ON o.id = c.origin_id
        JOIN bashu.applied a ON a.origin_id = o.id AND a.number >= c.number
        JOIN bashu.shape s ON s.id = c.shape_id
        JOIN bashu.chunk k ON k.origin_id = c.origin_id AND k.number = c.number AND k.part = c.part
        WHERE t.schema_name = 'catalogue' AND t.table_name = 'standard'
        ORDER BY c.hlc DESC, o.name COLLATE "C", c.number DESC, c.position DESC
        LIMIT history.max_rows
    )
    SELECT l.name, l.region, l.number, l.position, to_timestamp(l.hlc / 1000000.0), split_part(l.text, E'\t', 1),
        w.name, d.old ->> w.name, d.image ->> w.name, d.who, d.actor,
        CASE WHEN d.word IN ('ruling', 'erasure') THEN bashu.copy_text(split_part(l.text, E'\t', 9)) END
    FROM line l
    -- What stands in the place of an erased change has no fields.
    LEFT JOIN LATERAL reader.decode(l.text, l.columns) d ON l.text NOT LIKE 'gone%'
    LEFT JOIN LATERAL unnest(d.written) WITH ORDINALITY w (name, n) ON true
    WHERE w.name IS NULL OR d.word NOT IN ('insert', 'blind') OR d.image ->> w.name IS NOT NULL
    ORDER BY l.hlc DESC, l.name COLLATE "C", l.number DESC, l.position DESC, w.n
$$;
COMMENT ON FUNCTION reader.history(uuid, integer) IS
    '一条标准记录的变更历史，新者在前 / The published changes of one record, newest first';

-- The comments of the catalogue's tables and columns, which are their names for people.
CREATE OR REPLACE VIEW reader.label AS
SELECT c.relname::text AS table_name, a.attname::text AS column_name,
    regexp_replace(split_part(d.description, ' / ', 1), '^\[[^]]*\] *', '') AS zh,
    regexp_replace(split_part(d.description, ' / ', 2), '^\[[^]]*\] *', '') AS en
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
WHERE c.relnamespace = 'catalogue'::regnamespace AND c.relkind IN ('r', 'p');
COMMENT ON VIEW reader.label IS
    '各表各字段的中英文名称；column_name 为空者是表名 / Names of tables and columns; those of tables have no column_name';

-- The words for the codes.
CREATE OR REPLACE VIEW reader.code_label AS SELECT l.list, l.code, l.zh, l.en FROM catalogue.code_label l;
COMMENT ON VIEW reader.code_label IS '代码的中英文名称 / Words for the codes';
