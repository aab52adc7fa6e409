import ArgumentParser
import Counting
import Glibc
import Journal
import Logging
import Monitoring
import ReadAccess
import Service
import ServiceLifecycle
import Settings

/// The daemon: one process per database.
@main
struct Bashud: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bashud",
        abstract: "Keeps this database's shared tables the same as its peers'.",
        discussion: """
            Runs in the foreground and logs to standard error. SIGTERM or SIGINT ends it well; kill -9 harms nothing. \
            SIGHUP reads the configuration again.

            Exit status: 0 ended as asked; 1 failed, or another daemon holds the database; 2 (--check) a database \
            cannot be reached; 3 an address to answer readers or monitoring on is taken, or the role \
            of http.database may write; 64 wrong usage or configuration.
            """,
        version: Version.text)

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Configuration file (default: $BASHU_CONFIG, else \(Settings.defaultPath)).", valueName: "file"))
    var config: String?

    @Flag(name: .long, help: "Check configuration, database, [http] and [metrics]; change nothing; end.")
    var check = false

    func run() async throws {
        // A log that nobody reads any more must not end the daemon.
        signal(SIGPIPE, SIG_IGN)
        let (settings, conninfo) = try load()
        let threshold = LogThreshold(settings.logLevel)
        let logger = makeLogger(threshold)
        if check {
            return try await check(settings, conninfo, logger)
        }
        logger.notice(
            .started, "starting", metadata: ["version": "\(Version.text)", "pid": "\(getpid())"])
        let metrics = DaemonMetrics(version: Version.text, startedAt: Int64(time(nil)))
        let companions: [(any ServiceLifecycle.Service)?] = [
            readServer(settings, logger), metricsServer(settings, conninfo, metrics, logger),
        ]
        do {
            try await Daemon(
                conninfo: conninfo, settings: settings, reload: reload(threshold),
                environment: Self.environment(), metrics: metrics, logger: logger,
                companions: companions.compactMap(\.self)
            ).run()
            logger.notice(.ended, "ended")
        } catch where error is ReadServerError || error is MetricsServerError {
            logger.critical(error is ReadServerError ? .readersRefused : .metricsRefused, "\(error)")
            throw ExitCode(3)
        } catch {
            logger.critical(Daemon.code(of: error), "\(error)")
            throw ExitCode(1)
        }
    }

    /// Says what stands in the way of a start, one line each: the database, then the sections `[http]` and `[metrics]`.
    private func check(_ settings: Settings, _ conninfo: String, _ logger: Logger) async throws {
        let result = await StartCheck.run(conninfo: conninfo, logger: logger)
        print(result.text)
        var status: Int32 = result.isGood ? 0 : result.isReachable ? 1 : 2
        func section(_ name: String, _ look: () async throws -> Void) async {
            do {
                try await look()
                print("[\(name)] good")
            } catch {
                print("[\(name)] \(error)")
                guard status == 0 else { return }
                if case ReadServerError.unavailable = error { status = 2 } else { status = 3 }
            }
        }
        if let server = readServer(settings, logger) {
            await section("http") { try await server.check(isTakenByUs: result.isRunning) }
        }
        let metrics = DaemonMetrics(version: Version.text, startedAt: Int64(time(nil)))
        if let server = metricsServer(settings, conninfo, metrics, logger) {
            await section("metrics") { try await server.check(isTakenByUs: result.isRunning) }
        }
        guard status == 0 else { throw ExitCode(status) }
    }

    /// The server for readers, where the configuration wants one.
    private func readServer(_ settings: Settings, _ logger: Logger) -> ReadServer? {
        guard let address = settings.httpListen, let conninfo = settings.httpConninfo else { return nil }
        return ReadServer(
            ReadSettings(
                host: address.host, port: address.port, conninfo: conninfo,
                queryTimeoutMilliseconds: settings.httpQueryTimeoutMilliseconds, rowsMax: settings.httpRowsMax,
                connectionsMax: settings.httpConnectionsMax, version: Version.text),
            logger: logger)
    }

    /// Reads the same file and the same variables again.
    private func reload(_ threshold: LogThreshold) -> Reload {
        let path = config
        return Reload(
            load: { () throws(SettingsError) in try Settings.load(path: path, environment: Self.environment()) },
            setLogLevel: { threshold.set($0) })
    }

    /// The server for monitoring, where the configuration wants one.
    private func metricsServer(
        _ settings: Settings, _ conninfo: String, _ metrics: DaemonMetrics, _ logger: Logger
    ) -> MetricsServer? {
        settings.metricsListen.map { address in
            MetricsServer(
                MetricsSettings(host: address.host, port: address.port, conninfo: conninfo), metrics: metrics,
                logger: logger)
        }
    }

    private func load() throws -> (Settings, String) {
        do {
            let settings = try Settings.load(path: config, environment: Self.environment())
            guard let conninfo = settings.conninfo else {
                throw Refusal("no database: set database.conninfo in the configuration, or BASHU_DATABASE")
            }
            return (settings, conninfo)
        } catch {
            StandardErrorLog.write("bashud: \(error)\n")
            throw ExitCode(64)
        }
    }

    private struct Refusal: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    private func makeLogger(_ threshold: LogThreshold) -> Logger {
        LoggingSystem.bootstrap { _ in
            StandardErrorLog(threshold: threshold, underJournal: StandardErrorLog.isUnderJournal)
        }
        return Logger(label: "bashud")
    }

    private static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            variables[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
            entry += 1
        }
        return variables
    }
}
