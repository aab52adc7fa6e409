-- What the log has forgotten: changes that later ones have overwritten, and rows that are long dead.

-- One row for each origin of which something may have been forgotten, here or by whom this database was filled from.
--   walked    the batch up to which its changes have been looked at here
--   number    up to this batch changes may be missing from the log, or overwritten by such
--   seen      what was applied when that was so: a later batch must have seen `number` of every origin
--   changes   how many changes of the origin have been forgotten here
CREATE TABLE bashu.forgotten (
    origin_id    integer PRIMARY KEY REFERENCES bashu.origin,
    walked       bigint NOT NULL DEFAULT 0,
    number       bigint NOT NULL DEFAULT 0,
    seen         bigint NOT NULL DEFAULT 0,
    changes      bigint NOT NULL DEFAULT 0,
    walked_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- How long the daemon keeps what may be forgotten, as its settings say; NULL before its first start with them.
ALTER TABLE bashu.daemon ADD COLUMN retention_days integer;
