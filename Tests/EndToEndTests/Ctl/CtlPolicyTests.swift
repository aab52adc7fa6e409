import Glibc
import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Policies as operators apply them, between running daemons.
    @Suite struct CtlPolicyTests {
        private static let home = """
            [[table]]
            name = "standard"

            [[table.group]]
            name = "life"
            columns = ["status", "issued"]
            rule = "prefer"
            regions = ["50", "51"]

            """

        /// Runs `policy WORD` with a file of that text.
        private func policy(
            _ word: String, _ text: String, _ party: Party, _ changes: [String: String?] = [:]
        ) throws -> (run: Ctl.Run, path: String) {
            var path = Array("/tmp/bashu-policy.XXXXXX".utf8CString)
            let descriptor = mkstemp(&path)
            let bytes = Array(text.utf8)
            #expect(write(descriptor, bytes, bytes.count) == bytes.count)
            close(descriptor)
            defer { unlink(path) }
            let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let environment = party.ctlEnvironment.merging(changes) { $1 }
            return (try Ctl.finish(Ctl.start(["policy", word, name], environment)), name)
        }

        @Test func aLinkBetweenDifferentPoliciesIsHeldUntilTheyAreEqual() async throws {
            let world = try await Federation.make(regions: ["50", "51"], replicas: ["cqu": "50"])
            try await world.startDaemons()
            try await world["50"].run("INSERT INTO standard (number, title) VALUES ('GB 1', '甲')")
            try await world.converged()
            let (first, _) = try policy("apply", Self.home, world["50"])
            #expect(first.status == .exited(0), "\(first.errors)")
            let link = try await world["51"].awaitLink("50", timeout: .seconds(30)) { $0.state == "held" }
            #expect(
                link.reason == "the policy of group life of table public.standard differs: here -, "
                    + "there prefer 50, 51 over (issued, status)")
            try await world["50"].awaitLink("51", timeout: .seconds(30)) { $0.state == "held" }
            try await world["50"].run("INSERT INTO standard (number, title) VALUES ('GB 2', '乙')")
            // The replica follows its upstream, and goes on.
            try await eventually("the replica has the row", timeout: .seconds(30)) {
                try await world["cqu"].value("SELECT count(*) FROM standard") == "2"
            }
            #expect(try await world["cqu"].value("SELECT applied_by FROM bashu.policy LIMIT 1") == "peer 50")
            #expect(try await world["51"].value("SELECT count(*) FROM standard") == "1")
            let status = try world["51"].ctl("status")
            #expect(status.status == .exited(3) && status.output.contains("life"))
            let doctor = try world["51"].ctl("doctor", changes: ["COLUMNS": "300"])
            #expect(doctor.status == .exited(3))
            #expect(doctor.lines.contains { $0.hasPrefix("CRITICAL  Link to 50 is held: the policy of group life") })

            let (second, _) = try policy("apply", Self.home, world["51"])
            #expect(second.status == .exited(0), "\(second.errors)")
            try await world["51"].awaitLink("50", timeout: .seconds(30)) { $0.state != "held" && $0.reason.isEmpty }
            try await world["50"].awaitLink("51", timeout: .seconds(30)) { $0.state != "held" && $0.reason.isEmpty }
            try await world.converged()
            #expect(try await world.differences() == [])
        }

        @Test func everyErrorHasItsLine() async throws {
            let world = try await Federation.make(regions: ["50"], links: [])
            let text = """
                [[table]]
                name = "standard"
                default = "home"

                [[table.group]]
                name = "life"
                columns = [
                    "status",
                    "isued",
                ]
                rule = "newest"

                [[table.group]]
                name = "more"
                columns = ["status", "number"]
                rule = "newest"

                [[table]]
                name = "standards"
                """
            let (run, path) = try policy("check", text, world["50"])
            #expect(run.status == .exited(1))
            #expect(
                run.errors == """
                    bashuctl: \(path) cannot be applied:
                    \(path), line 3: table standard: rule home needs the table's home column
                    \(path), line 7: table standard: there is no shared column isued
                    \(path), line 15: table standard: column status is in group life already
                    \(path), line 15: table standard: number belongs to the key; a key is never merged
                    \(path), line 19: table standards: table standards is not shared here

                    """)
            let (chinese, _) = try policy("apply", text, world["50"], ["LC_ALL": "zh_CN.UTF-8"])
            #expect(chinese.status == .exited(1))
            #expect(chinese.errors.contains("第 7 行：表 standard：没有共享列 isued"))
            let (form, other) = try policy("check", "[[table]]\nname = 1\n", world["50"])
            #expect(form.status == .exited(1))
            #expect(form.errors.contains("\(other), line 2: name must be"))
            #expect(try await world["50"].value("SELECT count(*) FROM bashu.policy") == "0")
        }

        @Test func aRehearsalSaysWhatWouldChange() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            let (cq, sc) = (try Hand(world["50"]), try Hand(world["51"]))
            try await world["50"].run("INSERT INTO standard (number, title) VALUES ('GB 1', '旧')")
            try cq.settle()
            try sc.pull(from: world["50"])
            try await world["50"].run("UPDATE standard SET status = '废止' WHERE number = 'GB 1'")
            try cq.settle()
            try await world["51"].run("UPDATE standard SET status = '修订' WHERE number = 'GB 1'")
            try sc.settle()
            try cq.pull(from: world["51"])
            let (run, _) = try policy("rehearse", Self.home, world["50"])
            #expect(run.status == .exited(0), "\(run.errors)")
            let line = try #require(run.lines.first { $0.contains("GB 1") })
            #expect(line.contains("life") && line.contains("51:1:0") && line.contains("50:2:0"))
            #expect(run.output.contains("1 outcomes of 1 rows would change."))
            #expect(try await world["50"].value("SELECT status FROM standard") == "修订")
            #expect(try policy("apply", Self.home, world["50"]).run.status == .exited(0))
            try cq.settle()
            #expect(try await world["50"].value("SELECT status FROM standard") == "废止")
            let shown = try world["50"].ctl("policy", "show")
            #expect(shown.output.contains("prefer 50, 51"))
            cq.close()
            sc.close()
        }
    }
}
