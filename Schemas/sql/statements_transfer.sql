-- Statements of `bashuctl batch`: Deploy/guide/offline.md.

-- name: transfer_here
-- Who this database is, and as whom this session works in it.
SELECT n.daemon_role, session_user::text AS role, n.kind, n.region, n.database_id::text AS database_id
  FROM bashu.node n;

-- name: transfer_peer
-- Peer $1: what is known of it. A peer by files is kept in bashu.peer with "file:" before its name as its login, which
-- no role can have there: what is kept for it, and what it has said, is found as for any other.
--   region     in its own words; its name before it has said any
--   database   that it was when its last file was made
--   serial     of its last file from here; after: what the last one with batches goes on to
SELECT p.name, p.login, coalesce(v.node, l.peer_node) ->> 'region' AS region,
       coalesce(v.received, '{}')::text AS received, coalesce(v.applied, '{}')::text AS applied,
       (SELECT t.maker::text FROM bashu.transfer t WHERE t.peer = p.name AND NOT t.outgoing
         ORDER BY t.made_at DESC LIMIT 1) AS database,
       coalesce((SELECT max(t.serial) FROM bashu.transfer t WHERE t.peer = p.name AND t.outgoing), 0) AS serial,
       coalesce(o.after || o.through, '{}')::text AS after
  FROM bashu.peer p
  LEFT JOIN bashu.link l ON l.peer = p.name
  LEFT JOIN bashu.peer_position v ON v.login = p.login
  LEFT JOIN LATERAL (
       SELECT t.after, t.through FROM bashu.transfer t WHERE t.peer = p.name AND t.outgoing AND t.batches > 0
        ORDER BY t.id DESC LIMIT 1) o ON true
 WHERE p.name = $1;

-- name: transfer_maker
-- Peers that may be the database that made a file. $1: its region, $2: its kind, $3: its database_id.
SELECT p.name
  FROM bashu.peer p
  LEFT JOIN bashu.link l ON l.peer = p.name
  LEFT JOIN bashu.peer_position v ON v.login = p.login
 WHERE EXISTS (SELECT FROM bashu.transfer t WHERE t.peer = p.name AND NOT t.outgoing AND t.maker = $3::uuid)
    OR p.name = $1
    OR (coalesce(v.node, l.peer_node) ->> 'region' = $1 AND coalesce(v.node, l.peer_node) ->> 'kind' = $2)
 ORDER BY EXISTS (SELECT FROM bashu.transfer t WHERE t.peer = p.name AND NOT t.outgoing AND t.maker = $3::uuid) DESC,
          p.name = $1 DESC, p.name
 LIMIT 1;

-- name: transfer_lock
-- One export for a peer at a time. 1650553706: no other lock of Bashu has it.
SELECT pg_try_advisory_lock(1650553706, hashtext($1));

-- name: transfer_unlock
SELECT pg_advisory_unlock(1650553706, hashtext($1));

-- name: transfer_earlier
-- The last files with batches that were made for peer $1.
SELECT t.serial, t.file::text AS file, (extract(epoch FROM t.made_at) * 1e6)::bigint AS made_at
  FROM bashu.transfer t
 WHERE t.peer = $1 AND t.outgoing AND t.batches > 0 ORDER BY t.serial DESC, t.id DESC LIMIT 20;

-- name: transfer_shapes
-- Shapes that batches up to $2 of origin $1 have spelled out.
SELECT s.schema_name, s.table_name, s.key_columns, s.columns, s.types
  FROM bashu.origin o JOIN bashu.shape_use u ON u.origin_id = o.id JOIN bashu.shape s ON s.id = u.shape_id
 WHERE o.name = $1 AND u.number <= $2::bigint ORDER BY s.id;

-- name: transfer_seen
-- What is here of a file of peer $1. $2 its identity, $3 its maker, $4 its number, $5 when it was made.
--   taken    it was taken before, at that time
--   newer    the number of a file of that peer that is newer and was taken
SELECT (SELECT (extract(epoch FROM t.done_at) * 1e6)::bigint FROM bashu.transfer t
         WHERE t.peer = $1 AND NOT t.outgoing AND t.file = $2::uuid) AS taken,
       (SELECT max(t.serial) FROM bashu.transfer t
         WHERE t.peer = $1 AND NOT t.outgoing AND t.file <> $2::uuid
           AND t.made_at >= timestamptz 'epoch' + $5::bigint * interval '1 microsecond'
           AND (t.maker <> $3::uuid OR t.serial > $4::bigint)) AS newer;

-- name: transfer_roots
-- Roots of the complete batches of origin $1 from $2 to $3, and the keys whose signatures are here.
SELECT b.number, b.digest,
       ARRAY (SELECT encode(s.fingerprint, 'hex') FROM bashu.signature s
               WHERE s.origin_id = b.origin_id AND s.number = b.number) AS signed_by
  FROM bashu.batch b WHERE b.origin_id = $1 AND b.number BETWEEN $2 AND $3 AND b.complete;

