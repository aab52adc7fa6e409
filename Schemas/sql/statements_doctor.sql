-- What `bashuctl doctor` asks of its own database. Every statement gives one row for each finding:
--   finding    which sentence is said of it
--   severity   ok, warning or critical
--   facts      JSON object of texts that the sentence names; "age" in seconds, "until" in microseconds since 1970 UTC
-- Run as the owner; what another role may not look at is said as such. Tables touched: none is written.

-- name: doctor_server
SELECT CASE WHEN current_setting('server_version_num')::integer >= 150000 THEN 'server' ELSE 'server_old' END
           AS finding,
       CASE WHEN current_setting('server_version_num')::integer >= 150000 THEN 'ok' ELSE 'critical' END AS severity,
       jsonb_build_object('version', current_setting('server_version'))::text AS facts;

-- name: doctor_encoding
SELECT CASE WHEN e.name = 'UTF8' THEN 'encoding' ELSE 'encoding_other' END AS finding,
       CASE WHEN e.name = 'UTF8' THEN 'ok' ELSE 'critical' END AS severity,
       jsonb_build_object('encoding', e.name, 'locale', d.datctype)::text AS facts
  FROM pg_database d CROSS JOIN LATERAL (SELECT pg_encoding_to_char(d.encoding) AS name) e
 WHERE d.datname = current_database();

-- name: doctor_collation
-- Sort orders that the system's library has changed since indexes were built with them.
SELECT 'collation_changed' AS finding, 'warning' AS severity,
       jsonb_build_object('collation', format('database %I', d.datname), 'recorded', d.datcollversion, 'present',
           coalesce(pg_database_collation_actual_version(d.oid), '-'))::text AS facts
  FROM pg_database d
 WHERE d.datname = current_database() AND d.datcollversion IS NOT NULL
   AND d.datcollversion IS DISTINCT FROM pg_database_collation_actual_version(d.oid)
UNION ALL
SELECT 'collation_changed', 'warning',
       jsonb_build_object('collation', format('collation %s', c.oid::regcollation), 'recorded', c.collversion,
           'present', coalesce(pg_collation_actual_version(c.oid), '-'))::text
  FROM pg_collation c
 WHERE c.collversion IS NOT NULL AND c.collversion IS DISTINCT FROM pg_collation_actual_version(c.oid)
   AND c.oid IN (SELECT a.attcollation FROM bashu.shared_table s JOIN pg_attribute a ON a.attrelid = s.relid);

-- name: doctor_daemon
-- $1: version of this program; the first two numbers have to be the same.
SELECT CASE WHEN NOT x.alive THEN 'daemon_dead' WHEN d.problem IS NOT NULL THEN 'daemon_problem'
            WHEN x.series IS DISTINCT FROM substring($1::text FROM '\d+\.\d+') THEN 'daemon_version'
            ELSE 'daemon' END AS finding,
       CASE WHEN NOT x.alive OR d.problem IS NOT NULL THEN 'critical'
            WHEN x.series IS DISTINCT FROM substring($1 FROM '\d+\.\d+') THEN 'warning' ELSE 'ok' END AS severity,
       jsonb_build_object('version', x.version, 'host', coalesce(d.host, '-'), 'problem', coalesce(d.problem, '-'),
           'program', $1)::text AS facts
  FROM bashu.daemon d
 CROSS JOIN LATERAL (SELECT coalesce(d.heartbeat_at > clock_timestamp() - interval '10 s', false) AS alive,
                            substring(d.version FROM '\d+\.\d+') AS series,
                            coalesce(regexp_replace(d.version, '^bashud ', ''), '-') AS version) x;

-- name: doctor_role
-- The daemon's role: there, and no more than it should be.
SELECT CASE WHEN r.oid IS NULL THEN 'role_missing' WHEN NOT r.rolcanlogin THEN 'role_no_login'
            WHEN x.powerful THEN 'role_powerful' ELSE 'role' END AS finding,
       CASE WHEN r.oid IS NOT NULL AND r.rolcanlogin AND NOT x.powerful THEN 'ok' ELSE 'critical' END AS severity,
       jsonb_build_object('role', n.daemon_role)::text AS facts
  FROM bashu.node n LEFT JOIN pg_roles r ON r.rolname = n.daemon_role
 CROSS JOIN LATERAL (
       SELECT coalesce(r.rolsuper OR pg_has_role(r.oid, s.nspowner, 'MEMBER'), false) AS powerful
         FROM pg_namespace s WHERE s.nspname = 'bashu') x;

