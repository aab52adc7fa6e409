import CatalogueStore
import Postgres
import RegionStore
import TestCluster
import Testing

@Suite struct CatalogueSharingTests {
    @Test func theGuideNamesEveryTable() async throws {
        let session = try await Catalogue.reader()
        let guide = try ChildProcess.run("cat", ["\(Catalogue.folder)/../../Deploy/guide/catalogue.md"]).output
        for table in try Catalogue.tables(session) {
            #expect(guide.contains("`\(table.dropFirst("catalogue.".count))`"), "\(table)")
        }
    }

    @Test func parentsAreSharedFirstAndPersonalColumnsStay() async throws {
        let (cluster, name) = try await Catalogue.database()
        let session = try cluster.session(database: name, user: Catalogue.owner)
        try Installer.install(session, InstallRequest(kind: .region, region: "50", daemonRole: Catalogue.daemon))
        let listed = try CatalogueInstaller.share(session)
        let all = Set(try Catalogue.tables(session)).subtracting(["catalogue.code_label", "catalogue.confirmed"])
        #expect(Set(listed) == all)
        #expect(listed.count == all.count)
        let references = try session.query(
            """
            SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
            WHERE contype = 'f' AND connamespace = 'catalogue'::regnamespace AND conrelid <> confrelid
            """)
        for reference in references {
            let child = try #require(listed.firstIndex(of: try reference.text(0)))
            let parent = try #require(listed.firstIndex(of: try reference.text(1)))
            #expect(parent < child)
        }
        let shared = try SharedTables.list(session)
        #expect(shared.first { $0.name == "person" }?.excluded == ["phone", "identity_no"])
        #expect(shared.filter { !$0.excluded.isEmpty }.map(\.name) == ["person"])
    }

    @Test func everyTableIsTakenAndItsWritesAreCaptured() async throws {
        let (cluster, name) = try await Catalogue.database()
        let session = try cluster.session(database: name, user: Catalogue.owner)
        try Installer.install(session, InstallRequest(kind: .region, region: "50", daemonRole: Catalogue.daemon))
        let tables = try CatalogueInstaller.share(session)
        let shared = try SharedTables.list(session)
        #expect(shared.map { "\($0.schema).\($0.name)" } == tables)
        for table in shared {
            #expect(table.fault == nil && table.degraded == nil, "\(table.name)")
        }
        let standard = try #require(shared.first { $0.name == "standard" })
        #expect(standard.columns.contains("number_raw"))
        #expect(!standard.columns.contains("number_norm"), "generated columns stay at home")

        // Adding a table leaves a marker; what the load touches comes after.
        try session.execute("DELETE FROM bashu.pending")
        try Catalogue.load(cluster, database: name)
        let captured = try session.query(
            """
            SELECT s.table_name FROM bashu.pending p JOIN bashu.shared_table s ON s.id = p.table_id
            WHERE p.keys IS NOT NULL GROUP BY 1 ORDER BY 1
            """
        ).map { try $0.text(0) }
        #expect(
            captured == [
                "administrative_division", "announcement", "cooperation_agreement", "innovation_base", "issuing_org",
                "joint_group", "organization", "organization_alias", "policy_document", "replacement", "standard",
                "standard_ccs", "standard_ics", "statistic",
            ])
        try session.execute("DELETE FROM bashu.pending")
        try Catalogue.load(cluster, database: name)
        let again = try session.queryOne("SELECT count(*) FROM bashu.pending")
        #expect(try again?.int(0) == 0, "loading again touches no key")
    }
}
