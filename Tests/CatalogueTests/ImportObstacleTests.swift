import CatalogueStore
import Foundation
import Postgres
import RegionStore
import TestCluster
import Testing

@Suite struct ImportObstacleTests {
    @Test func theDaemonsLoginAndAReplicaAreRefused() async throws {
        let folder = Folder()
        let path = folder.path + "/empty.csv"
        try Data("org_id\n".utf8).write(to: URL(fileURLWithPath: path))
        for kind in [NodeKind.region, .replica] {
            let (cluster, name) = try await Catalogue.database()
            let owner = try cluster.session(database: name, user: Catalogue.owner)
            try Installer.install(owner, InstallRequest(kind: kind, region: "50", daemonRole: Catalogue.daemon))
            _ = try CatalogueInstaller.share(owner)
            let daemon = Session.quoteIdentifier(Catalogue.daemon)
            try owner.execute("GRANT ALL ON ALL TABLES IN SCHEMA catalogue TO \(daemon)")
            let login = kind == .region ? Catalogue.daemon : Catalogue.owner
            let session = try cluster.session(database: name, user: login)
            let expected =
                kind == .region
                ? ImportError.daemonRole(login) : ImportError.replica(table: "catalogue.organization")
            #expect(throws: expected) {
                try Importer(session, into: "organization", from: path, ImportOptions()).run()
            }
        }
    }

    /// The connection is cut between two announcements: what is committed stays, and the next run does the rest.
    @Test func anImportThatWasCutOffGoesOnWhereItWas() async throws {
        let bench = try await ImportBench()
        let lines = (1...9).map { number in
            "DB50/T \(number)-2020,标准𬭎\(number),现行,渝市监发〔2020〕\((number + 2) / 3)号\n"
        }
        let path = try bench.file("a.csv", "number_raw,title_zh,status,announcement\n" + lines.joined())
        var options = ImportOptions()
        options.perAnnouncement = true
        let session = try bench.session()
        let admin = try bench.cluster.session(database: bench.database)
        let process = try #require(try session.queryOne("SELECT pg_backend_pid()")?.int(0))
        #expect(throws: PostgresError.self) {
            try Importer(session, into: "catalogue.standard", from: path, options) { progress in
                guard case .writing(let records, _) = progress, records >= 3 else { return }
                _ = try? admin.query("SELECT pg_terminate_backend($1::integer)", [.int(Int(process))])
            }.run()
        }
        let stored = try bench.one("SELECT count(*)::text FROM catalogue.standard")
        #expect(stored == "3")
        let report = try bench.load(path: path) { $0.perAnnouncement = true }
        #expect(report.unchanged == 3 && report.new == 6 && report.transactions == 3)
    }
}
