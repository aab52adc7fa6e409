import Glibc
import TestCluster
import Testing

@testable import TestFederation

extension Faults {
    /// What the network does between two regions: nothing is lost, nothing is wrong, and the link says what it sees.
    @Suite struct ProxyTests {
        /// Two regions; 50 reaches 51 through the proxy, 51 reaches 50 directly.
        private struct Stage {
            let world: Federation
            let proxy: Proxy

            init() async throws {
                world = try await Federation.make(regions: ["50", "51"])
                let peer = world["51"]
                proxy = try Proxy(to: peer.cluster.port)
                try await world["50"].pull(from: peer, through: proxy)
            }

            /// Rows of some kilobytes, so that a batch is many pieces.
            func write(_ mark: String, rows: Int = 200) async throws {
                try await world["51"].run(
                    """
                    INSERT INTO standard (number, title)
                    SELECT format('GB/T %s-%s', '\(mark)', n), repeat('标准𬭎' || n, 40) FROM generate_series(1, \(rows)) n
                    """)
            }

            func agree() async throws {
                try await world.converged(timeout: .seconds(90))
                #expect(try await world.differences() == [])
            }
        }

        @Test(arguments: Proxy.Fault.allCases, Proxy.Direction.allCases)
        func aFaultInTheMiddle(_ fault: Proxy.Fault, _ direction: Proxy.Direction) async throws {
            let stage = try await Stage()
            try await stage.world.startDaemons()
            try await stage.world.converged()
            // What daemons say to servers is short; what they get is long.
            stage.proxy.strike(fault, direction, after: direction == .toServer ? 700 : 30_000)
            try await stage.write("甲")
            try await stage.write("乙")
            try await eventually("the fault has happened", timeout: .seconds(30)) { stage.proxy.struck == 1 }
            try await stage.agree()
            #expect(try await stage.world["50"].value("SELECT count(*) FROM standard") == "400")
            try await stage.world.stopDaemons()
        }

        @Test func aPartitionWithBothSidesWriting() async throws {
            let stage = try await Stage()
            try await stage.world.startDaemons()
            try await stage.world.converged()
            for weather in [Proxy.Weather.silent, .refusing, .slow(milliseconds: 60)] {
                stage.proxy.weather = weather
                try await stage.write("\(weather)", rows: 20)
                try await stage.world["50"].run(
                    "INSERT INTO standard (number, title) VALUES ('DB50 \(weather)', '隔') ON CONFLICT DO NOTHING")
                try await eventually("51 has what 50 wrote") {
                    try await stage.world["51"].value(
                        "SELECT count(*) FROM standard WHERE number = 'DB50 \(weather)'") == "1"
                }
                if weather == .refusing {
                    try await stage.world["50"].awaitLink("51") { $0.state == "down" && !$0.reason.isEmpty }
                }
                stage.proxy.weather = .fair
                try await stage.agree()
            }
            try await stage.world.stopDaemons()
        }

        /// A service manager gives a daemon 30 seconds to end.
        @Test func aDaemonEndsThoughItsPeerIsSilent() async throws {
            let stage = try await Stage()
            try await stage.world.startDaemons()
            try await stage.world.converged()
            stage.proxy.weather = .silent
            try await eventually("50 waits for an answer", timeout: .seconds(30)) {
                // It asks every second.
                try await stage.world["50"].value(
                    "SELECT last_contact < clock_timestamp() - interval '3 seconds' FROM bashu.link") == "t"
            }
            try await stage.world["50"].stopDaemon(within: .seconds(20))
            try await stage.world.stopDaemons()
        }
    }
}

extension Party {
    /// Lets this party's daemon pull from `other` through a proxy.
    func pull(from other: Party, through proxy: Proxy) async throws {
        try await pull(
            from: other,
            conninfo: "host=127.0.0.1 port=\(proxy.port) dbname=\(other.database) user='\(login)'")
    }
}
