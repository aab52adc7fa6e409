-- What Bashu remembers about tables besides shared_table, and about its own installation.

-- User triggers that `table add` re-created with a guard (WHEN session_user is not the daemon role), so
-- that `table remove` and `uninstall` can put the original definition back.
--   original, guarded   as pg_get_triggerdef gives them; the original returns only over `guarded`
CREATE TABLE bashu.guarded_trigger (
    table_id     integer NOT NULL,
    relation     oid NOT NULL,
    trigger_name text NOT NULL,
    enabled      "char" NOT NULL,
    original     text NOT NULL,
    guarded      text NOT NULL,
    PRIMARY KEY (relation, trigger_name)
);

-- Tables that were shared once. The log keeps their changes, so a table that is added again gets its old id.
CREATE TABLE bashu.removed_table (
    id           integer PRIMARY KEY,
    schema_name  text NOT NULL,
    table_name   text NOT NULL,
    removed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (schema_name, table_name)
);

-- Which functions are installed: SHA-256 over their text, so that a program can tell its own from another's.
CREATE TABLE bashu.installed (
    one              boolean PRIMARY KEY DEFAULT true CHECK (one),
    functions_digest text NOT NULL DEFAULT '',
    installed_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO bashu.installed DEFAULT VALUES;
