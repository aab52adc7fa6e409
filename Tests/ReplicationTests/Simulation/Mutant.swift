@testable import Replication

/// Ways to get it wrong. Each must be caught by the simulation: else its checks are too weak.
enum Mutant: String, Hashable, Sendable, CaseIterable {
    case mergeIgnoresContext, candidateDropped, winnerByArrival, tiesByArrival, plainWhileContested
    case historyCutOffAnywhere, updatesLeaveExistence, casesAsTheyAreMet
    case equalValuesConflict
    case noKnownTable, knownWithoutOverride, rulingUnchecked, noRecheck, fastForwardIgnoresKnown
    case clockIgnoresWhatItSaw, contextOfBatchInFlight, contextOfReceived
    case noForcedCut, checkBeforeWrites, plannedOnce, noLocks
    case causeIgnored, duplicatesTaken
}

extension World {
    /// The product's merge, or what a mutant makes of it.
    func mutatedMerge(_ log: [LoggedChange]) -> MergeOutcome {
        let outcome = merge(log, policy: policy)
        switch mutant {
        case .mergeIgnoresContext:
            return merge(log.map { World.changed($0) { $0.context = Vector() } }, policy: policy)
        case .candidateDropped:
            return MergeOutcome(
                outcome, image: outcome.image, isPlain: outcome.isPlain,
                cases: outcome.cases.map(World.withoutOne))
        case .winnerByArrival, .tiesByArrival:
            let arrived = log.enumerated().map { position, change in
                World.changed(change) {
                    $0.hlc = mutant == .winnerByArrival ? Int64(position) : $0.hlc * 1000 + Int64(position)
                }
            }
            let image = merge(arrived, policy: policy).image
            return MergeOutcome(
                outcome, image: image, isPlain: outcome.isPlain && image == outcome.image, cases: outcome.cases)
        case .plainWhileContested:
            let last = log.first { $0.id == outcome.last }
            let hasSeenAll = log.allSatisfy { $0.id == outcome.last || last?.hasSeen($0) == true }
            return MergeOutcome(
                outcome, image: outcome.image, isPlain: hasSeenAll && last?.image == outcome.image,
                cases: outcome.cases)
        case .equalValuesConflict:
            // Every write a value of its own: a case wherever writes met.
            let marked = log.map { change in
                World.changed(change) {
                    guard let image = $0.image else { return }
                    let mark = Array("\($0.id)".utf8)
                    $0.image = RowImage(fields: (0..<image.count).map { image[$0] + mark })
                }
            }
            return MergeOutcome(
                outcome, image: outcome.image, isPlain: outcome.isPlain,
                cases: merge(marked, policy: policy).cases)
        case .updatesLeaveExistence:
            let deciding = log.filter { $0.kind == .insert || $0.kind == .delete }
            let isAbsent = !deciding.isEmpty && merge(deciding, policy: policy).image == nil
            return MergeOutcome(
                outcome, image: isAbsent ? nil : outcome.image, isPlain: outcome.isPlain && !isAbsent,
                cases: outcome.cases)
        default:
            return outcome
        }
    }

    private static func changed(_ change: LoggedChange, _ body: (inout LoggedChange) -> Void) -> LoggedChange {
        var copy = change
        body(&copy)
        return copy
    }

    private static func withoutOne(_ record: ConflictCase) -> ConflictCase {
        guard record.candidates.count > 2 else { return record }
        let dropped = record.winner == 0 ? 1 : 0
        let winner = record.candidates[record.winner].id
        let candidates = record.candidates.enumerated().filter { $0.offset != dropped }.map(\.element)
        return ConflictCase(
            group: record.group, closedBy: record.closedBy, type: record.type, state: record.state,
            candidates: candidates, winner: candidates.firstIndex { $0.id == winner } ?? 0, rule: record.rule)
    }
}

extension MergeOutcome {
    /// As `other`, with these.
    fileprivate init(_ other: MergeOutcome, image: RowImage?, isPlain: Bool, cases: [ConflictCase]) {
        self.init(
            image: image, present: other.present, last: other.last, isPlain: isPlain, existence: other.existence,
            winners: other.winners, lastImage: other.lastImage, cases: cases)
    }
}
