-- Bashu's own tables, version 1.
-- Run by `bashuctl init` as the owner, in one transaction. Everything lives in schema "bashu".
-- Times are timestamptz; hybrid times (hlc) are microseconds since 1970-01-01 UTC in a bigint.

CREATE SCHEMA bashu;
COMMENT ON SCHEMA bashu IS 'Bashu: replication of the shared catalogue between regions';

-- Numbered migrations that have been run here.
CREATE TABLE bashu.migration (
    version      integer PRIMARY KEY,
    name         text NOT NULL,
    applied_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What this database is. One row.
--   kind        region: writes and publishes; replica: only reads
--   state       joining: receiving the log into an empty database; ready
--   daemon_role the apply role: the only login whose writes are not captured
--   database_id random: a peer that shows the same one is this very database, or a copy of its files
CREATE TABLE bashu.node (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    kind         text NOT NULL CHECK (kind IN ('region', 'replica')),
    region       text NOT NULL CHECK (region ~ '^[A-Za-z0-9_]{1,32}$'),
    state        text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'joining')),
    join_peer    text,
    join_vector  jsonb,
    daemon_role  text NOT NULL,
    database_id  uuid NOT NULL DEFAULT gen_random_uuid(),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One life of a region's database; `id` is a local shorthand, `name` is what travels: REGION-TOKEN.
