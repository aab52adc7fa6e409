-- Statements of signatures and keys.

-- name: own_key
-- The key that own batches are signed with from now on. $1 fingerprint, $2 algorithm, $3 spki.
INSERT INTO bashu.public_key AS k (fingerprint, region, algorithm, spki, own, trusted_at, trusted_by)
SELECT $1, n.region, $2, $3, true, clock_timestamp(), session_user FROM bashu.node n
    ON CONFLICT (fingerprint) DO UPDATE
   SET own = true, region = excluded.region, trusted_at = coalesce(k.trusted_at, excluded.trusted_at),
       trusted_by = coalesce(k.trusted_by, excluded.trusted_by)
RETURNING k.revoked_at IS NOT NULL AS revoked;

-- name: signatures_insert
-- Of several batches of origin $1: an array for each column, fingerprints and signatures in hexadecimal digits.
INSERT INTO bashu.signature (origin_id, number, fingerprint, algorithm, signature)
SELECT DISTINCT ON (u.number, u.fingerprint) $1::integer, u.number, decode(u.fingerprint, 'hex'), u.algorithm,
       decode(u.signature, 'hex')
  FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) u (number, fingerprint, algorithm, signature)
 ORDER BY u.number, u.fingerprint
    ON CONFLICT (origin_id, number, fingerprint) DO UPDATE
   SET algorithm = excluded.algorithm, signature = excluded.signature;

-- name: signature_backlog
-- Batches of our region's origins that none of our keys in force has signed, the first $1 of them.
SELECT b.origin_id, b.number, encode(b.digest, 'hex') AS digest
  FROM bashu.node n JOIN bashu.origin o ON o.region = n.region JOIN bashu.batch b ON b.origin_id = o.id AND b.complete
 WHERE NOT EXISTS (
       SELECT FROM bashu.signature s JOIN bashu.public_key k ON k.fingerprint = s.fingerprint
        WHERE s.origin_id = b.origin_id AND s.number = b.number AND k.own AND k.revoked_at IS NULL)
 ORDER BY b.origin_id, b.number LIMIT $1;

