-- Sample data, step 1 of 3: the tables that the CSV files are copied into. Within a transaction:
-- stage.sql, then the files with COPY, then merge.sql. Everything here is gone at its end.

CREATE TEMPORARY TABLE staging_standard (
    line            bigint GENERATED ALWAYS AS IDENTITY,
    number_raw      text,
    title_zh        text,
    title_en        text,
    status          text,
    issue_date      text,
    implement_date  text,
    abolish_date    text,
    ics             text,
    ccs             text,
    replaced_by     text,
    issuer          text,
    source          text
) ON COMMIT DROP;

CREATE TEMPORARY TABLE staging_organization (
    name_zh         text,
    short_name      text,
    org_type        text,
    division_code   text,
    home_region     text
) ON COMMIT DROP;

CREATE TEMPORARY TABLE staging_announcement (
    issuer          text,
    number_text     text,
    issue_date      text,
    standard_count  integer
) ON COMMIT DROP;

CREATE TEMPORARY TABLE staging_joint_group (
    member_a        text,
    member_b        text,
    title_zh        text
) ON COMMIT DROP;
