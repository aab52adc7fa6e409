import Foundation
import Postgres
import Reasons
import RegionStore
import TestCluster
import Testing
import Transfer

@testable import TestFederation

extension EndToEnd {
    /// Files that are not taken: each says exactly why, and nothing has changed.
    @Suite struct OfflineRefusalTests {
        /// 50 with some batches, 51 without a daemon: nothing changes there but by an import.
        private func stage(batches: Int = 3) async throws -> (stage: OfflineStage, hand: Hand) {
            let stage = try await OfflineStage.make()
            let hand = try Hand(stage["50"])
            for batch in 1...batches { try await publish(batch, stage, hand) }
            return (stage, hand)
        }

        private func publish(_ batch: Int, _ stage: OfflineStage, _ hand: Hand, rows: Int = 3) async throws {
            try await stage["50"].run(
                """
                INSERT INTO standard (number, title)
                SELECT 'GB ' || \(batch) || '.' || i, '题名 𬭎' || md5(i::text) FROM generate_series(1, \(rows)) i
                """)
            try hand.settle()
        }

        /// Runs an import that must fail with these words and change nothing.
        private func refused(
            _ stage: OfflineStage, _ path: String, _ words: String, at party: String = "51", _ more: String...,
            line: Int = #line
        ) async throws {
            let before = try await stage[party].everything()
            let run = try Ctl.finish(
                Ctl.start(["batch", "import", path, "--timeout", "0"] + more, stage[party].ctlEnvironment))
            let place = SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1)
            #expect(run.status == .exited(1), "\(run.output)\(run.errors)", sourceLocation: place)
            #expect(run.errors.contains(words), "\(run.errors)", sourceLocation: place)
            #expect(try await stage[party].everything() == before, sourceLocation: place)
        }

        @Test func whatIsLostRepeatedOrOutOfOrderIsNamed() async throws {
            let (stage, hand) = try await stage()
            let sc = stage["51"]
            try stage.export("50", to: "51", "1")
            try await publish(4, stage, hand)
            try stage.export("50", to: "51", "2", "--continue")
            try await publish(5, stage, hand)
            try stage.export("50", to: "51", "3", "--continue")
            let one = try stage.take(stage.path("1"), at: "51", "--timeout", "0")
            #expect(one.status == .exited(3), "\(one.errors)")
            #expect(one.output.contains("bashud is not running here"))
            try await refused(stage, stage.path("3"), "here is batch")
            try await refused(stage, stage.path("3"), "file 2, made 20")
            let two = try stage.take(stage.path("2"), at: "51", "--timeout", "0")
            #expect(two.status == .exited(3), "\(two.errors)")
            let three = try stage.take(stage.path("3"), at: "51", "--timeout", "0")
            #expect(three.status == .exited(3), "\(three.errors)")
            // Again, and an older one once more: nothing new, and no error.
            let hand51 = try Hand(sc)
            try hand51.settle()
            hand51.close()
            for name in ["3", "1"] {
                let again = try stage.take(stage.path(name), at: "51", "--timeout", "0")
                #expect(again.status == .exited(0), "\(again.output)\(again.errors)")
                #expect(again.output.contains("0 of them new") && again.output.contains("was imported before"))
            }
            // Receipts in the wrong order: the older one lowers nothing.
            let position = "SELECT received FROM bashu.peer_position"
            #expect(try stage.take(stage.path("3.receipt"), at: "50").status == .exited(0))
            let known = try await stage["50"].value(position)
            let older = try stage.take(stage.path("2.receipt"), at: "50")
            #expect(older.status == .exited(0) && older.output.contains("which is newer, was imported before"))
            #expect(try await stage["50"].value(position) == known)
            hand.close()
        }

        @Test func whoseFileItIsIsLookedAt() async throws {
            let world = try await Federation.make(regions: ["50", "51", "52"], links: [])
            let stage = try OfflineStage(world)
            try stage.introduce("50", "51")
            try stage.introduce("50", "52")
            let hand = try Hand(world["50"])
            try await publish(1, stage, hand)
            try stage.export("50", to: "51", "for 51")
            try stage.export("50", to: "52", "for 52")
            try await refused(stage, stage.path("for 52"), "was made for 52; this database is 51")
            try await refused(stage, stage.path("for 51"), "was made by this very database", at: "50")
            #expect(try world["51"].ctl("peer", "remove", "50").status == .exited(0))
            try await refused(stage, stage.path("for 51"), "bashuctl peer add 50 --by-file")
            let missing = try stage.take(stage.path("none"), at: "52")
            #expect(missing.status == .exited(1) && missing.errors.contains("No such file or directory"))
            // As whom: the owner's rights are others.
            let owner = try stage.take(
                stage.path("for 52"), at: "52",
                changes: ["BASHU_DATABASE": world["52"].ctlEnvironment["BASHU_OWNER_DATABASE"] ?? nil])
            #expect(owner.status == .exited(1) && owner.errors.contains("sudo -u bashu bashuctl batch"))
            let other = try Ctl.run("batch", "show", stage.path("for 52"))
            #expect(other.status == .exited(0) && other.output.contains("52 (52)"), "\(other.output)\(other.errors)")
            hand.close()
        }

