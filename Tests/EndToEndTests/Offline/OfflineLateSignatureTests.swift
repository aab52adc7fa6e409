import Foundation
import Replication
import TestCluster
import Testing
import Transfer

@testable import TestFederation

extension EndToEnd {
    /// Signatures that were made after their batches had been sent come with a later file.
    @Suite struct OfflineLateSignatureTests {
        private func insert(_ number: String, at party: Party) async throws {
            try await party.run("INSERT INTO standard (number, title) VALUES ('\(number)', '补签 ''a''')")
            try await eventually("it is published") { try await !party.hasWork() }
        }

        /// 50's batches at a party, as `bashuctl audit` counts them.
        private func audit(_ party: Party) throws -> (batches: Int, vouchedFor: Int, unsigned: Int) {
            struct Report: Decodable {
                struct Origin: Decodable {
                    let region: String
                    let batches: Int
                    let vouched_for: Int
                    let unsigned: Int
                }
                let clean: Bool
                let origins: [Origin]
            }
            let run = try party.ctl("audit", "-o", "json")
            let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
            let origin = try #require(report.origins.first { $0.region == "50" }, "\(run.output)\(run.errors)")
            #expect(report.clean, "\(run.output)")
            return (origin.batches, origin.vouched_for, origin.unsigned)
        }

        /// `bashuctl batch show`: late signatures, and batches.
        private func shown(_ path: String) throws -> (late: Int, batches: Int) {
            struct File: Decodable {
                let late_signatures: Int
                let batches: Int
            }
            let run = try Ctl.run("batch", "show", path, "-o", "json")
            let file = try JSONDecoder().decode(File.self, from: Data(run.output.utf8))
            return (file.late_signatures, file.batches)
        }

        private func export(_ stage: OfflineStage, _ peer: String, _ name: String, _ more: [String]) throws -> String {
            let changes: [String: String?] = ["BASHU_HISTORY_KEY_FILE": stage.path("50.pem")]
            let run = try Ctl.finish(
                Ctl.start(
                    ["batch", "export", "--for", peer, "-o", stage.path(name)] + more,
                    stage["50"].ctlEnvironment.merging(changes) { $1 }))
            #expect(run.status == .exited(0), "\(run.errors)")
            return run.output
        }

        /// 50 gets its key, and signs what it has published; its fingerprint.
        private func sign(_ stage: OfflineStage) async throws -> String {
            let cq = stage["50"]
            let key: [String: String?] = ["BASHU_HISTORY_KEY_FILE": stage.path("50.pem")]
            let made = try cq.ctl("key", "generate", changes: key)
            #expect(made.status == .exited(0), "\(made.errors)")
            try await cq.stopDaemon()
            try await cq.startDaemon(key)
            try await eventually("all is signed", timeout: .seconds(20)) {
                try await cq.value(
                    "SELECT count(*) = (SELECT count(*) FROM bashu.batch b JOIN bashu.origin o ON o.id = b.origin_id "
                        + "WHERE o.own) FROM bashu.signature") == "t"
            }
            return try #require(made.output.firstMatch(of: /([0-9a-f]{4} ){15}[0-9a-f]{4}/).map { String($0.0) })
        }

        @Test func lateSignaturesArriveByFile() async throws {
            let world = try await Federation.make(regions: ["50", "51"], replicas: ["cqu": "50"], links: [])
            let stage = try OfflineStage(world)
            for peer in ["51", "cqu"] { try stage.introduce("50", peer) }
            try await world.startDaemons()
            for number in 1...3 { try await insert("GB \(number)", at: world["50"]) }
            for peer in ["51", "cqu"] {
                try stage.carry("50", to: peer, "\(peer)-1")
                let before = try audit(world[peer])
                #expect(before.batches >= 3 && before.unsigned == before.batches)
            }
            let fingerprint = try await sign(stage)
            for peer in ["51", "cqu"] {
                let party = world[peer]
                let before = try audit(party)
                #expect(try export(stage, peer, "\(peer)-2", []).contains("signatures of \(before.batches) earlier"))
                #expect(try shown(stage.path("\(peer)-2")) == (before.batches, 0))
                let taken = try stage.take(stage.path("\(peer)-2"), at: peer)
                #expect(taken.status == .exited(0), "\(taken.output)\(taken.errors)")
                #expect(taken.output.contains("Signatures of \(before.batches) earlier batches are new"))
                #expect(try party.ctl("key", "trust", fingerprint).status == .exited(0))
                #expect(try audit(party) == (before.batches, before.batches, 0))
                // Once more: nothing new. And once the receipt is back they are not sent again.
                let again = try stage.take(stage.path("\(peer)-2"), at: peer)
                #expect(again.status == .exited(0) && !again.output.contains("are new"), "\(again.output)")
                let back = try stage.take(stage.path("\(peer)-2.receipt"), at: "50")
                #expect(back.status == .exited(0), "\(back.errors)")
                #expect(try !export(stage, peer, "\(peer)-3", []).contains("earlier"))
                #expect(try shown(stage.path("\(peer)-3")) == (0, 0))
                // Where no receipt ever comes back they are asked for.
                #expect(try export(stage, peer, "\(peer)-4", ["--signatures"]).contains("of \(before.batches) earlier"))
            }
        }

