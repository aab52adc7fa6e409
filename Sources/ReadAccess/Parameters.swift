import Postgres

/// A parameter of an address.
struct ParameterSpec: Sendable {
    let name: String
    let isRequired: Bool
    /// As in JSON Schema, for the description of the interface.
    let schema: String
    let description: String
    /// The value for SQL; throws `Problem`.
    let parse: @Sendable (String) throws -> Parameter

    /// The same, and no request without it.
    var required: ParameterSpec {
        ParameterSpec(name: name, isRequired: true, schema: schema, description: description, parse: parse)
    }

    private static func text(
        _ name: String, schema: String, _ description: String, zh: String, en: String,
        _ transform: @escaping @Sendable (String) -> String?
    ) -> ParameterSpec {
        ParameterSpec(name: name, isRequired: false, schema: schema, description: description) { value in
            guard let text = transform(value) else { throw Problem.badParameter(name, zh: zh, en: en) }
            return .text(text)
        }
    }

    static let kinds = ["national", "industry", "local", "group", "enterprise", "international", "unknown"]

    static let q = text(
        "q", schema: #"{"type":"string","maxLength":200}"#, "Words, or a number typed loosely.",
        zh: "不得超过 \(ReadLimits.queryCharactersMax) 字",
        en: "at most \(ReadLimits.queryCharactersMax) characters"
    ) { $0.count <= ReadLimits.queryCharactersMax ? $0 : nil }

    static let org = text(
        "org", schema: #"{"type":"string","maxLength":200}"#, "Name of a drafting organisation.",
        zh: "不得超过 \(ReadLimits.queryCharactersMax) 字",
        en: "at most \(ReadLimits.queryCharactersMax) characters"
    ) { $0.count <= ReadLimits.queryCharactersMax ? $0 : nil }

    static let kind = text(
        "kind", schema: #"{"type":"string","enum":[\#(kinds.map(JSON.quoted).joined(separator: ","))]}"#,
        "Kind of standard.", zh: "应为 \(kinds.joined(separator: "、")) 之一",
        en: "one of \(kinds.joined(separator: ", "))"
    ) { kinds.contains($0) ? $0 : nil }

    static let region = text(
        "region", schema: #"{"type":"string","pattern":"^([0-9]{2}|CN|INTL)$"}"#,
        "Home region: two digits of GB/T 2260 (50 Chongqing, 51 Sichuan), CN or INTL.",
        zh: "应为两位区划代码、CN 或 INTL", en: "two digits, CN or INTL"
    ) { value in
        let isCode = value.utf8.count == 2 && value.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isCode || value == "CN" || value == "INTL" ? value : nil
    }

    static let ics = text(
        "ics", schema: #"{"type":"string","pattern":"^[0-9.]{1,10}$"}"#, "ICS code, with all below it: 13, 13.020.",
        zh: "应为 ICS 分类号，如 13.020", en: "an ICS code such as 13.020"
    ) { value in
        (1...10).contains(value.utf8.count)
            && value.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") } ? value : nil
    }

    static let ccs = text(
        "ccs", schema: #"{"type":"string","pattern":"^[A-Za-z][0-9]{0,2}$"}"#, "CCS code, with all below it: Z, Z06.",
        zh: "应为 CCS 分类号，如 Z06", en: "a CCS code such as Z06"
    ) { value in
        guard (1...3).contains(value.utf8.count), let first = value.first, first.isASCII, first.isLetter,
            value.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return value.uppercased()
    }

    static let scheme = text(
        "scheme", schema: #"{"type":"string","enum":["ics","ccs"]}"#, "Which classification.",
        zh: "应为 ics 或 ccs", en: "ics or ccs"
    ) { ["ics", "ccs"].contains($0) ? $0 : nil }

    static let prefix = text(
        "prefix", schema: #"{"type":"string","pattern":"^[A-Za-z0-9.]{0,10}$"}"#,
        "Where to look: 13 gives the classes below 13.", zh: "应为分类号的开头", en: "the beginning of a code"
    ) { value in
        value.utf8.count <= 10
            && value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") } ? value.uppercased() : nil
    }

    static let column = text(
        "column", schema: #"{"type":"string","pattern":"^[a-z_0-9]{1,63}$"}"#,
        "Column of catalogue.standard, as in implement_date.", zh: "应为字段名", en: "the name of a column"
    ) { value in
        (1...63).contains(value.utf8.count)
            && value.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") } ? value : nil
    }

    static let day = text(
        "day", schema: #"{"type":"string","format":"date"}"#,
        "The day for which status is computed; today in Beijing by default.", zh: "应为日期，如 2026-01-31",
        en: "a date such as 2026-01-31"
    ) { CalendarDay($0)?.text }

    static let inForce = ParameterSpec(
        name: "in_force", isRequired: false, schema: #"{"type":"boolean"}"#,
        description: "true: only what is in force on the day; false: only what is not."
    ) { value in
        switch value {
        case "true", "1", "on": .bool(true)
        case "false", "0": .bool(false)
        default: throw Problem.badParameter("in_force", zh: "应为 true 或 false", en: "true or false")
        }
    }

    static let since = ParameterSpec(
        name: "since", isRequired: false, schema: #"{"type":"string"}"#,
        description: "A position as these answers give it, {\"origin\": number}: only later changes. All by default."
    ) { value in
        guard case .object(let members)? = try? JSON(value),
            members.values.allSatisfy({ if case .number(let digits) = $0 { Int64(digits) != nil } else { false } })
        else {
            throw Problem.badParameter(
                "since", zh: "应为各答复中的 position，如 {\"50\":12}",
                en: "the position of an earlier answer, as in {\"50\":12}")
        }
        return .text(value)
    }
}

/// A day of the Gregorian calendar, as text that PostgreSQL reads whatever its settings.
struct CalendarDay: Sendable {
    let text: String

    /// From `2026-01-31`; nil for anything else, and for a day that does not exist.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), year > 0,
            (1...12).contains(month)
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...lengths[month - 1]).contains(day) else { return nil }
        self.text = text
    }
}
