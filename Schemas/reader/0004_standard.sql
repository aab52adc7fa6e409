-- Standards: finding them, their status on a day, and what belongs together.

-- A row of an answer of a search. A view without rows, so that columns may be added later.
CREATE OR REPLACE VIEW reader.search_hit AS
SELECT NULL::uuid AS std_id, NULL::text AS number, NULL::text AS title_zh, NULL::text AS title_en, NULL::text AS kind,
    NULL::text AS status, NULL::date AS implement_date, NULL::boolean AS disputed, NULL::integer AS score
WHERE false;
COMMENT ON VIEW reader.search_hit IS '检索结果的字段 / The columns of an answer of a search';

-- Search by words or by a number typed loosely; see catalogue.search. The order is the answer's.
CREATE OR REPLACE FUNCTION reader.search(query text, day date DEFAULT catalogue.today(), kind text DEFAULT NULL,
    region text DEFAULT NULL, ics text DEFAULT NULL, ccs text DEFAULT NULL, in_force boolean DEFAULT NULL,
    max_rows integer DEFAULT 20, skip integer DEFAULT 0)
RETURNS SETOF reader.search_hit
LANGUAGE sql STABLE
AS $$
    SELECT h.std_id, h.number, h.title_zh, h.title_en, h.kind, h.status, h.implement_date,
        reader.is_disputed(h.std_id), h.score
    FROM catalogue.search($1, $2, $3, $4, $5, $6, $7, $8, $9)
        WITH ORDINALITY h (std_id, number, title_zh, title_en, kind, status, implement_date, score, place)
    ORDER BY h.place
$$;
COMMENT ON FUNCTION reader.search(text, date, text, text, text, text, boolean, integer, integer) IS
    '按词或编号检索标准 / Search for standards by words or by number';

-- Standards whose number begins with what was typed, in the order of code, serial, part, and year from the newest.
CREATE OR REPLACE FUNCTION reader.find_number(typed text, max_rows integer DEFAULT 20)
RETURNS SETOF reader.search_hit
LANGUAGE sql STABLE
AS $$
    SELECT s.std_id, s.number_raw, s.title_zh, s.title_en, s.kind, e.effective, s.implement_date,
        reader.is_disputed(s.std_id), 400
    FROM catalogue.number_matches($1, $2) WITH ORDINALITY n (std_id, place)
    JOIN catalogue.standard s ON s.std_id = n.std_id
    CROSS JOIN LATERAL catalogue.status_of(
        s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date, catalogue.today()) e
    ORDER BY n.place
$$;
COMMENT ON FUNCTION reader.find_number(text, integer) IS '按编号前缀查找 / Standards by the beginning of their number';

