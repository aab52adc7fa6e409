-- What no constraint can hold: each row is right by itself, and together they cannot be. For people to look at;
-- nothing is changed by it. A view for each kind, and reader.alarm over all of them.

-- Halves of joint standards that differ in what they must share.
CREATE OR REPLACE VIEW reader.alarm_joint AS
SELECT 'joint_halves_differ' AS alarm, j.std_id_50 AS std_id, j.number_50 AS number, j.std_id_51 AS other_std_id,
    j.number_51 AS other_number, '联合标准两半不一致：' || array_to_string(j.differing, '、') AS detail_zh,
    'the halves of a joint standard differ in: ' || array_to_string(j.differing, ', ') AS detail_en,
    NULL::text AS home_region
FROM reader.joint_standard j
WHERE j.differing <> '{}' AND j.std_id_50 IS NOT NULL AND j.std_id_51 IS NOT NULL;

-- Two editions of one number in force at the same time, and none replaces the other. An enterprise's number means
-- something only together with the enterprise.
CREATE OR REPLACE VIEW reader.alarm_editions AS
WITH numbered AS (
    SELECT s.std_id, s.number_raw, s.home_region, s.issue_date, s.number_year,
        lag(s.std_id) OVER w AS other_std_id, lag(s.number_raw) OVER w AS other_number
    FROM catalogue.standard s
    CROSS JOIN LATERAL catalogue.status_of(
        s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date, catalogue.today()) e
    WHERE s.number_serial IS NOT NULL AND e.effective = 'current'
        -- An amendment of an ISO standard has the number of what it amends.
        AND s.number_norm !~ '/(AMD|COR) '
    WINDOW w AS (PARTITION BY s.kind, s.issuer_code, s.number_code, s.number_serial, s.number_part
        ORDER BY s.number_year, s.issue_date, s.std_id)
)
SELECT 'two_current_editions' AS alarm, n.std_id, n.number_raw AS number, n.other_std_id, n.other_number,
    '两个版次同时现行：' || n.other_number || ' 与 ' || n.number_raw AS detail_zh,
    'two editions are in force at once: ' || n.other_number || ' and ' || n.number_raw AS detail_en, n.home_region
FROM numbered n
WHERE n.other_std_id IS NOT NULL AND NOT EXISTS (SELECT FROM catalogue.replacement r
    WHERE (r.old_std_id, r.new_std_id) IN ((n.std_id, n.other_std_id), (n.other_std_id, n.std_id)));

-- Standards that by their replacements come after themselves. Only what is both old and new can be in a cycle.
CREATE OR REPLACE VIEW reader.alarm_cycle AS
WITH RECURSIVE edge AS (
    SELECT r.old_std_id AS old, r.new_std_id AS new FROM catalogue.replacement r
    WHERE EXISTS (SELECT FROM catalogue.replacement b WHERE b.new_std_id = r.old_std_id)
        AND EXISTS (SELECT FROM catalogue.replacement a WHERE a.old_std_id = r.new_std_id)
), reach (start, first, id) AS (
    SELECT e.old, e.new, e.new FROM edge e
    UNION
    SELECT r.start, r.first, e.new FROM reach r JOIN edge e ON e.old = r.id WHERE r.id <> r.start
)
SELECT 'replacement_cycle' AS alarm, s.std_id, s.number_raw AS number, o.std_id AS other_std_id,
    o.number_raw AS other_number, '代替关系成环：' || s.number_raw || ' 被 ' || o.number_raw || ' 代替，而后者又早于前者'
        AS detail_zh,
    'a cycle of replacements: ' || s.number_raw || ' is replaced by ' || o.number_raw || ', which comes before it'
        AS detail_en, s.home_region
FROM reach c JOIN catalogue.standard s ON s.std_id = c.start JOIN catalogue.standard o ON o.std_id = c.first
WHERE c.id = c.start;

-- Moves that the log shows; see reader.status_moves.
CREATE OR REPLACE VIEW reader.alarm_move AS
SELECT CASE m.move WHEN 'abolished_again_valid' THEN 'illegal_status_move' ELSE 'issue_date_after_filing' END AS alarm,
    s.std_id, s.number_raw AS number, NULL::uuid AS other_std_id, NULL::text AS other_number,
    CASE m.move WHEN 'abolished_again_valid' THEN '已废止的标准又变为有效' ELSE '备案后更改了发布日期' END
        || '（' || m.origin || ' 批次 ' || m.number || '，' || coalesce(m."session_user", '?') || '）' AS detail_zh,
    CASE m.move WHEN 'abolished_again_valid' THEN 'an abolished standard was made valid again'
        ELSE 'the date of issue was changed after filing' END
        || ' (' || m.origin || ' batch ' || m.number || ', ' || coalesce(m."session_user", '?') || ')' AS detail_en,
    s.home_region
FROM reader.status_moves() m JOIN catalogue.standard s ON s.std_id = m.std_id;

