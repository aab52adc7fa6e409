public import Logging
import Postgres
import RegionStore

/// What `bashud --check` finds out without changing anything.
public struct StartCheck: Sendable {
    /// What there is to say.
    public let text: String
    /// Whether the daemon would start.
    public let isGood: Bool
    /// Whether the database answers.
    public let isReachable: Bool

    /// Connects, and looks at the schema.
    public static func run(conninfo: String, logger: Logger) async -> StartCheck {
        let connection: Connection
        do {
            connection = try await Connection.connect(
                DaemonSession.target(ConnectionTarget(conninfo)), applicationName: "bashud check", logger: logger)
        } catch {
            return StartCheck(text: "the database cannot be reached: \(error)", isGood: false, isReachable: false)
        }
        do {
            let peers = try await connection.run { session in
                try Installer.checkVersion(session)
                return try Links.peers(session).map(\.name)
            }
            let list = peers.isEmpty ? "no peers to pull from" : "peers to pull from: \(peers.joined(separator: ", "))"
            return StartCheck(text: "good; \(list)", isGood: true, isReachable: true)
        } catch {
            return StartCheck(text: "\(error)", isGood: false, isReachable: true)
        }
    }
}
