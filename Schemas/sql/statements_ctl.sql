-- What bashuctl reads and writes. Times leave as microseconds since 1970 UTC.

-- name: ctl_installed
SELECT to_regclass('bashu.node') IS NOT NULL AS installed;

-- name: ctl_version
SELECT max(m.version) AS version FROM bashu.migration m;

-- name: ctl_node
SELECT current_database() AS database, n.kind, n.region, n.state, n.join_peer, n.daemon_role,
       (SELECT o.name FROM bashu.origin o WHERE o.own) AS origin,
       (extract(epoch FROM clock_timestamp()) * 1e6)::bigint AS now
  FROM bashu.node n;

-- name: ctl_daemon
SELECT d.version, d.pid, d.host, d.activity, d.problem,
       (extract(epoch FROM d.started_at) * 1e6)::bigint AS started_at,
       (extract(epoch FROM d.heartbeat_at) * 1e6)::bigint AS heartbeat_at,
       coalesce(d.heartbeat_at > clock_timestamp() - interval '10 s', false) AS alive
  FROM bashu.daemon d;

-- name: ctl_links
-- Each peer that this database pulls from, and how far it is behind what that peer had when last asked.
--   missing   batches the peer has and that are not applied here
--   waiting   changes of those of them that have arrived
--   unseen    batches of which not even the header has arrived
--   oldest    time of the oldest change not applied here; of the last complete state where none has arrived
SELECT p.name, p.paused, coalesce(l.state, 'connecting') AS state, l.reason, l.sql_state,
       (extract(epoch FROM l.since) * 1e6)::bigint AS since,
       (extract(epoch FROM l.last_contact) * 1e6)::bigint AS last_contact,
       (extract(epoch FROM l.next_try_at) * 1e6)::bigint AS next_try_at,
       coalesce(l.attempts, 0) AS attempts, l.clock_offset_ms,
       l.peer_node ->> 'region' AS peer_region, l.peer_node ->> 'kind' AS peer_kind,
       coalesce(l.peer_vector, '{}')::text AS peer_vector,
       coalesce(b.missing, 0)::bigint AS missing, coalesce(b.waiting, 0)::bigint AS waiting,
       coalesce(b.unseen, 0)::bigint AS unseen, b.oldest
  FROM bashu.peer p
  LEFT JOIN bashu.link l ON l.peer = p.name
  LEFT JOIN LATERAL (
       SELECT sum(v.number - v.applied) AS missing, sum(w.changes) AS waiting,
              sum(v.number - v.applied - w.batches) AS unseen,
              min(coalesce(w.oldest, v.through)) AS oldest
         FROM (SELECT o.id, e.value::bigint AS number, coalesce(a.number, 0) AS applied,
                      (extract(epoch FROM a.through) * 1e6)::bigint AS through
                 FROM jsonb_each_text(l.peer_vector) e
                 LEFT JOIN bashu.origin o ON o.name = e.key
                 LEFT JOIN bashu.applied a ON a.origin_id = o.id
                WHERE e.value::bigint > coalesce(a.number, 0)) v
        CROSS JOIN LATERAL (
              SELECT count(*) AS batches, coalesce(sum(b.changes), 0) AS changes, min(b.hlc_min) AS oldest
                FROM bashu.batch b
               WHERE b.origin_id = v.id AND b.number > v.applied AND b.number <= v.number) w) b ON true
 WHERE p.conninfo IS NOT NULL
 ORDER BY p.name;

