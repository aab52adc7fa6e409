import Testing

@testable import TestFederation

extension EndToEnd {
    /// The harness itself: that it sees what it is to see.
    @Suite struct HarnessTests {
        @Test func seesWorkAndDifferences() async throws {
            let world = try await Federation.make(regions: ["50", "51"], replicas: ["cqu": "50"])
            #expect(try await world.differences() == [])
            // A table that begins to be shared is to be cut as a whole.
            #expect(try await world["50"].hasWork())
            #expect(try await world["cqu"].hasWork() == false)

            try await world["50"].run("INSERT INTO standard (number, title) VALUES ('GB/T 2260', '行政区划𬭎')")
            let differences = try await world.differences()
            #expect(differences.count == 2)
            #expect(differences.allSatisfy { $0.contains("only in 50") && $0.contains("行政区划𬭎") })
        }
    }
}
