internal import FoundationEssentials
import Postgres
import RegionStore

/// A request of a program, checked, and its answer.
struct Inquiry: Sendable {
    private let endpoint: Endpoint
    private let asked: Asked
    private let id: String?
    private let values: [String: Parameter]
    private let limit: Int
    private let skip: Int
    private let after: Parameter

    /// Checks the parameters.
    ///
    /// - Throws: `Problem` for the first that cannot be used.
    init(_ endpoint: Endpoint, id: String?, _ asked: Asked, rowsMax: Int) throws {
        self.endpoint = endpoint
        self.asked = asked
        self.id = id
        if let id, id.count > ReadLimits.queryCharactersMax { throw Problem.noSuchStandard }
        var values: [String: Parameter] = [:]
        for parameter in endpoint.parameters {
            if let text = asked.query[parameter.name] {
                values[parameter.name] = try parameter.parse(text)
            } else if parameter.isRequired {
                throw Problem.badParameter(parameter.name, zh: "必须给出", en: "has to be given")
            }
        }
        self.values = values
        limit = try Self.limit(asked, rowsMax: rowsMax)
        switch endpoint.shape {
        case .list(.cursor):
            skip = 0
            after = try Self.after(asked)
        default:
            skip = try Self.skip(asked)
            after = .null
        }
    }

    private static func limit(_ asked: Asked, rowsMax: Int) throws -> Int {
        guard let text = asked.query["limit"] else { return min(50, rowsMax) }
        guard let limit = Int(text), (1...rowsMax).contains(limit) else {
            throw Problem.badParameter("limit", zh: "应为 1 至 \(rowsMax)", en: "1 to \(rowsMax)")
        }
        return limit
    }

    /// Where to go on in a list that is counted.
    static func skip(_ asked: Asked) throws -> Int {
        guard let text = asked.query["cursor"] else { return 0 }
        guard let skip = Int(text), (0...ReadLimits.skipMax).contains(skip) else {
            throw Problem.badParameter(
                "cursor", zh: "请用 next 链接中的值；结果过多时请增加检索条件",
                en: "take it from a link next; narrow the search when there is too much to page through")
        }
        return skip
    }

    private static func after(_ asked: Asked) throws -> Parameter {
        guard let text = asked.query["cursor"] else { return .null }
        guard let data = Data(base64Encoded: text), let json = String(validating: data, as: UTF8.self),
            case .object? = try? JSON(json)
        else {
            throw Problem.badParameter("cursor", zh: "请用 next 链接中的值", en: "take it from a link next")
        }
        return .text(json)
    }

    // MARK: Answer

    /// The document, read in the session's transaction.
    func answer(_ session: Session, _ stamp: Stamp) throws -> String {
        var parameters = id.map { [Parameter.text($0)] } ?? []
        parameters += endpoint.parameters.map { parameter in
            values[parameter.name] ?? (parameter.name == "day" ? .text(stamp.day) : .null)
        }
        let head = "{\"position\":\(stamp.position),\"day\":\(JSON.quoted(asked.query["day"] ?? stamp.day)),"
        guard case .list(let paging) = endpoint.shape else {
            guard let text = try session.queryOne(SQLText.named(endpoint.statement), parameters)?[text: 0] else {
                throw Problem.noSuchStandard
            }
            guard text.utf8.count < ReadLimits.answerBytesMax else { throw ReadServerError.tooLarge }
            return head + "\"record\":" + text + "}\n"
        }
        if let id { try Self.mustExist(session, id) }
        parameters.append(.int(limit + 1))
        parameters.append(paging == .cursor ? after : .int(skip))
        let rows = try session.query(SQLText.named(endpoint.statement), parameters).map { try $0.text(0) }
        let shown = Self.fitting(rows.prefix(limit))
        guard !shown.isEmpty || rows.isEmpty else { throw ReadServerError.tooLarge }
        let next = shown.count < rows.count ? try link(paging, shown) : nil
        return head + "\"items\":[\(shown.joined(separator: ","))],\"next\":\(next.map(JSON.quoted) ?? "null")}\n"
    }

    private static func mustExist(_ session: Session, _ id: String) throws {
        guard try session.queryOne(SQLText.named("http_exists"), [.text(id)])?.bool(0) == true else {
            throw Problem.noSuchStandard
        }
    }

    /// As many rows as an answer may hold.
    private static func fitting(_ rows: ArraySlice<String>) -> ArraySlice<String> {
        var bytes = 0
        var count = 0
        for row in rows {
            bytes += row.utf8.count + 1
            guard bytes < ReadLimits.answerBytesMax else { break }
            count += 1
        }
        return rows.prefix(count)
    }

    private func link(_ paging: Endpoint.Paging, _ shown: ArraySlice<String>) throws -> String {
        switch paging {
        case .skip: return asked.link("cursor", "\(skip + shown.count)")
        case .cursor:
            let cursor = try shown.last.flatMap { try JSON($0)["cursor"] }
            return asked.link("cursor", Data((cursor?.compact ?? "{}").utf8).base64EncodedString())
        }
    }
}
