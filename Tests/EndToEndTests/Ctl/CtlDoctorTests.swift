import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

/// `bashuctl doctor` on databases with faults made on purpose.
@Suite struct CtlDoctorTests {
    /// A region alone, whose daemon says that it lives.
    private func region() async throws -> Party {
        let party = try await Federation.make(regions: ["50"])["50"]
        try await party.run(
            """
            UPDATE bashu.daemon SET version = '0.1.0', host = 'db1',
                heartbeat_at = clock_timestamp() + interval '1 h'
            """, as: .superuser)
        return party
    }

    private func doctor(_ party: Party, _ more: String...) throws -> Ctl.Run {
        // A wide terminal keeps every finding on a line.
        try Ctl.finish(
            Ctl.start(["doctor"] + more, party.ctlEnvironment.merging(["COLUMNS": "300"]) { $1 }))
    }

    @Test func aHealthyDatabaseIsStatus0() async throws {
        let party = try await region()
        let run = try doctor(party)
        #expect(run.status == .exited(0), "\(run.output)\(run.errors)")
        for line in [
            "OK        Bashu's schema \(Installer.version) is this program's", "OK        bashud 0.1.0 is alive on db1",
            "OK        The daemon's role bashu_daemon is an ordinary one",
            "OK        The daemon's role has what it needs", "OK        Every shared table is captured",
            "OK        Every index is valid", "OK        Sequences have numbers left",
            "OK        Sort orders are as the indexes were built", "Nothing needs to be done.",
        ] {
            #expect(run.lines.contains(line), "\(line) in \(run.output)")
        }
        let words = run.lines.dropLast(3).map { $0.prefix { $0 != " " } }
        #expect(words.allSatisfy { $0 == "OK" }, "\(run.output)")
        #expect(run.output.contains("Free space of the disk cannot be seen from here"))
        let chinese = try party.ctl("doctor", changes: ["LC_ALL": "zh_CN.UTF-8"])
        #expect(chinese.lines.contains("正常  所有索引有效"))
        #expect(chinese.lines.contains("无需处理。"))
    }

    @Test func anInstitutionIsLookedAtToo() async throws {
        let party = try await Federation.make(regions: [], replicas: ["cqu": "50"], links: [])["cqu"]
        try await party.run(
            "UPDATE bashu.daemon SET version = '0.1.0', heartbeat_at = clock_timestamp()", as: .superuser)
        let run = try doctor(party)
        #expect(run.status == .exited(0), "\(run.output)\(run.errors)")
        #expect(run.lines.contains("OK        Every shared table is captured"))
        try await party.run("ALTER TABLE standard DISABLE TRIGGER zzzz_bashu_refuse", as: .owner)
        let open = try doctor(party)
        #expect(open.status == .exited(3))
        #expect(open.lines.contains { $0.hasPrefix("CRITICAL  public.standard: trigger zzzz_bashu_refuse") })
    }

    @Test func faultsMadeOnPurposeAreFound() async throws {
        let party = try await region()
        try await party.run(
            """
            REVOKE INSERT ON bashu.hold FROM bashu_daemon;
            REVOKE UPDATE ON standard FROM bashu_daemon;
            ALTER TABLE standard DISABLE TRIGGER zzzz_bashu_delete;
            ALTER TABLE bashu.chunk DISABLE TRIGGER bashu_history;
            DROP TRIGGER bashu_history ON bashu.ruling;
            CREATE TABLE "序 号" (id serial PRIMARY KEY) WITH (autovacuum_enabled = off);
            ALTER TABLE "序 号" OWNER TO catalogue_owner;
            SELECT setval('"序 号_id_seq"', 2000000000);
            INSERT INTO bashu.shared_table (schema_name, table_name, relid, key_columns, degraded)
            SELECT 'public', '序 号', '"序 号"'::regclass, '{id}', '比较整表';
            CREATE UNIQUE INDEX "坏 index" ON standard (title, number);
            UPDATE pg_index SET indisvalid = false WHERE indexrelid = '"坏 index"'::regclass;
            UPDATE pg_database SET datcollversion = '0.1' WHERE datname = current_database();
            ALTER ROLE bashu_daemon CREATEDB;
            UPDATE bashu.daemon SET version = '0.2.7', problem = NULL;
            INSERT INTO bashu.peer (name, conninfo) VALUES ('51', 'host=db.sc.example'), ('52', 'host=db.gz.example');
            INSERT INTO bashu.link (peer, state, reason, clock_off, clock_offset_ms, peer_node) VALUES
                ('51', 'held', '策略不同', true, 7300,
                 '{"tls": {"server_until": 1000000, "own_until": 4102444800000000}}'),
                ('52', 'down', 'no route', false, 0, jsonb_build_object('tls', jsonb_build_object('server_until',
                    ((extract(epoch FROM now()) + 864000) * 1e6)::bigint)))
            """, as: .superuser)
        let writer = try party.session(as: .owner)
        try writer.script("BEGIN; SELECT txid_current()")
        let run = try doctor(party, "--max-transaction", "0")
        #expect(run.status == .exited(3), "\(run.errors)")
        for line in [
            "CRITICAL  bashu_daemon lacks INSERT on bashu.hold: bashuctl init",
            "CRITICAL  bashu_daemon lacks UPDATE on standard:",
            "CRITICAL  public.standard: trigger zzzz_bashu_delete on public.standard is disabled.",
            "WARNING   The trigger bashu_history of bashu.chunk is off",
            "WARNING   The trigger bashu_history of bashu.ruling is off",
            "CRITICAL  public.\"序 号\": ", "CRITICAL  Sequence \"序 号_id_seq\" has used 93 % of its numbers",
            "WARNING   Autovacuum is off for \"序 号\"",
            "CRITICAL  Index \"坏 index\" of standard is invalid: REINDEX",
            "WARNING   The sort order of database \(party.database) was 0.1 and is",
            "WARNING   bashud is of version 0.2.7, this program", "CRITICAL  Link to 51 is held: 策略不同",
            "CRITICAL  Link to 52 is down: no route", "WARNING   The clock of 51 is 7300 ms off ours",
            "CRITICAL  The certificate of 51 expired on 1970-01-01", "OK        Our certificate for 51 is valid until",
            "WARNING   The certificate of 52 expires on",
        ] {
            #expect(run.lines.contains { $0.hasPrefix(line) }, "\(line) in \(run.output)")
        }
        // After a second it is twelve times too old.
        let open = "Process \(writer.backendProcessID) (catalogue_owner"
        #expect(run.lines.contains { !$0.hasPrefix("OK") && $0.contains(open) }, "\(run.output)")
        // What is well is still said to be.
        #expect(run.lines.contains("OK        No replication slot keeps the server's journal"))
        let json = try doctor(party, "--max-transaction", "0", "-o", "json")
        #expect(json.status == .exited(3))
        #expect(json.output.contains("\"kind\": \"doctor\""))
        #expect(json.output.contains("\"code\": \"sequence_low\",\n      \"severity\": \"critical\""))
    }

