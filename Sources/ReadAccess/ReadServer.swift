import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
import Synchronization

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
            try await bounded { try await listen(pool) }
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
            logger.warning("readers get 503 until the database can be reached", metadata: ["error": "\(error)"])
        } catch is CancellationError {
            return
        }
    }

    /// Ends the work some seconds after shutdown was asked for, whatever it waits for.
    private func bounded(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let (asked, continuation) = AsyncStream.makeStream(of: Void.self)
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await work()
                    return true
                }
                group.addTask {
                    for await _ in asked { break }
                    try? await Task.sleep(for: ReadLimits.grace)
                    return false
                }
                // Whichever is first: what still runs is cancelled.
                defer { group.cancelAll() }
                _ = try await group.next()
            }
        } onGracefulShutdown: {
            continuation.finish()
        }
    }

    private func listen(_ pool: ReaderPool) async throws {
        let handler = ReadHandler(settings, pool: pool, logger: logger)
        let address = "\(settings.host):\(settings.port)"
        let hasStarted = Mutex(false)
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        let server = try HTTPServerBuilder.http1(configuration: limits).buildServer(
            configuration: ServerConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(ReadLimits.clientsMax, logger: quiet)),
            eventLoopGroup: EventLoopGroupProvider.singleton.eventLoopGroup, logger: quiet
        ) { request, writer, channel in
            try await respond(request, writer, channel, handler)
        } onServerRunning: { channel in
            hasStarted.withLock { $0 = true }
            let port = channel.localAddress?.port ?? settings.port
            logger.notice("answers readers over HTTP", metadata: ["address": "\(settings.host):\(port)"])
            onListening(port)
        }
        do {
            try await server.run()
        } catch {
            guard !hasStarted.withLock({ $0 }), !(error is CancellationError) else { return }
            throw ReadServerError.address(address, reason: "\(error)")
        }
    }

    /// Those of the connection.
    private var limits: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            idleTimeout: .init(settings.patience),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: ReadLimits.headerBytesMax, maxHeaderListSize: ReadLimits.headerBytesMax,
                maxHeaderFieldCount: 64))
    }

    @concurrent
    private func respond(
        _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel, _ handler: ReadHandler
    ) async throws {
        let answer = await handler.answer(request)
        let response = answer.response(isHead: request.method == .head)
        // A client that does not read its answer would hold it, and the connection, for ever.
        let patience = channel.eventLoop.scheduleTask(in: .init(settings.patience)) {
            channel.close(mode: .all, promise: nil)
        }
        defer { patience.cancel() }
        try await writer.write(response: response.head, body: response.body)
        if answer.closes {
            channel.close(mode: .all, promise: nil)
        }
    }
}
