-- The catalogue of standards, part 2: the tables.
--
-- Made to be shared (`bashuctl table add`): every table has a primary key of uuid, text or integer columns
-- that is never changed; no serial or identity key, no deferrable constraint, no trigger, no cascade. Sets
-- (ICS, drafting organisations, ...) are child tables, so that two regions may each add an element at the
-- same time and both stay.
--
-- Column groups. What means something only together is one group: the unit in which concurrent edits are
-- judged. The comment of every column begins with its group (0003_comments.sql):
--   key  part of the primary key          I  identity: number, kind, nature, home, joint group
--   T    titles                           L  legal life: status, dates, announcement
--   F    filing                           R  review
--   A    adoption of international ones   B  bodies in charge
--   X    full text                        S  what an element of a set says about itself
--   -    a group of its own
-- Every CHECK looks at one column only (or at the key). One that looks at two would have to stay inside a
-- group, and the groups are not in force before a policy names them: until then each column is merged alone,
-- and a merged row that breaks a CHECK would hold its link. For the same reason a CHECK refuses only what the
-- law or the meaning of the column makes impossible, and nothing that a published record contains.
--
-- No unique key on number_norm. The same number gives the same std_id, so a number entered in both regions
-- is one record already; a second unique key would only catch renumberings that collide, and until unique
-- keys have a rule of their own (the newer claim parks the older row) a collision would stop the stream.

CREATE TABLE catalogue.organization (
    org_id          uuid PRIMARY KEY,
    uscc            text,
    name_zh         text NOT NULL,
    name_en         text,
    org_type        text CHECK (org_type IN
        ('government', 'association', 'enterprise', 'institute', 'university', 'committee', 'other')),
    division_code   text,
    home_region     text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$'),
    remarks         text
);
CREATE INDEX organization_name ON catalogue.organization (name_zh);

CREATE TABLE catalogue.organization_alias (
    org_id          uuid NOT NULL REFERENCES catalogue.organization,
    alias           text NOT NULL,
    alias_type      text NOT NULL CHECK (alias_type IN ('former', 'short', 'translated', 'as_published')),
    used_until      date,
    PRIMARY KEY (org_id, alias)
);
CREATE INDEX organization_alias_alias ON catalogue.organization_alias (alias);

CREATE TABLE catalogue.announcement (
    announcement_id uuid PRIMARY KEY,
    number_text     text NOT NULL,
    title           text,
    issuing_org_id  uuid REFERENCES catalogue.organization,
    issue_date      date,
    standard_count  integer CHECK (standard_count >= 0),
    url             text,
    home_region     text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$'),
    remarks         text
);

CREATE TABLE catalogue.joint_group (
    joint_group_id  uuid PRIMARY KEY,
    title_zh        text,
    cover_wording   text,
    remarks         text
);

CREATE TABLE catalogue.standard (
    std_id              uuid PRIMARY KEY,

    -- I. The generated columns follow number_raw and are not sent: they cannot disagree with it.
    number_raw          text NOT NULL CHECK (number_raw <> ''),
    number_norm         text GENERATED ALWAYS AS (catalogue.normalize_number(number_raw)) STORED,
    number_form         text GENERATED ALWAYS AS
        (catalogue.number_form(catalogue.normalize_number(number_raw))) STORED,
    number_code         text GENERATED ALWAYS AS
        (catalogue.number_code(number_raw)) STORED,
    number_serial       integer GENERATED ALWAYS AS
        (catalogue.number_serial(number_raw)) STORED,
    number_part         text GENERATED ALWAYS AS
        (catalogue.number_part(number_raw)) STORED,
    number_year         integer GENERATED ALWAYS AS
        (catalogue.number_year(number_raw)) STORED,
    kind                text NOT NULL CHECK (kind IN
        ('national', 'industry', 'local', 'group', 'enterprise', 'international', 'unknown')),
    nature              text CHECK (nature IN ('mandatory', 'recommended', 'guidance')),
    issuer_code         text NOT NULL DEFAULT '',
    joint_group_id      uuid REFERENCES catalogue.joint_group,
    home_region         text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$'),
    owner_org_id        uuid REFERENCES catalogue.organization,
    plan_no             text,

    -- T
    title_zh            text,
    title_en            text,

    -- L. Dates are dates: no time zone ever moves them. `status` is what the record says; what holds on a
    -- day follows from the dates (catalogue.effective_status), and no nightly job touches rows.
    status              text CHECK (status IN ('planned', 'upcoming', 'current', 'newer_edition', 'abolished')),
    plan_stage          text,
    issue_date          date,
    implement_date      date,
    abolish_date        date,
    abolish_reason      text CHECK (abolish_reason IN
        ('replaced', 'review', 'number_revoked', 'not_filed', 'became_group', 'became_recommended')),
    announcement_id     uuid REFERENCES catalogue.announcement,

    -- F
    record_no           text,
    record_date         date,
    record_notice       text,

    -- R
    review_date         date,
    review_conclusion   text CHECK (review_conclusion IN ('valid', 'revise', 'abolish', 'convert')),
    next_review_date    date,

    -- B
    charge_org_id       uuid REFERENCES catalogue.organization,
    proposing_org_id    uuid REFERENCES catalogue.organization,
    jurisdiction_org_id uuid REFERENCES catalogue.organization,
    jurisdiction_tc     text,

    -- X
    fulltext_url        text,
    fulltext_digest     bytea,
    fulltext_digest_algorithm text,
    fulltext_bytes      bigint CHECK (fulltext_bytes >= 0),
    open_level          text CHECK (open_level IN ('full', 'read_only', 'abstract', 'closed')),

    -- Each a group of its own
    first_issue_date    date,
    industry_class      text,
    scope_text          text,
    main_content        text,
    contains_patent     boolean,
    pages               integer CHECK (pages > 0),
    price               numeric(10, 2) CHECK (price >= 0),
    remarks             text,

    -- Imports only
    source              text,
    source_asof         timestamptz,
    source_hash         bytea,

    -- A joint standard has one half in each region.
    UNIQUE (joint_group_id, home_region)
);
CREATE INDEX standard_number ON catalogue.standard (number_norm);
CREATE INDEX standard_announcement ON catalogue.standard (announcement_id);

