import Integrity
import Postgres
import Reasons
import Replication
import TestCluster
import Testing

@testable import RegionStore

/// Who vouches for a batch, and what becomes of one that nobody vouches for.
@Suite(.serialized) struct EngineSignatureTests {
    @Test(arguments: SignatureAlgorithm.allCases)
    func everyBatchIsSignedAndPassedOn(algorithm: SignatureAlgorithm) async throws {
        let net = try await SignedNetwork(["50", "51", "52"])
        defer { net.removeKeys() }
        let (cq, sc, relay) = (try net["50"], try net["52"], try net["51"])
        // Published before there was a key: signed afterwards.
        for id in 1...3 { try net.insert(id, at: cq) }
        let key = try net.equip(cq, algorithm)
        try cq.settle()
        try net.insert(4, at: cq)
        #expect(try net.signatures(cq, of: "50") == [1, 1, 1, 1])
        try net.hear(relay, from: cq)
        #expect(try net.pull(relay, from: cq) == [])
        // Only by way of the relay: key and signatures arrive unchanged.
        try net.hear(sc, from: relay)
        #expect(try Keys.find(sc.owner, "50").key.firstSeenFrom == "51")
        try net.trust(sc, key)
        #expect(try net.pull(sc, from: relay) == [])
        #expect(try net.signatures(sc, of: "50") == [1, 1, 1, 1])
        #expect(try net.ids(sc) == [1, 2, 3, 4])
        // Another daemon on the same database goes on with the same key.
        try cq.restart()
        try cq.engine.use(OwnHistory(digest: .sm3, keyFile: net.file("50")))
        try cq.writer.execute("DELETE FROM \(SignedNetwork.table)")
        try cq.settle()
        #expect(try net.signatures(cq, of: "50").allSatisfy { $0 == 1 })
    }

    /// Who ruled, why and when is in the batch, under its signature: another name or reason is found.
    @Test func aRulingCarriesPersonReasonAndTime() async throws {
        let net = try await SignedNetwork(["50", "51"])
        defer { net.removeKeys() }
        let (cq, sc) = (try net["50"], try net["51"])
        let key = try net.equip(cq)
        try net.insert(1, at: cq)
        try net.hear(sc, from: cq)
        try net.trust(sc, key)
        #expect(try net.pull(sc, from: cq) == [])
        try sc.writer.execute("UPDATE \(SignedNetwork.table) SET title = '乙'")
        try sc.settle()
        try cq.writer.execute("UPDATE \(SignedNetwork.table) SET title = '甲'")
        try cq.settle()
        #expect(try net.pull(cq, from: sc) == [])
        let summary = try #require(try CaseList.list(cq.owner, CaseList.Filter()).rows.first?.cases.first)
        let shown = try CaseList.show(cq.owner, handle: summary.winner.description)
        let reason = "按公告 \"甲\" | it's"
        let before = try Links.clock(cq.owner)
        let id = try CaseList.rule(
            cq.owner, shown, handle: "", choice: .candidate(shown.candidates[0].id), reason: reason, closed: true)
        try cq.settle()
        let after = try Links.clock(cq.owner)
        #expect(try CaseList.rulingState(cq.owner, id) == .taken)

        #expect(try net.pull(sc, from: cq) == [])
        let history = try HistoryReader.read(sc.owner, table: "public.标\"准", key: ["1"])
        let ruling = try #require(history.entries.last)
        #expect(ruling.kind == .ruling && ruling.user == Party.owner && ruling.reason == reason)
        // The clock of a history is never behind what it has seen.
        #expect((before...after).contains(ruling.hlc))
        #expect(try net.signatures(sc, of: "50").allSatisfy { $0 == 1 })
        // Somebody who can write everything puts another name there.
        let admin = try sc.cluster.session(database: sc.database)
        let count = try admin.execute(
            """
            UPDATE bashu.chunk c
               SET bytes = overlay(c.bytes PLACING convert_to('other_owner', 'UTF8')
                                   FROM position(convert_to($1, 'UTF8') IN c.bytes))
              FROM bashu.origin o WHERE o.id = c.origin_id AND o.name = $2 AND c.number = $3
            """, [.text(Party.owner), .text(ruling.id.origin.name), .int(ruling.id.number)])
        #expect(count == 1)
        let found = try #require(try Audit.run(sc.owner).origins.first { $0.region == "50" })
        #expect(found.faults.count == 1 && found.faults.named.first?.text.contains("batch \(ruling.id.number)") == true)
    }

