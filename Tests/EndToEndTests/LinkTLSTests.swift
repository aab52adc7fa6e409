import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

/// Links over TLS, between real servers with certificates of a small authority: the way that works, and each refusal
/// with its reason. A host with a name is another machine, whatever its address is.
@Suite(.serialized) struct LinkTLSTests {
    /// A server that lets in only who shows a certificate, and one whose own certificate is out of date.
    private struct Stage {
        let authority: TestAuthority
        let stranger: TestAuthority
        let world: Federation
        let expired: TestCluster
        /// Of everybody who pulls from 51 with the right certificate.
        let login: String

        /// How 50 comes to 51, `more` after the rest.
        func way(_ more: String, host: String = "db.sc.example", user: String? = nil) -> String {
            let party = world["51"]
            return "host=\(host) hostaddr=127.0.0.1 port=\(party.cluster.port) dbname=\(party.database) "
                + "user=\(user ?? login) sslrootcert=\(authority.folder)/ca.pem \(more)"
        }

        /// With a good client certificate.
        func good(_ more: String = "", host: String = "db.sc.example") -> String {
            way("\(authority.client("bashu-50")) \(more)", host: host)
        }
    }

    private static let stage = Task { try await makeStage() }

    private static func makeStage() async throws -> Stage {
        let authority = try TestAuthority()
        let stranger = try TestAuthority()
        try authority.run("server", "db.sc.example", "10.1.2.3")
        try authority.run("server", "old.sc.example", until: "20250101000000Z")
        try authority.run("client", "bashu-50")
        try authority.run("client", "bashu-51")
        try authority.run("client", "withdrawn")
        try authority.run("client", "late", until: "20250101000000Z")
        try authority.run("client", "soon", until: Self.inTenDays())
        try stranger.run("client", "bashu-50")
        // Two lists: one as it is, one with the server on it.
        try authority.run("revoke", "withdrawn")
        let list = try authority.write("", to: "before.pem")
        _ = try ChildProcess.run("cp", ["\(authority.folder)/crl.pem", list])
        try authority.run("revoke", "db.sc.example")
        let access = try authority.write(
            """
            local all all trust
            hostssl all all 127.0.0.1/32 cert map=bashu

            """, to: "hba.conf")
        let map = try authority.write("bashu /^bashu-(.*)$ peer_tls_\\1\nbashu soon peer_tls_50\n", to: "ident.conf")
        var settings = authority.serverSettings("db.sc.example")
        settings["hba_file"] = access
        settings["ident_file"] = map
        settings["ssl_crl_file"] = list
        let cluster = try await TestCluster.start(.init(settings: settings))
        let expired = try await TestCluster.start(.init(settings: authority.serverSettings("old.sc.example")))
        let world = try await Federation.make(regions: ["50", "51"], links: [], cluster: cluster)
        let login = "peer_tls_50"
        try await cluster.createRole(login)
        let owner = try await world["51"].connection(as: .owner)
        try await owner.run { session in
            for grant in try Installer.grants(session, kind: "peer", role: login) { try session.script(grant) }
            try session.execute("INSERT INTO bashu.peer (name, login) VALUES ('50', $1)", [.text(login)])
        }
        await owner.close()
        return Stage(authority: authority, stranger: stranger, world: world, expired: expired, login: login)
    }

    private static func inTenDays() throws -> String {
        let date = try ChildProcess.run("date", ["-u", "-d", "10 days", "+%Y%m%d%H%M%SZ"])
        return String(date.output.prefix { $0 != "\n" })
    }

    /// Has the daemon of 50 try these ways at once; the links by name.
    private func links(
        _ ways: [String: String], environment: [String: String?] = [:], until: (Party.LinkState) -> Bool
    ) async throws -> [String: Party.LinkState] {
        let stage = try await Self.stage.value
        let party = stage.world["50"]
        for (name, way) in ways {
            try await party.run(
                "INSERT INTO bashu.peer (name, conninfo) VALUES ('\(name)', \(Session.quoteLiteral(way)))", as: .owner)
        }
        try await party.startDaemon(environment)
        var found: [String: Party.LinkState] = [:]
        for name in ways.keys { found[name] = try await party.awaitLink(name, until) }
        try await party.run("DELETE FROM bashu.peer", as: .owner)
        try await party.stopDaemon()
        return found
    }