CREATE TABLE bashu.origin (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text COLLATE "C" NOT NULL UNIQUE,
    region       text NOT NULL,
    own          boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX origin_own ON bashu.origin (own) WHERE own;

-- The vector. applied: the highest batch of that origin whose changes are in the tables here.
--   digest      root of that batch: what the next one must name as its predecessor
--   through     everything the origin committed before this time is applied here (freshness)
CREATE TABLE bashu.applied (
    origin_id    integer PRIMARY KEY REFERENCES bashu.origin,
    number       bigint NOT NULL DEFAULT 0,
    digest       bytea NOT NULL DEFAULT '',
    through      timestamptz,
    applied_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The highest hybrid time cut or applied here so far. One row, written by every cut and apply.
CREATE TABLE bashu.clock (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    hlc          bigint NOT NULL DEFAULT 0
);
INSERT INTO bashu.clock DEFAULT VALUES;

-- Tables that are shared.
--   key_columns   primary key columns in key order
--   excluded      columns that stay local
--   fingerprint   shape of the table at the last cut: see bashu.table_fingerprint
--   allow_truncate  TRUNCATE is a whole-table marker instead of an error
--   state         active, or the reason why it is compared as a whole at every cut
CREATE TABLE bashu.shared_table (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_name    text NOT NULL,
    table_name     text NOT NULL,
    relid          oid NOT NULL,
    key_columns    text[] NOT NULL,
    excluded       text[] NOT NULL DEFAULT '{}',
    fingerprint    text NOT NULL DEFAULT '',
    allow_truncate boolean NOT NULL DEFAULT false,
    degraded       text,
    added_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (schema_name, table_name)
);

-- Shapes: what the columns of an image are, in order. An origin spells a shape out in the batch
-- where it first uses it; `digest` names it from then on.
CREATE TABLE bashu.shape (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest       bytea NOT NULL UNIQUE,
    schema_name  text NOT NULL,
    table_name   text NOT NULL,
    key_columns  text[] NOT NULL,
    columns      text[] NOT NULL,
    types        text[] NOT NULL
);

-- Which origin has spelled out which shape, and in which of its batches.
CREATE TABLE bashu.shape_use (
    origin_id    integer NOT NULL REFERENCES bashu.origin,
    shape_id     integer NOT NULL REFERENCES bashu.shape,
    number       bigint NOT NULL,
    PRIMARY KEY (origin_id, shape_id)
);

-- Keys touched by local transactions and not yet cut. keys NULL: a marker, the whole table.
-- Written only by the capture functions; the key order lets a cut scan by transaction id.
CREATE TABLE bashu.pending (
    xid          xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    timeline     text NOT NULL DEFAULT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8),
    table_id     integer NOT NULL,
    keys         text[],
    session_user_name text NOT NULL DEFAULT session_user,
    actor        text DEFAULT left(nullif(current_setting('bashu.actor', true), ''), 200),
    PRIMARY KEY (xid, seq)
);

-- Batches. complete: every chunk is here and verified (received). evidence of a bad batch stays with
-- complete = false and `fault`.
CREATE TABLE bashu.batch (
    origin_id    integer NOT NULL REFERENCES bashu.origin,
    number       bigint NOT NULL CHECK (number > 0),
    previous     bytea NOT NULL,
    digest       bytea,
    context      jsonb NOT NULL,
    parts        integer NOT NULL DEFAULT 0,
    changes      bigint NOT NULL DEFAULT 0,
    bytes        bigint NOT NULL DEFAULT 0,
    hlc_min      bigint,
    hlc_max      bigint,
    cut_at       timestamptz NOT NULL,
    received_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    received_from text,
    complete     boolean NOT NULL DEFAULT false,
    fault        text,
    PRIMARY KEY (origin_id, number)
);

-- The bytes of a batch, in parts of about 64 kB, cut at line ends.
CREATE TABLE bashu.chunk (
    origin_id    integer NOT NULL,
    number       bigint NOT NULL,
    part         integer NOT NULL,
    bytes        bytea NOT NULL,
    PRIMARY KEY (origin_id, number, part)
);
-- lz4 costs a tenth of pglz's time; not every server is built with it.
DO $$
BEGIN
    ALTER TABLE bashu.chunk ALTER COLUMN bytes SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    RAISE NOTICE 'this server has no lz4: chunks are compressed with pglz';
END
$$;

-- Thin index over the changes of applied batches: where the last writers of a key are.
--   digest       first 16 bytes of SHA-256 of the key text
--   part, start, length   the change's line in chunk `part`: bytes [start, start + length)
--   kind         i insert, u update, d delete, r ruling
--   written      columns written: '*' or ordinals in the shape, as in the line
CREATE TABLE bashu.change (
    origin_id    integer NOT NULL,
    number       bigint NOT NULL,
    position     integer NOT NULL,
    table_id     integer NOT NULL,
    digest       bytea NOT NULL,
    part         integer NOT NULL,
    start        integer NOT NULL,
    length       integer NOT NULL,
    kind         "char" NOT NULL,
    shape_id     integer NOT NULL,
    written      text NOT NULL,
    hlc          bigint NOT NULL,
    PRIMARY KEY (origin_id, number, position)
);
CREATE INDEX change_key ON bashu.change (table_id, digest, hlc);

-- What is known of a key where that is not simply the image in its last change (contested, merged).
--   image        COPY text of the shared columns in the order of `shape_id`; NULL: known to be absent
--   own_number   last own batch when this row was written: a later own change overrides it
CREATE TABLE bashu.known (
    table_id     integer NOT NULL,
    digest       bytea NOT NULL,
    key          text NOT NULL,
    shape_id     integer NOT NULL,
    image        text,
    own_number   bigint NOT NULL,
    PRIMARY KEY (table_id, digest)
);

-- Keys to project again, each on its own.
CREATE TABLE bashu.recheck (
    table_id     integer NOT NULL,
    digest       bytea NOT NULL,
    key          text NOT NULL,
    attempts     integer NOT NULL DEFAULT 0,
    reason       text,
    PRIMARY KEY (table_id, digest)
);

-- Keys whose difference a cut found but did not publish: a mass delete, or a row over the limit.
CREATE TABLE bashu.held (
    table_id     integer NOT NULL,
    digest       bytea NOT NULL,
    key          text NOT NULL,
    reason       text NOT NULL CHECK (reason IN ('mass_delete', 'row_too_large')),
    held_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (table_id, digest)
);

-- Recorded conflicts, derived from the log of a key; the same in every region.
--   column_group  name of the group, or 'existence'
--   closed_by     the change that closed it: ORIGIN:NUMBER:POSITION; '' while it is open
--   candidates    [{origin, number, position, hlc, user, actor, kind, values, base}], in canonical order
--   winner        index into candidates
--   state         decided, open, superseded, ruled
CREATE TABLE bashu.conflict_case (
    table_id     integer NOT NULL,
    digest       bytea NOT NULL,
    key          text NOT NULL,
    column_group text NOT NULL,
    closed_by    text COLLATE "C" NOT NULL DEFAULT '',
    type         text NOT NULL,
    state        text NOT NULL CHECK (state IN ('decided', 'open', 'superseded', 'ruled')),
    candidates   jsonb NOT NULL,
    winner       integer NOT NULL,
    rule         text NOT NULL,
    first_seen   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (table_id, digest, column_group, closed_by)
);

-- A person's decision on a case, waiting for the daemon or taken by it.
--   frontier     the candidates the person was shown, as [[origin, number, position], ...]
--   choice       {column: text or null}; {"": "delete"} rules that the row is to be absent
CREATE TABLE bashu.ruling (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_id     integer NOT NULL,
    digest       bytea NOT NULL,
    key          text NOT NULL,
    column_groups text[] NOT NULL,
    frontier     jsonb NOT NULL,
    choice       jsonb NOT NULL,
    reason       text NOT NULL,
    person       text NOT NULL DEFAULT session_user,
    asked_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'stale', 'failed')),
    outcome      text,
    done_at      timestamptz
);

