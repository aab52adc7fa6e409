-- Sample data, step 3 of 3: from the staging tables into the catalogue.
--
-- A record that is already in the catalogue is left alone: people may have edited it, and loading the same
-- files again writes nothing at all. Several lines about one standard become one row in a way that does not
-- depend on the plan: for each column group the first line, in the order of the file, that has something.
-- Two regions that load the same files get the same rows with the same keys.

-- Every line, read. Numbers that are only named as a replacement are lines without anything else.
CREATE TEMPORARY TABLE reading ON COMMIT DROP AS
WITH lines AS (
    SELECT line, 0 AS extra, number_raw, title_zh, title_en, status, issue_date, implement_date, abolish_date,
        ics, ccs, source
    FROM staging_standard
    WHERE number_raw IS NOT NULL
    UNION ALL
    SELECT s.line, n::integer, r, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, s.source
    FROM staging_standard s, unnest(catalogue.list_items(s.replaced_by)) WITH ORDINALITY x (r, n)
)
SELECT l.line, l.extra, l.number_raw, n.norm, catalogue.standard_id(l.number_raw) AS std_id,
    catalogue.number_kind(catalogue.number_form(n.norm)) AS kind,
    catalogue.number_nature(n.norm) AS nature, catalogue.number_region(n.norm) AS home_region,
    l.title_zh, l.title_en, p.status, p.abolish_reason,
    catalogue.parse_date(l.issue_date) AS issue_date, catalogue.parse_date(l.implement_date) AS implement_date,
    catalogue.parse_date(l.abolish_date) AS abolish_date,
    coalesce(catalogue.ics_codes(l.ics), '{}')
        || CASE WHEN l.ccs ~ 'ICS' THEN catalogue.ics_codes(l.ccs) ELSE '{}' END AS ics,
    coalesce(catalogue.ccs_codes(l.ccs), '{}') AS ccs,
    -- What could not be read is kept, as published.
    nullif(concat_ws('；',
        CASE WHEN l.status IS NOT NULL AND p.status IS NULL THEN '状态: ' || l.status END,
        CASE WHEN catalogue.parse_date(l.issue_date) IS NULL THEN '发布日期: ' || l.issue_date END,
        CASE WHEN catalogue.parse_date(l.implement_date) IS NULL THEN '实施日期: ' || l.implement_date END,
        CASE WHEN catalogue.parse_date(l.abolish_date) IS NULL THEN '废止日期: ' || l.abolish_date END,
        CASE WHEN catalogue.ics_codes(l.ics) = '{}' THEN 'ICS: ' || l.ics END,
        CASE WHEN catalogue.ccs_codes(l.ccs) = '{}' THEN 'CCS: ' || l.ccs END), '') AS remarks,
    l.source
FROM lines l
CROSS JOIN LATERAL (SELECT catalogue.normalize_number(l.number_raw) AS norm) n
LEFT JOIN LATERAL catalogue.parse_status(l.status) p ON true;
CREATE INDEX ON reading (std_id);
ANALYZE reading;

INSERT INTO catalogue.organization (org_id, name_zh, org_type, division_code, home_region)
SELECT DISTINCT ON (org_id) org_id, name_zh, org_type, division_code, home_region
FROM (
    SELECT catalogue.organization_id(name_zh) AS org_id, 1 AS rank, *
    FROM staging_organization
    UNION ALL
    SELECT catalogue.organization_id(name), 2, name, NULL, NULL, NULL, NULL
    FROM staging_standard, unnest(catalogue.list_items(issuer)) name
    UNION ALL
    SELECT catalogue.organization_id(issuer), 3, issuer, NULL, NULL, NULL, NULL
    FROM staging_announcement
) o
ORDER BY org_id, rank, name_zh
ON CONFLICT DO NOTHING;

INSERT INTO catalogue.organization_alias (org_id, alias, alias_type)
SELECT catalogue.organization_id(name_zh), short_name, 'short'
FROM staging_organization WHERE short_name IS NOT NULL
ON CONFLICT DO NOTHING;

