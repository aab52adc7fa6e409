import Glibc
import HTTPTypes
import Hummingbird
public import HummingbirdCore
public import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The address cannot be listened on.
public struct ListenError: Error, Sendable, Equatable {
    /// As it was asked for: `host:port`.
    public let address: String
    public let reason: String
    /// Whether somebody else listens there.
    public let isTaken: Bool
}

/// Answers HTTP on one address until shutdown, within bounds: of a request's head, of the patience with a client,
/// and of the time for running answers at the end.
public struct HTTPListener: Sendable {
    /// Where, and how much is taken.
    public struct Settings: Sendable {
        /// A name or an address.
        public var host: String
        /// 0: any free port, which the log then names.
        public var port: Int
        /// How long a connection may take for the head of its next request, and how long an answer may take to be
        /// read.
        public var patience: Duration
        /// Of all the headers of a request, in bytes.
        public var headerBytesMax: Int
        /// Open connections; more wait in the listen queue.
        public var clientsMax: Int
        /// What running answers are given at the end.
        public var grace: Duration

        public init(
            host: String, port: Int, patience: Duration, headerBytesMax: Int, clientsMax: Int, grace: Duration
        ) {
            self.host = host
            self.port = port
            self.patience = patience
            self.headerBytesMax = headerBytesMax
            self.clientsMax = clientsMax
            self.grace = grace
        }
    }

    private let settings: Settings
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void
    private let respond: @Sendable (Request) async -> Response

    /// A listener.
    ///
    /// - Parameters:
    ///   - logger: for what is wrong with the server itself, of level `error` and above.
    ///   - onListening: told the port once it listens.
    ///   - respond: makes the answer to a request; a connection whose answer says `Connection: close` is closed.
    public init(
        _ settings: Settings, logger: Logger, onListening: @escaping @Sendable (Int) -> Void,
        respond: @escaping @Sendable (Request) async -> Response
    ) {
        self.settings = settings
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        self.logger = quiet
        self.onListening = onListening
        self.respond = respond
    }

    /// Runs until shutdown, and no longer than `grace` beyond that. Once it listens nothing ends it with an error.
    ///
    /// - Throws: `ListenError`.
    public func run() async throws {
        let (asked, continuation) = AsyncStream.makeStream(of: Void.self)
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await listen() }
                group.addTask {
                    for await _ in asked { break }
                    try? await Task.sleep(for: settings.grace)
                }
                // Whichever is first: what still runs is cancelled.
                defer { group.cancelAll() }
                try await group.next()
            }
        } onGracefulShutdown: {
            continuation.finish()
        }
    }

    private func listen() async throws {
        let hasStarted = Mutex(false)
        let server = try HTTPServerBuilder.http1(configuration: limits).buildServer(
            configuration: ServerConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(settings.clientsMax, logger: logger)),
            eventLoopGroup: EventLoopGroupProvider.singleton.eventLoopGroup, logger: logger
        ) { request, writer, channel in
            try await answer(request, writer, channel)
        } onServerRunning: { channel in
            hasStarted.withLock { $0 = true }
            onListening(channel.localAddress?.port ?? settings.port)
        }
        do {
            try await server.run()
        } catch {
            guard !hasStarted.withLock({ $0 }), !(error is CancellationError) else { return }
            throw ListenError(
                address: "\(settings.host):\(settings.port)", reason: "\(error)",
                isTaken: (error as? IOError)?.errnoCode == EADDRINUSE)
        }
    }

    private var limits: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            idleTimeout: .init(settings.patience),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: settings.headerBytesMax, maxHeaderListSize: settings.headerBytesMax,
                maxHeaderFieldCount: 64))
    }

    @concurrent
    private func answer(
        _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        let response = await respond(request)
        // A client that does not read its answer would hold it, and the connection, for ever.
        let patience = channel.eventLoop.scheduleTask(in: .init(settings.patience)) {
            channel.close(mode: .all, promise: nil)
        }
        defer { patience.cancel() }
        try await writer.write(response: response.head, body: response.body)
        if response.headers[.connection] == "close" {
            channel.close(mode: .all, promise: nil)
        }
    }
}

extension HTTPListener {
    /// Whether an address can be had: listens there, and stops at once.
    ///
    /// - Throws: `ListenError`.
    public static func check(host: String, port: Int, logger: Logger) async throws {
        let (listening, continuation) = AsyncStream.makeStream(of: Void.self)
        let listener = HTTPListener(
            Settings(
                host: host, port: port, patience: .seconds(1), headerBytesMax: 1_024, clientsMax: 1, grace: .zero),
            logger: logger
        ) { _ in
            continuation.finish()
        } respond: { _ in
            Response(status: .serviceUnavailable)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            group.addTask { for await _ in listening {} }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