-- name: ctl_consumers
-- Each party that pulls from here, and how far it is behind what is applied here.
SELECT p.name, CASE WHEN p.login NOT LIKE 'file:%' THEN p.login END AS login, p.login LIKE 'file:%' AS by_file,
       (extract(epoch FROM r.reported_at) * 1e6)::bigint AS reported_at,
       r.node ->> 'region' AS region, r.node ->> 'kind' AS kind, coalesce(r.applied, '{}')::text AS applied,
       coalesce(b.missing, 0)::bigint AS missing, coalesce(b.waiting, 0)::bigint AS waiting, b.oldest,
       CASE WHEN l.clock_off AND p.conninfo IS NULL THEN l.clock_offset_ms END AS clock_offset_ms,
       f.serial AS file_serial, (extract(epoch FROM f.made_at) * 1e6)::bigint AS file_made_at,
       -- What the log keeps for it, and when the first of that comes of age and is kept for its sake alone.
       coalesce(b.bytes, 0)::bigint AS kept_bytes,
       (extract(epoch FROM b.cut_at + make_interval(days => d.retention_days)) * 1e6)::bigint AS kept_until
  FROM bashu.peer p
 CROSS JOIN bashu.daemon d
  LEFT JOIN bashu.peer_position r ON r.login = p.login
  LEFT JOIN bashu.link l ON l.peer = p.name
  LEFT JOIN LATERAL (
       SELECT t.serial, t.made_at FROM bashu.transfer t WHERE t.peer = p.name AND t.outgoing
        ORDER BY t.id DESC LIMIT 1) f ON true
  LEFT JOIN LATERAL (
       SELECT sum(a.number - t.number) AS missing, sum(w.changes) AS waiting, min(w.oldest) AS oldest,
              sum(w.bytes) AS bytes, min(w.cut_at) AS cut_at
         FROM bashu.applied a
         JOIN bashu.origin o ON o.id = a.origin_id
        CROSS JOIN LATERAL (SELECT coalesce((r.applied ->> o.name)::bigint, 0) AS number) t
        CROSS JOIN LATERAL (
              SELECT coalesce(sum(b.changes), 0) AS changes, min(b.hlc_min) AS oldest, sum(b.bytes) AS bytes,
                     min(b.cut_at) AS cut_at
                FROM bashu.batch b
               WHERE b.origin_id = a.origin_id AND b.number > t.number AND b.number <= a.number) w
        WHERE a.number > t.number) b ON true
 WHERE p.login IS NOT NULL
 ORDER BY p.name;

-- name: ctl_origins
SELECT o.name, o.region, o.own, coalesce(a.number, 0) AS applied,
       greatest(coalesce(w.received, 0), coalesce(a.number, 0)) AS received,
       coalesce(w.changes, 0)::bigint AS waiting,
       (extract(epoch FROM a.through) * 1e6)::bigint AS through,
       h.reason AS hold_reason, h.sql_state AS hold_sql_state, h.number AS hold_number,
       (extract(epoch FROM h.since) * 1e6)::bigint AS hold_since, coalesce(h.attempts, 0) AS hold_attempts
  FROM bashu.origin o
  LEFT JOIN bashu.applied a ON a.origin_id = o.id
  LEFT JOIN bashu.hold h ON h.origin_id = o.id
  LEFT JOIN LATERAL (
       SELECT max(b.number) FILTER (WHERE b.complete) AS received, sum(b.changes) AS changes
         FROM bashu.batch b
        WHERE b.origin_id = o.id AND b.number > coalesce(a.number, 0)) w ON true
 ORDER BY o.name COLLATE "C";

-- name: ctl_matrix
-- Who has how much of whose changes: this database, and each peer that has said so, by what its link saw and what it
-- reported, whichever is more. The measure is the newest batch of each origin that anybody is known to have.
WITH database AS (
    SELECT NULL::text AS peer, n.region, n.kind, clock_timestamp() AS as_of, '{}'::jsonb AS reported,
           coalesce((SELECT jsonb_object_agg(o.name, a.number)
                       FROM bashu.applied a JOIN bashu.origin o ON o.id = a.origin_id), '{}') AS seen
      FROM bashu.node n
     UNION ALL
    SELECT p.name, coalesce(l.peer_node, r.node) ->> 'region', coalesce(l.peer_node, r.node) ->> 'kind',
           greatest(l.last_contact, r.reported_at), coalesce(r.applied, '{}'), coalesce(l.peer_vector, '{}')
      FROM bashu.peer p
      LEFT JOIN bashu.link l ON l.peer = p.name
      LEFT JOIN bashu.peer_position r ON r.login = p.login
     WHERE l.peer_node IS NOT NULL OR l.peer_vector <> '{}' OR r.login IS NOT NULL
), has AS (
    SELECT d.peer, e.key AS origin, max(e.value::bigint) AS number
      FROM database d
     CROSS JOIN LATERAL (SELECT key, value FROM jsonb_each_text(d.seen)
                          UNION ALL
                         SELECT key, value FROM jsonb_each_text(d.reported)) e
     GROUP BY d.peer, e.key
), newest AS (
    SELECT k.origin, coalesce(max(k.number), 0) AS number
      FROM (SELECT h.origin, h.number FROM has h
             UNION ALL
            SELECT o.name, (SELECT max(b.number) FROM bashu.batch b WHERE b.origin_id = o.id) FROM bashu.origin o) k
     GROUP BY k.origin
)
SELECT d.peer, d.region, d.kind, (extract(epoch FROM d.as_of) * 1e6)::bigint AS as_of,
       n.origin, coalesce(h.number, 0) AS number, n.number - coalesce(h.number, 0) AS missing,
       -- The first batch that it lacks. A batch without changes is as old as its cut.
       coalesce(b.hlc_min, (extract(epoch FROM b.cut_at) * 1e6)::bigint) AS oldest
  FROM database d
  LEFT JOIN newest n ON true
  LEFT JOIN has h ON h.origin = n.origin AND h.peer IS NOT DISTINCT FROM d.peer
  LEFT JOIN bashu.origin o ON o.name = n.origin
  LEFT JOIN bashu.batch b ON b.origin_id = o.id AND b.number = coalesce(h.number, 0) + 1
 ORDER BY d.peer IS NOT NULL, d.peer, n.origin COLLATE "C";