INSERT INTO catalogue.announcement (announcement_id, number_text, issuing_org_id, issue_date, standard_count,
    home_region)
SELECT catalogue.announcement_id(a.issuer, a.number_text), a.number_text, o.org_id,
    catalogue.parse_date(a.issue_date), a.standard_count, o.home_region
FROM staging_announcement a
JOIN catalogue.organization o ON o.org_id = catalogue.organization_id(a.issuer)
ON CONFLICT DO NOTHING;

INSERT INTO catalogue.joint_group (joint_group_id, title_zh)
SELECT catalogue.joint_group_id(catalogue.standard_id(member_a), catalogue.standard_id(member_b)), title_zh
FROM staging_joint_group
ON CONFLICT DO NOTHING;

INSERT INTO catalogue.standard (std_id, number_raw, kind, nature, home_region, joint_group_id, title_zh, title_en,
    status, issue_date, implement_date, abolish_date, abolish_reason, remarks, source)
SELECT i.std_id, i.number_raw, i.kind, i.nature, i.home_region, j.joint_group_id, t.title_zh, t.title_en,
    l.status, l.issue_date, l.implement_date, l.abolish_date, l.abolish_reason, m.remarks, i.source
FROM (
    -- A line of its own says more about the number than a mention.
    SELECT DISTINCT ON (std_id) * FROM reading ORDER BY std_id, extra > 0, line, extra
) i
LEFT JOIN LATERAL (
    SELECT title_zh, title_en FROM reading r
    WHERE r.std_id = i.std_id AND (title_zh IS NOT NULL OR title_en IS NOT NULL)
    ORDER BY line LIMIT 1
) t ON true
LEFT JOIN LATERAL (
    -- Never mixed from several lines. Of the lines about its legal life, one with a date of issue first.
    SELECT status, issue_date, implement_date, abolish_date, abolish_reason FROM reading r
    WHERE r.std_id = i.std_id AND (status, issue_date, implement_date, abolish_date) IS DISTINCT FROM
        (NULL::text, NULL::date, NULL::date, NULL::date)
    ORDER BY issue_date IS NULL, line LIMIT 1
) l ON true
LEFT JOIN LATERAL (
    SELECT string_agg(remarks, '；' ORDER BY first) AS remarks
    FROM (SELECT remarks, min(line) AS first FROM reading r
        WHERE r.std_id = i.std_id AND remarks IS NOT NULL GROUP BY remarks) d
) m ON true
LEFT JOIN LATERAL (
    SELECT catalogue.joint_group_id(catalogue.standard_id(member_a), catalogue.standard_id(member_b))
        AS joint_group_id
    FROM staging_joint_group
    WHERE i.std_id IN (catalogue.standard_id(member_a), catalogue.standard_id(member_b))
    ORDER BY 1 LIMIT 1
) j ON true
ON CONFLICT DO NOTHING;

INSERT INTO catalogue.standard_ics (std_id, ics)
SELECT DISTINCT r.std_id, code FROM reading r, unnest(r.ics) code
ON CONFLICT DO NOTHING;

INSERT INTO catalogue.standard_ccs (std_id, ccs)
SELECT DISTINCT r.std_id, code FROM reading r, unnest(r.ccs) code
ON CONFLICT DO NOTHING;

INSERT INTO catalogue.issuing_org (std_id, org_id)
SELECT DISTINCT catalogue.standard_id(s.number_raw), catalogue.organization_id(name)
FROM staging_standard s, unnest(catalogue.list_items(s.issuer)) name
ON CONFLICT DO NOTHING;

INSERT INTO catalogue.replacement (old_std_id, new_std_id)
SELECT DISTINCT catalogue.standard_id(s.number_raw), catalogue.standard_id(r)
FROM staging_standard s, unnest(catalogue.list_items(s.replaced_by)) r
WHERE catalogue.standard_id(s.number_raw) <> catalogue.standard_id(r)
ON CONFLICT DO NOTHING;
