import Counting

/// Label names and values of one series, in the order in which they are written.
typealias Labels = [(name: String, value: String)]

/// The series of one answer, as Prometheus' text format 0.0.4 has them: every metric with its HELP and TYPE, whether
/// or not it has a series at present.
struct Exposition {
    private var lines: [String: [String]] = [:]

    /// Adds a series.
    ///
    /// - Parameters:
    ///   - name: of a metric in `Metric.all`; anything else is a mistake in this program.
    ///   - value: a number as text, as Swift or PostgreSQL write it.
    mutating func add(_ name: String, _ value: String, _ labels: Labels = []) {
        add(series: name, of: name, labels, value)
    }

    /// Adds a histogram.
    mutating func add(_ name: String, _ histogram: Histogram) {
        var sum: Int64 = 0
        for (bound, count) in zip(Histogram.bounds, histogram.counts) {
            sum += count
            add(series: name + "_bucket", of: name, [("le", Self.number(bound))], "\(sum)")
        }
        add(series: name + "_bucket", of: name, [("le", "+Inf")], "\(histogram.count)")
        add(series: name + "_sum", of: name, [], Self.number(histogram.sum))
        add(series: name + "_count", of: name, [], "\(histogram.count)")
    }

    private mutating func add(series: String, of name: String, _ labels: Labels, _ value: String) {
        precondition(Metric.named[name] != nil, "\(name) is no metric")
        let inner = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }.joined(separator: ",")
        lines[name, default: []].append("\(series)\(inner.isEmpty ? "" : "{\(inner)}") \(value)\n")
    }

    /// Everything, in the order of `Metric.all`.
    var text: String {
        var text = ""
        for metric in Metric.all {
            text += "# HELP \(metric.name) \(Self.escaped(metric.help, quotes: false))\n"
            text += "# TYPE \(metric.name) \(metric.kind)\n"
            text += lines[metric.name, default: []].joined()
        }
        return text
    }

    /// A number as the format has it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    /// Backslashes and line feeds, in values of labels quotes too; everything else stands for itself.
    static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
