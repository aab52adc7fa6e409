/// What the lags of several links were since somebody began to look, as far back as is shown; drawn as a line of
/// bars of equal time, the newest at the right.
public struct LagHistory: Sendable {
    /// What was seen of a link at one time.
    public enum Sample: Sendable, Equatable {
        /// Age of the oldest change that is lacking, in microseconds; 0 for none.
        case lag(Int64)
        /// Something is lacking, and its age is not known.
        case unknown
        /// Nothing flows: lag has no meaning.
        case broken

        /// The worst of what was seen within the time of one bar is what the bar shows.
        fileprivate var rank: Int64 {
            switch self {
            case .lag(let micros): micros
            case .unknown: .max - 1
            case .broken: .max
            }
        }
    }

    /// Microseconds that a line shows: ten minutes, and more only if it is looked at very seldom.
    public let span: Int64
    /// Samples further apart than this are not joined: nobody looked.
    private let joined: Int64
    private var samples: [String: [(time: Int64, sample: Sample)]] = [:]

    /// - Parameter interval: microseconds between two looks.
    public init(interval: Int64) {
        span = max(600_000_000, 30 * interval)
        joined = 3 * interval
    }

    /// Notes what was seen of a link at `time`, and forgets what is no longer shown.
    public mutating func add(_ sample: Sample, of name: String, at time: Int64) {
        samples[name, default: []].append((time, sample))
        let shown = (time - span)...time
        for name in samples.keys { samples[name]?.removeAll { !shown.contains($0.time) } }
        samples = samples.filter { !$0.value.isEmpty }
    }

    /// How many samples are kept.
    var count: Int { samples.values.reduce(0) { $0 + $1.count } }

    /// The line of a link: `width` columns up to `now`; spaces where nobody looked.
    ///
    /// The height of a bar says how long the lag was: none, below 1 s, 10 s, 1 min, 10 min, 1 h, 1 d, more.
    ///
    /// - Parameter unicode: block characters, else ASCII.
    public func line(of name: String, now: Int64, width: Int, unicode: Bool) -> String {
        guard width > 0 else { return "" }
        var bars = [Sample?](repeating: nil, count: width)
        let newest = now * Int64(width) / span
        func note(_ sample: Sample, _ bar: Int64) {
            let index = width - 1 - Int(newest - bar)
            guard bars.indices.contains(index), sample.rank >= bars[index]?.rank ?? -1 else { return }
            bars[index] = sample
        }
        var last: (time: Int64, sample: Sample, bar: Int64)?
        for (time, sample) in samples[name] ?? [] {
            let bar = time * Int64(width) / span
            if let last, time - last.time <= joined, last.bar + 1 < bar {
                for between in (last.bar + 1)..<bar { note(last.sample, between) }
            }
            note(sample, bar)
            last = (time, sample, bar)
        }
        return bars.map { bar in bar.map { Self.bar($0, unicode: unicode) } ?? " " }.joined()
    }

    private static let blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private static let letters = ["_", ".", ":", "-", "=", "+", "*", "#"]
    /// Seconds below which a bar is of the second, third … height.
    private static let steps: [Int64] = [1, 10, 60, 600, 3_600, 86_400]

    private static func bar(_ sample: Sample, unicode: Bool) -> String {
        switch sample {
        case .broken: return "!"
        case .unknown: return "?"
        case .lag(let micros):
            let height = micros <= 0 ? 0 : 1 + steps.count { micros >= $0 * 1_000_000 }
            return unicode ? blocks[height] : letters[height]
        }
    }
}