        /// As long as no receipt has come back a file has the first one's batches once more, with their signatures.
        @Test func theyComeWithTheBatchesOnceMore() async throws {
            let stage = try await OfflineStage.make()
            try await stage.world.startDaemons()
            try await insert("GB 1", at: stage["50"])
            try stage.export("50", to: "51", "1")
            #expect(try stage.take(stage.path("1"), at: "51").status == .exited(0))
            let fingerprint = try await sign(stage)
            _ = try export(stage, "51", "2", [])
            #expect(try shown(stage.path("2")).late == 0)
            let taken = try stage.take(stage.path("2"), at: "51")
            #expect(taken.output.contains("0 of them new"), "\(taken.output)\(taken.errors)")
            #expect(try stage["51"].ctl("key", "trust", fingerprint).status == .exited(0))
            let after = try audit(stage["51"])
            #expect(after.vouchedFor == after.batches && after.batches > 0)
        }

        @Test func aForgedOneIsRefused() async throws {
            let stage = try await OfflineStage.make()
            let sc = stage["51"]
            try await stage.world.startDaemons()
            for number in 1...3 { try await insert("GB \(number)", at: stage["50"]) }
            try stage.carry("50", to: "51", "1")
            try await sc.stopDaemon()
            _ = try await sign(stage)
            try await insert("GB 4", at: stage["50"])
            // Nobody has signed the file itself: only the batch that is here shows that it is wrong.
            try stage.export("50", to: "51", "2")
            let count = try shown(stage.path("2")).late
            #expect(count >= 3)
            let before = try await sc.everything()
            for wrong in [0, count - 1] {
                let forged = stage.path("forged \(wrong)")
                try rewrite(stage.path("2"), forged) { index, late in
                    guard index == wrong, var bytes = late.signatures.first?.bytes else { return late }
                    bytes[bytes.count - 1] ^= 1
                    let one = late.signatures[0]
                    return TransferLate(
                        origin: late.origin, number: late.number,
                        signatures: [
                            TransferSignature(fingerprint: one.fingerprint, algorithm: one.algorithm, bytes: bytes)
                        ])
                }
                let run = try stage.take(forged, at: "51", "--timeout", "0")
                #expect(run.status == .exited(1), "\(run.output)")
                #expect(run.errors.contains("has a signature of batch \(wrong + 1) of 50-"), "\(run.errors)")
                #expect(try await sc.everything() == before)
            }
            // Signatures of one batch on the line of another.
            var last: [TransferSignature] = []
            try rewrite(stage.path("2"), stage.path("swapped")) { _, late in
                defer { last = late.signatures }
                return TransferLate(
                    origin: late.origin, number: late.number, signatures: last.isEmpty ? late.signatures : last)
            }
            #expect(try stage.take(stage.path("swapped"), at: "51", "--timeout", "0").status == .exited(1))
            #expect(try await sc.everything() == before)
            #expect(try stage.take(stage.path("2"), at: "51", "--timeout", "0").status == .exited(3))
        }

        /// The same file with other late signatures, its digest and all put right, as somebody would who knows how.
        private func rewrite(
            _ path: String, _ copy: String, _ change: (_ index: Int, TransferLate) -> TransferLate
        ) throws {
            let reader = try TransferReader(path: path)
            let writer = try TransferWriter(OutputFile(path: copy), reader.header, reader.algorithm, hasLate: true)
            var index = 0
            while let late = try reader.nextLate() {
                try writer.write(change(index, late))
                index += 1
            }
            while let batch = try reader.next() {
                try writer.begin(batch)
                while try reader.part({ try writer.append($0) }) {}
            }
            let nobody = TransferSignature(fingerprint: [], algorithm: "", bytes: [])
            _ = try writer.finish { _ in nobody }
        }
    }
}
