import HTTPTypes
import HummingbirdCore

/// What a request asks for, taken apart and decoded.
struct Asked: Sendable {
    /// The parts of the path, decoded.
    let path: [String]
    /// The parameters that are not empty; of one given twice the first.
    let query: [String: String]
    /// The same in their order, for links.
    let pairs: [(name: String, value: String)]
    let language: ReadLanguage
    /// As it came, for validators.
    let uri: String
    let noneMatch: [Substring]

    /// Takes a request apart.
    ///
    /// - Throws: `Problem`.
    init(_ request: Request) throws {
        let uri = request.head.path ?? "/"
        guard uri.utf8.count <= ReadLimits.uriBytesMax else { throw Problem.address }
        let mark = uri.utf8.firstIndex(of: UInt8(ascii: "?"))
        let bad = Problem.badParameter("URL", zh: "百分号编码有误", en: "the percent-encoding is broken")
        path = try uri[..<(mark ?? uri.endIndex)].split(separator: "/").map { part in
            guard let decoded = Self.decoded(part.utf8, isForm: false) else { throw bad }
            return decoded
        }
        var pairs: [(name: String, value: String)] = []
        for part in uri[(mark.map { uri.utf8.index(after: $0) } ?? uri.endIndex)...].split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(halves[0].utf8, isForm: true),
                let value = halves.count == 2 ? Self.decoded(halves[1].utf8, isForm: true) : ""
            else { throw bad }
            let trimmed = String(Substring(value).trimmed)
            if !trimmed.isEmpty { pairs.append((name, trimmed)) }
        }
        self.pairs = pairs
        query = Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first }
        language = ReadLanguage(asked: query["lang"], accepted: request.headers[.acceptLanguage])
        self.uri = uri
        noneMatch = (request.headers[.ifNoneMatch] ?? "").split(separator: ",").map(\.trimmed)
    }

    /// Whether the client has an answer of this tag already.
    func has(_ tag: String) -> Bool {
        noneMatch.contains { $0 == "*" || $0 == "\"\(tag)\"" || $0 == "W/\"\(tag)\"" }
    }

    /// The same address with one parameter changed; nil takes it away.
    func link(_ name: String, _ value: String?, path: String? = nil) -> String {
        var kept = pairs.filter { $0.name != name }
        if let value { kept.append((name, value)) }
        let own = "/" + self.path.map(Self.encoded).joined(separator: "/")
        guard !kept.isEmpty else { return path ?? own }
        return (path ?? own) + "?"
            + kept.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    /// Everything but letters, digits and `-._~` as `%XX`.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Nil for a broken escape, for what is not UTF-8, and for U+0000, which no text of PostgreSQL's has.
    static func decoded(_ text: Substring.UTF8View, isForm: Bool) -> String? {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index = text.index(after: index)
            if byte == UInt8(ascii: "%") {
                guard let end = text.index(index, offsetBy: 2, limitedBy: text.endIndex),
                    let value = UInt8(String(Substring(text[index..<end])), radix: 16),
                    text[index] != UInt8(ascii: "+")
                else { return nil }
                bytes.append(value)
                index = end
            } else {
                bytes.append(isForm && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