    @Test func everyRefusalHasAStateAndAReason() async throws {
        let stage = try await Self.stage.value
        let plain = try await TestCluster.shared()
        let expected: [String: (way: String, reason: String)] = [
            "weak": (stage.good("sslmode=require"), "sslmode=require lets others read and forge"),
            "prefer": (stage.good("sslmode=prefer"), "set sslmode=verify-full and sslrootcert"),
            "ca": (stage.good("sslmode=verify-ca"), "sslmode=verify-ca lets others read and forge"),
            "host": (stage.good(host: "db.cq.example"), "is for another name: host in the connection string must be"),
            "unknown": (
                stage.way("sslrootcert=\(stage.stranger.folder)/ca.pem \(stage.authority.client("bashu-50"))"),
                "is not from an authority in sslrootcert"
            ),
            "noroot": (stage.good("sslrootcert=/nonexistent/ca.pem"), "name the file of its authority with"),
            "revoked": (stage.good("sslcrl=\(stage.authority.folder)/crl.pem"), "is revoked: it needs a new one there"),
            "crl": (stage.good("sslcrl=\(stage.stranger.folder)/crl.pem"), "sslcrl is out of date or of another"),
            "expired": (
                "host=old.sc.example hostaddr=127.0.0.1 port=\(stage.expired.port) user=postgres dbname=postgres "
                    + "sslrootcert=\(stage.authority.folder)/ca.pem",
                "expired on 2025-01-01: it must be renewed there"
            ),
            "plain": (
                "host=plain.example hostaddr=127.0.0.1 port=\(plain.port) user=postgres dbname=postgres "
                    + "sslrootcert=\(stage.authority.folder)/ca.pem", "has TLS switched off: set ssl = on there"
            ),
            "nameless": (stage.way("sslcert=/nonexistent"), "does not accept our certificate"),
            "late": (stage.way(stage.authority.client("late")), "our certificate (certificate expired)"),
            "withdrawn": (stage.way(stage.authority.client("withdrawn")), "our certificate (certificate revoked)"),
            "forged": (stage.way(stage.stranger.client("bashu-50")), "our certificate (unknown ca)"),
            "somebody": (stage.way(stage.authority.client("bashu-51")), "does not accept our certificate"),
            "nokey": (
                stage.way("sslcert=\(stage.authority.folder)/bashu-50.pem sslkey=/nonexistent.key"),
                "our certificate or its key cannot be used"
            ),
        ]
        let found = try await links(expected.mapValues(\.way)) { !$0.reason.isEmpty }
        for (name, want) in expected {
            #expect(found[name]?.state == "held", "\(name): \(String(describing: found[name]))")
            #expect(found[name]?.reason.contains(want.reason) == true, "\(name): \(found[name]?.reason ?? "")")
            #expect(found[name]?.reason.contains("\n") == false)
        }
    }

