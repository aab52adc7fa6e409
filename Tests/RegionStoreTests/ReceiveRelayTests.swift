import Postgres
import TestCluster
import Testing

@testable import RegionStore
@testable import Replication

@Suite("Receiving from a peer, and through it")
struct ReceiveRelayTests {
    private let origin = OriginID("50-7f3a0c91d2e4")

    @Test("A batch reaches a third database through the second, byte by byte")
    func relay() async throws {
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51")
        let third = try await ReceiveFixture.database("51", kind: .replica)
        try ReceiveFixture.own(origin, in: first.session)
        var history = ReceiveFixture.History(origin)
        for changes in [3, 0, 40] {
            try ReceiveFixture.publish(&history, in: first.session, changes: changes, titleBytes: changes * 200)
        }
        #expect(try ReceiveFixture.storedParts(origin, 3, in: first.session).count > 1)
        let listener = try second.fixture.superuser()
        try listener.listen("bashu_batch")

        let report = try ReceiveFixture.receiver("first").receive(
            into: second.daemon, from: first.peer())
        #expect(report.batches == 3)
        #expect(report.advanced == [origin: 3])
        #expect(!report.hasMore && report.busy.isEmpty && report.faults.isEmpty)
        #expect(try ReceiveFixture.log(second.session) == ReceiveFixture.log(first.session))
        #expect(try listener.waitForNotification(timeoutMilliseconds: 5_000).first?.payload == "\(origin)=3")

        let relayed = try ReceiveFixture.receiver("second").receive(
            into: third.daemon, from: second.peer())
        #expect(relayed.batches == 3)
        #expect(try ReceiveFixture.log(third.session) == ReceiveFixture.log(first.session))
        #expect(try third.session.query("SELECT FROM bashu.batch WHERE received_from <> 'second'").isEmpty)
        // Shapes: spelled out once by the origin, known to everybody who received it.
        for session in [second.session, third.session] {
            let shapes = try session.query(
                """
                SELECT u.number, s.columns::text, s.types::text
                FROM bashu.shape_use u JOIN bashu.shape s ON s.id = u.shape_id
                """)
            #expect(shapes.count == 1)
            #expect(try shapes.first?.int(0) == 1)
            #expect(shapes.first?[text: 1] == "{number,title,status}")
            #expect(shapes.first?[text: 2] == "{text,text,character(2)}")
        }
        // Applying is somebody else's work.
        #expect(try second.session.query("SELECT FROM bashu.applied WHERE number > 0").isEmpty)
    }

    @Test("A round brings what is new and nothing else, and goes on where the last one ended")
    func rounds() async throws {
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51")
        try ReceiveFixture.own(origin, in: first.session)
        let peer = try first.peer()
        var history = ReceiveFixture.History(origin)
        let receiver = ReceiveFixture.receiver()
        #expect(try receiver.receive(into: second.daemon, from: peer).batches == 0)
        for _ in 0..<4 {
            try ReceiveFixture.publish(&history, in: first.session, changes: 5)
            #expect(try receiver.receive(into: second.daemon, from: peer).batches == 1)
            #expect(try receiver.receive(into: second.daemon, from: peer).bytes == 0)
        }
        // Six megabytes with room for one step a round.
        try ReceiveFixture.publish(&history, in: first.session, changes: 600, titleBytes: 10_000)
        try ReceiveFixture.publish(&history, in: first.session, changes: 2)
        let fresh = ReceiveFixture.receiver()
        var rounds = 0
        var more = true
        while more {
            let report = try fresh.receive(into: second.daemon, from: peer, maxBytes: 1)
            more = report.hasMore
            rounds += 1
            let state = try ReceiveFixture.fault(second.session)
            #expect(state?.fault == nil)
            #expect(more || state?.complete == true)
        }
        #expect(rounds > 2)
        #expect(try ReceiveFixture.log(second.session) == ReceiveFixture.log(first.session))
    }

