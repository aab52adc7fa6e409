-- Lives of a region's database, and the ends of origins. Deploy/guide/lives.md.

-- The life that our own origin belongs to: of which server, on which timeline. One row, on a region after its daemon's
-- first start. A database that finds itself elsewhere was restored, copied, moved or promoted: it begins a new origin.
--   token    random; also in the daemon's state file outside the database
--   reason   why this life began; NULL for the first one
CREATE TABLE bashu.life (
    one               boolean PRIMARY KEY DEFAULT true CHECK (one),
    system_identifier text NOT NULL,
    timeline          text NOT NULL,
    token             uuid NOT NULL,
    reason            text,
    began_at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Origins that were this database's own in an earlier life.
ALTER TABLE bashu.origin ADD COLUMN former boolean NOT NULL DEFAULT false;

-- Ends of origins, as operators have declared them, here or in another region. Rows are only added; where several
-- name an origin, the highest number counts: so all regions agree whatever the order in which they hear of them.
--   number       the origin's last batch: later ones are refused, and nobody waits for them
--   declared_by  the region where it was declared; declared_at by that database's clock
CREATE TABLE bashu.closing (
    origin       text COLLATE "C" NOT NULL CHECK (origin ~ '^[A-Za-z0-9_]{1,32}-[0-9a-f]{12}$'),
    number       bigint NOT NULL CHECK (number >= 0),
    declared_by  text COLLATE "C" NOT NULL CHECK (declared_by ~ '^[A-Za-z0-9_]{1,32}$'),
    person       text NOT NULL CHECK (length(person) BETWEEN 1 AND 200),
    reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    declared_at  timestamptz NOT NULL,
    PRIMARY KEY (origin, number, declared_by)
);

-- Which life of a region pulls from here, by its login; and who else tried to at the same time.
CREATE TABLE bashu.peer_life (
    login           text PRIMARY KEY,
    life            uuid NOT NULL,
    run             uuid NOT NULL,
    origin          text NOT NULL,
    since           timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    refused_origin  text,
    refused_at      timestamptz
);
