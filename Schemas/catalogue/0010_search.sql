-- The catalogue of standards, part 10: search. Indexes on the tables' own columns, so that whatever writes a row,
-- replication too, keeps them up, and nothing of them is ever sent. No extension, no collation, no locale: text is
-- taken in Unicode's NFKC form with small Latin letters, and cut into pairs of characters by the functions below.

-- Text as it is searched: full-width forms and capitals make no difference.
CREATE FUNCTION catalogue.search_fold(published text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(normalize(coalesce(published, ''), NFKC) COLLATE "C");

-- What of a text is in the index. Of Chinese (any character beyond ASCII) each character and each pair of
-- neighbours; of a Latin word or a figure its first two and its first four characters.
-- Character by character, because a query for the same takes three times as long, and imports wait for it.
CREATE FUNCTION catalogue.search_grams(published text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    folded CONSTANT text := catalogue.search_fold(published);
    grams text[] := '{}';
    one text;
    before text;
BEGIN
    FOREACH one IN ARRAY string_to_array(folded, NULL) LOOP
        IF one > U&'\007F' COLLATE "C" THEN
            grams := grams || one;
            IF before IS NOT NULL THEN
                grams := grams || (before || one);
            END IF;
            before := one;
        ELSE
            before := NULL;
        END IF;
    END LOOP;
    IF folded ~ '[a-z0-9]{2}' THEN
        FOR one IN SELECT m[1] FROM regexp_matches(folded, '[a-z0-9]{2,}', 'g') m LOOP
            grams := grams || left(one, 2) || left(one, 4);
        END LOOP;
    END IF;
    RETURN grams;
END $$;

-- What of a word asked for the index can tell: pairs, a single character only where it stands alone, and of a
-- Latin word the longest beginning that is in the index. Empty: the index tells nothing.
CREATE FUNCTION catalogue.search_terms(word text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(array_agg(DISTINCT g.gram), '{}') FROM (
        SELECT CASE WHEN length(m[1]) = 1 THEN m[1] ELSE substr(m[1], i, 2) END AS gram
        FROM regexp_matches(word, '([^\x01-\x7f]+)', 'g') m, generate_series(1, greatest(1, length(m[1]) - 1)) i
        UNION ALL
        SELECT left(m[1], CASE WHEN length(m[1]) < 4 THEN 2 ELSE 4 END)
        FROM regexp_matches(word, '[a-z0-9]{2,}', 'g') m
    ) g;
END;

-- A number without what people leave out when they type it: only letters and figures, capitals.
CREATE FUNCTION catalogue.number_compact(number text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(upper(normalize(number, NFKC) COLLATE "C"), '[^A-Z0-9]', '', 'g');

-- The same without the T or Z of recommended standards and guidance documents.
CREATE FUNCTION catalogue.number_key(number text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(catalogue.number_compact(number),
    '^(DBJ?[0-9]{2,6}|[A-Z]{2,3})[TZ](?=[0-9])', '\1') COLLATE "C";

-- In the order of bytes: the database's own order means nothing for pairs of characters, and takes longer.
CREATE INDEX standard_title_search ON catalogue.standard
    USING gin ((catalogue.search_grams(coalesce(title_zh, '') || ' ' || coalesce(title_en, '')) COLLATE "C"));
CREATE INDEX standard_text_search ON catalogue.standard
    USING gin ((catalogue.search_grams(coalesce(scope_text, '') || ' ' || coalesce(main_content, '')) COLLATE "C"))
    WHERE scope_text IS NOT NULL OR main_content IS NOT NULL;
CREATE INDEX standard_keyword_search ON catalogue.standard_keyword (catalogue.search_fold(keyword) text_pattern_ops);
CREATE INDEX standard_number_key ON catalogue.standard (catalogue.number_key(number_norm) text_pattern_ops);
CREATE INDEX number_history_key ON catalogue.number_history (catalogue.number_key(number_norm) text_pattern_ops);
-- The order of lists: what people expect of numbers, and the same whatever the database's collation is.
CREATE INDEX standard_rank ON catalogue.standard (number_code COLLATE "C", number_serial,
    catalogue.part_order(number_part), number_year DESC NULLS LAST, std_id);
CREATE INDEX standard_rank_kind ON catalogue.standard (kind, number_code COLLATE "C", number_serial,
    catalogue.part_order(number_part), number_year DESC NULLS LAST, std_id);
CREATE INDEX standard_rank_region ON catalogue.standard (home_region, number_code COLLATE "C", number_serial,
    catalogue.part_order(number_part), number_year DESC NULLS LAST, std_id);
-- What is not in force yet is found by its date, so that it can be listed before what is no longer; with the columns
-- that put it in order, so that only the rows of a page are fetched.
CREATE INDEX standard_implement_date ON catalogue.standard (implement_date)
    INCLUDE (number_code, number_serial, number_part, number_year, std_id, kind, home_region);
CREATE INDEX standard_upcoming ON catalogue.standard (std_id) WHERE status = 'upcoming' AND implement_date IS NULL;
CREATE INDEX standard_serial ON catalogue.standard (number_serial, number_code COLLATE "C",
    catalogue.part_order(number_part), number_year DESC NULLS LAST, std_id);

-- The status of one standard on a day: what catalogue.status_on says of it, without reading all the others.
CREATE FUNCTION catalogue.status_of(
    std_id uuid, status text, issue_date date, implement_date date, abolish_date date, day date)
RETURNS TABLE (effective text, newer_edition boolean)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN o.own IN ('current', 'unknown') AND f.in_force THEN 'abolished' ELSE o.own END,
        o.own = 'current' AND coalesce(f.issued AND NOT f.in_force, false)
    FROM (SELECT catalogue.effective_status(
            status_of.status, status_of.issue_date, status_of.implement_date, status_of.abolish_date,
            status_of.day) AS own) o,
        LATERAL (SELECT bool_and(coalesce(coalesce(r.effective_date, n.implement_date) <= status_of.day, false))
                AS in_force,
            bool_or(coalesce(n.issue_date <= status_of.day, false)) AS issued
        FROM catalogue.replacement r JOIN catalogue.standard n ON n.std_id = r.new_std_id
        WHERE r.old_std_id = status_of.std_id AND r.extent = 'full') f;
END;

-- The numbers that begin with what was typed, however loosely: db50t10011, GB/T22373, gb 22373-2021, full-width
-- forms; figures alone mean the serial. In the order of lists. Former numbers find the record too.
-- Where more than 2,000 begin so, what was typed is taken as a code and the beginning of a serial alone.
CREATE FUNCTION catalogue.number_matches(typed text, max_rows integer DEFAULT 100) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    few CONSTANT integer := 2000;
    norm CONSTANT text := upper(btrim(translate(normalize(coalesce(typed, ''), NFKC),
        U&'\2010\2011\2012\2013\2014\2015\2043\2212\2044\2215', '--------//')) COLLATE "C");
    compact CONSTANT text := catalogue.number_compact(norm);
    key CONSTANT text := catalogue.number_key(norm);
    serial CONSTANT text[] := regexp_match(norm, '^([0-9]{1,6})(?:[.]([0-9]{1,3}))?(?:[-: ]([0-9]{4}|[0-9]{2}))?$');
    low bigint := serial[1]::bigint;
    ids uuid[] := '{}';
    code text;
BEGIN
    IF compact = '' OR norm ~ '[^A-Z0-9 ./:&()-]' THEN
        RETURN;
    END IF;
    IF serial IS NOT NULL THEN
        RETURN QUERY
        SELECT s.std_id FROM catalogue.standard s
        WHERE s.number_serial = low::integer
            AND (serial[2] IS NULL OR s.number_part = serial[2])
            AND (serial[3] IS NULL OR right(s.number_year::text, length(serial[3])) = serial[3])
        ORDER BY s.number_serial, s.number_code COLLATE "C", catalogue.part_order(s.number_part),
            s.number_year DESC NULLS LAST, s.std_id
        LIMIT max_rows;
        RETURN;
    END IF;
    -- A code alone, such as "DB51/T": its serials in order, by the index.
    IF norm ~ '[A-Z]$' THEN
        SELECT s.number_code INTO code FROM catalogue.standard s
        WHERE s.number_code COLLATE "C" = catalogue.number_parts_code(norm) LIMIT 1;
        IF FOUND THEN
            RETURN QUERY SELECT r FROM catalogue.number_range(code, 0, 2147483647, max_rows) r;
            RETURN;
        END IF;
    END IF;
    EXECUTE $find$
        SELECT array_agg(f.std_id) FROM (
            (SELECT k.std_id FROM catalogue.standard k
            WHERE catalogue.number_key(k.number_norm) LIKE $1 || '%'
                AND ($1 = $2 OR catalogue.number_compact(k.number_norm) LIKE $2 || '%')
            LIMIT $3)
            UNION
            (SELECT h.std_id FROM catalogue.number_history h
            WHERE catalogue.number_key(h.number_norm) LIKE $1 || '%'
                AND ($1 = $2 OR catalogue.number_compact(h.number_norm) LIKE $2 || '%')
            LIMIT $3)) f
        $find$ INTO ids USING key, compact, few + 1;
    IF cardinality(ids) > few THEN
        RETURN QUERY SELECT b FROM catalogue.number_beginnings(norm, max_rows) b;
    ELSE
        RETURN QUERY
        SELECT s.std_id FROM unnest(ids) f JOIN catalogue.standard s ON s.std_id = f
        ORDER BY s.number_code COLLATE "C", s.number_serial, catalogue.part_order(s.number_part),
            s.number_year DESC NULLS LAST, s.std_id
        LIMIT max_rows;
    END IF;
END $$;

-- The numbers of a code whose serial is from low to high, in the order of lists.
CREATE FUNCTION catalogue.number_range(code text, low integer, high integer, max_rows integer) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT s.std_id FROM catalogue.standard s
    WHERE s.number_code COLLATE "C" = number_range.code COLLATE "C"
        AND s.number_serial BETWEEN number_range.low AND number_range.high
    ORDER BY s.number_code COLLATE "C", s.number_serial, catalogue.part_order(s.number_part),
        s.number_year DESC NULLS LAST, s.std_id
    LIMIT number_range.max_rows;
END;

-- The codes in the catalogue that begin so, one step in the index for each.
CREATE FUNCTION catalogue.number_codes(beginning text) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH RECURSIVE c (code) AS (
        (SELECT s.number_code COLLATE "C" FROM catalogue.standard s
        WHERE s.number_code COLLATE "C" >= number_codes.beginning ORDER BY s.number_code COLLATE "C" LIMIT 1)
        UNION ALL
        SELECT (SELECT s.number_code COLLATE "C" FROM catalogue.standard s
            WHERE s.number_code COLLATE "C" > c.code ORDER BY s.number_code COLLATE "C" LIMIT 1)
        FROM c WHERE starts_with(c.code, number_codes.beginning)
    )
    SELECT c.code FROM c WHERE starts_with(c.code, number_codes.beginning) ORDER BY c.code;
END;

-- The numbers that begin with a code and the first figures of a serial, in the order of lists. "GB/T 1" are the
-- serials 1, 10 to 19, 100 to 199 and so on: each a range of the index. Without T or Z the codes with one count too.
CREATE FUNCTION catalogue.number_beginnings(norm text, max_rows integer) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    compact CONSTANT text := catalogue.number_compact(norm);
    key CONSTANT text := catalogue.number_key(norm);
    typed CONSTANT text := CASE WHEN key = compact THEN key ELSE compact END;
    wanted integer := max_rows;
    found integer;
    code text;
    own text;
    low bigint;
    high bigint;
BEGIN
    FOR code IN SELECT c FROM catalogue.number_codes(substring(norm FROM '^[A-Z]+')) c LOOP
        own := CASE WHEN key = compact THEN left(catalogue.number_key(code || '1'), -1)
            ELSE catalogue.number_compact(code) END;
        IF starts_with(own, typed) THEN
            low := 0;
            high := 2147483647;
        ELSIF starts_with(typed, own) AND substr(typed, length(own) + 1) ~ '^[1-9][0-9]{0,8}$' THEN
            low := substr(typed, length(own) + 1)::bigint;
            high := low;
        ELSE
            CONTINUE;
        END IF;
        WHILE low <= 2147483647 LOOP
            RETURN QUERY SELECT r
            FROM catalogue.number_range(code, low::integer, least(high, 2147483647)::integer, wanted) r;
            GET DIAGNOSTICS found = ROW_COUNT;
            wanted := wanted - found;
            IF wanted <= 0 THEN
                RETURN;
            END IF;
            EXIT WHEN low = 0;
            low := low * 10;
            high := high * 10 + 9;
        END LOOP;
    END LOOP;
END $$;

-- A code as typed, in the spelling of number_code: "db51t" and "DB51 / T" are DB51/T.
CREATE FUNCTION catalogue.number_parts_code(typed text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (catalogue.number_parts(catalogue.normalize_number(typed || ' 1-2000'))).code;
