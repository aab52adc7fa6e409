-- The catalogue of standards, part 6: the register of what is done with standards. The rules of part 2 hold here too.

-- What abolished a standard, and where an import had its rows from.
ALTER TABLE catalogue.standard ADD COLUMN abolish_announcement_id uuid REFERENCES catalogue.announcement;
ALTER TABLE catalogue.organization DROP CONSTRAINT organization_org_type_check;
ALTER TABLE catalogue.organization ADD CONSTRAINT organization_org_type_check CHECK (org_type IN
    ('government', 'association', 'enterprise', 'institute', 'research_centre', 'university', 'committee', 'other'));
ALTER TABLE catalogue.organization ADD COLUMN source text, ADD COLUMN source_asof timestamptz;
ALTER TABLE catalogue.announcement ADD COLUMN source text, ADD COLUMN source_asof timestamptz;

CREATE TABLE catalogue.participation (
    std_id      uuid NOT NULL REFERENCES catalogue.standard,
    org_id      uuid NOT NULL REFERENCES catalogue.organization,
    role        text CHECK (role IN ('lead', 'participate')),
    home_region text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$'),
    PRIMARY KEY (std_id, org_id)
);
CREATE INDEX participation_org ON catalogue.participation (org_id);

CREATE TABLE catalogue.announcement_standard (
    announcement_id uuid NOT NULL REFERENCES catalogue.announcement,
    std_id          uuid NOT NULL REFERENCES catalogue.standard,
    action          text NOT NULL CHECK (action IN ('published', 'abolished', 'amended', 'reviewed', 'corrected')),
    PRIMARY KEY (announcement_id, std_id, action)
);
CREATE INDEX announcement_standard_std ON catalogue.announcement_standard (std_id);

CREATE TABLE catalogue.enterprise_declaration (
    std_id           uuid PRIMARY KEY REFERENCES catalogue.standard,
    org_id           uuid REFERENCES catalogue.organization,
    declared         date,
    withdrawn        date,
    enterprise_state text,
    home_region      text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$'),
    source           text,
    source_asof      timestamptz
);
CREATE INDEX enterprise_declaration_org ON catalogue.enterprise_declaration (org_id);

CREATE TABLE catalogue.declared_product (
    std_id                 uuid NOT NULL REFERENCES catalogue.standard,
    product_name           text NOT NULL CHECK (product_name <> ''),
    model                  text NOT NULL DEFAULT '',
    functional_indicators  text,
    performance_indicators text,
    PRIMARY KEY (std_id, product_name, model)
);

CREATE TABLE catalogue.pilot_project (
    pilot_id      uuid PRIMARY KEY,
    name_zh       text NOT NULL,
    field         text
        CHECK (field IN ('agriculture', 'service', 'social', 'public', 'industry', 'high_tech',
            'whole_county', 'other')),
    level         text CHECK (level IN ('national', 'municipal', 'county')),
    project_type  text CHECK (project_type IN ('pilot', 'demonstration')),
    division_code text,
    host_org_id   uuid REFERENCES catalogue.organization,
    approved      date,
    accepted      date,
    ended         date,
    home_region   text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$'),
    source        text,
    source_asof   timestamptz,
    remarks       text
);
CREATE INDEX pilot_project_host_org ON catalogue.pilot_project (host_org_id);

CREATE TABLE catalogue.pilot_standard (
    pilot_id uuid NOT NULL REFERENCES catalogue.pilot_project,
    std_id   uuid NOT NULL REFERENCES catalogue.standard,
    PRIMARY KEY (pilot_id, std_id)
);
CREATE INDEX pilot_standard_std ON catalogue.pilot_standard (std_id);

