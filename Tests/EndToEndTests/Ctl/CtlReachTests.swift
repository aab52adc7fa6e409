import Postgres
import TestCluster
import Testing

@testable import TestFederation

/// Databases that cannot be reached, or are not what was meant.
@Suite struct CtlReachTests {
    @Test func aServerThatIsNotThereIsStatus2() throws {
        for command in [["status"], ["peer", "list"], ["init", "--region", "50", "--daemon-role", "d"], ["verify"]] {
            let run = try Ctl.finish(
                Ctl.start(command, ["BASHU_DATABASE": "host=/nonexistent dbname=a user=b connect_timeout=2"]))
            #expect(run.status == .exited(2), "\(command)")
            #expect(run.output.isEmpty)
            #expect(run.errors.hasPrefix("bashuctl: cannot reach the database: "), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1)
        }
    }

    @Test func aWrongPasswordIsStatus2AndNeverAsked() async throws {
        let cluster = try await TestCluster.shared(.init(password: "right"))
        let conninfo = "host=\(cluster.socketFolder) port=\(cluster.port) dbname=postgres user=postgres"
        let wrong = try Ctl.run("status", changes: ["BASHU_DATABASE": conninfo, "PGPASSWORD": "wrong"])
        #expect(wrong.status == .exited(2))
        #expect(wrong.errors.contains("password authentication failed for user \"postgres\""))
        let none = try Ctl.run("status", changes: ["BASHU_DATABASE": conninfo])
        #expect(none.status == .exited(2))
        #expect(none.errors.contains("no password supplied"))
    }

    @Test func aDatabaseWithoutBashuIsStatus1() async throws {
        let cluster = try await TestCluster.shared()
        let database = try await cluster.createDatabase()
        let conninfo = cluster.conninfo(database: database)
        let commands = [
            ["status"], ["table", "list"], ["peer", "list"], ["conflict", "list"], ["history", "t", "1"],
            ["verify"], ["wait", "--peer", "51"], ["join", "--from", "50"], ["uninstall", "--yes"],
            ["peer", "pause", "51"], ["conflict", "resolve", "50:1:0", "--delete", "--reason", "r"],
        ]
        for command in commands {
            let run = try Ctl.finish(Ctl.start(command, ["BASHU_DATABASE": conninfo]))
            #expect(run.status == .exited(1), "\(command)")
            #expect(
                run.errors == "bashuctl: there is no Bashu in this database; install it with: bashuctl init\n",
                "\(command)")
        }
    }

    @Test func aRoleWithoutRightsIsToldSo() async throws {
        let world = try await Federation.make(regions: ["50"])
        let party = world["50"]
        let conninfo = party.cluster.conninfo(database: party.database, user: Party.application)
        let run = try party.ctl("status", "--database", conninfo)
        #expect(run.status == .exited(1))
        #expect(
            run.errors == "bashuctl: this role may not do that: permission denied for schema bashu; the grants are "
                + "printed by `bashuctl init`\n")
    }

    @Test func aDatabaseOfAnotherVersionIsStatus1() async throws {
        let party = try await Federation.make(regions: ["50"])["50"]
        try await party.run("INSERT INTO bashu.migration (version, name) VALUES (9999, 'later')", as: .superuser)
        for command in [["status"], ["conflict", "list"], ["peer", "remove", "51"], ["wait", "--peer", "51"]] {
            let run = try Ctl.finish(Ctl.start(command, party.ctlEnvironment))
            #expect(run.status == .exited(1))
            #expect(run.errors.hasPrefix("bashuctl: the database has Bashu's schema 9999, this program is made for "))
        }
    }
}
