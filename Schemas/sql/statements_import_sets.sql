-- Statements of `bashuctl import` for published lists, step 4: what belongs to a standard besides its own row.
-- Each writes only what is not there. $1: the batch. "live" are the readings of a batch whose row was stored or
-- found equal: an older state of the source adds nothing either.

-- name: import_list_organizations
INSERT INTO catalogue.organization (org_id, name_zh)
SELECT DISTINCT ON (o.org_id) o.org_id, o.name
FROM pg_temp.import_org o
JOIN pg_temp.import_role b ON b.name = o.name
JOIN pg_temp.import_reading d ON d.record = b.record AND d.extra = 0
JOIN pg_temp.import_new n ON n.std_id = d.std_id
JOIN pg_temp.import_state s ON s.record = n.record AND s.batch = $1::integer AND s.state <> 'stale'
WHERE NOT EXISTS (SELECT FROM catalogue.organization x WHERE x.org_id = o.org_id)
ORDER BY o.org_id, o.name
ON CONFLICT DO NOTHING;

-- name: import_list_announcements
INSERT INTO catalogue.announcement (announcement_id, number_text, issuing_org_id)
SELECT DISTINCT ON (a.announcement_id) a.announcement_id, a.name, o.org_id
FROM pg_temp.import_new n
JOIN pg_temp.import_state s ON s.record = n.record AND s.batch = $1::integer AND s.state IN ('new', 'changed')
JOIN pg_temp.import_announcement a ON a.announcement_id = n.announcement_id
LEFT JOIN pg_temp.import_org o ON o.name = a.issuer
WHERE NOT EXISTS (SELECT FROM catalogue.announcement x WHERE x.announcement_id = a.announcement_id)
ORDER BY a.announcement_id, a.name
ON CONFLICT DO NOTHING;

-- name: import_list_live
TRUNCATE pg_temp.import_live;

-- name: import_list_live_table
CREATE TEMPORARY TABLE import_live (record bigint, extra integer, std_id uuid, own_std_id uuid);

-- name: import_list_live_fill
INSERT INTO pg_temp.import_live
SELECT d.record, d.extra, d.std_id, n.std_id
FROM pg_temp.import_new n
JOIN pg_temp.import_state s ON s.record = n.record AND s.batch = $1::integer AND s.state <> 'stale'
JOIN catalogue.standard t ON t.std_id = n.std_id
JOIN pg_temp.import_reading o ON o.std_id = n.std_id AND o.extra = 0
JOIN pg_temp.import_reading d ON d.record = o.record;

-- name: import_list_mentioned
INSERT INTO catalogue.standard (std_id, number_raw, kind, nature, home_region)
SELECT DISTINCT ON (d.std_id) d.std_id, d.number_raw, d.kind, catalogue.number_nature(d.norm),
    catalogue.number_region(d.norm, d.issuer_code)
FROM pg_temp.import_live v
JOIN pg_temp.import_reading d ON d.record = v.record AND d.extra = v.extra
WHERE v.extra > 0 AND NOT EXISTS (SELECT FROM catalogue.standard x WHERE x.std_id = d.std_id)
    -- One that has a record of its own, which is stored by another batch or was rejected, waits for it.
    AND NOT EXISTS (SELECT FROM pg_temp.import_new n WHERE n.std_id = d.std_id)
ORDER BY d.std_id, d.record, d.extra
ON CONFLICT DO NOTHING;

-- name: import_list_ics
INSERT INTO catalogue.standard_ics (std_id, ics)
SELECT DISTINCT v.own_std_id, code
FROM pg_temp.import_live v
JOIN pg_temp.import_reading d ON d.record = v.record AND d.extra = v.extra, unnest(d.ics) code
WHERE v.extra = 0 AND NOT EXISTS (
    SELECT FROM catalogue.standard_ics x WHERE x.std_id = v.own_std_id AND x.ics = code)
ON CONFLICT DO NOTHING;

