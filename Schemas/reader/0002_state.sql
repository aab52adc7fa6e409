-- How old the data are, and what is under dispute. Both read Bashu's own tables with the owner's rights.

-- Cases by row, also of the rows that belong to a standard: their keys begin with its identifier.
CREATE INDEX IF NOT EXISTS conflict_case_current ON bashu.conflict_case (key text_pattern_ops)
    WHERE state IN ('open', 'decided') AND closed_by = '' OR state = 'open';

-- Per origin how old the data are. Everything the origin committed before `through` is in the tables here. Nothing
-- that has stopped can stop `age`: it is computed when it is read. A peer that was removed leaves its origin here.
-- age without a `through`: since this database was made. oldest_unapplied: when the oldest batch that has arrived
-- and waits was made. heartbeat_age: since the daemon here last said that it lives.
CREATE OR REPLACE VIEW reader.freshness AS
SELECT f.origin, f.region, f.own, f.number, f.through,
    greatest(coalesce(f.age, clock_timestamp() - n.created_at), interval '0') AS age,
    w.oldest AS oldest_unapplied, coalesce(w.batches, 0) AS unapplied, h.reason AS held_because,
    d.heartbeat_at, clock_timestamp() - d.heartbeat_at AS heartbeat_age
FROM bashu.freshness f
JOIN bashu.origin o ON o.name = f.origin
CROSS JOIN bashu.node n
CROSS JOIN bashu.daemon d
LEFT JOIN bashu.hold h ON h.origin_id = o.id
LEFT JOIN LATERAL (SELECT min(b.cut_at) AS oldest, count(*) AS batches FROM bashu.batch b
    WHERE b.origin_id = o.id AND b.number > f.number AND b.complete) w ON true;
COMMENT ON VIEW reader.freshness IS '数据时点：按来源给出本库数据的新旧；连接或守护进程中断时 age 持续增长 / '
    'How old the data are, for each origin; age grows while a link or the daemon is dead';

-- What is applied here: the number of the last batch of each origin.
CREATE OR REPLACE FUNCTION reader.position() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(jsonb_object_agg(o.name, a.number), '{}')
    FROM bashu.applied a JOIN bashu.origin o ON o.id = a.origin_id WHERE a.number > 0
$$;
COMMENT ON FUNCTION reader.position() IS
    '本库已应用到的位置 / What is applied here: for each origin the number of its last batch';

-- Records with a case that waits for a person (open), or that the rules have decided and nobody has looked at
-- (decided). std_id: the standard that the row belongs to, where it belongs to one.
CREATE OR REPLACE VIEW reader.dispute AS
SELECT t.table_name, c.key,
    CASE WHEN t.key_columns[1] IN ('std_id', 'old_std_id') THEN ((c.key::text[])[1])::uuid END AS std_id,
    c.column_group, CASE WHEN c.clock_alarm THEN 'open' ELSE c.state END AS state, c.type, c.first_seen AS since,
    jsonb_array_length(c.candidates) AS candidates
FROM bashu.conflict_case c JOIN bashu.shared_table t ON t.id = c.table_id
WHERE c.state IN ('open', 'decided') AND c.closed_by = '' OR c.state = 'open';
COMMENT ON VIEW reader.dispute IS '有争议的记录：待人工处理(open)或已按规则裁定而未复核(decided) / '
    'Records under dispute: waiting for a person, or decided by rule and not reviewed';

-- Whether a standard, or a row that belongs to it, is in reader.dispute.
CREATE OR REPLACE FUNCTION reader.is_disputed(std_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM bashu.conflict_case c JOIN bashu.shared_table t ON t.id = c.table_id
        WHERE (c.key = '{' || $1 || '}' OR c.key LIKE '{' || $1 || ',%')
            AND (c.state IN ('open', 'decided') AND c.closed_by = '' OR c.state = 'open')
            AND t.key_columns[1] IN ('std_id', 'old_std_id'))
$$;
COMMENT ON FUNCTION reader.is_disputed(uuid) IS '标准是否有争议 / Whether a standard is under dispute';

-- The cases of one standard with what their candidates say.
CREATE OR REPLACE FUNCTION reader.disputes_of(std_id uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('table_name', t.table_name, 'key', c.key,
        'column_group', c.column_group, 'state', CASE WHEN c.clock_alarm THEN 'open' ELSE c.state END,
        'type', c.type, 'since', c.first_seen, 'candidates', c.candidates, 'winner', c.winner)
        ORDER BY t.table_name COLLATE "C", c.key COLLATE "C", c.column_group COLLATE "C"), '[]')
    FROM bashu.conflict_case c JOIN bashu.shared_table t ON t.id = c.table_id
    WHERE (c.key = '{' || $1 || '}' OR c.key LIKE '{' || $1 || ',%')
        AND (c.state IN ('open', 'decided') AND c.closed_by = '' OR c.state = 'open')
        AND t.key_columns[1] IN ('std_id', 'old_std_id')
$$;
COMMENT ON FUNCTION reader.disputes_of(uuid) IS '一条标准的争议 / The cases of one standard';
