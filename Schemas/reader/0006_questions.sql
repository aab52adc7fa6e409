-- Questions about many standards, and all that is known of one.

-- Local standards of a region that are in force and have not been reviewed for five years: article 29 of the
-- Standardization Law. Counted from the last review, else from the date of issue.
CREATE OR REPLACE FUNCTION reader.review_due(region text, day date DEFAULT catalogue.today())
RETURNS TABLE (std_id uuid, number text, title_zh text, age_years integer, jurisdiction text, last_date date,
    due_date date, days_overdue integer)
LANGUAGE sql STABLE
AS $$
    SELECT s.std_id, s.number_raw, s.title_zh, extract(year FROM age(d.day, d.last))::integer,
        coalesce(o.name_zh, s.jurisdiction_tc), d.last, d.due, d.day - d.due
    FROM catalogue.standard s
    CROSS JOIN LATERAL (SELECT coalesce($2, catalogue.today()) AS day,
        coalesce(s.review_date, s.issue_date) AS last,
        coalesce(s.next_review_date, (coalesce(s.review_date, s.issue_date) + interval '5 years')::date) AS due) d
    CROSS JOIN LATERAL catalogue.status_of(
        s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date, d.day) e
    LEFT JOIN catalogue.organization o ON o.org_id = s.jurisdiction_org_id
    WHERE s.home_region = $1 AND s.kind = 'local' AND e.effective = 'current' AND d.due < d.day
    ORDER BY d.due, s.number_raw COLLATE "C", s.std_id
$$;
COMMENT ON FUNCTION reader.review_due(text, date) IS '逾期未复审的地方标准 / Local standards whose review is overdue';

-- Standards that an organisation has drafted as the first, by kind and year of issue. org: a part of its name or of
-- a name it had or is called by, or its code or identifier.
CREATE OR REPLACE FUNCTION reader.drafting_ranking(org text)
RETURNS TABLE (org_id uuid, name_zh text, kind text, year integer, standards bigint, in_force bigint)
LANGUAGE sql STABLE
AS $$
    SELECT o.org_id, o.name_zh, s.kind, extract(year FROM s.issue_date)::integer, count(*),
        count(*) FILTER (WHERE e.effective = 'current')
    FROM catalogue.organization o
    JOIN catalogue.drafting_org d ON d.org_id = o.org_id AND d.rank = 1
    JOIN catalogue.standard s ON s.std_id = d.std_id
    CROSS JOIN LATERAL catalogue.status_of(
        s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date, catalogue.today()) e
    WHERE $1 <> '' AND (strpos(o.name_zh, $1) > 0 OR o.uscc = $1 OR o.org_id::text = lower($1)
        OR EXISTS (SELECT FROM catalogue.organization_alias a
            WHERE a.org_id = o.org_id AND strpos(a.alias, $1) > 0))
    GROUP BY o.org_id, s.kind, 4
    ORDER BY o.name_zh COLLATE "C", o.org_id, s.kind COLLATE "C", 4
$$;
COMMENT ON FUNCTION reader.drafting_ranking(text) IS
    '某单位作为第一起草单位的标准，按类别和年份 / Standards that an organisation has drafted as the first, by kind and year';

