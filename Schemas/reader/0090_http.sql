-- What the pages over HTTP need beside the functions for readers: the history of one record, and the words for
-- columns and codes.

-- A field of a line of the log as text; NULL for the NULL of COPY.
CREATE OR REPLACE FUNCTION reader.field_text(field text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN CASE
    WHEN field = '\N' THEN NULL
    WHEN strpos(field, '\') = 0 THEN field
    -- A backslash that is meant as such waits as a character that no text of PostgreSQL's can begin with here.
    ELSE replace(replace(replace(replace(replace(replace(replace(replace(field,
        '\\', E'\x01'), '\t', E'\t'), '\n', E'\n'), '\r', E'\r'), '\b', E'\b'), '\f', E'\f'), '\v', E'\x0b'),
        E'\x01', '\')
END;
COMMENT ON FUNCTION reader.field_text(text) IS
    '日志字段的文本值 / A field of a line of the log as text';

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
            string_to_array(convert_from(substring(k.bytes FROM c.start + 1 FOR c.length), 'UTF8'), E'\t') AS f
        FROM bashu.shared_table t
        JOIN bashu.change c ON c.table_id = t.id
            AND c.digest = substring(sha256(convert_to(ARRAY[history.std_id::text]::text, 'UTF8')) FOR 16)
        JOIN bashu.origin o ON o.id = c.origin_id
        JOIN bashu.shape s ON s.id = c.shape_id
        JOIN bashu.chunk k ON k.origin_id = c.origin_id AND k.number = c.number AND k.part = c.part
        WHERE t.schema_name = 'catalogue' AND t.table_name = 'standard'
        ORDER BY c.hlc DESC, o.name COLLATE "C", c.number DESC, c.position DESC
        LIMIT history.max_rows
    ), change AS (
        SELECT l.*, rtrim(l.f[1]) AS word, array_length(l.columns, 1) AS width,
            -- The image begins after the key; a ruling has its reason and its case before it.
            CASE WHEN l.f[1] = 'ruling' THEN 10 ELSE 8 END AS before,
            CASE WHEN l.f[1] IN ('insert', 'blind') THEN (SELECT array_agg(n) FROM generate_subscripts(l.columns, 1) n)
                WHEN l.f[1] IN ('update', 'ruling') THEN ARRAY(
                    SELECT w::integer + 1 FROM regexp_split_to_table(l.f[3], ',') WITH ORDINALITY x (w, n)
                    WHERE w ~ '^[0-9]+$' ORDER BY n)
            END AS written
        FROM line l
    )
    SELECT c.name, c.region, c.number, c.position, to_timestamp(c.hlc / 1000000.0), c.word, c.columns[w.ordinal],
        CASE WHEN c.word = 'update' THEN reader.field_text(c.f[c.before + c.width + w.n::integer]) END,
        reader.field_text(c.f[c.before + w.ordinal]),
        reader.field_text(c.f[5]), reader.field_text(c.f[6]),
        CASE WHEN c.word = 'ruling' THEN reader.field_text(c.f[9]) END
    FROM change c LEFT JOIN LATERAL unnest(c.written) WITH ORDINALITY w (ordinal, n) ON true
    WHERE w.ordinal IS NULL OR c.word NOT IN ('insert', 'blind') OR c.f[c.before + w.ordinal] <> '\N'
    ORDER BY c.hlc DESC, c.name COLLATE "C", c.number DESC, c.position DESC, w.n
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
