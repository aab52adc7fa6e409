import HTTPTypes
import HummingbirdCore
import NIOCore

/// An answer before it is one of HTTP.
struct Answer: Sendable {
    enum Kind: String, Sendable {
        case page = "text/html; charset=utf-8"
        case style = "text/css; charset=utf-8"
        case json = "application/json"
        case problem = "application/problem+json"
    }

    var status = HTTPResponse.Status.ok
    var kind: Kind
    var body: String
    /// Strong validator; nil where an answer is not to be kept.
    var tag: String?
    var language: ReadLanguage?
    var retryAfter: Int?
    var allow: String?
    /// Whether the connection is of no further use.
    var closes = false

    static func unchanged(_ tag: String, _ kind: Kind) -> Answer {
        Answer(status: .notModified, kind: kind, body: "", tag: tag)
    }

    init(
        status: HTTPResponse.Status = .ok, kind: Kind, body: String, tag: String? = nil,
        language: ReadLanguage? = nil
    ) {
        self.status = status
        self.kind = kind
        self.body = body
        self.tag = tag
        self.language = language
    }

    /// A problem, for a program or for a person.
    init(_ problem: Problem, _ language: ReadLanguage, page: ((Problem) -> HTML)?) {
        self.init(
            status: problem.status, kind: page == nil ? .problem : .page,
            body: page.map { $0(problem).text } ?? problem.json(language), language: language)
        retryAfter = problem.retryAfter
        allow = problem.allow
        closes = problem.status == .contentTooLarge
    }

    /// As HTTP.
    func response(isHead: Bool) -> Response {
        var headers = HTTPFields()
        if status != .notModified {
            headers[.contentType] = kind.rawValue
            headers[.contentLength] = "\(body.utf8.count)"
        }
        headers[.cacheControl] = tag == nil ? "no-store" : "no-cache"
        headers[.vary] = "Accept-Language"
        if let tag { headers[.eTag] = "\"\(tag)\"" }
        if let language { headers[.contentLanguage] = language.tag }
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        if let allow { headers[.allow] = allow }
        if closes { headers[.connection] = "close" }
        for (name, value) in Self.security { headers[name] = value }
        let sends = !isHead && status != .notModified
        return Response(
            status: status, headers: headers,
            body: sends ? ResponseBody(byteBuffer: ByteBuffer(string: body)) : .init())
    }

    private static let security: [(HTTPField.Name, String)] = [
        (
            .contentSecurityPolicy,
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        (.xContentTypeOptions, "nosniff"),
    ] + [("Referrer-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin")].compactMap { pair in
        HTTPField.Name(pair.0).map { ($0, pair.1) }
    }
}