-- name: ctl_pending
SELECT p.keys, p.markers, (extract(epoch FROM p.oldest) * 1e6)::bigint AS oldest FROM bashu.pending_state p;

-- name: ctl_held
SELECT h.schema_name, h.table_name, h.reason, h.keys, (extract(epoch FROM h.since) * 1e6)::bigint AS since, h.examples
  FROM bashu.held_state h
 ORDER BY 1, 2, 3;

-- name: ctl_case_counts
-- A case that a region with a wrong clock has won counts as one that needs a person.
SELECT CASE WHEN c.clock_alarm AND c.closed_by = '' THEN 'open' ELSE c.state END AS state, count(*) AS cases
  FROM bashu.conflict_case c WHERE c.closed_by = '' OR c.state = 'open' GROUP BY 1;

-- name: ctl_troubles
SELECT t.kind, t.schema_name, t.table_name, t.key, t.reason FROM bashu.trouble_state t;

-- name: ctl_log_bytes
SELECT pg_total_relation_size('bashu.batch') + pg_total_relation_size('bashu.chunk')
       + pg_total_relation_size('bashu.change') AS bytes;

-- name: ctl_peer_add
INSERT INTO bashu.peer (name, conninfo, login) VALUES ($1, $2, $3);

-- name: ctl_role
SELECT r.rolcanlogin AS can_login, r.rolsuper AS superuser, r.rolname = n.daemon_role AS daemon
  FROM pg_catalog.pg_roles r, bashu.node n WHERE r.rolname = $1;

-- name: ctl_peer_remove
-- With its position: a party that is registered again under the same login may be another, empty database.
WITH position AS (
    DELETE FROM bashu.peer_position v USING bashu.peer p WHERE p.name = $1 AND v.login = p.login)
DELETE FROM bashu.peer WHERE name = $1 RETURNING login;

-- name: ctl_peer_revokes
-- What ends the rights of a peer's login, if the role still exists. It may be a reader too, so no more than that.
SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM %I', p.oid::regprocedure, r.rolname) AS statement
  FROM pg_catalog.pg_proc p, pg_catalog.pg_roles r
 WHERE p.pronamespace = 'bashu'::regnamespace AND p.proname LIKE 'feed\_%' AND r.rolname = $1;

-- name: ctl_peer_pause
UPDATE bashu.peer SET paused = $2::boolean WHERE name = $1 AND conninfo IS NOT NULL;

-- name: ctl_peers
SELECT p.name, p.conninfo, CASE WHEN p.login NOT LIKE 'file:%' THEN p.login END AS login,
       coalesce(p.login LIKE 'file:%', false) AS by_file, p.paused, l.state, l.reason,
       l.peer_node ->> 'region' AS region,
       (extract(epoch FROM p.added_at) * 1e6)::bigint AS added_at,
       (extract(epoch FROM l.last_contact) * 1e6)::bigint AS last_contact,
       (extract(epoch FROM r.reported_at) * 1e6)::bigint AS reported_at
  FROM bashu.peer p
  LEFT JOIN bashu.link l ON l.peer = p.name
  LEFT JOIN bashu.peer_position r ON r.login = p.login
 ORDER BY p.name;

-- name: ctl_request
INSERT INTO bashu.request (kind, argument) VALUES ($1, $2::jsonb) RETURNING id;

-- name: ctl_request_state
SELECT r.state, r.result::text AS result FROM bashu.request r WHERE r.id = $1::bigint;

-- name: ctl_request_cancel
SELECT bashu.withdraw_request($1::bigint);

-- name: ctl_own_position
SELECT o.name, coalesce(a.number, 0) AS number
  FROM bashu.origin o LEFT JOIN bashu.applied a ON a.origin_id = o.id WHERE o.own;

