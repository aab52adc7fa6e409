import Postgres
import TestCluster
import Testing

@testable import RegionStore
@testable import Replication

@Suite("Memory while receiving", .serialized)
struct ReceiveMemoryTests {
    private let origin = OriginID("50-7f3a0c91d2e4")

    /// Bound well below the batch, well above what parts, buffers and the neighbours in this process take.
    @Test("A batch of 96 MB passes through without being held")
    func largeBatch() async throws {
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51")
        try ReceiveFixture.own(origin, in: first.session)
        var history = ReceiveFixture.History(origin)
        try ReceiveFixture.publish(&history, in: first.session, changes: 1_000, titleBytes: 96_000)
        let peer = try first.peer()
        ProcessMemory.resetPeak()
        let before = ProcessMemory.peak
        let report = try ReceiveFixture.receiver().receive(into: second.daemon, from: peer, maxBytes: 1 << 30)
        let growth = ProcessMemory.peak - before
        #expect(report.bytes > 96 << 20)
        #expect(report.advanced == [origin: 1])
        #expect(before > 0 && growth < 48 << 20, "\(growth >> 20) MB")
        #expect(try ReceiveFixture.log(second.session) == ReceiveFixture.log(first.session))
    }
}
