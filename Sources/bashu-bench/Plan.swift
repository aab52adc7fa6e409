import ArgumentParser

/// A part of the benchmark.
enum Section: String, CaseIterable, ExpressibleByArgument {
    /// What replication costs the writers.
    case source
    /// How fast a backlog goes.
    case drain
    /// How long a commit takes to be seen at the other end.
    case latency
    /// How much memory the daemons need for a huge transaction.
    case memory
    case conflict
    /// How long it takes to compare a large table with the log.
    case verify
    /// What chain and signatures cost.
    case history

    var title: String {
        switch self {
        case .source: "Source: what the writers pay"
        case .drain: "Drain: from the start of the receiver until everything is visible"
        case .latency: "Latency: from commit at the source to visible at the target"
        case .memory: "Memory: the most a daemon had resident, one transaction"
        case .conflict: "Conflicts: drain of an update while the target edited the same column"
        case .verify: "Verify: a large table compared with the log"
        case .history: "History: drains with and without chain and signatures"
        }
    }
}

/// What a run measures, and how big.
struct Plan: Sendable {
    var sections = Section.allCases
    /// Of the bulk work.
    var rows = 300_000
    /// Everything is measured so often; medians count.
    var rounds = 3
    /// Length of each measurement of one-row transactions.
    var writeSeconds = 5
    /// Sessions that write at the same time.
    var writers = 2
    /// Length of each latency measurement.
    var latencySeconds = 30
    /// One-row transactions a second while latency is measured.
    var latencyRate = 100
    /// Rows of the table while latency is measured; at most 10,000, and no more than `rows`.
    var latencyRows: Int { min(rows, 10_000) }
    /// Rows of the one huge transaction.
    var memoryRows = 1_000_000
    /// Rows of the measurement of conflicts: each conflict is a case with both values.
    var conflictRows: Int { max(100, rows / 10) }
    /// Small batches of the measurement of chain and signatures.
    var batches = 500
    /// A `bashud` built without the chain; nil: chain and signatures are compared with the chain alone.
    var unchained: String?
    /// The sizes are too small for the figures to mean anything.
    var isSmoke = false

    /// Everything once, in some seconds.
    static let quick = Plan(
        rows: 2_000, rounds: 1, writeSeconds: 1, latencySeconds: 3, memoryRows: 20_000, batches: 10, isSmoke: true)
}
