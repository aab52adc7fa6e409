import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Links come, pause, resume and go while the daemon runs.
    @Suite struct LinkLifeTests {
        private func count(_ party: Party, _ number: String) async throws -> String? {
            try await party.value("SELECT count(*) FROM standard WHERE number = $1", [.text(number)])
        }

        @Test func pausesAndResumes() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            try await world.startDaemons()
            try await world.converged()
            try await world["50"].pause("51")
            try await world["51"].run("INSERT INTO standard (number, title) VALUES ('GB 1', '停')")
            try await world["50"].run("INSERT INTO standard (number, title) VALUES ('GB 2', '行')")
            // The other direction goes on, and brings 51's position with it.
            try await eventually("51 has it") { try await count(world["51"], "GB 2") == "1" }
            #expect(try await count(world["50"], "GB 1") == "0")
            #expect(try await world["50"].link("51")?.state == "paused")
            try await world["50"].resume("51")
            try await world.converged()
            #expect(try await world.differences() == [])
            #expect(try await count(world["50"], "GB 1") == "1")
        }

        @Test func peersComeAndGoWhileItRuns() async throws {
            let world = try await Federation.make(regions: ["50", "51", "52"], links: [])
            try await world.startDaemons()
            try await world["51"].run("INSERT INTO standard (number, title) VALUES ('GB 1', '一')")
            try await world.connect("50", to: "51")
            try await eventually("50 has it") { try await count(world["50"], "GB 1") == "1" }

            try await world["50"].run("DELETE FROM bashu.peer WHERE name = '51'", as: .owner)
            try await eventually("the link is gone") { try await world["50"].link("51") == nil }
            try await eventually("nobody is connected any more") {
                try await world["51"].value(
                    "SELECT count(*) FROM pg_stat_activity WHERE usename = $1", [.text(world["50"].login)]) == "0"
            }
            try await world["51"].run("INSERT INTO standard (number, title) VALUES ('GB 2', '二')")
            try await world.connect("52", to: "51")
            try await eventually("52 has it") { try await count(world["52"], "GB 2") == "1" }
            #expect(try await count(world["50"], "GB 2") == "0")
            // 50 gets it by way of 52.
            try await world.connect("50", to: "52")
            try await eventually("50 has it") { try await count(world["50"], "GB 2") == "1" }
        }

        @Test func relaysBetweenTwoThatNeverSpeak() async throws {
            let world = try await Federation.make(
                regions: ["50", "51", "52"],
                links: [(from: "50", to: "51"), (from: "51", to: "50"), (from: "51", to: "52"), (from: "52", to: "51")])
            try await world.startDaemons()
            for party in world.parties {
                try await party.run("INSERT INTO standard (number, title) VALUES ('DB\(party.name)', '甲')")
            }
            try await world.converged()
            try await world["50"].run("UPDATE standard SET title = '乙' WHERE number = 'DB52'")
            try await world["52"].run("UPDATE standard SET pages = 3 WHERE number = 'DB50'")
            try await world.converged()
            #expect(try await world.differences() == [])
            #expect(try await world["52"].value("SELECT title FROM standard WHERE number = 'DB52'") == "乙")
        }

        @Test func comesBackAfterItsConnectionsAreEnded() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            try await world.startDaemons()
            try await world.converged()
            for round in 1...3 {
                _ = try await world["51"].rows(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'bashud%'")
                for party in world.parties {
                    try await party.run("INSERT INTO standard (number, title) VALUES ('DB\(party.name)-\(round)', '甲')")
                }
            }
            try await world.converged()
            #expect(try await world.differences() == [])
            try await world.stopDaemons()
        }

        @Test func tellsPeersHowFarItIs() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            try await world.startDaemons()
            try await world["50"].run("INSERT INTO standard (number, title) VALUES ('GB 1', '一')")
            try await world.converged()
            try await eventually("50 knows that 51 has it", timeout: .seconds(5)) {
                let origin = try await world["50"].value("SELECT name FROM bashu.origin WHERE own") ?? ""
                let known = try await world["50"].value(
                    """
                    SELECT (p.applied ->> $1)::bigint = a.number
                      FROM bashu.peer_position p, bashu.applied a JOIN bashu.origin o ON o.id = a.origin_id AND o.own
                     WHERE p.login = $2
                    """, [.text(origin), .text(world["51"].login)])
                return known == "t"
            }
            let node = try await world["50"].value(
                "SELECT node ->> 'region' FROM bashu.peer_position WHERE login = $1", [.text(world["51"].login)])
            #expect(node == "51")
        }

        @Test func freshnessGrowsOnlyWhileSomethingIsDead() async throws {
            let world = try await Federation.make(regions: ["50", "51"], replicas: ["cqu": "50"])
            try await world.startDaemons()
            try await world["51"].run("INSERT INTO standard (number, title) VALUES ('GB 1', '一')")
            try await world.converged()
            // An origin that the replica reaches through a relay, and that has nothing to say any more.
            let age = "SELECT extract(epoch FROM age)::integer FROM bashu.freshness WHERE region = '51'"
            let through = "SELECT through FROM bashu.freshness WHERE region = '51'"
            var seen: Set<String> = []
            try await eventually("it becomes fresher again and again", timeout: .seconds(30)) {
                if let known = try await world["cqu"].value(through) { seen.insert(known) }
                return seen.count >= 3
            }
            world["51"].killDaemon()
            try await eventually("it grows old", timeout: .seconds(20)) {
                try await world["cqu"].value(age).flatMap { Int($0) } ?? 0 >= 6
            }
        }

        @Test func joinsAndSaysWhenItHas() async throws {
            let world = try await Federation.make(regions: ["50"], replicas: ["cqu": "50"])
            try await world["50"].startDaemon()
            try await world["50"].run(
                "INSERT INTO standard (number, title) SELECT 'GB ' || n, '甲' FROM generate_series(1, 2000) n")
            try await eventually("it is published") { try await !world["50"].hasWork() }
            try await world["cqu"].run(
                "UPDATE bashu.node SET state = 'joining', join_peer = '50'", as: .superuser)
            try await world["cqu"].startDaemon()
            try await eventually("it has joined", timeout: .seconds(20)) {
                try await world["cqu"].value("SELECT state FROM bashu.node") == "ready"
            }
            #expect(try await world["cqu"].value("SELECT count(*) FROM standard") == "2000")
            let target = "SELECT count(*) FROM bashu.node, jsonb_each(join_vector)"
            #expect(try await world["cqu"].value(target) == "1")
        }

        @Test func answersWhetherAPeerCanBeReached() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            try await world["50"].startDaemon()
            func ask(_ peer: String) async throws -> [String?] {
                let id = try await world["50"].value(
                    """
                    INSERT INTO bashu.request (kind, argument)
                    VALUES ('test_peer', jsonb_build_object('peer', $1::text)) RETURNING id
                    """, [.text(peer)]) ?? ""
                try await eventually("it is answered") {
                    try await world["50"].value(
                        "SELECT state IN ('done', 'failed') FROM bashu.request WHERE id = $1::bigint",
                        [.text(id)]) == "t"
                }
                return try await world["50"].rows(
                    """
                    SELECT state, result -> 'node' ->> 'region', result ->> 'reason', result ->> 'sql_state'
                      FROM bashu.request WHERE id = $1::bigint
                    """, [.text(id)]).first ?? []
            }
            #expect(try await ask("51") == ["done", "51", nil, nil])
            #expect(try await ask("52").first == "failed")
            try await world["50"].pull(from: world["51"], conninfo: "host=/nowhere dbname=x")
            let refused = try await ask("51")
            #expect(refused.first == "failed")
            #expect(refused[2]?.contains("cannot be reached") == true)
        }
    }
}
