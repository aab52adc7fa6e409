-- On a replica: refuses every write to a shared table that is not the daemon's, and names where to write.
-- SECURITY DEFINER because the writer cannot read Bashu's tables.
-- Tables touched: origin, shared_table (read). Called by the trigger zzzz_bashu_refuse only.
CREATE OR REPLACE FUNCTION bashu.refuse_write()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    regions text;
BEGIN
    SELECT string_agg(DISTINCT o.region, ', ' ORDER BY o.region) INTO regions FROM bashu.origin o;
    RAISE EXCEPTION 'this database is a replica: % on %.% is refused here', TG_OP,
        quote_ident(TG_TABLE_SCHEMA), quote_ident(TG_TABLE_NAME)
        USING ERRCODE = '25006', HINT = CASE WHEN regions IS NULL THEN 'Write in one of the regions.'
            ELSE format('Write in the database of a region (%s); the change arrives here by itself.', regions) END;
END
$$;
REVOKE ALL ON FUNCTION bashu.refuse_write() FROM PUBLIC;
