import Console
import Postgres
import RegionStore

/// Stored rulings on their way into the log: waits for the daemon, and says how it ended.
struct RulingWait {
    let connection: Connection
    let context: Context
    /// Seconds; nil: does not wait.
    let timeout: Int?

    /// One ruling.
    func one(_ id: Int64, taken: String? = nil) async throws -> ExitStatus {
        let daemonLives = try await connection.run { try Status.readDaemon($0).isAlive }
        guard let timeout else {
            context.print(speech(CaseMessage.rulingStored, ["id": "\(id)"]))
            return .done
        }
        guard daemonLives else {
            context.print(speech(CaseMessage.rulingDaemonDown, ["id": "\(id)"]))
            return .lagging
        }
        let patience = Patience(connection, context.terminal, seconds: timeout)
        let outcome: CaseList.RulingState? = try await patience.until { session in
            let state = try CaseList.rulingState(session, id)
            return state == .waiting ? .notYet(speech(CaseMessage.rulingWaiting)) : .answer(state)
        }
        switch outcome {
        case .taken:
            context.print(taken ?? speech(CaseMessage.rulingTaken, ["id": "\(id)"]))
            return .done
        case .stale(let outcome):
            throw Failure(.failed, speech(CaseMessage.rulingStale, ["id": "\(id)", "outcome": speech.reason(outcome)]))
        case .failed(let outcome):
            throw Failure(.failed, speech(CaseMessage.rulingFailed, ["id": "\(id)", "outcome": speech.reason(outcome)]))
        case .waiting, nil:
            context.print(speech(CaseMessage.rulingStored, ["id": "\(id)"]))
            throw Failure(.lagging, speech(WorkMessage.timedOutDaemon, ["seconds": "\(timeout)"]))
        }
    }

    /// The rulings of a class.
    func many(_ ids: [Int64]) async throws -> ExitStatus {
        let count = "\(ids.count)"
        let outcomes = try await outcomes(ids)
        switch outcomes {
        case .stored: context.print(speech(RulingMessage.storedMany, ["count": count]))
        case .down: context.print(speech(RulingMessage.manyDown, ["count": count]))
        case .ended(let states): report(states)
        }
        return outcomes.status
    }

    /// What came of waiting.
    enum Outcomes: Sendable {
        /// Nobody wanted to wait.
        case stored
        /// The daemon is down: they wait for it.
        case down
        case ended([CaseList.RulingState])

        var states: [CaseList.RulingState]? {
            if case .ended(let states) = self { states } else { nil }
        }

        var status: ExitStatus {
            switch self {
            case .stored: .done
            case .down: .lagging
            case .ended(let states): states.allSatisfy { $0 == .taken } ? .done : .failed
            }
        }
    }

    /// Waits until all of them have ended.
    func outcomes(_ ids: [Int64]) async throws -> Outcomes {
        let daemonLives = try await connection.run { try Status.readDaemon($0).isAlive }
        guard let timeout else { return .stored }
        guard daemonLives else { return .down }
        let patience = Patience(connection, context.terminal, seconds: timeout)
        let states: [CaseList.RulingState]? = try await patience.until { session in
            let states = try CaseList.rulingStates(session, ids)
            return states.contains(.waiting) ? .notYet(speech(CaseMessage.rulingWaiting)) : .answer(states)
        }
        guard let states else {
            throw Failure(.lagging, speech(WorkMessage.timedOutDaemon, ["seconds": "\(timeout)"]))
        }
        return .ended(states)
    }

    private func report(_ states: [CaseList.RulingState]) {
        let taken = states.count { $0 == .taken }
        context.print(speech(RulingMessage.ruledMany, ["count": "\(taken)"]))
        var stale = 0
        var failures: [String] = []
        for state in states {
            switch state {
            case .stale: stale += 1
            case .failed(let outcome): failures.append(outcome)
            case .taken, .waiting: break
            }
        }
        if stale > 0 { context.print(speech(RulingMessage.someStale, ["count": "\(stale)"])) }
        if let first = failures.first {
            let values: KeyValuePairs = ["count": "\(failures.count)", "outcome": speech.reason(first)]
            context.print(speech(RulingMessage.someFailed, values))
        }
    }
}
