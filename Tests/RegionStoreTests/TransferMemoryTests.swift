import Foundation
import Postgres
import TestCluster
import Testing
import Transfer

@testable import RegionStore
@testable import Replication

@Suite("Memory while files are made and taken", .serialized)
struct TransferMemoryTests {
    private let origin = OriginID("50-7f3a0c91d2e4")

    /// Bound well below the batch, well above what parts, buffers and the neighbours in this process take.
    @Test("A batch of 96 MB goes through a file without being held")
    func largeBatch() async throws {
        let first = try await ReceiveFixture.database("50")
        let second = try await ReceiveFixture.database("51")
        try ReceiveFixture.own(origin, in: first.session)
        for (database, peer) in [(first, "51"), (second, "50")] {
            try Peers.add(database.session, name: peer, conninfo: nil, login: nil, byFile: true)
        }
        var history = ReceiveFixture.History(origin)
        try ReceiveFixture.publish(&history, in: first.session, changes: 3)
        try ReceiveFixture.publish(&history, in: first.session, changes: 1_000, titleBytes: 96_000)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("bashu-\(UUID()).bashu").path
        defer { unlink(path) }
        ProcessMemory.resetPeak()
        let before = ProcessMemory.peak
        let made = try TransferExport.run(
            first.daemon, .init(peer: "51", path: path, version: "0.1"), OwnHistory())
        let taken = try TransferImport.run(second.daemon, .init(path: path, requirement: .trusted))
        let growth = ProcessMemory.peak - before
        #expect(made.end.bytes > 96 << 20 && made.end.batches == 2)
        #expect(taken.newBatches == 2 && taken.newChanges == 1_003)
        #expect(before > 0 && growth < 48 << 20, "\(growth >> 20) MB")
        #expect(try ReceiveFixture.log(second.session) == ReceiveFixture.log(first.session))
        // Once more: nothing is new.
        #expect(try TransferImport.run(second.daemon, .init(path: path, requirement: .trusted)).newBatches == 0)
    }
}