-- The standards that a number as published or an identifier means: one, as a rule. A number without its year means
-- every edition, a former number the record that had it.
CREATE OR REPLACE FUNCTION reader.standards_of(number_or_id text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE AS $$
DECLARE
    norm CONSTANT text := catalogue.normalize_number(number_or_id);
    parts record;
BEGIN
    IF number_or_id ~ '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$' THEN
        RETURN QUERY SELECT s.std_id FROM catalogue.standard s WHERE s.std_id = number_or_id::uuid;
        RETURN;
    END IF;
    RETURN QUERY SELECT s.std_id FROM catalogue.standard s WHERE s.number_norm = norm ORDER BY s.std_id;
    IF NOT FOUND THEN
        RETURN QUERY SELECT h.std_id FROM catalogue.number_history h WHERE h.number_norm = norm ORDER BY h.std_id;
    END IF;
    IF NOT FOUND THEN
        -- Whatever year stands in the place of the missing one.
        SELECT * INTO parts FROM catalogue.number_parts(catalogue.normalize_number(number_or_id || '-2000'));
        RETURN QUERY SELECT s.std_id FROM catalogue.standard s
            WHERE s.number_code COLLATE "C" = parts.code AND s.number_serial = parts.serial
                AND s.number_part IS NOT DISTINCT FROM parts.part
            ORDER BY s.number_year DESC, s.std_id;
    END IF;
END
$$;
COMMENT ON FUNCTION reader.standards_of(text) IS
    '编号或标识所指的标准 / The standards that a number or an identifier means';

-- How many standards a classification has, code by code, and how many of them are in force on the day. prefix: a
-- code and all below it; NULL: all.
CREATE OR REPLACE FUNCTION reader.classification(scheme text, prefix text DEFAULT NULL,
    day date DEFAULT catalogue.today())
RETURNS TABLE (code text, standards bigint, in_force bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    list CONSTANT text := CASE scheme WHEN 'ics' THEN 'ics' WHEN 'ccs' THEN 'ccs' END;
    wanted CONSTANT text := nullif(CASE WHEN scheme = 'ics'
        THEN regexp_replace(prefix, '[^0-9.]|[.]$', '', 'g')
        ELSE regexp_replace(upper(prefix COLLATE "C"), '[^A-Z0-9]', '', 'g') END, '');
BEGIN
    IF list IS NULL THEN
        RAISE EXCEPTION 'there is no classification "%"', scheme USING ERRCODE = '22023', HINT = 'ics or ccs.';
    END IF;
    RETURN QUERY EXECUTE format('SELECT c.%1$I, count(*), count(*) FILTER (WHERE e.effective = ''current'') '
        'FROM catalogue.%2$I c JOIN catalogue.standard s ON s.std_id = c.std_id, '
        'LATERAL catalogue.status_of(s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date, $1) e '
        'WHERE %3$s GROUP BY c.%1$I ORDER BY c.%1$I COLLATE "C"', list, 'standard_' || list,
        CASE WHEN wanted IS NULL THEN 'true'
            WHEN list = 'ics' THEN format('(c.ics = %L OR c.ics LIKE %L)', wanted, wanted || '.%')
            ELSE format('c.ccs LIKE %L', wanted || '%') END)
        USING coalesce(day, catalogue.today());
END
$$;
COMMENT ON FUNCTION reader.classification(text, text, date) IS
    '按国际或中国标准分类统计 / How many standards a classification has, code by code';

-- The status of a standard on a day, with the dates that it follows from.
CREATE OR REPLACE FUNCTION reader.status_at(number_or_id text, day date DEFAULT catalogue.today())
RETURNS TABLE (std_id uuid, number text, status text, newer_edition boolean, issue_date date, implement_date date,
    abolish_date date, abolish_reason text, announcement text)
LANGUAGE sql STABLE
AS $$
    SELECT s.std_id, s.number_raw, e.effective, e.newer_edition, s.issue_date, s.implement_date, s.abolish_date,
        s.abolish_reason, a.number_text
    FROM reader.standards_of($1) f (std_id)
    JOIN catalogue.standard s ON s.std_id = f.std_id
    CROSS JOIN LATERAL catalogue.status_of(s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date,
        coalesce($2, catalogue.today())) e
    LEFT JOIN catalogue.announcement a ON a.announcement_id = s.announcement_id
    ORDER BY s.number_year DESC NULLS LAST, s.std_id
$$;

-- The catalogue as of today for readers, with the words for the codes in both languages.
CREATE OR REPLACE VIEW reader.standard AS
SELECT s.std_id, s.number_raw AS number, s.title_zh, s.title_en, s.kind, k.zh AS kind_zh, k.en AS kind_en,
    s.nature, n.zh AS nature_zh, n.en AS nature_en, e.effective AS status, t.zh AS status_zh, t.en AS status_en,
    e.newer_edition, s.issue_date, s.implement_date, s.abolish_date, s.home_region, s.record_no, s.joint_group_id,
    s.number_form IS NOT NULL AS number_fits,
    EXISTS (SELECT FROM reader.dispute d WHERE d.std_id = s.std_id) AS disputed
FROM catalogue.standard s
CROSS JOIN LATERAL catalogue.status_of(
    s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date, catalogue.today()) e
LEFT JOIN catalogue.code_label k ON k.list = 'kind' AND k.code = s.kind
LEFT JOIN catalogue.code_label n ON n.list = 'nature' AND n.code = s.nature
LEFT JOIN catalogue.code_label t ON t.list = 'effective_status' AND t.code = e.effective;
COMMENT ON VIEW reader.standard IS
    '今日标准目录，含中英文代码名称与争议标记 / The catalogue as of today, with words in both languages and the mark of dispute';
