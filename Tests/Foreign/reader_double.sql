-- A stand-in for the schema `reader`, for tests of the server over HTTP: the same names and columns, computed plainly
-- and without a thought of speed. Loaded only into a database whose schema `reader` does not have them.

CREATE FUNCTION reader.position() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT coalesce(jsonb_object_agg(o.name, a.number), '{}')
    FROM bashu.origin o JOIN bashu.applied a ON a.origin_id = o.id
$$;

CREATE VIEW reader.freshness AS SELECT * FROM bashu.freshness;

CREATE VIEW reader.dispute AS
SELECT 'catalogue.' || t.table_name AS table_name, c.key, ((c.key::text[])[1])::uuid AS std_id, c.column_group, c.state,
    c.type, c.first_seen AS since, jsonb_array_length(c.candidates) AS candidates
FROM bashu.conflict_case c JOIN bashu.shared_table t ON t.id = c.table_id
WHERE c.state IN ('open', 'decided') AND t.schema_name = 'catalogue' AND t.table_name = 'standard';

CREATE FUNCTION reader.search(
    query text, day date, kind text, region text, ics text, ccs text, in_force boolean, max_rows integer DEFAULT 20,
    skip integer DEFAULT 0)
RETURNS TABLE (std_id uuid, number text, title_zh text, title_en text, kind text, status text, implement_date date,
    disputed boolean, score real)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT s.std_id, s.number_raw, s.title_zh, s.title_en, s.kind, o.status, s.implement_date,
        EXISTS (SELECT FROM reader.dispute d WHERE d.std_id = s.std_id), 1.0::real
    FROM catalogue.standard s JOIN catalogue.status_on($2) o USING (std_id)
    WHERE ($1 IS NULL OR strpos(s.title_zh, $1) > 0
            OR starts_with(replace(s.number_norm, ' ', ''), replace(upper($1), ' ', '')))
        AND ($3 IS NULL OR s.kind = $3) AND ($4 IS NULL OR s.home_region = $4)
        AND ($5 IS NULL OR EXISTS (
            SELECT FROM catalogue.standard_ics i WHERE i.std_id = s.std_id AND starts_with(i.ics, $5)))
        AND ($6 IS NULL OR EXISTS (
            SELECT FROM catalogue.standard_ccs i WHERE i.std_id = s.std_id AND starts_with(i.ccs, $6)))
        AND ($7 IS NULL OR (o.status = 'current') = $7)
    ORDER BY o.status = 'current' DESC, s.number_norm COLLATE "C", s.std_id LIMIT $8 OFFSET $9
$$;

CREATE FUNCTION reader.record(number_or_id text, day date DEFAULT catalogue.today()) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT jsonb_build_object(
        'std_id', s.std_id, 'number', s.number_raw, 'title_zh', s.title_zh, 'title_en', s.title_en, 'kind', s.kind,
        'nature', s.nature, 'status', o.status, 'newer_edition', o.newer_edition, 'issue_date', s.issue_date,
        'implement_date', s.implement_date, 'abolish_date', s.abolish_date, 'home_region', s.home_region,
        'ics', (SELECT jsonb_agg(i.ics ORDER BY i.ics) FROM catalogue.standard_ics i WHERE i.std_id = s.std_id),
        'issuing_orgs', (
            SELECT jsonb_agg(jsonb_build_object('org_id', g.org_id, 'name_zh', g.name_zh) ORDER BY g.name_zh)
            FROM catalogue.issuing_org i JOIN catalogue.organization g USING (org_id) WHERE i.std_id = s.std_id),
        'disputes', (SELECT jsonb_agg(to_jsonb(d)) FROM reader.dispute d WHERE d.std_id = s.std_id),
        'disputed', EXISTS (SELECT FROM reader.dispute d WHERE d.std_id = s.std_id))
    FROM catalogue.standard s JOIN catalogue.status_on($2) o USING (std_id)
    WHERE s.std_id::text = $1 OR s.number_norm = catalogue.normalize_number($1)
    ORDER BY s.std_id LIMIT 1
$$;

CREATE FUNCTION reader.status_at(number text, day date DEFAULT catalogue.today())
RETURNS TABLE (std_id uuid, number text, status text, newer_edition boolean, issue_date date, implement_date date,
    abolish_date date, abolish_reason text, announcement text)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT s.std_id, s.number_raw, o.status, o.newer_edition, s.issue_date, s.implement_date, s.abolish_date,
        s.abolish_reason, NULL
    FROM catalogue.standard s JOIN catalogue.status_on($2) o USING (std_id)
    WHERE s.number_norm = catalogue.normalize_number($1)
$$;

