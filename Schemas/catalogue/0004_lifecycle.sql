-- The catalogue of standards, part 4: reading dates and codes as published, the status on a day, and the
-- words for the codes in Chinese and English.

-- A date as published: 2023-05-01, 2022/10/1, 2023.5.1, 20230501, 2023年5月1日, each with or without a time
-- of day behind it, which is dropped. NULL for anything else, also for a day that no calendar has and for a
-- month without a day.
CREATE FUNCTION catalogue.parse_date(published text) RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    t text;
    p text[];
    month integer;
    day integer;
    found date;
BEGIN
    -- Most are of this form, and of a day that every month has.
    IF published ~ '^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$' THEN
        RETURN make_date(
            substr(published, 1, 4)::integer, substr(published, 6, 2)::integer, substr(published, 9)::integer);
    END IF;
    t := btrim(normalize(published, NFKC), E' \t\r\n');
    p := coalesce(
        regexp_match(t, '^([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[ T][0-9:.]+)?$'),
        regexp_match(t, '^([0-9]{4})() ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?日$'),
        regexp_match(t, '^([0-9]{4})()([0-9]{2})([0-9]{2})$'));
    month := p[3]::integer;
    day := p[4]::integer;
    IF p[1] = '0000' OR month NOT BETWEEN 1 AND 12 OR day NOT BETWEEN 1 AND 31 THEN
        RETURN NULL;
    END IF;
    found := make_date(p[1]::integer, month, 1) + (day - 1);
    -- 30 February would have become 1 or 2 March.
    RETURN CASE WHEN extract(month FROM found) = month THEN found END;
END $$;

-- The date that a platform gives as milliseconds since 1970-01-01 UTC at midnight in Beijing. Taken in UTC it
-- would be the day before. China had summer time from 1986 to 1991, so this is not simply UTC+8.
CREATE FUNCTION catalogue.beijing_date(epoch_ms bigint) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (to_timestamp(epoch_ms / 1000.0) AT TIME ZONE 'Asia/Shanghai')::date;

-- Today, where the standards are in force.
CREATE FUNCTION catalogue.today() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (now() AT TIME ZONE 'Asia/Shanghai')::date;

