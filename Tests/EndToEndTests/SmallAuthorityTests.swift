import TestCluster
import Testing

/// `Deploy/tls/small-ca.sh`, which tests and pilots take their certificates from.
@Suite struct SmallAuthorityTests {
    private func openssl(_ arguments: String...) throws -> String {
        let run = try ChildProcess.run("openssl", arguments)
        #expect(run.status == .exited(0), "\(run.errors)")
        return run.output
    }

    @Test func certificatesSayWhatTheyAreForAndKeysAreTheirOwners() async throws {
        let authority = try TestAuthority()
        let folder = authority.folder
        try authority.run("server", "db.sc.example", "db2.sc.example", "10.1.2.3", "fd00::1")
        try authority.run("client", "bashu-50")
        let open = try ChildProcess.run("find", [folder, "-name", "*.key", "!", "-perm", "600"])
        #expect(open.output.isEmpty)
        let keys = try ChildProcess.run("find", [folder, "-name", "*.key"])
        #expect(keys.output.split(separator: "\n").count == 3)
        let server = try openssl("x509", "-in", "\(folder)/db.sc.example.pem", "-noout", "-text")
        for name in ["DNS:db.sc.example", "DNS:db2.sc.example", "IP Address:10.1.2.3", "IP Address:FD00:"] {
            #expect(server.contains(name), "\(name)")
        }
        #expect(server.contains("TLS Web Server Authentication"))
        let client = try openssl("x509", "-in", "\(folder)/bashu-50.pem", "-noout", "-text", "-subject")
        #expect(client.contains("TLS Web Client Authentication"))
        #expect(client.contains("CN = bashu-50"))
        #expect(!client.contains("TLS Web Server Authentication"))
    }

    @Test func whatIsTakenBackIsOnTheList() async throws {
        let authority = try TestAuthority()
        try authority.run("client", "bashu-50")
        try authority.run("client", "bashu-51")
        try authority.run("revoke", "bashu-51")
        let list = "\(authority.folder)/crl.pem"
        let root = "\(authority.folder)/ca.pem"
        let verify = ["verify", "-CAfile", root, "-CRLfile", list, "-crl_check"]
        let good = try ChildProcess.run("openssl", verify + ["\(authority.folder)/bashu-50.pem"])
        #expect(good.status == .exited(0), "\(good.errors)")
        let gone = try ChildProcess.run("openssl", verify + ["\(authority.folder)/bashu-51.pem"])
        #expect(gone.status != .exited(0))
        #expect(gone.errors.contains("certificate revoked"))
    }

    @Test func mistakesAreRefused() async throws {
        let authority = try TestAuthority()
        for words in [["init"], ["client", "a/b"], ["revoke", "nobody"], ["server"], ["sign", "x"]] {
            #expect(throws: TestClusterError.self, "\(words)") { try authority.run(words) }
        }
    }
}