-- name: signature_keys
-- Public keys, of region $1 or (NULL) of all.
SELECT k.fingerprint, k.region, k.algorithm, k.spki, k.own, k.trusted_at IS NOT NULL AS trusted,
       to_char(k.revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS revoked, k.revoke_reason
  FROM bashu.public_key k WHERE $1::text IS NULL OR k.region = $1
 ORDER BY k.first_seen, k.fingerprint;

-- name: key_heard
-- A key that a peer tells of. What is trusted, our own or revoked stays as it is; a region's own word on its key goes
-- over another's. Not more than 100 keys of a region that nobody here trusts.
-- $1 fingerprint, $2 region, $3 algorithm, $4 spki, $5 predecessor, $6 succession, $7 peer, $8 whether the peer is of
-- that region.
INSERT INTO bashu.public_key AS k (fingerprint, region, algorithm, spki, predecessor, succession, first_seen_from)
SELECT $1, $2, $3, $4, $5, $6, $7
 WHERE (SELECT count(*) FROM bashu.public_key o WHERE o.region = $2 AND o.trusted_at IS NULL) < 100
    ON CONFLICT (fingerprint) DO UPDATE
   SET region = CASE WHEN $8::boolean THEN excluded.region ELSE k.region END,
       predecessor = coalesce(k.predecessor, excluded.predecessor),
       succession = coalesce(k.succession, excluded.succession)
 WHERE k.trusted_at IS NULL AND NOT k.own AND k.revoked_at IS NULL
   AND (k.region, k.predecessor, k.succession) IS DISTINCT FROM
       (CASE WHEN $8::boolean THEN excluded.region ELSE k.region END, coalesce(k.predecessor, excluded.predecessor),
        coalesce(k.succession, excluded.succession));

-- name: key_successors
-- Keys that nobody has trusted yet, whose predecessor is trusted here and not revoked.
SELECT k.fingerprint, k.region, k.succession, p.fingerprint AS predecessor, p.spki
  FROM bashu.public_key k JOIN bashu.public_key p ON p.fingerprint = k.predecessor AND p.region = k.region
 WHERE k.trusted_at IS NULL AND k.revoked_at IS NULL AND k.succession IS NOT NULL
   AND p.trusted_at IS NOT NULL AND p.revoked_at IS NULL
 ORDER BY k.first_seen, k.fingerprint;

-- name: key_succeeded
-- $1 fingerprint; $2 that of the key before, as text.
UPDATE bashu.public_key SET trusted_at = clock_timestamp(), trusted_by = 'key ' || $2::text
 WHERE fingerprint = $1 AND trusted_at IS NULL AND revoked_at IS NULL;

-- name: signature_gaps
-- Of every origin of a region whose keys are known: the first batch here from a number on that has no signature by a
-- key in force, NULL when there is none; and the last batch here. $1: {origin: number}, 1 for those that are not there.
SELECT o.id AS origin_id, o.name, g.number, l.number AS last
  FROM bashu.origin o
 CROSS JOIN LATERAL (
       SELECT b.number FROM bashu.batch b WHERE b.origin_id = o.id AND b.complete
        ORDER BY b.number DESC LIMIT 1) l
  LEFT JOIN LATERAL (
       SELECT b.number FROM bashu.batch b
        WHERE b.origin_id = o.id AND b.complete AND b.number >= coalesce(($1::jsonb ->> o.name)::bigint, 1)
          AND NOT EXISTS (
              SELECT FROM bashu.signature s LEFT JOIN bashu.public_key k ON k.fingerprint = s.fingerprint
               WHERE s.origin_id = b.origin_id AND s.number = b.number AND k.revoked_at IS NULL)
        ORDER BY b.number LIMIT 1) g ON true
 WHERE EXISTS (SELECT FROM bashu.public_key k WHERE k.region = o.region AND NOT k.own)
 ORDER BY o.name;

-- name: signature_roots
-- Roots of the complete batches of origin $1 from $2 to $3.
SELECT b.number, b.digest FROM bashu.batch b
 WHERE b.origin_id = $1 AND b.number BETWEEN $2 AND $3 AND b.complete;

-- name: evidence
-- $1 origin, $2 number, $3 peer, $4 reason, $5 header, $6 previous, $7 root, $8 fingerprint, $9 signature.
INSERT INTO bashu.evidence (origin, number, peer, reason, header, previous, root, fingerprint, signature)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
 WHERE NOT EXISTS (
       SELECT FROM bashu.evidence e
        WHERE e.origin = $1 AND e.number = $2 AND e.peer = $3 AND e.reason = $4 AND e.root IS NOT DISTINCT FROM $7
          AND e.signature IS NOT DISTINCT FROM $9);

-- name: evidence_bound
DELETE FROM bashu.evidence WHERE id <= (SELECT max(e.id) FROM bashu.evidence e) - 1000;

-- name: receive_header
-- The first line of a batch, as far as it is here. Parameters: origin's id, number.
SELECT encode(substring(c.bytes FROM 1 FOR least(position('\x0a'::bytea IN c.bytes) - 1, 8192)), 'escape')
  FROM bashu.chunk c WHERE c.origin_id = $1 AND c.number = $2 AND c.part = 0 AND position('\x0a'::bytea IN c.bytes) > 1;

-- name: receive_discard_beyond
-- Parts of batches after a refused one. Parameters: origin's id, number.
DELETE FROM bashu.chunk WHERE origin_id = $1 AND number > $2;

-- name: feed_signatures
-- Parameters: origin, first and last number.
SELECT s.number, s.fingerprint, s.algorithm, s.signature FROM bashu.feed_signatures_v1($1, $2, $3) s;

-- name: feed_keys
SELECT k.region, k.algorithm, k.spki, k.predecessor, k.succession FROM bashu.feed_keys_v1() k;

-- name: key_list
-- What people see of the keys.
SELECT encode(k.fingerprint, 'hex') AS fingerprint, k.region, k.algorithm, k.own,
       (extract(epoch FROM k.first_seen) * 1e6)::bigint AS first_seen, k.first_seen_from,
       (extract(epoch FROM k.trusted_at) * 1e6)::bigint AS trusted_at, k.trusted_by,
       (extract(epoch FROM k.revoked_at) * 1e6)::bigint AS revoked_at, k.revoked_by, k.revoke_reason,
       encode(k.predecessor, 'hex') AS predecessor, k.spki,
       (SELECT count(*) FROM bashu.signature s WHERE s.fingerprint = k.fingerprint) AS signatures
  FROM bashu.public_key k ORDER BY k.own DESC, k.region, k.first_seen, k.fingerprint;

-- name: key_peer_region
-- The region of peer $1, as it says itself.
SELECT l.peer_node ->> 'region' AS region FROM bashu.link l WHERE l.peer = $1;

-- name: key_trust
-- $1 fingerprint.
UPDATE bashu.public_key SET trusted_at = clock_timestamp(), trusted_by = session_user
 WHERE fingerprint = $1 AND trusted_at IS NULL AND revoked_at IS NULL;

-- name: key_revoke
-- $1 fingerprint, $2 reason.
UPDATE bashu.public_key SET revoked_at = clock_timestamp(), revoked_by = session_user, revoke_reason = $2
 WHERE fingerprint = $1 AND revoked_at IS NULL;

-- name: key_follow
-- A key of our own that follows another. $1 fingerprint, $2 algorithm, $3 spki, $4 predecessor, $5 succession.
INSERT INTO bashu.public_key AS k (fingerprint, region, algorithm, spki, own, predecessor, succession, trusted_at,
                                   trusted_by)
SELECT $1, n.region, $2, $3, true, $4, $5, clock_timestamp(), session_user FROM bashu.node n;

-- name: key_own_region
SELECT n.region FROM bashu.node n;
