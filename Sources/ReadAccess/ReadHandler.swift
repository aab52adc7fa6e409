import HTTPTypes
import HummingbirdCore
import Journal
import Logging
import Postgres
import RegionStore

/// What is applied in the database, the day, and the validator of an answer that depends on these and an address.
struct Stamp: Sendable {
    let position: String
    let day: String
    let tag: String

    static func read(_ session: Session, _ context: String) throws -> Stamp {
        guard let row = try session.queryOne(SQLText.named("http_position"), [.text(context)]) else {
            throw ReadServerError.unavailable("no position")
        }
        return Stamp(position: try row.text(0), day: try row.text(1), tag: try row.text(2))
    }
}

/// Answers requests: one transaction with one snapshot each.
struct ReadHandler: Sendable {
    let settings: ReadSettings
    let pool: ReaderPool
    let logger: Logger
    let words = PageWordsCache()
    private let description: String

    init(_ settings: ReadSettings, pool: ReaderPool, logger: Logger) {
        self.settings = settings
        self.pool = pool
        self.logger = logger
        description = OpenAPI.document(settings)
    }

    /// Never throws: what goes wrong is an answer too.
    func answer(_ request: Request) async -> Answer {
        let isProgram = ["/api", "/openapi", "/healthz"].contains { request.uri.path.hasPrefix($0) }
        do {
            guard request.method == .get || request.method == .head else { throw Problem.method }
            let length = request.headers[.contentLength] ?? "0"
            guard length == "0", request.headers[.transferEncoding] == nil else { throw Problem.body }
            let asked = try Asked(request)
            return try await answer(asked)
        } catch {
            let problem = Problem(error)
            if problem.status.code >= 500 {
                logger.warning(
                    .readerNotAnswered, "a reader was not answered",
                    metadata: ["status": "\(problem.status.code)", "path": "\(request.uri.path)", "error": "\(error)"])
            }
            let language = ReadLanguage(
                asked: (try? Asked(request))?.query["lang"], accepted: request.headers[.acceptLanguage])
            return Answer(
                problem, language,
                page: isProgram ? nil : { Page(language: language).problem($0) })
        }
    }

    private func answer(_ asked: Asked) async throws -> Answer {
        switch asked.path.first {
        case nil: return try await searchPage(asked)
        case "standards": return try await recordPage(asked, id: asked.path.dropFirst().joined(separator: "/"))
        case "style.css" where asked.path.count == 1:
            return asked.has(Stylesheet.tag)
                ? .unchanged(Stylesheet.tag, .style)
                : Answer(kind: .style, body: Stylesheet.text, tag: Stylesheet.tag)
        case "healthz" where asked.path.count == 1:
            try await pool.read { _ = try $0.query(SQLText.named("http_alive")) }
            return Answer(kind: .json, body: "{\"status\":\"ok\"}\n")
        case "openapi.json" where asked.path.count == 1: return Answer(kind: .json, body: description)
        case "api" where asked.path.dropFirst().first == "v1":
            return try await program(asked, Array(asked.path.dropFirst(2)))
        default: throw Problem.notFound
        }
    }

    // MARK: Programs

    private func program(_ asked: Asked, _ path: [String]) async throws -> Answer {
        let (endpoint, id) = try route(path)
        for name in asked.query.keys.sorted() {
            let known = endpoint.parameters.map(\.name) + ["lang", "limit", "cursor"]
            guard known.contains(name) else {
                throw Problem.badParameter(
                    name, zh: "此接口没有这个参数；可用：\(known.joined(separator: "、"))",
                    en: "no such parameter here; there are \(known.joined(separator: ", "))")
            }
        }
        let request = try Inquiry(endpoint, id: id, asked, rowsMax: settings.rowsMax)
        let context = "\(settings.version) \(settings.rowsMax) \(asked.language) \(asked.uri)"
        return try await pool.read { session in
            let stamp = try Stamp.read(session, context)
            if endpoint.isStable, asked.has(stamp.tag) { return .unchanged(stamp.tag, .json) }
            let body = try request.answer(session, stamp)
            return Answer(kind: .json, body: body, tag: endpoint.isStable ? stamp.tag : nil, language: nil)
        }
    }

    /// The endpoint of a path, and the number or identifier in it, whose slashes need not be encoded.
    private func route(_ path: [String]) throws -> (Endpoint, String?) {
        if path.first == "standards", path.count > 1 {
            let suffix = path.count > 2 ? path.last : nil
            if let suffix, let found = Endpoint.all.first(where: { $0.takesID && $0.suffix == suffix }) {
                return (found, path.dropFirst().dropLast().joined(separator: "/"))
            }
            if let found = Endpoint.all.first(where: { $0.takesID && $0.suffix == nil }) {
                return (found, path.dropFirst().joined(separator: "/"))
            }
        }
        guard let found = Endpoint.all.first(where: { !$0.takesID && [$0.path] == path }) else {
            throw Problem.notFound
        }
        return (found, nil)
    }
}
