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
    /// Whether a daemon runs on the database now.
    public let isRunning: Bool

    /// Connects, and looks at the schema.
    public static func run(conninfo: String, logger: Logger) async -> StartCheck {
        let connection: Connection
        do {
            connection = try await Connection.connect(
                DaemonSession.target(ConnectionTarget(conninfo)), applicationName: "bashud check", logger: logger)
        } catch {
            return StartCheck(
                text: "the database cannot be reached: \(error)", isGood: false,
                isReachable: false, isRunning: false)
        }
        do {
            let (peers, isRunning) = try await connection.run { session in
                try Installer.checkVersion(session)
                return (try Links.peers(session).map(\.name), try Status.readDaemon(session).isAlive)
            }
            let list = peers.isEmpty ? "no peers to pull from" : "peers to pull from: \(peers.joined(separator: ", "))"
            return StartCheck(text: "good; \(list)", isGood: true, isReachable: true, isRunning: isRunning)
        } catch {
            return StartCheck(text: "\(error)", isGood: false, isReachable: true, isRunning: false)
        }
    }
}