        @Test func aDamagedFileChangesNothing() async throws {
            let (stage, hand) = try await stage()
            let sc = stage["51"]
            let path = try stage.export("50", to: "51", "whole")
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            let before = try await sc.everything()
            let session = try sc.daemonSession()
            let broken = stage.path("broken")
            func code() throws -> String? {
                do {
                    _ = try TransferImport.run(session, .init(path: broken, requirement: .trusted))
                    return nil
                } catch let error as TransferError {
                    return error.reason.code
                }
            }
            for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 60)) {
                try whole.prefix(length).write(to: URL(fileURLWithPath: broken))
                let found = try code()
                #expect(["not_a_transfer", "cut_in_head", "cut_in_batch", "cut_at_end"].contains(found), "\(length)")
            }
            var random = SystemRandomNumberGenerator()
            let seed = UInt64.random(in: 0 ... .max, using: &random)
            var numbers = Seeded(state: seed)
            var harmless = 0
            for _ in 0..<200 {
                var copy = whole
                copy[Int.random(in: 10..<copy.count, using: &numbers)] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
                try copy.write(to: URL(fileURLWithPath: broken))
                if try code() == nil { harmless += 1 }
                if harmless > 0 { break }
            }
            #expect(harmless == 0, "seed \(seed)")
            #expect(try await sc.everything() == before, "seed \(seed)")
            session.close()
            try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: broken))
            try await refused(stage, broken, "was cut short")
            hand.close()
        }

        @Test func aForkedHistoryIsTold() async throws {
            let (stage, hand) = try await stage(batches: 2)
            try stage.export("50", to: "51", "a")
            #expect(try stage.take(stage.path("a"), at: "51", "--timeout", "0").status == .exited(3))
            // Another root under the same number: what a copy of 50 would have published.
            try await stage["51"].run(HistoryGuard.off, as: .superuser)
            try await stage["51"].run(
                "UPDATE bashu.batch SET digest = sha256('x') WHERE number = 2", as: .superuser)
            try stage.export("50", to: "51", "b")
            try await refused(stage, stage.path("b"), "is not the one that is here")
            hand.close()
        }

        @Test func otherRulesAndAnOlderCopyAreTold() async throws {
            let (stage, hand) = try await stage()
            let (cq, sc) = (stage["50"], stage["51"])
            try stage.export("50", to: "51", "a")
            #expect(try stage.take(stage.path("a"), at: "51", "--timeout", "0").status == .exited(3))
            try stage.export("51", to: "50", "back")

            // 50 is an older copy of itself: it lacks what 51 has of it.
            try await cq.run(
                """
                \(HistoryGuard.off)
                DELETE FROM bashu.change c USING bashu.origin o WHERE o.own AND c.origin_id = o.id AND c.number = 3;
                DELETE FROM bashu.chunk c USING bashu.origin o WHERE o.own AND c.origin_id = o.id AND c.number = 3;
                DELETE FROM bashu.batch c USING bashu.origin o WHERE o.own AND c.origin_id = o.id AND c.number = 3;
                UPDATE bashu.applied a SET number = 2 FROM bashu.origin o WHERE o.own AND o.id = a.origin_id
                """, as: .superuser)
            try await refused(stage, stage.path("back"), "this database is older than what it has published", at: "50")
            hand.close()

            let policy = stage.path("policy.toml")
            try """
            [[table]]
            name = "standard"
            [[table.group]]
            name = "title"
            columns = ["title"]
            rule = "manual"
            """.write(toFile: policy, atomically: true, encoding: .utf8)
            let applied = try sc.ctl("policy", "apply", policy)
            #expect(applied.status == .exited(0), "\(applied.output)\(applied.errors)")
            try await refused(stage, stage.path("a"), "the policy of group title of table public.standard differs")
        }

        @Test func anInterruptedImportIsRunAgain() async throws {
            let (stage, hand) = try await stage(batches: 1)
            try await publish(2, stage, hand, rows: 60_000)
            try stage.export("50", to: "51", "large")
            let sc = stage["51"]
            var seen = 0
            for _ in 0..<6 {
                let child = try Ctl.start(["batch", "import", stage.path("large"), "--timeout", "0"], sc.ctlEnvironment)
                try await eventually("something of it is stored", every: .milliseconds(5)) {
                    let stored = Int(try await sc.value("SELECT count(*) FROM bashu.chunk") ?? "") ?? 0
                    defer { seen = max(seen, stored) }
                    return stored > seen || !child.isRunning
                }
                child.kill()
                _ = child.wait()
            }
            #expect(seen > 0)
            let run = try stage.take(stage.path("large"), at: "51", "--timeout", "0")
            #expect(run.status == .exited(3), "\(run.output)\(run.errors)")
            let log = "SELECT string_agg(encode(digest, 'hex'), ' ' ORDER BY number) FROM bashu.batch WHERE complete"
            #expect(try await sc.value(log) == stage["50"].value(log))
            hand.close()
        }

        @Test func aFullDiskLeavesNoFile() async throws {
            let (stage, hand) = try await stage(batches: 1)
            try await publish(2, stage, hand, rows: 20_000)
            let program = try ChildProcess.builtProduct("bashuctl")
            let child = try ChildProcess.spawn(
                "/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\"", program, "batch", "export", "--for",
                    "51", "-o", stage.path("full")],
                environment: Ctl.environment.merging(stage["50"].ctlEnvironment) { $1 })
            #expect(child.wait() == .exited(1))
            #expect(child.standardError.contains("File too large"), "\(child.standardError)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: stage.folder) == [])
            #expect(try await stage["50"].value("SELECT count(*) FROM bashu.transfer") == "0")
            // A limit of one's own: whole batches, and the rest in the next file.
            for batch in 3...6 { try await publish(batch, stage, hand, rows: 8_000) }
            let first = try stage["50"].ctl(
                "batch", "export", "--for", "51", "-o", stage.path("small"), "--max-size", "2M")
            #expect(first.status == .exited(0), "\(first.output)\(first.errors)")
            #expect(first.output.contains("did not fit"), "\(first.output)")
            hand.close()
        }
    }
}

/// SplitMix64.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
