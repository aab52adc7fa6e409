-- Reading the log: what changed, and who says so.

-- One line of the log, taken apart (see Sources/Replication/Format/ChangeLine.swift). image: all columns after the
-- change; old: what the written columns were, of an update only.
CREATE OR REPLACE FUNCTION reader.decode(line text, columns text[],
    OUT word text, OUT who text, OUT actor text, OUT key text, OUT written text[], OUT image jsonb, OUT old jsonb)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    f CONSTANT text[] := string_to_array(line, E'\t');
    width CONSTANT integer := cardinality(columns);
    start CONSTANT integer := CASE WHEN f[1] = 'ruling' THEN 10 ELSE 8 END;
BEGIN
    word := f[1];
    IF word = 'gone' THEN
        RETURN;
    END IF;
    who := bashu.copy_text(f[5]);
    actor := bashu.copy_text(f[6]);
    key := bashu.copy_text(f[8]);
    IF word IN ('insert', 'blind') THEN
        written := columns;
    ELSE
        written := ARRAY(SELECT columns[o::integer + 1]
            FROM unnest(string_to_array(f[3], ',')) WITH ORDINALITY x (o, n) WHERE o ~ '^[0-9]+$' ORDER BY n);
    END IF;
    IF word IN ('insert', 'blind', 'update', 'ruling') AND cardinality(f) >= start + width THEN
        image := (SELECT jsonb_object_agg(columns[i], bashu.copy_text(f[start + i])) FROM generate_series(1, width) i);
    END IF;
    IF word = 'update' THEN
        old := (SELECT jsonb_object_agg(c, bashu.copy_text(f[start + width + n::integer]))
            FROM unnest(written) WITH ORDINALITY x (c, n));
    END IF;
END
$$;