-- The recorded status for a word as published, and the reason of abolition where the word says it. NULL for a
-- word that is not known.
CREATE FUNCTION catalogue.parse_status(word text, OUT status text, OUT abolish_reason text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT w.status, w.reason FROM (VALUES
        ('现行', 'current', NULL), ('有效', 'current', NULL), ('现行有效', 'current', NULL),
        ('current', 'current', NULL), ('即将实施', 'upcoming', NULL), ('尚未生效', 'upcoming', NULL),
        ('upcoming', 'upcoming', NULL), ('有更新版', 'newer_edition', NULL), ('废止', 'abolished', NULL),
        ('作废', 'abolished', NULL), ('已废止', 'abolished', NULL), ('abolished', 'abolished', NULL),
        ('被代替', 'abolished', 'replaced'), ('被替代', 'abolished', 'replaced')) w (word, status, reason)
    WHERE w.word = lower(btrim(normalize(parse_status.word, NFKC)) COLLATE "C");
END;

-- Every ICS code in a published field, in order: '13.020.01  环境…' has one. A field that says so may hold
-- codes of the other kind: 'Y68  ICS 97.040.99'. A code is kept as it stands, also one that lost its zeros.
CREATE FUNCTION catalogue.ics_codes(published text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
    SELECT m[1] FROM regexp_matches(regexp_replace(normalize(published, NFKC), '^.*ICS', ''),
        '(?<![0-9A-Za-z.])(?<![A-Z] )([0-9]{2}(?:[.][0-9]{2,3}(?:[.][0-9]{2})?)?)(?![0-9.])', 'g')
        WITH ORDINALITY x (m, n)
    ORDER BY n);

-- Every CCS code in a published field, in order, without the space that some put into it.
CREATE FUNCTION catalogue.ccs_codes(published text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
    SELECT m[1] || m[2] FROM regexp_matches(normalize(published, NFKC),
        '(?<![0-9A-Za-z])([A-Z]) ?([0-9]{2})(?![0-9A-Za-z.])', 'g') WITH ORDINALITY x (m, n)
    ORDER BY n);

-- The elements of a published list: 'A、B；C'. Empty ones are dropped.
CREATE FUNCTION catalogue.list_items(published text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
    SELECT btrim(item) FROM regexp_split_to_table(published, '[、；;\n]') WITH ORDINALITY x (item, n)
    WHERE btrim(item) <> '' ORDER BY n);

-- The status of a standard on a day, from its own dates. The first rule that applies:
--   unpublished  issued later than that day
--   abolished    abolished on or before it
--   upcoming     in force only from a later day
--   abolished    recorded as abolished, and nobody recorded when
--   current      in force on or before it
--   else what is recorded, where the date of coming into force is not: planned, upcoming, current, unknown
CREATE FUNCTION catalogue.effective_status(
    status text, issue_date date, implement_date date, abolish_date date, day date) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN day IS NULL THEN NULL
    WHEN issue_date > day THEN 'unpublished'
    WHEN abolish_date <= day THEN 'abolished'
    WHEN implement_date > day THEN 'upcoming'
    WHEN status = 'abolished' AND abolish_date IS NULL THEN 'abolished'
    WHEN implement_date <= day THEN 'current'
    WHEN status IN ('current', 'newer_edition') THEN 'current'
    WHEN status = 'upcoming' THEN 'upcoming'
    WHEN status = 'planned' AND issue_date IS NULL THEN 'planned'
    ELSE 'unknown'
END;

-- The status of every standard on a day, replacements considered: a standard stays in force until every
-- standard that replaces it in full is in force itself; newer_edition says that one has been issued already.
CREATE FUNCTION catalogue.status_on(day date)
RETURNS TABLE (std_id uuid, status text, newer_edition boolean)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH own AS (
        SELECT s.std_id,
            catalogue.effective_status(s.status, s.issue_date, s.implement_date, s.abolish_date, day) AS status
        FROM catalogue.standard s
    ), successor AS (
        SELECT r.old_std_id,
            bool_and(coalesce(coalesce(r.effective_date, n.implement_date) <= day, false)) AS in_force,
            bool_or(coalesce(n.issue_date <= day, false)) AS issued
        FROM catalogue.replacement r JOIN catalogue.standard n ON n.std_id = r.new_std_id
        WHERE r.extent = 'full'
        GROUP BY r.old_std_id
    )
    SELECT o.std_id,
        CASE WHEN o.status IN ('current', 'unknown') AND f.in_force THEN 'abolished' ELSE o.status END,
        o.status = 'current' AND coalesce(f.issued AND NOT f.in_force, false)
    FROM own o LEFT JOIN successor f ON f.old_std_id = o.std_id;
END;

-- The words for the codes used in the tables. Comes with the schema and is the same everywhere: not shared.
CREATE TABLE catalogue.code_label (
    list            text NOT NULL,
    code            text NOT NULL,
    zh              text NOT NULL,
    en              text NOT NULL,
    PRIMARY KEY (list, code)
);
COMMENT ON TABLE catalogue.code_label IS
    '代码表：各代码的中英文名称（随模式安装，不共享） / Words for the codes; installed with the schema, not shared';
COMMENT ON COLUMN catalogue.code_label.list IS '[key] 代码表名称 / List that the code belongs to';
COMMENT ON COLUMN catalogue.code_label.code IS '[key] 代码 / Code';
COMMENT ON COLUMN catalogue.code_label.zh IS '[-] 中文名称 / In Chinese';
COMMENT ON COLUMN catalogue.code_label.en IS '[-] 英文名称 / In English';

INSERT INTO catalogue.code_label (list, code, zh, en) VALUES
    ('kind', 'national', '国家标准', 'national standard'),
    ('kind', 'industry', '行业标准', 'industry standard'),
    ('kind', 'local', '地方标准', 'local standard'),
    ('kind', 'group', '团体标准', 'group standard'),
    ('kind', 'enterprise', '企业标准', 'enterprise standard'),
    ('kind', 'international', '国际标准', 'international standard'),
    ('kind', 'unknown', '待核', 'to be checked'),
    ('nature', 'mandatory', '强制性', 'mandatory'),
    ('nature', 'recommended', '推荐性', 'recommended'),
    ('nature', 'guidance', '指导性技术文件', 'guidance document'),
    ('status', 'planned', '计划中', 'planned'),
    ('status', 'upcoming', '即将实施', 'not yet in force'),
    ('status', 'current', '现行', 'in force'),
    ('status', 'newer_edition', '有更新版', 'newer edition issued'),
    ('status', 'abolished', '废止', 'abolished'),
    ('effective_status', 'unpublished', '未发布', 'not yet issued'),
    ('effective_status', 'planned', '计划中', 'planned'),
    ('effective_status', 'upcoming', '即将实施', 'not yet in force'),
    ('effective_status', 'current', '现行', 'in force'),
    ('effective_status', 'abolished', '废止', 'abolished'),
    ('effective_status', 'unknown', '待核', 'to be checked'),
    ('abolish_reason', 'replaced', '被代替', 'replaced'),
    ('abolish_reason', 'review', '复审废止', 'abolished on review'),
    ('abolish_reason', 'number_revoked', '撤销编号', 'number revoked'),
    ('abolish_reason', 'not_filed', '未备案', 'not filed'),
    ('abolish_reason', 'became_group', '转为团体标准', 'became a group standard'),
    ('abolish_reason', 'became_recommended', '转为推荐性', 'became recommended'),
    ('review_conclusion', 'valid', '继续有效', 'remains valid'),
    ('review_conclusion', 'revise', '修订', 'to be revised'),
    ('review_conclusion', 'abolish', '废止', 'to be abolished'),
    ('review_conclusion', 'convert', '转化', 'to be converted'),
    ('open_level', 'full', '全文公开', 'full text open'),
    ('open_level', 'read_only', '仅可阅读', 'to read only'),
    ('open_level', 'abstract', '仅题录', 'record only'),
    ('open_level', 'closed', '不公开', 'not open'),
    ('extent', 'full', '代替', 'replaces'),
    ('extent', 'partial', '部分代替', 'replaces in part'),
    ('reason', 'renumbered', '重新编号', 'renumbered'),
    ('reason', 'nature_changed', '性质变更', 'nature changed'),
    ('reason', 'corrected', '更正', 'corrected'),
    ('degree', 'IDT', '等同采用', 'identical'),
    ('degree', 'MOD', '修改采用', 'modified'),
    ('degree', 'NEQ', '非等效采用', 'not equivalent'),
    ('degree', 'EQV', '等效采用', 'equivalent'),
    ('degree', 'REF', '参照采用', 'with reference to'),
    ('org_type', 'government', '政府部门', 'government'),
    ('org_type', 'association', '社会团体', 'association'),
    ('org_type', 'enterprise', '企业', 'enterprise'),
    ('org_type', 'institute', '科研院所', 'research institute'),
    ('org_type', 'university', '高等院校', 'university'),
    ('org_type', 'committee', '技术委员会', 'technical committee'),
    ('org_type', 'other', '其他', 'other'),
    ('alias_type', 'former', '曾用名', 'former name'),
    ('alias_type', 'short', '简称', 'short name'),
    ('alias_type', 'translated', '译名', 'translated name'),
    ('alias_type', 'as_published', '文献所载', 'as published'),
    ('number_form', 'national', '国家标准编号', 'national'),
    ('number_form', 'industry', '行业标准编号', 'industry'),
    ('number_form', 'province', '省级地方标准编号', 'local, of a province'),
    ('number_form', 'joint', '川渝联合地方标准编号', 'local, of the joint block of Chongqing and Sichuan'),
    ('number_form', 'city', '市级地方标准编号', 'local, of a city'),
    ('number_form', 'county', '县级地方标准编号（历史）', 'local, of a county (historical)'),
    ('number_form', 'construction', '工程建设地方标准编号', 'local, construction'),
    ('number_form', 'food', '食品安全地方标准编号', 'local, food safety'),
    ('number_form', 'group', '团体标准编号', 'group'),
    ('number_form', 'enterprise', '企业标准编号', 'enterprise'),
    ('number_form', 'international', '国际标准编号', 'international');

-- The catalogue as of today, for people. `number_fits` false: the number fits no known form, to be checked.
CREATE VIEW catalogue.standard_today AS
SELECT s.std_id, s.number_raw AS number, s.title_zh, s.title_en, k.zh AS kind, n.zh AS nature, t.zh AS status,
    o.newer_edition, s.issue_date, s.implement_date, s.abolish_date, s.home_region,
    s.number_form IS NOT NULL AS number_fits
FROM catalogue.standard s
JOIN catalogue.status_on(catalogue.today()) o ON o.std_id = s.std_id
LEFT JOIN catalogue.code_label k ON k.list = 'kind' AND k.code = s.kind
LEFT JOIN catalogue.code_label n ON n.list = 'nature' AND n.code = s.nature
LEFT JOIN catalogue.code_label t ON t.list = 'effective_status' AND t.code = o.status;
COMMENT ON VIEW catalogue.standard_today IS
    '今日目录：状态按北京时间当日计算 / The catalogue as of today, the status computed for the day in Beijing';
