extension ValueOrder {
    /// Above 0 when `left` is higher, below when `right` is, 0 when they are the same. NULL is the lowest.
    func compare(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
        guard left != right else { return 0 }
        if left == RowImage.null { return -1 }
        if right == RowImage.null { return 1 }
        switch self {
        case .number: return Decimal.compare(Decimal(left), Decimal(right))
        case .time: return Moment.compare(Moment(left), Moment(right))
        }
    }
}

private func sign(_ isLess: Bool, _ isGreater: Bool) -> Int { isLess ? -1 : isGreater ? 1 : 0 }

/// A number as PostgreSQL writes it, of any length.
private struct Decimal {
    /// -2 for -Infinity, 2 for Infinity, 3 for NaN, which PostgreSQL puts last; else the sign.
    private var rank = 0
    /// Power of ten of the first digit.
    private var exponent = 0
    /// Without zeros at either end; empty for zero.
    private var digits: [UInt8] = []

    init(_ text: ArraySlice<UInt8>) {
        var rest = text
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        if rest.elementsEqual("NaN".utf8) {
            rank = 3
            return
        }
        if rest.elementsEqual("Infinity".utf8) {
            rank = isNegative ? -2 : 2
            return
        }
        var seenPoint = false
        var before = 0
        var power = 0
        for (index, byte) in zip(rest.indices, rest) {
            switch byte {
            case UInt8(ascii: "."): seenPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                let text = rest[(index + 1)...].drop { $0 == UInt8(ascii: "+") }
                power = Int(String(decoding: text, as: UTF8.self)) ?? 0
            default:
                guard power == 0, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { continue }
                if !seenPoint { before += 1 }
                digits.append(byte)
            }
            if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") { break }
        }
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leading)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        exponent = before - leading + power
        rank = digits.isEmpty ? 0 : isNegative ? -1 : 1
    }

    static func compare(_ left: Decimal, _ right: Decimal) -> Int {
        guard left.rank == right.rank else { return sign(left.rank < right.rank, true) }
        guard abs(left.rank) == 1 else { return 0 }
        let magnitude =
            left.exponent != right.exponent
            ? sign(left.exponent < right.exponent, true)
            : sign(
                left.digits.lexicographicallyPrecedes(right.digits),
                right.digits.lexicographicallyPrecedes(left.digits))
        return left.rank * magnitude
    }
}

/// A date or time as PostgreSQL writes it with ISO style in UTC.
private struct Moment {
    /// Below any year for -infinity, above for infinity.
    private let year: Int
    private let rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) {
        if text.elementsEqual("infinity".utf8) {
            (year, rest) = (.max, [])
        } else if text.elementsEqual("-infinity".utf8) {
            (year, rest) = (.min, [])
        } else {
            let isBeforeChrist = text.suffix(3).elementsEqual(" BC".utf8)
            let end = text.firstIndex(of: UInt8(ascii: "-")) ?? text.startIndex
            let number = Int(String(decoding: text[..<end], as: UTF8.self)) ?? 0
            year = isBeforeChrist ? 1 - number : number
            let body = text[end...]
            // ".5+00" and "+00" compare as they should: a plus comes before a point.
            rest = isBeforeChrist ? body.dropLast(3) : body
        }
    }

    static func compare(_ left: Moment, _ right: Moment) -> Int {
        guard left.year == right.year else { return sign(left.year < right.year, true) }
        return sign(left.rest.lexicographicallyPrecedes(right.rest), right.rest.lexicographicallyPrecedes(left.rest))
    }
}
