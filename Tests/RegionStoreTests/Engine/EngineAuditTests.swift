import Integrity
import Postgres
import Reasons
import Replication
import TestCluster
import Testing

@testable import RegionStore

/// What a superuser does to the history is found by an audit, in the region and in who has it from there.
@Suite(.serialized) struct EngineAuditTests {
    private func faults(_ region: Party, _ name: String) throws -> [String] {
        let origin = try #require(try Audit.run(region.owner).origins.first { $0.region == name })
        #expect(origin.faults.count == Int64(origin.faults.named.count))
        return origin.faults.named.map(\.code)
    }

    /// Two regions with five batches of 50, the first of them unsigned, one row of them erased.
    private func network() async throws -> SignedNetwork {
        let net = try await SignedNetwork(["50", "51"])
        let (cq, sc) = (try net["50"], try net["51"])
        try net.insert(1, at: cq)
        let key = try net.equip(cq)
        for id in 2...4 { try net.insert(id, at: cq) }
        _ = try Erasure.ask(
            cq.owner, try Erasure.targets(cq.owner, table: "public.标\"准", key: ["2"]), reason: "本人申请")
        try cq.settle()
        try net.hear(sc, from: cq)
        try net.trust(sc, key)
        #expect(try net.pull(sc, from: cq) == [])
        try sc.settle()
        return net
    }

    @Test func whatWasPublishedIsClean() async throws {
        let net = try await network()
        defer { net.removeKeys() }
        for name in ["50", "51"] {
            let all = try Audit.run(net[name].owner)
            #expect(all.faultCount == 0, "\(all)")
            let report = try #require(all.origins.first { $0.region == "50" })
            #expect(report.batches == 5 && report.vouchedFor == 5 && report.unsigned == 0)
            #expect(report.gone == 1)
        }
    }

    @Test(arguments: [
        (
            "UPDATE bashu.chunk SET bytes = set_byte(bytes, length(bytes) / 2, "
                + "get_byte(bytes, length(bytes) / 2) # 1) WHERE number = 3", "altered"
        ),
        ("UPDATE bashu.batch SET digest = set_byte(digest, 0, get_byte(digest, 0) # 1) WHERE number = 3", "other_root"),
        ("DELETE FROM bashu.chunk WHERE number = 3", "incomplete"),
        ("DELETE FROM bashu.batch WHERE number = 3", "missing_batch"),
        ("DELETE FROM bashu.batch WHERE number = 5", "position_differs"),
        (
            "UPDATE bashu.signature SET signature = set_byte(signature, 8, get_byte(signature, 8) # 1) "
                + "WHERE number = 4",
            "signature_forged"
        ),
        ("UPDATE bashu.batch SET context = '{}' WHERE number = 3", "record_differs"),
        ("UPDATE bashu.batch SET previous = sha256('伪') WHERE number = 3", "record_differs"),
        ("UPDATE bashu.batch SET cut_at = cut_at - interval '1 day' WHERE number = 3", "record_differs"),
        // As if the erasure that explains the missing change had never been.
        ("UPDATE bashu.change SET kind = 'd' WHERE kind = 'e'", "taken_out"),
    ])
    func whatASuperuserChangesIsFound(edit: String, code: String) async throws {
        let net = try await network()
        defer { net.removeKeys() }
        for name in ["50", "51"] {
            let region = try net[name]
            let admin = try region.cluster.session(database: region.database)
            try admin.script("SET session_replication_role = replica; \(edit)")
            let found = try faults(region, "50")
            #expect(found.contains(code), "\(found)")
        }
    }

    /// One edit is told once: not also of the batch after it.
    @Test(arguments: [
        ("UPDATE bashu.batch SET digest = sha256('伪') WHERE number = 3", ["other_root"]),
        ("DELETE FROM bashu.batch WHERE number IN (3, 4)", ["missing_batches"]),
    ])
    func whatFollowsIsJudgedByItself(edit: String, codes: [String]) async throws {
        let net = try await network()
        defer { net.removeKeys() }
        let region = try net["51"]
        let admin = try region.cluster.session(database: region.database)
        try admin.script("SET session_replication_role = replica; \(edit)")
        let all = try Audit.run(region.owner, historyOnly: true).origins
        #expect(all.flatMap { $0.faults.named.map(\.code) } == codes)
    }

    /// Where a region's key is trusted, a batch that has lost its signature may be anybody's.
    @Test func aSignatureThatIsGoneIsFoundWhereOneIsRequired() async throws {
        let net = try await network()
        defer { net.removeKeys() }
        let region = try net["51"]
        let admin = try region.cluster.session(database: region.database)
        try admin.script(
            """
            SET session_replication_role = replica;
            DELETE FROM bashu.signature WHERE number IN (1, 3);
            UPDATE bashu.signature SET fingerprint = sha256('伪') WHERE number = 4
            """)
        let origin = try net.origin(net["50"])
        let wanted = "no signature by a key that is trusted here, and batches of region 50 must have one"
        func found(_ requirement: SignatureRequirement) throws -> [String] {
            try Audit.run(region.owner, historyOnly: true, requirement: requirement).origins.flatMap {
                $0.faults.named.map(\.text)
            }
        }
        #expect(
            try found(.trusted) == [
                "batch 1 of \(origin) has \(wanted)", "batches 3 to 4 of \(origin) have \(wanted)",
            ])
        #expect(try found(.none) == [])
    }

    /// A shape that somebody has altered ends neither the audit nor the daemon.
    @Test(arguments: ["columns = columns[1:1]", "columns[2] = '伪'"])
    func anAlteredShapeIsTold(edit: String) async throws {
        let net = try await network()
        defer { net.removeKeys() }
        let region = try net["51"]
        let admin = try region.cluster.session(database: region.database)
        try admin.script("SET session_replication_role = replica; UPDATE bashu.shape SET \(edit)")
        let report = try Audit.run(region.owner)
        let reasons = report.tables.flatMap { $0.faults.named.map(\.text) }
        #expect(reasons.contains { $0.contains("could not be compared: the log is damaged: shape ") }, "\(reasons)")
    }

    /// Who asks for a comparison with a log that cannot be read is told so, and does not wait.
    @Test func aComparisonWithDamagedHistoryIsAnswered() async throws {
        let net = try await network()
        defer { net.removeKeys() }
        let region = try net["51"]
        let admin = try region.cluster.session(database: region.database)
        try admin.script(
            """
            SET session_replication_role = replica;
            UPDATE bashu.chunk
               SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), E'\\t{4}\\t', E'\\t(4)\\t'), 'UTF8');
            INSERT INTO bashu.request (kind, argument) VALUES ('verify', '{}')
            """)
        try region.settle()
        let answer = try #require(try admin.queryOne("SELECT state, result ->> 'error' FROM bashu.request"))
        #expect(try answer.text(0) == "failed")
        #expect(try answer.text(1).contains("the key is not an array"))
    }
}
