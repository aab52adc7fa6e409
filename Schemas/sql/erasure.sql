-- Taking changes out of the log, and finding what belongs to a row that is to be erased.

-- The line that stands where a change was: its leaf digest, so that the root of the batch stays what it was, the first
-- half of its key's digest, and as many bytes as before. See Sources/Replication/Format/GoneLine.swift.
-- Parameters: leaf, the digest of the leaf that the change was, by the batch's own algorithm; digest, of its key;
-- length of the change without its line end, at least 87 bytes (every change has more).
CREATE OR REPLACE FUNCTION bashu.gone_line(leaf bytea, digest bytea, length integer)
RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT
RETURN convert_to(rpad(
    concat(E'gone\t', encode(leaf, 'hex'), E'\t', encode(substring(digest FROM 1 FOR 8), 'hex'), E'\t'),
    length, '-'), 'UTF8');

-- Takes changes out of one chunk, in place: no other line moves.
-- Parameters: the chunk, and for each change where it stands, the digest of its key and of its leaf.
-- Tables touched: chunk. Called by the daemon, in the transaction that removes the changes from the index.
CREATE OR REPLACE FUNCTION bashu.take_out_lines(
    origin_id integer, number bigint, part integer, starts integer[], lengths integer[], digests bytea[],
    leaves bytea[])
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    held bytea;
BEGIN
    SELECT c.bytes INTO held FROM bashu.chunk c
    WHERE c.origin_id = take_out_lines.origin_id AND c.number = take_out_lines.number
        AND c.part = take_out_lines.part
    FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'part % of batch % is not in the log', part, number USING ERRCODE = 'data_corrupted';
    END IF;
    FOR i IN 1..cardinality(starts) LOOP
        held := overlay(held PLACING bashu.gone_line(leaves[i], digests[i], lengths[i])
            FROM starts[i] + 1 FOR lengths[i]);
    END LOOP;
    UPDATE bashu.chunk c SET bytes = held
    WHERE c.origin_id = take_out_lines.origin_id AND c.number = take_out_lines.number
        AND c.part = take_out_lines.part;
    RETURN cardinality(starts);
END
$$;

-- The digest algorithm of a batch, as its first line names it; NULL when it is not in the log.
-- Tables read: chunk.
CREATE OR REPLACE FUNCTION bashu.batch_algorithm(origin_id integer, number bigint)
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT split_part(convert_from(substring(c.bytes FROM 1 FOR 24), 'SQL_ASCII'), E'\t', 3) FROM bashu.chunk c
    WHERE c.origin_id = batch_algorithm.origin_id AND c.number = batch_algorithm.number AND c.part = 0
$$;

-- The rows that the log has with `parent` as their parent by a foreign key of the shared tables, dead and parked ones
-- too: what is to be erased together with it. `parent` is a key as the log writes it. Reads the whole log of the
-- child tables. Tables touched: change, chunk, origin, shape, shared_table (read).
CREATE OR REPLACE FUNCTION bashu.erasure_children(parent_table integer, parent text)
RETURNS TABLE (table_id integer, key text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reference record;
BEGIN
    FOR reference IN
        SELECT s.id, s.schema_name, s.table_name,
            array(SELECT a.attname::text FROM unnest(f.conkey) k (attnum)
                JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.attnum) AS columns,
            -- The parent's key in the order of the foreign key's columns, as COPY text.
            array(SELECT replace(replace(replace(replace(v.value,
                    '\', '\\'), E'\t', '\t'), E'\n', '\n'), E'\r', '\r')
                FROM unnest(f.confkey) WITH ORDINALITY k (attnum, n)
                JOIN pg_index i ON i.indrelid = f.confrelid AND i.indisprimary
                JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY p (attnum, n) ON p.attnum = k.attnum
                JOIN LATERAL unnest(parent::text[]) WITH ORDINALITY v (value, n) ON v.n = p.n
                ORDER BY k.n) AS value
        FROM pg_constraint f
            JOIN bashu.shared_table s ON bashu.table_relation(s.id) = f.conrelid
        WHERE f.contype = 'f' AND f.confrelid = bashu.table_relation(parent_table) AND f.conparentid = 0
    LOOP
        -- A foreign key to other columns than the parent's primary key does not say which row it means.
        CONTINUE WHEN cardinality(reference.value) <> cardinality(reference.columns);
        RETURN QUERY
        SELECT DISTINCT reference.id, bashu.copy_text(l.fields[8])
        FROM bashu.change c
            JOIN bashu.shape h ON h.id = c.shape_id
            JOIN bashu.chunk k ON k.origin_id = c.origin_id AND k.number = c.number AND k.part = c.part
            CROSS JOIN LATERAL (SELECT string_to_array(
                convert_from(substring(k.bytes FROM c.start + 1 FOR c.length), 'UTF8'), E'\t') AS fields) l
        WHERE c.table_id = reference.id AND c.kind NOT IN ('d', 'e')
            AND array(SELECT l.fields[(CASE c.kind WHEN 'r' THEN 10 ELSE 8 END) + array_position(h.columns, n.name)]
                FROM unnest(reference.columns) WITH ORDINALITY n (name, place) ORDER BY n.place) = reference.value;
    END LOOP;
END
$$;

-- A field of a line as text: what COPY has escaped, put back. NULL for \N.
CREATE OR REPLACE FUNCTION bashu.copy_text(field text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT
RETURN CASE WHEN field = '\N' THEN NULL WHEN strpos(field, '\') = 0 THEN field ELSE
    (SELECT string_agg(CASE p.part[1]
            WHEN '\t' THEN E'\t' WHEN '\n' THEN E'\n' WHEN '\r' THEN E'\r' WHEN '\b' THEN E'\b'
            WHEN '\f' THEN E'\f' WHEN '\v' THEN E'\v' WHEN '\\' THEN '\' ELSE p.part[1] END, '' ORDER BY p.n)
        FROM regexp_matches(field, '\\.|[^\\]+', 'g') WITH ORDINALITY p (part, n)) END;
