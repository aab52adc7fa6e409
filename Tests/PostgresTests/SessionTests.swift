import Postgres
import TestCluster
import Testing

@Suite struct SessionTests {
    @Test func answersAQuery() async throws {
        let cluster = try await TestCluster.shared()
        let session = try cluster.session(database: try await cluster.createDatabase())
        let row = try #require(try session.queryOne("SELECT $1::int + 1, $2", [41, "标准𬭎"]))
        #expect(try row.int(0) == 42)
        #expect(row[text: 1] == "标准𬭎")
    }
}
