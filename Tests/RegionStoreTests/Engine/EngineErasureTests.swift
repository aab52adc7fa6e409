import Postgres
import Replication
import TestCluster
import Testing

@testable import RegionStore

/// Erasing a person: out of the tables, the log and the cases of every party, and nothing else with it.
@Suite(.serialized) struct EngineErasureTests {
    private static let tables = ["public.person", "public.appointment", "public.std"]
    private static let name = "张𬭎\\姓\t名"

    private func network(_ names: [String] = ["50", "51", "52"]) async throws -> Network {
        try await Network(
            names,
            schema: """
                CREATE TABLE public.person (id uuid PRIMARY KEY, name text, title text, phone text);
                CREATE TABLE public.appointment (person uuid REFERENCES public.person, region text, title text,
                                                 PRIMARY KEY (person, region));
                CREATE TABLE public.std (id int PRIMARY KEY, title text);
                """, tables: Self.tables)
    }

    private let id = "6f1c3c1e-2f0e-4f4e-9d38-0a4b6c7d8e9f"

    private func register(_ party: Party) throws {
        try party.writer.execute(
            "INSERT INTO public.person VALUES ($1::uuid, $2, '高工', '13900001111')", [.text(id), .text(Self.name)])
        try party.writer.execute("INSERT INTO public.appointment VALUES ($1::uuid, '50', '张某的聘任')", [.text(id)])
        try party.writer.execute("INSERT INTO public.std VALUES (1, '不相干的标准')")
    }

    private func erase(_ party: Party, _ table: String = "public.person", _ key: [String]? = nil) throws -> Int {
        let targets = try Erasure.targets(party.owner, table: table, key: key ?? [id]).filter { $0.changes > 0 }
        let ids = try Erasure.ask(party.owner, targets, reason: "本人申请")
        try party.settle()
        for id in ids { #expect(try CaseList.rulingState(party.owner, id) == .taken) }
        return targets.count
    }

    /// How many chunks, cases, rulings and known rows of a party hold the text.
    private func traces(_ party: Party, _ text: String) throws -> Int64 {
        let row = try party.owner.queryOne(
            """
            SELECT (SELECT count(*) FROM bashu.chunk WHERE position(convert_to($1, 'UTF8') IN bytes) > 0)
                 + (SELECT count(*) FROM bashu.conflict_case WHERE strpos(candidates::text, $1) > 0)
                 + (SELECT count(*) FROM bashu.ruling WHERE strpos(choice::text || reason, $1) > 0)
                 + (SELECT count(*) FROM bashu.known WHERE strpos(image, $1) > 0)
                 + (SELECT count(*) FROM public.person WHERE strpos(person::text, $1) > 0)
                 + (SELECT count(*) FROM public.appointment WHERE strpos(appointment::text, $1) > 0)
            """, [.text(text)])
        return try #require(row).int(0)
    }

    private func expectGone(
        _ network: Network, _ texts: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for party in network.parties {
            for text in texts {
                #expect(try traces(party, text) == 0, "\(text) in \(party.name)", sourceLocation: sourceLocation)
            }
            #expect(try party.rows("public.std") == [["1", "不相干的标准"]], sourceLocation: sourceLocation)
        }
        try network.expectEqual(Self.tables, sourceLocation: sourceLocation)
    }

    @Test func aPersonGoesFromTablesLogsAndCasesEverywhere() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try register(cq)
        try network.converge()
        // A conflict, so that there are cases with values.
        try cq.writer.execute("UPDATE public.person SET title = '教授级高工'")
        try sc.writer.execute("UPDATE public.person SET title = '正高级工程师'")
        try network.converge()
        #expect(try traces(sc, "教授级高工") > 0)
        #expect(try cq.cases().count == 1)
        #expect(try erase(cq) == 2, "the person and the appointment")
        try network.converge()
        try expectGone(network, ["张𬭎", "教授级高工", "正高级工程师", "13900001111", "张某的聘任"])
        #expect(try cq.rows("public.person") == [])
        #expect(try cq.cases() == [])
        let history = try HistoryReader.read(sc.owner, table: "public.person", key: [id])
        #expect(history.entries.map(\.kind) == [.erasure])
        #expect(history.entries.map(\.reason) == ["本人申请"])
    }

