-- What the daemon keeps about its links, in its own database.

-- name: link_peers
SELECT p.name, p.conninfo, p.paused FROM bashu.peer p WHERE p.conninfo IS NOT NULL ORDER BY p.name;

-- name: link_own
-- This database for its links. $1: version of this program; $2: the digest algorithms that it reads.
--   node     what peers are told of us
--   joins    peer that this database is being filled from, NULL when it is not, or not any more
SELECT v.applied::text AS applied,
       jsonb_build_object('kind', n.kind, 'region', n.region, 'origin', v.own, 'version', $1::text,
                          'digests', $2::text[])::text AS node,
       CASE WHEN n.state = 'joining' THEN n.join_peer END AS joins,
       n.join_vector::text AS join_vector
  FROM bashu.node n
 CROSS JOIN (
       SELECT coalesce(jsonb_object_agg(o.name, a.number) FILTER (WHERE a.number > 0), '{}') AS applied,
              max(o.name) FILTER (WHERE o.own) AS own
         FROM bashu.origin o LEFT JOIN bashu.applied a ON a.origin_id = o.id) v;

-- name: link_write
-- The state of a link, as long as its peer is registered. NULL keeps what is there of the peer's own words.
-- $1 peer, $2 state, $3 reason, $4 SQLSTATE, $5 attempts, $6 seconds until the next try, $7 whether the peer has
-- just answered, $8 peer's node, $9 peer's vector, $10 clock offset in ms, $11 whether that is beyond the bound.
INSERT INTO bashu.link AS l (peer, state, reason, sql_state, attempts, next_try_at, last_contact, peer_node,
                             peer_vector, clock_offset_ms, clock_off)
SELECT p.name, $2, $3, $4, $5::integer, clock_timestamp() + make_interval(secs => $6::double precision),
       CASE WHEN $7::boolean THEN clock_timestamp() END, $8::jsonb, coalesce($9::jsonb, '{}'), $10::bigint,
       coalesce($11::boolean, false)
  FROM bashu.peer p WHERE p.name = $1
    ON CONFLICT (peer) DO UPDATE
   SET state = excluded.state, reason = excluded.reason, sql_state = excluded.sql_state,
       since = CASE WHEN l.state = excluded.state THEN l.since ELSE excluded.since END,
       attempts = excluded.attempts, next_try_at = excluded.next_try_at,
       last_contact = coalesce(excluded.last_contact, l.last_contact),
       peer_node = coalesce(excluded.peer_node, l.peer_node),
       peer_vector = CASE WHEN $9::jsonb IS NULL THEN l.peer_vector ELSE excluded.peer_vector END,
       clock_offset_ms = coalesce(excluded.clock_offset_ms, l.clock_offset_ms),
       clock_off = coalesce($11::boolean, l.clock_off)
RETURNING true;

-- name: link_freshness
-- Adopts marks of freshness. $1: {origin: {"number": n, "through": time}}, each with its batch applied here.
UPDATE bashu.applied a SET through = f.through
  FROM (SELECT o.id, (e.value ->> 'number')::bigint AS number, (e.value ->> 'through')::timestamptz AS through
          FROM jsonb_each($1::jsonb) e JOIN bashu.origin o ON o.name = e.key AND NOT o.own) f
 WHERE a.origin_id = f.id AND a.number >= f.number AND (a.through IS NULL OR a.through < f.through);

-- name: link_join_target
-- What there is to receive before this database has joined. $1: peer, $2: its vector.
UPDATE bashu.node SET join_vector = $2::jsonb
 WHERE state = 'joining' AND join_peer = $1 AND join_vector IS NULL;

-- name: link_joined
-- $1: peer.
UPDATE bashu.node SET state = 'ready'
 WHERE state = 'joining' AND join_peer = $1 AND join_vector IS NOT NULL
   AND NOT EXISTS (
       SELECT FROM jsonb_each_text(join_vector) j
         LEFT JOIN bashu.origin o ON o.name = j.key
         LEFT JOIN bashu.applied a ON a.origin_id = o.id
        WHERE j.value::bigint > coalesce(a.number, 0));

-- name: link_test_take
-- The next question whether a peer can be reached.
UPDATE bashu.request SET state = 'running'
 WHERE id = (SELECT r.id FROM bashu.request r
              WHERE r.state = 'waiting' AND r.kind = 'test_peer' ORDER BY r.id LIMIT 1)
RETURNING id, argument ->> 'peer' AS peer;

-- name: link_test_answer
-- $1 request, $2 state, $3 reason, $4 SQLSTATE, $5 {kind, region, origin, …} of the peer, $6 clock offset in ms,
-- $7 differences between the shared tables, one sentence each.
UPDATE bashu.request
   SET state = $2, done_at = clock_timestamp(),
       result = jsonb_strip_nulls(jsonb_build_object(
                    'reason', $3::text, 'sql_state', $4::text, 'node', $5::jsonb, 'clock_offset_ms', $6::bigint,
                    'differences', $7::text[]))
 WHERE id = $1::bigint;

-- name: link_test_reset
-- Questions that a daemon before this one had begun.
UPDATE bashu.request SET state = 'waiting' WHERE state = 'running' AND kind = 'test_peer';

-- name: link_clock
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