-- Parties this database pulls from, or that pull from it.
--   conninfo     libpq conninfo without a password; NULL: it only pulls from here
--   login        the role under which it pulls from here; NULL: it never does
CREATE TABLE bashu.peer (
    name         text PRIMARY KEY CHECK (name ~ '^[A-Za-z0-9_.-]{1,64}$'),
    conninfo     text,
    login        text UNIQUE,
    paused       boolean NOT NULL DEFAULT false,
    added_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What the daemon last saw of each link, for `bashuctl status`.
--   state        connecting, streaming, waiting, held, paused, down
--   peer_vector  what the peer had applied when last asked
CREATE TABLE bashu.link (
    peer         text PRIMARY KEY REFERENCES bashu.peer ON DELETE CASCADE,
    state        text NOT NULL DEFAULT 'connecting',
    reason       text,
    sql_state    text,
    since        timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts     integer NOT NULL DEFAULT 0,
    next_try_at  timestamptz,
    last_contact timestamptz,
    peer_node    jsonb,
    peer_vector  jsonb NOT NULL DEFAULT '{}',
    clock_offset_ms bigint
);

-- What each party that pulls from here has stored durably, in its own words.
CREATE TABLE bashu.peer_position (
    login        text PRIMARY KEY,
    node         jsonb NOT NULL,
    applied      jsonb NOT NULL,
    received     jsonb NOT NULL,
    reported_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Why an origin's next batch cannot be applied here at present.
CREATE TABLE bashu.hold (
    origin_id    integer PRIMARY KEY REFERENCES bashu.origin,
    number       bigint NOT NULL,
    reason       text NOT NULL,
    sql_state    text,
    since        timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts     integer NOT NULL DEFAULT 1,
    next_try_at  timestamptz
);

-- Work that bashuctl asks of the daemon: it alone holds the keys to the peers.
CREATE TABLE bashu.request (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('cut', 'verify', 'test_peer')),
    argument     jsonb NOT NULL DEFAULT '{}',
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    result       jsonb,
    asked_by     text NOT NULL DEFAULT session_user,
    asked_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_at      timestamptz
);

-- The fencing token. Raised by every daemon that takes the lock; every cut and apply selects it
-- FOR SHARE, and ends when it is not its own. Nothing else ever updates the row.
CREATE TABLE bashu.fence (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    token        bigint NOT NULL DEFAULT 0
);
INSERT INTO bashu.fence DEFAULT VALUES;

-- The daemon, as it describes itself. One row.
CREATE TABLE bashu.daemon (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    version      text,
    pid          integer,
    host         text,
    started_at   timestamptz,
    heartbeat_at timestamptz,
    activity     text,
    problem      text
);
INSERT INTO bashu.daemon DEFAULT VALUES;
