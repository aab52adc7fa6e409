-- What standards have to do with each other: editions, joint halves, references.

-- All editions that a standard is linked with by replacement, oldest first. step: from 1; extent: how this edition
-- replaces an earlier one (full before partial), NULL for the first; cycle: by its replacements it comes after
-- itself, which nobody can have meant.
CREATE OR REPLACE FUNCTION reader.replacement_chain(number_or_id text)
RETURNS TABLE (step bigint, std_id uuid, number text, title_zh text, status text, issue_date date,
    implement_date date, abolish_date date, extent text, cycle boolean)
LANGUAGE sql STABLE
AS $$
    -- UNION keeps each standard once, so a cycle ends the walk instead of going round.
    WITH RECURSIVE linked (id) AS (
        SELECT f FROM reader.standards_of($1) f
        UNION
        SELECT CASE WHEN r.old_std_id = l.id THEN r.new_std_id ELSE r.old_std_id END
        FROM linked l JOIN catalogue.replacement r ON r.old_std_id = l.id OR r.new_std_id = l.id
    ), later (start, id) AS (
        SELECT l.id, r.new_std_id FROM linked l JOIN catalogue.replacement r ON r.old_std_id = l.id
        UNION
        SELECT l.start, r.new_std_id FROM later l JOIN catalogue.replacement r ON r.old_std_id = l.id
    )
    SELECT row_number() OVER w, s.std_id, s.number_raw, s.title_zh, e.effective, s.issue_date, s.implement_date,
        s.abolish_date, (SELECT min(r.extent) FROM catalogue.replacement r WHERE r.new_std_id = s.std_id),
        EXISTS (SELECT FROM later c WHERE c.start = s.std_id AND c.id = s.std_id)
    FROM linked l JOIN catalogue.standard s ON s.std_id = l.id
    CROSS JOIN LATERAL catalogue.status_of(
        s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date, catalogue.today()) e
    -- An edition has fewer later ones than those before it; dates alone may be missing.
    WINDOW w AS (ORDER BY (SELECT count(*) FROM later c WHERE c.start = s.std_id) DESC,
        coalesce(s.issue_date, s.implement_date), s.number_year, s.number_raw COLLATE "C", s.std_id)
    ORDER BY 1
$$;
COMMENT ON FUNCTION reader.replacement_chain(text) IS
    '代替链：各版次，由旧到新 / The editions linked by replacement, oldest first';

-- What must be equal in both halves of a joint standard and is not: names of fields.
CREATE OR REPLACE FUNCTION reader.joint_differences(one uuid, other uuid) RETURNS text[]
LANGUAGE sql STABLE
AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN a.title_zh IS DISTINCT FROM b.title_zh THEN 'title_zh' END,
        CASE WHEN a.title_en IS DISTINCT FROM b.title_en THEN 'title_en' END,
        CASE WHEN a.issue_date IS DISTINCT FROM b.issue_date THEN 'issue_date' END,
        CASE WHEN a.implement_date IS DISTINCT FROM b.implement_date THEN 'implement_date' END,
        CASE WHEN a.abolish_date IS DISTINCT FROM b.abolish_date THEN 'abolish_date' END,
        CASE WHEN (a.status = 'abolished') IS DISTINCT FROM (b.status = 'abolished') THEN 'status' END,
        CASE WHEN ARRAY(SELECT i.ics COLLATE "C" FROM catalogue.standard_ics i WHERE i.std_id = one ORDER BY 1)
            <> ARRAY(SELECT i.ics COLLATE "C" FROM catalogue.standard_ics i WHERE i.std_id = other ORDER BY 1)
            THEN 'ics' END,
        CASE WHEN ARRAY(SELECT c.ccs COLLATE "C" FROM catalogue.standard_ccs c WHERE c.std_id = one ORDER BY 1)
            <> ARRAY(SELECT c.ccs COLLATE "C" FROM catalogue.standard_ccs c WHERE c.std_id = other ORDER BY 1)
            THEN 'ccs' END,
        CASE WHEN ARRAY(SELECT d.org_id FROM catalogue.drafting_org d WHERE d.std_id = one ORDER BY d.rank, 1)
            <> ARRAY(SELECT d.org_id FROM catalogue.drafting_org d WHERE d.std_id = other ORDER BY d.rank, 1)
            THEN 'drafting_org' END,
        CASE WHEN ARRAY(SELECT m.amendment_no FROM catalogue.amendment m WHERE m.std_id = one ORDER BY 1)
            <> ARRAY(SELECT m.amendment_no FROM catalogue.amendment m WHERE m.std_id = other ORDER BY 1)
            THEN 'amendment' END], NULL)
    FROM catalogue.standard a, catalogue.standard b WHERE a.std_id = one AND b.std_id = other
