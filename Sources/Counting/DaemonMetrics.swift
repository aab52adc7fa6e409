import Synchronization

/// What the daemon's services count, for as long as the process lives.
///
/// Services write, the metrics server reads; every call returns at once.
public final class DaemonMetrics: Sendable {
    /// A part of the daemon that goes round and round.
    public enum Part: String, Sendable, CaseIterable {
        case engine, links
    }

    /// What counters count, by the metric's name.
    package enum Counter: String, CaseIterable {
        case engineFailures = "bashu_engine_failures_total"
        case cutBatches = "bashu_cut_batches_total"
        case cutChanges = "bashu_cut_changes_total"
        case cutBytes = "bashu_cut_bytes_total"
        case applyBatches = "bashu_apply_batches_total"
        case applyChanges = "bashu_apply_changes_total"
        case applyBytes = "bashu_apply_bytes_total"
        case applyHolds = "bashu_apply_holds_total"
        case scrapeFailures = "bashu_scrape_failures_total"
    }

    /// The same of a peer.
    package enum PeerCounter: String, CaseIterable {
        case batches = "bashu_receive_batches_total"
        case changes = "bashu_receive_changes_total"
        case bytes = "bashu_receive_bytes_total"
        case attempts = "bashu_link_attempts_total"
        case failures = "bashu_link_failures_total"
    }

    /// Everything at one moment.
    package struct State: Sendable {
        package fileprivate(set) var counters: [Counter: Int64] = [:]
        package fileprivate(set) var peers: [String: [PeerCounter: Int64]] = [:]
        package fileprivate(set) var cut = Histogram()
        package fileprivate(set) var apply = Histogram()
        package fileprivate(set) var passed: [Part: ContinuousClock.Instant]
        package fileprivate(set) var isOwner = false
        package fileprivate(set) var problem: String?
    }

    private let state: Mutex<State>
    private let fileAgeMaxDays = Mutex<(@Sendable () -> Int)?>(nil)
    private let signs = Mutex<[Part: @Sendable () -> Bool]>([:])
    package let version: String
    /// Seconds since 1970.
    package let startedAt: Int64

    /// Counters at zero.
    ///
    /// - Parameters:
    ///   - version: of the program.
    ///   - startedAt: seconds since 1970.
    public init(version: String, startedAt: Int64, now: ContinuousClock.Instant = .now) {
        self.version = version
        self.startedAt = startedAt
        state = Mutex(State(passed: Dictionary(uniqueKeysWithValues: Part.allCases.map { ($0, now) })))
    }

    // MARK: What services say

    /// From now on this tells whether a part shows signs of life.
    public func watch(_ part: Part, isAlive: @escaping @Sendable () -> Bool) {
        signs.withLock { $0[part] = isAlive }
    }

    /// From now on this tells how old the last file of a peer by files may be, in days.
    public func peersByFile(ageMaxDays: @escaping @Sendable () -> Int) {
        fileAgeMaxDays.withLock { $0 = ageMaxDays }
    }

    /// Seconds; nil as long as nobody has said it.
    package var fileAgeMaxSeconds: Int? { fileAgeMaxDays.withLock { $0 }.map { $0() * 86_400 } }

    /// A part has come to the end of a pass, whatever came of it.
    public func passed(_ part: Part, now: ContinuousClock.Instant = .now) {
        state.withLock { $0.passed[part] = now }
    }

    /// The daemon holds its database.
    public func tookOver() {
        state.withLock { state in
            state.isOwner = true
            state.problem = nil
        }
    }

    /// It holds it no longer.
    public func lost() {
        state.withLock { $0.isOwner = false }
    }

    /// A pass of the engine, or an attempt to take the database over, has failed.
    public func engineFailed(_ problem: String) {
        state.withLock { state in
            state.counters[.engineFailures, default: 0] += 1
            state.problem = problem
        }
    }

    /// Own changes were frozen as a batch.
    public func cut(changes: Int64, bytes: Int64, took: Duration) {
        state.withLock { state in
            state.counters[.cutBatches, default: 0] += 1
            state.counters[.cutChanges, default: 0] += changes
            state.counters[.cutBytes, default: 0] += bytes
            state.cut.observe(took / .seconds(1))
        }
    }

    /// A group of batches was applied.
    public func applied(batches: Int64, changes: Int64, bytes: Int64, took: Duration) {
        state.withLock { state in
            state.counters[.applyBatches, default: 0] += batches
            state.counters[.applyChanges, default: 0] += changes
            state.counters[.applyBytes, default: 0] += bytes
            state.apply.observe(took / .seconds(1))
        }
    }

    /// Batches could not be applied and wait.
    public func held(_ attempts: Int64) {
        state.withLock { $0.counters[.applyHolds, default: 0] += attempts }
    }

    /// A link has received and stored this.
    public func received(from peer: String, batches: Int64, changes: Int64, bytes: Int64) {
        add([(.batches, batches), (.changes, changes), (.bytes, bytes)], peer)
    }

    /// A link tries to connect.
    public func linkAttempted(_ peer: String) {
        add([(.attempts, 1)], peer)
    }

    /// That, or a connection, has failed.
    public func linkFailed(_ peer: String) {
        add([(.failures, 1)], peer)
    }

    /// The database could not be read for an answer.
    package func scrapeFailed() {
        state.withLock { $0.counters[.scrapeFailures, default: 0] += 1 }
    }

    private func add(_ amounts: [(PeerCounter, Int64)], _ peer: String) {
        state.withLock { state in
            for (counter, amount) in amounts { state.peers[peer, default: [:]][counter, default: 0] += amount }
        }
    }

    // MARK: What the server asks

    /// Whether something is as it should be, and in one line why not.
    package struct Finding: Sendable, Equatable {
        package let isGood: Bool
        package let text: String

        package init(isGood: Bool, text: String) {
            self.isGood = isGood
            self.text = text
        }
    }

    /// Whether every part makes progress: shows signs of life.
    package func health(now: ContinuousClock.Instant = .now) -> Finding {
        let signs = signs.withLock { $0 }
        for part in Part.allCases where signs[part]?() == false {
            let seconds = (now - (snapshot.passed[part] ?? now)).components.seconds
            return Finding(
                isGood: false, text: "\(part): no sign of life; the last pass ended \(seconds) s ago")
        }
        return Finding(isGood: true, text: "ok")
    }

    package var snapshot: State { state.withLock { $0 } }

    /// Whether the daemon holds its database.
    package var ownership: Finding {
        let (isOwner, problem) = state.withLock { ($0.isOwner, $0.problem) }
        return Finding(
            isGood: isOwner, text: isOwner ? "ok" : "the database is not ours: \(problem ?? "not taken over yet")")
    }
}
