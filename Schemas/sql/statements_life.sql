-- Statements of lives and of the ends of origins: Deploy/guide/lives.md.

-- name: life_read
-- Where this database is, and where its life began. The timeline is that of the WAL being written now: a checkpoint
-- tells it later.
SELECT n.database_id::text AS database_id, o.name AS origin, coalesce(a.number, 0) AS number,
       (SELECT c.system_identifier::text FROM pg_control_system() c) AS system_now,
       substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) AS timeline_now,
       l.system_identifier AS system_then, l.timeline AS timeline_then, l.token::text AS token,
       array(SELECT f.name FROM bashu.origin f WHERE f.former)::text AS former
  FROM bashu.node n
  JOIN bashu.origin o ON o.own
  LEFT JOIN bashu.applied a ON a.origin_id = o.id
  LEFT JOIN bashu.life l ON true;

-- name: life_first
INSERT INTO bashu.life (system_identifier, timeline, token) VALUES ($1, $2, gen_random_uuid()) RETURNING token::text;

-- name: life_fence
SELECT f.token FROM bashu.fence f FOR SHARE;

-- name: life_known_overridden
-- What is known of a key that a later cut of ours has read again is in that cut's change: numbers of another origin
-- could not tell which is later.
DELETE FROM bashu.known k
 USING bashu.change c, bashu.origin o
 WHERE o.own AND c.origin_id = o.id AND c.table_id = k.table_id AND c.digest = k.digest
   AND c.number > k.own_number AND c.kind <> 'r';

-- name: life_known_rest
UPDATE bashu.known SET own_number = 0 WHERE own_number <> 0;

-- name: life_former
UPDATE bashu.origin SET own = false, former = true WHERE own;

-- name: life_origin
-- The first twelve digits of a random UUID are all random.
WITH life AS (
    INSERT INTO bashu.origin (name, region, own)
    SELECT n.region || '-' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 12), n.region, true
      FROM bashu.node n RETURNING id, name), applied AS (
    INSERT INTO bashu.applied (origin_id) SELECT id FROM life)
SELECT name FROM life;

-- name: life_begin
INSERT INTO bashu.life (system_identifier, timeline, token, reason) VALUES ($1, $2, gen_random_uuid(), $3)
    ON CONFLICT (one) DO UPDATE SET system_identifier = excluded.system_identifier, timeline = excluded.timeline,
       token = excluded.token, reason = excluded.reason, began_at = clock_timestamp()
RETURNING token::text;

-- name: life_behind
-- How far the peers, in their own words, are beyond us with what our former lives have published.
SELECT count(*)
  FROM bashu.origin o
  LEFT JOIN bashu.applied a ON a.origin_id = o.id
 CROSS JOIN bashu.peer p
  LEFT JOIN bashu.peer_position v ON v.login = p.login
  LEFT JOIN bashu.link l ON l.peer = p.name
 CROSS JOIN LATERAL (VALUES (v.applied -> o.name), (v.received -> o.name), (l.peer_vector -> o.name)) x(number)
 WHERE o.former AND jsonb_typeof(x.number) = 'number'
   AND x.number > to_jsonb(coalesce(a.number, 0))
   AND x.number <= to_jsonb(coalesce(bashu.closed_at(o.name), 9223372036854775807));

-- name: life_next
-- The next batch of a former life that is here and not applied, if what it had seen is.
SELECT b.origin_id, o.name, b.number, b.changes, b.bytes, b.context::text AS context,
       encode(b.digest, 'hex') AS digest, coalesce(b.hlc_max, 0) AS hlc_max
  FROM bashu.origin o
  JOIN bashu.applied a ON a.origin_id = o.id
  JOIN bashu.batch b ON b.origin_id = o.id AND b.number = a.number + 1 AND b.complete
 WHERE o.former AND b.number <= coalesce(bashu.closed_at(o.name), b.number)
   AND NOT EXISTS (SELECT FROM jsonb_each_text(b.context) x
                    LEFT JOIN bashu.origin xo ON xo.name = x.key
                    LEFT JOIN bashu.applied xa ON xa.origin_id = xo.id
                    WHERE x.key <> o.name AND coalesce(xa.number, 0) < x.value::bigint)
 ORDER BY o.id LIMIT 1;

-- name: life_end
-- The end of a batch: its last two parts.
SELECT string_agg(c.bytes, ''::bytea ORDER BY c.part)
  FROM (SELECT c.part, c.bytes FROM bashu.chunk c WHERE c.origin_id = $1::integer AND c.number = $2::bigint
         ORDER BY c.part DESC LIMIT 2) c;

-- name: life_recent
-- Whether this life, which is not the first, began less than so many seconds ago. $1: seconds.
SELECT EXISTS (SELECT FROM bashu.life l WHERE l.reason IS NOT NULL
                  AND l.began_at > clock_timestamp() - make_interval(secs => $1::double precision));

-- name: life_still_pending
-- Whether every one of these hints is here, in ranges of their sequence, by timeline.
SELECT coalesce(sum(u.last - u.first + 1), 0) = (
           SELECT count(*) FROM bashu.pending p
             JOIN unnest($1::text[], $2::bigint[], $3::bigint[]) r (timeline, first, last)
               ON p.timeline = r.timeline AND p.seq BETWEEN r.first AND r.last)
  FROM unnest($1::text[], $2::bigint[], $3::bigint[]) u (timeline, first, last);

