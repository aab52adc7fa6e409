import ArgumentParser
import Console
import Postgres
import RegionStore

struct ConflictResolve: ControlCommand {
    static let configuration = page(
        "conflict resolve", "HANDLE CHOICE --reason TEXT", .conflictResolve, CasePage.conflictResolveMore)

    @Argument(help: help(.handle))
    var handle: String

    @Option(help: help(.candidate, value: "handle"))
    var candidate: String?

    @Option(help: help(.set, value: "column=value"))
    var set: [String] = []

    @Option(name: .customLong("set-null"), help: help(.setNull, value: "column"))
    var setNull: [String] = []

    @Flag(help: help(.delete))
    var delete = false

    @Option(help: help(.reason, value: "text"))
    var reason: String?

    @Flag(help: help(.noWait))
    var noWait = false

    @Option(help: help(.timeout, value: "seconds"))
    var timeout = 60

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        let values = !set.isEmpty || !setNull.isEmpty
        guard [candidate != nil, values, delete].count(where: { $0 }) == 1 else {
            throw ValidationError(speech(CaseMessage.needsChoice))
        }
        for text in set where text.firstIndex(of: "=") ?? text.startIndex == text.startIndex {
            throw ValidationError(speech(CaseMessage.badSet, ["text": text]))
        }
        guard let reason, !reason.allSatisfy(\.isWhitespace) else {
            throw ValidationError(speech(CaseMessage.needsReason))
        }
        guard timeout >= 0 else { throw ValidationError(speech(WorkMessage.badSeconds)) }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        try await context.connected { connection in
            let (handle, reason) = (handle, reason ?? "")
            let make = choice
            let (id, daemonLives) = try await connection.run { session in
                _ = try Status.readNode(session)
                return try session.transaction(.repeatableRead) {
                    let shown = try CaseList.show(session, handle: handle)
                    let id = try CaseList.rule(
                        session, shown, handle: handle, choice: try make(session), reason: reason)
                    return (id, try Status.readDaemon(session).isAlive)
                }
            }
            guard daemonLives || noWait else {
                context.print(speech(CaseMessage.rulingDaemonDown, ["id": "\(id)"]))
                return .lagging
            }
            guard !noWait else {
                context.print(speech(CaseMessage.rulingStored, ["id": "\(id)"]))
                return .done
            }
            return try await follow(connection, context, id)
        }
    }

    /// What was chosen on the command line; looks handles up.
    private var choice: @Sendable (Session) throws -> CaseList.Choice {
        let (candidate, set, setNull, delete) = (candidate, set, setNull, delete)
        return { session in
            if delete { return .delete }
            if let candidate { return .candidate(try CaseList.change(session, handle: candidate)) }
            let given = set.map { text in
                let equals = text.firstIndex(of: "=") ?? text.endIndex
                return CaseList.ColumnValue(
                    column: String(text[..<equals]), value: String(text[equals...].dropFirst()))
            }
            return .values(given + setNull.map { CaseList.ColumnValue(column: $0, value: nil) })
        }
    }

    private func follow(_ connection: Connection, _ context: Context, _ id: Int64) async throws -> ExitStatus {
        let patience = Patience(connection, context.terminal, seconds: timeout)
        let outcome: CaseList.RulingState? = try await patience.until { session in
            let state = try CaseList.rulingState(session, id)
            return state == .waiting ? .notYet(speech(CaseMessage.rulingWaiting)) : .answer(state)
        }
        switch outcome {
        case .taken:
            context.print(speech(CaseMessage.rulingTaken, ["id": "\(id)"]))
            return .done
        case .stale(let outcome):
            throw Failure(.failed, speech(CaseMessage.rulingStale, ["id": "\(id)", "outcome": outcome]))
        case .failed(let outcome):
            throw Failure(.failed, speech(CaseMessage.rulingFailed, ["id": "\(id)", "outcome": outcome]))
        case .waiting, nil:
            context.print(speech(CaseMessage.rulingStored, ["id": "\(id)"]))
            throw Failure(.lagging, speech(WorkMessage.timedOutDaemon, ["seconds": "\(timeout)"]))
        }
    }
}
