public import Counting
public import Journal
public import Logging
import Postgres
import RegionStore
public import ServiceLifecycle
public import Settings
import UnixSignals

/// The daemon of one database: an engine that cuts and applies, and a link per peer.
public struct Daemon: Sendable {
    private let group: ServiceGroup

    /// A daemon.
    ///
    /// - Parameters:
    ///   - conninfo: the database, as the apply role.
    ///   - settings: everything else.
    ///   - reload: how the configuration is read again at SIGHUP.
    ///   - environment: what a service manager says to its services.
    ///   - metrics: what the services count.
    ///   - companions: services that run beside it and end first. When one fails, the daemon ends well and throws
    ///     that error.
    public init(
        conninfo: String, settings: Settings, reload: Reload, environment: [String: String], metrics: DaemonMetrics,
        logger: Logger, companions: [any ServiceLifecycle.Service] = []
    ) {
        let live = LiveSettings(settings)
        let manager = ManagerService(environment: environment, isWatched: settings.metricsListen != nil)
        metrics.peersByFile { live.peerFileAgeMaxDays }
        metrics.watch(.engine) { manager.engine?.isAlive ?? true }
        metrics.watch(.links) { manager.supervisor?.isAlive ?? true }
        let exchange = Exchange(manager: manager)
        let target = ConnectionTarget(conninfo)
        let engine = EngineService(
            target: target, live: live,
            stateFolder: environment["STATE_DIRECTORY"]?.split(separator: ":").first.map(String.init),
            exchange: exchange, metrics: metrics, logger: logger)
        let links = LinkService(
            settings: LinkSettings(database: target, live: live, metrics: metrics), exchange: exchange,
            logger: logger)
        let reloading = ReloadService(reload: reload, live: live, exchange: exchange, logger: logger)
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        // Ended in the opposite order: nothing arrives any more when the engine comes to its end.
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: manager, serviceName: "manager"), .init(service: engine, serviceName: "engine"),
            .init(service: links, serviceName: "links"), .init(service: reloading, serviceName: "reload"),
        ]
        services += companions.map {
            .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup, serviceName: "\($0)")
        }
        services.append(.init(service: EndAnnouncer(manager: manager), serviceName: "end"))
        group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
    }

    /// Runs until SIGTERM or SIGINT; what is being written then is finished, or given up after some seconds.
    ///
    /// - Throws: what makes it useless to go on: another daemon on this database, another version of its schema.
    public func run() async throws {
        try await group.run()
    }

    /// The code of what `run` has thrown, but for the errors of companions.
    public static func code(of error: any Error) -> MessageCode {
        switch error {
        case StoreError.daemonRunning, StoreError.fenceLost: .otherDaemon
        case is SchemaMismatch: .otherSchema
        default: .failed
        }
    }
}