-- The sets that belong to a standard.
CREATE OR REPLACE FUNCTION reader.sets_of(std_id uuid) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'ics', (SELECT coalesce(jsonb_agg(i.ics ORDER BY i.ics COLLATE "C"), '[]')
            FROM catalogue.standard_ics i WHERE i.std_id = $1),
        'ccs', (SELECT coalesce(jsonb_agg(c.ccs ORDER BY c.ccs COLLATE "C"), '[]')
            FROM catalogue.standard_ccs c WHERE c.std_id = $1),
        'keywords', (SELECT coalesce(jsonb_agg(k.keyword ORDER BY k.keyword COLLATE "C"), '[]')
            FROM catalogue.standard_keyword k WHERE k.std_id = $1),
        'issuing_orgs', (SELECT coalesce(jsonb_agg(jsonb_build_object('org_id', o.org_id, 'name_zh', o.name_zh)
                ORDER BY o.name_zh COLLATE "C"), '[]')
            FROM catalogue.issuing_org x JOIN catalogue.organization o ON o.org_id = x.org_id WHERE x.std_id = $1),
        'drafting_orgs', (SELECT coalesce(jsonb_agg(jsonb_build_object('org_id', o.org_id, 'name_zh',
                coalesce(x.name_published, o.name_zh), 'rank', x.rank) ORDER BY x.rank, o.org_id), '[]')
            FROM catalogue.drafting_org x JOIN catalogue.organization o ON o.org_id = x.org_id WHERE x.std_id = $1),
        'drafters', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', d.name, 'rank', d.rank)
                ORDER BY d.rank, d.name COLLATE "C"), '[]') FROM catalogue.drafter d WHERE d.std_id = $1),
        'normative_references', (SELECT coalesce(jsonb_agg(to_jsonb(r) - 'std_id'
                ORDER BY r.number_norm COLLATE "C"), '[]')
            FROM catalogue.normative_reference r WHERE r.std_id = $1),
        'adoptions', (SELECT coalesce(jsonb_agg(to_jsonb(a) - 'std_id' ORDER BY a.adopted_norm COLLATE "C"), '[]')
            FROM catalogue.adoption a WHERE a.std_id = $1),
        'amendments', (SELECT coalesce(jsonb_agg(to_jsonb(m) - 'std_id' ORDER BY m.amendment_no), '[]')
            FROM catalogue.amendment m WHERE m.std_id = $1),
        'number_history', (SELECT coalesce(jsonb_agg(to_jsonb(h) - 'std_id'
                ORDER BY h.used_until, h.number_norm COLLATE "C"), '[]')
            FROM catalogue.number_history h WHERE h.std_id = $1))
$$;

-- All that is known of one standard, as one document; of several editions the newest. NULL: there is none.
CREATE OR REPLACE FUNCTION reader.record(number_or_id text, day date DEFAULT catalogue.today()) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT to_jsonb(s) || jsonb_build_object('number', s.number_raw, 'recorded_status', s.status,
            'status', e.effective, 'newer_edition', e.newer_edition, 'day', coalesce($2, catalogue.today()),
            'announcement', (SELECT a.number_text FROM catalogue.announcement a
                WHERE a.announcement_id = s.announcement_id),
            'owner_org', (SELECT o.name_zh FROM catalogue.organization o WHERE o.org_id = s.owner_org_id),
            'charge_org', (SELECT o.name_zh FROM catalogue.organization o WHERE o.org_id = s.charge_org_id),
            'proposing_org', (SELECT o.name_zh FROM catalogue.organization o WHERE o.org_id = s.proposing_org_id),
            'jurisdiction_org', (SELECT o.name_zh FROM catalogue.organization o
                WHERE o.org_id = s.jurisdiction_org_id),
            'replaces', (SELECT coalesce(jsonb_agg(jsonb_build_object('std_id', o.std_id, 'number', o.number_raw,
                    'title_zh', o.title_zh, 'extent', r.extent, 'effective_date', r.effective_date)
                    ORDER BY o.number_raw COLLATE "C"), '[]')
                FROM catalogue.replacement r JOIN catalogue.standard o ON o.std_id = r.old_std_id
                WHERE r.new_std_id = s.std_id),
            'replaced_by', (SELECT coalesce(jsonb_agg(jsonb_build_object('std_id', n.std_id, 'number', n.number_raw,
                    'title_zh', n.title_zh, 'extent', r.extent, 'effective_date', r.effective_date)
                    ORDER BY n.number_raw COLLATE "C"), '[]')
                FROM catalogue.replacement r JOIN catalogue.standard n ON n.std_id = r.new_std_id
                WHERE r.old_std_id = s.std_id),
            'joint', (SELECT to_jsonb(j) FROM reader.joint_standard j WHERE j.joint_group_id = s.joint_group_id),
            'disputed', reader.is_disputed(s.std_id), 'disputes', reader.disputes_of(s.std_id))
        || reader.sets_of(s.std_id)
    FROM reader.standards_of($1) WITH ORDINALITY f (std_id, place)
    JOIN catalogue.standard s ON s.std_id = f.std_id
    CROSS JOIN LATERAL catalogue.status_of(s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date,
        coalesce($2, catalogue.today())) e
    ORDER BY f.place LIMIT 1
$$;
COMMENT ON FUNCTION reader.record(text, date) IS '一条标准的全部信息 / All that is known of one standard';
