-- What the daemon tells monitoring of its database, as the daemon's role on a session of its own. Every column whose
-- name begins with bashu_ is a metric, the others are its labels; where either is NULL it is left out. Deploy/guide/
-- metrics.md says what they mean.
--
-- Each statement is cheap however large the database is: it reads rows that operators make, or a bounded number of
-- others. It is tried alone: one that fails takes nothing but its own metrics away.

-- name: metrics_node
SELECT n.kind, n.region, coalesce(o.name, '') AS origin, 1 AS bashu_node_info
  FROM bashu.node n LEFT JOIN bashu.origin o ON o.own;

-- name: metrics_daemon
SELECT (n.state = 'joining')::integer AS bashu_node_joining,
       extract(epoch FROM clock_timestamp() - d.heartbeat_at) AS bashu_daemon_heartbeat_age_seconds,
       (SELECT count(*) FROM bashu.shared_table) AS bashu_shared_tables,
       (SELECT count(*) FROM bashu.shared_table t WHERE t.degraded IS NOT NULL) AS bashu_degraded_tables
  FROM bashu.node n, bashu.daemon d;

-- name: metrics_origins
-- Of batches that wait the first 100,000 are counted.
SELECT f.origin, f.region, f.number AS bashu_origin_applied_batch,
       extract(epoch FROM f.age) AS bashu_origin_freshness_age_seconds,
       w.batches AS bashu_origin_unapplied_batches, w.changes AS bashu_origin_unapplied_changes,
       coalesce(extract(epoch FROM clock_timestamp() - w.oldest), 0) AS bashu_origin_unapplied_age_seconds
  FROM bashu.freshness f
  JOIN bashu.origin o ON o.name = f.origin
 CROSS JOIN LATERAL (
       SELECT count(*) AS batches, coalesce(sum(r.changes), 0) AS changes, min(r.received_at) AS oldest
         FROM (SELECT b.changes, b.received_at FROM bashu.batch b
                WHERE b.origin_id = o.id AND b.number > f.number AND b.complete
                ORDER BY b.number LIMIT 100000) r) w
 ORDER BY f.origin COLLATE "C";

-- name: metrics_holds
-- The sentence itself names rows, so it stays in the database; bashuctl status shows it.
SELECT o.name AS origin, o.region,
       CASE WHEN h.sql_state IS NULL THEN 'bashu'
            WHEN h.sql_state LIKE '23%' THEN 'constraint'
            WHEN h.sql_state = '42501' THEN 'privilege'
            WHEN h.sql_state LIKE '40%' OR h.sql_state IN ('55P03', '57014') THEN 'lock'
            WHEN h.sql_state LIKE '22%' THEN 'value'
            WHEN h.sql_state LIKE '42%' OR h.sql_state LIKE '3%' THEN 'schema'
            WHEN h.sql_state LIKE '53%' OR h.sql_state LIKE '54%' THEN 'resources'
            ELSE 'other' END AS reason,
       coalesce(h.sql_state, '') AS sqlstate, 1 AS bashu_origin_hold,
       extract(epoch FROM clock_timestamp() - h.since) AS bashu_origin_hold_age_seconds
  FROM bashu.hold h JOIN bashu.origin o ON o.id = h.origin_id
 ORDER BY o.name COLLATE "C";

-- name: metrics_link_states
SELECT p.name AS peer, s.state,
       (s.state = CASE WHEN p.paused THEN 'paused' ELSE coalesce(l.state, 'connecting') END)::integer
           AS bashu_link_state
  FROM bashu.peer p
  LEFT JOIN bashu.link l ON l.peer = p.name
 CROSS JOIN unnest('{connecting,streaming,waiting,held,paused,down}'::text[]) WITH ORDINALITY s(state, n)
 WHERE p.conninfo IS NOT NULL
 ORDER BY p.name, s.n;

