import Postgres
import TestCluster
import Testing

@testable import RegionStore

/// Keys with so many changes that a merge does not read them all.
@Suite(.serialized) struct EngineHistoryTests {
    /// The closing edit is in the log when the key is merged again, but its cases are not recorded yet.
    @Test func anEditThatClosesACaseIsRecordedAtHomeToo() async throws {
        let table = "public.标准"
        let network = try await Network(
            ["50", "51"], schema: "CREATE TABLE \(table) (id int PRIMARY KEY, title text, pages int)", tables: [table])
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.execute("INSERT INTO \(table) VALUES (1, '火锅 𬭎', 0)")
        for pages in 1...12 {
            try cq.writer.execute("UPDATE \(table) SET pages = $1::int WHERE id = 1", [.int(pages)])
            try cq.settle()
        }
        try network.converge()
        try cq.writer.execute("UPDATE \(table) SET title = '甲' WHERE id = 1")
        try sc.writer.execute("UPDATE \(table) SET title = '乙' WHERE id = 1")
        try network.converge()
        #expect(try cq.cases().map { $0.contains("|decided|") } == [true])
        try cq.writer.execute("UPDATE \(table) SET title = '丙' WHERE id = 1")
        try network.converge()
        #expect(try cq.cases().map { $0.contains("|superseded|") } == [true])
        #expect(try cq.cases() == sc.cases())
        #expect(try cq.rows(table) == [["1", "丙", "12"]])
        #expect(try cq.rows(table) == sc.rows(table))
    }
}
