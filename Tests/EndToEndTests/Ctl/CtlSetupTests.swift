import Postgres
import TestCluster
import Testing

@testable import TestFederation

/// From a bare database to shared tables, peers, and back.
@Suite struct CtlSetupTests {
    private struct Bare {
        let database: String
        let session: Session
        let environment: [String: String?]

        func ctl(_ arguments: String..., chinese: Bool = false) throws -> Ctl.Run {
            let language: [String: String?] = chinese ? ["LC_ALL": "zh_CN.UTF-8"] : [:]
            return try Ctl.finish(Ctl.start(arguments, environment.merging(language) { $1 }))
        }
    }

    /// A database without Bashu, its owner and a role for the daemon.
    private func bare() async throws -> Bare {
        // The harness makes the roles that all databases of the shared server have in common.
        let world = try await Federation.make(regions: ["50"])
        let cluster = world.cluster
        let database = try await cluster.createDatabase(owner: Party.owner)
        let conninfo = cluster.conninfo(database: database, user: Party.owner)
        return Bare(
            database: database, session: try cluster.session(database: database, user: Party.owner),
            environment: ["BASHU_DATABASE": conninfo])
    }

    @Test func initInstallsOnceAndPrintsTheGrants() async throws {
        let bare = try await bare()
        let first = try bare.ctl("init", "--region", "50", "--daemon-role", Party.daemonRole)
        #expect(first.status == .exited(0), "\(first.errors)")
        let version = try #require(
            try bare.session.queryOne("SELECT max(version) FROM bashu.migration")?[int: 0])
        let origin = try #require(try bare.session.queryOne("SELECT name FROM bashu.origin WHERE own")?[text: 0])
        #expect(first.lines.prefix(3) == [
            "Bashu is installed in \(bare.database) (schema \(version)).",
            "This database publishes as \(origin).",
            "",
        ])
        let role = try bare.session.queryOne("SELECT current_user")?[text: 0]
        #expect(role == Party.owner)
        #expect(first.lines.contains("GRANT USAGE ON SCHEMA bashu TO ROLE;"))
        #expect(first.lines.contains { $0.contains(/^GRANT EXECUTE ON FUNCTION bashu\.feed_.* TO ROLE;$/) })

        let second = try bare.ctl("init", "--region", "50", "--daemon-role", Party.daemonRole)
        #expect(second.status == .exited(0))
        #expect(second.lines[0] == "Bashu is in \(bare.database) already (schema \(version)); nothing to do.")
        let upgrade = try bare.ctl("init", chinese: true)
        #expect(upgrade.status == .exited(0))
        #expect(upgrade.lines[0] == "\(bare.database) 中已有 Bashu（模式版本 \(version)），无需更改。")
        let other = try bare.ctl("init", "--region", "51")
        #expect(other.status == .exited(1))
        #expect(other.errors.contains("The database is region 50, not region 51"))
    }

    @Test func initSaysEverythingThatIsMissing() async throws {
        let bare = try await bare()
        let unnamed = try bare.ctl("init")
        #expect(unnamed.status == .exited(64))
        let wrong = try bare.ctl("init", "--region", "五十", "--daemon-role", "no such role", chinese: true)
        #expect(wrong.status == .exited(1))
        let lines = wrong.errors.split(separator: "\n")
        #expect(lines.first == "bashuctl：无法在此安装 Bashu：")
        #expect(lines.count == 3)
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("- ") })
        #expect(try bare.session.queryOne("SELECT to_regnamespace('bashu')")?[text: 0] == nil)
    }

    @Test func tablesAreSharedListedAndReleased() async throws {
        let bare = try await bare()
        _ = try bare.ctl("init", "--region", "50", "--daemon-role", Party.daemonRole)
        try bare.session.script(
            #"""
            CREATE SCHEMA "质检";
            CREATE TABLE "质检"."标准 ""甲""" (号 text, 年 integer, 题 text, 备注 text DEFAULT '', PRIMARY KEY (号, 年));
            CREATE TABLE nokey (a integer);
            CREATE TABLE plain (id uuid PRIMARY KEY, n integer);
            """#)
        #expect(try bare.ctl("table", "list").output == "No shared tables yet. Share one with: bashuctl table add\n")
        let add = try bare.ctl("table", "add", #""质检"."标准 ""甲""""#, "--without", "备注")
        #expect(add.status == .exited(0), "\(add.errors)")
        #expect(add.output == "Table 质检.标准 \"甲\" is shared: 3 columns, key (号, 年).\n")
        #expect(try bare.ctl("table", "add", "plain", chinese: true).output == "表 plain 已共享：2 列，键为（id）。\n")
        #expect(
            try bare.ctl("table", "list").lines == [
                "TABLE           KEY     COLUMNS  NOT SHARED  REASON",
                "--------------  ------  -------  ----------  ------",
                "质检.标准 \"甲\"  号, 年        3  备注",
                "plain           id            2  -",
                "",
            ])
        let refused = try bare.ctl("table", "add", "nokey")
        #expect(refused.status == .exited(1))
        #expect(refused.errors.hasPrefix("bashuctl: table nokey cannot be shared:\n- "))
        let unknown = try bare.ctl("table", "add", "nothing")
        #expect(unknown.status == .exited(1))
        #expect(unknown.errors == "bashuctl: there is no table nothing\n")
        #expect(try bare.ctl("table", "accept", "plain").output == "Nothing of plain is held.\n")
        #expect(
            try bare.ctl("table", "remove", "plain").output
                == "Table plain is not shared any more; its rows and its history stay.\n")
        let again = try bare.ctl("table", "remove", "plain")
        #expect(again.status == .exited(1))
        #expect(again.errors == "bashuctl: table plain is not shared; see: bashuctl table list\n")
    }

    @Test func uninstallWantsAYesAndLeavesTheTables() async throws {
        let bare = try await bare()
        _ = try bare.ctl("init", "--region", "50", "--daemon-role", Party.daemonRole)
        try bare.session.script(
            "CREATE TABLE plain (id uuid PRIMARY KEY); INSERT INTO plain VALUES (gen_random_uuid())")
        _ = try bare.ctl("table", "add", "plain")
        let asked = try bare.ctl("uninstall")
        #expect(asked.status == .exited(64))
        #expect(asked.errors.hasSuffix("If that is meant, add --yes\n") || asked.errors.contains("add --yes"))
        #expect(try bare.session.queryOne("SELECT count(*) FROM bashu.shared_table")?.int(0) == 1)
        let done = try bare.ctl("uninstall", "--yes")
        #expect(done.status == .exited(0))
        #expect(try bare.session.queryOne("SELECT to_regnamespace('bashu')")?[text: 0] == nil)
        #expect(try bare.session.queryOne("SELECT count(*) FROM plain")?.int(0) == 1)
    }
}