-- name: metrics_links
-- missing: as in ctl_links, by the vector that the peer had when last asked. Of a peer by files the clock alone is
-- known.
SELECT p.name AS peer,
       CASE WHEN p.conninfo IS NOT NULL THEN extract(epoch FROM clock_timestamp() - l.since) END
           AS bashu_link_state_age_seconds,
       extract(epoch FROM clock_timestamp() - l.last_contact) AS bashu_link_contact_age_seconds,
       CASE WHEN p.conninfo IS NOT NULL THEN coalesce(l.attempts, 0) END AS bashu_link_retries,
       l.clock_offset_ms / 1000.0 AS bashu_link_clock_offset_seconds,
       l.clock_off::integer AS bashu_link_clock_off,
       CASE WHEN p.conninfo IS NOT NULL THEN (
            SELECT coalesce(sum(e.value::bigint - coalesce(a.number, 0)), 0)
              FROM jsonb_each_text(l.peer_vector) e
              LEFT JOIN bashu.origin o ON o.name = e.key
              LEFT JOIN bashu.applied a ON a.origin_id = o.id
             WHERE e.value::bigint > coalesce(a.number, 0)) END AS bashu_link_missing_batches
  FROM bashu.peer p
  LEFT JOIN bashu.link l ON l.peer = p.name
 WHERE p.conninfo IS NOT NULL OR l.peer IS NOT NULL
 ORDER BY p.name;

