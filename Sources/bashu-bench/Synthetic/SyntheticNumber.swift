/// The number of a synthetic standard, in canonical form: a pure function of its index. Indices are dealt out to kinds
/// and codes in fixed shares, so that no number occurs twice, and editions of one serial stand next to each other.
struct SyntheticNumber {
    /// As `catalogue.number_kind` names it.
    let kind: String
    /// As `catalogue.number_nature` names it.
    let nature: String?
    /// Code, serial and part, without the year: "DB50/T 1807".
    let stem: String
    let year: Int
    /// What stands between stem and year.
    let separator: String
    /// Two-digit division code, CN, INTL; nil where the number does not say.
    let homeRegion: String?
    /// The social credit code of the enterprise; empty for other kinds.
    let issuerCode: String
    /// Both halves of a joint standard have the same one; nil for others.
    let jointPair: Int?
    /// 0: an edition that is replaced; 1: the one that replaces it; nil: the only one.
    let edition: Int?
    /// The year of the edition before or after this one.
    let otherYear: Int?

    var norm: String { "\(stem)\(separator)\(year)" }

    /// The year of this edition, later ones are later.
    private static func year(_ serial: Int, _ edition: Int?, _ stem: String) -> Int {
        let spread = stem.utf8.reduce(serial) { ($0 &* 31 &+ Int($1)) & 0xffff }
        switch edition {
        case 0: return 1998 + spread % 14
        case 1: return 1998 + spread % 14 + 5 + spread % 9
        default: return 2003 + spread % 24
        }
    }

    /// Kinds with their shares of 1,000 indices: those of both regions' catalogues with what they refer to.
    private static let shares: [(kind: Kind, share: Int)] = [
        (.national, 180), (.industry, 280), (.chongqing, 50), (.sichuan, 70), (.province, 90), (.joint, 2), (.city, 18),
        (.county, 2), (.construction, 14), (.food, 4), (.group, 200), (.enterprise, 70), (.international, 20),
    ]

    private enum Kind {
        case national, industry, chongqing, sichuan, province, joint, city, county, construction, food, group
        case enterprise, international
    }

    /// Which kind an index is of, and the how manieth of that kind. Neighbours are of one kind.
    private static func deal(_ index: Int) -> (Kind, Int) {
        var place = index % 1_000
        for (kind, share) in shares {
            if place < share { return (kind, index / 1_000 * share + place) }
            place -= share
        }
        preconditionFailure("the shares make 1,000")
    }

    /// Serial and edition of the n-th number of a code: two of four are editions of one serial.
    private static func serial(_ n: Int) -> (serial: Int, edition: Int?) {
        let places: [(Int, Int?)] = [(0, 0), (0, 1), (1, nil), (2, nil)]
        let (offset, edition) = places[n % 4]
        return (n / 4 * 3 + offset + 1, edition)
    }

    init(index: Int) {
        let (kind, ordinal) = Self.deal(index)
        switch kind {
        case .national:
            let (code, n) = Self.code(["GB/T", "GB/T", "GB/T", "GB/T", "GB/T", "GB/T", "GB", "GB/Z"], ordinal)
            self.init("national", code, n, region: "CN")
        case .industry:
            let codes = [
                "JT/T", "NY/T", "YY/T", "YY", "HJ", "SL/T", "JB/T", "HG/T", "SB/T", "QB/T", "GA/T", "LY/T", "DL/T",
            ]
            let (code, n) = Self.code(codes, ordinal)
            self.init("industry", code, n, region: "CN")
        case .chongqing: self.init("local", "DB50/T", ordinal, region: "50", largest: 9_999)
        case .sichuan: self.init("local", "DB51/T", ordinal, region: "51", largest: 9_999)
        case .province:
            let regions = ["11", "12", "31", "32", "33", "37", "42", "43", "44", "52", "53", "61"]
            let (region, n) = Self.code(regions, ordinal)
            self.init("local", n / 4 % 11 == 0 ? "DB\(region)" : "DB\(region)/T", n, region: region, largest: 9_999)
        case .joint: self.init(joint: ordinal)
        case .city:
            let (code, n) = Self.code(["5101", "5107", "5109", "5115", "3101", "4403"], ordinal)
            self.init("local", "DB\(code)/T", n, region: String(code.prefix(2)), largest: 9_999)
        case .county: self.init("local", "DB510322/T", ordinal, region: "51", largest: 9_999)
        case .construction:
            let (region, n) = Self.code(["50", "51"], ordinal)
            self.init(construction: n, region: region)
        case .food:
            let (region, n) = Self.code(["50", "51"], ordinal)
            self.init(food: n, region: region)
        case .group:
            let code = "T/SYN" + Self.letters(ordinal / 400)
            self.init("group", code, ordinal % 400, region: nil)
        case .enterprise: self.init(enterprise: ordinal)
        case .international:
            let (code, n) = Self.code(["ISO", "IEC", "ISO/IEC"], ordinal)
            self.init("international", code, n, region: "INTL", separator: ":")
        }
    }