-- name: transfer_unsigned
-- Batches of other regions that are here and have no signature by a key in force, as ranges: the first $1 of them.
SELECT o.name AS origin, min(g.number) AS first, max(g.number) AS last
  FROM (SELECT b.origin_id, b.number,
               b.number - row_number() OVER (PARTITION BY b.origin_id ORDER BY b.number) AS island
          FROM bashu.batch b
         WHERE b.complete AND NOT EXISTS (
               SELECT FROM bashu.signature s LEFT JOIN bashu.public_key k ON k.fingerprint = s.fingerprint
                WHERE s.origin_id = b.origin_id AND s.number = b.number AND k.revoked_at IS NULL)) g
  JOIN bashu.origin o ON o.id = g.origin_id
 WHERE NOT EXISTS (SELECT FROM bashu.node n WHERE n.region = o.region)
 GROUP BY g.origin_id, o.name, g.island ORDER BY o.name, first LIMIT $1::bigint;

-- name: transfer_peer_unsigned
-- The same of peer $1, as its last file has said.
SELECT u.origin, u.first, u.last
  FROM bashu.peer p
  JOIN bashu.peer_position v ON v.login = p.login
 CROSS JOIN LATERAL jsonb_to_recordset(
       CASE WHEN jsonb_typeof(v.node -> 'unsigned') = 'array' THEN v.node -> 'unsigned' ELSE '[]' END)
       u(origin text, first bigint, last bigint)
 WHERE p.name = $1 AND p.login LIKE 'file:%';

-- name: transfer_taken
-- Which of these files of peer $1 were taken. $2: identities.
SELECT t.file::text AS file FROM bashu.transfer t
 WHERE t.peer = $1 AND NOT t.outgoing AND t.file = ANY ($2::uuid[]);

-- name: transfer_write
-- $1 peer, $2 outgoing, $3 serial, $4 file, $5 digest, $6 maker, $7 made at, $8 after, $9 through, $10 batches,
-- $11 bytes.
INSERT INTO bashu.transfer (peer, outgoing, serial, file, digest, maker, made_at, after, through, batches, bytes)
VALUES ($1, $2::boolean, $3::bigint, $4::uuid, $5, $6::uuid,
        timestamptz 'epoch' + $7::bigint * interval '1 microsecond', $8::jsonb, $9::jsonb, $10::bigint, $11::bigint)
    ON CONFLICT (peer, outgoing, file) DO NOTHING;

-- name: transfer_bound
DELETE FROM bashu.transfer t
 WHERE t.peer = $1 AND t.outgoing = $2::boolean
   AND t.id <= (SELECT x.id FROM bashu.transfer x WHERE x.peer = $1 AND x.outgoing = $2::boolean
                 ORDER BY x.id DESC OFFSET 1000 LIMIT 1);

-- name: transfer_position
-- What the maker of a file has stored, as feed_position_v1 keeps it of a link. Where a link reports too, a file only
-- ever says that there is more.
-- $1 peer, $2 node, $3 applied, $4 received, $5 when the file was made, $6 batches whose signatures it lacks: in node.
INSERT INTO bashu.peer_position AS x (login, node, applied, received, reported_at)
SELECT p.login, $2::jsonb || jsonb_build_object('unsigned', $6::jsonb), $3::jsonb, $4::jsonb,
       least(timestamptz 'epoch' + $5::bigint * interval '1 microsecond', clock_timestamp())
  FROM bashu.peer p WHERE p.name = $1 AND p.login IS NOT NULL
    ON CONFLICT (login) DO UPDATE
   SET node = CASE WHEN x.login LIKE 'file:%' THEN excluded.node ELSE x.node END,
       applied = CASE WHEN x.login LIKE 'file:%' THEN excluded.applied
                      ELSE bashu.vector_union(x.applied, excluded.applied) END,
       received = CASE WHEN x.login LIKE 'file:%' THEN excluded.received
                       ELSE bashu.vector_union(x.received, excluded.received) END,
       reported_at = greatest(x.reported_at, excluded.reported_at);

-- name: transfer_clock
-- What a file shows of its maker's clock, kept as a link keeps it; of a peer that has a link, the link says it.
-- $1 peer, $2 its kind, $3 its region, $4 milliseconds that its clock was ahead of ours at least, NULL: no more than
-- the bound.
INSERT INTO bashu.link AS l (peer, state, peer_node, clock_offset_ms, clock_off)
SELECT p.name, 'waiting', jsonb_build_object('kind', $2::text, 'region', $3::text), $4::bigint,
       $4::bigint IS NOT NULL
  FROM bashu.peer p WHERE p.name = $1 AND p.conninfo IS NULL
    ON CONFLICT (peer) DO UPDATE
   SET peer_node = excluded.peer_node, clock_offset_ms = excluded.clock_offset_ms, clock_off = excluded.clock_off;

