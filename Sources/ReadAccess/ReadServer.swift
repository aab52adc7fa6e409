import HTTPTypes
import HummingbirdCore
import Journal
import Listening
public import Logging
public import ServiceLifecycle

/// Answers readers over HTTP, read-only.
///
/// It ends with an error only at its start: an address that cannot be had, a role that could write. Later it goes on
/// whatever happens to the database or the network.
public struct ReadServer: Service, CustomStringConvertible {
    private let settings: ReadSettings
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    public var description: String { "http" }

    /// A server.
    ///
    /// - Parameter onListening: told the port once it listens; for tests.
    public init(_ settings: ReadSettings, logger: Logger, onListening: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.settings = settings
        self.logger = logger
        self.onListening = onListening
    }

    /// Runs until shutdown.
    ///
    /// - Throws: `ReadServerError.address` or `.role`.
    public func run() async throws {
        let pool = ReaderPool(settings, logger: logger)
        try await checkRole(pool)
        do {
            try await listener(pool).run()
        } catch let error as ListenError {
            await pool.close()
            throw ReadServerError.address(error.address, reason: error.reason)
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    /// Whether it would start, and whether readers would be answered: opens a session, listens, and stops at once.
    ///
    /// - Parameter isTakenByUs: the daemon is running, so that its address is taken.
    /// - Throws: `ReadServerError.address`, `.role` or `.unavailable`.
    public func check(isTakenByUs: Bool) async throws {
        let pool = ReaderPool(settings, logger: logger)
        do {
            try await pool.probe()
            try await HTTPListener.check(host: settings.host, port: settings.port, logger: logger)
        } catch let error as ListenError {
            await pool.close()
            if error.isTaken, isTakenByUs { return }
            throw ReadServerError.address(error.address, reason: error.reason)
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    /// A database that is away is no reason not to start; a role that could write is.
    private func checkRole(_ pool: ReaderPool) async throws {
        do {
            try await pool.probe()
        } catch let error as ReadServerError {
            if case .role = error { throw error }
            logger.warning(
                .readersWithoutDatabase, "readers get 503 until the database can be reached",
                metadata: ["error": "\(error)"])
        } catch is CancellationError {
            return
        }
    }

    private func listener(_ pool: ReaderPool) -> HTTPListener {
        let handler = ReadHandler(settings, pool: pool, logger: logger)
        return HTTPListener(
            .init(
                host: settings.host, port: settings.port, patience: settings.patience,
                headerBytesMax: ReadLimits.headerBytesMax, clientsMax: ReadLimits.clientsMax, grace: ReadLimits.grace),
            logger: logger
        ) { port in
            logger.notice(
                .readersServed, "answers readers over HTTP", metadata: ["address": "\(settings.host):\(port)"])
            onListening(port)
        } respond: { request in
            await handler.answer(request).response(isHead: request.method == .head)
        }
    }
}
