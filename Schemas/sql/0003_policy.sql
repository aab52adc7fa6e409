-- How concurrent changes are merged: the same in every region.

-- One row for each shared table to which `bashuctl policy apply` has given a policy; none: the default.
--   policy       normalised, by names: {"home", "as_of", "delete", "default", "groups", "foreign_keys"}
--   fingerprint  SHA-256 of its canonical text; groups: {group: its own}
--   evaluated    whether every contested key has been projected again since it was changed
--   version      raised by every apply: the same in all rows
CREATE TABLE bashu.policy (
    table_id     integer PRIMARY KEY REFERENCES bashu.shared_table ON DELETE CASCADE,
    policy       jsonb NOT NULL,
    fingerprint  text NOT NULL,
    groups       jsonb NOT NULL DEFAULT '{}',
    evaluated    boolean NOT NULL DEFAULT false,
    version      bigint NOT NULL,
    applied_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_by   text NOT NULL DEFAULT session_user
);

-- clock_alarm: it was won as the newest by a region whose clock is off, as seen from here. No part of the state:
-- it says that a person should look.
ALTER TABLE bashu.conflict_case ADD COLUMN clock_alarm boolean NOT NULL DEFAULT false;
-- clock_off: the peer's clock is beyond the bound of the settings.
ALTER TABLE bashu.link ADD COLUMN clock_off boolean NOT NULL DEFAULT false;
