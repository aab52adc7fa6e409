-- Statements of `bashuctl import` for published lists of standards: see statements_import.sql for the steps.
--
-- A list says what it says and nothing else: an empty field clears nothing, an element that it lacks (an ICS
-- code, an issuer) is not removed. Several records about one standard become one row: titles, the legal life and
-- the filing each from one record, never mixed, the first that has something; of the legal life one with a date
-- of issue first. What cannot be read is kept in `remarks` as published.
-- Identity (number as published, kind, nature, home) is set when a row is new and never changed by a list.

-- name: import_list_reading_table
CREATE TEMPORARY TABLE import_reading (
    record bigint, extra integer, number_raw text, norm text, std_id uuid, kind text, issuer_code text,
    title_zh text, title_en text, status text, abolish_reason text, issue_date date,
    implement_date date, abolish_date date, record_no text, record_date date, plan_no text, remarks text,
    announcement_id uuid, charge_org_id uuid, jurisdiction_org_id uuid, source text, ics text[], ccs text[]
);
CREATE TEMPORARY TABLE import_org (name text PRIMARY KEY, org_id uuid);
CREATE TEMPORARY TABLE import_role (record bigint, role text, place integer, name text);
CREATE INDEX ON import_role (record);
CREATE TEMPORARY TABLE import_name (record bigint, extra integer, std_id uuid);
CREATE TEMPORARY TABLE import_announcement (name text, issuer text, announcement_id uuid);

-- name: import_list_roles
-- Every body that the list names: as issuer, drafting organisation, in charge, or responsible.
INSERT INTO pg_temp.import_role
SELECT r.record, v.role, x.place, x.name
FROM pg_temp.import_row r
CROSS JOIN LATERAL (VALUES ('issuer', r.issuer), ('drafting', r.drafting_orgs), ('charge', r.charge_dept),
    ('jurisdiction', r.jurisdiction)) v (role, names)
CROSS JOIN LATERAL unnest(catalogue.list_items(regexp_replace(v.names, '</?[A-Za-z][^<>]*>', '', 'g')))
    WITH ORDINALITY x (name, place)
WHERE r.fault IS NULL AND v.names IS NOT NULL;

-- name: import_list_orgs
-- A name that is known, also as an alias, is that organisation; any other one gets the identifier of its name.
INSERT INTO pg_temp.import_org
SELECT d.name, coalesce(
    (SELECT o.org_id FROM catalogue.organization o WHERE o.name_zh = d.name ORDER BY o.org_id LIMIT 1),
    (SELECT a.org_id FROM catalogue.organization_alias a WHERE a.alias = d.name ORDER BY a.org_id LIMIT 1),
    catalogue.organization_id(d.name))
FROM (SELECT DISTINCT name FROM pg_temp.import_role) d;

-- name: import_list_announcements_read
INSERT INTO pg_temp.import_announcement
SELECT d.announcement, d.issuer, catalogue.announcement_id(d.issuer, d.announcement)
FROM (
    SELECT DISTINCT r.announcement, coalesce((catalogue.list_items(r.issuer))[1], '') AS issuer
    FROM pg_temp.import_row r WHERE r.fault IS NULL AND r.announcement IS NOT NULL
) d;