-- name: import_list_ccs
INSERT INTO catalogue.standard_ccs (std_id, ccs)
SELECT DISTINCT v.own_std_id, code
FROM pg_temp.import_live v
JOIN pg_temp.import_reading d ON d.record = v.record AND d.extra = v.extra, unnest(d.ccs) code
WHERE v.extra = 0 AND NOT EXISTS (
    SELECT FROM catalogue.standard_ccs x WHERE x.std_id = v.own_std_id AND x.ccs = code)
ON CONFLICT DO NOTHING;

-- name: import_list_issuers
INSERT INTO catalogue.issuing_org (std_id, org_id, name_published)
SELECT DISTINCT ON (v.own_std_id, o.org_id) v.own_std_id, o.org_id, nullif(b.name, p.name_zh)
FROM pg_temp.import_live v
JOIN pg_temp.import_role b ON b.record = v.record AND b.role = 'issuer'
JOIN pg_temp.import_org o ON o.name = b.name
JOIN catalogue.organization p ON p.org_id = o.org_id
WHERE v.extra = 0 AND NOT EXISTS (
    SELECT FROM catalogue.issuing_org x WHERE x.std_id = v.own_std_id AND x.org_id = o.org_id)
ORDER BY v.own_std_id, o.org_id, v.record, b.place
ON CONFLICT DO NOTHING;

-- name: import_list_drafting
INSERT INTO catalogue.drafting_org (std_id, org_id, rank, name_published)
SELECT DISTINCT ON (v.own_std_id, o.org_id) v.own_std_id, o.org_id, b.place, nullif(b.name, p.name_zh)
FROM pg_temp.import_live v
JOIN pg_temp.import_role b ON b.record = v.record AND b.role = 'drafting'
JOIN pg_temp.import_org o ON o.name = b.name
JOIN catalogue.organization p ON p.org_id = o.org_id
WHERE v.extra = 0 AND NOT EXISTS (
    SELECT FROM catalogue.drafting_org x WHERE x.std_id = v.own_std_id AND x.org_id = o.org_id)
ORDER BY v.own_std_id, o.org_id, v.record, b.place
ON CONFLICT DO NOTHING;

-- name: import_list_replacements
-- One directed row for both ways of saying it: "replaced by" (extra below 10000) and "replaces".
INSERT INTO catalogue.replacement (old_std_id, new_std_id)
SELECT DISTINCT r.old_std_id, r.new_std_id
FROM (
    SELECT CASE WHEN v.extra < 10000 THEN v.own_std_id ELSE v.std_id END AS old_std_id,
        CASE WHEN v.extra < 10000 THEN v.std_id ELSE v.own_std_id END AS new_std_id
    FROM pg_temp.import_live v WHERE v.extra > 0
    UNION ALL
    -- Said earlier by a record whose other end had not been stored then.
    SELECT w.old_std_id, w.new_std_id FROM pg_temp.import_waiting w
) r
JOIN catalogue.standard a ON a.std_id = r.old_std_id
JOIN catalogue.standard b ON b.std_id = r.new_std_id
WHERE r.old_std_id <> r.new_std_id AND NOT EXISTS (
    SELECT FROM catalogue.replacement x WHERE x.old_std_id = r.old_std_id AND x.new_std_id = r.new_std_id)
ON CONFLICT DO NOTHING;

-- name: import_list_waiting_table
CREATE TEMPORARY TABLE import_waiting (old_std_id uuid, new_std_id uuid);

-- name: import_list_waiting
INSERT INTO pg_temp.import_waiting
SELECT CASE WHEN v.extra < 10000 THEN v.own_std_id ELSE v.std_id END,
    CASE WHEN v.extra < 10000 THEN v.std_id ELSE v.own_std_id END
FROM pg_temp.import_live v
WHERE v.extra > 0 AND NOT EXISTS (SELECT FROM catalogue.standard x WHERE x.std_id = v.std_id);