    @Test func aVerifiedLinkWorksAndSaysWhenCertificatesEnd() async throws {
        let stage = try await Self.stage.value
        try await stage.world["51"].run("INSERT INTO standard (number, title) VALUES ('DB51/T 9', '加密')")
        try await stage.world["51"].startDaemon()
        let party = stage.world["50"]
        try await party.run(
            """
            INSERT INTO bashu.peer (name, conninfo) VALUES ('51', \(Session.quoteLiteral(stage.good())))
            """, as: .owner)
        // What the environment says does not weaken it.
        try await party.startDaemon(["PGSSLMODE": "disable", "PGGSSENCMODE": "prefer"])
        try await eventually("the row has arrived", timeout: .seconds(30)) {
            try await party.value("SELECT title FROM standard WHERE number = 'DB51/T 9'") == "加密"
        }
        try await party.awaitLink("51") { ["waiting", "streaming"].contains($0.state) && $0.reason.isEmpty }
        #expect(
            try await stage.world["51"].value(
                """
                SELECT bool_and(s.ssl) AND count(*) > 0 FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
                WHERE a.usename = 'peer_tls_50'
                """) == "t")
        let tls = try await party.rows(
            """
            SELECT peer_node -> 'tls' ->> 'version', to_timestamp((peer_node -> 'tls' ->> 'server_until')::bigint / 1e6)
                BETWEEN now() + interval '360 days' AND now() + interval '366 days',
                (peer_node -> 'tls' ->> 'own_until')::bigint > 0
            FROM bashu.link WHERE peer = '51'
            """)
        #expect(tls == [["TLSv1.3", "t", "t"]])
        // A certificate that ends soon is spoken of, and works.
        let soon = stage.way(stage.authority.client("soon"))
        try await party.run("UPDATE bashu.peer SET conninfo = \(Session.quoteLiteral(soon))", as: .owner)
        let link = try await party.awaitLink("51") { $0.reason.contains("our certificate for the peer expires on") }
        #expect(link.reason.contains("in 9 days: renew it"))
        #expect(["waiting", "streaming"].contains(link.state))
        try await party.run("DELETE FROM bashu.peer", as: .owner)
        try await party.stopDaemon()
        try await stage.world["51"].stopDaemon()
    }

    /// A service file says where and with which certificate; what it says of TLS weakens nothing.
    @Test func aServiceFileIsEnoughAndDoesNotWeaken() async throws {
        let stage = try await Self.stage.value
        let party = stage.world["50"]
        let file = try stage.authority.write(
            "[sichuan]\n" + stage.good("sslmode=disable gssencmode=prefer").replacing(" ", with: "\n") + "\n",
            to: "pg_service.conf")
        try await party.run("INSERT INTO bashu.peer (name, conninfo) VALUES ('51', 'service=sichuan')", as: .owner)
        try await party.startDaemon(["PGSERVICEFILE": file])
        try await party.awaitLink("51") { ["waiting", "streaming"].contains($0.state) && $0.reason.isEmpty }
        #expect(
            try await party.value("SELECT peer_node -> 'tls' ->> 'version' FROM bashu.link WHERE peer = '51'")
                == "TLSv1.3")
        try await party.run("DELETE FROM bashu.peer", as: .owner)
        try await party.stopDaemon()
    }

    @Test func peerAddRefusesWhatIsWeakUnlessTheSettingSaysOtherwise() async throws {
        let party = try await Federation.make(regions: ["50"])["50"]
        for mode in ["disable", "allow", "prefer", "require", "verify-ca"] {
            let run = try party.ctl("peer", "add", "51", "--conninfo", "host=db.sc.example sslmode=\(mode)")
            #expect(run.status == .exited(64), "\(run.output)")
            #expect(run.errors.contains("sslmode=\(mode) lets others read and forge"))
        }
        #expect(try party.ctl("peer", "list").output.contains("No peers yet"))
        let chinese = try party.ctl(
            "peer", "add", "51", "--conninfo", "postgresql://db.sc.example/标准?sslmode=require",
            changes: ["LC_ALL": "zh_CN.UTF-8"])
        #expect(chinese.errors.contains("sslmode=require 使他人能够窃听或冒充对端"))
        for (name, way) in [
            ("a", "host=db.sc.example"), ("b", "host=db.sc.example sslmode=verify-full"),
            ("c", "host=/run/postgresql sslmode=disable"), ("d", "host=127.0.0.1 sslmode=disable"),
        ] {
            #expect(try party.ctl("peer", "add", name, "--conninfo", way).status == .exited(0), "\(way)")
        }
        let accepted = "BASHU_I_ACCEPT_THAT_PEERS_CAN_BE_READ_AND_FORGED_ON_THE_NETWORK"
        let run = try party.ctl(
            "peer", "add", "e", "--conninfo", "host=db.sc.example sslmode=disable", changes: [accepted: "true"])
        #expect(run.status == .exited(0), "\(run.errors)")
        let wrong = try party.ctl("peer", "list", changes: [accepted: "maybe"])
        #expect(wrong.status == .exited(64))
    }

    @Test func whoAcceptsItIsConnectedAsWritten() async throws {
        let plain = try await TestCluster.shared()
        let world = try await Federation.make(regions: ["50", "51"], links: [])
        let way = "host=db.sc.example hostaddr=127.0.0.1 port=\(plain.port) dbname=\(world["51"].database) "
            + "user=\(world["50"].login) sslmode=disable"
        try await world["51"].admit(world["50"])
        try await world["50"].pull(from: world["51"], conninfo: way)
        try await world["50"].startDaemon(
            ["BASHU_I_ACCEPT_THAT_PEERS_CAN_BE_READ_AND_FORGED_ON_THE_NETWORK": "true"])
        try await world["50"].awaitLink("51") { $0.state == "waiting" && $0.reason.isEmpty }
    }
}