CREATE FUNCTION reader.replacement_chain(number text)
RETURNS TABLE (step integer, std_id uuid, number text, title_zh text, status text, issue_date date,
    implement_date date, abolish_date date, extent text, cycle boolean)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
    WITH RECURSIVE own AS (
        SELECT s.std_id FROM catalogue.standard s WHERE s.number_norm = catalogue.normalize_number($1)
    ), chain AS (
        SELECT 0 AS step, own.std_id FROM own
        UNION
        SELECT c.step - 1, r.old_std_id FROM chain c JOIN catalogue.replacement r ON r.new_std_id = c.std_id
        WHERE c.step > -9
    ), whole AS (
        TABLE chain UNION SELECT 1, r.new_std_id FROM own JOIN catalogue.replacement r ON r.old_std_id = own.std_id
    )
    SELECT w.step, s.std_id, s.number_raw, s.title_zh, o.status, s.issue_date, s.implement_date, s.abolish_date,
        'full', false
    FROM whole w JOIN catalogue.standard s USING (std_id)
    JOIN catalogue.status_on(catalogue.today()) o USING (std_id)
    ORDER BY w.step, s.number_norm COLLATE "C"
$$;

CREATE FUNCTION reader.reference_status(number text, day date DEFAULT catalogue.today())
RETURNS TABLE (number text, status text) LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT r.number_raw, NULL FROM catalogue.normative_reference r JOIN catalogue.standard s USING (std_id)
    WHERE s.number_norm = catalogue.normalize_number($1)
$$;

CREATE FUNCTION reader.provenance(table_name text, key text, column_name text)
RETURNS TABLE (value text, origin text, region text, "session_user" text, actor text, batch bigint,
    "position" integer, written_at timestamptz, losing jsonb)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT h.new_value, h.origin, h.region, h."session_user", h.actor, h.number, h.position, h.committed_at, NULL::jsonb
    FROM reader.history(trim(both '{}' from $2)::uuid) h WHERE h.column_name = $3 LIMIT 1
$$;

CREATE FUNCTION reader.changes(since jsonb, max_rows integer, after jsonb DEFAULT NULL)
RETURNS TABLE (cursor jsonb, origin text, region text, number bigint, "position" integer, committed_at timestamptz,
    table_name text, key text, std_id uuid, kind text, columns text[], old jsonb, new jsonb, announcement text,
    "session_user" text, actor text)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT jsonb_build_object('number', c.number, 'position', c.position), o.name, o.region, c.number, c.position,
        to_timestamp(c.hlc / 1e6), 'catalogue.' || t.table_name, NULL, NULL::uuid, c.kind::text, NULL::text[],
        NULL::jsonb, NULL::jsonb, NULL, NULL, NULL
    FROM bashu.change c JOIN bashu.origin o ON o.id = c.origin_id JOIN bashu.shared_table t ON t.id = c.table_id
    WHERE c.number > coalesce((since ->> o.name)::bigint, 0)
        AND (after IS NULL OR (c.number, c.position)
            > ((after ->> 'number')::bigint, (after ->> 'position')::integer))
    ORDER BY c.number, c.position LIMIT max_rows
$$;

CREATE VIEW reader.joint_standard AS
SELECT g.joint_group_id, g.title_zh, a.number_raw AS number_50, b.number_raw AS number_51, a.record_no AS record_no_50,
    b.record_no AS record_no_51, a.std_id AS std_id_50, b.std_id AS std_id_51, '{}'::text[] AS differing
FROM catalogue.joint_group g
LEFT JOIN catalogue.standard a ON a.joint_group_id = g.joint_group_id AND a.home_region = '50'
LEFT JOIN catalogue.standard b ON b.joint_group_id = g.joint_group_id AND b.home_region = '51';

CREATE FUNCTION reader.classification(scheme text, prefix text, day date DEFAULT catalogue.today())
RETURNS TABLE (code text, standards bigint, in_force bigint) LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT substr(i.ics, 1, 2), count(*), count(*) FROM catalogue.standard_ics i WHERE starts_with(i.ics, $2) GROUP BY 1
$$;

CREATE FUNCTION reader.review_due(region text, day date DEFAULT catalogue.today())
RETURNS TABLE (std_id uuid, number text) LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT s.std_id, s.number_raw FROM catalogue.standard s
    WHERE s.home_region = $1 AND s.issue_date < $2 - interval '5 years' ORDER BY s.issue_date, s.std_id
$$;

CREATE FUNCTION reader.drafting_ranking(org text)
RETURNS TABLE (kind text, year integer) LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT s.kind, s.number_year FROM catalogue.standard s WHERE false
$$;

CREATE VIEW reader.alarm AS
SELECT ''::text AS alarm, NULL::uuid AS std_id, ''::text AS number, NULL::uuid AS other_std_id,
    ''::text AS other_number, ''::text AS detail_zh, ''::text AS detail_en, ''::text AS home_region
WHERE false;
