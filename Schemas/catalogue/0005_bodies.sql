-- The catalogue of standards, part 5: divisions, committees, people, roles.
--
-- The rules of part 2 hold here too: keys that never change and collide nowhere, no serial key, no trigger, no cascade,
-- and every CHECK looks at one column only. Sets are tables of their own.

-- The identifier of an entry of the register: from its kind and the words that name it, without spaces. Both regions
-- get the same one from the same words.
CREATE FUNCTION catalogue.entry_id(kind text, VARIADIC words text[]) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN catalogue.uuid_v5(catalogue.namespace(), kind || '|'
    || (SELECT string_agg(regexp_replace(normalize(w.word, NFKC), '\s+', '', 'g'), '|' ORDER BY w.place)
        FROM unnest(words) WITH ORDINALITY w (word, place)));

-- The identifier of a committee: from its level and its number.
CREATE FUNCTION catalogue.committee_id(level text, number_text text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN catalogue.entry_id('committee', level, upper(number_text COLLATE "C"));

-- Whether a unified social credit code (GB 32100) is one: 18 characters, the last of which checks the others. NULL for
-- NULL. No constraint: registers contain codes that were typed wrong, and they are to be found, not lost.
CREATE FUNCTION catalogue.uscc_is_valid(uscc text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$' THEN
    (SELECT (31 - sum((strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(uscc, i::integer, 1)) - 1) * w.weight)
            % 31) % 31
        FROM unnest('{1,3,9,27,19,26,16,17,20,29,25,13,8,24,10,30,28}'::integer[]) WITH ORDINALITY w (weight, i))
    = strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(uscc, 18, 1)) - 1
    ELSE false END;

CREATE TABLE catalogue.administrative_division (
    division_code text PRIMARY KEY CHECK (division_code ~ '^[0-9]{6}$'),
    name_zh       text NOT NULL,
    name_en       text,
    level         text CHECK (level IN ('province', 'city', 'county')),
    parent_code   text REFERENCES catalogue.administrative_division,
    valid_until   date
);
CREATE INDEX administrative_division_parent ON catalogue.administrative_division (parent_code);

CREATE TABLE catalogue.org_role (
    org_id     uuid NOT NULL REFERENCES catalogue.organization,
    role       text NOT NULL CHECK
        (role IN ('conference_member', 'responsible_department', 'secretariat', 'other')),
    scope      text NOT NULL DEFAULT '',
    from_date  date,
    until_date date,
    PRIMARY KEY (org_id, role, scope)
);

CREATE TABLE catalogue.technical_committee (
    committee_id       uuid PRIMARY KEY,
    number_text        text,
    name_zh            text NOT NULL,
    name_en            text,
    level              text CHECK (level IN ('international', 'national', 'industry', 'municipal')),
    committee_type     text CHECK (committee_type IN ('TC', 'SC', 'WG', 'SWG')),
    parent_id          uuid REFERENCES catalogue.technical_committee,
    secretariat_org_id uuid REFERENCES catalogue.organization,
    division_code      text,
    established        date,
    dissolved          date,
    home_region        text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$'),
    source             text,
    source_asof        timestamptz,
    remarks            text
);
CREATE INDEX technical_committee_secretariat_org ON catalogue.technical_committee (secretariat_org_id);
CREATE INDEX technical_committee_parent ON catalogue.technical_committee (parent_id);

CREATE TABLE catalogue.person (
    person_id       uuid PRIMARY KEY,
    name_zh         text NOT NULL,
    name_en         text,
    employer_org_id uuid REFERENCES catalogue.organization,
    job_title       text,
    field           text,
    home_region     text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$'),
    phone           text,
    identity_no     text
);
CREATE INDEX person_employer_org ON catalogue.person (employer_org_id);

CREATE TABLE catalogue.expert_appointment (
    person_id         uuid NOT NULL REFERENCES catalogue.person,
    region            text NOT NULL CHECK (region ~ '^([0-9]{2}|CN)$'),
    batch             text NOT NULL CHECK (batch <> ''),
    appointing_org_id uuid REFERENCES catalogue.organization,
    appointed         date,
    until_date        date,
    field             text,
    PRIMARY KEY (person_id, region, batch)
);

CREATE TABLE catalogue.engineer_certificate (
    certificate_no text PRIMARY KEY CHECK (certificate_no <> ''),
    person_id      uuid REFERENCES catalogue.person,
    grade          text,
    issuing_org_id uuid REFERENCES catalogue.organization,
    issued         date,
    valid_until    date,
    home_region    text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$')
);
CREATE INDEX engineer_certificate_person ON catalogue.engineer_certificate (person_id);

CREATE TABLE catalogue.innovation_base (
    base_id          uuid PRIMARY KEY,
    name_zh          text NOT NULL,
    level            text CHECK (level IN ('national', 'municipal')),
    approving_org_id uuid REFERENCES catalogue.organization,
    host_org_id      uuid REFERENCES catalogue.organization,
    approved         date,
    accepted         date,
    home_region      text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$'),
    remarks          text
);
