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