-- name: ctl_peer_has
-- What peer $1 has applied of origin $2, by its own report and by what the link saw; link state beside it.
SELECT greatest(coalesce((r.applied ->> $2)::bigint, 0), coalesce((l.peer_vector ->> $2)::bigint, 0)) AS number,
       p.paused, l.state, l.reason, p.login IS NOT NULL AS reports
  FROM bashu.peer p
  LEFT JOIN bashu.link l ON l.peer = p.name
  LEFT JOIN bashu.peer_position r ON r.login = p.login
 WHERE p.name = $1;

-- name: ctl_join
-- Only a database that has written nothing joins: no batch of its own in its log, no keys waiting. What a daemon has
-- received from a peer meanwhile is part of what is joined.
UPDATE bashu.node SET state = 'joining', join_peer = $1, join_vector = NULL
 WHERE (state = 'joining' OR NOT EXISTS (SELECT FROM bashu.batch b JOIN bashu.origin o ON o.id = b.origin_id
                                                 WHERE o.own))
   AND EXISTS (SELECT FROM bashu.peer WHERE name = $1 AND (conninfo IS NOT NULL OR login LIKE 'file:%'));

-- name: ctl_join_state
SELECT n.state, n.join_peer, coalesce(n.join_vector, '{}')::text AS target,
       (SELECT coalesce(jsonb_object_agg(o.name, a.number), '{}')::text
          FROM bashu.applied a JOIN bashu.origin o ON o.id = a.origin_id) AS applied,
       (SELECT coalesce(sum(b.changes), 0)::bigint FROM bashu.batch b WHERE b.complete) AS received,
       (SELECT coalesce(sum(b.changes), 0)::bigint
          FROM bashu.batch b JOIN bashu.applied a ON a.origin_id = b.origin_id AND b.number <= a.number) AS projected,
       l.state AS link_state, l.reason
  FROM bashu.node n LEFT JOIN bashu.link l ON l.peer = n.join_peer;

-- name: ctl_tables_named
-- Shared tables that a name without or with its schema means. A cast to varchar(n) or char(n) would cut a key
-- that is too long, and so find another row's.
SELECT t.id, t.schema_name, t.table_name, t.key_columns,
       ARRAY(SELECT CASE a.atttypid WHEN 'varchar'::regtype THEN 'text' WHEN 'bpchar'::regtype THEN 'bpchar'
                                   ELSE format_type(a.atttypid, a.atttypmod) END
               FROM unnest(t.key_columns) WITH ORDINALITY k(name, n)
               LEFT JOIN pg_catalog.pg_attribute a
                 ON a.attrelid = t.relid AND a.attname = k.name AND NOT a.attisdropped
              ORDER BY k.n) AS key_types
  FROM bashu.shared_table t
 WHERE ($1::text IS NULL OR t.schema_name = $1) AND t.table_name = $2
 ORDER BY t.schema_name COLLATE "C";

-- name: ctl_case_row
-- The row that a change is about.
SELECT c.table_id, encode(c.digest, 'hex') AS digest
  FROM bashu.change c JOIN bashu.origin o ON o.id = c.origin_id
 WHERE o.name = $1 AND c.number = $2::bigint AND c.position = $3::integer;

-- name: ctl_class
-- Rows of a table with a case of a type that can be ruled.
SELECT encode(c.digest, 'hex') AS digest
  FROM bashu.conflict_case c
 WHERE c.table_id = $1::integer AND c.type = $2 AND c.state IN ('open', 'decided')
 GROUP BY c.digest
 ORDER BY min(c.first_seen), c.digest;

-- name: ctl_case_of_other
-- A row whose case of the unique or foreign-key rule has another row's change among its candidates.
SELECT c.table_id, encode(c.digest, 'hex') AS digest
  FROM bashu.conflict_case c
 WHERE c.column_group ~ '^(unique:|foreign_key:)'
   AND c.candidates @> jsonb_build_array(jsonb_build_object(
           'origin', $1::text, 'number', $2::bigint, 'position', $3::integer))
 ORDER BY c.first_seen DESC LIMIT 1;

-- name: ctl_origins_of_region
SELECT o.name FROM bashu.origin o WHERE o.region = $1 OR o.name = $1 ORDER BY o.name COLLATE "C";

-- name: ctl_origin_names
SELECT o.name FROM bashu.origin o ORDER BY o.name COLLATE "C";

