-- The catalogue of standards, part 11: the search itself. Two ways to an answer, so that both a rare and a very
-- common word take a bounded time:
--   gather  what the indexes find is fetched, ranked and sorted: for words with few hits
--   walk    rows are read in the order of lists until the page is full: for words with many hits
-- Both give the same order: title before scope and keywords; in force, then upcoming, then all others; then by
-- number. What is in force follows from the day asked for, so it is computed for the rows at hand.

-- A row of an answer. status: on the day asked for.
CREATE TYPE catalogue.search_hit AS (std_id uuid, number text, title_zh text, title_en text, kind text,
    status text, implement_date date, score integer);

-- The searched text of a title, as a condition has to spell it to use the index.
CREATE FUNCTION catalogue.search_title(alias text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace('(coalesce(@.title_zh, '''') || '' '' || coalesce(@.title_en, ''''))', '@', alias);

-- The same of scope and content.
CREATE FUNCTION catalogue.search_text(alias text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace('(coalesce(@.scope_text, '''') || '' '' || coalesce(@.main_content, ''''))', '@', alias);

-- The condition that a text holds every word, for rows at hand. NULL without words.
CREATE FUNCTION catalogue.search_holds(searched text, words text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT string_agg(format('strpos(catalogue.search_fold(%s), %L) > 0', searched, w), ' AND ')
    FROM unnest(words) w;
END;

-- The same of an indexed text, with what its index can tell.
CREATE FUNCTION catalogue.search_condition(indexed text, words text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT concat_ws(' AND ',
        (SELECT format('(catalogue.search_grams(%s) COLLATE "C") @> %L::text[]', indexed, array_agg(DISTINCT g))
            FROM unnest(words) w, unnest(catalogue.search_terms(w)) g HAVING count(g) > 0),
        catalogue.search_holds(indexed, words));
END;

-- The filters by kind and region as a condition on the standard `s`: lists are in order by an index for each.
CREATE FUNCTION catalogue.search_filter(kind text, region text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN concat_ws(' AND ', 'true', CASE WHEN kind IS NOT NULL THEN format('s.kind = %L', kind) END,
    CASE WHEN region IS NOT NULL THEN format('s.home_region = %L', region) END);

-- Nothing but what a code may hold: no pattern from outside gets into LIKE. NULL: no such filter.
CREATE FUNCTION catalogue.search_ics(typed text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(regexp_replace(typed, '[^0-9.]|[.]$', '', 'g'), '');
CREATE FUNCTION catalogue.search_ccs(typed text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(regexp_replace(upper(typed COLLATE "C"), '[^A-Z0-9]', '', 'g'), '');

-- The filters by classification as a condition on the standard `s`; ics: a code and all below it; ccs: a code or a
-- letter.
CREATE FUNCTION catalogue.search_codes(ics text, ccs text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN concat_ws(' AND ', 'true',
    CASE WHEN ics IS NOT NULL THEN format('EXISTS (SELECT FROM catalogue.standard_ics i '
        'WHERE i.std_id = s.std_id AND (i.ics = %L OR i.ics LIKE %L))', ics, ics || '.%') END,
    CASE WHEN ccs IS NOT NULL THEN format('EXISTS (SELECT FROM catalogue.standard_ccs c '
        'WHERE c.std_id = s.std_id AND c.ccs LIKE %L)', ccs || '%') END);

-- What finds rows by scope, content and keywords: all words somewhere in them or in the title.
CREATE FUNCTION catalogue.search_other(words text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT format($q$
        SELECT t.std_id, 100 FROM catalogue.standard t
        WHERE (t.scope_text IS NOT NULL OR t.main_content IS NOT NULL) AND %s
        UNION ALL
        SELECT k.std_id, 100 FROM catalogue.standard_keyword k JOIN catalogue.standard t ON t.std_id = k.std_id
        WHERE (%s) AND %s$q$,
        (SELECT string_agg(format('(%s OR %s)', catalogue.search_condition(catalogue.search_title('t'), ARRAY[w]),
            catalogue.search_condition(catalogue.search_text('t'), ARRAY[w])), ' AND ') FROM unnest(words) w),
        (SELECT string_agg(format('catalogue.search_fold(k.keyword) LIKE %L',
            replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%'), ' OR ') FROM unnest(words) w),
        (SELECT string_agg(format('(%s OR %s OR EXISTS (SELECT FROM '
            'catalogue.standard_keyword o WHERE o.std_id = k.std_id AND strpos(catalogue.search_fold(o.keyword), %L) '
            '> 0))', catalogue.search_holds(catalogue.search_title('t'), ARRAY[w]),
            catalogue.search_holds(catalogue.search_text('t'), ARRAY[w]), w), ' AND ') FROM unnest(words) w));
END;

-- A query for the first `few` hits by an index, as an array; NULL in it where no index can tell.
CREATE FUNCTION catalogue.search_probe(title text, filter text, ics text, ccs text, few integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN title LIKE '(catalogue.search_grams%' THEN
        format('SELECT ARRAY(SELECT s.std_id FROM catalogue.standard s WHERE %s AND %s LIMIT %s)', title, filter, few)
    WHEN ics IS NOT NULL THEN
        format('SELECT ARRAY(SELECT i.std_id FROM catalogue.standard_ics i WHERE i.ics = %L OR i.ics LIKE %L '
            'LIMIT %s)', ics, ics || '.%', few)
    WHEN ccs IS NOT NULL THEN
        format('SELECT ARRAY(SELECT c.std_id FROM catalogue.standard_ccs c WHERE c.ccs LIKE %L LIMIT %s)',
            ccs || '%', few)
    ELSE 'SELECT NULL::uuid[]'
END;

-- One page, in one of the two ways. hits: a query for std_id and class of match, NULL to walk; filter: on kind and
-- region; holds: all other conditions; budget: how many rows a walk reads at most; mixed: whether hits have more
-- than one class, so that all have to be ranked; states: NULL, or the only effective statuses wanted. Where one
-- class of one status is wanted, conditions and statuses are computed in the order of lists and only until the page is
-- full.
CREATE FUNCTION catalogue.search_page(hits text, filter text, holds text, budget integer, mixed boolean,
    states text[], day date, max_rows integer, skip integer)
RETURNS SETOF catalogue.search_hit
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- The columns of catalogue.standard that lists are ordered by; see index standard_rank.
    columns CONSTANT text := 's.std_id, s.number_raw, s.title_zh, s.title_en, s.kind, s.status, s.issue_date, '
        's.implement_date, s.abolish_date, s.number_code, s.number_serial, '
        'catalogue.part_order(s.number_part) AS part, s.number_year';
    ranked CONSTANT text := '#.number_code COLLATE "C", #.number_serial, #.part, #.number_year DESC NULLS LAST, '
        '#.std_id';
    own_order CONSTANT text := replace(replace(ranked, '#.part', 'catalogue.part_order(s.number_part)'), '#', 's');
    walks CONSTANT boolean := hits IS NULL;
    in_order CONSTANT boolean := walks OR (NOT mixed AND cardinality(states) = 1);
    source text;
BEGIN
    IF walks THEN
        source := format('SELECT %s, 300 AS class FROM catalogue.standard s WHERE %s ORDER BY %s LIMIT %s',
            columns, filter, own_order, budget);
    ELSE
        source := format('SELECT %s, h.class FROM (SELECT b.std_id, max(b.class) AS class FROM (%s) '
            'b (std_id, class) GROUP BY b.std_id) h JOIN catalogue.standard s ON s.std_id = h.std_id WHERE %s',
            columns, hits, filter);
        IF in_order THEN
            source := format('%s ORDER BY %s OFFSET 0', source, own_order);
        END IF;
    END IF;
    RETURN QUERY EXECUTE format('SELECT s.std_id, s.number_raw, s.title_zh, s.title_en, s.kind, e.effective, '
        's.implement_date, s.class + CASE e.effective WHEN ''current'' THEN 20 WHEN ''upcoming'' THEN 10 ELSE 0 END '
        'FROM (%s) s, LATERAL catalogue.status_of(s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date, '
        '$1) e WHERE %s AND ($2 IS NULL OR e.effective = ANY ($2)) ORDER BY %s %s LIMIT $3 OFFSET $4',
        source, holds, CASE WHEN in_order THEN '' ELSE
            's.class DESC, CASE e.effective WHEN ''current'' THEN 2 WHEN ''upcoming'' THEN 1 ELSE 0 END DESC,' END,
        replace(ranked, '#', 's'))
    USING day, states, max_rows, skip;
END $$;

-- A walk has to begin at once, whatever the planner thinks of reading and sorting the whole table instead.
CREATE FUNCTION catalogue.search_walk(filter text, holds text, budget integer, states text[], day date,
    max_rows integer, skip integer)
RETURNS SETOF catalogue.search_hit
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET enable_sort = off AS $$
    SELECT * FROM catalogue.search_page(NULL, filter, holds, budget, false, states, day, max_rows, skip)
$$;

-- Standards that come into force after the day, in the order of lists: sorted by what their index holds, and fetched
-- one by one until the page is full. Conditions as in search_page.
CREATE FUNCTION catalogue.search_upcoming(filter text, holds text, day date, max_rows integer)
RETURNS SETOF catalogue.search_hit
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        SELECT s.std_id, s.number_raw, s.title_zh, s.title_en, s.kind, e.effective, s.implement_date, 310
        FROM (
            SELECT s.std_id, s.number_code COLLATE "C" AS code, s.number_serial,
                catalogue.part_order(s.number_part) AS part, s.number_year
            FROM catalogue.standard s WHERE s.implement_date > $1 AND %1$s
            UNION ALL
            SELECT s.std_id, s.number_code COLLATE "C", s.number_serial,
                catalogue.part_order(s.number_part), s.number_year
            FROM catalogue.standard s WHERE s.status = 'upcoming' AND s.implement_date IS NULL AND %1$s
            ORDER BY 2, 3, 4, 5 DESC NULLS LAST, 1 OFFSET 0
        ) u JOIN catalogue.standard s ON s.std_id = u.std_id,
            LATERAL catalogue.status_of(s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date, $1) e
        WHERE %2$s AND e.effective = 'upcoming'
        ORDER BY u.code, u.number_serial, u.part, u.number_year DESC NULLS LAST, u.std_id LIMIT $2
        $q$, filter, holds) USING day, max_rows;
END $$;

-- Of very many hits those that are not in force: first the upcoming ones, found by their dates, then a walk through
-- the rest. Fewer rows than asked for: the walk has reached its budget.
CREATE FUNCTION catalogue.search_not_in_force(filter text, holds text, budget integer, day date, max_rows integer,
    skip integer)
RETURNS SETOF catalogue.search_hit
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    upcoming catalogue.search_hit[];
BEGIN
    upcoming := ARRAY(SELECT p FROM catalogue.search_upcoming(filter, holds, day, skip + max_rows) p);
    RETURN QUERY SELECT u.* FROM unnest(upcoming[skip + 1:]) u;
    IF cardinality(upcoming) >= skip + max_rows THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM catalogue.search_walk(filter, holds, budget,
        '{unpublished,planned,abolished,unknown}', day,
        max_rows - greatest(cardinality(upcoming) - skip, 0),
        greatest(skip - cardinality(upcoming), 0));
END $$;

-- Standards by words, by a number typed loosely, or by filters alone. Words are separated by spaces and must all
-- be there. An argument that is NULL filters nothing; in_force true: only what is in force on the day, false: only
-- what is not. The order is described above and is the same for every page. score: 400 a number, 300 a title, 100
-- scope or keyword, and 20 for what is in force, 10 for upcoming.
CREATE FUNCTION catalogue.search(query text, day date DEFAULT catalogue.today(), kind text DEFAULT NULL,
    region text DEFAULT NULL, ics text DEFAULT NULL, ccs text DEFAULT NULL, in_force boolean DEFAULT NULL,
    max_rows integer DEFAULT 20, skip integer DEFAULT 0)
RETURNS SETOF catalogue.search_hit
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET work_mem = '64MB'
    SET jit = off AS $$
#variable_conflict use_column
DECLARE
    -- Up to how many hits are gathered, and how far a walk goes before all hits are gathered after all.
    few CONSTANT integer := 5000;
    budget CONSTANT integer := 40000;
    words CONSTANT text[] := ARRAY(SELECT DISTINCT w FROM
        regexp_split_to_table(catalogue.search_fold(search.query), '\s+') w WHERE w <> '');
    ics CONSTANT text := catalogue.search_ics(search.ics);
    ccs CONSTANT text := catalogue.search_ccs(search.ccs);
    filter CONSTANT text := catalogue.search_filter(search.kind, search.region);
    codes CONSTANT text := catalogue.search_codes(ics, ccs);
    day CONSTANT date := coalesce(search.day, catalogue.today());
    wanted integer := greatest(coalesce(max_rows, 20), 1);
    skipped integer := greatest(coalesce(skip, 0), 0);
    states CONSTANT text[] := CASE WHEN in_force THEN '{current}'::text[]
        WHEN NOT in_force THEN '{unpublished,planned,upcoming,abolished,unknown}' END;
    title CONSTANT text := catalogue.search_condition(catalogue.search_title('s'), words);
    -- Everything but kind and region, for rows at hand.
    holds text := concat_ws(' AND ', catalogue.search_holds(catalogue.search_title('s'), words), codes);
    numbers uuid[];
    ids uuid[];
    found integer := 0;
    gathered text;
BEGIN
    -- With a filter nobody knows how many it leaves.
    numbers := ARRAY(SELECT n FROM catalogue.number_matches(search.query,
        CASE WHEN filter = 'true' AND codes = 'true' AND states IS NULL THEN skipped + wanted ELSE 20000 END) n);
    IF cardinality(numbers) > 0 THEN
        RETURN QUERY EXECUTE format('SELECT s.std_id, s.number_raw, s.title_zh, s.title_en, s.kind, e.effective, '
            's.implement_date, 400 + CASE e.effective WHEN ''current'' THEN 20 WHEN ''upcoming'' THEN 10 ELSE 0 END '
            'FROM (SELECT * FROM unnest($1) WITH ORDINALITY n (std_id, place) ORDER BY place OFFSET 0) n '
            'JOIN catalogue.standard s ON s.std_id = n.std_id, '
            'LATERAL catalogue.status_of(s.std_id, s.status, s.issue_date, s.implement_date, s.abolish_date, $2) e '
            'WHERE %s AND %s AND ($3 IS NULL OR e.effective = ANY ($3)) ORDER BY n.place LIMIT $4 OFFSET $5',
            filter, codes) USING numbers, day, states, wanted, skipped;
        RETURN;
    END IF;
    EXECUTE catalogue.search_probe(title, filter, ics, ccs, few + 1) INTO ids;
    IF cardinality(ids) <= few THEN
        gathered := format('SELECT i, 300 FROM unnest(%L::uuid[]) i', ids);
        -- What the index of titles has found holds the words.
        holds := CASE WHEN title LIKE '(catalogue.search_grams%' THEN codes ELSE holds END;
    END IF;
    -- Those in force come first, and often fill the page: nothing else is then read.
    IF in_force IS NOT FALSE AND gathered IS NULL THEN
        RETURN QUERY SELECT * FROM catalogue.search_walk(filter, holds, budget, '{current}', day, wanted, skipped);
        GET DIAGNOSTICS found = ROW_COUNT;
    ELSIF in_force IS NOT FALSE THEN
        RETURN QUERY SELECT * FROM catalogue.search_page(gathered, filter, holds, 0, false, '{current}', day,
            wanted, skipped);
        GET DIAGNOSTICS found = ROW_COUNT;
    ELSIF gathered IS NULL THEN
        RETURN QUERY SELECT * FROM catalogue.search_not_in_force(filter, holds, budget, day, wanted, skipped);
        GET DIAGNOSTICS found = ROW_COUNT;
    END IF;
    IF found = wanted THEN
        RETURN;
    END IF;
    wanted := wanted - found;
    skipped := skipped + found;
    IF gathered IS NULL THEN
        gathered := format('SELECT s.std_id, 300 FROM catalogue.standard s WHERE %s AND %s AND %s',
            coalesce(nullif(title, ''), 'true'), filter, codes);
        holds := 'true';
    END IF;
    IF cardinality(words) > 0 THEN
        -- Titles come first: often they fill the page, and scopes need not be read.
        RETURN QUERY SELECT * FROM catalogue.search_page(gathered, filter, holds, 0, false, states, day, wanted,
            skipped);
        GET DIAGNOSTICS found = ROW_COUNT;
        IF found = wanted THEN
            RETURN;
        END IF;
        wanted := wanted - found;
        skipped := skipped + found;
        gathered := gathered || ' UNION ALL ' || catalogue.search_other(words);
        holds := codes;
    END IF;
    RETURN QUERY SELECT * FROM catalogue.search_page(gathered, filter, holds, 0, true, states, day, wanted, skipped);
END $$;
