import Foundation
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Receipts by telephone: a number and a code in place of a file.
    @Suite struct OfflineTelephoneTests {
        private static let position = """
            SELECT applied::text || received::text FROM bashu.peer_position WHERE login = 'file:51'
            """

        private func insert(_ number: String, _ stage: OfflineStage, _ hand: Hand) async throws {
            try await stage["50"].run("INSERT INTO standard (number, title) VALUES ('\(number)', '电话 ''回执''')")
            try hand.settle()
        }

        /// Imports a file at 51, where nothing is applied by itself, and again once it is.
        private func take(_ stage: OfflineStage, _ name: String, _ there: Hand) throws -> Ctl.Run {
            let first = try stage.take(stage.path(name), at: "51", "--timeout", "0")
            #expect(first.status == .exited(3) || first.status == .exited(0), "\(first.output)\(first.errors)")
            if first.status == .exited(3) { #expect(first.output.contains("No code for the telephone yet")) }
            try there.settle()
            return try stage.take(stage.path(name), at: "51", "--timeout", "0")
        }

        private func code(_ run: Ctl.Run) throws -> String {
            let found = run.output.firstMatch(of: /code ([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})\./)
            return String(try #require(found, "\(run.output)").1)
        }

        private func acknowledge(_ stage: OfflineStage, _ file: Int, _ code: String) throws -> Ctl.Run {
            try stage["50"].ctl("batch", "acknowledge", "--for", "51", "--file", "\(file)", "--code", code)
        }

        /// Everything at 50 stays as it is.
        private func refused(_ stage: OfflineStage, _ file: Int, _ code: String, _ words: String) async throws {
            let before = try await stage["50"].everything()
            let run = try acknowledge(stage, file, code)
            #expect(run.status == .exited(1), "\(run.output)")
            let text = run.errors.replacing(/\s+/, with: " ")
            #expect(text.contains(words) && text.contains("Nothing was changed"), "\(run.errors)")
            #expect(try await stage["50"].everything() == before)
        }

        @Test func aCodeDoesWhatTheReceiptWouldHaveDone() async throws {
            let stage = try await OfflineStage.make()
            let (hand, there) = (try Hand(stage["50"]), try Hand(stage["51"]))
            try await insert("GB 1", stage, hand)
            try stage.export("50", to: "51", "1")
            try await insert("GB 2", stage, hand)
            try stage.export("50", to: "51", "2", "--continue")
            let one = try code(take(stage, "1", there))
            let two = try code(take(stage, "2", there))
            #expect(one != two)
            #expect(try code(take(stage, "1", there)) == one)

            try await refused(stage, 1, two, "the code is not that of file 1 for 51")
            try await refused(stage, 2, one, "the code is not that of file 2 for 51")
            try await refused(stage, 3, two, "no file 3 for 51 was made here")
            #expect(try acknowledge(stage, 2, "XXXX").status == .exited(64))
            #expect(try await stage["50"].value("SELECT count(*) FROM bashu.peer_position") == "0")

            // Misread letters and all; the second stands for the first, too.
            let spoken = two.lowercased().replacing("-", with: " ").replacing("0", with: "o").replacing("1", with: "l")
            let run = try acknowledge(stage, 2, spoken)
            #expect(run.status == .exited(0) && run.output.contains("has taken file 2"), "\(run.output)\(run.errors)")
            let known = try await stage["50"].value(Self.position)
            // What is older lowers nothing.
            #expect(try acknowledge(stage, 1, one).status == .exited(0))
            #expect(try await stage["50"].value(Self.position) == known)
            let list = try stage["50"].ctl("batch", "list")
            #expect(list.lines.filter { $0.hasPrefix("to") && $0.contains("applied") }.count == 2, "\(list.output)")
            #expect(try stage["50"].ctl("status").status != .exited(1))

            // The receipt says the same.
            try await stage["50"].run("DELETE FROM bashu.peer_position", as: .superuser)
            #expect(try stage.take(stage.path("2.receipt"), at: "50").status == .exited(0))
            #expect(try await stage["50"].value(Self.position) == known)
            // A file has come since: it was from a database that was not known when file 2 was made.
            try await refused(stage, 2, two, "a file of 51 has come since file 2 was made")
            for hand in [hand, there] { hand.close() }
        }

        /// A file proves nothing of those before it where it has batches of other origins: then there is no code.
        @Test func thereIsNoCodeWithoutTheFilesBefore() async throws {
            let world = try await Federation.make(regions: ["50", "51", "52"], links: [])
            let stage = try OfflineStage(world)
            try stage.introduce("50", "51")
            try stage.introduce("50", "52")
            let hand = try Hand(world["50"])
            let (other, there) = (try Hand(world["52"]), try Hand(world["51"]))
            try await world["52"].run("INSERT INTO standard (number, title) VALUES ('GB 52', '自第三地区')")
            try other.settle()
            try stage.export("52", to: "50", "from 52")
            #expect(try stage.take(stage.path("from 52"), at: "50", "--timeout", "0").status == .exited(3))
            try hand.settle()
            // The first has what 52 published; the second only what 50 did.
            try stage.export("50", to: "51", "1")
            try await insert("GB 2", stage, hand)
            try stage.export("50", to: "51", "2", "--continue")
            let own = try await world["50"].value("SELECT count(*) FROM bashu.batch b JOIN bashu.origin o "
                + "ON o.id = b.origin_id WHERE o.own")
            #expect(own == "1")
            let without = try take(stage, "2", there)
            #expect(without.output.contains("No code for the telephone"), "\(without.output)")
            #expect(try !code(take(stage, "1", there)).isEmpty)
            #expect(try !code(take(stage, "2", there)).isEmpty)
            for hand in [hand, other, there] { hand.close() }
        }
    }
}
