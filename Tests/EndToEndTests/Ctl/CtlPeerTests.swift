import Postgres
import TestCluster
import Testing

@testable import TestFederation

@Suite struct CtlPeerTests {
    private func lonely() async throws -> Party {
        try await Federation.make(regions: ["50"])["50"]
    }

    @Test func peersComePauseAndGo() async throws {
        let party = try await lonely()
        #expect(try party.ctl("peer", "list").output == "No peers yet. Add one with: bashuctl peer add\n")
        let login = "ctl_peer_with_a_long_name_\(party.database)"
        try party.cluster.session().script("CREATE ROLE \(login) LOGIN")
        let add = try party.ctl("peer", "add", "51", "--conninfo", "host=sc.example dbname=标准", "--login", login)
        #expect(add.status == .exited(0), "\(add.errors)")
        #expect(
            add.lines == [
                "Peer 51 added.", "bashud is not running here; it will connect to 51 once it is started.", "",
            ])
        let institution = try party.ctl("peer", "add", "cqu", "--login", Party.application)
        #expect(institution.output == "Peer cqu added.\n")
        #expect(
            try party.ctl("peer", "list", changes: ["COLUMNS": "120"]).lines == [
                "PEER  STATE       CONTACT  LOGIN\(pad(login, 5))  REPORT  PULLED FROM",
                "----  ----------  -------  \(dashes(login))  ------  ---------------------------",
                "51    connecting    never  \(login)   never  host=sc.example dbname=标准",
                "cqu   -                 -  \(Party.application)\(pad(login, Party.application.count))   never  -",
                "",
            ])
        #expect(try party.ctl("peer", "pause", "51").output.hasPrefix("Pulling from 51 is paused. "))
        #expect(try party.ctl("peer", "list").lines[2].hasPrefix("51    paused "))
        #expect(
            try party.ctl("peer", "resume", "51", changes: ["LC_ALL": "zh_CN.UTF-8"]).output == "已恢复从 51 拉取。\n")
        for command in ["pause", "resume"] {
            let nothing = try party.ctl("peer", command, "cqu")
            #expect(nothing.status == .exited(1))
            #expect(nothing.errors == "bashuctl: peer cqu has no conninfo, so nothing can be pulled from it\n")
        }
        #expect(try party.ctl("peer", "remove", "51").output.hasPrefix("Peer 51 removed. "))
        for command in ["remove", "pause", "resume"] {
            let gone = try party.ctl("peer", command, "51")
            #expect(gone.status == .exited(1))
            #expect(gone.errors == "bashuctl: no peer named 51; see: bashuctl peer list\n")
        }
    }

    private func pad(_ login: String, _ used: Int) -> String { String(repeating: " ", count: login.count - used) }
    private func dashes(_ login: String) -> String { String(repeating: "-", count: login.count) }

    @Test func aLoginMayPullFromTheMomentItIsAdded() async throws {
        let party = try await lonely()
        let login = "ctl_login_\(party.database)"
        try party.cluster.session().script("CREATE ROLE \(login) LOGIN")
        func hello() throws -> Bool {
            let session = try party.cluster.session(database: party.database, user: login)
            do {
                return try session.queryOne("SELECT * FROM bashu.feed_hello_v1()") != nil
            } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
                return false
            }
        }
        #expect(try !hello())
        #expect(try party.ctl("peer", "add", "51", "--login", login).status == .exited(0))
        #expect(try hello())
        try party.cluster.session(database: party.database, user: login).script(
            "SELECT bashu.feed_position_v1('{\"region\": \"51\"}', '{\"50-1\": 7}', '{}')")
        #expect(try party.ctl("peer", "list").lines[2].contains("never  -") == false)
        #expect(try party.ctl("peer", "remove", "51").status == .exited(0))
        #expect(try !hello())
        // Whoever has that login next may have nothing.
        #expect(try party.ctl("peer", "add", "51", "--login", login).status == .exited(0))
        #expect(try party.ctl("peer", "list").lines[2].contains("never  -"))
    }

    @Test func aPeerThatWillNotDoIsRefusedWithTheReason() async throws {
        let party = try await lonely()
        try party.cluster.session().script(
            """
            DO $$ BEGIN
                IF to_regrole('ctl_nologin') IS NULL THEN CREATE ROLE ctl_nologin NOLOGIN; END IF;
            END $$
            """)
        _ = try party.ctl("peer", "add", "taken", "--login", Party.application)
        let cases: [([String], String)] = [
            (["有", "--conninfo", "host=a"],
                "\"有\" cannot name a peer: use 1 to 64 letters, digits, _, . or - of ASCII"),
            (["50", "--conninfo", "host=a"], "50 is this region itself; name the peer after the other region"),
            (["51", "--login", "nobody_here"],
                "there is no role nobody_here; CREATE ROLE nobody_here LOGIN"),
            (["51", "--login", "ctl_nologin"], "role ctl_nologin cannot log in"),
            (["51", "--login", "postgres"],
                "role postgres is a superuser; a peer gets a role with no rights of its own"),
            (["51", "--login", Party.daemonRole],
                "role \(Party.daemonRole) is bashud's own; a peer gets another"),
            (["51", "--login", Party.application], "another peer uses login \(Party.application) already"),
            (["taken", "--conninfo", "host=a"], "there is a peer named taken already"),
        ]
        for (arguments, reason) in cases {
            let run = try Ctl.finish(Ctl.start(["peer", "add"] + arguments, party.ctlEnvironment))
            #expect(run.status == .exited(1))
            #expect(run.errors == "bashuctl: \(reason)\n")
        }
    }
}
