import Postgres
import Replication
import TestCluster
import Testing

@testable import RegionStore

/// What batches are hashed with: SM3 once everybody who pulls has said that it reads it, from one batch to the next.
@Suite(.serialized) struct EngineDigestTests {
    private static let tables = ["public.\"标\"\"准\""]

    private func network() async throws -> Network {
        try await Network(
            ["50", "51"], schema: "CREATE TABLE public.\"标\"\"准\" (id int PRIMARY KEY, title text)",
            tables: Self.tables)
    }

    private func insert(_ id: Int, at party: Party) throws {
        try party.writer.execute("INSERT INTO public.\"标\"\"准\" VALUES ($1, '质量\\管理')", [.int(id)])
    }

    private func setReads(_ digests: [String]?, at party: Party) throws {
        guard let digests else {
            try party.owner.execute("DELETE FROM bashu.peer_position")
            return
        }
        let list = "{\"digests\": [" + digests.map { "\"\($0)\"" }.joined(separator: ", ") + "]}"
        try party.owner.execute("UPDATE bashu.peer_position SET node = $1::jsonb", [.text(list)])
    }

    /// The algorithms of the batches of 50 and of 51, as they lie in a party's log.
    private func algorithms(_ party: Party) throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        for row in try party.owner.query(
            """
            SELECT o.region, bashu.batch_algorithm(b.origin_id, b.number)
              FROM bashu.batch b JOIN bashu.origin o ON o.id = b.origin_id ORDER BY b.origin_id, b.number
            """)
        {
            found[try row.text(0), default: []].append(try row.text(1))
        }
        return found
    }

    @Test func changesFromOneBatchToTheNext() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        let steps: [([String]?, OwnHistory, String)] = [
            (["sha256", "sm3"], OwnHistory(digest: .sm3), "sm3"),
            // A party that has never reported, one of an earlier version, one that reads only the other.
            (nil, OwnHistory(digest: .sm3), "sha256"),
        ]
        var expected: [String] = []
        for (index, step) in steps.enumerated() {
            try setReads(step.0, at: cq)
            try cq.engine.use(step.1)
            try insert(index, at: cq)
            try network.converge()
            expected.append(step.2)
        }
        try cq.owner.execute(
            "INSERT INTO bashu.peer_position (login, node, applied, received) VALUES ($1, '{}', '{}', '{}')",
            [.text(Party.peerLogin)])
        for (reads, digest, result) in [
            (["sha256"], .sm3, "sha256"), (["sha256", "sm3"], .sm3, "sm3"), (["sha256", "sm3"], .sha256, "sha256"),
            (["sm3", "sha256"], .sm3, "sm3"),
        ] as [([String], DigestAlgorithm, String)] {
            try setReads(reads, at: cq)
            try cq.engine.use(OwnHistory(digest: digest))
            try insert(expected.count, at: cq)
            try network.converge()
            expected.append(result)
        }
        try insert(100, at: sc)
        try network.converge()
        try network.expectEqual(Self.tables)
        for party in network.parties {
            let found = try algorithms(party)
            #expect(found["50"] == expected)
            #expect(found["51"] == ["sha256"])
        }
        // Names of keys are SHA-256 in every batch.
        let foreign = try sc.owner.queryOne(
            """
            SELECT count(*) FROM bashu.change
             WHERE digest NOT IN (SELECT substring(sha256(convert_to(ARRAY[s.id::text]::text, 'UTF8')) FOR 16)
                                    FROM public."标""准" s)
            """)
        #expect(try foreign?.int(0) == 0)
    }

    @Test func whatIsForgottenKeepsTheRootOfItsAlgorithm() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.engine.use(OwnHistory(digest: .sm3))
        try insert(1, at: cq)
        try network.converge()
        for title in ["甲", "乙"] {
            try cq.writer.execute("UPDATE public.\"标\"\"准\" SET title = $1", [.text(title)])
            try network.converge()
            try sc.writer.execute("UPDATE public.\"标\"\"准\" SET title = $1 || '川'", [.text(title)])
            try network.converge()
        }
        #expect(try cq.forgetEverything(network) > 0)
        let found = try algorithms(cq)
        #expect(found["50"]?.contains("sm3") == true && found["51"]?.contains("sha256") == true)
        let late = try await Party(
            "52", kind: .replica, cluster: cq.cluster,
            schema: "CREATE TABLE public.\"标\"\"准\" (id int PRIMARY KEY, title text)", tables: Self.tables)
        // Every batch is verified against its root on the way.
        try late.receive(from: cq)
        try late.settle()
        #expect(try late.vector() == cq.vector())
        #expect(try late.rows(Self.tables[0]) == [["1", "乙川"]])
    }
}
