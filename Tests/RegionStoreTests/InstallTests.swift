import Postgres
import TestCluster
import Testing

@testable import RegionStore

@Suite struct InstallTests {
    @Test func anOrdinaryOwnerInstallsAndEverythingIsThere() async throws {
        let fixture = try await InstallFixture.empty()
        let owner = try fixture.owner()
        let outcome = try Installer.install(owner, fixture.request())
        #expect(outcome.from == 0 && outcome.to == Installer.version && outcome.functionsReplaced)
        let origin = try #require(outcome.origin)
        #expect(origin.hasPrefix("50-") && origin.count == 15)
        try Installer.checkVersion(owner)
        try Installer.checkVersion(try fixture.daemon())
        let node = try #require(try owner.queryOne("SELECT kind, region, daemon_role FROM bashu.node"))
        #expect(try node.text(0) == "region" && node.text(1) == "50" && node.text(2) == InstallFixture.daemon)
    }

    @Test func installingAgainChangesNothing() async throws {
        let fixture = try await InstallFixture.installed()
        let owner = try fixture.owner()
        let before = try snapshot(owner)
        let outcome = try Installer.install(owner, fixture.request())
        #expect(outcome.from == Installer.version && !outcome.functionsReplaced)
        #expect(try snapshot(owner) == before)
    }

    private func snapshot(_ session: Session) throws -> [String?] {
        try session.query(
            """
            SELECT p.oid || ' ' || p.xmin FROM pg_proc p WHERE pronamespace = 'bashu'::regnamespace AND false
            UNION ALL SELECT p.oid || ' ' || md5(p.prosrc) FROM pg_proc p WHERE pronamespace = 'bashu'::regnamespace
            UNION ALL SELECT name FROM bashu.origin UNION ALL SELECT applied_at::text FROM bashu.migration
            ORDER BY 1
            """
        ).map { $0[text: 0] }
    }
}
