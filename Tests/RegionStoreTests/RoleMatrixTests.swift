import Postgres
import TestCluster
import Testing

@testable import RegionStore

/// What each role may do with every object of schema bashu and of the shared tables: exactly this.
@Suite struct RoleMatrixTests {
    /// The schema of the shared table; its owner is the owner of Bashu's objects.
    private static let schema = "目录 \"a\" b"
    private static let table = "\(schema).person"

    private static let feed = [
        "bashu.feed_batches_v1()", "bashu.feed_closings_v1()", "bashu.feed_closings_v2()",
        "bashu.feed_digests_v1()", "bashu.feed_forgotten_v1()", "bashu.feed_hello_v1()", "bashu.feed_keys_v1()",
        "bashu.feed_life_v1()", "bashu.feed_policy_v1()", "bashu.feed_position_v1()",
        "bashu.feed_signatures_v1()", "bashu.feed_stream_v1()",
    ]
    /// Written by the daemon as its own.
    private static let written = [
        "applied", "batch", "change", "chunk", "claim", "conflict_case", "evidence", "forgotten", "held", "hold",
        "known", "link", "origin", "peer_position", "pending", "policy", "recheck", "request", "ruling", "shape",
        "shape_use", "signature", "transfer",
    ]
    /// Written by the daemon, and never deleted.
    private static let added = ["closing", "life", "public_key"]
    /// Changed by the daemon, and no more.
    private static let changed = ["clock", "daemon", "fence", "node", "shared_table"]
    /// Read by the daemon.
    private static let read = [
        "freshness", "guarded_trigger", "held_state", "installed", "migration", "peer", "peer_life",
        "pending_state",
        "removed_table", "trouble_state",
    ]

    private func fixture() async throws -> InstallFixture {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.script(
            """
            CREATE SCHEMA "目录 ""a"" b";
            CREATE TABLE "目录 ""a"" b".person (id integer PRIMARY KEY, name text, phone text, "身份证号" text,
                phone_end text GENERATED ALWAYS AS (right(phone, 4)) STORED,
                initial text GENERATED ALWAYS AS (left(name, 1)) STORED)
            """)
        var options = SharingOptions()
        options.excluded = ["phone", "身份证号"]
        try SharedTables.add(owner, "\"目录 \"\"a\"\" b\".person", options: options)
        try fixture.superuser().script(RoleAttempts.helpers)
        return fixture
    }

    private func grantee(_ fixture: InstallFixture, _ kind: String) async throws -> (name: String, session: Session) {
        let role = "\(kind) '甲' \(fixture.database)"
        try await fixture.cluster.createRole(role)
        let owner = try fixture.owner()
        for statement in try Installer.grants(owner, kind: kind, role: role) { try owner.script(statement) }
        return (role, try fixture.cluster.session(database: fixture.database, user: role))
    }

    private func allowed(_ session: Session) throws -> [String] {
        try RoleAttempts.allowed(session, schemas: ["bashu", Self.schema])
    }

    private func refuses(_ session: Session, _ statements: [String]) {
        for statement in statements {
            let error = #expect(throws: PostgresError.self, "\(statement)") { try session.script(statement) }
            #expect(error?.sqlState == .insufficientPrivilege, "\(statement): \(error.map { "\($0)" } ?? "")")
        }
    }

    /// Not even by mistake: the history is the daemon's, whoever owns its tables.
    @Test func theOwnerAddsToNoHistoryAndChangesNone() async throws {
        let fixture = try await fixture()
        let history = ["batch", "chunk", "change", "signature", "evidence", "forgotten"]
        let statements = (history + ["closing", "ruling"]).flatMap { table in
            [
                "DELETE FROM bashu.\(table)", "TRUNCATE bashu.\(table) CASCADE",
                "UPDATE bashu.\(table) SET \(table == "ruling" ? "reason = 'x'" : "number = 1")",
            ]
        } + history.map { "INSERT INTO bashu.\($0) DEFAULT VALUES" }
        // Nor can a superuser without meaning it.
        for session in [try fixture.owner(), try fixture.superuser()] { refuses(session, statements) }
        let daemon = try fixture.daemon()
        try daemon.script(
            """
            INSERT INTO bashu.evidence (origin, number, peer, reason) VALUES ('50-0123456789ab', 1, '51', '改动');
            DELETE FROM bashu.evidence;
            """)
    }

    @Test func aPeerCallsTheFeedAndNothingElse() async throws {
        let fixture = try await fixture()
        let peer = try await grantee(fixture, "peer")
        #expect(try allowed(peer.session) == Self.feed)
        // The one thing it stores is its own position, and only once it is registered.
        refuses(
            peer.session,
            [
                "SELECT bashu.feed_position_v1('{}', '{}', '{}')", "CREATE TABLE bashu.x ()",
                "SELECT name FROM \"目录 \"\"a\"\" b\".person", "SET ROLE \"业主 \"\"one\"\"\"",
            ])
    }

