import Integrity
import Postgres
import Reasons
import Replication
import TestCluster
import Testing

@testable import RegionStore

/// Proofs of records that are not simply in their tables.
@Suite(.serialized) struct EngineProofStateTests {
    private static let tables = ["public.std", "public.\"条 文\""]
    private static let schema = """
        CREATE TABLE public.std (id int PRIMARY KEY, title text, code text UNIQUE);
        CREATE TABLE public."条 文" (id int PRIMARY KEY, std int REFERENCES public.std);
        """

    private func network() async throws -> (net: SignedNetwork, named: [NamedKey]) {
        let net = try await SignedNetwork(["50", "51"], schema: Self.schema, tables: Self.tables)
        let keys = ["50": try net.equip(net["50"]), "51": try net.equip(net["51"], .ed25519)]
        return (net, keys.map { NamedKey($1, region: $0) })
    }

    /// The proof as it is read from its file, with what it proves.
    private func prove(
        _ party: Party, _ net: SignedNetwork, _ named: [NamedKey], _ id: Int
    ) throws -> (proof: RecordProof, report: ProofReport) {
        let made = try #require(try RecordProver.prove(party.owner, table: "public.std", key: ["\(id)"]))
        let read = try RecordProof(parsing: try made.bytes)
        #expect(read == made)
        return (read, ProofCheck.check(read, named: named))
    }

    @Test func aDeletedRecordIsProvenAbsent() async throws {
        let (net, named) = try await network()
        defer { net.removeKeys() }
        let (cq, sc) = (try net["50"], try net["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '草案', 'A')")
        try net.network.converge()
        try sc.writer.execute("DELETE FROM public.std")
        try net.network.converge()
        try net.hear(cq, from: sc)
        try net.hear(sc, from: cq)
        for party in [cq, sc] {
            let (proof, report) = try prove(party, net, named, 1)
            #expect(proof.row == .absent)
            #expect(report.isProven, "\(report.faults.map(\.text))")
            #expect(report.existence == .absent && report.existenceChange?.origin.region == "51")
            #expect(report.changes.map(\.kind) == [.insert, .delete])
        }
        // Whoever leaves the deletion out proves another row than the file shows.
        var forged = try prove(cq, net, named, 1).proof
        forged.entries.removeLast()
        #expect(ProofCheck.check(forged, named: named).faults.flatMap { ReasonBook.codes($0.text) } == ["row_differs"])
    }

    @Test func whatIsNotPublishedYetIsNoPartOfIt() async throws {
        let (net, named) = try await network()
        defer { net.removeKeys() }
        let cq = try net["50"]
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '草案', 'A')")
        try cq.settle()
        try cq.writer.execute("UPDATE public.std SET title = '未发布'")
        let (proof, report) = try prove(cq, net, named, 1)
        #expect(proof.row == .unpublished)
        #expect(report.isProven && report.columns.first { $0.name == "title" }?.value == "草案")
    }

    /// Of an erased person nothing is left but that somebody has erased it.
    @Test func anErasedRecordHasNoValuesAnyMore() async throws {
        let (net, named) = try await network()
        defer { net.removeKeys() }
        let cq = try net["50"]
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '某人', 'A')")
        try cq.settle()
        let targets = try Erasure.targets(cq.owner, table: "public.std", key: ["1"])
        _ = try Erasure.ask(cq.owner, targets, reason: "本人申请")
        try cq.settle()
        let (proof, report) = try prove(cq, net, named, 1)
        #expect(proof.row == .absent)
        #expect(report.isProven, "\(report.faults.map(\.text))")
        #expect(report.changes.map(\.kind) == [.erasure] && report.changes.first?.reason == "本人申请")
        #expect(report.existence == .absent && report.beginsLate)
        #expect(proof.gaps.map(\.changes) == [1])
        let text = String(decoding: try proof.bytes, as: UTF8.self)
        #expect(!text.contains("某人"))
    }

    @Test func aParkedRecordIsProvenAndSaidToBeOutOfItsTable() async throws {
        let (net, named) = try await network()
        defer { net.removeKeys() }
        let (cq, sc) = (try net["50"], try net["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '渝', 'A')")
        try cq.settle()
        try sc.writer.execute("INSERT INTO public.std VALUES (2, '川', 'A')")
        try net.network.converge()
        try net.hear(cq, from: sc)
        try net.hear(sc, from: cq)
        for party in [cq, sc] {
            #expect(try party.rows("public.std") == [["2", "川", "A"]])
            let parked = try prove(party, net, named, 1)
            #expect(parked.proof.row == .parked)
            #expect(parked.report.isProven, "\(parked.report.faults.map(\.text))")
            #expect(parked.report.existence == .present)
            #expect(parked.report.columns.first { $0.name == "title" }?.value == "渝")
            let holder = try prove(party, net, named, 2).report
            #expect(holder.isProven, "\(holder.faults.map(\.text))")
        }
    }

    @Test func aKeptRecordIsProvenDeletedAndStillInItsTable() async throws {
        let (net, named) = try await network()
        defer { net.removeKeys() }
        let (cq, sc) = (try net["50"], try net["51"])
        try cq.writer.execute("INSERT INTO public.std VALUES (1, '父', 'A')")
        try net.network.converge()
        try cq.writer.execute("DELETE FROM public.std")
        try cq.settle()
        try sc.writer.execute("INSERT INTO public.\"条 文\" VALUES (9, 1)")
        try net.network.converge()
        try net.hear(cq, from: sc)
        for party in [cq, sc] {
            #expect(try party.rows("public.std") == [["1", "父", "A"]])
        }
        let (proof, report) = try prove(cq, net, named, 1)
        guard case .kept = proof.row else {
            Issue.record("the parent is \(proof.row)")
            return
        }
        #expect(report.isProven, "\(report.faults.map(\.text))")
        #expect(report.existence == .absent)
    }
}