-- name: import_list_reading
-- Records $1 to $2, read. A number that is only named as a replacement is a reading without anything else.
-- The standard is the one that has this number now, or had it; of any other the name of its identifier is returned.
WITH lines AS (
    SELECT r.*, 0 AS extra, regexp_replace(r.number, '</?[A-Za-z][^<>]*>', '', 'g') AS cleaned
    FROM pg_temp.import_row r
    WHERE r.record BETWEEN $1::bigint AND $2::bigint AND r.fault IS NULL AND r.number IS NOT NULL
), mentioned AS (
    SELECT r.record, x.place::integer AS extra,
        btrim(regexp_replace(x.number, '</?[A-Za-z][^<>]*>', '', 'g')) AS cleaned
    FROM lines r
    CROSS JOIN LATERAL (VALUES (0, r.replaced_by), (10000, r.replaces)) v (base, names)
    CROSS JOIN LATERAL (SELECT number, v.base + n AS place FROM unnest(catalogue.list_items(
        translate(v.names, ',，', ';;'))) WITH ORDINALITY y (number, n)) x
    WHERE v.names IS NOT NULL
), read AS MATERIALIZED (
    SELECT l.record, l.extra, l.cleaned, catalogue.normalize_number(l.cleaned) AS norm, coalesce(l.issuer_code, '')
        AS issuer_code
    FROM lines l WHERE btrim(l.cleaned) <> ''
    UNION ALL
    SELECT m.record, m.extra, m.cleaned, catalogue.normalize_number(m.cleaned), ''
    FROM mentioned m WHERE m.cleaned <> ''
), formed AS MATERIALIZED (
    SELECT d.*, catalogue.number_kind(catalogue.number_form(d.norm)) AS kind FROM read d
-- Of words and codes there are few: each is read once.
), ics_read AS MATERIALIZED (
    SELECT d.published, catalogue.ics_codes(d.published) AS codes FROM (SELECT DISTINCT ics AS published FROM lines) d
), ccs_read AS MATERIALIZED (
    SELECT d.published, catalogue.ccs_codes(d.published) AS codes FROM (SELECT DISTINCT ccs AS published FROM lines) d
), status_read AS MATERIALIZED (
    SELECT d.published, p.status, p.abolish_reason FROM (SELECT DISTINCT status AS published FROM lines) d
    CROSS JOIN LATERAL catalogue.parse_status(d.published) p
), parsed AS MATERIALIZED (
    SELECT l.record, i.codes AS ics, k.codes AS ccs, p.status, p.abolish_reason,
        {date_issue_date} AS issue_date,
        {date_implement_date} AS implement_date, {date_abolish_date} AS abolish_date, {date_record_date} AS record_date
    FROM lines l
    LEFT JOIN ics_read i ON i.published = l.ics
    LEFT JOIN ccs_read k ON k.published = l.ccs
    LEFT JOIN status_read p ON p.published = l.status
)
INSERT INTO pg_temp.import_reading
SELECT d.record, d.extra, d.cleaned, d.norm,
    coalesce(
        (SELECT s.std_id FROM catalogue.standard s
            WHERE s.number_norm = d.norm AND s.issuer_code = d.issuer_code ORDER BY s.std_id LIMIT 1),
        (SELECT h.std_id FROM catalogue.number_history h WHERE h.number_norm = d.norm ORDER BY h.std_id LIMIT 1)),
    d.kind, d.issuer_code, {markup_title_zh}, {markup_title_en}, c.status, c.abolish_reason, c.issue_date,
    c.implement_date, c.abolish_date, l.record_no, c.record_date, l.plan_no,
    nullif(concat_ws('；',
        CASE WHEN l.status IS NOT NULL AND c.status IS NULL THEN '状态: ' || l.status END,
        CASE WHEN c.issue_date IS NULL THEN '发布日期: ' || l.issue_date END,
        CASE WHEN c.implement_date IS NULL THEN '实施日期: ' || l.implement_date END,
        CASE WHEN c.abolish_date IS NULL THEN '废止日期: ' || l.abolish_date END,
        CASE WHEN c.record_date IS NULL THEN '备案日期: ' || l.record_date END,
        CASE WHEN l.ics !~ '[0-9]{2}' OR c.ics = '{}' THEN 'ICS: ' || l.ics END,
        CASE WHEN c.ccs = '{}' THEN 'CCS: ' || l.ccs END), ''),
    (SELECT a.announcement_id FROM pg_temp.import_announcement a
        WHERE a.name = l.announcement AND a.issuer = coalesce((catalogue.list_items(l.issuer))[1], '')),
    (SELECT o.org_id FROM pg_temp.import_role b JOIN pg_temp.import_org o ON o.name = b.name
        WHERE l.charge_dept IS NOT NULL AND b.record = l.record AND b.role = 'charge' AND b.place = 1),
    (SELECT o.org_id FROM pg_temp.import_role b JOIN pg_temp.import_org o ON o.name = b.name
        WHERE l.jurisdiction IS NOT NULL AND b.record = l.record AND b.role = 'jurisdiction' AND b.place = 1),
    l.source,
    coalesce(c.ics, '{}') || CASE WHEN l.ccs ~ 'ICS' THEN catalogue.ics_codes(l.ccs) ELSE '{}' END,
    coalesce(c.ccs, '{}')
FROM formed d
LEFT JOIN lines l ON d.extra = 0 AND l.record = d.record
LEFT JOIN parsed c ON d.extra = 0 AND c.record = d.record
RETURNING record, extra, CASE WHEN std_id IS NULL THEN concat_ws('|', 'standard', kind, issuer_code, norm) END AS name;

-- name: import_list_name
-- The identifiers that the program has derived from the names (catalogue.standard_id gives the same, but SHA-1 in SQL
-- takes longer than all the rest of a record).
UPDATE pg_temp.import_reading r SET std_id = n.std_id
FROM pg_temp.import_name n
WHERE r.std_id IS NULL AND r.record = n.record AND r.extra = n.extra;

-- name: import_list_no_number
INSERT INTO pg_temp.import_reject
SELECT r.record, 'noNumber', '' FROM pg_temp.import_row r
WHERE r.fault IS NULL
    AND NOT EXISTS (SELECT FROM pg_temp.import_reading d WHERE d.record = r.record AND d.extra = 0);

-- name: import_list_read
CREATE INDEX ON pg_temp.import_reading (record, extra);
CREATE INDEX ON pg_temp.import_reading (std_id);
ANALYZE pg_temp.import_reading, pg_temp.import_role;