-- name: life_consume
DELETE FROM bashu.pending p
 USING unnest($1::text[], $2::bigint[], $3::bigint[]) r (timeline, first, last)
 WHERE p.timeline = r.timeline AND p.seq BETWEEN r.first AND r.last;

-- name: life_known_forget
-- The table has what the batch says: what was known before it does not count any more.
DELETE FROM bashu.known k USING pg_temp.apply_change c WHERE k.table_id = c.table_id AND k.digest = c.digest;

-- name: life_recheck
INSERT INTO bashu.recheck (table_id, digest, key)
SELECT DISTINCT c.table_id, c.digest, c.key FROM pg_temp.apply_change c
    ON CONFLICT DO NOTHING;

-- name: closing_declare
INSERT INTO bashu.closing (origin, number, declared_by, person, reason, declared_at)
SELECT $1, $2::bigint, n.region, session_user, $3, clock_timestamp() FROM bashu.node n
    ON CONFLICT DO NOTHING;

-- name: closing_adopt
-- What a peer knows of. An array for each column; times in microseconds, keys and signatures in hexadecimal digits,
-- none of both where nobody has signed. What is signed takes the place of what is not.
INSERT INTO bashu.closing AS c
       (origin, number, declared_by, person, reason, declared_at, fingerprint, signature)
SELECT DISTINCT ON (u.origin, u.number, u.declared_by) u.origin, u.number, u.declared_by, u.person, u.reason,
       timestamptz 'epoch' + u.declared_at * interval '1 microsecond',
       decode(nullif(u.fingerprint, ''), 'hex'), decode(nullif(u.signature, ''), 'hex')
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[])
       u (origin, number, declared_by, person, reason, declared_at, fingerprint, signature)
 ORDER BY u.origin, u.number, u.declared_by, u.signature = ''
    ON CONFLICT (origin, number, declared_by) DO UPDATE
   SET person = excluded.person, reason = excluded.reason, declared_at = excluded.declared_at,
       fingerprint = excluded.fingerprint, signature = excluded.signature
 WHERE c.signature IS NULL AND excluded.signature IS NOT NULL;

-- name: closing_keys
-- Public keys that may vouch for an end, and whether the region has one that is trusted here.
SELECT k.region, k.spki, k.trusted_at IS NOT NULL AND k.revoked_at IS NULL AS counts FROM bashu.public_key k
 WHERE k.trusted_at IS NOT NULL;

-- name: closing_signed
-- Ends whose signature is here.
SELECT c.origin, c.number, c.declared_by FROM bashu.closing c WHERE c.signature IS NOT NULL;

-- name: closing_unsigned
-- Ends declared here that none of our keys in force has signed.
SELECT c.origin, c.number, c.declared_by, c.person, c.reason,
       (extract(epoch FROM c.declared_at) * 1000000)::bigint AS declared_at
  FROM bashu.node n JOIN bashu.closing c ON c.declared_by = n.region
 WHERE n.kind = 'region' AND NOT EXISTS (
       SELECT FROM bashu.public_key k
        WHERE k.fingerprint = c.fingerprint AND k.own AND k.revoked_at IS NULL)
 ORDER BY c.origin, c.number LIMIT 100;

-- name: closing_sign
UPDATE bashu.closing c SET fingerprint = $4, signature = $5
 WHERE c.origin = $1 AND c.number = $2::bigint AND c.declared_by = $3;

-- name: feed_closings
SELECT c.origin, c.number, c.declared_by, c.person, c.reason, c.declared_at, c.fingerprint, c.signature
  FROM bashu.feed_closings_v2() c LIMIT 10000;

-- name: feed_closings_unsigned
-- Of a peer of an earlier version.
SELECT c.origin, c.number, c.declared_by, c.person, c.reason, (extract(epoch FROM c.declared_at) * 1000000)::bigint,
       NULL::bytea, NULL::bytea
  FROM bashu.feed_closings_v1() c LIMIT 10000;

-- name: feed_life
SELECT f.is_refused, f.other_origin, f.at::text AS at FROM bashu.feed_life_v1($1::uuid, $2::uuid, $3) f;

-- name: life_token
SELECT l.token::text AS token, o.name AS origin FROM bashu.life l JOIN bashu.origin o ON o.own;

-- name: ctl_origin_list
-- Every origin, with how far it is known and what its region has said of its end.
SELECT o.name, o.region, o.own, o.former, coalesce(a.number, 0) AS applied,
       coalesce((SELECT max(b.number) FROM bashu.batch b WHERE b.origin_id = o.id AND b.complete), 0) AS received,
       coalesce((SELECT max(least(x.number::numeric, 9223372036854775807)::bigint)
          FROM bashu.peer p
          LEFT JOIN bashu.peer_position v ON v.login = p.login
          LEFT JOIN bashu.link l ON l.peer = p.name
         CROSS JOIN LATERAL (VALUES (v.received -> o.name), (l.peer_vector -> o.name)) x(number)
         WHERE jsonb_typeof(x.number) = 'number'), 0) AS elsewhere,
       c.number AS closed_at, c.declared_by, c.person, c.reason, c.signature IS NOT NULL AS signed,
       (extract(epoch FROM c.declared_at) * 1000000)::bigint AS declared_at
  FROM bashu.origin o
  LEFT JOIN bashu.applied a ON a.origin_id = o.id
  LEFT JOIN LATERAL (SELECT * FROM bashu.closing c WHERE c.origin = o.name
                      ORDER BY c.number DESC, c.declared_at LIMIT 1) c ON true
 ORDER BY o.name COLLATE "C";
