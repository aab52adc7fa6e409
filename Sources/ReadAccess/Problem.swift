import HTTPTypes
import Postgres

/// Why a request has no answer, as RFC 9457 has it: what is wrong, and what to do next.
struct Problem: Error, Sendable {
    /// Stable name; the end of `type`.
    let name: String
    let status: HTTPResponse.Status
    let title: (zh: String, en: String)
    let detail: (zh: String, en: String)
    /// Seconds after which it may go better.
    var retryAfter: Int?
    /// Methods that are allowed instead.
    var allow: String?

    /// The document.
    func json(_ language: ReadLanguage) -> String {
        let members = [
            ("type", JSON.quoted("urn:bashu:problem:\(name)")),
            ("title", JSON.quoted(language.pick(title.zh, title.en))),
            ("status", "\(status.code)"),
            ("detail", JSON.quoted(language.pick(detail.zh, detail.en))),
        ]
        return "{" + members.map { "\(JSON.quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}\n"
    }
}

extension Problem {
    static func badParameter(_ name: String, zh: String, en: String) -> Problem {
        Problem(
            name: "parameter", status: .badRequest, title: ("参数有误", "A parameter cannot be used"),
            detail: ("\(name)：\(zh)", "\(name): \(en)"))
    }

    static let notFound = Problem(
        name: "not-found", status: .notFound, title: ("没有找到", "There is nothing at this address"),
        detail: (
            "请核对网址；可用的接口见 /openapi.json，检索请用首页。",
            "Check the address; /openapi.json lists what there is, and the page at / searches."
        ))

    static let noSuchStandard = Problem(
        name: "no-such-standard", status: .notFound,
        title: ("目录中没有这项标准", "The catalogue has no such standard"),
        detail: (
            "请用编号或标识的原文；只记得一部分时，请在首页检索。",
            "Give its number or its identifier; search at / when only a part of it is known."
        ))

    static let method = Problem(
        name: "method", status: .methodNotAllowed, title: ("此处只可读取", "This can only be read"),
        detail: ("请用 GET 或 HEAD。", "Use GET or HEAD."), allow: "GET, HEAD")

    static let body = Problem(
        name: "body", status: .contentTooLarge, title: ("请求不应带正文", "A request has no body here"),
        detail: ("请把参数写在网址里。", "Put the parameters into the address."))

    static let address = Problem(
        name: "address", status: .uriTooLong, title: ("网址过长", "The address is too long"),
        detail: (
            "不得超过 \(ReadLimits.uriBytesMax) 字节，请缩短检索词。",
            "At most \(ReadLimits.uriBytesMax) bytes; shorten what you search for."
        ))

    static let unavailable = Problem(
        name: "unavailable", status: .serviceUnavailable, title: ("暂时无法读取", "Nothing can be read at present"),
        detail: (
            "数据库暂时无法连接，请稍后再试。",
            "The database cannot be reached; try again in a moment."
        ), retryAfter: 5)

    static let overloaded = Problem(
        name: "overloaded", status: .serviceUnavailable, title: ("读者过多", "Too many readers at once"),
        detail: ("请稍后再试。", "Try again in a moment."), retryAfter: 2)

    static let notInstalled = Problem(
        name: "not-installed", status: .serviceUnavailable,
        title: ("读者接口尚未安装或未授权", "What readers see is not installed here, or not granted"),
        detail: (
            "请管理员运行 bashuctl catalogue install，并授予读者角色 reader 模式的权限。",
            "Ask the administrator to run bashuctl catalogue install, and to grant the readers' role the schema reader."
        ), retryAfter: 60)

    static let timeout = Problem(
        name: "timeout", status: .gatewayTimeout, title: ("查询超时", "The query took too long"),
        detail: (
            "请增加检索条件，或减少 limit。",
            "Ask for less: add a filter, or lower the limit."
        ))

    static let tooLarge = Problem(
        name: "too-large", status: .internalServerError, title: ("结果过大", "The answer is too large"),
        detail: ("请改用分页的接口逐项读取。", "Read its parts one by one with the lists that page."))

    static let fault = Problem(
        name: "fault", status: .internalServerError, title: ("出错了", "Something went wrong"),
        detail: (
            "原因已写入服务日志，请告知管理员。",
            "The reason is in the log of the server; tell its administrator."
        ))

    /// What an error means to a reader.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case ReadServerError.overloaded: self = .overloaded
        case ReadServerError.tooLarge: self = .tooLarge
        case is ReadServerError, is CancellationError: self = .unavailable
        case let error as PostgresError: self = Self.of(error)
        default: self = .fault
        }
    }

    private static func of(_ error: PostgresError) -> Problem {
        switch (error.kind, error.sqlState?.rawValue ?? "") {
        case (.timedOut, _), (_, "55P03"): .timeout
        case (.connectionFailed, _), (.connectionLost, _), (.cancelled, _): .unavailable
        case (_, "42501"), (_, "42883"), (_, "42P01"), (_, "42703"), (_, "3F000"): .notInstalled
        case (_, let state) where state.hasPrefix("22"):
            badParameter(
                "?", zh: "某个参数的写法无法识别，请对照 /openapi.json。",
                en: "One of them cannot be read; compare them with /openapi.json.")
        case (_, let state) where state.hasPrefix("53") || state.hasPrefix("57"): .unavailable
        default: .fault
        }
    }
}
