-- Run after every other file of the feed, at each `bashuctl init`: a version that brings a new function must not cut
-- off the peers that were registered before. Who may call `feed_hello_v1` is a peer, and gets the others too.
DO $$
DECLARE
    missing record;
BEGIN
    FOR missing IN
        SELECT f.oid::regprocedure AS function, r.rolname AS login
        FROM pg_proc p
        CROSS JOIN LATERAL aclexplode(p.proacl) a
        JOIN pg_roles r ON r.oid = a.grantee
        JOIN pg_proc f ON f.pronamespace = p.pronamespace AND f.proname LIKE 'feed\_%'
        WHERE p.oid = 'bashu.feed_hello_v1()'::regprocedure AND a.privilege_type = 'EXECUTE' AND a.grantee <> p.proowner
            AND NOT has_function_privilege(r.oid, f.oid, 'EXECUTE')
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', missing.function, missing.login);
    END LOOP;
END
$$;