    @Test func aReaderSeesSharedColumnsAndFreshness() async throws {
        let fixture = try await fixture()
        let reader = try await grantee(fixture, "reader")
        #expect(
            try allowed(reader.session) == ["bashu.freshness: SELECT", "\(Self.table): SELECT(id,name,initial)"])
        refuses(
            reader.session,
            [
                "SELECT * FROM \"目录 \"\"a\"\" b\".person", "SELECT phone FROM \"目录 \"\"a\"\" b\".person",
                "SELECT name FROM \"目录 \"\"a\"\" b\".person WHERE \"身份证号\" LIKE '5%'",
                "SELECT id FROM \"目录 \"\"a\"\" b\".person ORDER BY phone_end", "SELECT bytes FROM bashu.chunk",
            ])
    }

    @Test func anAdministratorAsksInItsOwnNameAndChangesNoHistory() async throws {
        let fixture = try await fixture()
        let administrator = try await grantee(fixture, "administrator")
        let rights = [
            "ruling": " INSERT(table_id,digest,key,column_groups,frontier,choice,reason)",
            "request": " INSERT(kind,argument)",
        ]
        let tables = (Self.written + Self.added + Self.changed + Self.read).sorted().map {
            "bashu.\($0): SELECT\(rights[$0] ?? "")"
        }
        let functions = ["copy_text", "erasure_children", "table_relation", "table_shapes", "withdraw_request"]
        #expect(try allowed(administrator.session) == tables + functions.map { "bashu.\($0)()" })
        let ruling = "INSERT INTO bashu.ruling (table_id, digest, key, column_groups, frontier, choice, reason"
        let values = "(1, '', '{1}', '{name}', '{}', '{}', '按公告'"
        refuses(
            administrator.session,
            [
                "\(ruling), person) VALUES \(values), '王主任')", "\(ruling), state) VALUES \(values), 'taken')",
                "\(ruling), outcome) VALUES \(values), 'published')", "\(ruling), asked_at) VALUES \(values), now())",
                "\(ruling), done_at) VALUES \(values), now())",
                "INSERT INTO bashu.request (kind, asked_by) VALUES ('cut', '王主任')",
                "INSERT INTO bashu.request (kind, result) VALUES ('cut', '{}')", "DELETE FROM bashu.request",
                "UPDATE bashu.ruling SET reason = 'x'", "DELETE FROM bashu.conflict_case", "DELETE FROM bashu.change",
            ])
        try administrator.session.script(
            "\(ruling)) VALUES \(values)); INSERT INTO bashu.request (kind) VALUES ('cut')")
        let asked = try administrator.session.queryOne(
            "SELECT r.person, r.state, q.asked_by, q.id FROM bashu.ruling r, bashu.request q")
        #expect(asked?[text: "person"] == administrator.name)
        #expect(asked?[text: "asked_by"] == administrator.name)
        #expect(asked?[text: "state"] == "waiting")
        // What somebody else has asked for stays.
        try fixture.daemon().script("INSERT INTO bashu.request (kind) VALUES ('verify')")
        let withdrawn = try administrator.session.query(
            "SELECT kind, bashu.withdraw_request(id) AS gone FROM bashu.request ORDER BY kind")
        #expect(try withdrawn.map { "\(try $0.text("kind")) \(try $0.bool("gone"))" } == ["cut true", "verify false"])
    }

    /// Whatever a person's login may read, the history is not for it to write. What the owner and the daemon's role, or
    /// a superuser, do to it `bashuctl audit` finds.
    @Test func noRoleOfAPersonEditsOrDeletesHistory() async throws {
        let fixture = try await fixture()
        let history = [
            "batch": "changes", "chunk": "bytes", "change": "hlc", "shape": "columns", "signature": "signature",
            "public_key": "spki", "ruling": "reason", "closing": "reason", "evidence": "reason", "forgotten": "number",
            "applied": "number", "origin": "name", "known": "image", "conflict_case": "state",
        ]
        for kind in ["peer", "reader", "administrator", "monitor", "nobody"] {
            let session = kind == "nobody" ? try fixture.writer() : try await grantee(fixture, kind).session
            for (table, column) in history {
                refuses(
                    session,
                    [
                        "UPDATE bashu.\(table) SET \(column) = \(column)", "DELETE FROM bashu.\(table)",
                        "TRUNCATE bashu.\(table)", "ALTER TABLE bashu.\(table) DISABLE TRIGGER ALL",
                        "DROP TABLE bashu.\(table)",
                    ])
                // Asking for a ruling is an administrator's work: of one row that says nothing of its outcome.
                guard kind != "administrator" || table != "ruling" else { continue }
                refuses(session, ["INSERT INTO bashu.\(table) (\(column)) VALUES (NULL)"])
            }
        }
    }

    @Test func monitoringReadsStatesAndNoKeys() async throws {
        let fixture = try await fixture()
        let monitor = try await grantee(fixture, "monitor")
        #expect(
            try allowed(monitor.session) == [
                "bashu.applied: SELECT",
                "bashu.batch: SELECT(origin_id,number,changes,bytes,hlc_min,hlc_max,cut_at,received_at,complete)",
                "bashu.closing: SELECT",
                "bashu.conflict_case: SELECT(closed_by,type,state,rule,first_seen,clock_alarm)",
                "bashu.daemon: SELECT", "bashu.freshness: SELECT", "bashu.held_state: SELECT", "bashu.hold: SELECT",
                "bashu.life: SELECT", "bashu.link: SELECT", "bashu.migration: SELECT", "bashu.node: SELECT",
                "bashu.origin: SELECT",
                "bashu.peer: SELECT", "bashu.peer_position: SELECT", "bashu.pending_state: SELECT",
                "bashu.shared_table: SELECT", "bashu.transfer: SELECT", "bashu.trouble_state: SELECT",
            ])
        try fixture.superuser().script(
            """
            INSERT INTO bashu.held (table_id, digest, key, reason) VALUES (1, '\\x01', '{5101}', 'mass_delete');
            INSERT INTO bashu.recheck (table_id, digest, key, attempts, reason) VALUES (1, '\\x01', '{5101}', 1, 'x')
            """)
        let keys = "SELECT h.examples::text AS examples, t.key FROM bashu.held_state h, bashu.trouble_state t"
        let hidden = try monitor.session.queryOne(keys)
        #expect(hidden?[text: "examples"] == "{}")
        #expect(hidden?[text: "key"] == nil)
        let shown = try fixture.daemon().queryOne(keys)
        #expect(shown?[text: "examples"] == "{\"{5101}\"}")
        #expect(shown?[text: "key"] == "{5101}")
    }

    @Test func theDaemonWritesRowsAndMakesNothing() async throws {
        let fixture = try await fixture()
        let daemon = try fixture.daemon()
        let rights = Dictionary(
            uniqueKeysWithValues: Self.written.map { ($0, " INSERT UPDATE DELETE") }
                + Self.added.map { ($0, " INSERT UPDATE") }
                + Self.changed.map { ($0, " UPDATE") })
        let tables = (Self.written + Self.added + Self.changed + Self.read).sorted().map {
            "bashu.\($0): SELECT\(rights[$0] ?? "")"
        }
        let found = try allowed(daemon)
        #expect(found.filter { $0.contains(": ") } == tables + ["\(Self.table): SELECT INSERT UPDATE DELETE"])
        // It may call every function that nobody else's trigger is; of those only these run with the owner's rights.
        let callable = Set(found.filter { $0.hasSuffix("()") })
        let definers = try fixture.owner().query(
            "SELECT 'bashu.' || proname || '()' FROM pg_proc WHERE prosecdef AND pronamespace = 'bashu'::regnamespace"
        ).map { try $0.text(0) }
        #expect(
            callable.intersection(definers)
                == Set(Self.feed + ["bashu.table_repair()", "bashu.table_shapes()", "bashu.withdraw_request()"]))
        refuses(daemon, ["CREATE TABLE bashu.x ()", "CREATE TABLE \"目录 \"\"a\"\" b\".x ()", "CREATE SCHEMA x"])
    }

    @Test func theOwnerOwnsEverythingAndIsNobodySpecial() async throws {
        let fixture = try await fixture()
        let owner = try fixture.owner()
        let others = try owner.query(
            """
            SELECT c.relname::text FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
            WHERE c.relnamespace = 'bashu'::regnamespace AND r.rolname <> current_user
            UNION ALL
            SELECT p.proname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
            WHERE p.pronamespace = 'bashu'::regnamespace AND r.rolname <> current_user
            """)
        #expect(others.isEmpty)
        for session in [owner, try fixture.daemon()] {
            let attributes = try session.queryOne(
                """
                SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
                    OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
                FROM pg_roles r WHERE rolname = session_user
                """)
            #expect(try attributes?.bool(0) == false)
        }
        for session in [owner, try fixture.daemon(), try fixture.writer()] {
            refuses(session, ["ALTER SYSTEM SET work_mem = '1MB'", "CREATE ROLE x"])
        }
    }

    @Test func whoeverHasNoGrantMayNothing() async throws {
        let fixture = try await fixture()
        #expect(try allowed(fixture.writer()) == [])
    }

    @Test func whatRunsWithTheOwnersRightsPinsItsSearchPath() async throws {
        let fixture = try await fixture()
        let functions = try fixture.owner().query(
            """
            SELECT p.proname::text AS name, coalesce(p.proconfig::text, '') AS settings,
                has_function_privilege('public', p.oid, 'EXECUTE') AS everybody
            FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'bashu'::regnamespace ORDER BY 1
            """)
        // The capture functions of the table are among them.
        #expect(try functions.contains { try $0.text("name").hasPrefix("capture_1_") })
        for function in functions {
            let name = try function.text("name")
            #expect(try function.text("settings").contains("search_path=pg_catalog, pg_temp"), "\(name)")
            #expect(try !function.bool("everybody"), "\(name)")
        }
    }
}