-- What has changed since a position, oldest batch first for each origin in turn: only what is applied here.
--   since   {"ORIGIN": number}: batches up to there are known; '{}': from the beginning
--   after   the cursor of the last row that was read; NULL: the first page. The order never changes, and what is
--           applied meanwhile is behind the cursor or on a later page of its own origin.
-- kind: insert, update, delete, ruling (a person's decision), erasure. old and new: written columns only; values
-- as text. announcement: the number of the one that the standard is published by, after the change.
CREATE OR REPLACE FUNCTION reader.changes(since jsonb, max_rows integer DEFAULT 100, after jsonb DEFAULT NULL)
RETURNS TABLE (cursor jsonb, origin text, region text, number bigint, "position" integer, committed_at timestamptz,
    table_name text, key text, std_id uuid, kind text, columns text[], old jsonb, new jsonb, announcement text,
    "session_user" text, actor text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH page AS (
        SELECT o.name, o.region, c.* FROM bashu.origin o
        JOIN bashu.applied a ON a.origin_id = o.id
        CROSS JOIN LATERAL (
            SELECT k.* FROM bashu.change k
            WHERE k.origin_id = o.id AND k.number <= a.number
                -- From where the index goes on: after the cursor in its origin, after `since` in the others.
                AND (k.number, k.position) > (
                    CASE WHEN o.name = changes.after ->> 'origin' THEN (changes.after ->> 'number')::bigint
                        ELSE coalesce((changes.since ->> o.name)::bigint, 0) END,
                    CASE WHEN o.name = changes.after ->> 'origin' THEN (changes.after ->> 'position')::integer
                        ELSE 2147483647 END)
            ORDER BY k.origin_id, k.number, k.position LIMIT changes.max_rows) c
        WHERE changes.after IS NULL OR o.name >= changes.after ->> 'origin' COLLATE "C"
        ORDER BY o.name, c.number, c.position
        LIMIT changes.max_rows
    )
    SELECT jsonb_build_object('origin', p.name, 'number', p.number, 'position', p.position),
        p.name, p.region, p.number, p.position, to_timestamp(p.hlc / 1000000.0), s.table_name, d.key,
        CASE WHEN s.key_columns[1] IN ('std_id', 'old_std_id') THEN ((d.key::text[])[1])::uuid
            ELSE (d.image ->> 'std_id')::uuid END,
        CASE d.word WHEN 'blind' THEN 'insert' ELSE d.word END,
        d.written, d.old,
        (SELECT jsonb_object_agg(w, d.image -> w) FROM unnest(d.written) w
            WHERE d.word NOT IN ('insert', 'blind') OR d.image ->> w IS NOT NULL),
        (SELECT n.number_text FROM catalogue.announcement n
            WHERE n.announcement_id = (d.image ->> 'announcement_id')::uuid),
        d.who, d.actor
    FROM page p
    JOIN bashu.shape s ON s.id = p.shape_id
    JOIN bashu.chunk k ON k.origin_id = p.origin_id AND k.number = p.number AND k.part = p.part
    CROSS JOIN LATERAL reader.decode(
        convert_from(substring(k.bytes FROM p.start + 1 FOR p.length), 'UTF8'), s.columns) d
    WHERE d.word <> 'gone'
    ORDER BY p.name, p.number, p.position
$$;
COMMENT ON FUNCTION reader.changes(jsonb, integer, jsonb) IS
    '自某一位置以来的变更，可分页 / What has changed since a position, in pages';

-- Who says so: the published change that one column of one row has its value from, and the values that lost against
-- it. table_name: of schema catalogue; key: as reader.changes gives it, or the identifier alone.
-- No row: nothing published has written it.
CREATE OR REPLACE FUNCTION reader.provenance(table_name text, key text, column_name text)
RETURNS TABLE (value text, origin text, region text, "session_user" text, actor text, batch bigint,
    "position" integer, written_at timestamptz, losing jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH target AS (
        SELECT t.id, substring(sha256(convert_to(k.text, 'UTF8')) FOR 16) AS digest
        FROM bashu.shared_table t,
            LATERAL (SELECT CASE WHEN provenance.key LIKE '{%' THEN provenance.key
                ELSE ARRAY[provenance.key]::text END AS text) k
        WHERE t.schema_name = 'catalogue' AND t.table_name = provenance.table_name
    ), contested AS (
        SELECT c.state, c.closed_by, c.candidates, c.winner FROM target t
        JOIN bashu.conflict_case c ON c.table_id = t.id AND c.digest = t.digest
        WHERE EXISTS (SELECT FROM jsonb_array_elements(c.candidates) x
            WHERE x -> 'values' ? provenance.column_name)
    ), written AS (
        SELECT o.name, o.region, c.number, c.position, c.hlc, d.who, d.actor, d.image
        FROM target t
        JOIN bashu.change c ON c.table_id = t.id AND c.digest = t.digest
        JOIN bashu.origin o ON o.id = c.origin_id
        JOIN bashu.applied a ON a.origin_id = o.id AND a.number >= c.number
        JOIN bashu.shape s ON s.id = c.shape_id
        JOIN bashu.chunk k ON k.origin_id = c.origin_id AND k.number = c.number AND k.part = c.part
        CROSS JOIN LATERAL reader.decode(
            convert_from(substring(k.bytes FROM c.start + 1 FOR c.length), 'UTF8'), s.columns) d
        WHERE provenance.column_name = ANY (d.written)
    ), winner AS (
        -- Where writes had not seen each other the rules say who wins; else the last one does.
        SELECT w.* FROM written w
        LEFT JOIN contested c ON c.closed_by = '' AND c.state IN ('open', 'decided')
            AND c.candidates -> c.winner ->> 'origin' = w.name
            AND (c.candidates -> c.winner ->> 'number')::bigint = w.number
            AND (c.candidates -> c.winner ->> 'position')::integer = w.position
        ORDER BY c.winner IS NOT NULL DESC, w.hlc DESC, w.name COLLATE "C" DESC, w.number DESC, w.position DESC
        LIMIT 1
    )
    SELECT w.image ->> provenance.column_name, w.name, w.region, w.who, w.actor, w.number, w.position,
        to_timestamp(w.hlc / 1000000.0),
        (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object(
                'value', x.candidate -> 'values' -> provenance.column_name, 'origin', x.candidate -> 'origin',
                'number', x.candidate -> 'number', 'position', x.candidate -> 'position',
                'session_user', x.candidate -> 'user', 'actor', x.candidate -> 'actor', 'state', c.state)), '[]')
            FROM contested c, jsonb_array_elements(c.candidates) WITH ORDINALITY x (candidate, n)
            WHERE x.candidate -> 'values' ? provenance.column_name
                AND (x.candidate ->> 'origin', x.candidate ->> 'number', x.candidate ->> 'position')
                    IS DISTINCT FROM (w.name, w.number::text, w.position::text))
    FROM winner w
$$;
COMMENT ON FUNCTION reader.provenance(text, text, text) IS
    '某条记录某一字段的来源与落选值 / Who says so for one field of one record, and the values that lost';

-- Moves of standards that the rules of publishing do not know: an abolished standard that is not abolished any more,
-- and a date of issue that changed after filing. Of changes by writers since `since`; decisions by persons on a
-- case are corrections with a reason, and are not listed.
CREATE OR REPLACE FUNCTION reader.status_moves(since timestamptz DEFAULT now() - interval '366 days')
RETURNS TABLE (std_id uuid, move text, old jsonb, new jsonb, origin text, region text, number bigint,
    "position" integer, committed_at timestamptz, "session_user" text, actor text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH shape AS (
        SELECT s.id, s.columns, ARRAY(SELECT (x.n - 1)::text FROM unnest(s.columns) WITH ORDINALITY x (c, n)
            WHERE x.c IN ('status', 'abolish_date', 'issue_date')) AS watched
        FROM bashu.shape s WHERE s.schema_name = 'catalogue' AND s.table_name = 'standard'
    ), moved AS (
        SELECT o.name, o.region, c.number, c.position, c.hlc, d.*
        FROM bashu.shared_table t
        JOIN bashu.change c ON c.table_id = t.id AND c.kind = 'u'
            AND c.hlc >= (extract(epoch FROM status_moves.since) * 1000000)::bigint
        JOIN shape s ON s.id = c.shape_id AND string_to_array(c.written, ',') && s.watched
        JOIN bashu.origin o ON o.id = c.origin_id
        JOIN bashu.applied a ON a.origin_id = o.id AND a.number >= c.number
        JOIN bashu.chunk k ON k.origin_id = c.origin_id AND k.number = c.number AND k.part = c.part
        CROSS JOIN LATERAL reader.decode(
            convert_from(substring(k.bytes FROM c.start + 1 FOR c.length), 'UTF8'), s.columns) d
        WHERE t.schema_name = 'catalogue' AND t.table_name = 'standard' AND d.word = 'update'
    )
    SELECT (m.image ->> 'std_id')::uuid, x.move, m.old, m.image, m.name, m.region, m.number, m.position,
        to_timestamp(m.hlc / 1000000.0), m.who, m.actor
    FROM moved m CROSS JOIN LATERAL (
        SELECT 'abolished_again_valid' AS move
        WHERE m.old ->> 'status' = 'abolished' AND m.image ->> 'status' IS DISTINCT FROM 'abolished'
            OR m.old ->> 'abolish_date' IS NOT NULL AND m.image ->> 'abolish_date' IS NULL
        UNION ALL
        SELECT 'issue_date_after_filing'
        WHERE m.old ->> 'issue_date' IS NOT NULL AND m.old ->> 'issue_date' <> coalesce(m.image ->> 'issue_date', '')
            AND (m.image ->> 'record_no' IS NOT NULL OR m.image ->> 'record_date' IS NOT NULL)) x
$$;
COMMENT ON FUNCTION reader.status_moves(timestamptz) IS
    '不合规的状态变动：废止后恢复、备案后改发布日期 / Illegal moves: abolished and valid again, a date of issue changed after filing';
