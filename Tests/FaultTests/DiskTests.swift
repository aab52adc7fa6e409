import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension Faults {
    /// The disk of one server is full: its daemon says so, loses nothing, and goes on when there is room.
    @Suite struct DiskTests {
        @Test func goesOnWhenThereIsRoom() async throws {
            let server = try await FaultyServer()
            let world = try await Federation.make(
                regions: ["50", "51"], clusters: ["50": server.cluster, "51": TestCluster.start()])
            try await world.startDaemons()
            try await world["50"].run("INSERT INTO standard (number, title) VALUES ('GB 1', '满')")
            try await world.converged()

            try server.setFull(true)
            // Far more than fits into pages that are there already.
            try await world["51"].run(
                """
                INSERT INTO standard (number, title)
                SELECT 'GB/T ' || n, repeat('标准𬭎''' || n, 60) FROM generate_series(1, 500) n
                """)
            let refused = await #expect(throws: PostgresError.self) {
                try await world["50"].run(
                    """
                    INSERT INTO standard (number, title)
                    SELECT 'DB ' || n, repeat('题', 900) FROM generate_series(1, 900) n
                    """)
            }
            #expect(refused?.sqlState == .diskFull)
            let link = try await world["50"].awaitLink("51", timeout: .seconds(30)) { $0.state == "held" }
            #expect(link.sqlState == "53100")
            #expect(link.reason.contains("No space left on device"))
            let status = try await world["50"].control("status")
            #expect(status.status == .exited(3))
            #expect(status.output.contains("No space left on device"), "\(status.output)")
            #expect(world["50"].daemon?.isRunning == true)
            // Nothing stands beside the reason that is none.
            #expect(!world["50"].daemonLog.contains("there is no transaction in progress"))

            try server.setFull(false)
            try await Judge(world: world, run: "after a full disk").judge()
            #expect(try await world["50"].value("SELECT count(*) FROM standard") == "501")
            try await world.stopDaemons()
        }
    }
}