$$;

-- Joint standards of Chongqing and Sichuan with both halves. differing: empty where they agree, {missing} where one
-- half is not in the catalogue.
CREATE OR REPLACE VIEW reader.joint_standard AS
SELECT g.joint_group_id, coalesce(g.title_zh, a.title_zh, b.title_zh) AS title_zh, a.number_raw AS number_50,
    b.number_raw AS number_51, a.record_no AS record_no_50, b.record_no AS record_no_51, a.std_id AS std_id_50,
    b.std_id AS std_id_51, coalesce(reader.joint_differences(a.std_id, b.std_id), '{missing}') AS differing
FROM catalogue.joint_group g
LEFT JOIN catalogue.standard a ON a.joint_group_id = g.joint_group_id AND a.home_region = '50'
LEFT JOIN catalogue.standard b ON b.joint_group_id = g.joint_group_id AND b.home_region = '51';
COMMENT ON VIEW reader.joint_standard IS
    '川渝联合标准及其两半是否一致 / Joint standards of Chongqing and Sichuan, and whether their halves agree';

-- Whether what a standard cites is in force on the day. An undated reference means the newest edition. std_id NULL:
-- what is cited is not in the catalogue. successor: the newest edition that replaces it, where it is not in force.
CREATE OR REPLACE FUNCTION reader.reference_status(number_or_id text, day date DEFAULT catalogue.today())
RETURNS TABLE (number text, cited text, dated boolean, title text, std_id uuid, status text, in_force boolean,
    successor_std_id uuid, successor text)
LANGUAGE sql STABLE
AS $$
    SELECT s.number_raw, r.number_raw, r.dated, coalesce(t.title_zh, r.title), t.std_id, t.effective,
        t.effective = 'current', n.std_id, n.number_raw
    FROM reader.standards_of($1) f (std_id)
    JOIN catalogue.standard s ON s.std_id = f.std_id
    JOIN catalogue.normative_reference r ON r.std_id = s.std_id
    LEFT JOIN LATERAL (
        SELECT c.std_id, c.title_zh, e.effective
        FROM reader.standards_of(r.number_norm) x (std_id)
        JOIN catalogue.standard c ON c.std_id = x.std_id
        CROSS JOIN LATERAL catalogue.status_of(c.std_id, c.status, c.issue_date, c.implement_date, c.abolish_date,
            coalesce($2, catalogue.today())) e
        ORDER BY e.effective = 'current' DESC, c.number_year DESC NULLS LAST, c.std_id LIMIT 1) t ON true
    LEFT JOIN LATERAL (
        SELECT c.std_id, c.number_raw FROM catalogue.replacement p
        JOIN catalogue.standard c ON c.std_id = p.new_std_id
        WHERE p.old_std_id = t.std_id AND t.effective <> 'current'
        ORDER BY p.extent, c.issue_date DESC NULLS LAST, c.std_id LIMIT 1) n ON true
    ORDER BY r.number_norm COLLATE "C"
$$;
COMMENT ON FUNCTION reader.reference_status(text, date) IS
    '规范性引用文件是否现行 / Whether what a standard cites is in force';
