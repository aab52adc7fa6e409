-- Files of batches, for networks that must not be connected: Deploy/guide/offline.md.

-- Files that were made here for a peer, and files of a peer that were taken. One row each; the last thousand of each
-- peer and direction.
--   outgoing     made here; else taken here
--   serial       of its maker's files for its recipient, from 1; a restored maker counts some numbers again
--   file         its identity, wherever it goes; digest: of its content
--   maker        bashu.node.database_id of the database that made it
--   made_at      by the maker's clock; done_at: written or taken here, by ours
--   after        {origin: batch} that it goes on from; through: the last batches in it
--   bytes        of the file
CREATE TABLE bashu.transfer (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    peer         text NOT NULL REFERENCES bashu.peer ON DELETE CASCADE,
    outgoing     boolean NOT NULL,
    serial       bigint NOT NULL CHECK (serial > 0),
    file         uuid NOT NULL,
    digest       bytea NOT NULL,
    maker        uuid NOT NULL,
    made_at      timestamptz NOT NULL,
    after        jsonb NOT NULL,
    through      jsonb NOT NULL,
    batches      bigint NOT NULL,
    bytes        bigint NOT NULL,
    done_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (peer, outgoing, file)
);
