import Postgres
import RegionStore
import TestCluster
import Testing

/// `bashuctl catalogue install`, as an owner runs it: before and after Bashu, twice, and where somebody was before.
@Suite struct CatalogueInstallTests {
    private struct World {
        let cluster: TestCluster
        let name: String
        let session: Session

        func ctl(
            _ arguments: String..., language: String = "C.UTF-8"
        ) throws -> (code: Int32?, output: String, errors: String) {
            let run = try ChildProcess.run(
                ChildProcess.builtProduct("bashuctl"), arguments,
                environment: [
                    "BASHU_CONFIG": "/dev/null", "LC_ALL": language,
                    "BASHU_DATABASE": cluster.conninfo(database: name, user: Catalogue.owner),
                ])
            guard case .exited(let code) = run.status else { return (nil, run.output, run.errors) }
            return (code, run.output, run.errors)
        }
    }

    private func world() async throws -> World {
        // The owner's role is made with the templates.
        let (cluster, _) = try await Catalogue.database()
        let name = try await cluster.createDatabase(owner: Catalogue.owner)
        return World(cluster: cluster, name: name, session: try cluster.session(database: name, user: Catalogue.owner))
    }

    @Test func installsSharesAndDoesNothingTwice() async throws {
        let world = try await world()
        let first = try world.ctl("catalogue", "install")
        #expect(first.code == 0, "\(first.errors)")
        #expect(first.output.contains("after bashuctl init"))
        let refused = try world.ctl("catalogue", "install", "--share")
        #expect(refused.code != 0, "there is nothing to share with")
        try Installer.install(
            world.session, InstallRequest(kind: .region, region: "50", daemonRole: Catalogue.daemon))
        let second = try world.ctl("catalogue", "install", "--share")
        #expect(second.code == 0, "\(second.errors)")
        let shared = try SharedTables.list(world.session)
        let all = try Catalogue.tables(world.session)
            .filter { !["catalogue.code_label", "catalogue.confirmed", "catalogue.migration"].contains($0) }
        #expect(Set(shared.map { "\($0.schema).\($0.name)" }) == Set(all))
        #expect(shared.allSatisfy { $0.fault == nil && $0.degraded == nil })
        #expect(second.output.contains("\(all.count) tables are shared now."))
        let third = try world.ctl("catalogue", "install", "--share", language: "zh_CN.UTF-8")
        #expect(third.code == 0 && third.output.contains("目录表已是最新") && third.output.contains("新增共享 0 个表"))
    }

    @Test func refusesASchemaOfUnknownState() async throws {
        let world = try await world()
        try world.session.script("CREATE SCHEMA catalogue; CREATE TABLE catalogue.mine (id int)")
        let run = try world.ctl("catalogue", "install")
        #expect(run.code == 1)
        #expect(run.errors.contains("nothing tells which of its files were run"))
        #expect(try Catalogue.tables(world.session) == ["catalogue.mine"])
    }
}
