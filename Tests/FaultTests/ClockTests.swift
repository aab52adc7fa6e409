import Foundation
import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension Faults {
    /// The clock of one region jumps: nothing is lost, who has seen something comes after it whatever the clocks say,
    /// and people are told.
    @Suite struct ClockTests {
        @Test(arguments: [8, -8]) func jumps(hours: Int) async throws {
            let server = try await FaultyServer()
            let world = try await Federation.make(
                regions: ["50", "51"], clusters: ["50": TestCluster.start(), "51": server.cluster])
            let (right, wrong) = (world["50"], world["51"])
            try await world.startDaemons()
            try await wrong.run("INSERT INTO standard (number, title) VALUES ('GB/T 2260', '行政区划''代码')")
            try await world.converged()

            try server.setClock(hours: hours)
            // Clocks are compared when a connection begins, and every 30 s.
            _ = try await wrong.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", [.text(right.login)])
            let clock = "SELECT round(extract(epoch FROM clock_timestamp()) / 3600)"
            let there = try await wrong.value(clock).flatMap { Int($0) } ?? 0
            let here = try await right.value(clock).flatMap { Int($0) } ?? 0
            #expect(abs(there - here - hours) <= 1)
            // Each has seen the other's.
            var hybrid: [Int64] = []
            for (party, title) in [(wrong, "甲"), (right, "乙"), (wrong, "丙"), (right, "丁")] {
                try await party.run("UPDATE standard SET title = '\(title)' WHERE number = 'GB/T 2260'")
                try await world.converged()
                #expect(try await world.differences() == [])
                let found = try await right.value("SELECT title FROM standard WHERE number = 'GB/T 2260'")
                #expect(found == title)
                hybrid.append(try await right.value("SELECT max(hlc) FROM bashu.change").flatMap { Int64($0) } ?? 0)
            }
            // The time that orders them grows with every one of them.
            #expect(zip(hybrid, hybrid.dropFirst()).allSatisfy { $0 < $1 }, "\(hybrid)")
            #expect(try await right.cases() == [])
            try await expectAlarm(right, hours)

            // A jump back, and writers who have not seen each other.
            try server.setClock(hours: 0)
            for (party, peer) in [(right, "51"), (wrong, "50")] { try await party.pause(peer) }
            for party in world.parties {
                try await party.run("UPDATE standard SET title = '\(party.name)' WHERE number = 'GB/T 2260'")
            }
            for (party, peer) in [(right, "51"), (wrong, "50")] { try await party.resume(peer) }
            try await Judge(world: world, run: "after a jump of \(hours) h and back").judge()
            #expect(try await right.cases().count == 1)
            try await world.stopDaemons()
        }

        /// Peers that are never connected: only a file can tell, and only of a clock that is ahead.
        @Test func aFileFromAClockThatIsAhead() async throws {
            let server = try await FaultyServer()
            let world = try await Federation.make(
                regions: ["50", "51"], links: [], clusters: ["50": TestCluster.start(), "51": server.cluster])
            let (right, wrong) = (world["50"], world["51"])
            try await succeed(right, "peer", "add", "51", "--by-file")
            try await succeed(wrong, "peer", "add", "50", "--by-file")
            try await world.startDaemons()
            let name = "时钟 \(UUID().uuidString)"
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            /// A file from 51 to 50, made by a clock that is so far off; whether 50 is alarmed then.
            func carry(_ name: String, cutAt cut: Int, madeAt made: Int) async throws -> Bool {
                try server.setClock(hours: cut)
                try await wrong.run("INSERT INTO standard (number, title) VALUES ('GB \(name)', '时''钟')")
                try await eventually("it is published") { try await !wrong.hasWork() }
                try server.setClock(hours: made)
                try await succeed(wrong, "batch", "export", "--for", "50", "--continue", "-o", "\(folder)/\(name)")
                let output = try await succeed(right, "batch", "import", "\(folder)/\(name)")
                let isOff = try await right.value("SELECT clock_off FROM bashu.link") == "t"
                #expect(output.contains("s ahead of ours") == isOff)
                return isOff
            }
            #expect(try await carry("1", cutAt: 0, madeAt: 0) == false)
            #expect(try await carry("2", cutAt: 8, madeAt: 8))
            #expect(try await right.control("status").output.contains("- 51: the peer's clock is 28"))
            #expect(try await right.control("doctor").output.contains("ms off ours"))
            // The clock was put right in between: the batch tells of it, the next one does not.
            #expect(try await carry("3", cutAt: 8, madeAt: 0))
            #expect(try await carry("4", cutAt: 0, madeAt: 0) == false)
            #expect(try await carry("5", cutAt: -8, madeAt: -8) == false)
            #expect(try await !right.control("status").output.contains("clock is"))
            try await world.stopDaemons()
        }

        @discardableResult
        private func succeed(_ party: Party, _ arguments: String...) async throws -> String {
            let child = try ChildProcess.spawn(
                ChildProcess.builtProduct("bashuctl"), arguments, environment: party.environment)
            let status = try await child.ended(within: .seconds(60))
            #expect(status == .exited(0), "\(child.standardOutput)\(child.standardError)")
            return child.standardOutput
        }

        private func expectAlarm(_ party: Party, _ hours: Int) async throws {
            let words = hours > 0 ? "s ahead of" : "s behind"
            try await eventually("the link says it", timeout: .seconds(15)) {
                try await party.link("51")?.reason.contains(words) == true
            }
            let status = try await party.control("status")
            #expect(status.output.contains(words), "\(status.output)")
            #expect(try await party.value("SELECT clock_off FROM bashu.link") == "t")
        }
    }
}
