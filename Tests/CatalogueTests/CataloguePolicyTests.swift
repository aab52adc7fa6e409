import Postgres
import RegionStore
import TestCluster
import Testing

/// The policy that comes with the catalogue.
@Suite struct CataloguePolicyTests {
    @Test func theCatalogueFitsItsPolicyAndTheCommandsSaySo() async throws {
        let (cluster, name) = try await Catalogue.database()
        let session = try cluster.session(database: name, user: Catalogue.owner)
        try Installer.install(session, InstallRequest(kind: .region, region: "50", daemonRole: Catalogue.daemon))
        for table in try Catalogue.tables(session) where table != "catalogue.code_label" {
            var options = SharingOptions()
            options.triggers = .allow
            try SharedTables.add(session, table, options: options)
        }
        let file = "\(Catalogue.folder)/../policy/catalogue.toml"
        func ctl(_ arguments: String...) throws -> (isDone: Bool, output: String, errors: String) {
            let run = try ChildProcess.run(
                ChildProcess.builtProduct("bashuctl"), arguments,
                environment: [
                    "BASHU_CONFIG": "/dev/null", "LC_ALL": "C.UTF-8",
                    "BASHU_DATABASE": cluster.conninfo(database: name, user: Catalogue.owner),
                ])
            return (run.status == .exited(0), run.output, run.errors)
        }
        let check = try ctl("policy", "check", file)
        #expect(check.isDone, "\(check.errors)")
        #expect(!check.errors.contains("\(file), line") || check.errors.contains("warning"), "\(check.errors)")
        #expect(try ctl("policy", "apply", file).output.contains("tables has changed"))
        #expect(try ctl("policy", "apply", file).output == "Nothing changes: this is the policy already.\n")
        let shown = try ctl("policy", "show", "-o", "json").output
        #expect(shown.contains("\"park_child\"") && shown.contains("\"source_asof\""))
        #expect(try ctl("policy", "rehearse", file).output == "No recorded conflict would end otherwise.\n")
    }
}
