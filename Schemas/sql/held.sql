-- What an operator decides about keys that a cut holds back.

-- Agrees: the keys become hints, and the next cut publishes what it finds of them.
-- Parameters: shared, id of the table. Returns the number of keys.
-- Tables touched: held (deleted from), pending. Called through bashuctl table accept.
CREATE OR REPLACE FUNCTION bashu.held_accept(shared integer)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    released bigint;
BEGIN
    WITH gone AS (DELETE FROM bashu.held h WHERE h.table_id = shared RETURNING h.key),
         placed AS (SELECT g.key, (row_number() OVER () - 1) / 500 AS part FROM gone g),
         hinted AS (INSERT INTO bashu.pending (table_id, keys)
                    SELECT shared, array_agg(p.key) FROM placed p GROUP BY p.part)
    SELECT count(*) INTO released FROM gone;
    RETURN released;
END
$$;

-- Has the rows put back as the log has them: the keys are projected again.
-- Parameters and result as held_accept. Tables touched: held (deleted from), recheck.
-- Called through bashuctl table restore.
CREATE OR REPLACE FUNCTION bashu.held_restore(shared integer)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    released bigint;
BEGIN
    WITH gone AS (DELETE FROM bashu.held h WHERE h.table_id = shared RETURNING h.*),
         again AS (INSERT INTO bashu.recheck (table_id, digest, key, reason)
                   SELECT g.table_id, g.digest, g.key, 'restore' FROM gone g
                       ON CONFLICT (table_id, digest) DO UPDATE SET reason = 'restore', attempts = 0)
    SELECT count(*) INTO released FROM gone;
    RETURN released;
END
$$;
