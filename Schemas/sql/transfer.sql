-- Vectors as bashu.peer_position and bashu.transfer keep them: {origin: highest batch}. Run again at each
-- `bashuctl init`.

-- The least vector that covers both.
CREATE OR REPLACE FUNCTION bashu.vector_union(one jsonb, other jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT coalesce(jsonb_object_agg(x.key, x.number), '{}')
          FROM (SELECT e.key, max(e.value::bigint) AS number
                  FROM (SELECT * FROM jsonb_each_text(one) UNION ALL SELECT * FROM jsonb_each_text(other)) e
                 GROUP BY e.key) x);
