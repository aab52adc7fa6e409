-- Rows that the unique or the foreign-key rule keeps out of their tables, or in them although they are deleted.

-- parked: known to be absent because the rule says so, while the log has the row alive. A row that somebody then
-- inserts under the key is a blind change: its writer could not see the one that is parked.
ALTER TABLE bashu.known ADD COLUMN parked boolean NOT NULL DEFAULT false;

-- What parked and kept rows claim: one row for each unique index with a value and for each foreign key.
--   rule          unique:INDEX, foreign_key:CONSTRAINT, or child:CONSTRAINT of a kept row
--   value         the index's values, or the key of the parent, as text; value_digest: SHA-256 of it
--   blocker_table, blocker   the row because of which this one is where it is: when it changes, this one is
--                 projected again
CREATE TABLE bashu.claim (
    table_id      integer NOT NULL,
    digest        bytea NOT NULL,
    key           text NOT NULL,
    rule          text COLLATE "C" NOT NULL,
    kept          boolean NOT NULL,
    value         text,
    value_digest  bytea,
    blocker_table integer,
    blocker       bytea,
    PRIMARY KEY (table_id, digest, rule)
);
CREATE INDEX claim_value ON bashu.claim (table_id, rule, value_digest);
CREATE INDEX claim_blocker ON bashu.claim (blocker_table, blocker);
