-- Statements of the engine: the daemon's own life, and what it looks for.

-- name: engine_lock
-- The daemon's lock, held for as long as the session lives. $1: key.
SELECT pg_try_advisory_lock($1::bigint);

-- name: engine_lock_holder
SELECT coalesce(string_agg(format('pid %s, %s from %s', a.pid, a.application_name,
                                  coalesce(host(a.client_addr), 'this machine')), '; '),
                'unknown session')
  FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
   AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
   AND ((l.classid::bigint << 32) | l.objid::bigint) = $1::bigint;

-- name: engine_raise_token
UPDATE bashu.fence SET token = token + 1 RETURNING token;

-- name: engine_node
SELECT n.kind, n.region, n.state, coalesce((SELECT o.name FROM bashu.origin o WHERE o.own), '') AS origin
  FROM bashu.node n;

-- name: engine_started
UPDATE bashu.daemon
   SET version = $1, pid = $2::integer, host = $3, started_at = clock_timestamp(), heartbeat_at = clock_timestamp(),
       activity = 'starting', problem = NULL;

-- name: engine_heartbeat
UPDATE bashu.daemon SET heartbeat_at = clock_timestamp(), activity = $1, problem = $2;

-- name: engine_poll
-- What there is to do; $1 and $2 as in cut_poll. many: more pending rows than a cut of one session is good for.
-- ahead: who has most of our own origin, and more than this database, in the peers' own words
-- (Deploy/guide/backup.md). What is no number there counts for nothing.
SELECT (extract(epoch FROM statement_timestamp()) * 1000000)::bigint AS through,
       coalesce((SELECT string_agg(DISTINCT p.table_id::text, ',')
                   FROM bashu.pending p WHERE p.xid >= $1::xid8 OR p.xid = ANY ($2::xid8[])), '') AS tables,
       EXISTS (SELECT FROM bashu.pending p WHERE p.xid >= $1::xid8 OR p.xid = ANY ($2::xid8[]) OFFSET 50) AS many,
       EXISTS (SELECT FROM bashu.origin o
                 LEFT JOIN bashu.applied a ON a.origin_id = o.id
                 JOIN bashu.batch b ON b.origin_id = o.id AND b.number = coalesce(a.number, 0) + 1 AND b.complete
                WHERE NOT o.own AND b.number <= coalesce(bashu.closed_at(o.name), b.number)) AS received,
       (SELECT coalesce(max(p.version), 0) FROM bashu.policy p) AS policy,
       EXISTS (SELECT FROM bashu.ruling r WHERE r.state = 'waiting') AS ruling,
       EXISTS (SELECT FROM bashu.recheck r WHERE r.attempts < 3) AS recheck,
       EXISTS (SELECT FROM bashu.request r
                WHERE r.state = 'waiting' AND r.kind IN ('cut', 'verify')
                  AND r.argument ->> 'against' IS NULL) AS request,
       (SELECT jsonb_build_object('peer', w.peer, 'theirs', left(w.number::text, 30), 'ours', w.own)::text
          FROM (SELECT p.name AS peer, x.number, coalesce(a.number, 0) AS own
                  FROM bashu.origin o
                  LEFT JOIN bashu.applied a ON a.origin_id = o.id
                 CROSS JOIN bashu.peer p
                  LEFT JOIN bashu.peer_position v ON v.login = p.login
                  LEFT JOIN bashu.link l ON l.peer = p.name
                 CROSS JOIN LATERAL (VALUES (v.applied -> o.name), (v.received -> o.name),
                                            (l.peer_vector -> o.name)) x(number)
                 WHERE o.own AND jsonb_typeof(x.number) = 'number' AND x.number > to_jsonb(coalesce(a.number, 0))
                 ORDER BY x.number DESC, p.name LIMIT 1) w) AS ahead,
       (SELECT jsonb_build_object('origin', c.origin, 'number', c.number, 'by', c.declared_by,
                                  'person', c.person,
                                  'reason', c.reason)::text
          FROM bashu.closing c JOIN bashu.origin o ON o.own AND o.name = c.origin
         ORDER BY c.number DESC, c.declared_at LIMIT 1) AS closed;

-- name: engine_hold
INSERT INTO bashu.hold (origin_id, number, reason, sql_state, next_try_at)
VALUES ($1::integer, $2::bigint, $3, $4, clock_timestamp() + make_interval(secs => $5::double precision))
    ON CONFLICT (origin_id) DO UPDATE
   SET number = excluded.number, reason = excluded.reason, sql_state = excluded.sql_state,
       next_try_at = excluded.next_try_at, attempts = bashu.hold.attempts + 1,
       since = CASE WHEN bashu.hold.number = excluded.number THEN bashu.hold.since ELSE clock_timestamp() END;

-- name: engine_holders
-- Transactions that may hold the row that apply waits for: writers of the table, prepared ones included.
SELECT coalesce(string_agg(h.holder, '; '), 'a transaction that has just ended')
  FROM (SELECT format('pid %s (%s, %s, since %s)', a.pid, a.usename,
                      coalesce(nullif(a.application_name, ''), 'no name'),
                      date_trunc('second', now() - a.xact_start)) AS holder
          FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE l.locktype = 'relation' AND l.relation = to_regclass($1) AND l.granted
           AND l.mode IN ('RowShareLock', 'RowExclusiveLock') AND a.usename IS DISTINCT FROM session_user
        UNION ALL
        SELECT format('prepared transaction %s (%s, since %s)', p.gid, p.owner,
                      date_trunc('second', now() - p.prepared))
          FROM pg_prepared_xacts p WHERE p.database = current_database()
         LIMIT 5) h;

-- name: request_take
-- Comparisons with a peer are taken by its link.
UPDATE bashu.request SET state = 'running'
 WHERE id = (SELECT r.id FROM bashu.request r
              WHERE r.state = 'waiting' AND r.kind IN ('cut', 'verify') AND r.argument ->> 'against' IS NULL
              ORDER BY r.id LIMIT 1)
RETURNING id, kind, argument::text AS argument;

-- name: request_done
UPDATE bashu.request SET state = $2, result = $3::jsonb, done_at = clock_timestamp() WHERE id = $1::bigint;

-- name: request_reset
-- Requests that a daemon before this one had begun.
UPDATE bashu.request SET state = 'waiting' WHERE state = 'running' AND kind IN ('cut', 'verify');

-- name: own_number
SELECT o.name AS origin, coalesce(a.number, 0) AS number
  FROM bashu.origin o LEFT JOIN bashu.applied a ON a.origin_id = o.id WHERE o.own;

-- name: table_repair
SELECT bashu.table_repair($1::integer);