-- name: ctl_cases_of_row
SELECT coalesce(t.schema_name, s.schema_name) AS schema_name, coalesce(t.table_name, s.table_name) AS table_name,
       c.key, c.column_group, c.closed_by, c.type, c.state, c.candidates::text AS candidates, c.winner, c.rule,
       (extract(epoch FROM c.first_seen) * 1e6)::bigint AS first_seen, c.clock_alarm
  FROM bashu.conflict_case c
  LEFT JOIN bashu.shared_table t ON t.id = c.table_id
  LEFT JOIN bashu.removed_table s ON s.id = c.table_id
 WHERE c.table_id = $1::integer AND c.digest = decode($2, 'hex')
 ORDER BY c.closed_by = '' DESC, c.first_seen, c.column_group COLLATE "C";

-- name: ctl_case_list
-- Cases of the newest $4 rows that have any of the states $3; $1, $2 choose a table. A win of a wrong clock is
-- listed with the open ones.
WITH found AS (
    SELECT c.table_id, c.digest, max(c.first_seen) AS newest
      FROM bashu.conflict_case c
      JOIN bashu.shared_table t ON t.id = c.table_id
     WHERE (c.state = ANY ($3::text[]) OR c.clock_alarm AND c.closed_by = '' AND 'open' = ANY ($3::text[]))
       AND ($1::text IS NULL OR t.schema_name = $1) AND ($2::text IS NULL OR t.table_name = $2)
     GROUP BY 1, 2
     ORDER BY 3 DESC, 1, 2
     LIMIT $4::bigint)
SELECT t.schema_name, t.table_name, c.key, c.column_group, c.closed_by, c.type, c.state, c.rule,
       w.candidate ->> 'origin' AS origin, (w.candidate ->> 'number')::bigint AS number,
       (w.candidate ->> 'position')::integer AS position,
       (extract(epoch FROM c.first_seen) * 1e6)::bigint AS first_seen, c.clock_alarm
  FROM found f
  JOIN bashu.conflict_case c ON c.table_id = f.table_id AND c.digest = f.digest
  JOIN bashu.shared_table t ON t.id = c.table_id
 CROSS JOIN LATERAL (SELECT c.candidates -> c.winner AS candidate) w
 WHERE (c.state = ANY ($3::text[]) OR c.clock_alarm AND c.closed_by = '' AND 'open' = ANY ($3::text[]))
 ORDER BY f.newest DESC, c.table_id, c.digest, c.column_group COLLATE "C", c.closed_by;

-- name: ctl_case_list_count
SELECT count(DISTINCT (c.table_id, c.digest)) AS rows
  FROM bashu.conflict_case c
  JOIN bashu.shared_table t ON t.id = c.table_id
 WHERE (c.state = ANY ($3::text[]) OR c.clock_alarm AND c.closed_by = '' AND 'open' = ANY ($3::text[]))
   AND ($1::text IS NULL OR t.schema_name = $1) AND ($2::text IS NULL OR t.table_name = $2);

-- name: ctl_ruling
INSERT INTO bashu.ruling (table_id, digest, key, column_groups, frontier, choice, reason)
VALUES ($1::integer, decode($2, 'hex'), $3, $4::text[], $5::jsonb, $6::jsonb, $7)
RETURNING id;

-- name: ctl_ruling_state
SELECT r.state, r.outcome FROM bashu.ruling r WHERE r.id = $1::bigint;

-- name: ctl_history
-- Every change of one row, oldest first, with its line.
SELECT o.name AS origin, c.number, c.position, c.hlc, b.context::text AS context, s.columns,
       substring(k.bytes FROM c.start + 1 FOR c.length) AS line
  FROM bashu.change c
  JOIN bashu.origin o ON o.id = c.origin_id
  JOIN bashu.batch b ON b.origin_id = c.origin_id AND b.number = c.number
  JOIN bashu.shape s ON s.id = c.shape_id
  JOIN bashu.chunk k ON k.origin_id = c.origin_id AND k.number = c.number AND k.part = c.part
 WHERE c.table_id = $1::integer AND c.digest = decode($2, 'hex')
 ORDER BY c.hlc, o.name COLLATE "C", c.number, c.position;

-- name: ctl_unpublished
-- Whether somebody has touched the row here and no cut has looked yet.
SELECT EXISTS (SELECT FROM bashu.pending p WHERE p.table_id = $1::integer AND $2 = ANY (p.keys)) AS pending;

-- name: ctl_held_count
SELECT count(*) AS keys FROM bashu.held h WHERE h.table_id = $1::integer;

-- name: ctl_node_request
-- What an installed database is, for an upgrade that names nothing.
SELECT n.kind, n.region, n.daemon_role FROM bashu.node n;
