import Journal
import Logging
import ServiceLifecycle
public import Settings
import UnixSignals

/// How the configuration is read again while the daemon runs.
public struct Reload: Sendable {
    /// Reads it, as at the start.
    public let load: @Sendable () throws(SettingsError) -> Settings
    /// Changes what is logged from now on.
    public let setLogLevel: @Sendable (LogLevel) -> Void

    public init(
        load: @escaping @Sendable () throws(SettingsError) -> Settings,
        setLogLevel: @escaping @Sendable (LogLevel) -> Void
    ) {
        self.load = load
        self.setLogLevel = setLogLevel
    }
}

/// Reads the configuration again at SIGHUP. What can be changed in a running daemon changes; what cannot is named;
/// a configuration with a mistake changes nothing.
struct ReloadService: Service, CustomStringConvertible {
    let reload: Reload
    let live: LiveSettings
    let exchange: Exchange
    let logger: Logger

    var description: String { "reload" }

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            exchange.manager.reloading()
            exchange.manager.reloaded(problem: readAgain())
        }
    }

    /// Why the old settings are kept; nil when they are not.
    private func readAgain() -> String? {
        do {
            let fresh = try reload.load()
            let changed = try live.adopt(fresh)
            reload.setLogLevel(fresh.logLevel)
            exchange.settingsChanged()
            let names = changed.adopted.isEmpty ? "nothing" : changed.adopted.joined(separator: " ")
            logger.notice(.configurationRead, "the configuration was read again", metadata: ["changed": "\(names)"])
            guard !changed.needsRestart.isEmpty else { return nil }
            let keys = changed.needsRestart.joined(separator: " ")
            logger.warning(
                .configurationNeedsRestart, "settings need a restart; until then the old ones hold",
                metadata: ["keys": "\(keys)"])
            return "needs a restart: \(keys)"
        } catch {
            logger.error(
                .configurationRefused, "the configuration was not read again, the old settings hold: \(error)")
            return "configuration not read again: \(error)"
        }
    }
}