-- name: import_list_merge
-- One row for each standard. $1: the state of the source, or NULL. $2: the source where a record names none.
WITH chosen AS (
    SELECT std_id, min(record) AS first,
        (array_agg(record ORDER BY record) FILTER (WHERE title_zh IS NOT NULL OR title_en IS NOT NULL))[1] AS t,
        (array_agg(record ORDER BY issue_date IS NULL, record) FILTER (WHERE status IS NOT NULL
            OR issue_date IS NOT NULL OR implement_date IS NOT NULL OR abolish_date IS NOT NULL))[1] AS l,
        (array_agg(record ORDER BY record) FILTER (WHERE record_no IS NOT NULL))[1] AS f,
        (array_agg(announcement_id ORDER BY record) FILTER (WHERE announcement_id IS NOT NULL))[1] AS announcement_id,
        (array_agg(plan_no ORDER BY record) FILTER (WHERE plan_no IS NOT NULL))[1] AS plan_no,
        (array_agg(charge_org_id ORDER BY record) FILTER (WHERE charge_org_id IS NOT NULL))[1] AS charge_org_id,
        (array_agg(jurisdiction_org_id ORDER BY record) FILTER (WHERE jurisdiction_org_id IS NOT NULL))[1]
            AS jurisdiction_org_id,
        (array_agg(source ORDER BY record) FILTER (WHERE source IS NOT NULL))[1] AS source,
        string_agg(DISTINCT remarks, '；') AS remarks
    FROM pg_temp.import_reading WHERE extra = 0 GROUP BY std_id
)
INSERT INTO pg_temp.import_new (record, std_id, number_raw, kind, nature, issuer_code, home_region, title_zh, title_en,
    status, issue_date, implement_date, abolish_date, abolish_reason, announcement_id, record_no, record_date, plan_no,
    charge_org_id, jurisdiction_org_id, remarks, source, source_asof, source_hash)
SELECT i.record, i.std_id, i.number_raw, i.kind,
    -- What only a new row needs is worked out for new rows only.
    CASE WHEN known.std_id IS NULL THEN catalogue.number_nature(i.norm) END, i.issuer_code,
    CASE WHEN known.std_id IS NULL THEN catalogue.number_region(i.norm, i.issuer_code) END, t.title_zh, t.title_en,
    l.status, l.issue_date, l.implement_date, l.abolish_date, l.abolish_reason, c.announcement_id,
    f.record_no, f.record_date, c.plan_no, c.charge_org_id, c.jurisdiction_org_id, c.remarks,
    coalesce(c.source, $2), $1::timestamptz,
    sha256(convert_to(ROW(i.norm, t.title_zh, t.title_en, l.status, l.issue_date, l.implement_date, l.abolish_date,
        l.abolish_reason, f.record_no, f.record_date, c.plan_no, c.remarks)::text, 'UTF8'))
FROM chosen c
JOIN pg_temp.import_reading i ON i.record = c.first AND i.extra = 0
LEFT JOIN catalogue.standard known ON known.std_id = c.std_id
LEFT JOIN pg_temp.import_reading t ON t.record = c.t AND t.extra = 0
LEFT JOIN pg_temp.import_reading l ON l.record = c.l AND l.extra = 0
LEFT JOIN pg_temp.import_reading f ON f.record = c.f AND f.extra = 0
ORDER BY i.record;

-- name: import_list_warnings
-- What could not be read, and records that say otherwise than the one that was taken.
INSERT INTO pg_temp.import_warning
SELECT record, 'unread', remarks FROM pg_temp.import_reading WHERE extra = 0 AND remarks IS NOT NULL
UNION ALL
SELECT record, 'unfit', number_raw FROM pg_temp.import_reading
WHERE extra = 0 AND catalogue.number_form(norm) IS NULL
UNION ALL
SELECT d.record, 'otherwise', concat_ws('；',
    CASE WHEN title.differs THEN d.title_zh || ' ≠ ' || n.title_zh END,
    CASE WHEN d.status <> n.status THEN d.status || ' ≠ ' || n.status END,
    CASE WHEN d.issue_date <> n.issue_date THEN d.issue_date || ' ≠ ' || n.issue_date END,
    CASE WHEN d.implement_date <> n.implement_date THEN d.implement_date || ' ≠ ' || n.implement_date END,
    CASE WHEN d.abolish_date <> n.abolish_date THEN d.abolish_date || ' ≠ ' || n.abolish_date END)
FROM pg_temp.import_reading d JOIN pg_temp.import_new n ON n.std_id = d.std_id AND n.record <> d.record
CROSS JOIN LATERAL (
    -- Blanks and the width of signs are typography.
    SELECT d.title_zh <> n.title_zh AND regexp_replace(normalize(d.title_zh, NFKC), '\s+', '', 'g')
        <> regexp_replace(normalize(n.title_zh, NFKC), '\s+', '', 'g') AS differs
) title
WHERE d.extra = 0 AND (title.differs OR d.status <> n.status OR d.issue_date <> n.issue_date
    OR d.implement_date <> n.implement_date OR d.abolish_date <> n.abolish_date);
