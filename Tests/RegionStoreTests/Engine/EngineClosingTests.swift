import Integrity
import Postgres
import Reasons
import Replication
import TestCluster
import Testing

@testable import RegionStore

/// Whose word on the end of an origin counts.
@Suite(.serialized) struct EngineClosingTests {
    private static let reason = "服务器停用 \"甲\" | 'old'"

    private struct Closing: Equatable {
        let name: String
        let reason: String
        let isSigned: Bool
    }

    private func closings(_ party: Party) throws -> [Closing] {
        try party.owner.query(
            "SELECT origin, number, declared_by, reason, signature IS NOT NULL FROM bashu.closing ORDER BY 1, 2, 3"
        ).map {
            Closing(
                name: "\(try $0.text(0)) \(try $0.int(1)) \(try $0.text(2))", reason: try $0.text(3),
                isSigned: try $0.bool(4))
        }
    }

    private func adopt(
        _ party: Party, from peer: Party, _ requirement: SignatureRequirement = .trusted
    ) throws -> [String] {
        let local = try party.cluster.session(database: party.database, user: Party.daemon)
        let there = try peer.cluster.session(database: peer.database, user: Party.peerLogin)
        return try Closings.adopt(from: PeerFeed(peer: peer.name, session: there), in: local, requirement).map(\.text)
    }

    /// A region that has a key closes an origin; a relay passes its word on.
    @Test(arguments: SignatureAlgorithm.allCases)
    func theWordOfARegionArrivesByARelay(algorithm: SignatureAlgorithm) async throws {
        let net = try await SignedNetwork(["50", "51", "52", "53"])
        defer { net.removeKeys() }
        let (cq, relay, sc, gone) = (try net["50"], try net["51"], try net["52"], try net["53"])
        try net.insert(1, at: gone)
        #expect(try net.pull(cq, from: gone) == [])
        let origin = try net.origin(gone)
        // Declared before there is a key: signed once there is one.
        #expect(try Origins.close(cq.owner, name: origin, at: nil, reason: Self.reason) == 1)
        let name = "\(origin) 1 50"
        #expect(try adopt(relay, from: cq) == [])
        #expect(try closings(relay) == [Closing(name: name, reason: Self.reason, isSigned: false)])
        let key = try net.equip(cq, algorithm)
        try cq.restart()
        try cq.engine.use(OwnHistory(digest: .sm3, keyFile: net.file("50")))
        try cq.settle()
        let signed = [Closing(name: name, reason: Self.reason, isSigned: true)]
        #expect(try closings(cq) == signed)
        // The relay has not heard of the signature yet, and 52 asks for one.
        try net.hear(relay, from: cq)
        try net.hear(sc, from: relay)
        try net.trust(sc, key)
        #expect(try adopt(sc, from: relay).count == 1)
        #expect(try closings(sc) == [])
        try net.trust(relay, key)
        #expect(try adopt(relay, from: cq) == [])
        #expect(try closings(relay) == signed)
        #expect(try adopt(sc, from: relay) == [])
        #expect(try closings(sc) == signed)
    }

    /// Whoever is pulled from could stop a region with one made-up row.
    @Test func whatAPeerMakesUpIsNotBelieved() async throws {
        let net = try await SignedNetwork(["50", "51", "52"])
        defer { net.removeKeys() }
        let (cq, relay, sc) = (try net["50"], try net["51"], try net["52"])
        let key = try net.equip(cq)
        try net.insert(1, at: cq)
        try net.hear(relay, from: cq)
        try net.hear(sc, from: relay)
        try net.trust(sc, key)
        let origin = try net.origin(cq)
        let insert = "INSERT INTO bashu.closing (origin, number, declared_by, person, reason, declared_at"
        for region in ["50", "51", "99"] {
            try relay.owner.execute("\(insert)) VALUES ($1, 1, $2, 'eve', 'x', now())", [.text(origin), .text(region)])
        }
        let refused = try adopt(sc, from: relay)
        #expect(refused.count == 3)
        #expect(
            refused.first
                == Reason(
                    LifeReason.closing_unproven,
                    ["origin": origin, "number": "1", "region": "50", "peer": "51"]
                ).text)
        // The region itself does not believe it either.
        #expect(try adopt(cq, from: relay).count == 3)
        #expect(try closings(sc) == [] && closings(cq) == [])
        // A signature of the right key, of something else.
        let other = try #require(
            try cq.owner.queryOne("SELECT fingerprint, signature FROM bashu.signature ORDER BY number LIMIT 1"))
        try relay.owner.execute(
            "UPDATE bashu.closing SET fingerprint = $1, signature = $2",
            [.bytes(try other.bytes(0)), .bytes(try other.bytes(1))])
        #expect(try adopt(sc, from: relay).count == 3)
        // Where signatures are nobody's business, they are not.
        #expect(try adopt(sc, from: relay, .none) == [])
        #expect(try closings(sc).map(\.isSigned) == [false, false, false])
    }

    @Test func everyFieldIsUnderTheSignature() async throws {
        let net = try await SignedNetwork(["50", "51", "52"])
        defer { net.removeKeys() }
        let (cq, sc, gone) = (try net["50"], try net["51"], try net["52"])
        try net.insert(1, at: gone)
        #expect(try net.pull(cq, from: gone) == [])
        let key = try net.equip(cq)
        _ = try Origins.close(cq.owner, name: try net.origin(gone), at: 5, reason: Self.reason)
        try cq.restart()
        try cq.engine.use(OwnHistory(digest: .sm3, keyFile: net.file("50")))
        try cq.settle()
        try net.hear(sc, from: cq)
        try net.trust(sc, key)
        for edit in [
            "number = number + 1", "declared_by = '52'", "person = person || 'x'", "reason = reason || 'x'",
            "declared_at = declared_at + interval '1 microsecond'", "origin = replace(origin, '52-', '53-')",
        ] {
            try cq.owner.script("CREATE TABLE public.kept AS SELECT * FROM bashu.closing")
            try cq.owner.script("UPDATE bashu.closing SET \(edit)")
            let refused = try adopt(sc, from: cq)
            // 52 has no key here that is trusted: its word, and that on 53, counts without one.
            let counts = edit.hasPrefix("declared_by")
            #expect(refused.count == (counts ? 0 : 1), "\(edit)")
            try cq.owner.script(
                """
                DELETE FROM bashu.closing;
                INSERT INTO bashu.closing SELECT * FROM public.kept;
                DROP TABLE public.kept;
                """)
            try sc.owner.script("DELETE FROM bashu.closing")
        }
        #expect(try adopt(sc, from: cq) == [])
        #expect(try closings(sc).map(\.isSigned) == [true])
        // A key that was taken back vouches for nothing that is new here.
        try sc.owner.script("DELETE FROM bashu.closing")
        try Keys.revoke(sc.owner, Keys.find(sc.owner, key.fingerprintText).key, reason: "泄露")
        #expect(try adopt(sc, from: cq).count == 1)
    }
}
