-- Why a primary key cannot be the identity of a shared row.
--
-- Bashu compares keys as text, in the trigger, in the log and at every other region. So only types are taken
-- whose equality is equality of their text, and only keys that two regions do not hand out twice.
--
-- Parameters: relation; keys_may_collide, the operator's word that serial keys of several regions may meet.
-- Tables touched: node (read), the system catalogue. Called by bashu.table_refusals and bashu.table_repair.

-- Why the text of a key column does not stand for its value; NULL when it does.
CREATE OR REPLACE FUNCTION bashu.key_type_fault(base oid, modifier integer, collation_id oid)
RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF base IN ('text'::regtype, 'varchar'::regtype) OR (base = 'bpchar'::regtype AND modifier >= 0) THEN
        RETURN (SELECT format('its collation %I finds different texts equal', c.collname)
            FROM pg_collation c WHERE c.oid = collation_id AND NOT c.collisdeterministic);
    END IF;
    RETURN CASE
        WHEN base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'uuid'::regtype, 'bool'::regtype,
            'bytea'::regtype, 'date'::regtype, 'time'::regtype, 'timetz'::regtype, 'timestamp'::regtype,
            'timestamptz'::regtype, 'inet'::regtype, 'cidr'::regtype, 'macaddr'::regtype, 'macaddr8'::regtype,
            'bit'::regtype, 'varbit'::regtype) THEN NULL
        WHEN base = 'numeric'::regtype AND modifier >= 0 THEN NULL
        WHEN base = 'numeric'::regtype THEN 'without a scale 1.0 and 1.00 are equal but not the same text'
        WHEN base = 'bpchar'::regtype THEN 'without a length its padding is not fixed'
        WHEN base IN ('float4'::regtype, 'float8'::regtype) THEN '-0 and 0 are equal but not the same text'
        WHEN base = 'interval'::regtype THEN '1 day and 24 hours are equal but not the same text'
        WHEN base IN ('json'::regtype, 'jsonb'::regtype) THEN '1.0 and 1.00 in it are equal but not the same text'
        WHEN (SELECT t.typtype = 'e' FROM pg_type t WHERE t.oid = base)
            THEN 'a label that is renamed would be another key'
        ELSE 'equal values of this type need not have the same text'
    END;
END
$$;

-- Sequences that fill a key column and step by one, so that two regions hand out the same numbers.
CREATE OR REPLACE FUNCTION bashu.key_sequences(relation oid)
RETURNS TABLE (column_name text, sequence regclass)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT k.name, s.seqrelid::regclass
    FROM bashu.table_key(relation) k
        LEFT JOIN pg_attrdef d ON d.adrelid = relation AND d.adnum = k.attnum
        JOIN pg_depend p ON
            (p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid AND p.refclassid = 'pg_class'::regclass)
            OR (p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass AND p.refobjid = relation
                AND p.refobjsubid = k.attnum AND p.deptype IN ('a', 'i'))
        JOIN pg_sequence s ON s.seqrelid IN (p.refobjid, p.objid)
    WHERE abs(s.seqincrement) = 1;
END
$$;

CREATE OR REPLACE FUNCTION bashu.table_refusals_key(relation regclass, keys_may_collide boolean)
RETURNS TABLE (code text, reason text, hint text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    main pg_index%ROWTYPE;
BEGIN
    SELECT * INTO main FROM pg_index i WHERE i.indrelid = relation AND i.indisprimary;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'no_key', format('%s has no primary key', relation),
            'ALTER TABLE ... ADD PRIMARY KEY, best of columns that never change.';
        RETURN;
    END IF;
    IF NOT main.indimmediate THEN
        RETURN QUERY SELECT 'deferrable_key', format('the primary key of %s is deferrable', relation),
            'Create it anew without DEFERRABLE: ON CONFLICT cannot use a deferrable key.';
    END IF;
    IF NOT main.indisvalid THEN
        RETURN QUERY SELECT 'invalid_key', format('the primary key of %s is not valid', relation),
            'Attach an index in every partition.';
    END IF;
    RETURN QUERY
    SELECT 'key_type', format('key column %I of %s has type %s: %s', k.name, relation, k.type, f.fault),
        'Use integers, uuid, text, char(n), numeric(p,s), dates and times, bytea, inet or the like.'
    FROM bashu.table_key(relation) k CROSS JOIN bashu.key_type_fault(k.base, k.modifier, k.collation_id) f(fault)
    WHERE f.fault IS NOT NULL;
    IF NOT keys_may_collide AND (SELECT n.kind = 'region' FROM bashu.node n) THEN
        RETURN QUERY
        SELECT 'serial_key', format('key column %I of %s is numbered by sequence %s in steps of 1, in every region '
                || 'alike', s.column_name, relation, s.sequence),
            format('ALTER SEQUENCE %s INCREMENT 100 RESTART WITH another number in each region; or say that keys '
                || 'may collide, if another key column tells the regions apart.', s.sequence)
        FROM bashu.key_sequences(relation) s;
    END IF;
END
$$;