    @Test func anErasureIsSignedToo() async throws {
        let net = try await SignedNetwork(["50"])
        defer { net.removeKeys() }
        let cq = try net["50"]
        try net.equip(cq)
        try net.insert(1, at: cq)
        let targets = try Erasure.targets(cq.owner, table: "public.标\"准", key: ["1"])
        _ = try Erasure.ask(cq.owner, targets, reason: "本人申请")
        try cq.settle()
        #expect(try net.signatures(cq, of: "50") == [1, 1])
    }

    @Test func aRelayThatDropsOrSwapsSignaturesIsNamed() async throws {
        let net = try await SignedNetwork(["50", "51", "52"])
        defer { net.removeKeys() }
        let (cq, relay, sc) = (try net["50"], try net["51"], try net["52"])
        let key = try net.equip(cq)
        for id in 1...4 { try net.insert(id, at: cq) }
        try net.hear(relay, from: cq)
        #expect(try net.pull(relay, from: cq) == [])
        try net.hear(sc, from: relay)
        try net.trust(sc, key)
        let origin = try net.origin(cq)
        let name = "batch 3 of \(origin) from peer 51 is refused"

        // Dropped.
        try relay.owner.script(
            "CREATE TABLE public.kept AS SELECT * FROM bashu.signature; DELETE FROM bashu.signature WHERE number = 3")
        #expect(
            try net.pull(sc, from: relay)
                == ["\(name): it has no signature, and batches of its region must have one"])
        #expect(try net.ids(sc) == [1, 2])
        // Another batch's in its place.
        try relay.owner.script(
            """
            INSERT INTO bashu.signature SELECT * FROM public.kept WHERE number = 3;
            UPDATE bashu.signature s SET signature = k.signature FROM public.kept k WHERE s.number = 3 AND k.number = 4
            """)
        #expect(
            try net.pull(sc, from: relay)
                == ["\(name): its signature by key \(key.fingerprintText) is not that of these bytes"])
        // Nobody's name on it, but a byte of the batch is another.
        let flip = """
            UPDATE bashu.chunk SET bytes = set_byte(bytes, length(bytes) - 90, get_byte(bytes, length(bytes) - 90) # 1)
             WHERE number = 3
            """
        try relay.owner.script(
            """
            UPDATE bashu.signature s SET signature = k.signature FROM public.kept k WHERE s.number = k.number;
            \(flip)
            """)
        let byte = try net.pull(sc, from: relay)
        #expect(byte.count == 1 && byte[0].hasPrefix("\(name): part 0, line "))
        #expect(try net.ids(sc) == [1, 2])
        // The evidence of all three is here, and what was refused leaves nothing else.
        let evidence = try sc.owner.query("SELECT * FROM bashu.evidence ORDER BY id")
        #expect(try evidence.map { "\(try $0.text("origin"))/\(try $0.int("number"))/\(try $0.text("peer"))" }
            == Array(repeating: "\(origin)/3/51", count: 3))
        #expect(try evidence.allSatisfy { try $0.text("header").hasPrefix("bashu\t1\tsm3\t50\t\(origin)\t3\t") })
        #expect(evidence.map { $0.isNull("signature") } == [true, false, true])
        #expect(evidence.map { $0.isNull("root") } == [false, false, true])
        // The honest way is still open.
        #expect(try net.pull(sc, from: cq) == [])
        #expect(try net.ids(sc) == [1, 2, 3, 4])
        try relay.owner.script(flip)
        try net.network.expectEqual([])
    }

    /// Whoever rewrites history makes new roots, which the signatures are not of.
    @Test func aRelayThatWritesABatchItselfIsFound() async throws {
        let net = try await SignedNetwork(["50", "51"])
        defer { net.removeKeys() }
        let (cq, sc) = (try net["50"], try net["51"])
        let key = try net.equip(cq)
        try net.insert(1, at: cq)
        // Publishes under the name of 50, with a key of its own.
        let forger = try await Party(
            "50", cluster: cq.cluster, schema: "CREATE TABLE \(SignedNetwork.table) (id int PRIMARY KEY, title text)",
            tables: [SignedNetwork.table])
        let origin = try net.origin(cq)
        try forger.owner.execute("UPDATE bashu.origin SET name = $1 WHERE own", [.text(origin)])
        try forger.restart()
        let own = try net.equip(forger, .ed25519, key: "forged")
        for id in 7...9 { try net.insert(id, at: forger) }
        try net.hear(sc, from: cq)
        try net.hear(sc, from: forger)
        try net.trust(sc, key)
        #expect(
            try net.pull(sc, from: forger) == [
                "batch 1 of \(origin) from peer 50 is refused: it is signed by key \(own.fingerprintText), "
                    + "which nobody here has trusted: compare it with its region, then bashuctl key trust"
            ])
        #expect(try net.ids(sc) == [])
        #expect(try net.pull(sc, from: cq) == [])
        #expect(try net.ids(sc) == [1])
    }

    @Test func aKeyFollowsAnotherWithoutAnybodyBeingAsked() async throws {
        let net = try await SignedNetwork(["50", "51"])
        defer { net.removeKeys() }
        let (cq, sc) = (try net["50"], try net["51"])
        let first = try net.equip(cq)
        try net.insert(1, at: cq)
        try net.hear(sc, from: cq)
        try net.trust(sc, first)
        #expect(try net.pull(sc, from: cq) == [])
        let daemon = try cq.cluster.session(database: cq.database, user: Party.daemon)
        let rotated = try Keys.rotate(daemon, .ed25519, file: net.file("50"))
        #expect(rotated.oldFile.hasPrefix(net.file("50") + ".old-"))
        // The daemon goes on with the old key until it reads its configuration again.
        try net.insert(2, at: cq)
        try cq.engine.use(OwnHistory(digest: .sm3, keyFile: net.file("50")))
        try net.insert(3, at: cq)
        let refused = try net.pull(sc, from: cq)
        #expect(refused.count == 1 && refused[0].contains("batch 3 "))
        #expect(try net.ids(sc) == [1, 2])
        try net.hear(sc, from: cq)
        #expect(try Keys.find(sc.owner, rotated.key.fingerprintText).key.trustedBy == "key \(first.fingerprintText)")
        #expect(try net.pull(sc, from: cq) == [])
        #expect(try net.ids(sc) == [1, 2, 3])
        // A stranger's key that names a predecessor, without its signature, is no successor.
        let stranger = try net.equip(sc, key: "stranger")
        try cq.owner.execute(
            """
            INSERT INTO bashu.public_key (fingerprint, region, algorithm, spki, predecessor, succession)
            SELECT $1, '50', 'sm2', $2, k.fingerprint, '\\x00' FROM bashu.public_key k WHERE k.algorithm = 'ed25519'
            """, [.bytes(stranger.fingerprint), .bytes(stranger.spki)])
        try sc.owner.execute("DELETE FROM bashu.public_key WHERE fingerprint = $1", [.bytes(stranger.fingerprint)])
        try net.hear(sc, from: cq)
        #expect(try Keys.find(sc.owner, stranger.fingerprintText).key.trustedAt == nil)
    }

    @Test func aRevokedKeyIsBelievedForWhatIsAppliedOnly() async throws {
        let net = try await SignedNetwork(["50", "51"])
        defer { net.removeKeys() }
        let (cq, sc) = (try net["50"], try net["51"])
        let key = try net.equip(cq)
        try net.insert(1, at: cq)
        try net.hear(sc, from: cq)
        try net.trust(sc, key)
        #expect(try net.pull(sc, from: cq) == [])
        try net.insert(2, at: cq)
        try Keys.revoke(sc.owner, try Keys.find(sc.owner, "50").key, reason: "服务器被盗")
        let refused = try net.pull(sc, from: cq)
        #expect(refused.count == 1)
        #expect(refused.first?.contains("signed by key \(key.fingerprintText), which was revoked here on ") == true)
        #expect(refused.first?.hasSuffix("UTC (服务器被盗)") == true)
        #expect(try net.ids(sc) == [1])
        #expect(throws: Keys.Refusal.revoked(key.fingerprintText)) { try net.trust(sc, key) }
        // At home too: nothing is published with it any more.
        try Keys.revoke(cq.owner, try Keys.find(cq.owner, key.fingerprintText).key, reason: "服务器被盗")
        #expect(throws: KeyRevoked(fingerprint: key.fingerprintText)) {
            try cq.engine.use(OwnHistory(digest: .sha256, keyFile: net.file("50")))
        }
        // The next key vouches for everything, what the old one has signed too.
        let next = try net.equip(cq, key: "next")
        try cq.settle()
        try net.hear(sc, from: cq)
        try net.trust(sc, next)
        #expect(try net.pull(sc, from: cq) == [])
        #expect(try net.ids(sc) == [1, 2])
    }

    @Test func whoMustSignIsASetting() async throws {
        let net = try await SignedNetwork(["50", "51"])
        defer { net.removeKeys() }
        let (cq, sc) = (try net["50"], try net["51"])
        try net.insert(1, at: cq)
        #expect(try net.pull(sc, from: cq, .all).count == 1)
        #expect(try net.ids(sc) == [])
        #expect(try net.pull(sc, from: cq, .trusted) == [])
        #expect(try net.ids(sc) == [1])
        let key = try net.equip(cq)
        try net.insert(2, at: cq)
        try net.hear(sc, from: cq)
        try net.trust(sc, key)
        try cq.owner.script("DELETE FROM bashu.signature WHERE number = 2")
        #expect(try net.pull(sc, from: cq, .trusted).count == 1)
        #expect(try net.pull(sc, from: cq, .none) == [])
        #expect(try net.ids(sc) == [1, 2])
        // What was taken without a signature gets it when there is one.
        try cq.engine.use(OwnHistory(digest: .sm3, keyFile: net.file("50")))
        try cq.settle()
        try net.hear(sc, from: cq)
        #expect(try net.signatures(sc, of: "50") == [1, 1])
    }

    /// One answer holds 4,000 signatures at most.
    @Test func signaturesOfManyBatchesComeInSeveralAnswers() async throws {
        let net = try await SignedNetwork(["50"])
        defer { net.removeKeys() }
        let cq = try net["50"]
        try cq.owner.script(
            """
            INSERT INTO bashu.batch (origin_id, number, previous, digest, context, cut_at, complete)
            SELECT o.id, n, '', '', '{}', now(), true FROM bashu.origin o, generate_series(1, 1201) n WHERE o.own;
            INSERT INTO bashu.signature (origin_id, number, fingerprint, algorithm, signature)
            SELECT o.id, n, sha256(convert_to(k::text, 'UTF8')), 'sm2', '\\x01'
              FROM bashu.origin o, generate_series(1, 1201) n, generate_series(1, 8) k WHERE o.own
            """)
        let feed = PeerFeed(peer: "50", session: try cq.cluster.session(database: cq.database, user: Party.peerLogin))
        let origin = OriginID(try net.origin(cq))
        let found = try feed.signatures(of: origin, from: 2, to: 1_201)
        #expect(found.keys.sorted() == Array(2...1_201))
        #expect(found.values.allSatisfy { $0.count == 8 })
        #expect(try feed.signatures(of: OriginID("50-nobody"), from: 1, to: 9).isEmpty)
    }

    /// One that a peer cannot give is not in the way of the others.
    @Test func lateSignaturesBehindAGapArrive() async throws {
        let net = try await SignedNetwork(["50", "51"])
        defer { net.removeKeys() }
        let (cq, sc) = (try net["50"], try net["51"])
        for id in 1...5 { try net.insert(id, at: cq) }
        #expect(try net.pull(sc, from: cq) == [])
        try net.equip(cq)
        try cq.settle()
        try cq.owner.script("DELETE FROM bashu.signature WHERE number IN (1, 4)")
        var late = LateSignatures(range: 2)
        for expected in [[0, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 1, 1, 0, 1], [0, 1, 1, 0, 1]] as [[Int64]] {
            try net.hear(sc, from: cq, &late)
            #expect(try net.signatures(sc, of: "50") == expected)
        }
    }

    @Test func aKeyThatCannotSignPublishesNothing() async throws {
        struct Broken: SigningKey {
            let publicKey: PublicKey
            func sign(_ message: [UInt8]) throws(SignatureError) -> [UInt8] {
                throw .failed(key: "card", step: "sign")
            }
        }
        let net = try await SignedNetwork(["50"])
        defer { net.removeKeys() }
        let cq = try net["50"]
        let key = try net.equip(cq)
        try net.insert(1, at: cq)
        try cq.engine.use(OwnHistory(key: Broken(publicKey: key)))
        // The same public key: the engine is told by hand.
        cq.engine.cutter.history = OwnHistory(key: Broken(publicKey: key))
        try cq.writer.execute("INSERT INTO \(SignedNetwork.table) VALUES (2, '等')")
        #expect(throws: SignatureError.failed(key: "card", step: "sign")) { try cq.settle() }
        #expect(try net.signatures(cq, of: "50") == [1])
        #expect(try cq.owner.queryOne("SELECT count(*) FROM bashu.pending")?.int(0) == 1)
        cq.engine.cutter.history = try OwnHistory(digest: .sm3, keyFile: net.file("50"))
        try cq.settle()
        #expect(try net.signatures(cq, of: "50") == [1, 1])
    }
}
