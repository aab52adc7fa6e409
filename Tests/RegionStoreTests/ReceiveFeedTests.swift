import Postgres
import TestCluster
import Testing

@testable import RegionStore
@testable import Replication

@Suite("The feed, and who may use it")
struct ReceiveFeedTests {
    private let origin = OriginID("50-7f3a0c91d2e4")

    private func state(_ body: () throws -> Void) -> SQLState? {
        do {
            try body()
            return nil
        } catch {
            return ((error as? PeerFailure)?.error ?? error as? PostgresError)?.sqlState
        }
    }

    @Test("A peer's login can call the feed and nothing else")
    func permissions() async throws {
        let database = try await ReceiveFixture.database("50")
        let peer = try database.peer()
        let feed = PeerFeed(peer: "self", session: peer)
        #expect(try feed.hello().region == "50")
        #expect(try feed.batches(beyond: Vector()).isEmpty)
        try feed.stream(OriginID("50-x"), from: 1, part: 0, maxBytes: 1) { _, _, _ in Issue.record("nothing is there") }
        let tables = try database.session.query(
            """
            SELECT c.oid::regclass::text FROM pg_class c
            WHERE relnamespace = 'bashu'::regnamespace AND relkind IN ('r', 'v', 'S')
            """)
        #expect(tables.count > 20)
        for table in try tables.map({ try $0.text(0) }) {
            #expect(state { try peer.execute("SELECT * FROM \(table)") } == .insufficientPrivilege, "\(table)")
            for statement in ["DELETE FROM \(table)", "INSERT INTO \(table) DEFAULT VALUES"] {
                // A sequence and a view are refused before their privileges are looked at.
                let refused = state { try peer.execute(statement) }
                #expect(["42501", "42809", "55000"].contains(refused?.rawValue), "\(statement)")
            }
        }
        let others = try database.session.query(
            """
            SELECT p.oid::regprocedure::text, has_function_privilege($1, p.oid, 'EXECUTE') FROM pg_proc p
            WHERE p.pronamespace = 'bashu'::regnamespace
            """, [.text(PeerRole.name)])
        let allowed = try others.filter { try $0.bool(1) }.map { try $0.text(0) }.sorted()
        #expect(
            allowed == [
                "bashu.feed_batches_v1(jsonb,integer)", "bashu.feed_closings_v1()",
                "bashu.feed_closings_v2()",
                "bashu.feed_digests_v1(text,text,text[],integer[],text[])", "bashu.feed_forgotten_v1()",
                "bashu.feed_hello_v1()", "bashu.feed_keys_v1()", "bashu.feed_life_v1(uuid,uuid,text)",
                "bashu.feed_policy_v1()",
                "bashu.feed_position_v1(jsonb,jsonb,jsonb)", "bashu.feed_signatures_v1(text,bigint,bigint)",
                "bashu.feed_stream_v1(text,bigint,integer,bigint)",
            ])
        #expect(state { try peer.execute("CREATE TABLE bashu.mine ()") } == .insufficientPrivilege)
        #expect(state { try peer.execute("SET ROLE postgres") } == .insufficientPrivilege)
        // Without the grants not even that.
        let stranger = PeerFeed(peer: "x", session: try database.peer(PeerRole.other))
        #expect(state { _ = try stranger.hello() } == .insufficientPrivilege)
    }

    @Test("A peer stores its own position and sees no other's")
    func position() async throws {
        let database = try await ReceiveFixture.database("50")
        let feed = PeerFeed(peer: "self", session: try database.peer())
        var message = ""
        do {
            try feed.report(node: "{}", applied: Vector(), received: Vector())
        } catch let failure as PeerFailure {
            #expect(failure.error.sqlState == .insufficientPrivilege)
            message = failure.error.message
        }
        #expect(message.contains("not registered") && message.contains(PeerRole.name))
        try database.session.execute(
            "INSERT INTO bashu.peer (name, login) VALUES ('sichuan', $1)", [.text(PeerRole.name)])
        try database.session.execute(
            "INSERT INTO bashu.peer_position (login, node, applied, received) VALUES ('other', '{}', '{}', '{}')")
        try feed.report(node: #"{"kind": "region"}"#, applied: Vector([origin: 1]), received: Vector([origin: 2]))
        try feed.report(node: #"{"kind": "replica"}"#, applied: Vector([origin: 3]), received: Vector([origin: 4]))
        let rows = try database.session.query(
            """
            SELECT login, node ->> 'kind', applied::text, received::text FROM bashu.peer_position
            ORDER BY login <> $1
            """, [.text(PeerRole.name)])
        #expect(rows.map { $0[text: 0] } == [PeerRole.name, "other"])
        #expect(rows.first?[text: 1] == "replica")
        #expect(rows.first?[text: 2] == "{\"\(origin)\": 3}")
        #expect(rows.first?[text: 3] == "{\"\(origin)\": 4}")
        let peer = try database.peer()
        for argument in [
            "'[]', '{}', '{}'", "'{}', NULL, '{}'", "'{}', '{}', jsonb_build_object('a', repeat('x', 2000000))",
        ] {
            let refused = state { try peer.execute("SELECT bashu.feed_position_v1(\(argument))") }
            #expect(refused?.rawValue == "22023", "\(argument)")
        }
    }

    @Test("A caller's search_path and temporary objects change nothing")
    func hostileCaller() async throws {
        let database = try await ReceiveFixture.database("50")
        let peer = try database.peer()
        try peer.execute("CREATE TEMPORARY TABLE node AS SELECT 'x'::text AS kind, 'y'::text AS region")
        try peer.execute(
            """
            CREATE FUNCTION pg_temp.clock_timestamp() RETURNS timestamptz LANGUAGE sql
            AS 'SELECT ''epoch''::timestamptz'
            """)
        try peer.execute("SET search_path = pg_temp, bashu, pg_catalog")
        let hello = try PeerFeed(peer: "self", session: peer).hello()
        #expect(hello.kind == "region" && hello.region == "50" && hello.clock > 1_700_000_000_000_000)
    }

    @Test("The peer says who it is, how far it is and what it shares")
    func hello() async throws {
        let database = try await ReceiveFixture.database("50")
        try ReceiveFixture.own(origin, in: database.session)
        var history = ReceiveFixture.History(origin)
        for _ in 0..<3 { try ReceiveFixture.publish(&history, in: database.session, changes: 2) }
        try database.session.execute("UPDATE bashu.applied SET number = 2")
        let hello = try PeerFeed(peer: "self", session: try database.peer()).hello()
        #expect(hello.kind == "region" && hello.region == "50" && hello.origin == origin)
        #expect(hello.applied == Vector([origin: 2]) && hello.received == Vector([origin: 3]))
        #expect(hello.schemaVersion > 0 && !hello.systemIdentifier.isEmpty && hello.databaseID.utf8.count == 36)
        let replica = try await ReceiveFixture.database("53", kind: .replica)
        let other = try PeerFeed(peer: "self", session: try replica.peer()).hello()
        #expect(other.kind == "replica" && other.origin == nil && other.applied == Vector())
        #expect(other.databaseID != hello.databaseID)
    }

    @Test("Tables that differ are named")
    func tableDifferences() async throws {
        let (first, second) = (try await ReceiveFixture.database("50"), try await ReceiveFixture.database("51"))
        let tables = [
            (first.session, "CREATE TABLE public.a (id bigint PRIMARY KEY, \"名 称\" text, n numeric(5,2), local int)"),
            (first.session, "CREATE TABLE public.b (id bigint PRIMARY KEY)"),
            (first.session, "CREATE TABLE public.d (id bigint, no int, PRIMARY KEY (id, no))"),
            (second.session, "CREATE TABLE public.a (id bigint PRIMARY KEY, n numeric(7,2), more text)"),
            (second.session, "CREATE TABLE public.c (id bigint PRIMARY KEY)"),
            (second.session, "CREATE TABLE public.d (id bigint, no int, PRIMARY KEY (no, id))"),
        ]
        for (session, statement) in tables { try session.execute(statement) }
        for (session, name, key, excluded) in [
            (first.session, "a", "{id}", "{local}"), (first.session, "b", "{id}", "{}"),
            (first.session, "d", "{id,no}", "{}"), (second.session, "a", "{id}", "{}"),
            (second.session, "c", "{id}", "{}"), (second.session, "d", "{no,id}", "{}"),
        ] {
            try session.execute(
                """
                INSERT INTO bashu.shared_table (schema_name, table_name, relid, key_columns, excluded)
                VALUES ('public', $1, ('public.' || $1)::regclass, $2, $3)
                """, [.text(name), .text(key), .text(excluded)])
        }
        let hello = try PeerFeed(peer: "first", session: try first.peer()).hello()
        let differences = try BatchReceiver.tableDifferences(hello, in: second.daemon)
        #expect(
            differences == [
                "column \"名 称\" of public.a is shared there and not here",
                "column more of public.a is shared here and not there",
                "column n of public.a is numeric(5,2) there and numeric(7,2) here",
                "table public.b is shared there and not here",
                "table public.c is shared here and not there",
                "table public.d has another key there",
            ])
        #expect(try BatchReceiver.tableDifferences(hello, in: first.daemon).isEmpty)
    }

    @Test("Freshness is adopted when the batch it speaks of is applied, and never goes back")
    func freshness() async throws {
        let (first, second) = (try await ReceiveFixture.database("50"), try await ReceiveFixture.database("51"))
        try ReceiveFixture.own(origin, in: first.session)
        var history = ReceiveFixture.History(origin)
        for _ in 0..<2 { try ReceiveFixture.publish(&history, in: first.session, changes: 2) }
        try first.session.execute("UPDATE bashu.applied SET through = '2024-05-01 08:00:00+08'")
        let hello = try ReceiveFixture.receiver().receive(into: second.daemon, from: try first.peer()).hello
        func through() throws -> String? {
            try second.session.queryOne(
                """
                SELECT to_char(a.through AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') FROM bashu.applied a
                JOIN bashu.origin o ON o.id = a.origin_id WHERE o.name = $1
                """, [.text(origin.name)])?[text: 0]
        }
        let id = try ReceiveFixture.originID(origin, second.session)
        try second.session.execute("UPDATE bashu.applied SET number = 1 WHERE origin_id = $1", [.int(id)])
        try BatchReceiver.adoptFreshness(hello, in: second.daemon)
        #expect(try through() == nil)
        try second.session.execute("UPDATE bashu.applied SET number = 2 WHERE origin_id = $1", [.int(id)])
        try BatchReceiver.adoptFreshness(hello, in: second.daemon)
        #expect(try through() == "2024-05-01 00:00")
        try second.session.execute(
            "UPDATE bashu.applied SET through = '2024-06-01 00:00+00' WHERE origin_id = $1", [.int(id)])
        try BatchReceiver.adoptFreshness(hello, in: second.daemon)
        #expect(try through() == "2024-06-01 00:00")
    }

    @Test("Only what is flushed is reported")
    func flushedPosition() async throws {
        let (first, second) = (try await ReceiveFixture.database("50"), try await ReceiveFixture.database("51"))
        try ReceiveFixture.own(origin, in: first.session)
        var history = ReceiveFixture.History(origin)
        var tracker = PositionTracker()
        _ = try tracker.advance(second.daemon)
        for number in 1...3 {
            try ReceiveFixture.publish(&history, in: first.session, changes: 2)
            _ = try ReceiveFixture.receiver().receive(into: second.daemon, from: try first.peer())
            var reported = Vector()
            try await eventually("batch \(number) is flushed") {
                guard let position = try tracker.advance(second.daemon) else { return false }
                reported = position.received
                return reported[origin] == number
            }
            #expect(reported == Vector([origin: Int64(number)]))
            #expect(try tracker.advance(second.daemon).map { $0.received[origin] == number } ?? true)
        }
    }

    @Test("COPY text is PostgreSQL's own, in both directions")
    func copyText() async throws {
        let database = try await ReceiveFixture.database("50")
        let values: [String?] = [
            nil, "", "\\N", "\\", "\\.", "a\tb\nc\rd\u{8}\u{b}\u{c}\u{1}\u{1f}\u{7f}", "质量 𬭎 \"'", "\\\\t",
            "{\"a\\\\\",𬭎}",
        ]
        let session = database.session
        try session.execute("CREATE TEMPORARY TABLE t (n int, v text)")
        for (index, value) in values.enumerated() {
            try session.execute("INSERT INTO t VALUES ($1, $2)", [.int(index), .text(value)])
        }
        var lines: [[UInt8]] = []
        try session.copyOut("COPY (SELECT v FROM t ORDER BY n) TO STDOUT") { lines.append(Array($0)) }
        #expect(lines == values.map { CopyText.escape($0) + [0x0a] })
        #expect(lines.map { CopyText.string($0.dropLast()) } == values)
        try session.execute("CREATE TEMPORARY TABLE u (v text)")
        try session.copyIn("COPY u FROM STDIN") { writer in
            for value in values { try writer.write(CopyText.escape(value) + [0x0a]) }
        }
        #expect(try session.query("SELECT v FROM t EXCEPT ALL SELECT v FROM u").isEmpty)
        #expect(try session.query("SELECT FROM u").count == values.count)
    }
}