CREATE TABLE catalogue.number_history (
    std_id          uuid NOT NULL REFERENCES catalogue.standard,
    number_norm     text NOT NULL,
    number_raw      text NOT NULL,
    used_until      date,
    reason          text CHECK (reason IN ('renumbered', 'nature_changed', 'corrected')),
    PRIMARY KEY (std_id, number_norm)
);
CREATE INDEX number_history_number ON catalogue.number_history (number_norm);

CREATE TABLE catalogue.standard_ics (
    std_id          uuid NOT NULL REFERENCES catalogue.standard,
    ics             text NOT NULL CHECK (ics <> ''),
    PRIMARY KEY (std_id, ics)
);
CREATE INDEX standard_ics_ics ON catalogue.standard_ics (ics text_pattern_ops);

CREATE TABLE catalogue.standard_ccs (
    std_id          uuid NOT NULL REFERENCES catalogue.standard,
    ccs             text NOT NULL CHECK (ccs <> ''),
    PRIMARY KEY (std_id, ccs)
);
CREATE INDEX standard_ccs_ccs ON catalogue.standard_ccs (ccs text_pattern_ops);

CREATE TABLE catalogue.standard_keyword (
    std_id          uuid NOT NULL REFERENCES catalogue.standard,
    keyword         text NOT NULL CHECK (keyword <> ''),
    PRIMARY KEY (std_id, keyword)
);

CREATE TABLE catalogue.issuing_org (
    std_id          uuid NOT NULL REFERENCES catalogue.standard,
    org_id          uuid NOT NULL REFERENCES catalogue.organization,
    name_published  text,
    PRIMARY KEY (std_id, org_id)
);
CREATE INDEX issuing_org_org ON catalogue.issuing_org (org_id);

CREATE TABLE catalogue.drafting_org (
    std_id          uuid NOT NULL REFERENCES catalogue.standard,
    org_id          uuid NOT NULL REFERENCES catalogue.organization,
    rank            integer NOT NULL CHECK (rank >= 1),
    name_published  text,
    PRIMARY KEY (std_id, org_id)
);
CREATE INDEX drafting_org_org ON catalogue.drafting_org (org_id, rank);

CREATE TABLE catalogue.drafter (
    std_id          uuid NOT NULL REFERENCES catalogue.standard,
    name            text NOT NULL CHECK (name <> ''),
    namesake        integer NOT NULL DEFAULT 1 CHECK (namesake >= 1),
    rank            integer NOT NULL CHECK (rank >= 1),
    PRIMARY KEY (std_id, name, namesake)
);

CREATE TABLE catalogue.replacement (
    old_std_id      uuid NOT NULL REFERENCES catalogue.standard,
    new_std_id      uuid NOT NULL REFERENCES catalogue.standard,
    extent          text NOT NULL DEFAULT 'full' CHECK (extent IN ('full', 'partial')),
    effective_date  date,
    announcement_id uuid REFERENCES catalogue.announcement,
    PRIMARY KEY (old_std_id, new_std_id),
    -- Of the key's columns, which never change and are never merged apart.
    CHECK (old_std_id <> new_std_id)
);
CREATE INDEX replacement_new ON catalogue.replacement (new_std_id);

CREATE TABLE catalogue.normative_reference (
    std_id          uuid NOT NULL REFERENCES catalogue.standard,
    number_norm     text NOT NULL CHECK (number_norm <> ''),
    number_raw      text NOT NULL,
    dated           boolean NOT NULL,
    title           text,
    PRIMARY KEY (std_id, number_norm)
);
CREATE INDEX normative_reference_number ON catalogue.normative_reference (number_norm);

CREATE TABLE catalogue.adoption (
    std_id          uuid NOT NULL REFERENCES catalogue.standard,
    adopted_norm    text NOT NULL CHECK (adopted_norm <> ''),
    adopted_raw     text NOT NULL,
    adopted_title   text,
    degree          text CHECK (degree IN ('IDT', 'MOD', 'NEQ', 'EQV', 'REF')),
    PRIMARY KEY (std_id, adopted_norm)
);

CREATE TABLE catalogue.amendment (
    std_id          uuid NOT NULL REFERENCES catalogue.standard,
    amendment_no    integer NOT NULL CHECK (amendment_no >= 1),
    title           text,
    issue_date      date,
    implement_date  date,
    content         text,
    announcement_id uuid REFERENCES catalogue.announcement,
    PRIMARY KEY (std_id, amendment_no)
);