    @Test func whatHadNotSeenTheErasureGoesToo() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try register(cq)
        try network.converge()
        try sc.writer.execute("UPDATE public.person SET title = '川内职称', name = '张改名'")
        try sc.writer.execute("INSERT INTO public.appointment VALUES ($1::uuid, '51', '四川聘任')", [.text(id)])
        try sc.settle()
        #expect(try erase(cq) == 2)
        // The third region has the late change before the erasure.
        try network["52"].receive(from: sc)
        try network["52"].settle()
        try network.converge()
        try expectGone(network, ["张𬭎", "川内职称", "张改名"])
        // The appointment is another row: nobody in Chongqing knew of it. It is found from any region now.
        #expect(try traces(cq, "四川聘任") > 0)
        #expect(try erase(try network["52"]) == 1)
        try network.converge()
        try expectGone(network, ["四川聘任"])
    }

    @Test func twoErasuresAtOnceAndANewRegistrationAfterwards() async throws {
        let network = try await network()
        let (cq, sc) = (try network["50"], try network["51"])
        try register(cq)
        try network.converge()
        _ = try erase(cq)
        _ = try erase(sc)
        try network.converge()
        try expectGone(network, ["张𬭎"])
        try sc.writer.execute("INSERT INTO public.person VALUES ($1::uuid, '再次登记', NULL, NULL)", [.text(id)])
        try network.converge()
        #expect(try cq.rows("public.person").map { $0[1] } == ["再次登记"])
        try network.expectEqual(Self.tables)
        #expect(try cq.cases() == [])
    }

    @Test func whoJoinsAfterwardsGetsNothingOfIt() async throws {
        let network = try await network(["50", "51"])
        let (cq, sc) = (try network["50"], try network["51"])
        try register(cq)
        try network.converge()
        try sc.writer.execute("UPDATE public.person SET title = '川内职称'")
        try network.converge()
        _ = try erase(cq)
        try network.converge()
        let late = try await Party(
            "53", kind: .replica, cluster: cq.cluster,
            schema: """
                CREATE TABLE public.person (id uuid PRIMARY KEY, name text, title text, phone text);
                CREATE TABLE public.appointment (person uuid REFERENCES public.person, region text, title text,
                                                 PRIMARY KEY (person, region));
                CREATE TABLE public.std (id int PRIMARY KEY, title text);
                """, tables: Self.tables)
        // Batches with gone lines keep their roots: nothing is refused.
        try late.receive(from: sc)
        try late.settle()
        #expect(try late.vector() == sc.vector())
        #expect(try traces(late, "张𬭎") == 0)
        #expect(try traces(late, "川内职称") == 0)
        #expect(try late.rows("public.std") == [["1", "不相干的标准"]])
        #expect(try late.rows("public.person") == [])
    }

    @Test func aDeletedPersonIsErasedFromTheLogAndNothingHappensTwice() async throws {
        let network = try await network()
        let cq = try network["50"]
        try register(cq)
        try network.converge()
        try cq.writer.execute("DELETE FROM public.appointment")
        try cq.writer.execute("DELETE FROM public.person")
        try network.converge()
        #expect(try traces(cq, "张某的聘任") > 0, "deleted rows stay in the log")
        #expect(try erase(cq) == 2)
        try network.converge()
        try expectGone(network, ["张𬭎", "张某的聘任"])
        #expect(try erase(cq) == 0, "there is nothing left")
        let ids = try Erasure.ask(
            cq.owner, Erasure.targets(cq.owner, table: "public.person", key: [id]), reason: "再一次")
        try cq.settle()
        #expect(
            try CaseList.rulingState(cq.owner, #require(ids.first))
                == .stale(outcome: "the log has nothing of this row any more"))
    }

    @Test func localColumnsNeverTravel() async throws {
        let network = try await Network(["50", "51"], schema: Self.expert, tables: [])
        var options = SharingOptions()
        options.excluded = ["电话 phone", "identity_no"]
        for party in network.parties {
            try SharedTables.add(party.owner, "public.expert", options: options)
            try party.owner.script("GRANT ALL ON public.expert TO \(Party.writer)")
        }
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO public.expert VALUES (1, '王工', '13900002222', '500101199001011234')")
        try network.converge()
        try sc.writer.execute(
            "UPDATE public.expert SET name = '王𬭎', \"电话 phone\" = '02885550000' WHERE id = 1")
        try network.converge()
        #expect(try cq.rows("public.expert") == [["1", "王𬭎", "13900002222", "500101199001011234"]])
        #expect(try sc.rows("public.expert") == [["1", "王𬭎", "02885550000", nil]])
        // What a peer can get, as bytes.
        for party in network.parties {
            let peer = try party.cluster.session(database: party.database, user: Party.peerLogin)
            var bytes = [UInt8]()
            for origin in try party.vector().keys {
                for row in try peer.query(
                    "SELECT bytes FROM bashu.feed_stream_v1($1, 1, 0, 1 << 30)", [.text(origin)], binary: true)
                {
                    bytes += try row.bytes(0)
                }
            }
            let wire = String(decoding: bytes, as: UTF8.self)
            #expect(wire.contains("王𬭎"))
            for secret in ["13900002222", "02885550000", "500101199001011234", "电话 phone", "identity_no"] {
                #expect(!wire.contains(secret), "\(secret) leaves \(party.name)")
            }
        }
        #expect(try erase(sc, "public.expert", ["1"]) == 1)
        try network.converge()
        #expect(try cq.rows("public.expert") == [])
    }

    private static let expert = """
        CREATE TABLE public.expert (id int PRIMARY KEY, name text, "电话 phone" text, identity_no text);
        """
}
