import Foundation
import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Keys and signatures with the programs themselves: first meeting, the next key, a key that others can read.
    @Suite struct SignedHistoryTests {
        private static let words = "SELECT count(*) FROM bashu.batch b JOIN bashu.origin o ON o.id = b.origin_id"

        private func keys(_ party: Party, _ folder: String) -> [String: String?] {
            ["BASHU_HISTORY_KEY_FILE": "\(folder)/\(party.name).pem"]
        }

        private func insert(_ number: String, at party: Party) async throws {
            try await party.run("INSERT INTO standard (number, title) VALUES ('\(number)', '签名')")
        }

        private func has(_ party: Party, _ number: String) async throws -> Bool {
            try await party.value("SELECT count(*) FROM standard WHERE number = $1", [.text(number)]) == "1"
        }

        @Test func twoRegionsSignTheirHistory() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            let (cq, sc) = (world["50"], world["51"])
            let name = "bashu-签名-\(cq.database)"
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }

            var prints: [String: String] = [:]
            for party in world.parties {
                let made = try party.ctl("key", "generate", changes: keys(party, folder))
                #expect(made.status == .exited(0), "\(made.errors)")
                #expect(!made.output.contains("PRIVATE"))
                prints[party.name] = made.lines.last { $0.contains(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/) }
                try await party.startDaemon(keys(party, folder))
            }
            try await insert("GB 1", at: cq)
            try await insert("GB 2", at: sc)
            try await world.converged()

            // First meeting: shown by name, trusted by all its digits.
            let print = try #require(prints["50"])
            try await eventually("51 has heard of 50's key", timeout: .seconds(60)) {
                try await sc.value("SELECT count(*) FROM bashu.public_key WHERE region = '50'") == "1"
            }
            #expect(try sc.ctl("doctor", "-o", "json").output.contains("Key \(print) of region 50 is not trusted yet"))
            let shown = try sc.ctl("key", "trust", "50")
            #expect(shown.status == .exited(0) && shown.lines[0] == print, "\(shown.errors)")
            #expect(try await sc.value("SELECT count(trusted_at) FROM bashu.public_key WHERE region = '50'") == "0")
            let digits = print.filter { $0 != " " }
            #expect(shown.lines.contains("  bashuctl key trust \(digits)"), "\(shown.output)")
            #expect(try sc.ctl("key", "trust", print).status == .exited(0))
            for words in ["50", digits] {
                let again = try sc.ctl("key", "trust", words)
                #expect(again.status == .exited(1))
                #expect(again.errors == "bashuctl: key \(print) is trusted already\n")
            }
            // By the name of a region one sees its key, be it one's own, and revokes nothing.
            for party in [cq, sc] { #expect(try party.ctl("key", "show", "50").lines[0] == print) }
            #expect(try sc.ctl("key", "revoke", "50", "--reason", "遗失").status == .exited(64))
            #expect(try sc.ctl("key", "list").output.contains("trusted"))
            try await insert("GB 3", at: cq)
            try await world.converged()
            #expect(
                try await sc.value(
                    "\(Self.words) WHERE NOT EXISTS (SELECT FROM bashu.signature s "
                        + "WHERE s.origin_id = b.origin_id AND s.number = b.number)") == "0")

            try await theNextKeyTakesOverWhilePeopleWrite(world, folder)
            try await whatIsUnsignedIsHeldAndNamed(world)
            try await aKeyThatOthersReadPublishesNothing(world, folder)
        }

        private func theNextKeyTakesOverWhilePeopleWrite(_ world: Federation, _ folder: String) async throws {
            let (cq, sc) = (world["50"], world["51"])
            for number in 10..<13 { try await insert("GB \(number)", at: cq) }
            let rotated = try cq.ctl("key", "rotate", "--algorithm", "ed25519", changes: keys(cq, folder))
            #expect(rotated.status == .exited(0), "\(rotated.errors)")
            cq.daemon?.kill(SIGHUP)
            try await eventually("the log says that it has another key") {
                cq.daemonLog.contains("changed=history.key_file")
            }
            try await eventually("the new key is at work") {
                try await insert("GB \(UUID().uuidString)", at: cq)
                return try await cq.value(
                    "SELECT count(*) FROM bashu.signature WHERE algorithm = 'ed25519'") != "0"
            }
            try await insert("GB 14", at: cq)
            try await eventually("51 takes what the new key has signed", timeout: .seconds(30)) {
                try await has(sc, "GB 14")
            }
            #expect(try await world.differences() == [])
            // Without a word the next one is of the same kind.
            #expect(try cq.ctl("key", "rotate", changes: keys(cq, folder)).status == .exited(0))
            #expect(
                try await cq.value("SELECT algorithm FROM bashu.public_key ORDER BY first_seen DESC LIMIT 1")
                    == "ed25519")
        }

        private func whatIsUnsignedIsHeldAndNamed(_ world: Federation) async throws {
            let (cq, sc) = (world["50"], world["51"])
            try await sc.pause("50")
            try await insert("GB 20", at: cq)
            try await eventually("it is published") {
                try await cq.value("SELECT count(*) FROM bashu.pending") == "0"
            }
            let kept = "CREATE TABLE bashu.kept AS SELECT * FROM bashu.signature"
            try await cq.run("\(HistoryGuard.off) \(kept); DELETE FROM bashu.signature", as: .superuser)
            try await sc.resume("50")
            let held = try await sc.awaitLink("50") { $0.state == "held" }
            #expect(held.reason.contains("from peer 50 is refused: it has no signature"))
            #expect(sc.daemonLog.contains("link is held: \(held.reason)"))
            #expect(sc.daemonLog.contains("code=BSH-L021"))
            #expect(try await has(sc, "GB 20") == false)
            // The other direction does not wait.
            try await insert("GB 21", at: sc)
            try await eventually("50 has it") { try await has(cq, "GB 21") }
            #expect(try await sc.value("SELECT count(*) > 0 FROM bashu.evidence WHERE peer = '50'") == "t")
            try await cq.run(
                "INSERT INTO bashu.signature SELECT * FROM bashu.kept; DROP TABLE bashu.kept", as: .superuser)
            try await eventually("51 takes it with its signature", timeout: .seconds(30)) { try await has(sc, "GB 20") }
        }

        private func aKeyThatOthersReadPublishesNothing(_ world: Federation, _ folder: String) async throws {
            let (cq, sc) = (world["50"], world["51"])
            let file = "\(folder)/50.pem"
            try await cq.stopDaemon()
            #expect(chmod(file, 0o644) == 0)
            try await cq.startDaemon(keys(cq, folder))
            try await insert("GB 30", at: cq)
            try await eventually("the daemon says why") {
                cq.daemonLog.contains("key \(file) can be read by others (mode 644): chmod 600 it")
            }
            #expect(try await has(sc, "GB 30") == false)
            #expect(chmod(file, 0o600) == 0)
            try await eventually("it goes on by itself", timeout: .seconds(60)) { try await has(sc, "GB 30") }
            #expect(try await world.differences() == [])
        }
    }
}
