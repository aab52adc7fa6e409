import Glibc

/// Times and durations as people and programs read them.
public enum TimeText {
    /// Local time of the terminal, in seconds: `2026-08-28 09:14:03`.
    ///
    /// - Parameter micros: microseconds since 1970-01-01 UTC.
    public static func local(_ micros: Int64) -> String {
        var seconds = time_t(floored(micros).seconds)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return date(parts) + " " + clock(parts)
    }

    /// The time of day in the terminal's zone: `09:14:03`.
    public static func clock(_ micros: Int64) -> String { String(local(micros).suffix(8)) }

    /// UTC with microseconds, as ISO 8601 has it: `2026-08-28T01:14:03.000123Z`.
    public static func iso(_ micros: Int64) -> String {
        let (whole, fraction) = floored(micros)
        var seconds = time_t(whole)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return "\(date(parts))T\(clock(parts)).\(padded(Int(fraction), 6))Z"
    }

    /// A duration in its two largest units: `340 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`, `9 d 4 h`.
    ///
    /// - Parameter micros: microseconds; below zero counts as zero.
    public static func duration(_ micros: Int64) -> String {
        let millis = max(0, micros) / 1_000
        let seconds = millis / 1_000
        func two(_ large: Int64, _ largeUnit: String, _ small: Int64, _ smallUnit: String) -> String {
            small == 0 ? "\(large) \(largeUnit)" : "\(large) \(largeUnit) \(small) \(smallUnit)"
        }
        switch seconds {
        case 0: return "\(millis) ms"
        case 1..<60: return "\(seconds) s"
        case 60..<3_600: return two(seconds / 60, "min", seconds % 60, "s")
        case 3_600..<86_400: return two(seconds / 3_600, "h", seconds % 3_600 / 60, "min")
        default: return two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h")
        }
    }

    /// A duration in its largest unit, for narrow columns: `340 ms`, `12 s`, `3 min`, `2 h`, `9 d`.
    ///
    /// - Parameter micros: microseconds; below zero counts as zero.
    public static func brief(_ micros: Int64) -> String {
        duration(micros).split(separator: " ").prefix(2).joined(separator: " ")
    }

    private static func floored(_ micros: Int64) -> (seconds: Int64, fraction: Int64) {
        let fraction = micros % 1_000_000
        return fraction < 0 ? (micros / 1_000_000 - 1, fraction + 1_000_000) : (micros / 1_000_000, fraction)
    }

    private static func date(_ parts: tm) -> String {
        "\(padded(Int(parts.tm_year) + 1_900, 4))-\(padded(Int(parts.tm_mon) + 1, 2))-\(padded(Int(parts.tm_mday), 2))"
    }

    private static func clock(_ parts: tm) -> String {
        "\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2)):\(padded(Int(parts.tm_sec), 2))"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
