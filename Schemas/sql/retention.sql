-- Forgetting what later changes have overwritten: who has seen what.

-- Up to which batch of each origin everybody has seen it: the latest batch that is applied here of every other
-- origin, and every party that is registered to pull from here, in its own words. What is beyond is kept.
-- blocked_by: who has seen least, an origin or a peer; NULL when that is nobody but this database.
-- Tables read: origin, applied, batch, closing, peer, peer_position.
CREATE OR REPLACE FUNCTION bashu.seen_by_all()
RETURNS TABLE (origin_id integer, applied bigint, number bigint, blocked_by text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    WITH sight AS (
        SELECT o.name AS who, o.name AS itself, b.context AS seen
        FROM bashu.origin o
        LEFT JOIN bashu.applied a ON a.origin_id = o.id
        LEFT JOIN bashu.batch b ON b.origin_id = o.id AND b.number = a.number
        WHERE NOT o.own
            -- One that is closed, and here to its end, says nothing more: nobody waits for it.
            AND coalesce(a.number, 0) < coalesce(bashu.closed_at(o.name), 9223372036854775807)
        UNION ALL
        SELECT p.name, NULL, v.applied
        FROM bashu.peer p LEFT JOIN bashu.peer_position v ON v.login = p.login
        WHERE p.login IS NOT NULL
    )
    SELECT o.id, coalesce(a.number, 0), least(coalesce(a.number, 0), l.number),
        CASE WHEN l.number < coalesce(a.number, 0) THEN l.who END
    FROM bashu.origin o
    LEFT JOIN bashu.applied a ON a.origin_id = o.id
    LEFT JOIN LATERAL (
        SELECT s.who, coalesce((s.seen ->> o.name)::bigint, 0) AS number FROM sight s
        WHERE s.itself IS DISTINCT FROM o.name
        ORDER BY 2, 1 LIMIT 1) l ON true
$$;

-- What a peer must know before it takes anything from here: see bashu.forgotten.
-- Tables read: forgotten, origin. Written: none.
CREATE OR REPLACE FUNCTION bashu.feed_forgotten_v1()
RETURNS TABLE (origin text, number bigint, seen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT o.name, f.number, f.seen FROM bashu.forgotten f JOIN bashu.origin o ON o.id = f.origin_id
    WHERE f.number > 0
$$;
REVOKE ALL ON FUNCTION bashu.feed_forgotten_v1() FROM PUBLIC;