-- Standards and pilots in force that cite what is not: 引用已废止. An undated reference means whatever edition is
-- in force, so it is reported only where none is.
CREATE OR REPLACE VIEW reader.alarm_citation AS
WITH cited AS (
    SELECT r.std_id, r.number_norm, r.number_raw, r.dated, t.std_id AS target
    FROM catalogue.normative_reference r
    JOIN catalogue.standard t ON t.number_norm = r.number_norm
)
SELECT 'cites_withdrawn' AS alarm, s.std_id, s.number_raw AS number, t.std_id AS other_std_id,
    t.number_raw AS other_number, '引用已废止：' || t.number_raw AS detail_zh,
    'cites ' || t.number_raw || ', which is abolished' AS detail_en, s.home_region
FROM cited c
JOIN catalogue.standard t ON t.std_id = c.target
CROSS JOIN LATERAL catalogue.status_of(
    t.std_id, t.status, t.issue_date, t.implement_date, t.abolish_date, catalogue.today()) et
JOIN catalogue.standard s ON s.std_id = c.std_id
CROSS JOIN LATERAL catalogue.status_of(
    s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date, catalogue.today()) es
WHERE et.effective = 'abolished' AND es.effective = 'current'
UNION ALL
SELECT 'pilot_cites_withdrawn', t.std_id, t.number_raw, NULL, NULL, '试点项目“' || p.name_zh || '”引用已废止：'
        || t.number_raw, 'pilot “' || p.name_zh || '” uses ' || t.number_raw || ', which is abolished', p.home_region
FROM catalogue.pilot_standard x
JOIN catalogue.pilot_project p ON p.pilot_id = x.pilot_id
JOIN catalogue.standard t ON t.std_id = x.std_id
CROSS JOIN LATERAL catalogue.status_of(
    t.std_id, t.status, t.issue_date, t.implement_date, t.abolish_date, catalogue.today()) et
WHERE et.effective = 'abolished' AND (p.ended IS NULL OR p.ended > catalogue.today());

-- What one record says by itself: a number of no known form, a recorded status against its own dates, dates in an
-- order that cannot be, and a date of issue other than its announcement's.
CREATE OR REPLACE VIEW reader.alarm_record AS
SELECT x.alarm, s.std_id, s.number_raw AS number, NULL::uuid AS other_std_id, NULL::text AS other_number,
    x.zh AS detail_zh, x.en AS detail_en, s.home_region
FROM catalogue.standard s
LEFT JOIN catalogue.announcement a ON a.announcement_id = s.announcement_id
CROSS JOIN LATERAL (
    SELECT 'number_form' AS alarm, '编号不符合任何已知格式：' || s.number_raw AS zh,
        'the number fits no known form: ' || s.number_raw AS en
    WHERE s.number_form IS NULL
    UNION ALL
    SELECT 'status_against_dates', '登记状态与日期矛盾：' || s.status, 'the recorded status contradicts the dates: '
        || s.status
    WHERE s.status = 'abolished' AND s.abolish_date > catalogue.today()
        OR s.status IN ('current', 'newer_edition', 'upcoming', 'planned') AND s.abolish_date <= catalogue.today()
        OR s.status IN ('current', 'newer_edition') AND s.implement_date > catalogue.today()
        OR s.status = 'planned' AND s.issue_date <= catalogue.today()
    UNION ALL
    SELECT 'date_order', '日期先后矛盾：发布 ' || coalesce(s.issue_date::text, '-') || '，实施 '
            || coalesce(s.implement_date::text, '-') || '，废止 ' || coalesce(s.abolish_date::text, '-'),
        'dates in an order that cannot be: issued ' || coalesce(s.issue_date::text, '-') || ', in force from '
            || coalesce(s.implement_date::text, '-') || ', abolished ' || coalesce(s.abolish_date::text, '-')
    WHERE s.implement_date < s.issue_date OR s.abolish_date < s.issue_date
    UNION ALL
    SELECT 'announcement_date', '发布日期 ' || s.issue_date || ' 与公告日期 ' || a.issue_date || ' 不符',
        'issued on ' || s.issue_date || ', but the announcement is of ' || a.issue_date
    WHERE s.issue_date <> a.issue_date AND (s.abolish_date IS NULL OR s.abolish_date <> a.issue_date)) x;

-- All alarms. home_region: who has to look.
CREATE OR REPLACE VIEW reader.alarm AS
SELECT * FROM reader.alarm_joint
UNION ALL SELECT * FROM reader.alarm_editions
UNION ALL SELECT * FROM reader.alarm_cycle
UNION ALL SELECT * FROM reader.alarm_move
UNION ALL SELECT * FROM reader.alarm_citation
UNION ALL SELECT * FROM reader.alarm_record;
COMMENT ON VIEW reader.alarm IS
    '需人工核对的业务告警 / What no constraint can hold: for people to look at';

-- How many alarms there are of each kind.
CREATE OR REPLACE VIEW reader.alarm_count AS
SELECT a.alarm, a.home_region, count(*) AS alarms FROM reader.alarm a GROUP BY a.alarm, a.home_region;
COMMENT ON VIEW reader.alarm_count IS '各类告警的数量 / How many alarms there are of each kind';
