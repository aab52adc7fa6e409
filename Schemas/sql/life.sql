-- Functions of lives and of the ends of origins. Run again at each `bashuctl init`.

-- The number of the last batch that an origin may have; NULL while it is not closed.
-- Tables read: closing. Written: none.
CREATE OR REPLACE FUNCTION bashu.closed_at(origin_name text) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT max(c.number) FROM bashu.closing c WHERE c.origin = closed_at.origin_name COLLATE "C");

-- The ends of origins that this database knows of.
-- Tables read: closing. Written: none.
CREATE OR REPLACE FUNCTION bashu.feed_closings_v1()
RETURNS TABLE (origin text, number bigint, declared_by text, person text, reason text, declared_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.origin, c.number, c.declared_by, c.person, c.reason, c.declared_at FROM bashu.closing c
$$;
REVOKE ALL ON FUNCTION bashu.feed_closings_v1() FROM PUBLIC;

-- The same with the signature of the region that has declared each end; the time in microseconds since 1970 UTC.
-- Tables read: closing. Written: none.
CREATE OR REPLACE FUNCTION bashu.feed_closings_v2()
RETURNS TABLE (origin text, number bigint, declared_by text, person text, reason text, declared_at bigint,
    fingerprint bytea, signature bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.origin, c.number, c.declared_by, c.person, c.reason,
           (extract(epoch FROM c.declared_at) * 1000000)::bigint, c.fingerprint, c.signature
      FROM bashu.closing c
$$;
REVOKE ALL ON FUNCTION bashu.feed_closings_v2() FROM PUBLIC;

-- A region's database says which life it is of, and which run of its daemon, when it connects and now and then. Two
-- that are connected under one login at the same time are copies of each other: the second one is refused, and the
-- first one hears of it. The session keeps a lock until it ends; the session of a machine that is gone may stay for
-- hours, so that one that has said nothing for three minutes makes way. 1650553705: no other lock of Bashu has it.
-- Returns whose place is taken, or who was refused, and since when; nothing where there is none.
-- Tables read: peer_life. Written: peer_life.
CREATE OR REPLACE FUNCTION bashu.feed_life_v1(life uuid, run uuid, origin text)
RETURNS TABLE (is_refused boolean, other_origin text, at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known bashu.peer_life%ROWTYPE;
BEGIN
    IF origin !~ '^[A-Za-z0-9_]{1,32}-[0-9a-f]{12}$' THEN
        RAISE EXCEPTION 'this is no name of an origin' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO known FROM bashu.peer_life p WHERE p.login = session_user;
    IF NOT pg_try_advisory_lock(1650553705, hashtext(session_user))
        AND (known.life, known.run) <> (feed_life_v1.life, feed_life_v1.run)
        AND known.seen_at > clock_timestamp() - interval '3 minutes' THEN
        UPDATE bashu.peer_life p SET refused_origin = feed_life_v1.origin, refused_at = clock_timestamp()
        WHERE p.login = session_user;
        -- No exception: it would take the note back.
        RETURN QUERY SELECT true, known.origin, known.since;
        RETURN;
    END IF;
    INSERT INTO bashu.peer_life AS p (login, life, run, origin) VALUES (session_user, life, run, origin)
    ON CONFLICT (login) DO UPDATE SET life = excluded.life, run = excluded.run, origin = excluded.origin,
        seen_at = clock_timestamp(),
        since = CASE WHEN p.life = excluded.life THEN p.since ELSE clock_timestamp() END,
        refused_origin = CASE WHEN p.life = excluded.life THEN p.refused_origin END,
        refused_at = CASE WHEN p.life = excluded.life THEN p.refused_at END;
    RETURN QUERY SELECT false, p.refused_origin, p.refused_at FROM bashu.peer_life p
        WHERE p.login = session_user AND p.refused_at > clock_timestamp() - interval '1 day';
END $$;
REVOKE ALL ON FUNCTION bashu.feed_life_v1(uuid, uuid, text) FROM PUBLIC;
