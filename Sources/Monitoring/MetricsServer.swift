public import Counting
import HTTPTypes
import HummingbirdCore
import Journal
import Listening
public import Logging
import NIOCore
public import ServiceLifecycle

/// What the metrics server goes by.
public struct MetricsSettings: Sendable {
    /// Where it listens: a name or an address.
    public var host: String
    /// 0: any free port, which the log then names.
    public var port: Int
    /// libpq connection string of the daemon's own database, as its role.
    public var conninfo: String

    public init(host: String, port: Int, conninfo: String) {
        self.host = host
        self.port = port
        self.conninfo = conninfo
    }
}

/// Why there are no metrics.
public enum MetricsServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The address cannot be listened on.
    case address(String, reason: String)

    public var description: String {
        switch self {
        case .address(let address, let reason):
            return "metrics cannot listen on \(address): \(reason). bashud ends, and nothing is lost: stop what holds "
                + "the address, or set another metrics.listen"
        }
    }
}

/// Answers monitoring over HTTP: `/metrics`, `/healthz`, `/readyz`, and nothing else.
///
/// It ends with an error only at its start, when the address cannot be had.
public struct MetricsServer: Service, CustomStringConvertible {
    private let settings: MetricsSettings
    private let metrics: DaemonMetrics
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    public var description: String { "metrics" }

    /// A server.
    ///
    /// - Parameters:
    ///   - metrics: what the daemon's services write to.
    ///   - onListening: told the port once it listens; for tests.
    public init(
        _ settings: MetricsSettings, metrics: DaemonMetrics, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.settings = settings
        self.metrics = metrics
        self.logger = logger
        self.onListening = onListening
    }

    /// Whether it would start: listens, and stops at once.
    ///
    /// - Parameter isTakenByUs: the daemon is running, so that its address is taken.
    /// - Throws: `MetricsServerError`.
    public func check(isTakenByUs: Bool) async throws {
        do {
            try await HTTPListener.check(host: settings.host, port: settings.port, logger: logger)
        } catch let error as ListenError {
            if error.isTaken, isTakenByUs { return }
            throw MetricsServerError.address(error.address, reason: error.reason)
        }
    }

    /// Runs until shutdown.
    ///
    /// - Throws: `MetricsServerError`.
    public func run() async throws {
        let reader = DatabaseReader(conninfo: settings.conninfo, logger: logger)
        let handler = MetricsHandler(metrics: metrics, reader: reader, logger: logger)
        let listener = HTTPListener(
            .init(
                host: settings.host, port: settings.port, patience: .seconds(75), headerBytesMax: 8_192,
                clientsMax: 32, grace: .seconds(2)), logger: logger
        ) { port in
            logger.notice(
                .metricsServed, "answers monitoring over HTTP", metadata: ["address": "\(settings.host):\(port)"])
            onListening(port)
        } respond: {
            await handler.answer($0)
        }
        do {
            try await listener.run()
        } catch let error as ListenError {
            throw MetricsServerError.address(error.address, reason: error.reason)
        }
    }
}

/// Answers requests.
struct MetricsHandler: Sendable {
    let metrics: DaemonMetrics
    let reader: DatabaseReader
    let logger: Logger

    /// Never throws: what goes wrong is an answer too.
    func answer(_ request: Request) async -> Response {
        let isHead = request.method == .head
        guard request.method == .get || isHead else {
            return Self.plain(.methodNotAllowed, "only GET and HEAD", isHead: false, allow: "GET, HEAD")
        }
        guard request.headers[.contentLength] ?? "0" == "0", request.headers[.transferEncoding] == nil else {
            return Self.plain(.contentTooLarge, "a request has no body here", isHead: false)
        }
        switch request.uri.path {
        case "/metrics":
            return Self.response(.ok, "text/plain; version=0.0.4; charset=utf-8", await exposition(), isHead)
        case "/healthz":
            return Self.plain(metrics.health(), isHead)
        case "/readyz":
            return Self.plain(await readiness(), isHead)
        default:
            return Self.plain(.notFound, "there are /metrics, /healthz and /readyz", isHead: isHead)
        }
    }

    private func exposition() async -> String {
        let reading = await reader.read()
        if !reading.isUp || !reading.problems.isEmpty {
            metrics.scrapeFailed()
            logger.debug(
                "the database could not be read for metrics",
                metadata: ["problems": "\(reading.problems.joined(separator: "; "))"])
        }
        var exposition = Exposition()
        exposition.add(metrics)
        exposition.add("bashu_database_up", reading.isUp ? "1" : "0")
        exposition.add("bashu_database_read_seconds", Exposition.number(reading.took / .seconds(1)))
        for value in reading.values { exposition.add(value.metric, value.value, value.labels) }
        return exposition.text
    }

    private func readiness() async -> DaemonMetrics.Finding {
        let ownership = metrics.ownership
        guard ownership.isGood, let reason = await reader.unreadiness() else { return ownership }
        return DaemonMetrics.Finding(isGood: false, text: reason)
    }

    // MARK: Answers

    private static func plain(_ finding: DaemonMetrics.Finding, _ isHead: Bool) -> Response {
        plain(finding.isGood ? .ok : .serviceUnavailable, finding.text, isHead: isHead)
    }

    /// One line.
    private static func plain(
        _ status: HTTPResponse.Status, _ text: String, isHead: Bool, allow: String? = nil
    ) -> Response {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n"
        var response = response(status, "text/plain; charset=utf-8", line, isHead)
        response.headers[.allow] = allow
        // The body of a request that is refused is not read.
        if status == .contentTooLarge || status == .methodNotAllowed { response.headers[.connection] = "close" }
        return response
    }

    private static func response(
        _ status: HTTPResponse.Status, _ type: String, _ body: String, _ isHead: Bool
    ) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.contentLength] = "\(body.utf8.count)"
        headers[.cacheControl] = "no-store"
        headers[.xContentTypeOptions] = "nosniff"
        return Response(
            status: status, headers: headers, body: isHead ? .init() : .init(byteBuffer: ByteBuffer(string: body)))
    }
}
