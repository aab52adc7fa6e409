-- What bashuctl sees and does with the owner's rights, so that a role needs no right on the tables behind it.

-- Hints not cut yet, as numbers: an upper bound of the rows changed here and not published.
-- Tables touched: pending (read). For monitoring: the keys themselves may be people's data.
CREATE OR REPLACE VIEW bashu.pending_state AS
SELECT coalesce(sum(cardinality(p.keys)), 0)::bigint AS keys, count(*) FILTER (WHERE p.keys IS NULL) AS markers,
    min(p.at) AS oldest
FROM bashu.pending p;
COMMENT ON VIEW bashu.pending_state IS 'How much local writers changed that is not published yet';

-- Changes that a cut holds back, by table and reason. examples: up to three keys, for those who may read the table
-- of held keys; empty for others. Tables touched: held, shared_table (read).
CREATE OR REPLACE VIEW bashu.held_state AS
SELECT t.schema_name, t.table_name, h.reason, count(*) AS keys, min(h.held_at) AS since,
    CASE WHEN has_table_privilege('bashu.held', 'SELECT')
        THEN (array_agg(h.key ORDER BY h.key COLLATE "C"))[1:3] ELSE '{}' END AS examples
FROM bashu.held h JOIN bashu.shared_table t ON t.id = h.table_id
GROUP BY t.schema_name, t.table_name, h.reason;
COMMENT ON VIEW bashu.held_state IS 'Changes that are not published until somebody agrees';

-- Tables that capture cannot be trusted for, and up to 20 rows that could not be projected. key: for those who may
-- read the table of these rows; NULL for others. Tables touched: shared_table, recheck (read).
CREATE OR REPLACE VIEW bashu.trouble_state AS
SELECT 'table' AS kind, t.schema_name, t.table_name, NULL AS key, t.degraded AS reason
FROM bashu.shared_table t WHERE t.degraded IS NOT NULL
UNION ALL
(SELECT 'row', t.schema_name, t.table_name,
    CASE WHEN has_table_privilege('bashu.recheck', 'SELECT') THEN r.key END, r.reason
FROM bashu.recheck r JOIN bashu.shared_table t ON t.id = r.table_id
WHERE r.reason IS NOT NULL AND r.attempts > 0
ORDER BY r.table_id, r.key COLLATE "C" LIMIT 20);
COMMENT ON VIEW bashu.trouble_state IS 'Tables and rows that need somebody';

-- Takes back a request that the caller has made and the daemon has not begun. Returns whether there was one.
-- Tables touched: request (deleted from). Called by bashuctl for the role that asked.
CREATE OR REPLACE FUNCTION bashu.withdraw_request(request bigint)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM bashu.request r WHERE r.id = withdraw_request.request AND r.state = 'waiting'
        AND r.asked_by = session_user;
    RETURN FOUND;
END
$$;
