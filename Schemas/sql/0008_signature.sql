-- Who vouches for a batch: signatures, the public keys that check them, and what was found to be false.

-- Public keys of regions, our own and others', as they were first heard of.
--   fingerprint  SHA-256 of spki: the key's name
--   spki         SubjectPublicKeyInfo, DER
--   own          the private half is, or was, this region's daemon's
--   predecessor, succession   the fingerprint of the key before, and its signature over this one
--   first_seen_from   the peer that told of it; NULL: made here
--   trusted_at   an operator has compared the fingerprint, or a trusted key has named this one as its successor
--   revoked_at   signatures by it count no more, for batches that are not applied yet
CREATE TABLE bashu.public_key (
    fingerprint  bytea PRIMARY KEY CHECK (fingerprint = sha256(spki)),
    region       text NOT NULL CHECK (region ~ '^[A-Za-z0-9_]{1,32}$'),
    algorithm    text NOT NULL CHECK (algorithm IN ('sm2', 'ed25519')),
    spki         bytea NOT NULL CHECK (octet_length(spki) BETWEEN 1 AND 512),
    own          boolean NOT NULL DEFAULT false,
    predecessor  bytea,
    succession   bytea CHECK (octet_length(succession) BETWEEN 1 AND 128),
    first_seen   timestamptz NOT NULL DEFAULT clock_timestamp(),
    first_seen_from text,
    trusted_at   timestamptz,
    trusted_by   text,
    revoked_at   timestamptz,
    revoked_by   text,
    revoke_reason text
);

-- Signatures of batches, by the key's owner over the root. They travel beside the batches, unchanged.
CREATE TABLE bashu.signature (
    origin_id    integer NOT NULL REFERENCES bashu.origin,
    number       bigint NOT NULL CHECK (number > 0),
    fingerprint  bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    algorithm    text NOT NULL,
    signature    bytea NOT NULL CHECK (octet_length(signature) BETWEEN 1 AND 128),
    PRIMARY KEY (origin_id, number, fingerprint)
);

-- Batches that were refused, and what they looked like: for whoever has to find out who forged them. The last
-- thousand; the same thing from the same peer stands here once.
--   header       the batch's first line, as far as it had arrived
--   previous     root of the batch before that is here; root: of the refused batch, NULL when it was not complete
CREATE TABLE bashu.evidence (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin       text NOT NULL,
    number       bigint NOT NULL,
    peer         text NOT NULL,
    reason       text NOT NULL,
    header       text,
    previous     bytea,
    root         bytea,
    fingerprint  bytea,
    signature    bytea,
    found_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