-- name: doctor_grants
-- What the daemon's role needs and does not have.
SELECT 'grant_missing' AS finding, 'critical' AS severity,
       jsonb_build_object('role', r.rolname, 'right', w.wanted, 'table', w.relation::regclass::text)::text AS facts
  FROM bashu.node n JOIN pg_roles r ON r.rolname = n.daemon_role
 CROSS JOIN LATERAL (
       SELECT c.oid AS relation, 'SELECT' AS wanted FROM pg_class c
        WHERE c.relnamespace = 'bashu'::regnamespace AND c.relkind IN ('r', 'v')
        UNION ALL
       SELECT format('bashu.%I', d.relation)::regclass::oid, g.wanted
         FROM bashu.daemon_rights() d CROSS JOIN string_to_table(d.rights, ', ') AS g (wanted)
        UNION ALL
       SELECT c.oid, g.wanted
         FROM bashu.shared_table s JOIN pg_class c ON c.oid = s.relid
        CROSS JOIN unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS g (wanted)) w
 WHERE NOT has_table_privilege(r.oid, w.relation, w.wanted)
 ORDER BY w.relation::regclass::text COLLATE "C", w.wanted;

-- name: doctor_tables
-- Tables whose changes cannot be trusted to be captured.
SELECT 'table_fault' AS finding, 'critical' AS severity,
       jsonb_build_object('table', format('%I.%I', t.schema_name, t.table_name),
           'fault', coalesce(t.fault, s.degraded))::text AS facts
  FROM bashu.table_shapes() t JOIN bashu.shared_table s ON s.id = t.id
 WHERE t.fault IS NOT NULL OR s.degraded IS NOT NULL
 ORDER BY t.id;

-- name: doctor_links
-- Links that nothing comes through, peers' clocks, and certificates: as the daemon last saw them.
SELECT 'link_fault' AS finding, 'critical' AS severity,
       jsonb_build_object('peer', p.name, 'state', l.state, 'reason', coalesce(l.reason, '-'))::text AS facts
  FROM bashu.peer p JOIN bashu.link l ON l.peer = p.name
 WHERE p.conninfo IS NOT NULL AND NOT p.paused AND l.state IN ('held', 'down')
UNION ALL
SELECT 'clock_off', 'warning',
       jsonb_build_object('peer', p.name, 'milliseconds', l.clock_offset_ms::text)::text
  FROM bashu.peer p JOIN bashu.link l ON l.peer = p.name
 WHERE l.clock_off
UNION ALL
SELECT CASE WHEN c.until < x.now THEN c.finding || '_expired' WHEN c.until < x.now + x.month THEN c.finding || '_soon'
            ELSE c.finding END,
       CASE WHEN c.until < x.now THEN 'critical' WHEN c.until < x.now + x.month THEN 'warning' ELSE 'ok' END,
       jsonb_build_object('peer', l.peer, 'until', c.until::text)::text
  FROM bashu.link l
 CROSS JOIN (SELECT (extract(epoch FROM clock_timestamp()) * 1e6)::bigint AS now, 30 * 86400000000 AS month) x
 CROSS JOIN LATERAL (VALUES ('certificate', (l.peer_node -> 'tls' ->> 'server_until')::bigint),
                            ('own_certificate', (l.peer_node -> 'tls' ->> 'own_until')::bigint)) c (finding, until)
 WHERE c.until IS NOT NULL;

-- name: doctor_lives
-- Former origins of this region that nobody has closed, and copies of peers' databases that were refused here today.
SELECT 'former_open' AS finding, 'warning' AS severity, jsonb_build_object('origin', o.name)::text AS facts
  FROM bashu.origin o JOIN bashu.node n ON n.region = o.region
 WHERE n.kind = 'region' AND NOT o.own AND bashu.closed_at(o.name) IS NULL
