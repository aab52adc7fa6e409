/// With what a piece of work was done.
enum Method: String, Sendable {
    case nothing
    case capture = "bashu-capture"
    case captureAndCut = "bashu-capture-cut"
    case walsender = "core-walsender"
    case bashu
    case bashuAlreadyCut = "bashu-already-cut"
    case bashuCut = "bashu-cut"
    case core
    case coreBinary = "core-binary"
    case sourceDaemon = "bashud-source"
    case targetDaemon = "bashud-target"
    case unchained = "without-chain"
    case sha256 = "chain-sha256"
    case sm3 = "chain-sm3"
    case ed25519 = "chain-sm3-ed25519"
    case sm2 = "chain-sm3-sm2"

    /// For people.
    var title: String {
        switch self {
        case .nothing: "nothing"
        case .capture: "Bashu, capture"
        case .captureAndCut: "Bashu, capture and bashud"
        case .walsender: "core, walsender"
        case .bashu: "Bashu, cut included"
        case .bashuAlreadyCut: "Bashu, cut before"
        case .bashuCut: "Bashu, the cut alone"
        case .core: "core"
        case .coreBinary: "core, binary = true"
        case .sourceDaemon: "bashud at the source"
        case .targetDaemon: "bashud at the target"
        case .unchained: "no chain"
        case .sha256: "SHA-256"
        case .sm3: "SM3"
        case .ed25519: "SM3, Ed25519"
        case .sm2: "SM3, SM2"
        }
    }
}

/// What a number counts.
enum Unit: String, Sendable {
    case seconds = "s"
    case milliseconds = "ms"
    case perSecond = "tx/s"
    case bytes = "B"

    /// A value for people, with its unit.
    func text(_ value: Double) -> String {
        switch self {
        case .seconds: "\(decimal(value, 2)) s"
        case .milliseconds: "\(decimal(value, 1)) ms"
        case .perSecond: "\(decimal(value, 0)) tx/s"
        case .bytes: "\(decimal(value / 1_000_000, 1)) MB"
        }
    }
}

/// One thing that was measured, once in every round.
struct Measure: Sendable {
    let section: Section
    let work: String
    let method: Method
    let unit: Unit
    /// In the order of the rounds.
    var samples: [Double] = []

    var median: Double { Statistics.median(samples) }
    var least: Double { samples.min() ?? 0 }
    var most: Double { samples.max() ?? 0 }

    /// How many times dearer this was than `base`: the median over the rounds, each compared within itself, because
    /// a machine has better and worse minutes. Nil when they do not have the same rounds.
    func cost(beside base: Measure) -> Double? {
        guard samples.count == base.samples.count, !samples.isEmpty, unit == base.unit else { return nil }
        let ratios = zip(samples, base.samples).map { own, other in
            unit == .perSecond ? other / own : own / other
        }
        return ratios.allSatisfy(\.isFinite) ? Statistics.median(ratios) : nil
    }
}

/// Everything that was measured, in the order in which it came.
struct Results: Sendable {
    private(set) var measures: [Measure] = []

    /// Adds the value of one round.
    mutating func add(_ section: Section, _ work: String, _ method: Method, _ unit: Unit, _ value: Double) {
        if let known = measures.firstIndex(where: {
            $0.section == section && $0.work == work && $0.method == method
        }) {
            measures[known].samples.append(value)
        } else {
            measures.append(Measure(section: section, work: work, method: method, unit: unit, samples: [value]))
        }
    }

    /// The measure of that name.
    func find(_ section: Section, _ work: String, _ method: Method) -> Measure? {
        measures.first { $0.section == section && $0.work == work && $0.method == method }
    }

    /// What a measure is compared with: doing without, or core's replication; nil where there is no such thing.
    func base(of measure: Measure) -> Measure? {
        switch measure.section {
        case .source: find(.source, measure.work, .nothing)
        case .drain, .latency: find(measure.section, measure.work, .core)
        case .memory, .verify: nil
        case .history: find(.history, measure.work, .unchained) ?? find(.history, measure.work, .sm3)
        case .conflict: find(.conflict, ConflictBench.work(0), measure.method)
        }
    }

    /// The measures of a section, all methods of one work together, in their fixed order.
    func grouped(_ section: Section, _ methods: [Method]) -> [[Measure]] {
        var works: [String] = []
        for measure in measures where measure.section == section && !works.contains(measure.work) {
            works.append(measure.work)
        }
        return works.map { work in methods.compactMap { find(section, work, $0) } }
    }
}
