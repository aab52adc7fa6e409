import Postgres
import TestCluster
import Testing

extension EndToEnd {
    /// Two regions and an institution, each with the real daemon.
    @Suite struct DaemonTests {
        @Test func bringsRowsEverywhere() async throws {
            let world = try await Federation.make(regions: ["50", "51"], replicas: ["cqu": "50"])
            try await world.startDaemons()
            try await world["50"].run("INSERT INTO standard (number, title) VALUES ('GB/T 2260', '行政区划𬭎')")
            try await world["51"].run(#"INSERT INTO "条目 ""甲""" VALUES ('GB/T 2260', 1, '第一条')"#)
            try await world.converged()
            #expect(try await world.differences() == [])
            #expect(try await world["cqu"].contents().tables["standard"]?.count == 1)
            try await world.stopDaemons()
        }
    }
}
