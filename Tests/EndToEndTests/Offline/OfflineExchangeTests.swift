import Foundation
import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Databases that are never connected: files, receipts, and what status and retention know from them.
    @Suite struct OfflineExchangeTests {
        private func insert(_ number: String, _ title: String, at party: Party) async throws {
            let values = [number, title].map(Session.quoteLiteral).joined(separator: ", ")
            try await party.run("INSERT INTO standard (number, title) VALUES (\(values))")
        }

        /// Waits until everything written there is published.
        private func published(_ party: Party) async throws {
            try await eventually("\(party.name) has published") { try await !party.hasWork() }
        }

        @Test func twoRegionsAndAnInstitutionAgreeByFilesAlone() async throws {
            let world = try await Federation.make(regions: ["50", "51"], replicas: ["cqu": "50"], links: [])
            let stage = try OfflineStage(world)
            try stage.introduce("50", "51")
            try stage.introduce("50", "cqu")
            try await world.startDaemons()
            let (cq, sc) = (world["50"], world["51"])
            try await insert("GB 1", "重庆 'a' \\ b", at: cq)
            try await insert("GB 2", "四川", at: sc)
            // The same standard in both: a conflict, once they hear of each other.
            try await insert("GB/T 9", "重庆的题名", at: cq)
            try await insert("GB/T 9", "四川的题名", at: sc)
            for party in [cq, sc] { try await published(party) }

            try stage.carry("50", to: "51", "50-1.bashu")
            try stage.carry("51", to: "50", "51-1.bashu")
            try stage.carry("50", to: "cqu", "cqu-1.bashu")
            try await insert("GB 3", "之后", at: cq)
            try await sc.run("UPDATE standard SET title = '四川改' WHERE number = 'GB 1'")
            for party in [cq, sc] { try await published(party) }
            try stage.carry("51", to: "50", "51-2.bashu")
            try stage.carry("50", to: "51", "50-2.bashu", "--continue")
            try stage.carry("50", to: "cqu", "cqu-2.bashu", "--continue")
            try await world.converged()
            #expect(try await world.differences() == [])
            #expect(try await cq.cases().isEmpty == false)
            for party in world.parties {
                let verified = try party.ctl("verify")
                #expect(verified.status == .exited(0), "\(verified.output)\(verified.errors)")
                let audited = try party.ctl("audit")
                #expect(audited.status == .exited(0), "\(audited.output)\(audited.errors)")
            }
            try await receiptsAreKnown(stage)
        }

        private func receiptsAreKnown(_ stage: OfflineStage) async throws {
            let cq = stage["50"]
            let status = try cq.ctl("status", "-o", "json")
            let page = try cq.ctl("status")
            #expect(page.status == .exited(4) || page.status == .exited(0), "\(page.output)")
            #expect(page.output.contains("file 2, "), "\(page.output)")
            struct Seen: Decodable {
                struct Consumer: Decodable {
                    let peer: String
                    let by_file: Bool
                    let login: String?
                    let reported_at: String?
                    let batches_missing: Int
                    let kept_bytes: Int
                }
                let consumers: [Consumer]
            }
            let consumers = try JSONDecoder().decode(Seen.self, from: Data(status.output.utf8)).consumers
            #expect(consumers.map(\.peer) == ["51", "cqu"])
            #expect(consumers.allSatisfy { $0.by_file && $0.login == nil && $0.reported_at != nil })
            #expect(consumers.allSatisfy { $0.batches_missing == 0 && $0.kept_bytes == 0 })
            let list = try cq.ctl("batch", "list")
            #expect(list.lines.filter { $0.contains("applied") && $0.hasPrefix("to") }.count == 4, "\(list.output)")
            #expect(try cq.ctl("batch", "list", "-o", "json").output.contains("\"serial\": 2"))
        }

        @Test func linksAndFilesMix() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            let stage = try OfflineStage(world)
            try await world.startDaemons()
            let (cq, sc) = (world["50"], world["51"])
            try await insert("GB 1", "链路", at: cq)
            try await world.converged()
            try await sc.pause("50")
            try await insert("GB 2", "文件", at: cq)
            try await published(cq)
            try stage.export("50", to: "51", "a.bashu")
            try await insert("GB 3", "之后的", at: cq)
            try await published(cq)
            let taken = try stage.take(stage.path("a.bashu"), at: "51")
            #expect(taken.status == .exited(0), "\(taken.output)\(taken.errors)")
            #expect(try await sc.value("SELECT title FROM standard WHERE number = 'GB 2'") == "文件")
            #expect(try await sc.value("SELECT count(*) FROM standard WHERE number = 'GB 3'") == "0")
            try await sc.resume("50")
            try await world.converged()
            // What the link has brought meanwhile is not lacking, and an older receipt lowers nothing.
            let known = """
                SELECT (v.applied ->> o.name)::bigint = a.number FROM bashu.peer_position v, bashu.origin o
                  JOIN bashu.applied a ON a.origin_id = o.id WHERE o.own
                """
            try await eventually("50 has heard by the link what 51 has") { try await cq.value(known) == "t" }
            let back = try stage.take(stage.path("a.bashu.receipt"), at: "50")
            #expect(back.status == .exited(0), "\(back.output)\(back.errors)")
            #expect(try await cq.value(known) == "t")
            #expect(try await world.differences() == [])
        }

        @Test func anInstitutionIsFilledFromAFile() async throws {
            let world = try await Federation.make(regions: ["50"], replicas: ["cqu": "50"], links: [])
            let stage = try OfflineStage(world)
            try stage.introduce("50", "cqu")
            try await world.startDaemons()
            for number in 1...20 { try await insert("GB \(number)", "题名 \(number)", at: world["50"]) }
            try await published(world["50"])
            let joined = try world["cqu"].ctl("join", "--from", "50")
            #expect(joined.status == .exited(0), "\(joined.errors)")
            #expect(try await world["cqu"].value("SELECT state FROM bashu.node") == "joining")
            try stage.carry("50", to: "cqu", "all.bashu")
            #expect(try await world["cqu"].value("SELECT state FROM bashu.node") == "ready")
            try await world.converged()
            #expect(try await world.differences() == [])
        }
    }
}