    /// Deals the ordinals of a kind to its codes, in runs of four so that editions stay together.
    private static func code(_ codes: [String], _ ordinal: Int) -> (String, Int) {
        let run = ordinal / 4
        let code = codes[run % codes.count]
        // A code that stands several times in the list has a place of its own for each.
        let same = codes.indices.filter { codes[$0] == code }
        let place = same.firstIndex(of: run % codes.count) ?? 0
        return (code, (run / codes.count * same.count + place) * 4 + ordinal % 4)
    }

    private init(
        _ kind: String, _ code: String, _ n: Int, region: String?, largest: Int = 999_999, separator: String = "-"
    ) {
        let (number, edition) = Self.serial(n)
        let part = (number - 1) / largest
        let serial = (number - 1) % largest + 1
        stem = "\(code) \(serial)\(part > 0 ? ".\(part)" : "")"
        year = Self.year(serial, edition, stem)
        otherYear = edition.map { [stem] in Self.year(serial, 1 - $0, stem) }
        self.kind = kind
        self.separator = separator
        self.edition = edition
        homeRegion = region
        issuerCode = ""
        jointPair = nil
        nature = Self.nature(kind, code)
    }

    private static func nature(_ kind: String, _ code: String) -> String? {
        guard ["national", "industry", "local"].contains(kind) else { return nil }
        return code.hasSuffix("/T") ? "recommended" : code.hasSuffix("/Z") ? "guidance" : "mandatory"
    }

    /// One text, two numbers with the same serial.
    private init(joint ordinal: Int) {
        let pair = ordinal / 2
        homeRegion = ordinal % 2 == 0 ? "50" : "51"
        let part = pair / 9_000
        stem = "DB\(ordinal % 2 == 0 ? "50" : "51")/T \(10_100 + pair % 9_000)\(part > 0 ? ".\(part)" : "")"
        year = 2021 + pair % 5
        (kind, nature, separator, issuerCode, edition, jointPair) = ("local", "recommended", "-", "", nil, pair)
        otherYear = nil
    }

    private init(construction ordinal: Int, region: String) {
        let (number, edition) = Self.serial(ordinal)
        let part = (number - 1) / 9_999
        stem = "DBJ\(region)/T-\(String(1_000_0 + (number - 1) % 9_999 + 1).suffix(4))\(part > 0 ? "-\(part)" : "")"
        year = Self.year(number, edition, stem)
        otherYear = edition.map { [stem] in Self.year(number, 1 - $0, stem) }
        (kind, nature, separator, issuerCode, jointPair) = ("local", "recommended", "-", "", nil)
        self.edition = edition
        homeRegion = region
    }

    private init(food ordinal: Int, region: String) {
        stem = "DBS\(region)/\(String(1_000 + ordinal % 999 + 1).suffix(3))"
        // No part in this form: what is more than its serials are later editions.
        year = 2008 + ordinal / 999
        (kind, nature, separator, issuerCode, jointPair, edition) = ("local", "mandatory", "-", "", nil, nil)
        otherYear = nil
        homeRegion = region
    }

    private init(enterprise ordinal: Int) {
        let firm = ordinal / 5
        issuerCode = SocialCreditCode.synthetic(firm)
        stem = "Q/SYN\(Self.letters(firm % 17_576)) \(ordinal % 5 + 1)"
        year = 2016 + ordinal % 10
        (kind, nature, separator, jointPair, edition) = ("enterprise", nil, "-", nil, nil)
        otherYear = nil
        homeRegion = String(issuerCode.dropFirst(2).prefix(2))
    }

    /// Three or more capitals that name a number: AAA, AAB, …
    private static func letters(_ number: Int) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        var rest = number
        var text = ""
        repeat {
            text = String(alphabet[rest % 26]) + text
            rest /= 26
        } while rest > 0 || text.count < 3
        return text
    }
}

/// The unified social credit code of GB 32100: 18 characters, the last of which checks the others.
enum SocialCreditCode {
    private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")

    /// A code that fits, of no firm that exists: its organisation part begins with SYN's stand-in, 9Y.
    static func synthetic(_ firm: Int) -> String {
        let region = firm % 3 == 0 ? "510000" : "500000"
        let digits = String(firm)
        let organisation = "Y" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        let body = "91\(region)\(organisation)"
        var sum = 0
        var weight = 1
        for character in body {
            sum += (alphabet.firstIndex(of: character) ?? 0) * weight
            weight = weight * 3 % 31
        }
        return body + String(alphabet[(31 - sum % 31) % 31])
    }
}
