-- The catalogue of standards, part 1: the schema and the functions that its columns are computed with.
-- Run as the owner, in name order with the other numbered files of this folder, each in one transaction
-- (psql -1 -v ON_ERROR_STOP=1 -f). It needs no superuser and no extension, and it refuses a database
-- that already has a schema "catalogue" before it changes anything.
--
-- Every function here is a pure function of its arguments, also of no setting and no collation: both
-- regions must get the same number, the same identifier and the same date from the same text.

CREATE SCHEMA catalogue;
COMMENT ON SCHEMA catalogue IS
    '标准目录：各地区共享的标准题录数据 / Catalogue of standards: the records that the regions share';

-- SHA-1 (FIPS 180-4). PostgreSQL's core has MD5 and SHA-2 only, and version 5 of UUID is defined on SHA-1.
-- It names records and protects nothing. About 0.1 ms for a message of up to 55 bytes.
CREATE FUNCTION catalogue.sha1(message bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    mask CONSTANT bigint := 4294967295;
    size CONSTANT integer := length(message);
    padded CONSTANT bytea := message || '\x80'::bytea
        || decode(repeat('00', (119 - size % 64) % 64), 'hex') || int8send(size::bigint * 8);
    h0 bigint := 1732584193; h1 bigint := 4023233417; h2 bigint := 2562383102;
    h3 bigint := 271733878; h4 bigint := 3285377520;
    a bigint; b bigint; c bigint; d bigint; e bigint; x bigint; at integer;
    w bigint[];
BEGIN
    FOR block IN 0 .. length(padded) / 64 - 1 LOOP
        w := '{}';
        FOR t IN 1 .. 16 LOOP
            at := block * 64 + t * 4 - 4;
            w[t] := (get_byte(padded, at)::bigint << 24) | (get_byte(padded, at + 1) << 16)
                | (get_byte(padded, at + 2) << 8) | get_byte(padded, at + 3);
        END LOOP;
        FOR t IN 17 .. 80 LOOP
            x := w[t - 3] # w[t - 8] # w[t - 14] # w[t - 16];
            w[t] := ((x << 1) | (x >> 31)) & mask;
        END LOOP;
        a := h0; b := h1; c := h2; d := h3; e := h4;
        FOR t IN 1 .. 80 LOOP
            x := ((a << 5) | (a >> 27)) + e + w[t] + CASE
                WHEN t <= 20 THEN ((b & c) | (~b & d)) + 1518500249
                WHEN t <= 40 THEN (b # c # d) + 1859775393
                WHEN t <= 60 THEN ((b & c) | (b & d) | (c & d)) + 2400959708
                ELSE (b # c # d) + 3395469782 END;
            e := d; d := c; c := ((b << 30) | (b >> 2)) & mask; b := a; a := x & mask;
        END LOOP;
        h0 := (h0 + a) & mask; h1 := (h1 + b) & mask; h2 := (h2 + c) & mask;
        h3 := (h3 + d) & mask; h4 := (h4 + e) & mask;
    END LOOP;
    RETURN substr(int8send(h0), 5) || substr(int8send(h1), 5) || substr(int8send(h2), 5)
        || substr(int8send(h3), 5) || substr(int8send(h4), 5);
END $$;

-- A name-based UUID, version 5 of RFC 9562. `name` is taken as UTF-8.
CREATE FUNCTION catalogue.uuid_v5(namespace uuid, name text) RETURNS uuid
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    digest bytea := catalogue.sha1(uuid_send(namespace) || convert_to(name, 'UTF8'));
BEGIN
    digest := set_byte(digest, 6, (get_byte(digest, 6) & 15) | 80);
    digest := set_byte(digest, 8, (get_byte(digest, 8) & 63) | 128);
    RETURN encode(substr(digest, 1, 16), 'hex')::uuid;
END $$;

-- A standard number in canonical form: half-width, capitals, one space between code and serial, "-" before
-- the year (":" for ISO and IEC). It removes what typography, web pages and file names have added, and
-- guesses nothing: what does not look like a number comes back tidied but whole.
CREATE FUNCTION catalogue.normalize_number(raw text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    t text := replace(raw, '—', '-');
BEGIN
    -- Most numbers have nothing but the dash of the official typography: no need to go through all of it.
    IF t ~ '^(GB|DB[0-9]{2,4}|[A-Z]{2}|T/[A-Z]{2,18})(/[TZ])? [0-9]{1,6}([.][0-9]{1,3})?-[0-9]{4}$' THEN
        RETURN t;
    END IF;
    -- NFKC makes full-width forms, U+00A0 and U+3000 plain.
    t := normalize(t, NFKC);
    -- Search-highlight markup left in platform fields.
    IF strpos(t, '<') > 0 THEN
        t := regexp_replace(t, '<[^>]*>', '', 'g');
    END IF;
    -- Dashes to "-", slashes to "/", invisible characters to nothing.
    t := translate(t, U&'\2010\2011\2012\2013\2014\2015\2043\2212\2500\2E3A\2E3B\30FC\2044\2215\2571',
        '------------///');
    t := translate(t, U&'\00AD\200B\200C\200D\2060\FEFF', '');
    t := upper(t COLLATE "C") COLLATE "C";
    -- The character for "one", typed or scanned in place of the dash before the year.
    IF strpos(t, '一') > 0 THEN
        t := regexp_replace(t, '([0-9])一(?=[0-9]{4}$)', '\1-');
    END IF;
    t := btrim(regexp_replace(t, '\s+', ' ', 'g'));
    t := regexp_replace(regexp_replace(t, ' ?([/.:-]) ?', '\1', 'g'), '-{2,}', '-', 'g');

    -- The beginning first: what is no local standard needs no pattern of theirs.
    IF starts_with(t, 'DB') AND t ~ '^DBS[0-9]' THEN
        RETURN regexp_replace(t, '^(DBS[0-9]{2})[/ ]*(?=[0-9])', '\1/');
    ELSIF starts_with(t, 'DB') AND t ~ '^DBJ[0-9 /-]' THEN
        -- Published with a hyphen in Chongqing and with a space in Sichuan: one form, so that one
        -- standard has one number.
        RETURN regexp_replace(t, '^(DBJ(?:/T)?) ?([0-9]{2}(?:/T)?)[ -]?(?=[0-9])', '\1\2-');
    ELSIF starts_with(t, 'DB') AND t ~ '^DB[0-9]' THEN
        -- Only after a slash or a space: in DB51418-2016 nobody can tell the serial from the division.
        RETURN regexp_replace(t, '^(DB[0-9]{2,6})(?:(/[TZ])[ -]?|[/ ])(?=[0-9])', '\1\2 ');
    ELSIF starts_with(t, 'DB ') AND t ~ '^DB [0-9]{2,6}/' THEN
        RETURN regexp_replace(t, '^DB ([0-9]{2,6})(?:(/[TZ])[ -]?|/)(?=[0-9])', 'DB\1\2 ');
    ELSIF starts_with(t, 'T/') OR starts_with(t, 'Q/') THEN
        RETURN regexp_replace(t, '^([TQ]/[A-Z]{2,18}) ?(?=[0-9])', '\1 ');
    ELSIF left(t, 3) IN ('ISO', 'IEC', 'ITU') THEN
        t := regexp_replace(t, '^((?:ISO|IEC|ITU-[TRD])(?:/[A-Z]+)*)[/ ]?(?=[0-9])', '\1 ');
        t := regexp_replace(t, '/(AMD|COR) ?(?=[0-9])', '/\1 ');
        RETURN regexp_replace(t, '^([^:]*)-((?:19|20)[0-9]{2})$', '\1:\2');
    END IF;
    -- File names cannot hold the slash of /T. Only for codes known to exist, so that no other is split.
    t := regexp_replace(t, '^(GB|JTG|JTS|CJJ|JGJ|AQ|BB|CB|CH|CJ|CY|DA|DB|DL|DY|DZ|EJ|FZ|GA|GC|GD|GH|GM|GY|'
        'HB|HG|HJ|HS|HY|JB|JC|JG|JR|JT|JY|LB|LD|LS|LY|MH|MT|MZ|NB|NY|QB|QC|QJ|QX|RB|SB|SC|SF|SH|SJ|SL|SN|'
        'SW|SY|TB|TD|TY|WB|WH|WJ|WM|WS|WW|XB|XF|YB|YC|YD|YS|YY|YZ|ZY)T(?=[ -]?[0-9]|[A-Z][0-9]{2}-)', '\1/T');
    RETURN regexp_replace(t, '^([A-Z]{2,3}(?:/[TZ])?)(?:/|[ -])?(?=[A-Z]?[0-9])', '\1 ');
END $$;

-- The form that a canonical number has, or NULL: it fits none, is kept as published, and is shown as such.
-- "industry" is tried last, because its pattern is the widest.
CREATE FUNCTION catalogue.number_form(norm text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
    WHEN starts_with(norm, 'GB')
        AND norm ~ '^GB([JZ])?(/[TZ])? [0-9]{1,6}([.][0-9]{1,3}){0,2}-([0-9]{4}|[5-9][0-9])$' THEN 'national'
    WHEN starts_with(norm, 'DB') AND norm ~ '^DBS[0-9]{2}/[0-9]{3}(-[0-9]{4})?$' THEN 'food'
    WHEN starts_with(norm, 'DB')
        AND norm ~ '^DBJ(/T)?[0-9]{2}(/T)?-[0-9]{1,4}(-[0-9]{1,3})?-[0-9]{4}$' THEN 'construction'
    -- The block of serials that Chongqing and Sichuan have agreed for joint standards.
    WHEN starts_with(norm, 'DB') AND norm ~ '^DB5[01](/[TZ])? 1[0-9]{4}([.][0-9]{1,3})?-[0-9]{4}$' THEN 'joint'
    WHEN starts_with(norm, 'DB') AND norm ~ ('^DB(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])(/[TZ])?'
        ' [0-9]{1,5}([.][0-9]{1,3})?-[0-9]{4}$') THEN 'province'
    -- Not 50xx: no district of Chongqing may issue local standards.
    WHEN starts_with(norm, 'DB') AND norm ~ ('^DB(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[1-4]|6[1-5])[0-9]{2}(/[TZ])?'
        ' [0-9]{1,5}([.][0-9]{1,3})?-[0-9]{4}$') THEN 'city'
    WHEN starts_with(norm, 'DB') AND norm ~ '^DB[0-9]{6}(/[TZ])? [0-9]{1,5}([.][0-9]{1,3})?-[0-9]{4}$' THEN 'county'
    WHEN starts_with(norm, 'T/') AND norm ~ '^T/[A-Z][A-Z0-9]{1,11} [0-9]{1,6}([.][0-9]{1,3})?-[0-9]{4}$' THEN 'group'
    WHEN starts_with(norm, 'Q/') AND norm ~ '^Q/[A-Z0-9]{1,18}[ -]?[A-Z0-9][A-Z0-9.-]{0,20}-[0-9]{4}$' THEN 'enterprise'
    WHEN starts_with(norm, 'I') AND norm ~ (
        '^(ISO|IEC|ITU-[TRD])(/(IEC|TS|TR|PAS|GUIDE|IWA))* [A-Z]?[.]?[0-9]{1,6}([.-][0-9]{1,4}){0,3}'
        '(:[0-9]{4}(-[0-9]{2})?)?(/(AMD|COR) [0-9]+(:[0-9]{4})?)?$') THEN 'international'
    WHEN norm ~ '^JTG(/T)? [A-Z][0-9]{2}(-[0-9]{2})?(/[0-9])?-[0-9]{4}$' THEN 'industry'
    WHEN norm ~ '^[A-Z]{2,3}(/[TZ])? [0-9]{1,6}([.][0-9]{1,3}){0,2}(-[0-9]{1,2})?-([0-9]{4}|[5-9][0-9])$'
        AND norm !~ '^(DB[JS]|ISO|IEC)' THEN 'industry'
END;

-- The kind of standard that a form belongs to; "unknown" for a number that fits no form.
CREATE FUNCTION catalogue.number_kind(form text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN form IN ('national', 'industry', 'group', 'enterprise', 'international') THEN form
    WHEN form IN ('province', 'joint', 'city', 'county', 'construction', 'food') THEN 'local'
    ELSE 'unknown'
END;

-- Whether the number makes a standard mandatory, recommended or guidance. NULL where it does not say: group,
-- enterprise and international standards, and numbers that fit no form.
CREATE FUNCTION catalogue.number_nature(norm text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF catalogue.number_kind(catalogue.number_form(norm)) NOT IN ('national', 'industry', 'local') THEN
        RETURN NULL;
    END IF;
    RETURN CASE WHEN norm ~ '^[A-Z]+[0-9]*/T' THEN 'recommended' WHEN norm ~ '^[A-Z]+[0-9]*/Z' THEN 'guidance'
        ELSE 'mandatory' END;
END $$;

-- The region that a number belongs to: a division code of two digits (50, 51, ...), CN, INTL, or NULL where
-- the number does not say (group standards). An enterprise standard belongs where the enterprise is
-- registered: digits 3 and 4 of its unified social credit code.
CREATE FUNCTION catalogue.number_region(norm text, issuer_code text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE catalogue.number_kind(catalogue.number_form(norm))
    WHEN 'national' THEN 'CN'
    WHEN 'industry' THEN 'CN'
    WHEN 'international' THEN 'INTL'
    WHEN 'local' THEN substring(norm from '^DB[JS]?(?:/T)?([0-9]{2})')
    WHEN 'enterprise' THEN
        CASE WHEN issuer_code ~ '^[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}$' THEN substr(issuer_code, 3, 2) END
END;

-- The parts of a canonical number, for sorting: by code, serial, part_order(part), year. NULL where they cannot
-- be told. A year of two digits is of the 20th century.
CREATE FUNCTION catalogue.number_parts(
    norm text, OUT code text, OUT serial integer, OUT part text, OUT year integer)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    p text[];
BEGIN
    IF starts_with(norm, 'Q/') THEN
        -- By hand, because these are many and a pattern with parts is slow.
        IF norm ~ '^Q/[A-Z0-9]{1,18}[ -][A-Z0-9][A-Z0-9.-]{0,20}-[0-9]{4}$' THEN
            code := split_part(translate(norm, ' ', '-'), '-', 1);
            part := substr(left(norm, -5), length(code) + 2);
            p[1] := substring(part FROM '^[0-9]{1,9}');
            IF p[1] IS NOT NULL AND substr(part, length(p[1]) + 1, 1) !~ '[0-9]' THEN
                serial := p[1]::integer;
                part := substr(part, length(p[1]) + 1);
            END IF;
            part := nullif(part, '');
            year := right(norm, 4)::integer;
        END IF;
        RETURN;
    END IF;
    p := regexp_match(norm,
        '^((?:T/)?[A-Z0-9]+(?:/[TZ])?(?: [A-Z]| ))([0-9]{1,6})(?:[./-]([0-9./-]+))?-([0-9]{4}|[0-9]{2})$');
    IF p IS NULL THEN
        CASE catalogue.number_form(norm)
            WHEN 'construction' THEN
                p := regexp_match(norm, '^([^-]+)-([0-9]+)(?:-([0-9]+))?-([0-9]{4})$');
            WHEN 'food' THEN
                p := regexp_match(norm, '^(DBS[0-9]{2})/([0-9]+)()(?:-([0-9]{4}))?$');
            WHEN 'international' THEN
                p := regexp_match(norm, '^([A-Z/-]+(?: [A-Z])?)[ .]([0-9]+)(?:[.-]([0-9.-]+))?(?::([0-9]{4}).*)?');
            ELSE
                NULL;
        END CASE;
    END IF;
    code := rtrim(p[1]);
    serial := p[2]::integer;
    part := nullif(p[3], '');
    year := p[4]::integer;
    IF year < 100 THEN
        year := 1900 + year;
    END IF;
END $$;

-- The parts one by one, for generated columns: of a number as published or canonical; of one of the usual forms at a
-- tenth of the cost.
CREATE FUNCTION catalogue.number_code(number text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF number ~ '^(GB|DB[0-9]{2,4}|[A-Z]{2}|T/[A-Z]{2,18})(/[TZ])? [0-9]{1,6}([.][0-9]{1,3})?[-—][0-9]{4}$' THEN
        RETURN split_part(number, ' ', 1);
    END IF;
    RETURN (catalogue.number_parts(catalogue.normalize_number(number))).code;
END $$;
CREATE FUNCTION catalogue.number_serial(number text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF number ~ '^(GB|DB[0-9]{2,4}|[A-Z]{2}|T/[A-Z]{2,18})(/[TZ])? [0-9]{1,6}([.][0-9]{1,3})?[-—][0-9]{4}$' THEN
        RETURN split_part(left(split_part(number, ' ', 2), -5), '.', 1)::integer;
    END IF;
    RETURN (catalogue.number_parts(catalogue.normalize_number(number))).serial;
END $$;
CREATE FUNCTION catalogue.number_part(number text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF number ~ '^(GB|DB[0-9]{2,4}|[A-Z]{2}|T/[A-Z]{2,18})(/[TZ])? [0-9]{1,6}([.][0-9]{1,3})?[-—][0-9]{4}$' THEN
        RETURN nullif(split_part(left(number, -5), '.', 2), '');
    END IF;
    RETURN (catalogue.number_parts(catalogue.normalize_number(number))).part;
END $$;
CREATE FUNCTION catalogue.number_year(number text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF number ~ '^(GB|DB[0-9]{2,4}|[A-Z]{2}|T/[A-Z]{2,18})(/[TZ])? [0-9]{1,6}([.][0-9]{1,3})?[-—][0-9]{4}$' THEN
        RETURN right(number, 4)::integer;
    END IF;
    RETURN (catalogue.number_parts(catalogue.normalize_number(number))).year;
END $$;

-- A part ("2", "10.3", "7-4", "02") as numbers, so that part 10 comes after part 2. Letters count as nothing.
CREATE FUNCTION catalogue.part_order(part text) RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN array_remove(regexp_split_to_array(part, '[^0-9]+'), '')::integer[];

-- The namespace of the identifiers below. Never to be changed: identifiers are derived from it for ever.
CREATE FUNCTION catalogue.namespace() RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '4ccc0cd5-a781-494b-b975-9e88b10c6c5d'::uuid;

-- The identifier of a standard: from its kind, the code of its issuer and its canonical number as they were
-- when the record was first entered. The same import gives the same identifier in every region. Later it
-- stays, whatever happens to the number (see catalogue.number_history).
-- issuer_code: only where the number alone names no standard: the unified social credit code of the
-- enterprise for an enterprise standard; '' for all others.
CREATE FUNCTION catalogue.standard_id(kind text, issuer_code text, number_norm text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN catalogue.uuid_v5(catalogue.namespace(), 'standard|' || kind || '|' || issuer_code || '|' || number_norm);

-- The same from a number as published.
CREATE FUNCTION catalogue.standard_id(number_raw text, issuer_code text DEFAULT '') RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN catalogue.standard_id(
    catalogue.number_kind(catalogue.number_form(catalogue.normalize_number(number_raw))),
    issuer_code, catalogue.normalize_number(number_raw));

-- The identifier of an organisation: from its unified social credit code if it is known at first entry, else
-- from its Chinese name without spaces.
CREATE FUNCTION catalogue.organization_id(name_zh text, uscc text DEFAULT NULL) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN catalogue.uuid_v5(catalogue.namespace(), 'organization|'
    || coalesce(nullif(upper(uscc COLLATE "C"), ''), regexp_replace(normalize(name_zh, NFKC), '\s+', '', 'g')));

-- The identifier of an announcement: from its number as published, without spaces, and its issuer.
CREATE FUNCTION catalogue.announcement_id(issuer text, number text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN catalogue.uuid_v5(catalogue.namespace(), 'announcement|'
    || regexp_replace(normalize(issuer || '|' || number, NFKC), '\s+', '', 'g'));

-- The identifier of a group of joint standards: from the identifiers of its members at first entry, in any
-- order. Which standards belong together is a fact to be entered; it never follows from their numbers.
CREATE FUNCTION catalogue.joint_group_id(VARIADIC members uuid[]) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN catalogue.uuid_v5(catalogue.namespace(), 'joint_group|'
    || (SELECT string_agg(m::text, '|' ORDER BY m) FROM unnest(members) m));
