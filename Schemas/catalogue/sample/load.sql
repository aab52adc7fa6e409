-- Loads the sample records into a database that has the catalogue:
--   psql -d DATABASE -v sample=Schemas/catalogue/sample -f Schemas/catalogue/sample/load.sql
-- `sample` is this folder, as seen from where psql runs; without it psql must run in this folder.
-- Loading again changes nothing. Where the records come from: CREDITS.md.
\set ON_ERROR_STOP on
\set QUIET on
\encoding UTF8
\if :{?sample}
\cd :sample
\endif
BEGIN;
\i stage.sql
\copy staging_standard (number_raw, title_zh, title_en, status, issue_date, implement_date, abolish_date, ics, ccs, replaced_by, issuer, source) from 'sichuan_chongqing.csv' with (format csv, header, encoding 'UTF8')
\copy staging_standard (number_raw, title_zh, title_en, status, issue_date, implement_date, abolish_date, ics, ccs, replaced_by, issuer, source) from 'standards.csv' with (format csv, header, encoding 'UTF8')
\copy staging_organization from 'organizations.csv' with (format csv, header, encoding 'UTF8')
\copy staging_announcement from 'announcements.csv' with (format csv, header, encoding 'UTF8')
\copy staging_joint_group from 'joint_groups.csv' with (format csv, header, encoding 'UTF8')
\i merge.sql
\i register.sql
COMMIT;
\echo Sample records are loaded.