    @Test("Batches of several origins come from whoever has them")
    func several() async throws {
        let other = OriginID("51-00aa11bb22cc")
        let old = OriginID("50-000000000001")
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51")
        let third = try await ReceiveFixture.database("53", kind: .replica)
        try ReceiveFixture.own(origin, in: first.session)
        try ReceiveFixture.own(other, in: second.session)
        var histories = [origin, other, old].map(ReceiveFixture.History.init)
        try first.session.execute("INSERT INTO bashu.origin (name, region) VALUES ($1, '50')", [.text(old.name)])
        try ReceiveFixture.publish(&histories[2], in: first.session, changes: 4)
        for _ in 0..<3 { try ReceiveFixture.publish(&histories[0], in: first.session, changes: 4) }
        for _ in 0..<2 { try ReceiveFixture.publish(&histories[1], in: second.session, changes: 4) }
        let toSecond = try second.peer()
        let toFirst = try first.peer()
        #expect(
            try ReceiveFixture.receiver().receive(into: first.daemon, from: toSecond).advanced == [other: 2])
        #expect(
            try ReceiveFixture.receiver().receive(into: second.daemon, from: toFirst).advanced == [origin: 3, old: 1])
        let feed = PeerFeed(peer: "second", session: toSecond)
        #expect(
            try feed.batches(beyond: Vector([origin: 1, other: 2])).map { "\($0.origin) \($0.number)" } == [
                "50-000000000001 1", "\(origin) 2", "\(origin) 3",
            ])
        #expect(try feed.batches(beyond: Vector(), max: 1).count == 3)
        #expect(
            try ReceiveFixture.receiver().receive(into: third.daemon, from: toSecond).advanced
                == [origin: 3, old: 1, other: 2])
        #expect(try ReceiveFixture.log(third.session) == ReceiveFixture.log(first.session))
        #expect(try ReceiveFixture.log(third.session) == ReceiveFixture.log(second.session))
    }

    @Test("Two links that receive the same origin at once take turns")
    func twoLinks() async throws {
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51")
        try ReceiveFixture.own(origin, in: first.session)
        var history = ReceiveFixture.History(origin)
        for _ in 0..<8 { try ReceiveFixture.publish(&history, in: first.session, changes: 30, titleBytes: 20_000) }
        let (cluster, source, target) = (first.fixture.cluster, first.name, second.name)
        let links = try await withThrowingTaskGroup(of: Int.self) { group in
            for name in ["a", "b", "c"] {
                let connection = try await cluster.connection(database: target, user: InstallFixture.daemon)
                group.addTask {
                    try await connection.run { session in
                        let peer = try cluster.session(database: source, user: PeerRole.name)
                        let receiver = ReceiveFixture.receiver(name)
                        var batches = 0
                        while true {
                            let report = try receiver.receive(into: session, from: peer, maxBytes: 1)
                            batches += report.batches
                            if !report.hasMore && report.busy.isEmpty { return batches }
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(links.reduce(0, +) == 8)
        #expect(try ReceiveFixture.log(second.session) == ReceiveFixture.log(first.session))
    }

    @Test("Two links may take turns within one batch")
    func turnsWithinABatch() async throws {
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51")
        try ReceiveFixture.own(origin, in: first.session)
        var history = ReceiveFixture.History(origin)
        try ReceiveFixture.publish(&history, in: first.session, changes: 1_200, titleBytes: 10_000)
        let peer = try first.peer()
        let receivers = [ReceiveFixture.receiver("a"), ReceiveFixture.receiver("b")]
        var steps = 0
        while try receivers[steps % 2].receive(into: second.daemon, from: peer, maxBytes: 1).hasMore { steps += 1 }
        #expect(steps > 3)
        #expect(try ReceiveFixture.log(second.session) == ReceiveFixture.log(first.session))
    }

    @Test("An origin that another link is receiving is left to it")
    func busy() async throws {
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51")
        try ReceiveFixture.own(origin, in: first.session)
        var history = ReceiveFixture.History(origin)
        try ReceiveFixture.publish(&history, in: first.session, changes: 3)
        let peer = try first.peer()
        try ReceiveStore(session: second.session).register(origin)
        let holder = try second.fixture.daemon()
        let receiver = ReceiveFixture.receiver()
        try holder.transaction {
            #expect(try ReceiveStore(session: holder).lock(origin) != nil)
            let report = try receiver.receive(into: second.daemon, from: peer)
            #expect(report.busy == [origin] && report.batches == 0)
        }
        #expect(try receiver.receive(into: second.daemon, from: peer).batches == 1)
    }
}
