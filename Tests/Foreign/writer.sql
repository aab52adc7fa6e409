SET client_min_messages = warning;
-- Random writes to tables nobody here knows, within their own constraints: each call is one transaction with one to
-- three statements. What a constraint or trigger forbids is the writer's error, and is counted.
-- :tables is a list of table names, one in each line.
DROP SCHEMA IF EXISTS foreign_test CASCADE;
CREATE SCHEMA foreign_test;
CREATE TABLE foreign_test.shared (id serial PRIMARY KEY, relation regclass NOT NULL);
INSERT INTO foreign_test.shared (relation) SELECT t::regclass FROM unnest(string_to_array(trim(:'tables', E'\n'), E'\n')) t;
CREATE TABLE foreign_test.done (kind text NOT NULL);

-- A column of the table that is in its primary key, or is in none of its keys; generated ones left out.
CREATE FUNCTION foreign_test.pick_column(relation regclass) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT quote_ident(a.attname) FROM pg_attribute a
     WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
       AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = relation AND i.indisprimary AND a.attnum = ANY (i.indkey))
     ORDER BY random() LIMIT 1
$$;

CREATE FUNCTION foreign_test.write_one(relation regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    chosen text := foreign_test.pick_column(relation);
    whole text;
    keys text;
    new_keys text;
    dice float8 := random();
BEGIN
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
           string_agg(CASE WHEN NOT a.attnum = ANY (i.indkey) THEN quote_ident(a.attname)
                           WHEN a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
                           THEN format('%I + (random() * 1000)::int', a.attname)
                           WHEN a.atttypid IN ('text'::regtype, 'varchar'::regtype)
                           THEN format('left(%I || (random() * 1000)::int, 40)', a.attname)
                           WHEN a.atttypid = 'timestamptz'::regtype
                           THEN format('%I + (random() * 1000)::int * interval ''1 minute''', a.attname)
                           ELSE quote_ident(a.attname) END, ', ' ORDER BY a.attnum)
      INTO whole, new_keys
      FROM pg_attribute a JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
     WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';
    IF dice < 0.7 AND chosen IS NOT NULL THEN
        EXECUTE format(
            'UPDATE %1$s SET %2$s = (SELECT o.%2$s FROM %1$s o ORDER BY random() LIMIT 1)
              WHERE ctid = (SELECT ctid FROM %1$s ORDER BY random() LIMIT 1)', relation, chosen);
        RETURN 'update';
    ELSIF dice < 0.9 THEN
        EXECUTE format(
            'INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %1$s ORDER BY random() LIMIT 1', relation, whole,
            new_keys);
        RETURN 'insert';
    END IF;
    EXECUTE format('DELETE FROM %1$s WHERE ctid = (SELECT ctid FROM %1$s ORDER BY random() LIMIT 1)', relation);
    RETURN 'delete';
END
$$;

CREATE FUNCTION foreign_test.write() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    target regclass;
    what text;
BEGIN
    FOR statement IN 1..1 + (random() * 2)::int LOOP
        SELECT s.relation INTO target FROM foreign_test.shared s ORDER BY random() LIMIT 1;
        BEGIN
            what := foreign_test.write_one(target);
        EXCEPTION
            WHEN integrity_constraint_violation OR data_exception OR raise_exception OR deadlock_detected
                OR feature_not_supported THEN
            what := 'refused';
        END;
        INSERT INTO foreign_test.done VALUES (what);
    END LOOP;
END
$$;