CREATE TABLE catalogue.award (
    award_id    uuid PRIMARY KEY,
    name_zh     text NOT NULL,
    year        integer CHECK (year BETWEEN 1949 AND 2199),
    award_class text CHECK (award_class IN ('project', 'organization', 'person')),
    grade       text,
    level       text CHECK (level IN ('national', 'municipal')),
    title_zh    text,
    std_id      uuid REFERENCES catalogue.standard,
    home_region text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$'),
    remarks     text
);
CREATE INDEX award_std ON catalogue.award (std_id);

CREATE TABLE catalogue.award_recipient (
    award_id    uuid NOT NULL REFERENCES catalogue.award,
    recipient   text NOT NULL CHECK (recipient <> ''),
    org_id      uuid REFERENCES catalogue.organization,
    rank        integer CHECK (rank >= 1),
    home_region text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$'),
    PRIMARY KEY (award_id, recipient)
);
CREATE INDEX award_recipient_org ON catalogue.award_recipient (org_id);

CREATE TABLE catalogue.cooperation_agreement (
    agreement_id uuid PRIMARY KEY,
    title_zh     text NOT NULL,
    signed       date,
    valid_until  date,
    content      text,
    remarks      text
);

CREATE TABLE catalogue.agreement_party (
    agreement_id uuid NOT NULL REFERENCES catalogue.cooperation_agreement,
    org_id       uuid NOT NULL REFERENCES catalogue.organization,
    signed       date,
    home_region  text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$'),
    PRIMARY KEY (agreement_id, org_id)
);
CREATE INDEX agreement_party_org ON catalogue.agreement_party (org_id);

CREATE TABLE catalogue.policy_document (
    document_id    uuid PRIMARY KEY,
    title_zh       text NOT NULL,
    number_text    text,
    document_type  text,
    issuing_org_id uuid REFERENCES catalogue.organization,
    issue_date     date,
    effective_date date,
    repeal_date    date,
    url            text,
    home_region    text CHECK (home_region ~ '^([0-9]{2}|CN|INTL)$'),
    remarks        text
);

CREATE TABLE catalogue.plan_task (
    document_id  uuid NOT NULL REFERENCES catalogue.policy_document,
    task_no      text NOT NULL CHECK (task_no <> ''),
    aspect       text,
    content      text NOT NULL,
    owner_org_id uuid REFERENCES catalogue.organization,
    due_date     date,
    progress     text,
    PRIMARY KEY (document_id, task_no)
);

CREATE TABLE catalogue.plan_target (
    document_id uuid NOT NULL REFERENCES catalogue.policy_document,
    metric      text NOT NULL CHECK (metric <> ''),
    target_year integer NOT NULL CHECK (target_year BETWEEN 1949 AND 2199),
    value_text  text NOT NULL,
    value_num   numeric(16, 4),
    PRIMARY KEY (document_id, metric, target_year)
);

CREATE TABLE catalogue.statistic (
    metric           text NOT NULL CHECK (metric <> ''),
    region           text NOT NULL CHECK (region ~ '^([0-9]{2}|CN)$'),
    as_of            date NOT NULL,
    source           text NOT NULL CHECK (source <> ''),
    definition       text NOT NULL DEFAULT '',
    value_text       text NOT NULL,
    value_num        numeric(16, 4),
    unit             text,
    supersedes_as_of date,
    PRIMARY KEY (metric, region, as_of, source, definition)
);

-- Whether an agreement holds: every party has signed. An agreement without parties is pending.
CREATE VIEW catalogue.agreement_state AS
SELECT a.agreement_id, a.title_zh, count(p.*) AS parties, count(p.signed) AS signatures,
    count(p.*) > 0 AND count(p.*) = count(p.signed) AS holds, max(p.signed) AS holds_from
FROM catalogue.cooperation_agreement a LEFT JOIN catalogue.agreement_party p ON p.agreement_id = a.agreement_id
GROUP BY a.agreement_id, a.title_zh;
COMMENT ON VIEW catalogue.agreement_state IS
    '协议状态：各方均已签署方为生效 / Agreements, and whether every party has signed';
