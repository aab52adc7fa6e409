-- The policies of the shared tables, protocol version 1: what a link compares before it receives anything.
--   fingerprint  of the table's policy; NULL: the default
--   groups       {group: fingerprint}
--   policy       as in bashu.policy
-- Tables read: shared_table, policy. Written: none.
CREATE OR REPLACE FUNCTION bashu.feed_policy_v1()
RETURNS TABLE (schema_name text, table_name text, fingerprint text, groups jsonb, policy jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
    SELECT s.schema_name, s.table_name, p.fingerprint, p.groups, p.policy
      FROM bashu.shared_table s LEFT JOIN bashu.policy p ON p.table_id = s.id
     ORDER BY s.schema_name, s.table_name
$function$;

REVOKE ALL ON FUNCTION bashu.feed_policy_v1() FROM PUBLIC;

-- Logins that were granted the feed before this function was there.
DO $$
DECLARE
    grantee text;
BEGIN
    FOR grantee IN
        SELECT r.rolname FROM pg_proc p CROSS JOIN LATERAL aclexplode(p.proacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE p.oid = 'bashu.feed_hello_v1()'::regprocedure AND a.privilege_type = 'EXECUTE' AND a.grantee <> p.proowner
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION bashu.feed_policy_v1() TO %I', grantee);
    END LOOP;
END
$$;
