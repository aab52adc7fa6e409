/// Numbers about numbers.
enum Statistics {
    /// The value that a share of all values do not exceed (nearest rank).
    ///
    /// - Parameters:
    ///   - share: above 0, at most 1.
    ///   - values: in any order, at least one.
    static func percentile(_ share: Double, of values: [Double]) -> Double {
        precondition(share > 0 && share <= 1 && !values.isEmpty, "no percentile of nothing")
        let rank = (share * Double(values.count)).rounded(.up)
        return values.sorted()[max(0, Int(rank) - 1)]
    }

    /// The middle value, or the mean of the two in the middle. At least one value.
    static func median(_ values: [Double]) -> Double {
        precondition(!values.isEmpty, "no median of nothing")
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

/// A number as people read it, with so many digits after the point.
func decimal(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "?" }
    let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
    let scaled = Int64((value * Double(scale)).rounded())
    let (whole, fraction) = scaled.magnitude.quotientAndRemainder(dividingBy: UInt64(scale))
    let sign = scaled < 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let padded = "\(fraction)"
    return "\(sign)\(whole).\(String(repeating: "0", count: digits - padded.count))\(padded)"
}