    @Test func theDaemonsRoleAndItsDeathAreCritical() async throws {
        let party = try await region()
        try await party.run(
            """
            UPDATE bashu.daemon SET heartbeat_at = clock_timestamp() - interval '1 h';
            UPDATE bashu.node SET daemon_role = '没有这个角色'
            """, as: .superuser)
        let run = try doctor(party)
        #expect(run.status == .exited(3))
        #expect(run.lines.contains { $0.hasPrefix("CRITICAL  bashud is not running: systemctl start bashud") })
        #expect(run.lines.contains { $0.hasPrefix("CRITICAL  There is no role 没有这个角色: CREATE ROLE") })
        try await party.run("UPDATE bashu.node SET daemon_role = 'postgres'", as: .superuser)
        #expect(try doctor(party).lines.contains { $0.hasPrefix("CRITICAL  Role postgres is a superuser") })
    }

    @Test func functionsOfAnotherVersionAndSlotsAndPreparedTransactions() async throws {
        let cluster = try await TestCluster.start(.init(settings: ["wal_level": "logical"]))
        let party = try await Federation.make(regions: ["50"], cluster: cluster)["50"]
        try await party.run(
            """
            UPDATE bashu.installed SET functions_digest = 'of another day';
            SELECT pg_create_physical_replication_slot('backup_1', true)
            """, as: .superuser)
        try await party.run("BEGIN; SELECT txid_current(); PREPARE TRANSACTION '遗留 ''甲'''", as: .superuser)
        let run = try doctor(party, "--max-transaction", "0")
        let schema = "CRITICAL  Schema: the database has Bashu's schema"
        #expect(run.lines.contains { $0.hasPrefix(schema) }, "\(run.output)")
        #expect(run.lines.contains { $0.hasPrefix("WARNING   Replication slot backup_1, not Bashu's, has no reader") })
        #expect(
            run.lines.contains {
                $0.contains("Prepared transaction 遗留 '甲' of postgres waits for") && !$0.hasPrefix("OK")
            }, "\(run.output)")
    }

    @Test func peersAreAskedThroughTheDaemon() async throws {
        let world = try await Federation.make(regions: ["50", "51"])
        try await world["51"].run("ALTER TABLE standard ADD COLUMN 备注 text", as: .owner)
        try await world.startDaemons()
        try await world["50"].awaitLink("51") { ["waiting", "streaming"].contains($0.state) }
        let run = try doctor(world["50"])
        #expect(run.lines.contains("OK        51 answers as region or institution 51"), "\(run.output)\(run.errors)")
        #expect(run.lines.contains { $0.hasPrefix("CRITICAL  51: ") && $0.contains("备注") }, "\(run.output)")
        #expect(run.status == .exited(3))
    }

    @Test func whoMayNotLookIsTold() async throws {
        let party = try await region()
        let monitor = "doctor_\(party.database)"
        try await party.cluster.createRole(monitor)
        let owner = try party.session(as: .owner)
        for statement in try Installer.grants(owner, kind: "monitor", role: monitor) { try owner.script(statement) }
        let run = try party.ctl(
            "doctor",
            changes: [
                "BASHU_DATABASE": party.cluster.conninfo(database: party.database, user: monitor),
                "BASHU_OWNER_DATABASE": nil, "COLUMNS": "300",
            ])
        #expect(run.status == .exited(0), "\(run.output)\(run.errors)")
        let hidden = "WARNING   doctor_tables could not be looked at: permission denied"
        #expect(run.lines.contains { $0.hasPrefix(hidden) }, "\(run.output)")
        #expect(run.lines.contains("OK        bashud 0.1.0 is alive on db1"))
    }
}
