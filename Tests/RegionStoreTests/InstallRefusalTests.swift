import Postgres
import TestCluster
import Testing

@testable import RegionStore

@Suite struct InstallRefusalTests {
    private func problems(_ session: Session, _ request: InstallRequest) throws -> [String] {
        let error = #expect(throws: InstallRefused.self) { try Installer.install(session, request) }
        #expect(try session.query("SELECT FROM pg_namespace WHERE nspname = 'bashu' AND nspowner <> 10").isEmpty)
        return error?.problems.map(\.what) ?? []
    }

    @Test(arguments: ["LATIN1", "SQL_ASCII"])
    func anotherEncodingThanUTF8IsRefused(_ encoding: String) async throws {
        let base = try await InstallFixture.empty()
        let database = try await base.cluster.createDatabase(encoding: encoding, owner: InstallFixture.owner)
        let fixture = InstallFixture(cluster: base.cluster, database: database)
        #expect(
            try problems(fixture.owner(), fixture.request()) == ["The database's encoding is \(encoding), not UTF8"])
    }

    @Test func aCharacterTypeWithoutChineseIsRefused() async throws {
        let base = try await InstallFixture.empty()
        let database = "c locale \(base.database)"
        let owner = Session.quoteIdentifier(InstallFixture.owner)
        try base.cluster.session().execute(
            "CREATE DATABASE \"\(database)\" TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8' OWNER \(owner)")
        let fixture = InstallFixture(cluster: base.cluster, database: database)
        let error = #expect(throws: InstallRefused.self) { try Installer.install(fixture.owner(), fixture.request()) }
        #expect(error?.problems.map(\.what) == ["The database's character type C does not know Chinese letters"])
        #expect(error?.problems.first?.remedy.contains("C.UTF-8") == true)
    }

    @Test func everythingThatIsMissingIsNamedAtOnce() async throws {
        let base = try await InstallFixture.empty()
        let database = try await base.cluster.createDatabase(encoding: "LATIN1")
        let fixture = InstallFixture(cluster: base.cluster, database: database)
        let found = try problems(
            fixture.writer(), InstallRequest(kind: .region, region: "重庆", daemonRole: "no one"))
        // The user's Chinese name can not be shown in that encoding.
        #expect(found.count == 4 && found[0] == "\"重庆\" is no code of a region")
        #expect(found[1] == "The database's encoding is LATIN1, not UTF8")
        #expect(found[2].hasSuffix("may not create a schema in database \"\(database)\""))
        #expect(found[3] == "There is no role \"no one\" for the daemon")
    }

    @Test func aRoleThatIsMoreThanADaemonIsRefused() async throws {
        let fixture = try await InstallFixture.empty()
        let superuser = try fixture.superuser()
        let suffix = fixture.database
        let owner = Session.quoteIdentifier(InstallFixture.owner)
        try superuser.script(
            """
            CREATE ROLE "super \(suffix)" LOGIN SUPERUSER; CREATE ROLE "nologin \(suffix)" NOLOGIN;
            CREATE ROLE "member \(suffix)" LOGIN IN ROLE \(owner);
            """)
        let session = try fixture.owner()
        func found(_ role: String) throws -> [String] {
            try problems(session, InstallRequest(kind: .region, region: "50", daemonRole: role))
        }
        #expect(try found("super \(suffix)") == ["The daemon's role \"super \(suffix)\" is a superuser"])
        #expect(try found("nologin \(suffix)") == ["The daemon's role \"nologin \(suffix)\" can not log in"])
        #expect(try found("member \(suffix)").first?.contains("member of the owner's role") == true)
        #expect(try found(InstallFixture.owner).first?.contains("is the owner, whose writes") == true)
    }

    @Test func aSchemaOfThatNameOrAnotherOwnerIsRefused() async throws {
        let fixture = try await InstallFixture.empty()
        let owner = try fixture.owner()
        try owner.execute("CREATE SCHEMA bashu")
        let error = #expect(throws: InstallRefused.self) { try Installer.install(owner, fixture.request()) }
        #expect(error?.problems.map(\.what) == ["There is a schema \"bashu\" that is not Bashu's"])
        try owner.execute("DROP SCHEMA bashu")
        try Installer.install(owner, fixture.request())
        let other = #expect(throws: InstallRefused.self) {
            try Installer.install(fixture.superuser(), fixture.request())
        }
        #expect(other?.problems.first?.what.hasPrefix("Bashu's objects belong to") == true)
        let region = #expect(throws: InstallRefused.self) {
            try Installer.install(owner, fixture.request(region: "51"))
        }
        #expect(region?.problems.map(\.what) == ["The database is region 50, not region 51"])
    }

    @Test func databasePrivilegesThatAreMissingAreNamed() async throws {
        let fixture = try await InstallFixture.empty()
        let database = Session.quoteIdentifier(fixture.database)
        let writer = Session.quoteIdentifier(InstallFixture.writer)
        try fixture.superuser().script(
            "REVOKE TEMPORARY ON DATABASE \(database) FROM PUBLIC; GRANT CREATE ON DATABASE \(database) TO \(writer)")
        let session = try fixture.writer()
        #expect(try problems(session, fixture.request()).first?.contains("temporary tables") == true)
        // The owner of the database can grant it, and does.
        try Installer.install(fixture.owner(), fixture.request())
        try fixture.daemon().execute("CREATE TEMPORARY TABLE keys (k text)")
    }
}