UNION ALL
SELECT 'copy_refused', 'warning',
       jsonb_build_object('peer', p.name, 'origin', v.refused_origin,
                          'time', to_char(v.refused_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'))::text
  FROM bashu.peer_life v JOIN bashu.peer p ON p.login = v.login
 WHERE v.refused_at > clock_timestamp() - interval '1 day';

-- name: doctor_notes
-- What is said of links that work.
SELECT l.peer, l.reason FROM bashu.link l JOIN bashu.peer p ON p.name = l.peer
 WHERE l.reason IS NOT NULL AND l.state NOT IN ('held', 'down') ORDER BY l.peer;

-- name: doctor_peers
-- Peers to ask through the daemon: those whose link is not known to be broken.
SELECT p.name FROM bashu.peer p LEFT JOIN bashu.link l ON l.peer = p.name
 WHERE p.conninfo IS NOT NULL AND NOT p.paused AND coalesce(l.state, '') NOT IN ('held', 'down') ORDER BY p.name;

-- name: doctor_sizes
-- Free space cannot be seen without a superuser.
SELECT 'sizes' AS finding, 'ok' AS severity,
       jsonb_build_object('database', pg_size_pretty(pg_database_size(d.datname)),
           'log', pg_size_pretty(pg_total_relation_size('bashu.batch') + pg_total_relation_size('bashu.chunk')
                      + pg_total_relation_size('bashu.change')),
           'temporary', pg_size_pretty(d.temp_bytes))::text AS facts
  FROM pg_stat_database d WHERE d.datname = current_database();

-- name: doctor_transactions
-- Transactions open longer than $1 seconds: they keep dead rows from being removed. Twelve times that is critical.
SELECT 'transaction_old' AS finding,
       CASE WHEN x.age > 12 * $1::bigint THEN 'critical' ELSE 'warning' END AS severity,
       jsonb_build_object('pid', a.pid::text, 'user', coalesce(a.usename, '-'), 'program', a.application_name,
           'age', x.age::text)::text AS facts
  FROM pg_stat_activity a
 CROSS JOIN LATERAL (SELECT extract(epoch FROM clock_timestamp() - a.xact_start)::bigint AS age) x
 WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND x.age >= $1::bigint
UNION ALL
SELECT 'prepared_old', CASE WHEN x.age > 12 * $1::bigint THEN 'critical' ELSE 'warning' END,
       jsonb_build_object('name', t.gid, 'user', t.owner, 'age', x.age::text)::text
  FROM pg_prepared_xacts t
 CROSS JOIN LATERAL (SELECT extract(epoch FROM clock_timestamp() - t.prepared)::bigint AS age) x
 WHERE t.database = current_database() AND x.age >= $1::bigint
UNION ALL
SELECT 'sessions_hidden', 'ok', jsonb_build_object('count', count(*)::text, 'role', quote_ident(current_user))::text
  FROM pg_stat_activity a
 WHERE a.datname = current_database() AND NOT pg_has_role(a.usesysid, 'USAGE')
   AND NOT pg_has_role('pg_read_all_stats', 'USAGE')
HAVING count(*) > 0;

-- name: doctor_slots
-- Bashu uses none: whose reader is away makes the server keep its journal until the disk is full.
SELECT 'slot_waits' AS finding, 'warning' AS severity,
       jsonb_build_object('slot', s.slot_name, 'kept', pg_size_pretty(pg_wal_lsn_diff(
           CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
           s.restart_lsn)))::text AS facts
  FROM pg_replication_slots s WHERE NOT s.active AND s.restart_lsn IS NOT NULL ORDER BY s.slot_name;

-- name: doctor_retention
-- Who has not seen changes that are of age, so that the log keeps them.
SELECT 'retention_kept' AS finding, 'warning' AS severity,
       jsonb_build_object('who', s.blocked_by,
           'until', (extract(epoch FROM min(b.cut_at)) * 1000000)::bigint::text)::text AS facts
  FROM bashu.seen_by_all() s
  JOIN bashu.batch b ON b.origin_id = s.origin_id AND b.number = s.number + 1
 CROSS JOIN bashu.daemon d
 WHERE s.blocked_by IS NOT NULL AND b.cut_at < clock_timestamp() - make_interval(days => d.retention_days)
 GROUP BY s.blocked_by ORDER BY s.blocked_by COLLATE "C";

-- name: doctor_indexes
-- An invalid index answers no query; a unique one still lets nobody in, and guarantees nothing.
SELECT 'index_invalid' AS finding, CASE WHEN i.indisunique THEN 'critical' ELSE 'warning' END AS severity,
       jsonb_build_object('index', i.indexrelid::regclass::text, 'table', i.indrelid::regclass::text)::text AS facts
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
 WHERE NOT (i.indisvalid AND i.indisready)
   AND (c.relnamespace = 'bashu'::regnamespace OR c.oid IN (SELECT s.relid FROM bashu.shared_table s))
 ORDER BY 3;

-- name: doctor_sequences
-- Numbers used of those that the sequence and its column's type have.
WITH used AS (
SELECT c.oid, has_sequence_privilege(c.oid, 'USAGE, SELECT') AS visible, x.percent
  FROM pg_class c
  JOIN pg_sequence q ON q.seqrelid = c.oid
  JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
       AND d.deptype IN ('a', 'i')
  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  JOIN pg_class t ON t.oid = d.refobjid
 CROSS JOIN LATERAL (
       SELECT CASE WHEN has_sequence_privilege(c.oid, 'USAGE, SELECT')
              THEN (100 * pg_sequence_last_value(c.oid)::numeric / least(q.seqmax,
                  CASE a.atttypid WHEN 'smallint'::regtype THEN 32767 WHEN 'integer'::regtype THEN 2147483647
                                  ELSE q.seqmax END))::integer END AS percent) x
 WHERE t.relnamespace = 'bashu'::regnamespace OR t.oid IN (SELECT s.relid FROM bashu.shared_table s))
SELECT 'sequence_low' AS finding, CASE WHEN u.percent >= 90 THEN 'critical' ELSE 'warning' END AS severity,
       jsonb_build_object('sequence', u.oid::regclass::text, 'percent', u.percent::text)::text AS facts
  FROM used u WHERE u.percent >= 75
UNION ALL
SELECT 'sequences_hidden', 'warning',
       jsonb_build_object('count', count(*)::text, 'role', quote_ident(current_user))::text
  FROM used u WHERE NOT u.visible HAVING count(*) > 0
 ORDER BY 3;

-- name: doctor_vacuum
SELECT CASE WHEN x.percent >= 50 THEN 'freeze_near' ELSE 'freeze' END AS finding,
       CASE WHEN x.percent >= 75 THEN 'critical' WHEN x.percent >= 50 THEN 'warning' ELSE 'ok' END AS severity,
       jsonb_build_object('percent', x.percent::text)::text AS facts
  FROM pg_database d
 CROSS JOIN LATERAL (
       SELECT (100 * greatest(age(d.datfrozenxid), mxid_age(d.datminmxid))::numeric / 2147483648)::integer
                  AS percent) x
 WHERE d.datname = current_database()
UNION ALL
SELECT 'vacuum_off', 'critical', '{}'
 WHERE 'off' IN (current_setting('autovacuum'), current_setting('track_counts'))
UNION ALL
SELECT 'table_vacuum_off', 'warning', jsonb_build_object('table', c.oid::regclass::text)::text
  FROM pg_class c CROSS JOIN unnest(c.reloptions) AS o (option)
 WHERE o.option ~ '^autovacuum_enabled=(false|off|no|0)$'
   AND (c.relnamespace = 'bashu'::regnamespace OR c.oid IN (SELECT s.relid FROM bashu.shared_table s));

-- name: doctor_connections
SELECT CASE WHEN x.percent >= 80 THEN 'connections_few' ELSE 'connections' END AS finding,
       CASE WHEN x.percent >= 95 THEN 'critical' WHEN x.percent >= 80 THEN 'warning' ELSE 'ok' END AS severity,
       jsonb_build_object('used', u.used::text, 'limit', u.most::text)::text AS facts
  FROM (SELECT (SELECT sum(d.numbackends) FROM pg_stat_database d) AS used,
               current_setting('max_connections')::integer
                   - current_setting('superuser_reserved_connections')::integer AS most) u
 CROSS JOIN LATERAL (SELECT (100 * u.used / u.most)::integer AS percent) x;

-- name: doctor_digest
-- Whom the digest algorithm $1 that own batches are to have has to wait for.
SELECT CASE WHEN count(*) = 0 THEN 'digest' ELSE 'digest_waits' END AS finding,
       CASE WHEN count(*) = 0 THEN 'ok' ELSE 'warning' END AS severity,
       jsonb_build_object('algorithm', $1::text,
                          'peers', coalesce(string_agg(p.name, ', ' ORDER BY p.name COLLATE "C"), ''))::text AS facts
  FROM bashu.peer p LEFT JOIN bashu.peer_position v ON v.login = p.login
 WHERE p.login IS NOT NULL AND $1 <> 'sha256' AND NOT coalesce(v.node -> 'digests' ? $1, false)
   AND EXISTS (SELECT FROM bashu.origin o WHERE o.own);

-- name: doctor_guard
-- Tables of the history that somebody other than the daemon could change by mistake.
SELECT 'guard_off' AS finding, 'warning' AS severity,
       jsonb_build_object('table', format('bashu.%I', g.name))::text AS facts
  FROM bashu.guarded_history() g (name, operations)
 WHERE NOT EXISTS (
       SELECT FROM pg_trigger t
        WHERE t.tgrelid = format('bashu.%I', g.name)::regclass AND t.tgname = 'bashu_history'
          AND t.tgenabled IN ('O', 'A'))
 ORDER BY g.name;

-- name: doctor_keys
-- Keys that peers have told of and nobody here has compared.
SELECT 'key_new' AS finding, 'warning' AS severity,
       jsonb_build_object('fingerprint', trim(regexp_replace(encode(k.fingerprint, 'hex'), '(....)', '\1 ', 'g')),
                          'region', k.region)::text AS facts
  FROM bashu.public_key k WHERE k.trusted_at IS NULL AND k.revoked_at IS NULL AND NOT k.own
 ORDER BY k.region, k.fingerprint LIMIT 20;
