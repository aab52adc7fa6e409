import Postgres
import TestCluster
import Testing

@testable import RegionStore

@Suite struct InstallGrantsTests {
    @Test func theDaemonCanDoItsWorkAndNoMore() async throws {
        let fixture = try await InstallFixture.installed()
        try fixture.share("CREATE TABLE t (id integer PRIMARY KEY)", ["t"])
        let daemon = try fixture.daemon()
        for statement in [
            "SELECT token FROM bashu.fence FOR SHARE", "UPDATE bashu.fence SET token = token + 1",
            "SELECT * FROM bashu.table_shapes()", "SELECT bashu.table_fingerprint(1)", "SELECT bashu.table_repair(1)",
            "DELETE FROM bashu.pending", "UPDATE bashu.shared_table SET fingerprint = 'x'",
            "INSERT INTO bashu.origin (name, region) VALUES ('51-a', '51')", "SELECT * FROM bashu.peer",
            "UPDATE bashu.daemon SET heartbeat_at = now()", "SELECT * FROM bashu.freshness", "CREATE TEMP TABLE x ()",
        ] {
            try daemon.script(statement)
        }
        for statement in [
            "INSERT INTO bashu.shared_table (schema_name, table_name, relid, key_columns) VALUES ('', '', 0, '{}')",
            "DELETE FROM bashu.shared_table", "INSERT INTO bashu.peer (name) VALUES ('x')", "DELETE FROM bashu.node",
            "INSERT INTO bashu.migration VALUES (99, 'x')", "UPDATE bashu.installed SET functions_digest = ''",
            "SELECT bashu.capture_1_insert()", "SELECT bashu.table_add('t')", "SELECT bashu.table_remove(1)",
            "CREATE TABLE bashu.x ()", "ALTER TABLE t DISABLE TRIGGER ALL", "TRUNCATE bashu.pending",
            "DELETE FROM bashu.guarded_trigger", "SELECT bashu.set_daemon_role('x')", "DELETE FROM bashu.fence",
        ] {
            let error = #expect(throws: PostgresError.self, "\(statement)") { try daemon.execute(statement) }
            #expect(error?.sqlState == .insufficientPrivilege, "\(statement)")
        }
    }

    @Test func anUpgradeGivesPeersTheFunctionsThatAreNew() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        let role = "peer of before \(fixture.database)"
        try await fixture.cluster.createRole(role)
        for statement in try Installer.grants(owner, kind: "peer", role: role) { try owner.script(statement) }
        // As a version without policies left it.
        try owner.script("DROP FUNCTION bashu.feed_policy_v1(); UPDATE bashu.installed SET functions_digest = 'old'")
        #expect(try Installer.install(owner, fixture.request()).functionsReplaced)
        let session = try fixture.cluster.session(database: fixture.database, user: role)
        #expect(try session.query("SELECT * FROM bashu.feed_policy_v1()").isEmpty)
        let other = "nobody's \(fixture.database)"
        try await fixture.cluster.createRole(other)
        let may = "SELECT has_function_privilege($1::name, 'bashu.feed_policy_v1()', 'EXECUTE')"
        #expect(try owner.queryOne(may, [.text(other)])?.bool(0) == false)
    }

    @Test(arguments: [
        (
            "peer", ["SELECT * FROM bashu.feed_hello_v1()", "SELECT * FROM bashu.feed_policy_v1()"],
            ["SELECT * FROM bashu.batch", "SELECT * FROM bashu.freshness"]
        ),
        (
            "reader", ["SELECT * FROM bashu.freshness", "SELECT * FROM t"],
            ["SELECT * FROM bashu.pending", "DELETE FROM t"]
        ),
        (
            "administrator", ["SELECT * FROM bashu.conflict_case", "SELECT * FROM bashu.table_shapes()"],
            ["DELETE FROM bashu.conflict_case", "SELECT bashu.table_repair(1)"]
        ),
        ("monitor", ["SELECT * FROM bashu.link", "SELECT * FROM bashu.daemon"], ["SELECT * FROM bashu.chunk"]),
    ])
    func whatIsPrintedForARoleIsWhatItNeeds(_ kind: String, _ allowed: [String], _ refused: [String]) async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        try owner.script("CREATE TABLE t (id integer PRIMARY KEY)")
        try SharedTables.add(owner, "t")
        let role = "\(kind) \"甲\" \(fixture.database)"
        try await fixture.cluster.createRole(role)
        for statement in try Installer.grants(owner, kind: kind, role: role) { try owner.script(statement) }
        let session = try fixture.cluster.session(database: fixture.database, user: role)
        for statement in allowed { try session.script(statement) }
        for statement in refused {
            let error = #expect(throws: PostgresError.self, "\(statement)") { try session.script(statement) }
            #expect(error?.sqlState == .insufficientPrivilege, "\(statement)")
        }
    }

    @Test func anotherKindOfRoleIsAnError() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        let error = #expect(throws: PostgresError.self) { try Installer.grants(owner, kind: "king", role: "x") }
        #expect(error?.sqlState?.rawValue == "22023")
    }
}
