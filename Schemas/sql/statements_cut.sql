-- Statements of the cut. Each is named by a line "-- name: NAME"; $n are bound parameters.
-- The daemon runs them on a session with pinned settings, see design notes in Deploy/guide/how-it-works.md.

-- name: cut_temp
-- The keys of one cut, in (table, key) order; emptied by every commit.
CREATE TEMP TABLE IF NOT EXISTS cut_key (
    ord          bigint PRIMARY KEY,
    table_id     integer NOT NULL,
    key          text NOT NULL,
    digest       bytea NOT NULL,
    at           bigint,
    session_user_name text,
    actor        text,
    compared     boolean NOT NULL DEFAULT false
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS cut_hint (
    table_id     integer NOT NULL,
    key          text NOT NULL,
    digest       bytea NOT NULL,
    at           bigint,
    session_user_name text,
    actor        text,
    seq          bigint NOT NULL DEFAULT 0,
    compared     boolean NOT NULL DEFAULT false
) ON COMMIT DELETE ROWS;

-- name: cut_poll
-- $1 xmax and $2 in-progress ids of the last committed cut's snapshot: rows below were taken by it.
-- statement_timestamp() was read before this statement's snapshot: all commits before it are visible.
SELECT (extract(epoch FROM statement_timestamp()) * 1000000)::bigint AS through,
       coalesce(array_to_string(array_agg(DISTINCT p.table_id), ','), '') AS tables, count(*) AS hints
  FROM bashu.pending p
 WHERE p.xid >= $1::xid8 OR p.xid = ANY ($2::xid8[]);

-- name: cut_begin
-- Everything a cut must know, in the cut's own snapshot. FOR SHARE: another daemon's token ends us.
SELECT f.token,
       pg_snapshot_xmax(pg_current_snapshot())::text AS xmax,
       array(SELECT x::text FROM pg_snapshot_xip(pg_current_snapshot()) x)::text AS xip,
       (SELECT c.hlc FROM bashu.clock c) AS hlc,
       o.id AS origin_id, o.name AS origin, o.region,
       coalesce(a.number, 0) AS number, coalesce(encode(a.digest, 'hex'), '') AS digest,
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS cut_at,
       NOT EXISTS (SELECT FROM bashu.peer p LEFT JOIN bashu.peer_position v ON v.login = p.login
                    WHERE p.login IS NOT NULL AND NOT coalesce(v.node -> 'digests' ? 'sm3', false)) AS read_sm3,
       (SELECT coalesce(jsonb_object_agg(vo.name, va.number) FILTER (WHERE va.number > 0), '{}')
          FROM bashu.applied va JOIN bashu.origin vo ON vo.id = va.origin_id)::text AS context
  FROM bashu.fence f
  JOIN bashu.origin o ON o.own
  LEFT JOIN bashu.applied a ON a.origin_id = o.id
   FOR SHARE OF f;

-- name: cut_tables
-- Tables with pending keys in this snapshot; marked: at least one whole-table marker.
SELECT p.table_id, bool_or(p.keys IS NULL) AS marked
  FROM bashu.pending p
 WHERE p.xid >= $1::xid8 OR p.xid = ANY ($2::xid8[])
 GROUP BY p.table_id;

-- name: cut_snapshot
-- A second session reads what this one does.
SELECT pg_export_snapshot();

-- name: cut_missing
-- A shared table that is not there under its name: what is noted for it stays where it is until it is back.
UPDATE bashu.shared_table SET degraded = $2 WHERE id = $1::integer AND degraded IS DISTINCT FROM $2;

-- name: cut_keys
-- The distinct keys of the pending rows, each with its last writer. What a pending row says is worked out once, not
-- for each of its keys, and one sort serves both the choice of the last and the order.
-- $3, here and below: tables that are left out.
INSERT INTO pg_temp.cut_key (ord, table_id, key, digest, at, session_user_name, actor)
SELECT row_number() OVER (ORDER BY d.place, d.key COLLATE "C"), d.table_id, d.key,
       substring(sha256(convert_to(d.key, 'UTF8')) FOR 16), d.at, d.session_user_name, d.actor
  FROM (SELECT DISTINCT ON (s.place, k.key COLLATE "C")
               s.place, p.table_id, k.key, p.at, p.session_user_name, p.actor
          FROM (SELECT h.table_id, h.keys, h.seq, (extract(epoch FROM h.at) * 1000000)::bigint AS at,
                       nullif(h.session_user_name, session_user) AS session_user_name, h.actor
                  FROM bashu.pending h
                 WHERE (h.xid >= $1::xid8 OR h.xid = ANY ($2::xid8[])) AND h.table_id <> ALL ($3::integer[])
                OFFSET 0) p
          JOIN (SELECT t.id, row_number() OVER (ORDER BY t.schema_name COLLATE "C", t.table_name COLLATE "C") AS place
                  FROM bashu.shared_table t) s ON s.id = p.table_id
         CROSS JOIN LATERAL unnest(p.keys) AS k(key)
         -- What the daemon has noted itself says neither who wrote nor when.
         ORDER BY s.place, k.key COLLATE "C", p.session_user_name IS NULL, p.seq DESC) d;

-- name: cut_hints
-- As cut_keys, but first into cut_hint, because whole tables are to be compared too.
INSERT INTO pg_temp.cut_hint (table_id, key, digest, at, session_user_name, actor, seq)
SELECT p.table_id, k.key, substring(sha256(convert_to(k.key, 'UTF8')) FOR 16),
       (extract(epoch FROM p.at) * 1000000)::bigint,
       nullif(p.session_user_name, session_user), p.actor, p.seq
  FROM bashu.pending p
 CROSS JOIN LATERAL unnest(p.keys) AS k(key)
 WHERE (p.xid >= $1::xid8 OR p.xid = ANY ($2::xid8[])) AND p.table_id <> ALL ($3::integer[]);

-- name: cut_vanished
-- Digests that the log or known has alive but that no key in cut_hint has: rows that are gone from table $1.
SELECT encode(l.digest, 'hex') AS digest, l.origin_id, l.number, l.part, l.start, l.length, n.key
  FROM (SELECT DISTINCT ON (c.digest) c.*
          FROM bashu.change c
         WHERE c.table_id = $1::integer
         ORDER BY c.digest, c.hlc DESC, c.origin_id, c.number DESC) l
  LEFT JOIN bashu.known n ON n.table_id = $1::integer AND n.digest = l.digest
 WHERE CASE WHEN n.digest IS NULL THEN l.kind NOT IN ('d', 'e') ELSE true END
   AND NOT EXISTS (SELECT FROM pg_temp.cut_hint h
                    WHERE h.table_id = $1::integer AND h.digest = l.digest);

-- name: cut_hint_keys
INSERT INTO pg_temp.cut_hint (table_id, key, digest, compared)
SELECT $1::integer, k.key, substring(sha256(convert_to(k.key, 'UTF8')) FOR 16), true FROM unnest($2::text[]) AS k(key);

-- name: cut_keys_from_hints
INSERT INTO pg_temp.cut_key (ord, table_id, key, digest, at, session_user_name, actor, compared)
SELECT row_number() OVER (ORDER BY s.schema_name COLLATE "C", s.table_name COLLATE "C", d.key COLLATE "C"),
       d.table_id, d.key, d.digest, d.at, d.session_user_name, d.actor, d.compared
  FROM (SELECT DISTINCT ON (h.table_id, h.key COLLATE "C") h.*
          FROM pg_temp.cut_hint h
         ORDER BY h.table_id, h.key COLLATE "C", h.compared, h.session_user_name IS NULL, h.seq DESC) d
  JOIN bashu.shared_table s ON s.id = d.table_id;

-- name: cut_ranges
-- First and last place of every table in cut_key.
SELECT k.table_id, min(k.ord) AS first, max(k.ord) AS last, count(*) FILTER (WHERE k.compared) AS compared
  FROM pg_temp.cut_key k GROUP BY k.table_id ORDER BY 2;

-- name: cut_look_ups
-- Whether the log, known and held have anything of a table; claims: of any table.
SELECT EXISTS (SELECT FROM bashu.change c WHERE c.table_id = $1::integer) AS logged,
       EXISTS (SELECT FROM bashu.known n WHERE n.table_id = $1::integer) AS known,
       EXISTS (SELECT FROM bashu.held h WHERE h.table_id = $1::integer) AS held,
       EXISTS (SELECT FROM bashu.claim) AS claims;

-- name: cut_consumed
-- The pending rows this snapshot sees, as ranges of seq per timeline, for the trailer.
SELECT coalesce(string_agg(r.timeline || ':' || r.first || '-' || r.last, ' ' ORDER BY r.timeline, r.first), '')
  FROM (SELECT g.timeline, min(g.seq) AS first, max(g.seq) AS last
          FROM (SELECT p.timeline, p.seq,
                       p.seq - row_number() OVER (PARTITION BY p.timeline ORDER BY p.seq) AS island
                  FROM bashu.pending p
                 WHERE (p.xid >= $1::xid8 OR p.xid = ANY ($2::xid8[])) AND p.table_id <> ALL ($3::integer[])) g
         GROUP BY g.timeline, g.island) r;

-- name: cut_consume
-- REPEATABLE READ: exactly the rows the snapshot sees.
DELETE FROM bashu.pending p WHERE (p.xid >= $1::xid8 OR p.xid = ANY ($2::xid8[])) AND p.table_id <> ALL ($3::integer[]);

-- name: cut_hold_keys
-- Keys of table $1 that an operator has to decide on: $2 digests (hex), $3 keys, $4 why.
INSERT INTO bashu.held (table_id, digest, key, reason)
SELECT $1::integer, decode(k.digest, 'hex'), k.key, $4 FROM unnest($2::text[], $3::text[]) k(digest, key)
    ON CONFLICT (table_id, digest) DO UPDATE SET reason = excluded.reason;

-- name: cut_unhold_keys
-- Held keys of table $1 that are no different from what is known any more. $2: digests (hex).
DELETE FROM bashu.held h
 WHERE h.table_id = $1::integer AND h.digest = ANY (array(SELECT decode(d, 'hex') FROM unnest($2::text[]) d));

-- name: cut_recheck
-- Keys whose cases and known are to be derived again: $1 tables, $2 digests (hex), $3 keys.
INSERT INTO bashu.recheck (table_id, digest, key)
SELECT k.table_id, decode(k.digest, 'hex'), k.key
  FROM unnest($1::integer[], $2::text[], $3::text[]) k(table_id, digest, key)
    ON CONFLICT DO NOTHING;

-- name: cut_fingerprint
UPDATE bashu.shared_table SET fingerprint = $2, degraded = $3 WHERE id = $1::integer;

-- name: own_batch
-- The finished batch of our own origin: it is complete and applied by being cut.
INSERT INTO bashu.batch (origin_id, number, previous, digest, context, parts, changes, bytes,
                         hlc_min, hlc_max, cut_at, complete)
VALUES ($1::integer, $2::bigint, decode($3, 'hex'), decode($4, 'hex'), $5::jsonb, $6::integer, $7::bigint, $8::bigint,
        $9::bigint, $10::bigint, to_timestamp($11::bigint / 1000000.0), true);

-- name: own_applied
INSERT INTO bashu.applied (origin_id, number, digest, through)
VALUES ($1::integer, $2::bigint, decode($3, 'hex'), to_timestamp($4::bigint / 1000000.0))
    ON CONFLICT (origin_id) DO UPDATE
   SET number = excluded.number, digest = excluded.digest, applied_at = clock_timestamp(),
       through = greatest(bashu.applied.through, excluded.through);

-- name: own_through
-- Nothing was pending at $1: everything our origin committed before then is in its last batch.
INSERT INTO bashu.applied (origin_id, through)
SELECT o.id, to_timestamp($1::bigint / 1000000.0) FROM bashu.origin o WHERE o.own
    ON CONFLICT (origin_id) DO UPDATE SET through = greatest(bashu.applied.through, excluded.through);

-- name: clock_raise
UPDATE bashu.clock SET hlc = greatest(hlc, $1::bigint);

-- name: shape_insert
INSERT INTO bashu.shape (digest, schema_name, table_name, key_columns, columns, types)
VALUES (decode($1, 'hex'), $2, $3, $4::text[], $5::text[], $6::text[])
    ON CONFLICT (digest) DO UPDATE SET digest = excluded.digest
RETURNING id;

-- name: shape_used
SELECT EXISTS (SELECT FROM bashu.shape_use u WHERE u.origin_id = $1::integer AND u.shape_id = $2::integer);

-- name: shape_use
INSERT INTO bashu.shape_use (origin_id, shape_id, number) VALUES ($1::integer, $2::integer, $3::bigint)
    ON CONFLICT DO NOTHING;