-- name: transfer_made
-- Files number $2 that were made here for peer $1; several where this database was restored meanwhile.
--   position        what its recipient has once it has taken the file
--   same_database   the last file from the peer is of the same database as the last one before this file was made, or
--                   there is none
SELECT t.digest, (t.after || t.through)::text AS position,
       (SELECT i.maker FROM bashu.transfer i WHERE i.peer = t.peer AND NOT i.outgoing AND i.done_at <= t.done_at
         ORDER BY i.done_at DESC, i.id DESC LIMIT 1) IS NOT DISTINCT FROM
       (SELECT i.maker FROM bashu.transfer i WHERE i.peer = t.peer AND NOT i.outgoing
         ORDER BY i.done_at DESC, i.id DESC LIMIT 1) AS same_database
  FROM bashu.transfer t
 WHERE t.peer = $1 AND t.outgoing AND t.serial = $2::bigint ORDER BY t.id DESC;

-- name: transfer_acknowledge
-- Peer $1, of region $2, has stored and applied the batches $3.
INSERT INTO bashu.peer_position AS x (login, node, applied, received)
SELECT p.login, jsonb_build_object('region', $2::text), $3::jsonb, $3::jsonb
  FROM bashu.peer p WHERE p.name = $1 AND p.login IS NOT NULL
    ON CONFLICT (login) DO UPDATE
   SET applied = bashu.vector_union(x.applied, excluded.applied),
       received = bashu.vector_union(x.received, excluded.received),
       reported_at = greatest(x.reported_at, excluded.reported_at);

-- name: transfer_behind
-- Of these batches ($1: {origin: number}) the first origin that is not applied here so far; closed ones to their end.
SELECT v.key AS origin, v.value::bigint AS number, coalesce(a.number, 0) AS applied, h.reason
  FROM jsonb_each_text($1::jsonb) v
  JOIN bashu.origin o ON o.name = v.key AND NOT o.own
  LEFT JOIN bashu.applied a ON a.origin_id = o.id
  LEFT JOIN bashu.hold h ON h.origin_id = o.id
 WHERE coalesce(a.number, 0) < least(v.value::bigint, coalesce(bashu.closed_at(o.name), v.value::bigint))
 ORDER BY h.reason IS NULL, v.key LIMIT 1;

-- name: transfer_list
-- Every file that is remembered, newest first. stored, applied: whether the recipient has said that it has all of it,
-- in its log and in its tables; of a file that was taken here whether that is so here.
WITH here AS (
    SELECT coalesce(jsonb_object_agg(o.name, a.number) FILTER (WHERE a.number > 0), '{}') AS applied
      FROM bashu.origin o LEFT JOIN bashu.applied a ON a.origin_id = o.id)
SELECT t.peer, t.outgoing, t.serial, t.file::text AS file, encode(t.digest, 'hex') AS digest,
       (extract(epoch FROM t.made_at) * 1e6)::bigint AS made_at,
       (extract(epoch FROM t.done_at) * 1e6)::bigint AS done_at, t.after::text AS after, t.through::text AS through,
       t.batches, t.bytes,
       NOT t.outgoing OR NOT EXISTS (
           SELECT FROM jsonb_each_text(t.through) e
            WHERE e.value::bigint > coalesce((v.received ->> e.key)::bigint, 0)) AS stored,
       NOT EXISTS (
           SELECT FROM jsonb_each_text(t.through) e
            WHERE e.value::bigint > coalesce(
                  ((CASE WHEN t.outgoing THEN v.applied ELSE here.applied END) ->> e.key)::bigint, 0)) AS applied
  FROM bashu.transfer t
 CROSS JOIN here
  JOIN bashu.peer p ON p.name = t.peer
  LEFT JOIN bashu.peer_position v ON v.login = p.login
 ORDER BY t.done_at DESC, t.id DESC LIMIT $1::bigint;

-- name: transfer_reads
-- Digest algorithms that peer $1 has said it reads.
SELECT e.value
  FROM bashu.peer p JOIN bashu.peer_position v ON v.login = p.login
 CROSS JOIN LATERAL jsonb_array_elements_text(
       CASE WHEN jsonb_typeof(v.node -> 'digests') = 'array' THEN v.node -> 'digests' ELSE '[]' END) e
 WHERE p.name = $1;

-- name: transfer_origin
SELECT o.id FROM bashu.origin o WHERE o.name = $1;

-- name: transfer_token
SELECT f.token FROM bashu.fence f;

-- name: transfer_time
-- A time in microseconds, for people.
SELECT to_char((timestamptz 'epoch' + $1::bigint * interval '1 microsecond') AT TIME ZONE 'UTC',
               'YYYY-MM-DD HH24:MI:SS');

-- name: transfer_wait
-- Waits for the link that receives origin $1: the lock of receive_lock_origin, given back at once.
SELECT pg_advisory_xact_lock(1650553704, o.id) FROM bashu.origin o WHERE o.name = $1;
