-- How fresh this database is, for each origin: everything that the origin committed before `through` is here.
--
-- own: this database's own life; its `through` is the time of its last cut or empty poll. age: how old that is
-- now; it grows while a link or a daemon is dead. Tables touched: origin, applied (read). For readers.
CREATE OR REPLACE VIEW bashu.freshness AS
SELECT o.name AS origin, o.region, o.own, coalesce(a.number, 0) AS number, a.through,
    clock_timestamp() - a.through AS age
FROM bashu.origin o LEFT JOIN bashu.applied a ON a.origin_id = o.id;
COMMENT ON VIEW bashu.freshness IS 'Everything that an origin committed before "through" is in this database';