-- name: metrics_certificates
-- Of links that are encrypted: until when the peer's server and this database, where it has shown one, have a valid
-- certificate.
SELECT p.name AS peer, c.holder,
       c.until / 1e6 - extract(epoch FROM clock_timestamp()) AS bashu_link_certificate_remaining_seconds
  FROM bashu.peer p
  JOIN bashu.link l ON l.peer = p.name
 CROSS JOIN LATERAL (
       VALUES ('peer', (l.peer_node #>> '{tls,server_until}')::bigint),
              ('own', (l.peer_node #>> '{tls,own_until}')::bigint)) c(holder, until)
 WHERE p.conninfo IS NOT NULL AND c.until IS NOT NULL
 ORDER BY p.name, c.holder;

-- name: metrics_peers
-- Who pulls from here. What it has applied or stored, in its own words, against what is applied here. Of each
-- origin's batches the first 100,000 that it lacks are looked at for their changes.
SELECT p.name AS peer, m.batches AS bashu_peer_unflushed_batches, m.changes AS bashu_peer_unflushed_changes,
       m.bytes AS bashu_peer_kept_bytes,
       extract(epoch FROM m.oldest + make_interval(days => d.retention_days) - clock_timestamp())
           AS bashu_peer_retention_remaining_seconds,
       CASE WHEN p.login NOT LIKE 'file:%' THEN extract(epoch FROM clock_timestamp() - r.reported_at) END
           AS bashu_peer_report_age_seconds,
       CASE WHEN p.login LIKE 'file:%' THEN extract(epoch FROM clock_timestamp() - coalesce(r.reported_at, p.added_at))
       END AS bashu_peer_file_age_seconds
  FROM bashu.peer p
 CROSS JOIN bashu.daemon d
  LEFT JOIN bashu.peer_position r ON r.login = p.login
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(a.number - t.number), 0) AS batches, coalesce(sum(w.changes), 0) AS changes,
              coalesce(sum(w.bytes), 0) AS bytes, min(w.oldest) AS oldest
         FROM bashu.applied a
         JOIN bashu.origin o ON o.id = a.origin_id
        CROSS JOIN LATERAL (
              SELECT greatest((r.applied ->> o.name)::bigint, (r.received ->> o.name)::bigint, 0) AS number) t
        CROSS JOIN LATERAL (
              SELECT sum(n.changes) AS changes, sum(n.bytes) AS bytes, min(n.cut_at) AS oldest
                FROM (SELECT b.changes, b.bytes, b.cut_at FROM bashu.batch b
                       WHERE b.origin_id = a.origin_id AND b.number > t.number AND b.number <= a.number
                       ORDER BY b.number LIMIT 100000) n) w
        WHERE a.number > t.number) m
 WHERE p.login IS NOT NULL
 ORDER BY p.name;

-- name: metrics_forgotten
SELECT o.name AS origin, o.region, f.changes AS bashu_log_forgotten_changes
  FROM bashu.forgotten f JOIN bashu.origin o ON o.id = f.origin_id
 ORDER BY o.name COLLATE "C";

-- name: metrics_pending
-- The oldest 100,000.
SELECT count(*) AS bashu_pending_rows,
       coalesce(extract(epoch FROM clock_timestamp() - min(o.at)), 0) AS bashu_pending_age_seconds
  FROM (SELECT p.at FROM bashu.pending p ORDER BY p.xid, p.seq LIMIT 100000) o;

-- name: metrics_transaction
-- The oldest transaction that has written and not ended, prepared ones included, of whatever database of the server;
-- NULL for none. A plain role does not see since when: the daemon remembers when it saw it first.
SELECT CASE WHEN pg_snapshot_xmin(s.now) < pg_snapshot_xmax(s.now) THEN pg_snapshot_xmin(s.now)::text END AS xid
  FROM (SELECT pg_current_snapshot() AS now) s;

-- name: metrics_case_share
-- How much of the cases is counted, in percent: all of up to 64 MB, of more a sample of that size.
SELECT least(100, 100.0 * (64 << 20) / greatest(pg_relation_size('bashu.conflict_case'), 1))::real::text AS share;

-- name: metrics_cases
-- $1: share in percent. A case that a region with a wrong clock has won needs a person too.
WITH counted AS (
    SELECT c.table_id, c.type, CASE WHEN c.clock_alarm AND c.closed_by = '' THEN 'open' ELSE c.state END AS state,
           round(count(*) * 100 / $1::real) AS cases
      FROM bashu.conflict_case c TABLESAMPLE SYSTEM ($1::real)
     GROUP BY 1, 2, 3)
SELECT coalesce(t.schema_name, s.schema_name, '') AS schema, coalesce(t.table_name, s.table_name, '') AS "table",
       c.type, c.state, c.cases AS bashu_conflict_cases, NULL::double precision AS bashu_open_cases
  FROM counted c
  LEFT JOIN bashu.shared_table t ON t.id = c.table_id
  LEFT JOIN bashu.removed_table s ON s.id = c.table_id
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, coalesce(sum(c.cases) FILTER (WHERE c.state = 'open'), 0) FROM counted c;

-- name: metrics_held
-- Of 100,000.
SELECT t.schema_name AS schema, t.table_name AS "table", h.reason, count(*) AS bashu_held_keys
  FROM (SELECT k.table_id, k.reason FROM bashu.held k LIMIT 100000) h
  JOIN bashu.shared_table t ON t.id = h.table_id
 GROUP BY 1, 2, 3;

-- name: metrics_parked
-- Of 100,000 claims; a parked row has at least one.
SELECT t.schema_name AS schema, t.table_name AS "table", count(DISTINCT c.digest) AS bashu_parked_rows
  FROM (SELECT k.table_id, k.digest FROM bashu.claim k WHERE NOT k.kept LIMIT 100000) c
  JOIN bashu.shared_table t ON t.id = c.table_id
 GROUP BY 1, 2;

-- name: metrics_recheck
-- Of 100,000.
SELECT count(*) AS bashu_recheck_keys, count(*) FILTER (WHERE k.attempts > 0) AS bashu_recheck_failed_keys
  FROM (SELECT r.attempts FROM bashu.recheck r LIMIT 100000) k;

-- name: metrics_log
-- What the planner knows of the number of rows; nothing before the first ANALYZE.
SELECT c.relname AS relation, pg_total_relation_size(c.oid) AS bashu_log_size_bytes,
       CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint END AS bashu_log_rows
  FROM pg_catalog.pg_class c
 WHERE c.relnamespace = 'bashu'::regnamespace AND c.relname IN ('batch', 'chunk', 'change')
 ORDER BY c.relname;
