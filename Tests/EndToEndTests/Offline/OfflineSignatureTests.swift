import Foundation
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Files that are signed with SM2, where a key is trusted and where none is.
    @Suite struct OfflineSignatureTests {
        private func insert(_ number: String, at party: Party) async throws {
            try await party.run("INSERT INTO standard (number, title) VALUES ('\(number)', '签名')")
            try await eventually("it is published") { try await !party.hasWork() }
        }

        private func export(_ stage: OfflineStage, _ name: String, _ key: [String: String?]) throws -> Ctl.Run {
            let run = try stage["50"].ctl(
                "batch", "export", "--for", "51", "-o", stage.path(name), changes: key)
            #expect(run.status == .exited(0), "\(run.errors)")
            return run
        }

        private func refused(_ stage: OfflineStage, _ name: String, _ words: String) async throws {
            let before = try await stage["51"].everything()
            let run = try stage.take(stage.path(name), at: "51", "--timeout", "0")
            #expect(run.status == .exited(1) && run.errors.contains(words), "\(run.output)\(run.errors)")
            #expect(try await stage["51"].everything() == before)
        }

        @Test func whereAKeyIsTrustedAFileHasToBeSigned() async throws {
            let stage = try await OfflineStage.make()
            let (cq, sc) = (stage["50"], stage["51"])
            let key: [String: String?] = ["BASHU_HISTORY_KEY_FILE": stage.path("50.pem")]
            let made = try cq.ctl("key", "generate", changes: key)
            #expect(made.status == .exited(0), "\(made.errors)")
            let digits = /([0-9a-f]{4} ){15}[0-9a-f]{4}/
            let fingerprint = try #require(made.output.firstMatch(of: digits).map { String($0.0) })
            try await cq.startDaemon(key)
            try await insert("GB 1", at: cq)

            // First meeting: the key comes with the file, and nobody has trusted it yet.
            let signed = try export(stage, "1", key)
            #expect(signed.output.replacing(/\s+/, with: " ").contains("Signed by key \(fingerprint)"))
            let shown = try Ctl.run("batch", "show", stage.path("1"))
            #expect(shown.output.replacing(/\s+/, with: " ").contains(fingerprint), "\(shown.output)\(shown.errors)")
            #expect(try stage.take(stage.path("1"), at: "51", "--timeout", "0").status == .exited(3))
            #expect(try sc.ctl("key", "trust", fingerprint).status == .exited(0))

            try await insert("GB 2", at: cq)
            let unsigned = try export(stage, "2", ["BASHU_HISTORY_KEY_FILE": nil])
            #expect(unsigned.output.contains("Not signed"))
            try await refused(stage, "2", "is not signed, and a key of region 50 is trusted here")
            let again = try stage.take(
                stage.path("2"), at: "51", "--timeout", "0", changes: ["BASHU_HISTORY_REQUIRE_SIGNATURES": "none"])
            #expect(again.status == .exited(3), "\(again.errors)")

            try await insert("GB 3", at: cq)
            _ = try export(stage, "3", key)
            // Changed, digest and all, by somebody who has no key.
            try forge(stage, "3", as: "forged")
            try await refused(stage, "forged", "its signature by key \(fingerprint) is another one's")
            #expect(try Ctl.run("batch", "show", stage.path("forged")).status == .exited(1))
            #expect(try stage.take(stage.path("3"), at: "51", "--timeout", "0").status == .exited(3))
            #expect(
                try await sc.value(
                    """
                    SELECT count(*) FROM bashu.signature s JOIN bashu.origin o ON o.id = s.origin_id
                     WHERE o.region = '50' AND s.algorithm = 'sm2'
                    """) == cq.value("SELECT count(*) FROM bashu.signature"))

            #expect(try sc.ctl("key", "revoke", fingerprint, "--reason", "遗失").status == .exited(0))
            try await insert("GB 4", at: cq)
            _ = try export(stage, "4", key)
            let run = try stage.take(stage.path("4"), at: "51", "--timeout", "0")
            #expect(run.status != .exited(1) || run.errors.contains("was revoked here on"), "\(run.errors)")
        }

        /// Another signature over the same lines.
        private func forge(_ stage: OfflineStage, _ name: String, as forged: String) throws {
            let script = """
                gzip -dc "$1" | sed '$ s/:sm2:\\(.*\\)\\(....\\)$/:sm2:\\1aaaa/' | gzip -c >"$2"
                """
            let run = try ChildProcess.run("/bin/sh", ["-c", script, "sh", stage.path(name), stage.path(forged)])
            try #require(run.status == .exited(0))
        }
    }
}
